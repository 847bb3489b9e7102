//! The engine's files: one folder per build, and a pointer to the one in use.
//!
//! ```text
//! <folder>/<layout>/lock              held by the process that works on the index
//! <folder>/<layout>/current           name of the build in use, replaced atomically
//! <folder>/<layout>/build-<n>/        a Tantivy index and the view's file
//! ```
//!
//! A new build is made beside the old one and becomes current when it is complete: whenever the process ends, the old
//! build or nothing is there, and the next start builds again.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::SearchError;

const CURRENT: &str = "current";
const LOCK: &str = "lock";
const BUILD: &str = "build-";

/// The folder of one layout, locked for this process.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    lock: Mutex<File>,
}

impl Store {
    /// Takes the folder of a layout; removes what an interrupted build and other layouts left.
    pub(crate) fn open(dir: &Path, layout: &str) -> Result<Self, SearchError> {
        let folder = dir.join(layout);
        fs::create_dir_all(&folder)?;
        let lock = Mutex::new(take_lock(&folder)?);
        let store = Self { folder, lock };
        store.remove_builds_except(store.current()?.as_deref())?;
        Ok(store)
    }

    /// The build in use.
    pub(crate) fn current(&self) -> io::Result<Option<PathBuf>> {
        current_build(&self.folder)
    }

    /// An empty folder for a new build. Whoever removed the whole folder under a running server gets it back, with its
    /// lock.
    pub(crate) fn new_build(&self) -> Result<PathBuf, SearchError> {
        fs::create_dir_all(&self.folder)?;
        if !self.folder.join(LOCK).try_exists()? {
            let lock = take_lock(&self.folder)?;
            *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = lock;
        }
        let mut number = 1_u64;
        for name in self.builds()? {
            if let Some(Ok(known)) = name.strip_prefix(BUILD).map(str::parse::<u64>) {
                number = number.max(known.saturating_add(1));
            }
        }
        let folder = self.folder.join(format!("{BUILD}{number}"));
        fs::create_dir(&folder)?;
        Ok(folder)
    }

    /// Makes a complete build the one in use and removes the others. A reader that has the old one open keeps it.
    pub(crate) fn make_current(&self, build: &Path) -> io::Result<()> {
        let name = build.file_name().and_then(|name| name.to_str()).ok_or(io::ErrorKind::InvalidInput)?;
        sync_dir(build)?;
        write_whole(&self.folder.join(CURRENT), |file| file.write_all(name.as_bytes()))?;
        self.remove_builds_except(Some(build))
    }

    fn remove_builds_except(&self, kept: Option<&Path>) -> io::Result<()> {
        for name in self.builds()? {
            let build = self.folder.join(&name);
            if kept != Some(build.as_path())
                && let Err(error) = fs::remove_dir_all(&build)
            {
                tracing::warn!(search.folder = %build.display(), %error, "an old index could not be removed");
            }
        }
        Ok(())
    }

    fn builds(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            if let Ok(name) = entry?.file_name().into_string()
                && name.starts_with(BUILD)
            {
                names.push(name);
            }
        }
        Ok(names)
    }
}

/// Takes the lock of a layout's folder.
fn take_lock(folder: &Path) -> Result<File, SearchError> {
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(SearchError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The build in use in the folder of a layout.
pub(crate) fn current_build(folder: &Path) -> io::Result<Option<PathBuf>> {
    match fs::read_to_string(folder.join(CURRENT)) {
        Ok(name) if name.starts_with(BUILD) && !name.contains(['/', '\\']) => Ok(Some(folder.join(name))),
        // A damaged pointer points nowhere.
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file so that it is there whole or not at all, and stays there after a power cut.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let beside = path.with_extension("tmp");
    let mut out = io::BufWriter::new(File::create(&beside)?);
    write(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    // Other systems do not open folders as files, and write them through.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_counts_only_when_it_is_current() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path(), "v1").expect("opens");
        let first = store.new_build().expect("a build");
        assert_eq!(store.current().expect("read"), None);
        store.make_current(&first).expect("current");
        let second = store.new_build().expect("a build");
        assert_ne!(first, second);
        drop(store);

        let store = Store::open(dir.path(), "v1").expect("opens");
        assert_eq!(store.current().expect("read"), Some(first.clone()));
        assert!(!second.exists(), "an interrupted build is removed");
        assert!(matches!(Store::open(dir.path(), "v1"), Err(SearchError::InUse(_))));
        fs::write(dir.path().join("v1/current"), "../../etc").expect("written");
        assert_eq!(store.current().expect("read"), None);
        assert!(first.exists());
    }
}
