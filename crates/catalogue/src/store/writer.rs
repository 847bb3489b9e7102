//! The writing transaction: every change of the catalogue goes through it, and none without its entry in the log.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use sea_orm::{
    ActiveValue, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel,
    Statement,
};
use serde::Serialize;
use serde_json::Value;

use crate::change::EntityKind;
use crate::command::{Applied, Command, Expected, Refusal};
use crate::source::Source;
use crate::store::db::{Db, StorageError};
use crate::store::entity::{change, source};
use crate::store::rows;

/// One writing transaction. Dropped without [`commit`](Self::commit), it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) tx: DatabaseTransaction,
    actor: String,
    reason: Option<String>,
    at: DateTime<Utc>,
    sequence: u64,
    first_sequence: u64,
    pending: Vec<change::ActiveModel>,
    last_ids: HashMap<&'static str, i64>,
    sources: HashMap<Source, i64>,
    pub(super) known: rows::Known,
}

/// Log entries are written in groups of this many.
const LOG_GROUP: usize = 500;

impl Writer {
    /// Begins; waits for the writer before it.
    pub(crate) async fn begin(db: &Db, actor: &str, reason: Option<&str>) -> Result<Self, StorageError> {
        let tx = db.begin_write().await?;
        let lock = if tx.get_database_backend() == DbBackend::Postgres { " FOR UPDATE" } else { "" };
        let sql = format!("SELECT sequence FROM change_head WHERE id = 1{lock}");
        let head = tx.query_one_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
        let head = head.ok_or_else(|| DbErr::RecordNotFound("change_head".to_owned()))?;
        let sequence = u64::try_from(head.try_get_by_index::<i64>(0)?).unwrap_or(0);
        Ok(Self {
            tx,
            actor: actor.to_owned(),
            reason: reason.map(str::to_owned),
            at: crate::clock::now().trunc_subsecs(0),
            sequence,
            first_sequence: sequence,
            pending: Vec::new(),
            last_ids: HashMap::new(),
            sources: HashMap::new(),
            known: rows::Known::default(),
        })
    }

    /// Carries out commands in order. A refused one changes nothing and does not stop the others.
    pub(crate) async fn put(
        &mut self,
        commands: Vec<(Command, Expected)>,
    ) -> Result<Vec<Result<Applied, Refusal>>, StorageError> {
        let mut outcomes = Vec::with_capacity(commands.len());
        let mut listings = Vec::new();
        for (command, expected) in commands {
            // Availabilities come by the million and are written in groups; a command of another kind ends the group.
            if let Command::Availability(record) = command {
                listings.push((*record, expected));
                continue;
            }
            rows::availability::put_group(self, std::mem::take(&mut listings), &mut outcomes).await?;
            if command.source().is_some_and(|source| !rows::is_sound(&source.citation)) {
                outcomes.push(Err(Refusal::BadText { part: "source" }));
                continue;
            }
            outcomes.push(match command {
                Command::Field(record) => rows::lists::put_field(self, record, expected).await?,
                Command::Agency(record) => rows::lists::put_agency(self, record, expected).await?,
                Command::Event(record) => rows::lists::put_event(self, record, expected).await?,
                Command::Unit(record) => rows::unit::put(self, record, expected).await?,
                Command::Succession(record) => rows::succession::put(self, record, expected).await?,
                Command::Centre(record) => rows::centre::put(self, record, expected).await?,
                Command::Procedure(record) => rows::procedure::put(self, *record, expected).await?,
                Command::Decision(record) => rows::decision::put(self, record, expected).await?,
                Command::Report(record) => rows::report::put(self, record, expected).await?,
                Command::CentreFigure(record) => rows::centre_figure::put(self, record, expected).await?,
                Command::Task(record) => rows::task::put(self, *record, expected).await?,
                Command::Availability(_) => continue,
            });
        }
        rows::availability::put_group(self, listings, &mut outcomes).await?;
        Ok(outcomes)
    }

    /// Writes a fact about the whole site.
    pub(crate) async fn put_site(&mut self, key: &str, value: &str) -> Result<Applied, StorageError> {
        rows::lists::put_site(self, key, value).await
    }

    /// Gives the entries from here on another reason.
    pub(crate) fn set_reason(&mut self, reason: String) {
        self.reason = Some(reason);
    }

    /// Number of the last change so far.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Commits; returns the number of the last change. Without changes nothing is written.
    pub(crate) async fn commit(mut self) -> Result<u64, StorageError> {
        self.flush_log().await?;
        if self.sequence != self.first_sequence {
            let head = i64::try_from(self.sequence).unwrap_or(i64::MAX);
            let sql = format!("UPDATE change_head SET sequence = {head} WHERE id = 1");
            self.tx.execute_unprepared(&sql).await?;
        }
        self.tx.commit().await?;
        Ok(self.sequence)
    }

    /// Gives everything up.
    pub(crate) async fn rollback(self) -> Result<(), StorageError> {
        Ok(self.tx.rollback().await?)
    }

    /// Time of the transaction, whole seconds.
    pub(super) fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// The day of the transaction in Vietnam.
    pub(super) fn today(&self) -> NaiveDate {
        crate::clock::day_in_vietnam(self.at)
    }

    /// A new row id for a table.
    pub(super) async fn next_id(&mut self, table: &'static str) -> Result<i64, StorageError> {
        let last = match self.last_ids.get(table) {
            Some(last) => *last,
            None => {
                // The ids of withdrawn rows are not given again.
                let sql = format!(
                    "SELECT (SELECT coalesce(max(id), 0) FROM {table}), \
                     (SELECT coalesce(max(row_id), 0) FROM withdrawal WHERE table_name = '{table}')"
                );
                let row = self
                    .tx
                    .query_one_raw(Statement::from_string(self.tx.get_database_backend(), sql))
                    .await?;
                let row = row.ok_or_else(|| DbErr::RecordNotFound(table.to_owned()))?;
                row.try_get_by_index::<i64>(0)?.max(row.try_get_by_index(1)?)
            }
        };
        self.last_ids.insert(table, last + 1);
        Ok(last + 1)
    }

