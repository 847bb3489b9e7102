//! Reading files into the catalogue: national list, units, mergers, centres, availability, centres' figures.
//!
//! One transaction for all files of a run: it is kept whole or not at all. Every row is accounted for.

mod availability;
mod cell;
mod centres;
mod codes;
mod encoding;
mod figures;
mod json_faults;
mod lists;
mod mergers;
mod procedures;
mod refusal;
pub(crate) mod reorganisation;
mod rows;
mod seen;
mod table;
mod units;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::catalogue::{Batch, Catalogue};
use crate::command::{Applied, Command, Expected};
use crate::store::db::StorageError;
pub use availability::COLUMNS as AVAILABILITY_COLUMNS;
use codes::Codes;
pub(crate) use figures::COLUMNS as FIGURE_COLUMNS;
use lists::Lists;
use refusal::Origin;
pub use refusal::RowRefusal;
use rows::{Row, Rows};
use seen::Seen;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Administrative units (CSV).
    Units,
    /// Successions of units (CSV).
    Mergers,
    /// Service centres (CSV).
    Centres,
    /// Procedures (NDJSON).
    Procedures,
    /// Availabilities (CSV).
    Availability,
    /// Working figures of centres (CSV).
    Figures,
}

impl FileKind {
    /// Every kind, in the order in which files of one run are read: what is referred to comes first.
    pub const ALL: [Self; 6] =
        [Self::Units, Self::Mergers, Self::Centres, Self::Procedures, Self::Availability, Self::Figures];

    /// The name used on the command line and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Mergers => "mergers",
            Self::Centres => "centres",
            Self::Procedures => "procedures",
            Self::Availability => "availability",
            Self::Figures => "figures",
        }
    }
}

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Say what would change and write nothing.
    pub dry_run: bool,
    /// Write the sound rows even when others are refused. Otherwise one refused row keeps everything out.
    pub skip_refused: bool,
    /// What the files hold; found out from their first line where absent.
    pub kind: Option<FileKind>,
    /// Who imports, for the change log.
    pub actor: String,
    /// Why, for the change log.
    pub reason: Option<String>,
}

/// How far an import has come.
#[derive(Debug, Clone)]
pub struct Progress<'a> {
    /// The file being read.
    pub path: &'a Path,
    /// What it holds.
    pub kind: FileKind,
    /// Bytes read of this file.
    pub bytes: u64,
    /// Bytes of this file.
    pub total_bytes: u64,
    /// Rows read of this file.
    pub rows: u64,
}

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
    /// Rows refused.
    pub refused: u64,
    /// Why, for each refused row, by line; the first ten thousand of a file.
    pub refusals: Vec<RowRefusal>,
    /// What was taken with a grain of salt: another encoding, decomposed letters, codes with a suffix.
    pub notices: Vec<String>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportReport {
    /// Whether anything was kept: not in a dry run, and not when rows were refused.
    pub written: bool,
    /// Number of the last change after the import.
    pub sequence: u64,
    /// What became of each file.
    pub files: Vec<FileReport>,
}

impl ImportReport {
    /// Rows refused in all files.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.files.iter().map(|file| file.refused).sum()
    }
}

/// Why nothing of a run was read into the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file that cannot be used as a whole.
    #[error("{}: {reason}. {remedy}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The caller asked to stop. Nothing was written.
    #[error("the import was interrupted; nothing was written")]
    Interrupted,
}

/// Rows are carried out in groups of this many.
const GROUP: usize = 1000;

/// At most this many refusals of a file are kept in its report.
const REFUSALS: usize = 10_000;

