//! `motcua log`: checks the chain of the change log, tells where it ends, and gives it a new id after a restore.

use clap::{Args, Subcommand};
use motcua_catalogue::{BrokenLog, Catalogue, LogCheck, LogPlace};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::interruptible;
use super::open::{exit_of, with_catalogue};
use super::progress::{Mark, Meter};
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua log`.
#[derive(Debug, Args)]
pub(super) struct LogArgs {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// Checks every entry of the change log against its hash, and tells the first that is broken
    Verify(JsonArgs),
    /// Gives the log a new id; to be run once after the database was restored from a copy
    Restored(JsonArgs),
    /// Prints where the log ends: its id, the number of the last entry, and its hash
    Place(JsonArgs),
}

#[derive(Debug, Args)]
struct JsonArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What to do about a log whose entries are not as they were written.
pub(super) const REMEDY: &str = "something else wrote to the database: stop writing, keep a copy of it as it is to find out what \
     happened, restore the last good backup, and run `motcua log restored`";

pub(super) fn run(effective: &Effective, args: &LogArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let done = interruptible(async |stop| {
        with_catalogue(&effective.config, "motcua log", async |catalogue| match &args.command {
            LogCommand::Verify(args) => verify(catalogue, args, &stop).await,
            LogCommand::Restored(args) => {
                let before = catalogue.written_head().await.map_err(failure)?;
                let place = catalogue.mark_restored().await.map_err(failure)?;
                let text = format!(
                    "The log has a new id, {}, from entry {} on; before it was {}.\n\
                     Running servers see it by themselves. Whoever follows the log elsewhere reads it anew.\n",
                    place.log, place.sequence, before.log
                );
                output::data(&if args.json { to_json(&place) } else { text })?;
                Ok(Exit::Done)
            }
            LogCommand::Place(args) => {
                let place = catalogue.written_head().await.map_err(failure)?;
                output::data(&if args.json { to_json(&place) } else { format!("{place}\n") })?;
                Ok(Exit::Done)
            }
        })
        .await
    })?;
    Ok(done.unwrap_or(Exit::Interrupted))
}

async fn verify(catalogue: &Catalogue, args: &JsonArgs, stop: &CancellationToken) -> Result<Exit, Failure> {
    let whole = catalogue.written_head().await.map_err(failure)?.sequence;
    let mut meter = Meter::new();
    let mut progress = |sound: u64| {
        meter.show("change log", Mark { rows: sound, done: sound, whole: Some(whole) });
        !stop.is_cancelled()
    };
    let check = catalogue.verify_log(&mut progress).await.map_err(failure)?;
    drop(meter);
    if stop.is_cancelled() {
        output::words(format!("Interrupted: the first {} entries are sound.", check.sound));
        return Ok(Exit::Interrupted);
    }
    output::data(&if args.json { check_to_json(&check) } else { check_to_text(&check) })?;
    Ok(if check.broken.is_some() { Exit::Problems } else { Exit::Done })
}

fn failure(error: motcua_catalogue::StorageError) -> Failure {
    Failure::new(exit_of(&error), error)
}

/// The first fault of a log in words.
pub(super) fn words(broken: &BrokenLog) -> String {
    match broken {
        BrokenLog::Missing(number) => format!("entry {number} is missing"),
        BrokenLog::Unchained(number) => {
            format!("entry {number} has no hash, or there is a hash {number} without its entry")
        }
        BrokenLog::Altered(number) => {
            format!("entry {number}, or its hash, was altered after it was written")
        }
        BrokenLog::Head { last, head } if last == head => {
            format!("the head of the log has another hash than entry {last}, the last one")
        }
        BrokenLog::Head { last, head } => {
            format!("the head of the log says that it ends at entry {head}, but it ends at entry {last}")
        }
    }
}

fn check_to_text(check: &LogCheck) -> String {
    let LogCheck { sound, head, broken } = check;
    match broken {
        None => format!("The change log is sound: {sound} entries, up to {head}.\n"),
        Some(broken) => {
            format!(
                "The change log is broken: {}. Sound before that: {sound} entries.\nWhat to do: {REMEDY}.\n",
                words(broken)
            )
        }
    }
}

fn check_to_json(check: &LogCheck) -> String {
    let broken = check.broken.as_ref().map(|broken| {
        let (kind, entry) = match broken {
            BrokenLog::Missing(number) => ("missing", number),
            BrokenLog::Unchained(number) => ("unchained", number),
            BrokenLog::Altered(number) => ("altered", number),
            BrokenLog::Head { head, .. } => ("head", head),
        };
        json!({"kind": kind, "entry": entry, "detail": words(broken), "remedy": REMEDY})
    });
    let value = json!({
        "sound": check.broken.is_none(),
        "sound_entries": check.sound,
        "head": check.head,
        "broken": broken,
    });
    format!("{value:#}\n")
}

fn to_json(place: &LogPlace) -> String {
    format!(
        "{:#}\n",
        json!({"log": place.log, "sequence": place.sequence, "hash": place.hash, "place": place.to_string()})
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_with_its_number_and_a_remedy() {
        let head: LogPlace = format!("{}.9.{}", "0".repeat(32), "0".repeat(64)).parse().expect("a place");
        let faults = [
            (BrokenLog::Missing(4), "entry 4 "),
            (BrokenLog::Unchained(5), "entry 5 "),
            (BrokenLog::Altered(6), "entry 6,"),
            (BrokenLog::Head { last: 7, head: 9 }, "at entry 9, but it ends at entry 7"),
            (BrokenLog::Head { last: 9, head: 9 }, "another hash than entry 9"),
        ];
        for (broken, told) in faults {
            let check = LogCheck { sound: 3, head: head.clone(), broken: Some(broken) };
            let text = check_to_text(&check);
            assert!(text.contains(told) && text.contains("motcua log restored"), "{text}");
            let json: serde_json::Value = serde_json::from_str(&check_to_json(&check)).expect("JSON");
            assert_eq!((&json["sound"], &json["sound_entries"]), (&false.into(), &3.into()));
            assert!(json["broken"]["detail"].as_str().is_some_and(|detail| detail.contains(told)), "{json}");
        }
        let check = LogCheck { sound: 9, head, broken: None };
        assert!(check_to_text(&check).starts_with("The change log is sound: 9 entries"));
    }
}
