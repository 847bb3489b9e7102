//! `motcua export`: writes the catalogue as files that `motcua import` reads.

use std::path::{Path, PathBuf};

use clap::Args;
use motcua_catalogue::Catalogue;
use motcua_catalogue::export::{self, ExportError, ExportedFile};
use motcua_catalogue::import::FileKind;

use super::import::{kind_of, kinds};
use super::interruptible;
use super::open::{exit_of, place, with_catalogue};
use super::progress::{Mark, Meter};
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The folder to write to; files there are replaced when the new ones are complete
    #[arg(long, value_name = "DIR", default_value = "export")]
    output: PathBuf,
    /// Only this kind of record; may be given more than once
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Vec<String>,
}

pub(super) fn run(effective: &Effective, args: &ExportArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let kinds = if args.kind.is_empty() {
        FileKind::ALL.to_vec()
    } else {
        FileKind::ALL
            .into_iter()
            .filter(|kind| args.kind.iter().any(|name| kind_of(name) == Some(*kind)))
            .collect()
    };
    let done = interruptible(async |_| {
        with_catalogue(&effective.config, "motcua export", async |catalogue| {
            write_files(catalogue, &args.output, &kinds).await
        })
        .await
    })?;
    let Some(files) = done else {
        remove_partial(&args.output, &kinds);
        output::words("Interrupted: files that were complete are there.");
        return Ok(Exit::Interrupted);
    };
    report(&files)?;
    if files.iter().all(|file| file.rows == 0) {
        let what = if args.kind.is_empty() { "" } else { " of what was asked for" };
        let place = place(&effective.config);
        output::words(format!("The catalogue in {place} holds nothing{what}: the files have no rows."));
    }
    Ok(Exit::Done)
}

/// Writes files from one state of a catalogue.
pub(super) async fn write_files(
    catalogue: &Catalogue,
    folder: &Path,
    kinds: &[FileKind],
) -> Result<Vec<ExportedFile>, Failure> {
    let mut meter = Meter::new();
    let mut progress =
        |kind: FileKind, rows: u64| meter.show(kind.as_str(), Mark { rows, done: rows, whole: None });
    export::run(catalogue, folder, kinds, &mut progress).await.map_err(|error| {
        let exit = match &error {
            ExportError::Storage(error) => exit_of(error),
            ExportError::File { .. } => Exit::File,
        };
        Failure::new(exit, error)
    })
}

/// One line per file: path, kind and rows, with tabs between.
pub(super) fn report(files: &[ExportedFile]) -> Result<(), Failure> {
    let line =
        |file: &ExportedFile| format!("{}\t{}\t{}\n", file.path.display(), file.kind.as_str(), file.rows);
    output::data(&files.iter().map(line).collect::<String>())
}

/// Removes what an interrupted export left unfinished.
pub(super) fn remove_partial(folder: &Path, kinds: &[FileKind]) {
    for kind in kinds {
        let partial = folder.join(export::file_name(*kind)).with_extension("partial");
        if let Err(error) = std::fs::remove_file(&partial)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            output::words(format!("cannot remove {}: {error}", partial.display()));
        }
    }
}