/// Imports files in one transaction. `progress` is called every so often; answering `false` stops the import.
pub async fn run(
    catalogue: &Catalogue,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &mut (dyn FnMut(Progress<'_>) -> bool + Send),
) -> Result<ImportReport, ImportError> {
    let today = crate::clock::day_in_vietnam(crate::clock::now());
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        files.push(Rows::open(path, options.kind, today)?);
    }
    files.sort_by_key(Rows::kind);
    let mut batch = catalogue.batch(&options.actor, options.reason.as_deref()).await?;
    let mut state = State {
        lists: Lists::load(catalogue).await?,
        codes: Codes::load(catalogue).await?,
        seen: Seen::default(),
    };
    let mut reports = Vec::with_capacity(files.len());
    for file in files {
        reports.push(import_file(&mut batch, &mut state, file, progress).await?);
    }
    let refused = reports.iter().any(|report| report.refused > 0);
    let written = !options.dry_run && (!refused || options.skip_refused);
    let sequence = if written {
        batch.commit().await?
    } else {
        batch.rollback().await?;
        catalogue.last_sequence().await?
    };
    Ok(ImportReport { written, sequence, files: reports })
}

/// What is known in a run beyond one row.
struct State {
    lists: Lists,
    codes: Codes,
    seen: Seen,
}

async fn import_file(
    batch: &mut Batch,
    state: &mut State,
    mut file: Rows,
    progress: &mut (dyn FnMut(Progress<'_>) -> bool + Send),
) -> Result<FileReport, ImportError> {
    let mut report = FileReport {
        path: file.path().to_owned(),
        kind: file.kind(),
        rows: 0,
        created: 0,
        changed: 0,
        same: 0,
        refused: 0,
        refusals: Vec::new(),
        notices: Vec::new(),
    };
    state.seen.begin_file(file.path());
    loop {
        let group = file.next_group(GROUP, &mut state.lists)?;
        let ended = group.is_empty();
        report.rows += group.len() as u64;
        let going_on = progress(Progress {
            path: file.path(),
            kind: file.kind(),
            bytes: file.bytes_read(),
            total_bytes: file.total_bytes(),
            rows: report.rows,
        });
        if !going_on {
            return Err(ImportError::Interrupted);
        }
        // Names of fields and agencies come with the procedures; they are written before the rows that use them.
        let new_entries: Vec<(Command, Expected)> =
            state.lists.take_new().into_iter().map(|command| (command, Expected::Any)).collect();
        batch.put(new_entries).await?;
        put_group(batch, state, group, &mut report).await?;
        if ended {
            // Those that a cell gives away come before those that the catalogue refuses.
            report.refusals.sort_by_key(|refusal| refusal.line);
            report.notices = file.notices();
            report.notices.extend(state.codes.take_notice());
            return Ok(report);
        }
    }
}

async fn put_group(
    batch: &mut Batch,
    state: &mut State,
    group: Vec<Row>,
    report: &mut FileReport,
) -> Result<(), ImportError> {
    let mut places = Vec::with_capacity(group.len());
    let mut commands = Vec::with_capacity(group.len());
    for row in group {
        match row.parsed {
            Ok(mut command) => {
                state.codes.settle(&mut command);
                let origin = Origin::new(row.line, row.raw, &command);
                if let Err(earlier) = state.seen.note(row.line, &command) {
                    refuse(report, vec![origin.contradicts(&earlier)]);
                    continue;
                }
                let written = match &command {
                    Command::Procedure(procedure) => Some(procedure.code.clone()),
                    _ => None,
                };
                places.push((origin, written));
                commands.push((command, Expected::Any));
            }
            Err(refusals) => refuse(report, refusals),
        }
    }
    let outcomes = batch.put(commands).await?;
    for ((origin, written), outcome) in places.into_iter().zip(outcomes) {
        if let (Some(code), Ok(_)) = (written, &outcome) {
            state.codes.add(code);
        }
        match outcome {
            Ok(Applied::Created(_)) => report.created += 1,
            Ok(Applied::Changed(_)) => report.changed += 1,
            Ok(Applied::Same) => report.same += 1,
            Err(refusal) => refuse(report, vec![origin.refused(&refusal)]),
        }
    }
    Ok(())
}

fn refuse(report: &mut FileReport, refusals: Vec<RowRefusal>) {
    report.refused += 1;
    let room = REFUSALS.saturating_sub(report.refusals.len());
    report.refusals.extend(refusals.into_iter().take(room));
}
