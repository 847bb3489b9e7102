//! Taking back what a run of the log did: records that it made are withdrawn, records that it changed are put back.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};

use super::db::StorageError;
use super::entity::{centre, change, site, task, unit_period, unit_succession, withdrawal};
use super::period_columns;
use super::rows::{self, damaged, version};
use super::writer::{TextEntry, Writer, document};
use crate::availability::Availability;
use crate::change::EntityKind;
use crate::unit::{Succession, UnitPeriod};

/// An entry of the log, with its records as text.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its number.
    pub(crate) sequence: u64,
    /// Key of the record.
    pub(crate) key: String,
    /// Row that the log names.
    pub(crate) row_id: i64,
    /// Version of the record after the change.
    pub(crate) version: u32,
    /// The record before.
    pub(crate) before: Option<String>,
    /// The record after.
    pub(crate) after: Option<String>,
}

/// A stretch of the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// Number of its first entry.
    pub(crate) first: u64,
    /// Number of its last entry.
    pub(crate) last: u64,
}

/// How many records are named where something stands in the way.
const NAMED: usize = 50;

/// Rows that one statement names.
const ROWS: usize = 5_000;

impl Writer {
    /// A fact about the site.
    pub(crate) async fn site_fact(&self, key: &str) -> Result<Option<String>, StorageError> {
        Ok(site::Entity::find_by_id(key.to_owned()).one(&self.tx).await?.map(|row| row.value))
    }

    /// The keys of facts about the site that begin like this.
    pub(crate) async fn site_keys(&self, beginning: &str) -> Result<Vec<String>, StorageError> {
        let rows =
            site::Entity::find().filter(site::Column::Key.starts_with(beginning)).all(&self.tx).await?;
        Ok(rows.into_iter().map(|row| row.key).collect())
    }

