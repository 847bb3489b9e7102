//! Reorganisation of units (sắp xếp đơn vị hành chính): units end, begin, merge and split on a day; centres close and
//! open; listings go on by a stated rule (`carry`), and what the rule cannot decide becomes a [`Task`](crate::Task).
//!
//! A run is one transaction. It can be rehearsed on a copy, and undone by entries that put back what was there before.
//! Start with [`run`]; `plan.rs` decides about units and centres, `carry.rs` about listings.

mod carry;
mod error;
mod list;
mod listings;
mod plan;
mod record;
mod rehearse;
mod run;
mod tally;
mod undo;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Serialize;

pub use error::ReorganiseError;
pub use list::TouchList;
pub use record::RunRecord;
pub use rehearse::rehearse;
pub use run::run;
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
    /// Who does it, for the change log.
    pub actor: String,
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
    /// Number of the last change of the catalogue afterwards.
    pub sequence: u64,
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
    /// Number of the last change afterwards.
    pub sequence: u64,
}

/// Told of the work as it goes on; answers whether to go on.
pub type OnProgress<'a> = &'a mut (dyn FnMut(ReorganiseProgress) -> bool + Send);

/// Told of everything that is touched, as it comes.
pub type OnTouch<'a> = &'a mut (dyn FnMut(Effect, &Touch) -> std::io::Result<()> + Send);
