//! How every kind of record is kept: one way for all of them. A kind says how it is checked, found and written; that it
//! is compared, permitted, logged and counted in versions is decided here.

use std::future::Future;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use serde::Serialize;

use super::db::StorageError;
use super::entity::withdrawal;
use super::read::{is_sound, text_of};
use super::writer::{Entry, Writer};
use crate::change::EntityKind;
use crate::command::{Applied, Expected};
use crate::log_key::LogKey;
use crate::permit::Belongs;
use crate::refusal::{Part, Refusal};
use crate::source::Source;

/// What a command comes to.
pub(crate) type Outcome = Result<Result<Applied, Refusal>, StorageError>;

/// A kind of record that is kept in a table of its own.
pub(crate) trait Kept: Serialize + Clone + PartialEq + Send + Sync + 'static {
    /// Its kind.
    const KIND: EntityKind;
    /// Its table.
    const TABLE: &'static str;
    /// Rows that the record refers to.
    type Found: Send + Sync;

    /// Its key.
    fn key(&self) -> LogKey;

    /// Where it comes from, for kinds that have a source.
    fn source(&self) -> Option<&Source> {
        None
    }

    /// What it belongs to, for permits.
    fn belongs(&self) -> Belongs {
        Belongs::Nobody
    }

    /// Checks the record by itself, on a day.
    fn check(&self, today: NaiveDate) -> Result<(), Refusal>;

    /// Checks the record against others, and finds the rows that it refers to. May settle what the record left open.
    fn resolve(
        &mut self,
        writer: &mut Writer,
    ) -> impl Future<Output = Result<Result<Self::Found, Refusal>, StorageError>> + Send;

    /// The stored record of a key.
    fn load(
        writer: &mut Writer,
        key: &LogKey,
    ) -> impl Future<Output = Result<Option<Stored<Self>>, StorageError>> + Send;

    /// Writes the row.
    fn write(
        &self,
        writer: &mut Writer,
        found: &Self::Found,
        row: Row,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Rows of other tables that go when the row goes; none for most kinds.
    fn unlink(_writer: &mut Writer, _row_id: i64) -> impl Future<Output = Result<(), StorageError>> + Send {
        std::future::ready(Ok(()))
    }

    /// A record that needs the row and stands in the way of its withdrawal.
    fn needed_by(
        &self,
        writer: &Writer,
        found: &Self::Found,
        row_id: i64,
    ) -> impl Future<Output = Result<Option<String>, StorageError>> + Send;

    /// Takes out what the row alone held together, after it is gone: the identity behind a period.
    fn bury(
        &self,
        _writer: &mut Writer,
        _found: &Self::Found,
        _sequence: u64,
    ) -> impl Future<Output = Result<(), StorageError>> + Send {
        std::future::ready(Ok(()))
    }

    /// Notes the record among what the transaction knows, so that later ones find it; or that it is gone.
    fn remember(&self, _writer: &mut Writer, _found: &Self::Found, _row_id: Option<i64>) {}

    /// Row that the log names for the record: its own, for most kinds.
    fn subject(&self, _found: &Self::Found, row_id: i64) -> i64 {
        row_id
    }
}

/// A stored record.
#[derive(Debug, Clone)]
pub(crate) struct Stored<K> {
    /// Its row.
    pub(crate) row_id: i64,
    /// Its version.
    pub(crate) version: u32,
    /// The record.
    pub(crate) record: K,
}

/// Where a record is to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Its row.
    pub(crate) row_id: i64,
    /// Its version.
    pub(crate) version: u32,
    /// Whether there is no such row yet.
    pub(crate) is_new: bool,
}

