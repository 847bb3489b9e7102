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

#[cfg(test)]
mod tests {
    use motcua_catalogue::{Catalogue, StorageOptions};

    use super::*;
    use crate::engine::{Engine, EngineOptions};

    #[tokio::test]
    async fn the_whole_place_is_read_beside_the_process_that_writes() {
        let dir = tempfile::tempdir().expect("a folder");
        let index = dir.path().join("index");
        assert_eq!(stored_place(&index).expect("readable"), None);
        let options = StorageOptions::Sqlite(dir.path().join("catalogue.db"));
        let catalogue = Catalogue::open(&options).await.expect("opens");
        let engine = Engine::open(catalogue, &index, EngineOptions::default()).await.expect("opens");
        assert_eq!(stored_place(&index).expect("readable"), Some(engine.place()));
    }
}
