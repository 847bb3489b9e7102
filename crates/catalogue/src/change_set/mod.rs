//! Change sets (tập thay đổi): what somebody wants to change, found out before it is written.
//!
//! Whoever writes (an import, a sheet, a decision, a reorganisation, a page) makes a set outside any lock: its commands
//! are compared with the present state, and what they come to are its [items](ChangeItem). [`publish`](crate::Catalogue::publish) is
//! the only act inside the lock: it carries the items out where nobody wrote to their records meanwhile, all or nothing.
//! A set may wait as a [`Draft`] in tables that nothing public reads, until others approve it and its day has come.

mod base;
mod check;
mod comparison;
mod draft;
mod items;
mod publish;

pub use check::DraftCounts;
pub use comparison::{Compared, Comparison, Prepared};
pub use draft::{Draft, DraftError, DraftEvent, DraftState, NewDraft};
pub use items::Items;
pub use publish::{Conflict, PublishError, Published};

use crate::change::EntityKind;
use crate::refusal::Refusal;

/// One record that a set changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeItem {
    /// Kind of the record.
    pub kind: EntityKind,
    /// Its key in the log.
    pub key: String,
    /// Version that was stored when the set was made; 0 where there was none.
    pub base_version: u32,
    /// The record then, as JSON.
    pub before: Option<serde_json::Value>,
    /// The record as it is to be; absent where it is to be withdrawn.
    pub after: Option<serde_json::Value>,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// Why it was refused, or cannot be written over what is stored now.
    pub refusal: Option<String>,
    /// Whether it is left out when the set is published.
    pub is_left_out: bool,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemOutcome {
    /// Not published yet.
    Open,
    /// Written.
    Changed,
    /// The record was as wanted already.
    Same,
    /// Left out.
    Skipped,
    /// Against a rule.
    Refused,
    /// Somebody else wrote to the record since the set was made.
    Conflict,
}

impl ItemOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Changed, Self::Same, Self::Skipped, Self::Refused, Self::Conflict];

    /// The code used in storage and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
        }
    }

    /// The outcome of a refused item.
    #[must_use]
    pub fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Stale { .. } => Self::Conflict,
            _ => Self::Refused,
        }
    }
}
