//! The writing transaction: every change of the catalogue goes through it, and none without its entry in the log.
//!
//! The same code also *compares*: over a reading transaction, without any lock, it finds out what would be written, and
//! collects the entries that the log would get. These are the items of a change set.

use std::any::Any;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, Statement};

use super::chain;
use super::compared_listings::ComparedListings;
use super::db::{Db, StorageError};
use super::entity::{change, change_chain};
use super::known::Known;
use super::references::Loosened;
use super::turn::{self, Turn};
use super::unit_codes::UnitCodes;
use crate::actor::Reason;
use crate::change::EntityKind;
use crate::command::Expected;
use crate::log_key::LogKey;
use crate::log_place::LogPlace;
use crate::permit::{Belongs, Permit, Reach, Right};
use crate::source::Source;

/// One writing transaction. Dropped without [`commit`](Self::commit), it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) tx: DatabaseTransaction,
    _turn: Option<Turn>,
    permit: Permit,
    reason: Option<String>,
    at: DateTime<Utc>,
    /// Where the log ends with what this transaction wrote.
    head: LogPlace,
    first_sequence: u64,
    pending: Vec<change::ActiveModel>,
    links: Vec<change_chain::ActiveModel>,
    last_ids: HashMap<&'static str, i64>,
    pub(super) sources: HashMap<Source, i64>,
    pub(super) known: Known,
    /// Whether a record was written that is made up, by its source.
    pub(super) wrote_made_up: bool,
    /// What a comparison found; none where this writes.
    comparison: Option<Comparison>,
    /// What was shortened or taken out, until it is known that nobody misses it.
    pub(super) loosened: Loosened,
    /// Whether it takes back what was written: records are put back as they were.
    takes_back: bool,
    /// A comparison with this very state found which records are not there; they need not be looked for again.
    trusts_absence: bool,
}

/// What a comparison would have written.
#[derive(Debug, Default)]
struct Comparison {
    entries: Vec<Entry>,
    /// Records as they would be; `None` for one that would be withdrawn.
    records: HashMap<LogKey, Option<Box<dyn Any + Send + Sync>>>,
    /// Records that were touched and are not kept whole.
    touched: HashSet<LogKey>,
    listings: ComparedListings,
    /// Whether every record is kept whole, however many there are.
    keeps_all: bool,
}

/// An entry for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Kind of the record.
    pub(crate) kind: EntityKind,
    /// Its key.
    pub(crate) key: String,
    /// Row of what it is about.
    pub(crate) subject_id: i64,
    /// Version of the record after the change.
    pub(crate) version: u32,
    /// The record before, as JSON in the present form.
    pub(crate) before: Option<String>,
    /// The record after; absent where it is withdrawn.
    pub(crate) after: Option<String>,
}

/// So many records of a comparison are kept whole; so many where they are large. Tests go beyond on purpose.
const NOTED: usize = if cfg!(debug_assertions) { 100 } else { 20_000 };
const LARGE_NOTED: usize = if cfg!(debug_assertions) { 10 } else { 1_000 };

/// Log entries are written in groups of this many.
const LOG_GROUP: usize = 500;

impl Writer {
    /// Begins; waits for the writer before it.
    pub(crate) async fn begin(db: &Db, permit: &Permit, reason: &Reason) -> Result<Self, StorageError> {
        let (tx, head, turn) = turn::begin(db).await?;
        Ok(Self { _turn: Some(turn), ..Self::new(tx, head, permit, reason, None) })
    }

    /// Begins a comparison with the present state. It waits for nobody, and nobody waits for it.
    pub(crate) async fn compare(db: &Db, permit: &Permit, reason: &Reason) -> Result<Self, StorageError> {
        let tx = db.begin_read().await?;
        let head = chain::head(&tx, false).await?;
        Ok(Self::new(tx, head, permit, reason, Some(Comparison::default())))
    }

    fn new(
        tx: DatabaseTransaction,
        head: LogPlace,
        permit: &Permit,
        reason: &Reason,
        comparison: Option<Comparison>,
    ) -> Self {
        Self {
            tx,
            _turn: None,
            permit: permit.clone(),
            reason: reason.public.clone(),
            at: crate::clock::now().trunc_subsecs(0),
            first_sequence: head.sequence,
            head,
            pending: Vec::new(),
            links: Vec::new(),
            last_ids: HashMap::new(),
            sources: HashMap::new(),
            known: Known::default(),
            comparison,
            wrote_made_up: false,
            loosened: Loosened::default(),
            takes_back: false,
            trusts_absence: false,
        }
    }

