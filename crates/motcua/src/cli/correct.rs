//! `motcua correct`: ends a record, gives it its right first day, or takes it out as a mistake.

use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use motcua_catalogue::{Applied, Command, CommandError, EntityKind, Expected, LogKey, Written};
use motcua_http::Clock;

use super::author::AuthorArgs;
use super::interruptible;
use super::open::{exit_of, with_catalogue};
use super::refusal;
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua correct`.
#[derive(Debug, Args)]
pub(super) struct CorrectArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A record ends: on this day it no longer holds
    End {
        #[command(flatten)]
        record: RecordArgs,
        /// First day on which it no longer holds, such as 2026-03-01 or 01/03/2026
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: NaiveDate,
    },
    /// A record began on another day than it says
    Rebegin {
        #[command(flatten)]
        record: RecordArgs,
        /// Its right first day
        #[arg(long, value_name = "DATE", value_parser = day)]
        from: NaiveDate,
    },
    /// A record was a mistake: it is taken out, and its history keeps it
    Withdraw {
        #[command(flatten)]
        record: RecordArgs,
    },
}

/// Which record, and for whom.
#[derive(Debug, Args)]
struct RecordArgs {
    /// Kind of the record
    #[arg(value_name = "KIND", value_parser = PossibleValuesParser::new(EntityKind::ALL.map(EntityKind::as_str)))]
    kind: String,
    /// Its key as histories show it, such as 1.001193/c18073-2025@2025-07-01 for a listing
    #[arg(value_name = "KEY")]
    key: String,
    /// Only if the record is still at this version
    #[arg(long, value_name = "N")]
    version: Option<u32>,
    #[command(flatten)]
    author: AuthorArgs,
}

/// A day, in the forms that the API takes.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    let parsed = motcua_http::parse_day(text, Clock::System.today());
    parsed.map_err(|reason| format!("{reason}; use a day such as 2025-07-01 or 01/07/2025"))
}

pub(super) fn run(effective: &Effective, args: &CorrectArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let record = match &args.what {
        What::End { record, .. } | What::Rebegin { record, .. } | What::Withdraw { record } => record,
    };
    let kind = EntityKind::ALL.into_iter().find(|kind| kind.as_str() == record.kind);
    let kind = kind.ok_or_else(|| Failure::say(Exit::Usage, "there is no such kind of record"))?;
    let key = LogKey::parse(kind, &record.key).map_err(|error| Failure::new(Exit::Usage, error))?;
    let reason = record.author.reason();
    let named = key.to_string();
    let written = match &args.what {
        What::Rebegin { from, .. } => begun(&key, *from).to_string(),
        What::End { .. } | What::Withdraw { .. } => named.clone(),
    };
    let command = match &args.what {
        What::End { on, .. } => Command::End { key, on: *on },
        What::Rebegin { from, .. } => Command::Rebegin { key, from: *from },
        What::Withdraw { .. } if reason.public.is_none() => {
            return Err(Failure::say(Exit::Usage, "say why it was a mistake: --reason TEXT"));
        }
        What::Withdraw { .. } => Command::Withdraw { key },
    };
    let expected = record.version.map_or(Expected::Any, Expected::Version);
    let permit = record.author.permit("correct");
    let done = interruptible(async |_| {
        with_catalogue(&effective.config, "motcua correct", async |catalogue| {
            catalogue.apply(&permit, &reason, expected, command).await.map_err(failure)
        })
        .await
    })?;
    let Some(Written { applied, run, .. }) = done else { return Ok(Exit::Interrupted) };
    let Some(run) = run else {
        output::data("The record was so already; nothing was written.\n")?;
        return Ok(Exit::Done);
    };
    let what = match applied {
        Applied::Withdrawn(_) => "is taken out; its history keeps it".to_owned(),
        _ if written != named => format!("is written, in place of {named}"),
        _ => "is written".to_owned(),
    };
    output::data(&format!("{} {written} {what}.\nTo take this back: motcua undo {run}\n", record.kind))?;
    Ok(Exit::Done)
}

/// The key of a record once it begins on another day.
fn begun(key: &LogKey, from: NaiveDate) -> LogKey {
    let mut key = key.clone();
    if let LogKey::Unit { from: first, .. }
    | LogKey::Procedure { from: first, .. }
    | LogKey::Availability { from: first, .. } = &mut key
    {
        *first = Some(from);
    }
    key
}

fn failure(error: CommandError) -> Failure {
    match error {
        CommandError::Refused(refusal) => {
            let words = refusal::words(&refusal);
            Failure::say(Exit::Problems, format!("{words}; nothing was written"))
        }
        CommandError::Storage(error) => Failure::new(exit_of(&error), error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_by_its_new_first_day() {
        let from = NaiveDate::from_ymd_opt(2025, 7, 15).expect("a day");
        for (kind, before, after) in [
            (
                EntityKind::Availability,
                "1.001193#a/c18073-2025@2025-07-01",
                "1.001193#a/c18073-2025@2025-07-15",
            ),
            (EntityKind::Procedure, "1.001193@-", "1.001193@2025-07-15"),
            (EntityKind::Unit, "18073@2025-07-01", "18073@2025-07-15"),
            // A centre is found by its id alone.
            (EntityKind::Centre, "c18073-2025", "c18073-2025"),
        ] {
            let key = LogKey::parse(kind, before).expect("a key");
            assert_eq!(begun(&key, from).to_string(), after);
        }
    }
}
