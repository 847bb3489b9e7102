//! What is said of an import.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::FileKind;
use super::edition::Gone;
use super::merge::Emptied;
use super::row_refusal::RowRefusal;
use crate::log_place::LogPlace;

/// What became of the rows of one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// What it holds.
    pub kind: FileKind,
    /// Rows read.
    pub rows: u64,
    /// Rows whose record is new.
    pub created: u64,
    /// Rows whose record differs from the stored one.
    pub changed: u64,
    /// Rows whose record is stored as given.
    pub same: u64,
    /// Rows whose record is taken out.
    #[serde(skip_serializing_if = "is_none")]
    pub withdrawn: u64,
    /// Earlier periods that rows ended, as what a row says holds from its first day on.
    #[serde(skip_serializing_if = "is_none")]
    pub ended: u64,
    /// Rows refused.
    pub refused: u64,
    /// Why, for each refused row, by line; the first ten thousand of a file.
    pub refusals: Vec<RowRefusal>,
    /// Columns that stand in the file with empty cells where something is stored, and how many stored values these empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub emptied: BTreeMap<String, u64>,
    /// What was taken with a grain of salt: another encoding, decomposed letters, codes with a suffix.
    pub notices: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// At most this many refusals of a file are kept in its report.
const REFUSALS: usize = 10_000;

impl FileReport {
    pub(super) fn new(path: PathBuf, kind: FileKind) -> Self {
        Self {
            path,
            kind,
            rows: 0,
            created: 0,
            changed: 0,
            same: 0,
            withdrawn: 0,
            ended: 0,
            refused: 0,
            refusals: Vec::new(),
            emptied: BTreeMap::new(),
            notices: Vec::new(),
        }
    }

    /// Counts a refused row.
    pub(super) fn refuse(&mut self, refusals: Vec<RowRefusal>) {
        self.refused += 1;
        let room = REFUSALS.saturating_sub(self.refusals.len());
        self.refusals.extend(refusals.into_iter().take(room));
    }

    /// Counts what a row empties.
    pub(super) fn empty(&mut self, emptied: Emptied) {
        for column in emptied {
            *self.emptied.entry(column).or_default() += 1;
        }
    }
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportReport {
    /// Whether anything was kept: not in a dry run, and not when rows were refused.
    pub written: bool,
    /// Place in the log after the import.
    #[serde(flatten)]
    pub place: LogPlace,
    /// Name of the run, by which it can be undone; absent where nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// What became of each file.
    pub files: Vec<FileReport>,
    /// What newer editions of lists no longer have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone>,
}

impl ImportReport {
    /// Stored values that empty cells of all files would empty, or did.
    #[must_use]
    pub fn emptied(&self) -> u64 {
        self.files.iter().flat_map(|file| file.emptied.values()).sum()
    }

    /// Rows refused in all files.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.files.iter().map(|file| file.refused).sum()
    }
}
