//! `motcua openapi`: the contract of the JSON API.

use crate::exit::{Exit, Failure};
use crate::output;

pub(super) fn run() -> Result<Exit, Failure> {
    output::data(&motcua_api::openapi_yaml())?;
    Ok(Exit::Done)
}
