//! `motcua reindex`: builds the search index anew from the database.

use std::time::Instant;

use super::interruptible;
use super::open::{open_engine, with_catalogue};
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::DataFolder;
use crate::output;

pub(super) fn run(effective: &Effective) -> Result<Exit, Failure> {
    let folder = DataFolder::of(&effective.config);
    folder.create()?;
    let lock = folder.lock_index()?;
    let done = interruptible(async |_| {
        let started = Instant::now();
        with_catalogue(&effective.config, "motcua reindex", async |catalogue| {
            let engine = open_engine(catalogue.clone(), &folder, &lock, &effective.config).await?;
            engine.rebuild().await.or_exit(Exit::Storage, "cannot build the index")?;
            engine.close().await.or_exit(Exit::Storage, "cannot finish the index")?;
            let (sequence, seconds) = (engine.applied_sequence(), started.elapsed().as_secs_f64());
            output::words(format!("The index is new, up to change {sequence}, in {seconds:.1} s."));
            Ok(())
        })
        .await
    })?;
    if done.is_none() {
        output::words("Interrupted: the index before is still there, or the next start builds one.");
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::Done)
}
