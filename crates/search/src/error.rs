//! What can go wrong.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use motcua_catalogue::StorageError;

/// Why the engine could not do what it was asked. A search itself fails only when the index is damaged while in use.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Another process works on the index of the data folder.
    #[error("the index in {} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The catalogue could not be read.
    #[error("the catalogue could not be read for the index")]
    Catalogue(#[from] StorageError),
    /// The database let a read wait for longer than one may take.
    #[error("the database gave no answer within {} s", .0.as_secs())]
    NoAnswer(Duration),
    /// Files could not be read or written.
    #[error("files of the index could not be read or written")]
    Files(#[from] io::Error),
    /// The text index refused.
    #[error("the text index failed")]
    Index(#[from] tantivy::TantivyError),
    /// What is on disk is not what was written, or belongs to another catalogue. Opening rebuilds it.
    #[error("the index cannot be used: {0}")]
    Damaged(String),
    /// The word lists have faults.
    #[error(transparent)]
    Knowledge(#[from] crate::knowledge::KnowledgeError),
    /// Work on the index was broken off.
    #[error("work on the index was broken off")]
    Interrupted(#[from] tokio::task::JoinError),
}
