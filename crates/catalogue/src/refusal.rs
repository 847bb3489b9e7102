//! Why a write was refused: rules and parts of records as types. Whoever shows a refusal words it in the reader's
//! language; nothing here is a sentence for people.

use crate::availability::InconsistentAvailability;
use crate::change::EntityKind;
use crate::period::Period;

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
    #[error("there is no {} {key:?}", kind.as_str())]
    Missing {
        /// What kind of record.
        kind: EntityKind,
        /// Its key: the code, id or slug.
        key: String,
        /// Which part of the command refers to it.
        part: Part,
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
    /// The record reaches from the days on which its unit, or the unit above, has its code into days on which another unit
    /// has it.
    #[error("the period reaches beyond that of unit {unit}")]
    BeyondUnit {
        /// Code of the unit.
        unit: String,
        /// When the unit has the code, around the day on which the record refers to it.
        held: Period,
    },
    /// A text that must say something is empty, or not in Unicode normal form C.
    #[error("{} is empty or not in normal form", part.as_str())]
    BadText {
        /// Which part.
        part: Part,
    },
    /// A part contradicts another one.
    #[error("{}", rule.as_str())]
    Contradiction {
        /// Which rule is broken.
        rule: Rule,
    },
    /// A record that is to be ended, begun on another day or withdrawn is not there.
    #[error("there is no such record")]
    NotThere,
    /// A record that is to be shortened or withdrawn is needed by others as it was.
    #[error("the record is needed by {by}")]
    Needed {
        /// Kind and key of one that needs it.
        by: String,
        /// How many others do beside.
        others: u64,
    },
    /// The permit does not cover the record.
    #[error("the permit does not cover this record")]
    Forbidden,
}

impl Refusal {
    /// Stable name of the kind of refusal, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "stale",
            Self::Overlap { .. } => "overlap",
            Self::Missing { .. } => "missing",
            Self::Inconsistent(_) => "inconsistent",
            Self::BeyondCentre { .. } => "beyond_centre",
            Self::BeyondUnit { .. } => "beyond_unit",
            Self::BadText { .. } => "bad_text",
            Self::Contradiction { rule } => rule.as_str(),
            Self::NotThere => "not_there",
            Self::Needed { .. } => "needed",
            Self::Forbidden => "forbidden",
        }
    }
}

/// A rule between the parts of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The tier of a unit follows from the number of digits of its code.
    TierOfCode,
    /// A centre has the tier of its unit.
    TierOfUnit,
    /// A portal is an http or https address.
    PortalAddress,
    /// The extent of a succession is unknown where, and only where, no successor is named.
    ExtentAndSuccessor,
    /// A succession cannot happen on the first day of the calendar.
    FirstDayOfCalendar,
    /// A procedure names a field once.
    FieldTwice,
    /// A code of a case has no blanks and none of the marks that part keys (`#`, `/`, `@`).
    CaseCode,
    /// Figures are given for months that are over.
    MonthNotOver,
    /// A month has at least one figure.
    NoFigure,
    /// No more dossiers come online than are received.
    MoreOnlineThanReceived,
    /// No more dossiers are in time or overdue than are resolved.
    MoreInTimeThanResolved,
    /// Satisfaction is at most 100 percent.
    MoreThanSatisfied,
    /// Only records with periods can be stated from a day on, and they need a first day.
    NoPeriod,
    /// A record can only end on a day after its first one.
    EndsBeforeItBegins,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 14] = [
        Self::TierOfCode,
        Self::TierOfUnit,
        Self::PortalAddress,
        Self::ExtentAndSuccessor,
        Self::FirstDayOfCalendar,
        Self::FieldTwice,
        Self::CaseCode,
        Self::MonthNotOver,
        Self::NoFigure,
        Self::MoreOnlineThanReceived,
        Self::MoreInTimeThanResolved,
        Self::MoreThanSatisfied,
        Self::NoPeriod,
        Self::EndsBeforeItBegins,
    ];

    /// Stable name, for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TierOfCode => "tier_of_code",
            Self::TierOfUnit => "tier_of_unit",
            Self::PortalAddress => "portal_address",
            Self::ExtentAndSuccessor => "extent_and_successor",
            Self::FirstDayOfCalendar => "first_day_of_calendar",
            Self::FieldTwice => "field_twice",
            Self::CaseCode => "case_code",
            Self::MonthNotOver => "month_not_over",
            Self::NoFigure => "no_figure",
            Self::MoreOnlineThanReceived => "more_online_than_received",
            Self::MoreInTimeThanResolved => "more_in_time_than_resolved",
            Self::MoreThanSatisfied => "more_than_satisfied",
            Self::NoPeriod => "no_period",
            Self::EndsBeforeItBegins => "ends_before_it_begins",
        }
    }
}

impl From<Rule> for Refusal {
    fn from(rule: Rule) -> Self {
        Self::Contradiction { rule }
    }
}

/// A part of a record, whatever it is called in a file, a form or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Name, also the full name and the kind of a unit.
    Name,
    /// Source.
    Source,
    /// Unit above a unit.
    Parent,
    /// Unit that ended.
    Predecessor,
    /// Unit that took over.
    Successor,
    /// Unit of a centre.
    Unit,
    /// Centre.
    Centre,
    /// Procedure.
    Procedure,
    /// Fields of a procedure.
    Fields,
    /// Agencies of a procedure.
    Agencies,
    /// Number or issuer of a decision, number of a piece of work.
    Number,
    /// Answer to a piece of work.
    Answer,
    /// What a report says.
    Message,
}

impl Part {
    /// Stable name, for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Source => "source",
            Self::Parent => "parent",
            Self::Predecessor => "predecessor",
            Self::Successor => "successor",
            Self::Unit => "unit",
            Self::Centre => "centre",
            Self::Procedure => "procedure",
            Self::Fields => "fields",
            Self::Agencies => "agencies",
            Self::Number => "number",
            Self::Answer => "answer",
            Self::Message => "message",
        }
    }
}
