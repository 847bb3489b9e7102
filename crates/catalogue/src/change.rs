//! The change log: every write appends here, everything else follows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::ActorKind;
use crate::log_place::LogHash;

/// Kind of a record in the change log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// [`Field`](crate::Field), key: slug.
    Field,
    /// [`Agency`](crate::Agency), key: slug.
    Agency,
    /// [`Event`](crate::Event), key: slug.
    Event,
    /// [`UnitPeriod`](crate::UnitPeriod), key: code and first day.
    Unit,
    /// [`Succession`](crate::Succession), key: predecessor, successor and day.
    Succession,
    /// [`Centre`](crate::Centre), key: id.
    Centre,
    /// [`Procedure`](crate::Procedure), key: code and first day.
    Procedure,
    /// [`Decision`](crate::Decision), key: issuer and number.
    Decision,
    /// [`Availability`](crate::Availability), key: procedure, case, centre and first day.
    Availability,
    /// Facts about the whole site, such as that it shows the bundled sample.
    Site,
    /// [`CentreFigure`](crate::CentreFigure), key: centre and month.
    CentreFigure,
    /// [`Work`](crate::Work), key: its number.
    Work,
}

impl EntityKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Field,
        Self::Agency,
        Self::Event,
        Self::Unit,
        Self::Succession,
        Self::Centre,
        Self::Procedure,
        Self::Decision,
        Self::Availability,
        Self::Site,
        Self::CentreFigure,
        Self::Work,
    ];

    /// The code used in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Agency => "agency",
            Self::Event => "event",
            Self::Unit => "unit",
            Self::Succession => "succession",
            Self::Centre => "centre",
            Self::Procedure => "procedure",
            Self::Decision => "decision",
            Self::Availability => "availability",
            Self::Site => "site",
            Self::CentreFigure => "centre_figure",
            Self::Work => "work",
        }
    }

    /// The kind behind a code in the log; earlier forms had kinds of their own for what is work today.
    #[must_use]
    pub fn of_log(code: &str) -> Option<Self> {
        match code {
            "task" | "report" => Some(Self::Work),
            code => Self::ALL.into_iter().find(|kind| kind.as_str() == code),
        }
    }

    /// Whether its entries are published. Work is for the offices; what citizens report may name people.
    #[must_use]
    pub fn is_public(self) -> bool {
        self != Self::Work
    }

    /// The form in which its records are written today; see `form.rs`.
    #[must_use]
    pub fn form(self) -> u32 {
        match self {
            Self::Work => 2,
            _ => 1,
        }
    }
}

/// One entry of the change log. Entries are numbered without gaps in the order of their commits, never altered and
/// never removed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Place in the log, from 1.
    pub sequence: u64,
    /// What changed.
    pub entity: EntityKind,
    /// Its key.
    pub key: String,
    /// Row of what the entry is about, for followers that keep numbers instead of keys: the record's own, but the
    /// centre's for an availability, the unit's for one of its periods, the predecessor's for a succession.
    pub subject_id: i64,
    /// Version of the record after the change, from 1.
    pub version: u32,
    /// Whether a program or an office did it.
    pub actor_kind: ActorKind,
    /// Which one.
    pub actor: String,
    /// Why, where given.
    pub reason: Option<String>,
    /// When it was committed, whole seconds in UTC.
    pub at: DateTime<Utc>,
    /// The record before; absent for a new one.
    pub before: Option<serde_json::Value>,
    /// The record after; absent for one that was withdrawn.
    pub after: Option<serde_json::Value>,
    /// Hash of the entry and of all before it.
    pub hash: LogHash,
}
