//! Sets that wait: drafts, their way through review, and their publication. They stand in tables of their own; no feed,
//! tag, count or index can show what is not published, because nothing of it is in the log.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::base::{Base, is_as_wanted, rewritten};
use super::comparison::Prepared;
use super::publish::{Conflict, OnPublished, PublishError, Published, command_of};
use super::{ChangeItem, ItemOutcome};
use crate::actor::{ActorKind, Reason, StaffId};
use crate::catalogue::{Batch, Catalogue};
use crate::change::EntityKind;
use crate::command::{Applied, Command, Expected};
use crate::log_place::LogPlace;
use crate::permit::{Permit, Right};
use crate::refusal::Refusal;
use crate::run::{RunKind, RunNote};
use crate::store::db::StorageError;
use crate::store::drafts;
use crate::store::writer::Entry;

/// So many records a draft may have.
const LARGEST: u64 = 20_000;

/// A set that waits, or that did.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its number.
    pub id: u64,
    /// What it is about, in a line.
    pub title: String,
    /// How far it has come.
    pub state: DraftState,
    /// Whether a program or an office made it.
    pub actor_kind: ActorKind,
    /// Which one.
    pub actor: String,
    /// The member of staff; never published.
    pub staff: Option<StaffId>,
    /// Why, for everybody; it goes to the log when the set is published.
    pub reason: Option<String>,
    /// A note for colleagues; never published.
    pub note: Option<String>,
    /// The decision that it carries out.
    pub decision: Option<String>,
    /// Day on which it is to be published once it is approved.
    pub effective_on: Option<NaiveDate>,
    /// Place in the log that its items were compared with.
    pub base: LogPlace,
    /// Name of the run that published it.
    pub run: Option<String>,
    /// Name of the run by which its publication is undone; absent where it holds. Its state does not say so.
    pub undone_by: Option<String>,
    /// Counts changes of the draft itself, so that two people do not overwrite each other.
    pub version: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
}

/// What is said of a new draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewDraft {
    /// What it is about, in a line.
    pub title: String,
    /// The decision that it carries out.
    pub decision: Option<String>,
    /// Day on which it is to be published once it is approved; at once where absent.
    pub effective_on: Option<NaiveDate>,
}

/// How far a draft has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DraftState {
    /// Being made (bản nháp).
    Draft,
    /// Waits for others to look at it (chờ duyệt).
    InReview,
    /// May be published, on its day (đã duyệt).
    Approved,
    /// Is published (đã công bố).
    Published,
    /// Was sent back with a reason (trả lại).
    Returned,
    /// Was given up (đã rút).
    Withdrawn,
}

impl DraftState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::InReview, Self::Approved, Self::Published, Self::Returned, Self::Withdrawn];

    /// The code used in storage and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state in words, for messages.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::InReview => "in review",
            state => state.as_str(),
        }
    }

    /// The right that it takes to go from here to another state; none where there is no such way. Publishing is not a
    /// step among others: [`Catalogue::publish_draft`] does it.
    #[must_use]
    pub fn right_to(self, next: Self) -> Option<Right> {
        match (self, next) {
            (Self::Draft | Self::Returned, Self::InReview)
            | (Self::Draft | Self::Returned | Self::InReview, Self::Withdrawn) => Some(Right::Propose),
            (Self::InReview, Self::Approved)
            | (Self::InReview | Self::Approved, Self::Returned)
            | (Self::Approved, Self::Withdrawn) => Some(Right::Approve),
            _ => None,
        }
    }

    /// Whether its items can still be left out or taken in.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Returned | Self::InReview)
    }

    /// Whether it may be published, once its day has come.
    #[must_use]
    pub fn may_be_published(self) -> bool {
        self == Self::Approved
    }
}

