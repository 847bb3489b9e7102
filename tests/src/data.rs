//! Files that tests read.

use std::path::{Path, PathBuf};

/// Root of the repository.
///
/// # Panics
///
/// Where the crate was moved out of it.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository")
}

/// A file of the full national data, which is not part of the repository: `MOTCUA_TEST_DATA`, or `../shared/data`
/// beside it. Absent, the caller skips; this says so.
pub fn full_data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MOTCUA_TEST_DATA")
        .map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: the full national data ({name}) are not at hand; MOTCUA_TEST_DATA names their folder");
    None
}
