//! Reading files into the catalogue: national list, units, mergers, centres, availability, centres' figures.
//!
//! The rows of a run are compared with the catalogue outside any lock, and what they come to is published in one
//! transaction: it is kept whole or not at all. Every row is accounted for.

mod availability;
mod cell;
mod centres;
mod codes;
mod compare;
mod edition;
mod encoding;
mod figures;
mod json_faults;
mod keys;
mod lists;
mod meaning;
mod merge;
mod mergers;
mod procedures;
mod refusal;
pub(crate) mod reorganisation;
mod report;
mod row_refusal;
mod rows;
mod seen;
mod table;
mod units;
mod words;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::actor::Reason;
use crate::catalogue::Catalogue;
use crate::change_set::{Conflict, Prepared, PublishError};
use crate::permit::Permit;
use crate::refusal::Refusal;
use crate::run::{RunKind, RunNote};
use crate::store::db::StorageError;
pub use availability::COLUMNS as AVAILABILITY_COLUMNS;
use compare::{Compared, compare};
pub use edition::Gone;
pub(crate) use figures::COLUMNS as FIGURE_COLUMNS;
pub use meaning::RowMeaning;
pub use report::{FileReport, ImportReport};
pub use row_refusal::RowRefusal;

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
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Say what would change and write nothing.
    pub dry_run: bool,
    /// Write the sound rows even when others are refused. Otherwise one refused row keeps everything out.
    pub skip_refused: bool,
    /// Let empty cells empty what is stored. Otherwise one that would keeps everything out.
    pub replace: bool,
    /// The files are complete newer editions of their lists: what they no longer have is asked about.
    pub is_edition: bool,
    /// What a row says.
    pub meaning: RowMeaning,
    /// What the files hold; found out from their first line where absent.
    pub kind: Option<FileKind>,
    /// By what right, and for whom.
    pub permit: Permit,
    /// Why.
    pub reason: Reason,
    /// The decision that it carries out.
    pub decision: Option<String>,
    /// Folder for the rows of large runs until they are written; that of the system where absent.
    pub scratch: Option<PathBuf>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            skip_refused: false,
            replace: false,
            is_edition: false,
            meaning: RowMeaning::Whole,
            kind: None,
            permit: Permit::program("import"),
            reason: Reason::none(),
            decision: None,
            scratch: None,
        }
    }
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
    /// Once everything is read and compared: records written, and how many there are to write.
    pub written: Option<(u64, u64)>,
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
    /// Records are to be taken out, and nobody says why.
    #[error("chưa nói vì sao các bản ghi trong tệp là sai; thêm --reason TEXT")]
    WithoutReason,
    /// A question about a record that an edition no longer has could not be opened.
    #[error("a question about what the newer edition lacks was refused")]
    Question(#[source] Refusal),
    /// A record would be left without what it refers to, and no row is to blame alone.
    #[error("{key} cannot be written so")]
    Needed {
        /// Kind and key of the record that was to be shortened or taken out.
        key: String,
        /// Who needs it.
        #[source]
        refusal: Refusal,
    },
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The permit does not include publishing.
    #[error("the permit does not include publishing")]
    Forbidden,
    /// The rows of the run could not be kept until they are written.
    #[error("the rows of the run could not be kept on the disk")]
    Scratch(#[source] std::io::Error),
    /// Others kept writing to the same records.
    #[error("others keep writing to the records of these files; nothing was written. Run it again")]
    Contended,
    /// The caller asked to stop. Nothing was written.
    #[error("the import was interrupted; nothing was written")]
    Interrupted,
}

impl ImportError {
    fn needed(mut conflicts: Vec<Conflict>) -> Self {
        match conflicts.pop() {
            Some(Conflict { kind, key, refusal, .. }) => {
                Self::Needed { key: format!("{} {key}", kind.as_str()), refusal }
            }
            None => Self::Contended,
        }
    }
}

/// How often a run is compared again where others wrote to its records meanwhile.
const TRIES: u32 = 5;

/// Told how far the import has come; answers whether to go on.
pub type OnProgress<'a> = &'a mut (dyn FnMut(Progress<'_>) -> bool + Send);

/// Imports files: compares their rows outside any lock, then publishes what they come to in one transaction.
/// `progress` is called every so often; answering `false` stops the import.
pub async fn run(
    catalogue: &Catalogue,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: OnProgress<'_>,
) -> Result<ImportReport, ImportError> {
    if options.meaning == RowMeaning::Mistake && options.reason.public.is_none() {
        return Err(ImportError::WithoutReason);
    }
    for _ in 0..TRIES {
        let Compared { prepared, state, reports, gone } =
            Box::pin(compare(catalogue, paths, options, progress)).await?;
        let refused = reports.iter().any(|report| report.refused > 0);
        let emptied = reports.iter().any(|report| !report.emptied.is_empty());
        if options.dry_run || (refused && !options.skip_refused) || (emptied && !options.replace) {
            let place = catalogue.head().await?;
            return Ok(ImportReport { written: false, place, run: None, files: reports, gone });
        }
        let last = reports.last().map(|report| (report.path.clone(), report.kind, report.rows));
        let whole = prepared.items.len();
        let mut writing = |done: u64| match &last {
            Some((path, kind, rows)) => progress(Progress {
                path,
                kind: *kind,
                bytes: 0,
                total_bytes: 0,
                rows: *rows,
                written: Some((done, whole)),
            }),
            None => true,
        };
        let published = catalogue
            .publish_where(
                &options.permit,
                &options.reason,
                prepared,
                note(options, &reports),
                &|key| state.seen.holds(key),
                &mut writing,
            )
            .await;
        match published {
            Ok(published) => {
                let (place, run) = (published.place, published.run);
                let written = run.is_some();
                return Ok(ImportReport { written, place, run, files: reports, gone });
            }
            // What the comparison could not foresee; another try would come to the same.
            Err(PublishError::Conflicts(conflicts)) if conflicts.iter().all(Conflict::is_needed) => {
                return Err(ImportError::needed(conflicts));
            }
            // Somebody wrote to the same records since they were compared: the file is to win whole, or not at all.
            Err(PublishError::Moved | PublishError::Conflicts(_)) => {}
            Err(PublishError::Storage(error)) => return Err(error.into()),
            Err(PublishError::Interrupted) => return Err(ImportError::Interrupted),
            Err(PublishError::Forbidden) => return Err(ImportError::Forbidden),
            Err(PublishError::Items(source)) => return Err(ImportError::Scratch(source)),
        }
    }
    Err(ImportError::Contended)
}

fn note(options: &ImportOptions, reports: &[FileReport]) -> RunNote {
    let sum = |count: fn(&FileReport) -> u64| reports.iter().map(count).sum();
    let counts: [(&str, u64); 6] = [
        ("created", sum(|report| report.created)),
        ("changed", sum(|report| report.changed)),
        ("same", sum(|report| report.same)),
        ("withdrawn", sum(|report| report.withdrawn)),
        ("ended", sum(|report| report.ended)),
        ("refused", sum(|report| report.refused)),
    ];
    let files: Vec<String> = reports
        .iter()
        .map(|report| report.path.file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    RunNote {
        counts: counts.into_iter().map(|(effect, count)| (effect.to_owned(), count)).collect(),
        decision: options.decision.clone(),
        details: Some(serde_json::json!({ "files": files })),
        ..RunNote::of(RunKind::Import)
    }
}

/// What files come to, before anything of it is written.
#[derive(Debug)]
pub struct PreparedFiles {
    /// What is to be written.
    pub prepared: Prepared,
    /// What became of each file.
    pub files: Vec<FileReport>,
    /// What newer editions of lists no longer have; the questions about it are among what is to be written.
    pub gone: Vec<Gone>,
}

/// Reads and compares files; a draft can be made of the result.
pub async fn prepare(
    catalogue: &Catalogue,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: OnProgress<'_>,
) -> Result<PreparedFiles, ImportError> {
    let Compared { prepared, reports, gone, .. } =
        Box::pin(compare(catalogue, paths, options, progress)).await?;
    Ok(PreparedFiles { prepared, files: reports, gone })
}