    /// Entries of a stretch that made records of a kind (or changed them), after a number, in order.
    pub(crate) async fn entries(
        &self,
        stretch: Stretch,
        (kind, made): (EntityKind, bool),
        after: u64,
        limit: u64,
    ) -> Result<Vec<Entry>, StorageError> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let before = change::Column::Before;
        let rows = change::Entity::find()
            .filter(change::Column::Sequence.gt(number(after.max(stretch.first.saturating_sub(1)))))
            .filter(change::Column::Sequence.lte(number(stretch.last)))
            // Not by the index of kinds: it would sort all of a kind for every page.
            .filter(Expr::cust(format!("entity || '' = '{}'", kind.as_str())))
            .filter(if made { before.is_null() } else { before.is_not_null() })
            .order_by_asc(change::Column::Sequence)
            .limit(limit)
            .all(&self.tx)
            .await?;
        let entry = |row: change::Model| Entry {
            sequence: u64::try_from(row.sequence).unwrap_or(0),
            key: row.key,
            row_id: row.row_id,
            version: version(row.version),
            before: row.before,
            after: row.after,
        };
        Ok(rows.into_iter().map(entry).collect())
    }

    /// What was written after a stretch and stands in the way of taking it back: records of the stretch that changed
    /// again, and records that refer to what it made.
    pub(crate) async fn in_the_way(&self, stretch: Stretch) -> Result<Vec<String>, StorageError> {
        let Stretch { first, last } = stretch;
        let postgres = self.tx.get_database_backend() == sea_orm::DbBackend::Postgres;
        // SQLite keeps the order of a CROSS JOIN: what came later is little, the run may be millions of entries.
        let join = if postgres { "JOIN" } else { "CROSS JOIN" };
        // The key without its first day: another period of the same procedure, case and centre counts too.
        let head = |column: &str| {
            if postgres {
                format!("split_part({column}.key, '@', 1)")
            } else {
                format!("substr({column}.key, 1, instr({column}.key || '@', '@') - 1)")
            }
        };
        let of_run = format!("r.sequence BETWEEN {first} AND {last}");
        let (later_head, run_head) = (head("l"), head("r"));
        let made = |entity: &str| {
            format!(
                "SELECT r.row_id FROM change r WHERE r.entity = '{entity}' AND r.before IS NULL AND {of_run}"
            )
        };
        let statements = [
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l {join} change r ON r.entity = l.entity \
                 AND r.row_id = l.row_id AND {of_run} AND {run_head} = {later_head} \
                 WHERE l.sequence > {last} AND l.entity <> 'site' LIMIT {NAMED}"
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l WHERE l.sequence > {last} \
                 AND l.entity = 'availability' AND l.row_id IN ({}) LIMIT {NAMED}",
                made("centre")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN centre c ON c.id = l.row_id \
                 WHERE l.sequence > {last} AND l.entity = 'centre' AND c.unit_id IN ({}) LIMIT {NAMED}",
                made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN unit_period p ON p.unit_id = l.row_id \
                 WHERE l.sequence > {last} AND l.entity = 'unit' \
                 AND (p.parent_unit_id IN ({made}) OR p.unit_id IN ({made})) LIMIT {NAMED}",
                made = made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l \
                 JOIN unit_succession s ON s.predecessor_unit_id = l.row_id \
                 WHERE l.sequence > {last} AND l.entity = 'succession' \
                 AND (s.successor_unit_id IN ({made}) OR s.predecessor_unit_id IN ({made})) LIMIT {NAMED}",
                made = made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN task t ON t.id = l.row_id \
                 WHERE l.sequence > {last} AND l.entity = 'task' \
                 AND (t.centre_id IN ({}) OR t.unit_id IN ({})) LIMIT {NAMED}",
                made("centre"),
                made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN centre_figure f ON f.id = l.row_id \
                 WHERE l.sequence > {last} AND l.entity = 'centre_figure' AND f.centre_id IN ({}) LIMIT {NAMED}",
                made("centre")
            ),
        ];
        let mut found = Vec::new();
        for sql in statements {
            let statement = Statement::from_string(self.tx.get_database_backend(), sql);
            for row in self.tx.query_all_raw(statement).await? {
                let (entity, key): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let name = format!("{entity} {key}");
                if found.len() < NAMED && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        Ok(found)
    }

    /// Withdraws records that the log says were made: they vanish from their tables, and the log says so. Returns the
    /// row that the log names and the number of the new entry for each.
    pub(crate) async fn withdraw(
        &mut self,
        kind: EntityKind,
        made: &[Entry],
    ) -> Result<Vec<(i64, u64)>, StorageError> {
        let rows = match kind {
            EntityKind::Task => self.rows_of_tasks(made).await?,
            EntityKind::Availability => self.rows_of_listings(made).await?,
            EntityKind::Centre => self.rows_of_centres(made).await?,
            EntityKind::Succession => self.rows_of_successions(made).await?,
            EntityKind::Unit => self.rows_of_periods(made).await?,
            other => return Err(damaged("change", other.as_str(), "this kind is never withdrawn")),
        };
        let table = table_of(kind);
        let mut withdrawn = Vec::with_capacity(made.len());
        for (entry, (row_id, version)) in made.iter().zip(rows) {
            let text = TextEntry {
                entity: kind,
                key: entry.key.clone(),
                row_id: entry.row_id,
                version: version + 1,
                before: entry.after.clone(),
                after: None,
            };
            withdrawn.push((row_id, self.log_text(text).await?));
        }
        self.delete(table, &withdrawn).await?;
        Ok(made.iter().zip(withdrawn).map(|(entry, (_, sequence))| (entry.row_id, sequence)).collect())
    }

    /// Puts listings back that a run ended: they reach as far as before, and the log says so.
    pub(crate) async fn restore_listings(&mut self, ended: &[Entry]) -> Result<(), StorageError> {
        let records: Vec<Availability> = ended.iter().map(before).collect::<Result<_, _>>()?;
        let rows = rows::listings::rows_of(self, &records).await?;
        let mut by_end: HashMap<NaiveDate, Vec<i64>> = HashMap::new();
        for ((entry, record), row_id) in ended.iter().zip(records).zip(rows) {
            let mut now: Availability = after(entry)?;
            now.period = record.period;
            let Some(row_id) = row_id.filter(|_| now == record) else {
                return Err(damaged("change", &entry.key, "more than its end was changed"));
            };
            by_end.entry(period_columns::columns(record.period).1).or_default().push(row_id);
            let text = TextEntry {
                entity: EntityKind::Availability,
                key: entry.key.clone(),
                row_id: entry.row_id,
                version: entry.version + 1,
                before: entry.after.clone(),
                after: entry.before.clone(),
            };
            self.log_text(text).await?;
        }
        for (end, ids) in by_end {
            rows::listings::set_end(self, &ids, end).await?;
        }
        Ok(())
    }

    /// Withdraws units that have no period any more.
    pub(crate) async fn withdraw_bare_units(&mut self, made: &[(i64, u64)]) -> Result<(), StorageError> {
        let sql = "SELECT u.id FROM unit u WHERE NOT EXISTS \
                   (SELECT 1 FROM unit_period p WHERE p.unit_id = u.id)";
        let statement = Statement::from_string(self.tx.get_database_backend(), sql);
        let mut bare = std::collections::HashSet::new();
        for row in self.tx.query_all_raw(statement).await? {
            bare.insert(row.try_get_by_index::<i64>(0)?);
        }
        let of_run: HashMap<i64, u64> =
            made.iter().copied().filter(|(unit_id, _)| bare.contains(unit_id)).collect();
        let of_run: Vec<(i64, u64)> = of_run.into_iter().collect();
        self.delete("unit", &of_run).await
    }

    /// Forgets what was looked up: rows that are withdrawn must not be found again.
    pub(crate) fn forget(&mut self) {
        self.known = rows::Known::default();
    }

    async fn delete(&mut self, table: &'static str, rows: &[(i64, u64)]) -> Result<(), StorageError> {
        // A withdrawal names an entry of the log, which must stand there.
        self.flush_log().await?;
        for group in rows.chunks(ROWS) {
            let models = group.iter().map(|(row_id, sequence)| {
                let sequence = i64::try_from(*sequence).unwrap_or(i64::MAX);
                withdrawal::Model { table_name: table.to_owned(), row_id: *row_id, sequence }
                    .into_active_model()
            });
            withdrawal::Entity::insert_many(models).exec_without_returning(&self.tx).await?;
            let ids: Vec<String> = group.iter().map(|(row_id, _)| row_id.to_string()).collect();
            let sql = format!("DELETE FROM {table} WHERE id IN ({})", ids.join(","));
            self.tx.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn rows_of_tasks(&self, made: &[Entry]) -> Result<Vec<(i64, u32)>, StorageError> {
        let ids = made.iter().map(|entry| entry.row_id);
        let rows: Vec<(i64, i64)> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .column(task::Column::Version)
            .filter(task::Column::Id.is_in(ids))
            .into_tuple()
            .all(&self.tx)
            .await?;
        let versions: HashMap<i64, u32> = rows.into_iter().map(|(id, v)| (id, version(v))).collect();
        each(made, |entry| versions.get(&entry.row_id).map(|version| (entry.row_id, *version)))
    }

    async fn rows_of_listings(&mut self, made: &[Entry]) -> Result<Vec<(i64, u32)>, StorageError> {
        let records: Vec<Availability> = made.iter().map(after).collect::<Result<_, _>>()?;
        let rows = rows::listings::rows_of(self, &records).await?;
        // A listing that did not change since it was made is at its first version.
        let mut rows = rows.into_iter();
        each(made, |_| rows.next().flatten().map(|row_id| (row_id, 1)))
    }

    async fn rows_of_centres(&self, made: &[Entry]) -> Result<Vec<(i64, u32)>, StorageError> {
        let mut versions = HashMap::new();
        for group in made.chunks(ROWS) {
            let ids = group.iter().map(|entry| entry.row_id);
            for row in centre::Entity::find().filter(centre::Column::Id.is_in(ids)).all(&self.tx).await? {
                versions.insert(row.id, version(row.version));
            }
        }
        each(made, |entry| versions.get(&entry.row_id).map(|version| (entry.row_id, *version)))
    }

    async fn rows_of_successions(&self, made: &[Entry]) -> Result<Vec<(i64, u32)>, StorageError> {
        let mut records = Vec::with_capacity(made.len());
        for entry in made {
            records.push(after::<Succession>(entry)?);
        }
        let days: std::collections::BTreeSet<_> = records.iter().map(|record| record.effective_on).collect();
        let mut rows = HashMap::new();
        for day in days {
            let of_day = unit_succession::Entity::find()
                .filter(unit_succession::Column::EffectiveOn.eq(day))
                .all(&self.tx)
                .await?;
            for row in of_day {
                let key = (row.predecessor_code.clone(), row.successor_code.clone(), row.effective_on);
                rows.insert(key, (row.id, version(row.version)));
            }
        }
        let mut records = records.into_iter();
        each(made, |_| {
            let record = records.next()?;
            let successor = record.successor.as_ref().map(ToString::to_string);
            rows.get(&(record.predecessor.to_string(), successor, record.effective_on)).copied()
        })
    }

    async fn rows_of_periods(&self, made: &[Entry]) -> Result<Vec<(i64, u32)>, StorageError> {
        let mut rows = HashMap::new();
        for row in unit_period::Entity::find().all(&self.tx).await? {
            rows.insert((row.code, row.valid_from), (row.id, version(row.version)));
        }
        let mut found = Vec::with_capacity(made.len());
        for entry in made {
            let record: UnitPeriod = after(entry)?;
            let from = period_columns::columns(record.period).0;
            found.push(rows.get(&(record.code.to_string(), from)).copied());
        }
        let mut found = found.into_iter();
        each(made, |_| found.next().flatten())
    }
}

fn table_of(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Task => "task",
        EntityKind::Availability => "availability",
        EntityKind::Centre => "centre",
        EntityKind::Succession => "unit_succession",
        _ => "unit_period",
    }
}

/// The record of an entry after the change.
fn after<T: serde::de::DeserializeOwned>(entry: &Entry) -> Result<T, StorageError> {
    document("change", &entry.key, entry.after.as_deref().unwrap_or("null"))
}

/// The record of an entry before the change.
pub(crate) fn before<T: serde::de::DeserializeOwned>(entry: &Entry) -> Result<T, StorageError> {
    document("change", &entry.key, entry.before.as_deref().unwrap_or("null"))
}

/// Finds a row for each entry; one that is missing means that the log and the tables do not agree.
fn each(
    made: &[Entry],
    mut row: impl FnMut(&Entry) -> Option<(i64, u32)>,
) -> Result<Vec<(i64, u32)>, StorageError> {
    made.iter()
        .map(|entry| row(entry).ok_or_else(|| damaged("change", &entry.key, "its record is not there")))
        .collect()
}
