//! Looking a database over without changing it, for operators.

use motcua_migrations::{Migrator, MigratorTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement};

use crate::job::Job;
use crate::log_place::LogPlace;
use crate::store::chain::{self, LogCheck};
use crate::store::db::{Db, StorageError};
use crate::store::entity::change_lineage;
use crate::store::jobs;
use crate::store::options::StorageOptions;
use crate::store::orphans;
use crate::store::unit_codes::UnitCodes;

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
    /// How the place that was asked about stands to the log; none where none was, or where the log is not chained yet.
    pub place: Option<PlaceState>,
    /// The work that the site does by itself.
    pub jobs: Vec<Job>,
    /// Periods that overlap another one of the same key, by table.
    pub overlaps: Vec<(&'static str, u64)>,
    /// How many records miss the unit or the centre that they refer to, on the day on which they do.
    pub orphans: u64,
    /// Some of these, by kind and key; listings that reach beyond their centres are only counted.
    pub orphan_names: Vec<String>,
    /// Whether the site shows made-up sample data.
    pub shows_sample: bool,
}

/// How a place stands to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceState {
    /// The log ends there.
    Same,
    /// The log goes on from there for so many entries.
    Behind(u64),
    /// The log, which has had the place's id, ends so many entries before it.
    Ahead(u64),
    /// The log, which has had the place's id, has another entry of its number, or other ones before it.
    Lost,
    /// The log has never had the place's id, and nothing there is in it.
    OtherLog,
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
    /// Looks a database over, and asks its log about a place that something else has come to; nothing is written. `None`
    /// where there is no SQLite file yet. `progress` is told how many entries of the log were checked.
    pub async fn of(
        options: &StorageOptions,
        place: Option<&LogPlace>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Option<Self>, StorageError> {
        if let StorageOptions::Sqlite(path) = options
            && !path.exists()
        {
            return Ok(None);
        }
        let db = Db::connect(options).await?;
        let found = Self::look(&db, place, progress).await;
        db.close().await?;
        found.map(Some)
    }

    async fn look(
        db: &Db,
        place: Option<&LogPlace>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Self, StorageError> {
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
            place: None,
            jobs: Vec::new(),
            overlaps: Vec::new(),
            orphans: 0,
            orphan_names: Vec::new(),
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
            let checked = chain::verify(&state, &mut go_on).await;
            found.log = found.unless_damaged(checked)?;
            if let Some(place) = place
                && found.log.is_some()
            {
                let asked = place_state(&state, place).await;
                found.place = found.unless_damaged(asked)?;
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
        let codes = UnitCodes::load(db.reader()).await?;
        let mut missing = orphans::Found::default();
        orphans::of_units(db.reader(), &codes, None, &mut missing).await?;
        let missing = missing.orphans;
        found.orphans =
            number(db, orphans::BEYOND_CENTRES).await? + u64::try_from(missing.len()).unwrap_or(u64::MAX);
        found.orphan_names = missing.into_iter().map(|orphan| orphan.by).take(COMPLAINTS).collect();
        let mark = texts(db, "SELECT value FROM site WHERE key = 'shows_sample'").await?;
        found.shows_sample = mark.first().is_some_and(|value| value == "true");
        Ok(found)
    }

    /// What was read; where it was damaged, that is noted instead.
    fn unless_damaged<T>(&mut self, read: Result<T, StorageError>) -> Result<Option<T>, StorageError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(StorageError::Damaged { what, key, source }) => {
                self.damage.push(format!("{what} {key}: {source}"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Asks a state of the log about a place.
async fn place_state(db: &impl ConnectionTrait, place: &LogPlace) -> Result<PlaceState, StorageError> {
    let end = chain::head(db, false).await?.sequence;
    // The hash decides: a log that was restored has another id and the same entries.
    if chain::hash_at(db, place.sequence).await? == Some(place.hash) {
        return Ok(match end.saturating_sub(place.sequence) {
            0 => PlaceState::Same,
            more => PlaceState::Behind(more),
        });
    }
    let named = change_lineage::Column::LogId.eq(place.log.as_str());
    if change_lineage::Entity::find().filter(named).one(db).await?.is_none() {
        return Ok(PlaceState::OtherLog);
    }
    Ok(match place.sequence.saturating_sub(end) {
        0 => PlaceState::Lost,
        more => PlaceState::Ahead(more),
    })
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
    use std::path::Path;

    use super::*;
    use crate::{Catalogue, Command, Expected, Field, Permit, Reason};

    async fn look(options: &StorageOptions, place: Option<&LogPlace>) -> Option<Inspection> {
        Inspection::of(options, place, &mut |_| ()).await.expect("looks")
    }

    /// Writes a name, closes, and tells where the log ends.
    async fn write(folder: &Path, name: &str) -> LogPlace {
        let options = StorageOptions::Sqlite(folder.join("motcua.sqlite"));
        let catalogue = Catalogue::open(&options).await.expect("opens");
        let field = Field { slug: "ho-tich".parse().expect("a key"), name: name.to_owned() };
        let permit = Permit::program("test");
        let written = catalogue.apply(&permit, &Reason::none(), Expected::Any, Command::Field(field)).await;
        assert!(written.is_ok(), "{written:?}");
        let place = catalogue.head().await.expect("read");
        catalogue.close().await.expect("closes");
        place
    }

    async fn state(folder: &Path, place: &LogPlace) -> Option<PlaceState> {
        let options = StorageOptions::Sqlite(folder.join("motcua.sqlite"));
        look(&options, Some(place)).await.expect("a file").place
    }

    #[tokio::test]
    async fn a_place_is_told_by_its_hash_and_a_foreign_one_by_its_log() {
        let (ours, copy, other) = (tempfile::tempdir(), tempfile::tempdir(), tempfile::tempdir());
        let (ours, copy, other) = (ours.expect("made"), copy.expect("made"), other.expect("made"));
        let (ours, copy, other) = (ours.path(), copy.path(), other.path());
        let first = write(ours, "Hộ tịch").await;
        std::fs::copy(ours.join("motcua.sqlite"), copy.join("motcua.sqlite")).expect("copied");
        let second = write(ours, "Hộ tịch và quốc tịch").await;
        assert_eq!(state(ours, &second).await, Some(PlaceState::Same));
        assert_eq!(state(ours, &first).await, Some(PlaceState::Behind(1)));
        // The copy lacks the second entry, and then has another one in its place.
        assert_eq!(state(copy, &second).await, Some(PlaceState::Ahead(1)));
        let fork = write(copy, "Hộ tịch, chứng thực").await;
        assert_eq!((fork.sequence, &fork.log), (second.sequence, &second.log));
        assert_eq!(state(copy, &second).await, Some(PlaceState::Lost));
        assert_eq!(state(copy, &first).await, Some(PlaceState::Behind(1)));
        // Another database, with as many entries and with fewer.
        let foreign = write(other, "Đất đai").await;
        assert_eq!(state(other, &first).await, Some(PlaceState::OtherLog));
        assert_eq!(state(other, &second).await, Some(PlaceState::OtherLog));
        assert_eq!(state(ours, &foreign).await, Some(PlaceState::OtherLog));
    }

    #[tokio::test]
    async fn a_log_with_a_new_id_still_has_its_places() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = write(folder.path(), "Hộ tịch").await;
        let options = StorageOptions::Sqlite(folder.path().join("motcua.sqlite"));
        let catalogue = Catalogue::open(&options).await.expect("opens");
        let restored = catalogue.mark_restored().await.expect("marked");
        catalogue.close().await.expect("closes");
        assert_ne!(restored.log, place.log);
        assert_eq!(state(folder.path(), &place).await, Some(PlaceState::Same));
        assert_eq!(state(folder.path(), &restored).await, Some(PlaceState::Same));
        let lost = LogPlace { sequence: place.sequence + 3, ..place };
        assert_eq!(state(folder.path(), &lost).await, Some(PlaceState::Ahead(3)));
    }

    #[tokio::test]
    async fn a_fresh_database_has_nothing_to_complain_about() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StorageOptions::Sqlite(folder.path().join("motcua.sqlite"));
        assert_eq!(look(&options, None).await, None);
        Catalogue::open(&options).await.expect("opens").close().await.expect("closes");
        let found = look(&options, None).await.expect("a file");
        assert!(found.database.starts_with("SQLite 3."), "{found:?}");
        assert!(found.missing_migrations.is_empty() && found.unknown_migrations.is_empty(), "{found:?}");
        assert!(
            found.damage.is_empty()
                && found.overlaps.is_empty()
                && found.missing_changes + found.orphans == 0,
            "{found:?}"
        );
        assert!(found.log.is_some_and(|log| log.broken.is_none()), "a new log is chained");
        assert_eq!(found.place, None);
    }
}
