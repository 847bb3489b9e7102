//! Publishing: the one act inside the lock. All items are written, or none.

use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::comparison::Prepared;
use super::items::Items;
use crate::actor::Reason;
use crate::catalogue::{Batch, Catalogue, keys_after};
use crate::change::EntityKind;
use crate::command::{Command, Expected};
use crate::log_key::LogKey;
use crate::log_place::LogPlace;
use crate::permit::{Permit, Right};
use crate::refusal::Refusal;
use crate::run::RunNote;
use crate::store::chain;
use crate::store::db::StorageError;
use crate::store::read::{damaged, document};
use crate::store::writer::Entry;

/// What publishing did.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Place in the log afterwards.
    pub place: LogPlace,
    /// Name of the run; absent where there was nothing to write.
    pub run: Option<String>,
}

/// An item that could not be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Kind of the record.
    pub kind: EntityKind,
    /// Its key.
    pub key: String,
    /// Why. A stale one has the record that is stored now: theirs.
    pub refusal: Refusal,
    /// The record as the set has it: mine.
    pub mine: Option<Value>,
    /// The record when the set was made: base.
    pub base: Option<Value>,
}

impl Conflict {
    /// Whether others need the record as it is.
    pub(crate) fn is_needed(&self) -> bool {
        matches!(self.refusal, Refusal::Needed { .. })
    }

    /// A record that others need as it was.
    pub(super) fn needed((key, refusal): (LogKey, Refusal)) -> Self {
        Self { kind: key.kind(), key: key.to_string(), refusal, mine: None, base: None }
    }
}

/// Why a set was not published. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Some items are stale or against a rule now.
    #[error("{} records were written to since the set was made, or are against a rule now", .0.len())]
    Conflicts(Vec<Conflict>),
    /// Records that the set was compared with were written to since; it is to be compared again.
    #[error("the catalogue has moved on since the set was made")]
    Moved,
    /// The permit does not include publishing.
    #[error("the permit does not include publishing")]
    Forbidden,
    /// The items of the set do not read back.
    #[error("the items of the set cannot be read")]
    Items(#[source] std::io::Error),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The caller asked to stop.
    #[error("the publishing was interrupted; nothing was written")]
    Interrupted,
}

/// Items that are read and written at a time.
const GROUP: usize = 1_000;

/// So many conflicts are told.
const TOLD: usize = 1_000;

/// With more entries than this since the comparison, a set is compared again rather than looked through.
const LOOKED_THROUGH: u32 = 100_000;

/// Told how many items are written; answers whether to go on.
pub(crate) type OnPublished<'a> = &'a mut (dyn FnMut(u64) -> bool + Send);

/// Whether a record matters to what was compared, beside the items themselves.
pub(crate) type Matters<'a> = &'a (dyn Fn(&LogKey) -> bool + Send + Sync);

impl Catalogue {
    /// Publishes what was compared: all of it, or nothing. An item whose record was written to meanwhile is a conflict.
    /// `progress` is told how many items are written, and answers whether to go on.
    pub async fn publish(
        &self,
        permit: &Permit,
        reason: &Reason,
        prepared: Prepared,
        note: RunNote,
        progress: &mut (dyn FnMut(u64) -> bool + Send),
    ) -> Result<Published, PublishError> {
        self.publish_where(permit, reason, prepared, note, &|_| false, progress).await
    }

    /// Publishes what was compared, if besides nothing that matters was written to since.
    pub(crate) async fn publish_where(
        &self,
        permit: &Permit,
        reason: &Reason,
        prepared: Prepared,
        note: RunNote,
        matters: Matters<'_>,
        progress: OnPublished<'_>,
    ) -> Result<Published, PublishError> {
        if !permit.has(Right::Publish) {
            return Err(PublishError::Forbidden);
        }
        if prepared.items.is_empty() {
            // Nothing is to be written, so nobody is to wait; only what mattered may have moved on.
            let place = self.head().await?;
            if !place.is_same_history(&prepared.base)
                && moved(self.db.reader(), &prepared.base, matters).await?
            {
                return Err(PublishError::Moved);
            }
            return Ok(Published { place, run: None });
        }
        let mut batch = self.batch(permit, reason).await?;
        if !batch.place().is_same_history(&prepared.base)
            && moved(batch.writer().connection(), &prepared.base, matters).await?
        {
            return Err(PublishError::Moved);
        }
        if batch.place().is_same_history(&prepared.base) {
            batch.writer().trust_absence();
        }
        let mut conflicts = write_items(&mut batch, prepared.items, progress).await?;
        if conflicts.is_empty() {
            conflicts = batch.needed().await?.into_iter().map(Conflict::needed).collect();
        }
        if !conflicts.is_empty() {
            return Err(PublishError::Conflicts(conflicts));
        }
        let (place, run) = batch.commit_run(note).await?;
        Ok(Published { place, run })
    }
}

/// Whether something that matters was written after a place.
async fn moved(
    db: &impl ConnectionTrait,
    base: &LogPlace,
    matters: Matters<'_>,
) -> Result<bool, StorageError> {
    if chain::hash_at(db, base.sequence).await? != Some(base.hash) {
        return Ok(true);
    }
    let written = keys_after(db, base.sequence, LOOKED_THROUGH + 1).await?;
    Ok(written.len() > LOOKED_THROUGH as usize || written.iter().any(matters))
}

/// Writes items; returns those that could not be.
pub(super) async fn write_items(
    batch: &mut Batch,
    items: Items,
    progress: OnPublished<'_>,
) -> Result<Vec<Conflict>, PublishError> {
    let mut groups = items.into_groups(GROUP).map_err(PublishError::Items)?;
    let mut conflicts = Vec::new();
    let mut done = 0;
    loop {
        let group = groups.next_group().map_err(PublishError::Items)?;
        if group.is_empty() {
            return Ok(conflicts);
        }
        done += u64::try_from(group.len()).unwrap_or(0);
        write_group(batch, group, &mut conflicts).await?;
        if !progress(done) {
            return Err(PublishError::Interrupted);
        }
    }
}

async fn write_group(
    batch: &mut Batch,
    group: Vec<Entry>,
    conflicts: &mut Vec<Conflict>,
) -> Result<(), PublishError> {
    let mut commands = Vec::with_capacity(group.len());
    for entry in &group {
        commands.push((command_of(entry)?, Expected::Version(entry.version - 1)));
    }
    for (entry, outcome) in group.into_iter().zip(batch.put(commands).await?) {
        let Err(refusal) = outcome else { continue };
        if conflicts.len() < TOLD {
            let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
            conflicts.push(Conflict {
                kind: entry.kind,
                key: entry.key,
                refusal,
                mine: json(entry.after),
                base: json(entry.before),
            });
        }
    }
    Ok(())
}

/// The command that an item comes to.
pub(super) fn command_of(entry: &Entry) -> Result<Command, StorageError> {
    let bad = |error: String| damaged("change set", &entry.key, error);
    match &entry.after {
        None => {
            let key = LogKey::parse(entry.kind, &entry.key).map_err(|error| bad(error.to_string()))?;
            Ok(Command::Withdraw { key })
        }
        Some(after) => {
            if entry.kind == EntityKind::Availability {
                // By the million: straight from the text.
                return Ok(Command::Availability(Box::new(document("change set", &entry.key, after)?)));
            }
            let record: Value = document("change set", &entry.key, after)?;
            Command::of_record(entry.kind, record).map_err(|error| bad(error.to_string()))
        }
    }
}
