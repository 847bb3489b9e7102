//! `motcua sample`: loads made-up data, into the catalogue or, with `--output`, into files.

use std::path::{Path, PathBuf};

use clap::Args;
use motcua_catalogue::import::FileKind;
use motcua_catalogue::sample::{self, SampleError, SampleReport};
use motcua_catalogue::{Catalogue, StorageOptions};

use super::open::{exit_of, with_catalogue};
use super::progress::Meter;
use super::{Common, export, interruptible};
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua sample`.
#[derive(Debug, Args)]
pub(super) struct SampleArgs {
    /// The whole country in 2020, for measuring, instead of Hà Tĩnh
    #[arg(long)]
    nation: bool,
    /// The seed that the whole country is made from; the same one gives the same data
    #[arg(long, value_name = "N", default_value_t = 2020, requires = "nation")]
    seed: u64,
    /// Write import files to this folder instead of loading the catalogue
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(common: &Common, args: &SampleArgs) -> Result<Exit, Failure> {
    let effective = common.load_and_log()?;
    let done = match &args.output {
        Some(folder) => {
            let done = interruptible(async |_| write(folder, args).await);
            // Whatever happened, nobody needs the workshop any more.
            remove_workshop(folder);
            done?
        }
        None => {
            DataFolder::of(&effective.config).create()?;
            interruptible(async |_| {
                with_catalogue(&effective.config, "motcua sample", async |catalogue| {
                    load_into(catalogue, args).await
                })
                .await
            })?
        }
    };
    if done.is_none() {
        if let Some(folder) = &args.output {
            export::remove_partial(folder, &FileKind::ALL);
        }
        output::words("Interrupted: nothing of the sample was kept.");
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::Done)
}

/// Loads the catalogue, unless it holds data that is not made up.
async fn load_into(catalogue: &Catalogue, args: &SampleArgs) -> Result<(), Failure> {
    let failed = "cannot read the catalogue";
    let sequence = catalogue.last_sequence().await.or_exit(Exit::Storage, failed)?;
    if sequence > 0 && !catalogue.shows_sample().await.or_exit(Exit::Storage, failed)? {
        return Err(Failure::say(
            Exit::Problems,
            "the catalogue holds data that is not made up, and the two must not mix: name an empty folder by --data-dir",
        ));
    }
    let report = load(catalogue, args).await?;
    let sequence = catalogue.last_sequence().await.or_exit(Exit::Storage, failed)?;
    output::data(&format!(
        "{} created, {} changed, {} same; up to change {sequence}.\n",
        report.created, report.changed, report.same
    ))
}

async fn load(catalogue: &Catalogue, args: &SampleArgs) -> Result<SampleReport, Failure> {
    let mut meter = Meter::new();
    let loaded = if args.nation {
        sample::load_nation(catalogue, args.seed, &mut |progress| meter.show("nation", progress.into())).await
    } else {
        sample::load_hatinh(catalogue, &mut |progress| meter.show("Hà Tĩnh", progress.into())).await
    };
    loaded.map_err(|error| {
        let exit = match &error {
            SampleError::Storage(error) => exit_of(error),
            SampleError::Refused { .. } => Exit::Problems,
            _ => Exit::Storage,
        };
        Failure::new(exit, error)
    })
}

/// Makes the data in a database of its own and exports it.
async fn write(folder: &Path, args: &SampleArgs) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).or_exit(Exit::File, format!("cannot make {}", folder.display()))?;
    let catalogue = Catalogue::open(&StorageOptions::Sqlite(workshop(folder)))
        .await
        .or_exit(Exit::Storage, format!("cannot make a database in {}", folder.display()))?;
    load(&catalogue, args).await?;
    let files = export::write_files(&catalogue, folder, &FileKind::ALL).await?;
    catalogue.close().await.or_exit(Exit::Storage, "cannot close the database")?;
    export::report(&files)
}

/// The database in which files are made.
fn workshop(folder: &Path) -> PathBuf {
    folder.join(format!(".sample-{}.sqlite", std::process::id()))
}

fn remove_workshop(folder: &Path) {
    let path = workshop(folder);
    for ending in ["", "-wal", "-shm", "-opening", "-writer"] {
        let file = PathBuf::from(format!("{}{ending}", path.display()));
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            output::words(format!("cannot remove {}: {error}", file.display()));
        }
    }
}
