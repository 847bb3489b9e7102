//! Why a run did nothing.

use std::path::PathBuf;

use crate::import::RowRefusal;
use crate::refusal::Refusal;
use crate::store::db::StorageError;

/// Why nothing was reorganised or undone. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ReorganiseError {
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
    /// Rows that are wrong, or that contradict each other or the catalogue.
    #[error("{} faults in the file; nothing was written", .0.len())]
    Faulty(Vec<RowRefusal>),
    /// A command that the catalogue refused.
    #[error("the catalogue refused {what}; nothing was written")]
    Rejected {
        /// Kind and key of the record.
        what: String,
        /// Why.
        #[source]
        refusal: Refusal,
    },
    /// A run that there is not.
    #[error("there is no run {run:?}; there are: {}", if .known.is_empty() { "none".to_owned() } else { .known.join(", ") })]
    NoSuchRun {
        /// The name given.
        run: String,
        /// The runs there are.
        known: Vec<String>,
    },
    /// A run that was undone already.
    #[error("the run {0:?} was undone already")]
    UndoneAlready(String),
    /// Something was written since that stands in the way.
    #[error("the run {run:?} cannot be undone, as records that it touched were written to since: {}", .records.join("; "))]
    ChangedSince {
        /// The run.
        run: String,
        /// Kind and key of the first fifty records.
        records: Vec<String>,
    },
    /// A file could not be written or copied.
    #[error("could not write {}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The permit does not include publishing.
    #[error("the permit does not include publishing")]
    Forbidden,
    /// Others kept writing to what the run is about.
    #[error("others keep writing to units, centres or listings; nothing was written. Run it again")]
    Contended,
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The caller asked to stop.
    #[error("the reorganisation was interrupted; nothing was written")]
    Interrupted,
}
