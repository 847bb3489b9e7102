//! What the catalogue remembers of a run.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A run as it is stored among the facts about the site, under `reorganise:` and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its name: the day and a number.
    pub run: String,
    /// First day of the new order.
    pub effective: NaiveDate,
    /// The resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub file_sha256: String,
    /// First entry of the log.
    pub first_sequence: u64,
    /// Last entry of the log, but for the one that stores this.
    pub last_sequence: u64,
    /// How many records it touched, by effect.
    pub counts: BTreeMap<String, u64>,
    /// Whether it was undone.
    #[serde(default)]
    pub undone: bool,
}

/// What the keys of runs begin with.
pub(super) const KEY: &str = "reorganise:";

/// Key of a run.
pub(super) fn key(run: &str) -> String {
    format!("{KEY}{run}")
}