    /// Takes it as known that a record which is expected to be absent is absent: a comparison with this very state has
    /// looked for it. The database itself still refuses a second row of a key.
    pub(crate) fn trust_absence(&mut self) {
        self.trusts_absence = true;
    }

    /// Whether a record that is expected so need not be looked for.
    pub(super) fn is_known_absent(&self, expected: Expected) -> bool {
        self.trusts_absence && matches!(expected, Expected::Absent | Expected::Version(0))
    }

    /// Whether records are put back as they were, rather than stated.
    pub(super) fn takes_back(&self) -> bool {
        self.takes_back
    }

    /// From now on records are put back as they were.
    pub(super) fn take_back(&mut self) {
        self.takes_back = true;
    }

    /// Whether the permit includes what this does: to compare takes no right, to put back that of undoing.
    pub(super) fn may_write(&self) -> bool {
        let right = if self.takes_back { Right::Undo } else { Right::Publish };
        !self.writes() || self.permit.has(right)
    }

    /// Whether rows are written; a comparison writes none.
    pub(super) fn writes(&self) -> bool {
        self.comparison.is_none()
    }

    /// Where the log ends with what was written so far; for a comparison, where it began.
    pub(crate) fn place(&self) -> &LogPlace {
        &self.head
    }

    /// Number of the last entry before this transaction.
    pub(crate) fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// The public reason.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The transaction, for reads and notes beside the records.
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// By what right this is written.
    pub(crate) fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Commits; returns the place of the last change. Without changes nothing is written.
    pub(crate) async fn commit(mut self) -> Result<LogPlace, StorageError> {
        self.flush_log().await?;
        if self.head.sequence != self.first_sequence {
            chain::move_head(&self.tx, &self.head).await?;
        }
        self.tx.commit().await?;
        Ok(self.head)
    }

    /// Gives everything up.
    pub(crate) async fn rollback(self) -> Result<(), StorageError> {
        Ok(self.tx.rollback().await?)
    }

    /// Time of the transaction, whole seconds.
    pub(crate) fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// The day of the transaction in Vietnam.
    pub(crate) fn today(&self) -> NaiveDate {
        crate::clock::day_in_vietnam(self.at)
    }