/// Creates or replaces a record.
pub(crate) async fn keep<K: Kept>(writer: &mut Writer, mut record: K, expected: Expected) -> Outcome {
    if record.source().is_some_and(|source| !is_sound(&source.citation)) {
        return Ok(Err(Refusal::BadText { part: Part::Source }));
    }
    if let Err(refusal) = record.check(writer.today()) {
        return Ok(Err(refusal));
    }
    let found = match record.resolve(writer).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !writer.covers(K::KIND, &record.belongs()).await? {
        return Ok(Err(Refusal::Forbidden));
    }
    let key = record.key();
    let stored = if writer.is_known_absent(expected) { None } else { stored(writer, &key).await? };
    if stored.is_none() && writer.was_touched(&key) {
        return Ok(Ok(Applied::Same));
    }
    // Whoever may not write what is stored may not replace it either.
    if let Some(Stored { record: stored, .. }) = &stored
        && !writer.covers(K::KIND, &K::belongs(stored)).await?
    {
        return Ok(Err(Refusal::Forbidden));
    }
    let current = stored.as_ref().map(|stored| (&stored.record, stored.version));
    let version = match step(current, &record, expected) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Step::Same) => return Ok(Ok(Applied::Same)),
        Ok(Step::Write(version)) => version,
    };
    let row_id = match &stored {
        Some(stored) => stored.row_id,
        None => writer.next_id(K::TABLE).await?,
    };
    if writer.writes() {
        record.write(writer, &found, Row { row_id, version, is_new: stored.is_none() }).await?;
    }
    record.remember(writer, &found, Some(row_id));
    let before = stored.map(|stored| text_of(K::KIND.as_str(), &stored.record)).transpose()?;
    let is_new = before.is_none();
    let entry = Entry {
        kind: K::KIND,
        key: key.to_string(),
        subject_id: record.subject(&found, row_id),
        version,
        before,
        after: Some(text_of(K::KIND.as_str(), &record)?),
    };
    let sequence = writer.log(entry).await?;
    writer.note(key, Some(Stored { row_id, version, record }));
    Ok(Ok(if is_new { Applied::Created(sequence) } else { Applied::Changed(sequence) }))
}

/// Takes a record out as a mistake.
pub(crate) async fn withdraw<K: Kept>(writer: &mut Writer, key: LogKey, expected: Expected) -> Outcome {
    let Some(stored) = stored::<K>(writer, &key).await? else { return Ok(Err(Refusal::NotThere)) };
    // Which rows it refers to is found together with the rules of today, so a record that breaks one by now is refused.
    let mut record = stored.record.clone();
    let found = match record.resolve(writer).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !writer.covers(K::KIND, &stored.record.belongs()).await? {
        return Ok(Err(Refusal::Forbidden));
    }
    if !is_expected(Some(stored.version), expected) {
        return Ok(Err(stale(Some((&stored.record, stored.version)))));
    }
    if writer.writes()
        && let Some(by) = record.needed_by(writer, &found, stored.row_id).await?
    {
        return Ok(Err(Refusal::Needed { by }));
    }
    let entry = Entry {
        kind: K::KIND,
        key: key.to_string(),
        subject_id: record.subject(&found, stored.row_id),
        version: stored.version + 1,
        before: Some(text_of(K::KIND.as_str(), &stored.record)?),
        after: None,
    };
    let sequence = writer.log(entry).await?;
    if writer.writes() {
        K::unlink(writer, stored.row_id).await?;
        writer.delete(K::TABLE, &[(stored.row_id, sequence)]).await?;
        record.bury(writer, &found, sequence).await?;
    }
    record.remember(writer, &found, None);
    writer.note::<Stored<K>>(key, None);
    Ok(Ok(Applied::Withdrawn(sequence)))
}

/// The record of a key as it stands, or as a comparison would have left it.
pub(crate) async fn stored<K: Kept>(
    writer: &mut Writer,
    key: &LogKey,
) -> Result<Option<Stored<K>>, StorageError> {
    match writer.compared::<Stored<K>>(key) {
        Some(compared) => Ok(compared),
        None => K::load(writer, key).await,
    }
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
    if !is_expected(stored.map(|(_, version)| version), expected) {
        return Err(stale(stored));
    }
    match stored {
        Some((stored, _)) if stored == record => Ok(Step::Same),
        stored => Ok(Step::Write(stored.map_or(0, |(_, version)| version) + 1)),
    }
}

fn is_expected(stored: Option<u32>, expected: Expected) -> bool {
    match expected {
        Expected::Any => true,
        Expected::Absent => stored.is_none(),
        Expected::Version(version) => version == stored.unwrap_or(0),
    }
}

fn stale<T: Serialize>(stored: Option<(&T, u32)>) -> Refusal {
    Refusal::Stale {
        current_version: stored.map_or(0, |(_, version)| version),
        current: stored.and_then(|(record, _)| serde_json::to_value(record).ok()).map(Box::new),
    }
}

/// Rows that one statement names.
const ROWS: usize = 5_000;

impl Writer {
    /// Deletes rows, each with its entry of the log, which the database asks for.
    pub(super) async fn delete(
        &mut self,
        table: &'static str,
        rows: &[(i64, u64)],
    ) -> Result<(), StorageError> {
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

    /// Whether some statement finds a row; the statement selects a text that names it.
    pub(super) async fn first_text(&self, sql: &str) -> Result<Option<String>, StorageError> {
        let statement = sea_orm::Statement::from_string(self.tx.get_database_backend(), sql.to_owned());
        let row = self.tx.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }
}
