//! What the catalogue remembers of a run beside what it remembers of every run.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The details of a reorganisation. Runs of earlier versions have more members, which are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Details {
    /// First day of the new order.
    pub(super) effective: NaiveDate,
    /// The resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resolution: Option<String>,
    /// Name of the file.
    pub(super) file: String,
    /// SHA-256 of the file, hexadecimal.
    pub(super) file_sha256: String,
}
