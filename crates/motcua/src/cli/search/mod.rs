//! `motcua search`: what editors of the word lists work with.

mod eval;
mod lint;
mod try_query;
mod work;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use motcua_catalogue::Catalogue;
use motcua_search::{Engine, EngineOptions};

use super::open::open_catalogue;
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::{DataFolder, storage};

/// Options of `motcua search`.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    #[command(subcommand)]
    command: SearchCommand,
}

#[derive(Debug, Subcommand)]
enum SearchCommand {
    /// Asks judged queries and prints how well they are answered
    Eval(eval::EvalArgs),
    /// Looks the word lists over: faults, and rules that the catalogue makes useless
    Lint(lint::LintArgs),
    /// Asks one query and tells how it was read and what each score is made of
    Try(try_query::TryArgs),
    /// Lists searches that found nothing or of whose results none was opened
    Work(work::WorkArgs),
}

/// Where the catalogue and the word lists come from.
#[derive(Debug, Args)]
pub(super) struct Sources {
    /// Folder of word lists to use instead of the configured ones
    #[arg(long, value_name = "DIR")]
    lists: Option<PathBuf>,
    /// Use the procedures and units that the binary carries instead of the data folder
    #[arg(long)]
    bundled: bool,
}

/// An engine of its own, which disturbs no running server: its index lies in a folder that goes away with it.
pub(super) struct Workbench {
    pub(super) engine: Engine,
    catalogue: Catalogue,
    _folder: tempfile::TempDir,
}

pub(super) fn run(effective: &Effective, args: &SearchArgs) -> Result<Exit, Failure> {
    match &args.command {
        SearchCommand::Eval(args) => eval::run(effective, args),
        SearchCommand::Lint(args) => lint::run(effective, args),
        SearchCommand::Try(args) => try_query::run(effective, args),
        SearchCommand::Work(args) => work::run(effective, args),
    }
}

impl Sources {
    /// Works with an index of the catalogue, and closes the catalogue, whatever came of the work.
    async fn with<T>(
        &self,
        effective: &Effective,
        work: impl AsyncFnOnce(&Workbench) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let bench = self.open(effective).await?;
        let outcome = work(&bench).await;
        let closed = bench.catalogue.clone().close().await;
        let done = outcome?;
        closed.or_exit(Exit::Storage, "cannot close the catalogue")?;
        Ok(done)
    }

    /// Opens the catalogue and builds an index of it.
    async fn open(&self, effective: &Effective) -> Result<Workbench, Failure> {
        let folder = tempfile::tempdir().or_exit(Exit::File, "cannot make a folder for the index")?;
        let catalogue = if self.bundled {
            bundled(folder.path()).await?
        } else {
            DataFolder::of(&effective.config).create()?;
            open_catalogue(&effective.config, &storage(&effective.config), "motcua search").await?
        };
        let knowledge_dir = self.lists.clone().or_else(|| effective.config.search.lists_dir.clone());
        let options = EngineOptions { knowledge_dir, ..EngineOptions::default() };
        let engine = Engine::open(catalogue.clone(), &folder.path().join("index"), options)
            .await
            .or_exit(Exit::Problems, "cannot build an index for this command")?;
        Ok(Workbench { engine, catalogue, _folder: folder })
    }
}

/// A catalogue of the procedures and units in the binary.
async fn bundled(folder: &std::path::Path) -> Result<Catalogue, Failure> {
    let storage = motcua_catalogue::StorageOptions::Sqlite(folder.join("bundled.sqlite"));
    let catalogue =
        Catalogue::open(&storage).await.or_exit(Exit::Storage, "cannot make a catalogue for this command")?;
    motcua_catalogue::sample::load_facts(&catalogue, &mut |_| ())
        .await
        .or_exit(Exit::Storage, "cannot load the procedures in the binary")?;
    Ok(catalogue)
}
