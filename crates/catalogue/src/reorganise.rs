//! Reorganisation of units (sắp xếp đơn vị hành chính): units end, begin, merge and split on a day; centres close and
//! open; listings go on by a stated rule (`carry`), and what the rule cannot decide becomes a [`Work`](crate::Work).
//!
//! A run is worked out beside the catalogue and published in one transaction. It can be rehearsed, and undone by entries
//! that put back what was there before.
//! Start with [`run`]; `plan.rs` decides about units and centres, `carry.rs` about listings.

mod carry;
mod error;
mod list;
mod listings;
mod plan;
mod record;
mod run;
mod scratch;
mod tally;
mod undo;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Serialize;

use crate::log_place::LogPlace;
use crate::permit::Permit;

pub use error::ReorganiseError;
pub use list::TouchList;
pub use run::{rehearse, run};
pub use scratch::sweep_rehearsals;
pub use tally::{Counts, Effect, Examples, Touch};
pub use undo::undo;

/// What to reorganise.
#[derive(Debug, Clone)]
pub struct ReorganiseRequest {
    /// The file of successions.
    pub path: PathBuf,
    /// First day of the new order.
    pub effective: NaiveDate,
    /// The resolution, for rows that name none.
    pub resolution: Option<String>,
    /// By what right, and for whom.
    pub permit: Permit,
    /// Folder for the records of a large run until they are written; that of the system where absent.
    pub scratch: Option<PathBuf>,
}

impl ReorganiseRequest {
    /// Name of the file without its folder.
    fn file_name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReorganiseProgress {
    /// What is being done, in English.
    pub stage: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, where known.
    pub whole: Option<u64>,
}

/// What a run did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReorganiseReport {
    /// Name of the run, by which it can be undone; also that of a rehearsal, which nothing is known by.
    pub run: String,
    /// First day of the new order.
    pub effective: NaiveDate,
    /// Whether anything was kept.
    pub written: bool,
    /// Place in the log afterwards.
    #[serde(flatten)]
    pub place: LogPlace,
    /// How many records are touched, by kind.
    pub counts: Counts,
    /// A few of each kind.
    pub examples: Examples,
    /// What was taken with a grain of salt.
    pub notices: Vec<String>,
}

/// What an undoing did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// The run that was undone.
    pub run: String,
    /// Records that the run had made and that are withdrawn.
    pub withdrawn: u64,
    /// Records that the run had changed and that are as before.
    pub restored: u64,
    /// Place in the log afterwards.
    #[serde(flatten)]
    pub place: LogPlace,
}

/// Told of the work as it goes on; answers whether to go on.
pub type OnProgress<'a> = &'a mut (dyn FnMut(ReorganiseProgress) -> bool + Send);
