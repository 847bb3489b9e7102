//! Opens database and index for a command, with the exit code that each failure deserves.

use motcua_catalogue::{Catalogue, StorageError};
use motcua_search::{Engine, EngineOptions, SearchError};

use crate::config::Config;
use crate::exit::{Exit, Failure, chain};
use crate::folder::{DataFolder, IndexLock, storage};

/// Opens the catalogue; its schema is brought up to date.
pub(super) async fn open_catalogue(config: &Config) -> Result<Catalogue, Failure> {
    Catalogue::open(&storage(config)).await.map_err(|error| {
        let exit = exit_of(&error);
        let place = match &config.storage.database_url {
            Some(url) => url.to_string(),
            None => DataFolder::of(config).sqlite().display().to_string(),
        };
        Failure::new(exit, anyhow::Error::new(error).context(format!("cannot open the catalogue in {place}")))
    })
}

/// Opens the index, which only the holder of its lock may do.
pub(super) async fn open_engine(
    catalogue: Catalogue,
    folder: &DataFolder,
    _lock: &IndexLock,
    config: &Config,
) -> Result<Engine, Failure> {
    let options =
        EngineOptions { knowledge_dir: config.search.lists_dir.clone(), ..EngineOptions::default() };
    Engine::open(catalogue, &folder.index(), options).await.map_err(|error| {
        let exit = match error {
            SearchError::InUse(_) => Exit::InUse,
            SearchError::Knowledge(_) => Exit::Configuration,
            _ => Exit::Storage,
        };
        let words = format!("cannot open the index in {}", folder.index().display());
        Failure::new(exit, anyhow::Error::new(error).context(words))
    })
}

/// The exit code of a storage failure.
pub(super) fn exit_of(error: &StorageError) -> Exit {
    match error {
        StorageError::BadAddress(_) => Exit::Configuration,
        StorageError::Interrupted => Exit::Interrupted,
        // Another process has been writing for longer than a writer waits.
        error if chain(error).contains("database is locked") => Exit::InUse,
        _ => Exit::Storage,
    }
}
