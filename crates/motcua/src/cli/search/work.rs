//! `motcua search work`: searches that found nothing or led nowhere, for the editors of the word lists.

use chrono::Days;
use clap::Args;
use motcua_http::Clock;

use super::super::interruptible;
use super::super::limit::at_least_one;
use super::super::open::with_catalogue;
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua search work`.
#[derive(Debug, Args)]
pub(super) struct WorkArgs {
    /// How many days to look back
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u16,
    /// Leaves out texts that were searched less often: they may be one person's own words
    #[arg(long, value_name = "N", default_value_t = 3)]
    least: u32,
    /// How many texts to list
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one)]
    limit: u32,
    /// Prints an array of text, searches, empty and clicks
    #[arg(long)]
    json: bool,
}

pub(super) fn run(effective: &Effective, args: &WorkArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let since = Clock::System.today() - Days::new(u64::from(args.days));
    let done = interruptible(async |_| {
        let work = with_catalogue(&effective.config, "motcua search", async |catalogue| {
            catalogue
                .search_work(since, args.least, u64::from(args.limit))
                .await
                .or_exit(Exit::Storage, "cannot read the counts of searches")
        })
        .await?;
        if args.json {
            let text = serde_json::to_string_pretty(&work).or_exit(Exit::Storage, "cannot write JSON")?;
            output::data(&format!("{text}\n"))?;
            return Ok(());
        }
        if work.is_empty() {
            output::words(format!(
                "Nothing to do: since {since} no text failed {} times or more.",
                args.least
            ));
            return Ok(());
        }
        output::data("searches  empty  opened  text\n")?;
        for text in work {
            output::data(&format!(
                "{:>8} {:>6} {:>7}  {}\n",
                text.searches, text.empty, text.clicks, text.text
            ))?;
        }
        Ok(())
    })?;
    Ok(if done.is_some() { Exit::Done } else { Exit::Interrupted })
}
