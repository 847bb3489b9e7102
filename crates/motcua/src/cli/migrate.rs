//! `motcua migrate`: brings the database up to date and stops.

use super::open::open_catalogue;
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

pub(super) fn run(effective: &Effective) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    super::runtime()?.block_on(open_catalogue(&effective.config))?;
    output::words("The database is up to date.");
    Ok(Exit::Done)
}
