//! Looking at an index on disk without taking it over, for operators.

use std::path::Path;

use motcua_catalogue::LogPlace;

use crate::build;
use crate::error::SearchError;
use crate::schema::TextSchema;
use crate::store;

/// Place of the last change that the index in a folder has on disk; `None` where there is no index of this version's
/// layout. Works beside the process that writes it.
pub fn stored_place(dir: &Path) -> Result<Option<LogPlace>, SearchError> {
    let Some(folder) = store::current_build(&dir.join(TextSchema::new().layout_name()))? else {
        return Ok(None);
    };
    Ok(Some(build::stored_place(&folder)?))
}

/// Number of that change alone.
pub fn stored_sequence(dir: &Path) -> Result<Option<u64>, SearchError> {
    Ok(stored_place(dir)?.map(|place| place.sequence))
}
