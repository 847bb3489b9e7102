//! `motcua config`: what is set, and where it came from.

use clap::Args;

use super::{Common, ServerFlags};
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `motcua config`.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Print JSON: an array of key, value and source
    #[arg(long)]
    json: bool,
    /// Print every key with its environment name, default and meaning instead
    #[arg(long, conflicts_with = "json")]
    reference: bool,
    #[command(flatten)]
    server: ServerFlags,
}

pub(super) fn run(common: &Common, args: &ConfigArgs) -> Result<Exit, Failure> {
    if args.reference {
        output::data(&crate::config::reference())?;
        return Ok(Exit::Done);
    }
    let effective = common.load(&args.server)?;
    output::data(&if args.json { effective.to_json() } else { effective.to_toml() })?;
    Ok(Exit::Done)
}