    /// Appends to the log; returns the number of the entry.
    pub(super) async fn log<T: Serialize>(&mut self, entry: LogEntry<'_, T>) -> Result<u64, StorageError> {
        let text = |record: Option<&T>| {
            record.map(serde_json::to_string).transpose().map_err(|source| StorageError::Damaged {
                what: entry.entity.as_str(),
                key: entry.key.clone(),
                source: source.into(),
            })
        };
        let (before, after) = (text(entry.before)?, text(Some(entry.after))?);
        let LogEntry { entity, key, row_id, version, .. } = entry;
        self.log_text(TextEntry { entity, key, row_id, version, before, after }).await
    }

    /// Appends an entry whose records are JSON already; one without `after` withdraws a record.
    pub(super) async fn log_text(&mut self, entry: TextEntry) -> Result<u64, StorageError> {
        self.sequence += 1;
        self.pending.push(
            change::Model {
                sequence: i64::try_from(self.sequence).unwrap_or(i64::MAX),
                entity: entry.entity.as_str().to_owned(),
                key: entry.key,
                row_id: entry.row_id,
                version: i64::from(entry.version),
                actor: self.actor.clone(),
                reason: self.reason.clone(),
                at: self.at,
                before: entry.before,
                after: entry.after,
            }
            .into_active_model(),
        );
        if self.pending.len() >= LOG_GROUP {
            self.flush_log().await?;
        }
        Ok(self.sequence)
    }

    /// Writes the entries that wait for their group.
    pub(super) async fn flush_log(&mut self) -> Result<(), StorageError> {
        if !self.pending.is_empty() {
            let entries = std::mem::take(&mut self.pending);
            change::Entity::insert_many(entries).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// Row id of a source, stored on first use.
    pub(super) async fn source_id(&mut self, record: &Source) -> Result<i64, StorageError> {
        if let Some(id) = self.sources.get(record) {
            return Ok(*id);
        }
        let hash = rows::source_hash(record);
        use sea_orm::{ColumnTrait, QueryFilter};
        let stored = source::Entity::find().filter(source::Column::Hash.eq(&hash)).one(&self.tx).await?;
        let id = match stored {
            Some(row) => row.id,
            None => {
                let id = self.next_id("source").await?;
                let row = source::ActiveModel {
                    id: ActiveValue::Set(id),
                    kind: ActiveValue::Set(record.kind.as_str().to_owned()),
                    citation: ActiveValue::Set(record.citation.clone()),
                    retrieved_on: ActiveValue::Set(record.retrieved_on),
                    hash: ActiveValue::Set(hash),
                };
                source::Entity::insert(row).exec_without_returning(&self.tx).await?;
                id
            }
        };
        self.sources.insert(record.clone(), id);
        Ok(id)
    }
}

/// An entry for the log.
pub(super) struct LogEntry<'a, T> {
    /// Kind of the record.
    pub(super) entity: EntityKind,
    /// Its key.
    pub(super) key: String,
    /// Its row.
    pub(super) row_id: i64,
    /// Its version after the change.
    pub(super) version: u32,
    /// The record before.
    pub(super) before: Option<&'a T>,
    /// The record after.
    pub(super) after: &'a T,
}

/// An entry for the log as text.
pub(super) struct TextEntry {
    /// Kind of the record.
    pub(super) entity: EntityKind,
    /// Its key.
    pub(super) key: String,
    /// Its row.
    pub(super) row_id: i64,
    /// Its version after the change.
    pub(super) version: u32,
    /// The record before as JSON.
    pub(super) before: Option<String>,
    /// The record after as JSON.
    pub(super) after: Option<String>,
}

/// What is to be done with a record, given what is stored under its key.
pub(super) enum Step {
    /// Nothing: it is there as given.
    Same,
    /// Write it with this version.
    Write(u32),
}

/// Compares a record with the stored one and with what the writer expects to find.
pub(super) fn step<T: PartialEq + Serialize>(
    stored: Option<(&T, u32)>,
    record: &T,
    expected: Expected,
) -> Result<Step, Refusal> {
    let current_version = stored.map_or(0, |(_, version)| version);
    let as_expected = match expected {
        Expected::Any => true,
        Expected::Absent => stored.is_none(),
        Expected::Version(version) => version == current_version,
    };
    if !as_expected {
        let current = stored.and_then(|(record, _)| serde_json::to_value(record).ok()).map(Box::new);
        return Err(Refusal::Stale { current_version, current });
    }
    match stored {
        Some((stored, _)) if stored == record => Ok(Step::Same),
        _ => Ok(Step::Write(current_version + 1)),
    }
}

/// A JSON document from a text column.
pub(super) fn document<T: serde::de::DeserializeOwned>(
    what: &'static str,
    key: &str,
    text: &str,
) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|source| StorageError::Damaged {
        what,
        key: key.to_owned(),
        source: source.into(),
    })
}

/// A JSON document for a text column. The records serialise without fail: their maps have text keys.
pub(super) fn text_of<T: Serialize>(what: &'static str, record: &T) -> Result<String, StorageError> {
    serde_json::to_string(record).map_err(|source| StorageError::Damaged {
        what,
        key: String::new(),
        source: source.into(),
    })
}

/// Reads a log value back.
pub(crate) fn log_value(key: &str, text: Option<&str>) -> Result<Option<Value>, StorageError> {
    text.map(|text| document("change", key, text)).transpose()
}