/// A step of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftEvent {
    /// From which state; absent for its making.
    pub from: Option<DraftState>,
    /// To which state.
    pub to: DraftState,
    /// Whether a program or an office did it.
    pub actor_kind: ActorKind,
    /// Which one.
    pub actor: String,
    /// The member of staff; never published.
    pub staff: Option<StaffId>,
    /// What was said.
    pub note: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why a draft was not written or moved. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There is no draft of this number.
    #[error("there is no change set {0}")]
    NotThere(u64),
    /// More items than a draft may have.
    #[error("a draft holds at most 20,000 records, and this has {0}; publish it at once, or in parts")]
    TooLarge(u64),
    /// There is no item at this position.
    #[error("there is no record {0} in this change set, or it was approved or published meanwhile")]
    NoItem(u32),
    /// There is nothing in it.
    #[error("nothing would change")]
    Empty,
    /// The permit does not include the step.
    #[error("the permit does not include this step")]
    Forbidden,
    /// There is no way from its state to the wanted one.
    #[error("a change set that is {} cannot become {}", from.words(), to.words())]
    NoWay {
        /// Its state.
        from: DraftState,
        /// The wanted one.
        to: DraftState,
    },
    /// In its state, no records are left out or taken in any more.
    #[error("of a change set that is {} no records can be left out or taken in any more", .0.words())]
    Closed(DraftState),
    /// Somebody else moved it meanwhile.
    #[error("the change set was changed by somebody else; it is at version {0}")]
    Stale(u32),
    /// Its day has not come.
    #[error("the change set is to be published on {0}")]
    NotDue(NaiveDate),
    /// Publishing failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Catalogue {
    /// Keeps what was compared as a draft.
    pub async fn save_draft(
        &self,
        permit: &Permit,
        reason: &Reason,
        prepared: Prepared,
        new: NewDraft,
    ) -> Result<Draft, DraftError> {
        if !permit.has(Right::Propose) {
            return Err(DraftError::Forbidden);
        }
        let Prepared { items, base } = prepared;
        if items.is_empty() {
            return Err(DraftError::Empty);
        }
        if items.len() > LARGEST {
            return Err(DraftError::TooLarge(items.len()));
        }
        let items = items.into_vec().map_err(PublishError::Items)?;
        let id = drafts::insert(&self.db, permit.actor(), reason, &base, &new, &items).await?;
        self.draft(id).await?.ok_or(DraftError::NotThere(id))
    }

    /// A draft.
    pub async fn draft(&self, id: u64) -> Result<Option<Draft>, StorageError> {
        drafts::one(self.db.latest(), id).await
    }

    /// Drafts in some state or in any, newest first.
    pub async fn drafts(&self, state: Option<DraftState>, limit: u32) -> Result<Vec<Draft>, StorageError> {
        drafts::newest(self.db.latest(), state, limit).await
    }

    /// How many drafts there are, by state; a state without any is missing.
    pub async fn drafts_by_state(&self) -> Result<BTreeMap<DraftState, u64>, StorageError> {
        drafts::by_state(self.db.latest()).await
    }

    /// The items of a draft, in order, with their positions: at most `limit` after a position.
    pub async fn draft_items(
        &self,
        id: u64,
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<(u32, ChangeItem)>, StorageError> {
        drafts::items(self.db.latest(), id, after, limit).await
    }

    /// The steps of a draft, in order.
    pub async fn draft_events(&self, id: u64) -> Result<Vec<DraftEvent>, StorageError> {
        drafts::events(self.db.latest(), id).await
    }

    /// Leaves an item out of what is published, or takes it in again.
    pub async fn leave_out(
        &self,
        permit: &Permit,
        id: u64,
        position: u32,
        is_left_out: bool,
    ) -> Result<(), DraftError> {
        if !permit.has(Right::Propose) && !permit.has(Right::Approve) {
            return Err(DraftError::Forbidden);
        }
        let draft = self.draft(id).await?.ok_or(DraftError::NotThere(id))?;
        if !draft.state.is_open() {
            return Err(DraftError::Closed(draft.state));
        }
        if drafts::leave_out(&self.db, id, position, is_left_out).await? {
            Ok(())
        } else {
            Err(DraftError::NoItem(position))
        }
    }

    /// Moves a draft to another state; `version` is the one that the caller has seen.
    pub async fn move_draft(
        &self,
        permit: &Permit,
        id: u64,
        version: u32,
        to: DraftState,
        note: Option<&str>,
    ) -> Result<Draft, DraftError> {
        let draft = self.draft(id).await?.ok_or(DraftError::NotThere(id))?;
        let right = draft.state.right_to(to).ok_or(DraftError::NoWay { from: draft.state, to })?;
        if !permit.has(right) {
            return Err(DraftError::Forbidden);
        }
        let step = drafts::Move { id, version, from: draft.state, to, note };
        if !drafts::go(&self.db, permit.actor(), step).await? {
            let now = self.draft(id).await?.ok_or(DraftError::NotThere(id))?;
            return Err(DraftError::Stale(now.version));
        }
        self.draft(id).await?.ok_or(DraftError::NotThere(id))
    }

    /// Publishes an approved draft on its day or later: all items that are not left out, or nothing. Conflicts are noted
    /// with the items.
    pub async fn publish_draft(
        &self,
        permit: &Permit,
        id: u64,
        today: NaiveDate,
        progress: OnPublished<'_>,
    ) -> Result<Published, DraftError> {
        if !permit.has(Right::Publish) {
            return Err(DraftError::Forbidden);
        }
        let draft = self.draft(id).await?.ok_or(DraftError::NotThere(id))?;
        if !draft.state.may_be_published() {
            return Err(DraftError::NoWay { from: draft.state, to: DraftState::Published });
        }
        if let Some(day) = draft.effective_on.filter(|day| *day > today) {
            return Err(DraftError::NotDue(day));
        }
        let reason = Reason { public: draft.reason.clone(), note: draft.note.clone() };
        let mut batch = self.batch(permit, &reason).await?;
        // Read again inside the lock: somebody may have sent it back meanwhile.
        let approved = drafts::approved_entries(batch.writer().connection(), id, draft.version).await?;
        let Some(entries) = approved else {
            let now = self.draft(id).await?.ok_or(DraftError::NotThere(id))?;
            return Err(DraftError::Stale(now.version));
        };
        let Carried { outcomes, conflicts, counts } = carry_out(&mut batch, &entries).await?;
        if !progress(u64::try_from(outcomes.len()).unwrap_or(0)) {
            return Err(PublishError::Interrupted.into());
        }
        if !conflicts.is_empty() {
            batch.rollback().await?;
            drafts::note_conflicts(&self.db, id, &outcomes).await?;
            return Err(PublishError::Conflicts(conflicts).into());
        }
        let note = RunNote {
            decision: draft.decision.clone(),
            counts,
            details: Some(serde_json::json!({ "set": id })),
            ..RunNote::of(RunKind::ChangeSet)
        };
        let (place, run) = batch.commit_draft(note, id, draft.version, &outcomes).await?;
        if run.is_none() {
            drafts::note_came_to_nothing(&self.db, permit.actor(), id, draft.version).await?;
        }
        Ok(Published { place, run })
    }

    /// Publishes every approved draft whose day has come. One that cannot be published is left, with its conflicts noted,
    /// and does not stop the others. Returns the drafts with what became of each.
    pub async fn publish_due(
        &self,
        permit: &Permit,
        today: NaiveDate,
    ) -> Result<Vec<(u64, Result<Published, DraftError>)>, StorageError> {
        let mut done = Vec::new();
        for id in drafts::due(self.db.latest(), today).await? {
            done.push((id, self.publish_due_draft(permit, id, today).await));
        }
        Ok(done)
    }

    /// One whose publication failed before is first looked over outside the lock: writers must not wait for it again and
    /// again.
    async fn publish_due_draft(
        &self,
        permit: &Permit,
        id: u64,
        today: NaiveDate,
    ) -> Result<Published, DraftError> {
        if self.draft_counts(id).await?.conflicts > 0 {
            let conflicts = self.draft_conflicts(permit, id).await?;
            if !conflicts.is_empty() {
                let conflicts = conflicts.into_iter().map(|(_, conflict)| conflict).collect();
                return Err(PublishError::Conflicts(conflicts).into());
            }
        }
        self.publish_draft(permit, id, today, &mut |_| true).await
    }
}

