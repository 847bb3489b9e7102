//! Where a fact comes from, and who stands for it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Where a record comes from (nguồn).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What kind of source it is.
    pub kind: SourceKind,
    /// The decision, file or address, as it would be cited.
    pub citation: String,
    /// Day on which the fact was taken from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved_on: Option<NaiveDate>,
}

/// Kind of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// An announcing decision (quyết định công bố).
    Decision,
    /// A published data set or page.
    Dataset,
    /// A person of the centre.
    Staff,
    /// Made up by a fixed rule for demonstration (dữ liệu mẫu). Never a published figure.
    Sample,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Decision, Self::Dataset, Self::Staff, Self::Sample];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Dataset => "dataset",
            Self::Staff => "staff",
            Self::Sample => "sample",
        }
    }
}

/// Who checked a fact, when, and when it is due again (rà soát).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assurance {
    /// Day of the last check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assured_on: Option<NaiveDate>,
    /// Office that checked. It is published for ever, so it is never a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assured_by: Option<String>,
    /// Day on which the next check is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due: Option<NaiveDate>,
}
