//! Looking a database over without changing it, for operators.

use motcua_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::job::Job;
use crate::store::chain::{self, LogCheck};
use crate::store::db::{Db, StorageError};
use crate::store::jobs;
use crate::store::options::StorageOptions;

/// What was found in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Product and version, such as `SQLite 3.51.3`.
    pub database: String,
    /// Steps of the schema that this version has and the database lacks.
    pub missing_migrations: Vec<String>,
    /// Steps of the schema that the database has and this version does not know: it belongs to a later one.
    pub unknown_migrations: Vec<String>,
    /// What a check of the database's own structures complains about.
    pub damage: Vec<String>,
    /// Number of the last change in the log.
    pub last_sequence: u64,
    /// Numbers missing from the log, which counts without gaps.
    pub missing_changes: u64,
    /// What checking the chain of the log found; none where the log is not chained yet.
    pub log: Option<LogCheck>,
    /// The work that the site does by itself.
    pub jobs: Vec<Job>,
    /// Periods that overlap another one of the same key, by table.
    pub overlaps: Vec<(&'static str, u64)>,
    /// Whether the site shows made-up sample data.
    pub shows_sample: bool,
}

/// Tables of dated records with the columns that make up their key.
const DATED: [(&str, &str); 3] = [
    ("unit_period", "code"),
    ("procedure_period", "procedure_id"),
    ("availability", "centre_id, procedure_id, case_code"),
];

/// How many complaints of SQLite's check are kept.
const COMPLAINTS: usize = 10;

impl Inspection {
    /// Looks a database over; nothing is written. `None` where there is no SQLite file yet. `progress` is told how many
    /// entries of the log were checked.
    pub async fn of(
        options: &StorageOptions,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Option<Self>, StorageError> {
        if let StorageOptions::Sqlite(path) = options
            && !path.exists()
        {
            return Ok(None);
        }
        let db = Db::connect(options).await?;
        let found = Self::look(&db, progress).await;
        db.close().await?;
        found.map(Some)
    }

    async fn look(db: &Db, progress: &mut (dyn FnMut(u64) + Send)) -> Result<Self, StorageError> {
        let sqlite = db.backend() == DbBackend::Sqlite;
        let (product, sql) = if sqlite {
            ("SQLite", "SELECT sqlite_version()")
        } else {
            ("PostgreSQL", "SHOW server_version")
        };
        let version = texts(db, sql).await?.into_iter().next().unwrap_or_default();
        let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        let applied = if has_schema(db).await? {
            texts(db, "SELECT version FROM seaql_migrations ORDER BY version").await?
        } else {
            Vec::new()
        };
        let mut found = Self {
            database: format!("{product} {version}"),
            missing_migrations: known.iter().filter(|step| !applied.contains(step)).cloned().collect(),
            unknown_migrations: applied.iter().filter(|step| !known.contains(step)).cloned().collect(),
            damage: Vec::new(),
            last_sequence: 0,
            missing_changes: 0,
            log: None,
            jobs: Vec::new(),
            overlaps: Vec::new(),
            shows_sample: false,
        };
        if sqlite {
            let complaints = texts(db, "PRAGMA quick_check").await?;
            found.damage = complaints.into_iter().filter(|line| line != "ok").take(COMPLAINTS).collect();
        }
        // Before the schema is complete there may be nothing to count in.
        if !found.missing_migrations.is_empty() {
            return Ok(found);
        }
        found.last_sequence = number(db, "SELECT coalesce(max(sequence), 0) FROM change").await?;
        found.missing_changes =
            found.last_sequence.saturating_sub(number(db, "SELECT count(*) FROM change").await?);
        if number(db, "SELECT count(*) FROM change_head WHERE log_id <> ''").await? > 0 {
            let state = db.begin_read().await?;
            let mut go_on = |sound| {
                progress(sound);
                true
            };
            match chain::verify(&state, &mut go_on).await {
                Ok(check) => found.log = Some(check),
                Err(StorageError::Damaged { what, key, source }) => {
                    found.damage.push(format!("{what} {key}: {source}"));
                }
                Err(error) => return Err(error),
            }
        }
        found.jobs = jobs::list(db.reader()).await?;
        for (table, key) in DATED {
            let sql = format!(
                "SELECT count(*) FROM (SELECT valid_from, lag(valid_to) OVER (PARTITION BY {key} ORDER BY valid_from) \
                 AS ended FROM {table}) AS periods WHERE ended > valid_from"
            );
            match number(db, &sql).await? {
                0 => {}
                count => found.overlaps.push((table, count)),
            }
        }
        let mark = texts(db, "SELECT value FROM site WHERE key = 'shows_sample'").await?;
        found.shows_sample = mark.first().is_some_and(|value| value == "true");
        Ok(found)
    }
}

async fn has_schema(db: &Db) -> Result<bool, DbErr> {
    let sql = match db.backend() {
        DbBackend::Sqlite => "SELECT count(*) FROM sqlite_master WHERE name = 'seaql_migrations'",
        _ => {
            "SELECT count(*) FROM pg_tables WHERE tablename = 'seaql_migrations' AND schemaname = current_schema()"
        }
    };
    Ok(number(db, sql).await? > 0)
}

async fn texts(db: &Db, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.reader().query_all_raw(Statement::from_string(db.backend(), sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

async fn number(db: &Db, sql: &str) -> Result<u64, DbErr> {
    let row = db.reader().query_one_raw(Statement::from_string(db.backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?;
    let count: i64 = row.try_get_by_index(0)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[tokio::test]
    async fn a_fresh_database_has_nothing_to_complain_about() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StorageOptions::Sqlite(folder.path().join("motcua.sqlite"));
        assert_eq!(Inspection::of(&options, &mut |_| ()).await.expect("looks"), None);
        Catalogue::open(&options).await.expect("opens").close().await.expect("closes");
        let found = Inspection::of(&options, &mut |_| ()).await.expect("looks").expect("a file");
        assert!(found.database.starts_with("SQLite 3."), "{found:?}");
        assert!(found.missing_migrations.is_empty() && found.unknown_migrations.is_empty(), "{found:?}");
        assert!(
            found.damage.is_empty() && found.overlaps.is_empty() && found.missing_changes == 0,
            "{found:?}"
        );
        assert!(found.log.is_some_and(|log| log.broken.is_none()), "a new log is chained");
    }
}
