//! Opens database and index for a command, with the exit code that each failure deserves, and closes the database.

use motcua_catalogue::{Catalogue, StorageError, StorageOptions};
use motcua_search::{Engine, EngineOptions, SearchError};

use super::progress::{Mark, Meter};
use crate::config::Config;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::{DataFolder, IndexLock, storage};

/// Opens the catalogue for a command, works with it, and closes it, whatever came of the work.
pub(super) async fn with_catalogue<T>(
    config: &Config,
    program: &str,
    work: impl AsyncFnOnce(&Catalogue) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let catalogue = open_catalogue(config, &storage(config), program).await?;
    let outcome = work(&catalogue).await;
    let closed = catalogue.close().await;
    match (outcome, closed) {
        (outcome, Ok(())) => outcome,
        (Ok(_), Err(error)) => Err(error).or_exit(Exit::Storage, "cannot close the catalogue"),
        // Why the work failed is what matters.
        (Err(failure), Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not close the catalogue");
            Err(failure)
        }
    }
}

/// Opens the catalogue; its schema is brought up to date, and how long chaining an old log takes is shown.
pub(super) async fn open_catalogue(
    config: &Config,
    storage: &StorageOptions,
    program: &str,
) -> Result<Catalogue, Failure> {
    let mut meter = Meter::new();
    let mut progress = |done: u64| {
        meter.show("chaining the change log", Mark { rows: done, done, whole: None });
    };
    let opened = Catalogue::open_telling(storage, &mut progress).await;
    let catalogue = opened.map_err(|error| {
        let exit = exit_of(&error);
        let words = format!("cannot open the catalogue in {}", place(config));
        Failure::new(exit, anyhow::Error::new(error).context(words))
    })?;
    Ok(catalogue.called(program))
}

/// Where the catalogue is, for people.
pub(super) fn place(config: &Config) -> String {
    match &config.storage.database_url {
        Some(url) => url.to_string(),
        None => DataFolder::of(config).sqlite().display().to_string(),
    }
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
        StorageError::Busy { .. } => Exit::InUse,
        _ => Exit::Storage,
    }
}