/// What became of the items of a draft when they were written.
struct Carried {
    outcomes: Vec<drafts::Noted>,
    conflicts: Vec<Conflict>,
    counts: BTreeMap<String, u64>,
}

/// Writes the items of a draft. Nothing may be kept where there are conflicts.
async fn carry_out(batch: &mut Batch, entries: &[(u32, Entry)]) -> Result<Carried, StorageError> {
    let asked = match entries.iter().any(|(_, entry)| entry.kind == EntityKind::Work) {
        true => batch.writer().asked().await?,
        false => HashMap::new(),
    };
    let mut bases = Vec::with_capacity(entries.len());
    let mut commands = Vec::with_capacity(entries.len());
    let mut waiting = Vec::new();
    for (position, entry) in entries {
        let version = entry.version - 1;
        let command = command_of(entry)?;
        // What somebody has asked meanwhile is not asked twice.
        let is_asked = matches!(&command, Command::Work(work) if version == 0 && work.is_asked_in(&asked));
        waiting.push(!is_asked);
        if !is_asked {
            commands.push((command, Expected::Version(version)));
        }
        let (position, key, before) = (*position, entry.key.clone(), json(&entry.before));
        bases.push(Base { position, kind: entry.kind, key, version, before });
    }
    let mut rewritten = rewritten(batch.writer(), bases.into_iter(), &mut HashSet::new()).await?;
    let mut outcomes: Vec<drafts::Noted> = Vec::with_capacity(entries.len());
    let mut conflicts = Vec::new();
    let mut counts = BTreeMap::from(EFFECTS.map(|effect| (effect.to_owned(), 0_u64)));
    let mut written = batch.put(commands).await?.into_iter();
    for ((position, entry), is_waiting) in entries.iter().zip(waiting) {
        let outcome = if is_waiting { written.next() } else { None }.unwrap_or(Ok(Applied::Same));
        let outcome = outcome.and_then(|applied| rewritten.remove(position).map_or(Ok(applied), Err));
        let outcome = match outcome {
            Err(refusal) if is_as_wanted(&refusal, json(&entry.after).as_ref()) => Ok(Applied::Same),
            outcome => outcome,
        };
        match outcome {
            Ok(applied) => {
                *counts.entry(effect_of(applied).to_owned()).or_default() += 1;
                let outcome = if applied == Applied::Same { ItemOutcome::Same } else { ItemOutcome::Changed };
                outcomes.push((*position, outcome, None));
            }
            Err(refusal) => {
                outcomes.push((*position, ItemOutcome::of_refusal(&refusal), Some(refusal.code())));
                conflicts.push(conflict_of(entry, refusal));
            }
        }
    }
    if !conflicts.is_empty() {
        return Ok(Carried { outcomes, conflicts, counts });
    }
    // What was shortened or taken out may be needed by others as it was; that is known only now.
    for (key, refusal) in batch.needed().await? {
        let (kind, key) = (key.kind(), key.to_string());
        let mut items = entries.iter().zip(&mut outcomes);
        conflicts.push(match items.find(|((_, entry), _)| entry.kind == kind && entry.key == key) {
            Some(((_, entry), (_, outcome, why))) => {
                *outcome = ItemOutcome::of_refusal(&refusal);
                *why = Some(refusal.code());
                conflict_of(entry, refusal)
            }
            None => Conflict { kind, key, refusal, mine: None, base: None },
        });
    }
    Ok(Carried { outcomes, conflicts, counts })
}

