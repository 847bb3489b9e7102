//! Citizens' reports of wrong facts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::change::EntityKind;

/// Report (phản ánh) of a wrong fact, with its public answer. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Public number under which the answer is found.
    pub number: String,
    /// Kind of the record that is said to be wrong.
    pub entity: EntityKind,
    /// Key of that record.
    pub key: String,
    /// Which fact of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// What is wrong, in the citizen's words.
    pub message: String,
    /// When it was sent.
    pub reported_at: DateTime<Utc>,
    /// The answer, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReportAnswer>,
}

/// Answer to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportAnswer {
    /// Whether the report was right and the record was corrected.
    pub accepted: bool,
    /// The answer in words.
    pub text: String,
    /// When it was given.
    pub answered_at: DateTime<Utc>,
    /// By which office.
    pub answered_by: String,
}
