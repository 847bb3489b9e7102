//! `motcua migrate`: brings the database up to date and stops.

use super::open::with_catalogue;
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

pub(super) fn run(effective: &Effective) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    super::runtime()?.block_on(with_catalogue(&effective.config, "motcua migrate", async |_| Ok(())))?;
    output::words("The database is up to date.");
    Ok(Exit::Done)
}
