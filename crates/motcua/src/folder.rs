//! The data folder: what lies where, and who may write the index.
//!
//! The database looks after its own writers. The index has exactly one: whoever holds the lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use motcua_catalogue::{PostgresOptions, StorageOptions};

use crate::config::Config;
use crate::exit::{Exit, Failure, OrExit as _};

/// The data folder.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    root: PathBuf,
}

/// Held as long as this process may write the index; the system releases it even if the process is killed.
#[derive(Debug)]
pub(crate) struct IndexLock {
    _file: File,
}

impl DataFolder {
    /// The folder of a configuration, which may not exist yet.
    pub(crate) fn of(config: &Config) -> Self {
        Self { root: config.storage.data_dir.clone() }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// Where the search index lies.
    pub(crate) fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// The SQLite file.
    pub(crate) fn sqlite(&self) -> PathBuf {
        self.root.join("motcua.sqlite")
    }

    /// Makes the folder if it is absent; on Unix nobody but its owner may look inside.
    pub(crate) fn create(&self) -> Result<(), Failure> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.root)
            .or_exit(Exit::File, format!("cannot make the data folder {}", self.root.display()))
    }

    /// Takes the right to write the index, or says which process has it.
    pub(crate) fn lock_index(&self) -> Result<IndexLock, Failure> {
        let path = self.root.join("index.lock");
        let unusable = format!("cannot write {}", path.display());
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .or_exit(Exit::File, unusable.clone())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The number is a help only; without it the message still stands.
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                let who = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
                return Err(Failure::say(
                    Exit::InUse,
                    format!(
                        "the index in {} is being written by another process{who}; stop that `motcua serve` or \
                         `motcua reindex` first, or name another folder by --data-dir",
                        self.root.display()
                    ),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(Failure::new(Exit::File, error)),
        }
        note_holder(&mut file).or_exit(Exit::File, unusable)?;
        Ok(IndexLock { _file: file })
    }
}

fn note_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Where the catalogue is stored, for a command that does its work and ends. It reads where it writes: what it reads must
/// not be older than what it is about to change.
pub(crate) fn storage(config: &Config) -> StorageOptions {
    match &config.storage.database_url {
        Some(url) => StorageOptions::Postgres(PostgresOptions {
            url: url.expose().to_owned(),
            reader_url: None,
            writer_connections: config.storage.writer_connections,
            reader_connections: config.storage.reader_connections,
        }),
        None => StorageOptions::Sqlite(DataFolder::of(config).sqlite()),
    }
}

/// Where the catalogue is stored, for a server: it reads at the address for readers, where there is one.
pub(crate) fn serving_storage(config: &Config) -> StorageOptions {
    let mut storage = storage(config);
    if let (StorageOptions::Postgres(options), Some(url)) = (&mut storage, &config.storage.reader_url) {
        options.reader_url = Some(url.expose().to_owned());
    }
    storage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_process_at_a_time_may_write_the_index() {
        let root = std::env::temp_dir().join(format!("motcua-folder-{}", std::process::id()));
        let folder = DataFolder { root: root.clone() };
        folder.create().expect("made");
        let held = folder.lock_index().expect("free");
        let refused = folder.lock_index().expect_err("held");
        assert_eq!(refused.exit, Exit::InUse);
        assert!(refused.to_string().contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        folder.lock_index().expect("free again");
        std::fs::remove_dir_all(root).expect("removed");
    }
}
