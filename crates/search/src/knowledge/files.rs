//! Where the files of the knowledge come from: the binary, or a folder that an editor works in.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::read::{KnowledgeError, KnowledgeFault};
use super::{Knowledge, read};

/// The files that the binary carries: name below `search-index/`, text.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/search_index.rs"));

/// Largest file that is read; the word lists are well below.
const LARGEST_FILE_BYTES: u64 = 8 << 20;

/// The texts of the files, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeFiles {
    pub(crate) texts: BTreeMap<String, String>,
}

/// What tells one state of a folder from another without reading its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnowledgeStamp(Vec<(PathBuf, u64, Option<SystemTime>)>);

impl KnowledgeFiles {
    /// The files in the binary.
    #[must_use]
    pub fn embedded() -> Self {
        let texts = EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Self { texts: texts.collect() }
    }

    /// The files of a folder. A file that the binary has and the folder lacks keeps the text of the binary, so that a
    /// folder may hold a single list.
    pub fn of_folder(folder: &Path) -> Result<Self, KnowledgeError> {
        let mut files = Self::embedded();
        let mut found = 0;
        for path in list(folder).map_err(|error| unreadable(folder, &error))? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let size = path.metadata().map_err(|error| unreadable(&path, &error))?.len();
            if size > LARGEST_FILE_BYTES {
                return Err(KnowledgeError::one(KnowledgeFault::of_file(
                    &name,
                    format!("the file has {size} bytes, more than {LARGEST_FILE_BYTES}"),
                )));
            }
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            files.texts.insert(name, text);
            found += 1;
        }
        if found == 0 {
            return Err(KnowledgeError::one(KnowledgeFault::of_file(
                &folder.display().to_string(),
                "there is no .toml file in this folder".to_owned(),
            )));
        }
        Ok(files)
    }

    /// Reads and checks the files. Every fault is told at once.
    pub fn read(&self) -> Result<Knowledge, KnowledgeError> {
        read::read(self)
    }
}

impl KnowledgeStamp {
    /// The present state of a folder.
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        let mut stamps = Vec::new();
        for path in list(folder)? {
            let metadata = path.metadata()?;
            stamps.push((path, metadata.len(), metadata.modified().ok()));
        }
        Ok(Self(stamps))
    }
}

fn unreadable(path: &Path, error: &io::Error) -> KnowledgeError {
    KnowledgeError::one(KnowledgeFault::of_file(
        &path.display().to_string(),
        format!("cannot be read: {error}"),
    ))
}

/// Every .toml file in a folder and one level below, in the order of names.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                found.push(entry?.path());
            }
        } else {
            found.push(path);
        }
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && path.is_file());
    found.sort();
    Ok(found)
}
