//! Writes: what can be written, what is refused, what was done.

use crate::availability::{Availability, InconsistentAvailability};
use crate::centre::Centre;
use crate::centre_figure::CentreFigure;
use crate::change::EntityKind;
use crate::period::Period;
use crate::procedure::Procedure;
use crate::reference::{Agency, Decision, Event, Field};
use crate::report::Report;
use crate::source::Source;
use crate::store::db::StorageError;
use crate::task::Task;
use crate::unit::{Succession, UnitPeriod};

/// A write: creates the record, or replaces the one that has its key. Nothing is ever deleted; a record ends.
/// Only an undone reorganisation withdraws what it made.
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
    /// A citizen's report or its answer.
    Report(Report),
    /// Working figures of a centre in a month.
    CentreFigure(CentreFigure),
    /// Work that is left for people, or its answer.
    Task(Box<Task>),
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
            Self::Report(_) => EntityKind::Report,
            Self::CentreFigure(_) => EntityKind::CentreFigure,
            Self::Task(_) => EntityKind::Task,
        }
    }

    /// Where the record comes from; list entries, reports and tasks have no source of their own.
    pub(crate) fn source(&self) -> Option<&Source> {
        match self {
            Self::Unit(record) => Some(&record.source),
            Self::Succession(record) => Some(&record.source),
            Self::Centre(record) => Some(&record.source),
            Self::Procedure(record) => Some(&record.source),
            Self::Decision(record) => Some(&record.source),
            Self::Availability(record) => Some(&record.source),
            Self::CentreFigure(record) => Some(&record.source),
            Self::Field(_) | Self::Agency(_) | Self::Event(_) | Self::Report(_) | Self::Task(_) => None,
        }
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
}

/// Why a command was refused. Nothing of it was written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else wrote first.
    #[error("the record is at version {current_version}, not at the one expected")]
    Stale {
        /// Version that is stored; 0 when there is none.
        current_version: u32,
        /// The stored record.
        current: Option<Box<serde_json::Value>>,
    },
    /// The period shares days with another one of the same key.
    #[error("the period overlaps one that is stored")]
    Overlap {
        /// The stored period.
        stored: Period,
    },
    /// A record that is referred to is not there.
    #[error("there is no {what} {key:?}")]
    Missing {
        /// What kind of record, in English.
        what: &'static str,
        /// Its key.
        key: String,
        /// Which part of the command refers to it.
        part: &'static str,
    },
    /// The availability breaks a rule of its own.
    #[error(transparent)]
    Inconsistent(#[from] InconsistentAvailability),
    /// The availability reaches beyond the days on which its centre works.
    #[error("the period reaches beyond the centre's own")]
    BeyondCentre {
        /// Period of the centre.
        centre: Period,
    },
    /// A text that must say something is empty, or not in Unicode normal form C.
    #[error("{part} is empty or not in normal form")]
    BadText {
        /// Which part.
        part: &'static str,
    },
    /// A part contradicts another one.
    #[error("{0}")]
    Contradiction(&'static str),
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
