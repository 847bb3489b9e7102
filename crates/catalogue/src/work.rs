//! Work that is left for people: questions that the catalogue cannot answer by itself, citizens' reports, reviews.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::availability::Offered;
use crate::change::EntityKind;
use crate::code::{CentreId, ProcedureCode, UnitCode};
use crate::level::OnlineLevel;

/// A piece of work (việc cần làm): a question that the catalogue cannot answer by itself, a citizen's report (phản ánh) or
/// a review that is due; and its answer once it is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// Its number, unique in the catalogue: the run that opened it and a running number.
    pub number: String,
    /// What is to be decided.
    pub kind: WorkKind,
    /// From which day on the question stands.
    pub opened_on: NaiveDate,
    /// The centre that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<CentreId>,
    /// The unit that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// The procedure that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<ProcedureCode>,
    /// Code of the case; absent for the procedure as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The record that it is about, where that is one record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<WorkSubject>,
    /// Which fact of the record a report is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// What is wrong, in the words of whoever reported it; what a list says no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Day by which it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// What is shown until somebody decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<WorkFinding>,
    /// What the former centres said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<WorkFinding>,
    /// The answer, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<WorkAnswer>,
}

/// A record that a piece of work is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkSubject {
    /// Kind of the record.
    pub kind: EntityKind,
    /// Its key in the change log.
    pub key: String,
}

/// What is to be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// The former centres differ; the weakest answer is shown.
    LevelDiffers,
    /// Only parts of former units went to the new one; unknown is shown.
    OnlyParts,
    /// The published reasons for một phần differ, or there is none although it must be published; no level is shown.
    ReasonDiffers,
    /// The file does not say what became of a unit.
    SuccessorUnknown,
    /// A newer edition of a list no longer has a record that came from it.
    GoneFromList,
    /// A citizen says that a fact is wrong.
    Report,
    /// A record is due to be checked again.
    Review,
}

impl Work {
    /// Whether it asks what was asked already, and is open or was answered by "it stays".
    pub(crate) fn is_asked_in(&self, asked: &HashMap<(EntityKind, String), bool>) -> bool {
        let about = self.about.as_ref().filter(|_| self.kind == WorkKind::GoneFromList);
        about.is_some_and(|about| asked.contains_key(&(about.kind, about.key.clone())))
    }
}

impl WorkKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::LevelDiffers,
        Self::OnlyParts,
        Self::ReasonDiffers,
        Self::SuccessorUnknown,
        Self::GoneFromList,
        Self::Report,
        Self::Review,
    ];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LevelDiffers => "level_differs",
            Self::OnlyParts => "only_parts",
            Self::ReasonDiffers => "reason_differs",
            Self::SuccessorUnknown => "successor_unknown",
            Self::GoneFromList => "gone_from_list",
            Self::Report => "report",
            Self::Review => "review",
        }
    }
}

/// What a centre says of a procedure, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkFinding {
    /// The centre.
    pub centre: CentreId,
    /// Whether it offers the procedure; a centre without a listing counts as unknown.
    pub offered: Offered,
    /// How far online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<OnlineLevel>,
}

/// Answer to a piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkAnswer {
    /// Whether what was reported or asked is so, where that is the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// The answer in words.
    pub text: String,
    /// When it was given.
    pub answered_at: DateTime<Utc>,
    /// By which office.
    pub answered_by: String,
}

/// Which work to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkFilter {
    /// Only the one with this number.
    pub number: Option<String>,
    /// Only those of a centre.
    pub centre: Option<CentreId>,
    /// Only those of a unit that has this code on any day, and of its centres.
    pub unit: Option<UnitCode>,
    /// Only this kind.
    pub kind: Option<WorkKind>,
    /// Only open ones, or only those that are done.
    pub is_open: Option<bool>,
}
