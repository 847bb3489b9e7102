//! How every kind of record is kept: one way for all of them. A kind says how it is checked, found and written; that it
//! is compared, permitted, logged and counted in versions is decided here.

use std::future::Future;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use serde::Serialize;

use super::db::StorageError;
use super::entity::withdrawal;
use super::read::{is_sound, text_of};
use super::references::Buried;
use super::writer::{Entry, Writer};
use crate::change::EntityKind;
use crate::code::UnitCode;
use crate::command::{Applied, Expected};
use crate::log_key::LogKey;
use crate::period::Period;
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

    /// Settles what a statement left open, by what is stored; nothing for most kinds.
    fn settle(&mut self, _writer: &mut Writer) -> impl Future<Output = Result<(), StorageError>> + Send {
        std::future::ready(Ok(()))
    }

    /// Checks the record against others, and finds the rows that it refers to.
    fn resolve(
        &self,
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

    /// Table of what others refer to, for kinds that others refer to: its own, or that of the identity behind a period.
    const REFERRED: Option<&'static str> = None;

    /// Code, id or slug by which others refer to it.
    fn referred(&self) -> String {
        self.key().to_string()
    }

    /// When it holds, for kinds that others refer to; always for those without periods.
    fn held(&self) -> Period {
        Period::ALWAYS
    }

    /// Whether others may miss what it said, now that it says something else.
    fn loosens(&self, _after: &Self) -> bool {
        false
    }

    /// Whether nothing is left of what others refer to, once the record is taken out.
    fn is_last(&self, _writer: &Writer, _subject: i64) -> bool {
        true
    }

    /// The unit that it lies in, which must have its code on all of the days.
    fn within(&self) -> Option<(UnitCode, Period)> {
        None
    }

    /// Notes the record among what the transaction knows, so that later ones find it; or that it is gone.
    fn remember(&self, _writer: &mut Writer, _subject: i64, _place: Place) {}

    /// Row that the log names for the record: its own, for most kinds.
    fn subject(&self, _found: &Self::Found, row_id: i64) -> i64 {
        row_id
    }

    /// The same for a stored record, whatever became of what it refers to.
    fn stored_subject(
        &self,
        _writer: &mut Writer,
        row_id: i64,
    ) -> impl Future<Output = Result<i64, StorageError>> + Send {
        std::future::ready(Ok(row_id))
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

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this row.
    In(i64),
    /// No longer in this row.
    GoneFrom(i64),
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
    if expected == Expected::Any && !writer.takes_back() {
        record.settle(writer).await?;
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
    if writer.was_touched(&key) {
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
    // What this transaction took out and states again goes on, for those who refer to it.
    let is_own_row = K::REFERRED == Some(K::TABLE);
    let kept_row = if is_own_row { writer.buried(K::KIND, &record.referred()) } else { None };
    let row_id = match (&stored, kept_row) {
        (Some(stored), _) => stored.row_id,
        (None, Some(kept)) => kept,
        (None, None) => writer.next_id(K::TABLE).await?,
    };
    let subject_id = record.subject(&found, row_id);
    if let Some(table) = K::REFERRED {
        writer.unbury(table, if is_own_row { row_id } else { subject_id });
    }
    if writer.writes() {
        let is_new = stored.is_none() && kept_row.is_none();
        record.write(writer, &found, Row { row_id, version, is_new }).await?;
    }
    record.remember(writer, subject_id, Place::In(row_id));
    if let Some(Stored { record: before, .. }) = &stored
        && before.loosens(&record)
    {
        writer.loosen(subject_id, record.referred(), key.clone(), before.held());
    }
    // Whatever else changes, days that it had beyond its unit before stand in nobody's way.
    if let Some((unit, days)) = record.within()
        && stored.as_ref().and_then(|stored| stored.record.within()) != Some((unit.clone(), days))
    {
        writer.bind(key.clone(), unit, days);
    }
    let before = stored.map(|stored| text_of(K::KIND.as_str(), &stored.record)).transpose()?;
    let is_new = before.is_none();
    let entry = Entry {
        kind: K::KIND,
        key: key.to_string(),
        subject_id,
        version,
        before,
        after: Some(text_of(K::KIND.as_str(), &record)?),
    };
    let sequence = writer.log(entry).await?;
    writer.note(key, Some(Stored { row_id, version, record }));
    Ok(Ok(if is_new { Applied::Created(sequence) } else { Applied::Changed(sequence) }))
}

/// Takes a record out as a mistake. Whether others need it is known when all of the transaction is written.
pub(crate) async fn withdraw<K: Kept>(writer: &mut Writer, key: LogKey, expected: Expected) -> Outcome {
    let Some(stored) = stored::<K>(writer, &key).await? else { return Ok(Err(Refusal::NotThere)) };
    let Stored { row_id, version, record } = stored;
    if !writer.covers(K::KIND, &record.belongs()).await? {
        return Ok(Err(Refusal::Forbidden));
    }
    if !is_expected(Some(version), expected) {
        return Ok(Err(stale(Some((&record, version)))));
    }
    let subject_id = record.stored_subject(writer, row_id).await?;
    let entry = Entry {
        kind: K::KIND,
        key: key.to_string(),
        subject_id,
        version: version + 1,
        before: Some(text_of(K::KIND.as_str(), &record)?),
        after: None,
    };
    let sequence = writer.log(entry).await?;
    if writer.writes() {
        K::unlink(writer, row_id).await?;
        // A row that others refer to stays until it is known that none does any more.
        if K::REFERRED != Some(K::TABLE) {
            writer.delete(K::TABLE, &[(row_id, sequence)]).await?;
        }
    }
    record.remember(writer, subject_id, Place::GoneFrom(row_id));
    writer.unbind(&key);
    if let Some(table) = K::REFERRED {
        let code = record.referred();
        if record.is_last(writer, subject_id) {
            let row_id = if table == K::TABLE { row_id } else { subject_id };
            writer.bury(Buried { kind: K::KIND, code: code.clone(), table, row_id, sequence });
        }
        writer.loosen(subject_id, code, key.clone(), record.held());
    }
    writer.note::<Stored<K>>(key, None);
    Ok(Ok(Applied::Withdrawn(sequence)))
}

/// The record of a key as it stands, or as a comparison would have left it.
pub(crate) async fn stored<K: Kept>(
    writer: &mut Writer,
    key: &LogKey,
) -> Result<Option<Stored<K>>, StorageError> {
    if K::REFERRED == Some(K::TABLE) && writer.is_buried(K::KIND, &key.to_string()) {
        return Ok(None);
    }
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
}
