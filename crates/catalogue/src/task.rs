//! Work that is left for people: what a reorganisation could not decide.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::availability::Offered;
use crate::code::{CentreId, ProcedureCode, UnitCode};
use crate::level::OnlineLevel;

/// Task (việc cần làm): a question that the catalogue cannot answer by itself, and its answer once it is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Its number, unique in the catalogue: the run that opened it and a running number.
    pub number: String,
    /// What is to be decided.
    pub kind: TaskKind,
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
    /// What is shown until somebody decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<TaskFinding>,
    /// What the former centres said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<TaskFinding>,
    /// The answer, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<TaskAnswer>,
}

/// What is to be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// The former centres differ; the weakest answer is shown.
    LevelDiffers,
    /// Only parts of former units went to the new one; unknown is shown.
    OnlyParts,
    /// The published reasons for một phần differ, or there is none although it must be published; no level is shown.
    ReasonDiffers,
    /// The file does not say what became of a unit.
    SuccessorUnknown,
}

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::LevelDiffers, Self::OnlyParts, Self::ReasonDiffers, Self::SuccessorUnknown];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LevelDiffers => "level_differs",
            Self::OnlyParts => "only_parts",
            Self::ReasonDiffers => "reason_differs",
            Self::SuccessorUnknown => "successor_unknown",
        }
    }
}

/// What a centre says of a procedure, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskFinding {
    /// The centre.
    pub centre: CentreId,
    /// Whether it offers the procedure; a centre without a listing counts as unknown.
    pub offered: Offered,
    /// How far online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<OnlineLevel>,
}

/// Answer to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskAnswer {
    /// The answer in words.
    pub text: String,
    /// When it was given.
    pub answered_at: DateTime<Utc>,
    /// By which office.
    pub answered_by: String,
}

/// Which tasks to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskFilter {
    /// Only the one with this number.
    pub number: Option<String>,
    /// Only those of a centre.
    pub centre: Option<CentreId>,
    /// Only those of a unit that has this code on any day, and of its centres.
    pub unit: Option<UnitCode>,
    /// Only this kind.
    pub kind: Option<TaskKind>,
    /// Only open ones, or only those that are done.
    pub is_open: Option<bool>,
}
