//! Writes: what can be written, what is refused, what was done.

use chrono::NaiveDate;

use crate::availability::Availability;
use crate::centre::Centre;
use crate::centre_figure::CentreFigure;
use crate::change::EntityKind;
use crate::log_key::LogKey;
use crate::log_place::LogPlace;
use crate::procedure::Procedure;
use crate::reference::{Agency, Decision, Event, Field};
use crate::refusal::Refusal;
use crate::store::db::StorageError;
use crate::unit::{Succession, UnitPeriod};
use crate::work::Work;

/// A write. A command with a record creates it, or replaces the one that has its key. Nothing is ever deleted: a record
/// ends, or is withdrawn as a mistake, and the log keeps what it said.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A field.
    Field(Field),
    /// An agency.
    Agency(Agency),
    /// An event.
    Event(Event),
    /// A period of a unit.
    Unit(UnitPeriod),
    /// A succession.
    Succession(Succession),
    /// A centre.
    Centre(Centre),
    /// A period of a procedure.
    Procedure(Box<Procedure>),
    /// A decision.
    Decision(Decision),
    /// An availability.
    Availability(Box<Availability>),
    /// Working figures of a centre in a month.
    CentreFigure(CentreFigure),
    /// Work that is left for people, or its answer.
    Work(Box<Work>),
    /// From its first day on it is as this record says: the period that holds then ends on the eve, and this one begins.
    /// A period of the same first day is replaced. The record inside is an availability, or a period of a procedure or
    /// of a unit.
    StateFrom(Box<Command>),
    /// A record ends: on this day it no longer holds.
    End {
        /// The record.
        key: LogKey,
        /// First day on which it no longer holds.
        on: NaiveDate,
    },
    /// A record began on another day than it says.
    Rebegin {
        /// The record.
        key: LogKey,
        /// Its right first day.
        from: NaiveDate,
    },
    /// A record was a mistake: it is taken out, and its history keeps it.
    Withdraw {
        /// The record.
        key: LogKey,
    },
}

impl Command {
    /// Which kind of record it writes.
    #[must_use]
    pub fn entity(&self) -> EntityKind {
        match self {
            Self::Field(_) => EntityKind::Field,
            Self::Agency(_) => EntityKind::Agency,
            Self::Event(_) => EntityKind::Event,
            Self::Unit(_) => EntityKind::Unit,
            Self::Succession(_) => EntityKind::Succession,
            Self::Centre(_) => EntityKind::Centre,
            Self::Procedure(_) => EntityKind::Procedure,
            Self::Decision(_) => EntityKind::Decision,
            Self::Availability(_) => EntityKind::Availability,
            Self::CentreFigure(_) => EntityKind::CentreFigure,
            Self::Work(_) => EntityKind::Work,
            Self::StateFrom(command) => command.entity(),
            Self::End { key, .. } | Self::Rebegin { key, .. } | Self::Withdraw { key } => key.kind(),
        }
    }
}

impl Command {
    /// The command that writes a record as the log has it, in the present form.
    pub(crate) fn of_record(kind: EntityKind, record: serde_json::Value) -> Result<Self, serde_json::Error> {
        use serde_json::from_value;
        Ok(match kind {
            EntityKind::Field => Self::Field(from_value(record)?),
            EntityKind::Agency => Self::Agency(from_value(record)?),
            EntityKind::Event => Self::Event(from_value(record)?),
            EntityKind::Unit => Self::Unit(from_value(record)?),
            EntityKind::Succession => Self::Succession(from_value(record)?),
            EntityKind::Centre => Self::Centre(from_value(record)?),
            EntityKind::Procedure => Self::Procedure(Box::new(from_value(record)?)),
            EntityKind::Decision => Self::Decision(from_value(record)?),
            EntityKind::Availability => Self::Availability(Box::new(from_value(record)?)),
            EntityKind::CentreFigure => Self::CentreFigure(from_value(record)?),
            EntityKind::Work => Self::Work(Box::new(from_value(record)?)),
            EntityKind::Site => {
                return Err(serde::de::Error::custom("facts about the site are written by the site"));
            }
        })
    }
}

/// What the writer expects to find under the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there; for imports, which state the whole truth.
    Any,
    /// Nothing.
    Absent,
    /// This version.
    Version(u32),
}

/// What a command did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The record is new; its change has this number.
    Created(u64),
    /// The record was there and differs now; its change has this number.
    Changed(u64),
    /// The record was there as given. Nothing was written.
    Same,
    /// The record was there and is taken out; the change has this number.
    Withdrawn(u64),
}

/// A command that was carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// What it did.
    pub applied: Applied,
    /// Name of the run, by which it can be undone; absent where nothing was written.
    pub run: Option<String>,
    /// Place in the log afterwards.
    pub place: LogPlace,
}

/// A command that was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It breaks a rule.
    #[error("the command was refused")]
    Refused(#[from] Refusal),
    /// The storage failed; nothing was written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