    /// Whether a record was written that is made up, by its source.
    pub(crate) fn wrote_made_up(&self) -> bool {
        self.wrote_made_up
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

    /// Whether the permit covers a record.
    pub(super) async fn covers(&mut self, kind: EntityKind, belongs: &Belongs) -> Result<bool, StorageError> {
        let Reach::Within { kinds, centres, units } = self.permit.reach().clone() else { return Ok(true) };
        if !kinds.contains(&kind) {
            return Ok(false);
        }
        let (unit, day) = match belongs {
            Belongs::Nobody => return Ok(false),
            Belongs::Unit(unit, day) => (Some(unit.clone()), *day),
            Belongs::Centre(id) if centres.contains(id) => return Ok(true),
            Belongs::Centre(id) => {
                let centre = self.known.centre_even_gone(&self.tx, id.as_str()).await?;
                let day = centre.as_ref().map(|centre| super::period_columns::reference_day(centre.period));
                (centre.and_then(|centre| centre.unit), day.unwrap_or_else(|| self.today()))
            }
        };
        let Some(unit) = unit else { return Ok(false) };
        Ok(self.units().await?.is_within(&unit, &units, day))
    }

    /// The unit codes, loaded on first use.
    pub(crate) async fn units(&mut self) -> Result<&mut UnitCodes, StorageError> {
        self.known.units(&self.tx).await
    }

    /// Appends an entry; returns its number. Every row of the catalogue that is written has one. Of a comparison the
    /// entry becomes an item instead.
    pub(super) async fn log(&mut self, entry: Entry) -> Result<u64, StorageError> {
        if let Some(comparison) = &mut self.comparison {
            comparison.entries.push(entry);
            return Ok(self.head.sequence);
        }
        self.head.sequence += 1;
        let sequence = i64::try_from(self.head.sequence).unwrap_or(i64::MAX);
        let actor = self.permit.actor();
        let entry = change::Model {
            sequence,
            entity: entry.kind.as_str().to_owned(),
            key: entry.key,
            subject_id: entry.subject_id,
            version: i64::from(entry.version),
            actor: actor.public_name().to_owned(),
            actor_kind: actor.kind().as_str().to_owned(),
            reason: self.reason.clone(),
            at: self.at,
            before: entry.before,
            after: entry.after,
            form: i64::from(entry.kind.form()),
        };
        self.head.hash = chain::link(self.head.hash, &entry);
        let hash = self.head.hash.as_bytes().to_vec();
        self.links.push(change_chain::Model { sequence, hash }.into_active_model());
        self.pending.push(entry.into_active_model());
        if self.pending.len() >= LOG_GROUP {
            self.flush_log().await?;
        }
        Ok(self.head.sequence)
    }

    /// Writes the entries that wait for their group.
    pub(super) async fn flush_log(&mut self) -> Result<(), StorageError> {
        if !self.pending.is_empty() {
            let entries = std::mem::take(&mut self.pending);
            change::Entity::insert_many(entries).exec_without_returning(&self.tx).await?;
            let links = std::mem::take(&mut self.links);
            change_chain::Entity::insert_many(links).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// A comparison whose records come one after the other under the same key keeps all of them whole.
    pub(crate) fn keep_all(&mut self) {
        if let Some(comparison) = &mut self.comparison {
            comparison.keeps_all = true;
        }
    }

    /// What a comparison found since the last call.
    pub(crate) fn take_entries(&mut self) -> Vec<Entry> {
        self.comparison.as_mut().map(|comparison| std::mem::take(&mut comparison.entries)).unwrap_or_default()
    }

    /// A record as this comparison would have left it: `Some(None)` where it would be withdrawn, `None` where the
    /// comparison did not touch it.
    pub(super) fn compared<T: Clone + 'static>(&self, key: &LogKey) -> Option<Option<T>> {
        let record = self.comparison.as_ref()?.records.get(key)?;
        Some(record.as_ref().and_then(|record| record.downcast_ref::<T>()).cloned())
    }

    /// The records of a kind that this comparison would have written, as far as it keeps them whole.
    pub(super) fn compared_records<T: 'static>(&self) -> impl Iterator<Item = &T> {
        let records = self.comparison.iter().flat_map(|comparison| comparison.records.values());
        records.flatten().filter_map(|record| record.downcast_ref::<T>())
    }

    /// Whether this comparison touched a record that it does not keep whole. Whoever compares millions of records sees to
    /// it that no two of them say different things of one key.
    pub(super) fn was_touched(&self, key: &LogKey) -> bool {
        self.comparison.as_ref().is_some_and(|comparison| comparison.touched.contains(key))
    }

    /// Notes a record as this comparison would have left it. Listings come by the million: beyond a bound only their
    /// periods are kept, which is all that listings of other keys ask of them.
    pub(super) fn note<T: Send + Sync + 'static>(&mut self, key: LogKey, record: Option<T>) {
        if let Some(comparison) = &mut self.comparison {
            let bound = if matches!(key, LogKey::Procedure { .. }) { LARGE_NOTED } else { NOTED };
            let is_many = matches!(
                key,
                LogKey::Availability { .. }
                    | LogKey::Procedure { .. }
                    | LogKey::Succession { .. }
                    | LogKey::Work(_)
            );
            let is_kept = comparison.keeps_all || comparison.records.contains_key(&key);
            if is_many && !is_kept && comparison.records.len() >= bound {
                if !matches!(key, LogKey::Availability { .. }) {
                    comparison.touched.insert(key);
                }
                return;
            }
            let record = record.map(|record| Box::new(record) as Box<dyn Any + Send + Sync>);
            comparison.records.insert(key, record);
        }
    }

    /// The periods of listings that this comparison would have written.
    pub(super) fn compared_listings(&mut self) -> Option<&mut ComparedListings> {
        self.comparison.as_mut().map(|comparison| &mut comparison.listings)
    }

    /// The period of a listing that this comparison touched; one that is gone ends where it begins.
    pub(super) fn compared_period(&self, key: u64, from: i32) -> Option<(i32, i32)> {
        self.comparison.as_ref()?.listings.touched(key, from)
    }

    /// The periods of one listing that this comparison would have written.
    pub(super) fn compared_periods(&self, key: u64) -> Vec<(i32, i32)> {
        self.comparison.as_ref().map(|comparison| comparison.listings.of(key).collect()).unwrap_or_default()
    }
}