/// What publications count, in the words of imports.
const EFFECTS: [&str; 4] = ["created", "changed", "same", "withdrawn"];

fn effect_of(applied: Applied) -> &'static str {
    match applied {
        Applied::Created(_) => "created",
        Applied::Changed(_) => "changed",
        Applied::Same => "same",
        Applied::Withdrawn(_) => "withdrawn",
    }
}

/// A record of an item, as JSON.
fn json(record: &Option<String>) -> Option<serde_json::Value> {
    record.as_deref().and_then(|record| serde_json::from_str(record).ok())
}

/// An item that could not be written.
fn conflict_of(entry: &Entry, refusal: Refusal) -> Conflict {
    let (mine, base) = (json(&entry.after), json(&entry.before));
    Conflict { kind: entry.kind, key: entry.key.clone(), refusal, mine, base }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_that_is_left_can_be_left_and_closed_ones_say_so() {
        let leads_on =
            |state: DraftState| DraftState::ALL.into_iter().any(|next| state.right_to(next).is_some());
        for state in DraftState::ALL {
            let is_over = matches!(state, DraftState::Published | DraftState::Withdrawn);
            assert_eq!(leads_on(state), !is_over, "{state:?}");
            assert!(!(state.is_open() && state.may_be_published()), "{state:?}");
            assert!(!state.words().contains('_'), "{state:?}");
        }
        let way = DraftError::NoWay { from: DraftState::InReview, to: DraftState::Published };
        assert_eq!(way.to_string(), "a change set that is in review cannot become published");
        assert!(DraftError::Closed(DraftState::Approved).to_string().contains("that is approved no records"));
    }

    #[test]
    fn everything_that_a_command_does_is_counted() {
        for applied in [Applied::Created(1), Applied::Changed(2), Applied::Same, Applied::Withdrawn(3)] {
            assert!(EFFECTS.contains(&effect_of(applied)), "{applied:?}");
        }
    }
}
