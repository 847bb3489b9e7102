//! What rehearsals of earlier versions left when they were killed: folders with a copy of the whole database. Rehearsals
//! of today work on no copy. A folder in which some file is kept locked by a living owner is left alone.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// How the folders' names begin.
const PREFIX: &str = ".rehearsal-";

/// The file that the owner of a folder keeps locked.
const OWNER: &str = "owner.lock";

/// Removes the folders of rehearsals that were killed; returns them with the bytes that they took.
pub fn sweep_rehearsals(root: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut swept = Vec::new();
    for folder in folders(root)? {
        match File::open(folder.join(OWNER)) {
            Ok(owner) => match owner.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
            },
            // Killed before it had one, or made by an earlier version.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let bytes = size_of(&folder)?;
        std::fs::remove_dir_all(&folder)?;
        swept.push((folder, bytes));
    }
    Ok(swept)
}

fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_folders_of_the_dead_are_swept() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        assert_eq!(sweep_rehearsals(root).expect("swept"), []);
        let living = root.join(".rehearsal-3");
        std::fs::create_dir(&living).expect("made");
        let owner = File::create(living.join(OWNER)).expect("made");
        owner.lock().expect("locked");
        let dead = root.join(".rehearsal-1");
        std::fs::create_dir(&dead).expect("made");
        std::fs::write(dead.join(OWNER), "").expect("written");
        std::fs::write(dead.join("copy.sqlite"), [0; 1000]).expect("written");
        let older = root.join(".rehearsal-2");
        std::fs::create_dir(&older).expect("made");
        let mut swept = sweep_rehearsals(root).expect("swept");
        swept.sort();
        assert_eq!(swept, [(dead, 1000), (older, 0)]);
        assert!(living.is_dir());
        drop(owner);
        assert_eq!(sweep_rehearsals(root).expect("swept"), [(living, 0)]);
    }
}
