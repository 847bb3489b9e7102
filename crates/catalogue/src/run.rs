//! Runs: what was written together, by whom and why, and where it stands in the log. A run can be undone as a whole,
//! which is a run itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::{ActorKind, Reason, StaffId};
use crate::catalogue::Catalogue;
use crate::log_place::LogPlace;
use crate::permit::{Permit, Right};
use crate::store::db::StorageError;
use crate::store::undo::{Attempt, Left, OnTakenBack, Spared, Stretch, take_back};

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its number, from 1.
    pub number: u32,
    /// Its name, by which it is shown and undone: `import-2026-11-30-1`.
    pub name: String,
    /// What kind of work it was.
    pub kind: RunKind,
    /// Whether a program or an office did it.
    pub actor_kind: ActorKind,
    /// Which one.
    pub actor: String,
    /// The member of staff; never published.
    pub staff: Option<StaffId>,
    /// Why, for everybody.
    pub reason: Option<String>,
    /// A note for colleagues; never published.
    pub note: Option<String>,
    /// The decision that it carries out.
    pub decision: Option<String>,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// Number of its first entry in the log.
    pub first_sequence: u64,
    /// Number of its last entry in the log.
    pub last_sequence: u64,
    /// How many records it touched, by effect.
    pub counts: BTreeMap<String, u64>,
    /// What its kind of work remembers beside.
    pub details: Option<serde_json::Value>,
    /// Name of the run that it undid.
    pub undoes: Option<String>,
    /// Name of the run that undid it.
    pub undone_by: Option<String>,
    /// Whether it was undone, also by a version that did not note by what.
    pub is_undone: bool,
}

/// What kind of work a run was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// One record was written.
    Edit,
    /// Files were imported.
    Import,
    /// Sample data were loaded.
    Sample,
    /// Units were reorganised.
    Reorganise,
    /// A change set was published.
    ChangeSet,
    /// Another run was undone.
    Undo,
}

impl RunKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Edit, Self::Import, Self::Sample, Self::Reorganise, Self::ChangeSet, Self::Undo];

    /// The code used in storage, names and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Import => "import",
            Self::Sample => "sample",
            Self::Reorganise => "reorganise",
            Self::ChangeSet => "change_set",
            Self::Undo => "undo",
        }
    }
}

/// What is to be remembered of a run when it is committed.
#[derive(Debug, Clone, PartialEq)]
pub struct RunNote {
    /// What kind of work it is.
    pub kind: RunKind,
    /// Its name; the kind, the day and a number where absent.
    pub name: Option<String>,
    /// The decision that it carries out.
    pub decision: Option<String>,
    /// How many records it touched, by effect.
    pub counts: BTreeMap<String, u64>,
    /// What its kind of work remembers beside.
    pub details: Option<serde_json::Value>,
    /// Number of the run that it undoes.
    pub undoes: Option<u32>,
}

impl RunNote {
    /// A note that says the kind alone.
    #[must_use]
    pub fn of(kind: RunKind) -> Self {
        Self { kind, name: None, decision: None, counts: BTreeMap::new(), details: None, undoes: None }
    }
}

/// What an undoing did.
#[derive(Debug, Clone, PartialEq)]
pub struct Undone {
    /// The run that was undone.
    pub run: String,
    /// The run that undid it; absent where everything was as before already.
    pub by: Option<String>,
    /// Records that the run had made and that are withdrawn.
    pub withdrawn: u64,
    /// Records that the run had changed and that are as before.
    pub restored: u64,
    /// Records that were left alone: written since, or needed by what was written since.
    pub left: Vec<Left>,
    /// Place in the log afterwards.
    pub place: LogPlace,
}

/// Why a run was not undone. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// A run that there is not.
    #[error("there is no run {0:?}; `motcua runs` lists them")]
    NoSuchRun(String),
    /// A run that was undone already.
    #[error("the run {0:?} was undone already")]
    UndoneAlready(String),
    /// The permit does not include undoing.
    #[error("the permit does not include undoing runs")]
    Forbidden,
    /// Everything that the run touched was written to since.
    #[error(
        "every record of the run {run:?} was written to since, or is needed by what was; there is nothing to undo"
    )]
    NothingLeft {
        /// The run.
        run: String,
        /// The records.
        left: Vec<Left>,
    },
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The caller asked to stop.
    #[error("the undoing was interrupted; nothing was written")]
    Interrupted,
}

impl Catalogue {
    /// Undoes a run, in one transaction: records that nobody wrote to since go back to what they were, those written
    /// since are left alone and named. `progress` is told how many records are done, and answers whether to go on.
    pub async fn undo_run(
        &self,
        permit: &Permit,
        reason: &Reason,
        name: &str,
        progress: OnTakenBack<'_>,
    ) -> Result<Undone, UndoError> {
        if !permit.has(Right::Undo) {
            return Err(UndoError::Forbidden);
        }
        let reason = match &reason.public {
            Some(_) => reason.clone(),
            None => Reason { public: Some(format!("undo {name}")), note: reason.note.clone() },
        };
        let mut spared = Spared::new();
        let (batch, run, taken) = loop {
            let mut batch = self.batch(permit, &reason).await?;
            let Some(run) = batch.writer().run(name).await? else {
                return Err(UndoError::NoSuchRun(name.to_owned()));
            };
            if run.is_undone {
                return Err(UndoError::UndoneAlready(name.to_owned()));
            }
            let stretch = Stretch { first: run.first_sequence, last: run.last_sequence };
            match take_back(batch.writer(), stretch, &spared, progress).await? {
                Attempt::Done(taken) => break (batch, run, taken),
                Attempt::Stopped => return Err(UndoError::Interrupted),
                Attempt::Needed(needed) => {
                    batch.rollback().await?;
                    let before = spared.len();
                    spared.extend(needed);
                    // Each round spares at least one record more.
                    if spared.len() == before {
                        let left = |((kind, key), refusal)| Left { kind, key, refusal: Some(refusal) };
                        let left = spared.into_iter().map(left).collect();
                        return Err(UndoError::NothingLeft { run: name.to_owned(), left });
                    }
                }
            }
        };
        if taken.withdrawn + taken.restored == 0 && !taken.left.is_empty() {
            return Err(UndoError::NothingLeft { run: name.to_owned(), left: taken.left });
        }
        let left = u64::try_from(taken.left.len()).unwrap_or(u64::MAX);
        let counts = [("withdrawn", taken.withdrawn), ("restored", taken.restored), ("left", left)];
        let note = RunNote {
            counts: counts.into_iter().map(|(effect, count)| (effect.to_owned(), count)).collect(),
            undoes: Some(run.number),
            ..RunNote::of(RunKind::Undo)
        };
        let (place, by) = batch.commit_run(note).await?;
        Ok(Undone {
            run: name.to_owned(),
            by,
            withdrawn: taken.withdrawn,
            restored: taken.restored,
            left: taken.left,
            place,
        })
    }

    /// Runs, newest first.
    pub async fn runs(&self, limit: u32) -> Result<Vec<Run>, StorageError> {
        crate::store::runs::newest(self.db.reader(), limit).await
    }

    /// A run by its name.
    pub async fn run(&self, name: &str) -> Result<Option<Run>, StorageError> {
        crate::store::runs::by_name(self.db.reader(), name).await
    }
}
