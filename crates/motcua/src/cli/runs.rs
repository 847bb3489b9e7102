//! `motcua runs`: what was written together, by whom and why. `motcua undo`: takes a run back as a whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::Args;
use motcua_catalogue::{Left, Refusal, Run, UndoError, Undone};
use serde_json::{Value, json};

use super::author::AuthorArgs;
use super::interruptible;
use super::limit::at_least_one;
use super::open::{exit_of, with_catalogue};
use super::progress::{Mark, Meter};
use super::refusal::words;
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua runs`.
#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// How many, the newest first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least_one)]
    limit: u32,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

/// Options of `motcua undo`.
#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// The run, by the name that `motcua runs` shows
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    author: AuthorArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(effective: &Effective, args: &RunsArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let done = interruptible(async |_| {
        with_catalogue(&effective.config, "motcua runs", async |catalogue| {
            catalogue.runs(args.limit).await.map_err(|error| Failure::new(exit_of(&error), error))
        })
        .await
    })?;
    let Some(runs) = done else { return Ok(Exit::Interrupted) };
    output::data(&if args.json { to_json(&runs) } else { to_text(&runs) })?;
    Ok(Exit::Done)
}

fn to_json(runs: &[Run]) -> String {
    let runs: Vec<Value> = runs
        .iter()
        .map(|run| {
            json!({
                "run": run.name, "kind": run.kind, "actor_kind": run.actor_kind, "actor": run.actor,
                "reason": run.reason, "note": run.note, "decision": run.decision, "at": run.at,
                "first_sequence": run.first_sequence, "last_sequence": run.last_sequence,
                "counts": run.counts, "details": run.details, "undoes": run.undoes,
                "undone_by": run.undone_by, "undone": run.is_undone,
            })
        })
        .collect();
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(&runs).unwrap_or_default() + "\n"
}

fn to_text(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "Nothing was written yet.\n".to_owned();
    }
    let mut text = String::new();
    for run in runs {
        let _ = write!(
            text,
            "{}  {}  {}  changes {}–{}",
            run.name,
            run.at.format("%Y-%m-%d %H:%M:%S UTC"),
            run.actor,
            run.first_sequence,
            run.last_sequence
        );
        let counts: Vec<String> = run
            .counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(effect, count)| format!("{count} {}", effect.replace('_', " ")))
            .collect();
        if !counts.is_empty() {
            let _ = write!(text, "  ({})", counts.join(", "));
        }
        if let Some(by) = &run.undone_by {
            let _ = write!(text, "  undone by {by}");
        } else if run.is_undone {
            text.push_str("  undone");
        }
        if let Some(undone) = &run.undoes {
            let _ = write!(text, "  undoes {undone}");
        }
        text.push('\n');
        if let Some(what) = run.details.as_ref().and_then(about) {
            let _ = writeln!(text, "    what: {what}");
        }
        for (name, said) in [("why", &run.reason), ("note", &run.note), ("decision", &run.decision)] {
            if let Some(said) = said {
                let _ = writeln!(text, "    {name}: {said}");
            }
        }
    }
    text
}

/// What a run was about: the record that was corrected, the set that was published, the files that were read.
fn about(details: &Value) -> Option<String> {
    if let Some(record) = details.get("record").and_then(Value::as_str) {
        let act = details.get("act").and_then(Value::as_str).unwrap_or_default();
        return Some(format!("{record} {act}").trim_end().to_owned());
    }
    if let Some(set) = details.get("set").and_then(Value::as_u64) {
        return Some(format!("set {set}"));
    }
    let files = details.get("files").and_then(Value::as_array)?;
    let names: Vec<&str> = files.iter().filter_map(Value::as_str).collect();
    Some(names.join(", "))
}

pub(super) fn undo(effective: &Effective, args: &UndoArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let done = interruptible(async |stop| {
        let mut meter = Meter::new();
        let mut progress = |done| {
            meter.show("undoing", Mark { rows: done, done, whole: None });
            !stop.is_cancelled()
        };
        let (permit, reason) = (args.author.permit("undo"), args.author.reason());
        with_catalogue(&effective.config, "motcua undo", async |catalogue| {
            match Box::pin(catalogue.undo_run(&permit, &reason, &args.run, &mut progress)).await {
                Err(UndoError::NothingLeft { run, left }) if args.json => Ok(Err((run, left))),
                done => done.map(Ok).map_err(failure),
            }
        })
        .await
    })?;
    let Some(done) = done else {
        output::words(UndoError::Interrupted);
        return Ok(Exit::Interrupted);
    };
    match done {
        Ok(undone) => output::data(&if args.json { undone_json(&undone) } else { undone_text(&undone) })?,
        Err((run, left)) => {
            output::data(&nothing_json(&run, &left))?;
            return Ok(Exit::Problems);
        }
    }
    Ok(Exit::Done)
}

fn failure(error: UndoError) -> Failure {
    let exit = match &error {
        UndoError::NoSuchRun(_) => Exit::Usage,
        UndoError::Storage(error) => exit_of(error),
        UndoError::Interrupted => Exit::Interrupted,
        UndoError::NothingLeft { left, .. } => {
            let mut text = error.to_string();
            text.push('\n');
            add_left(&mut text, left);
            return Failure::say(Exit::Problems, text.trim_end().to_owned());
        }
        _ => Exit::Problems,
    };
    Failure::new(exit, error)
}

/// Why a record was left alone, by a name for programs.
fn why(left: &Left) -> &'static str {
    left.refusal.as_ref().map_or("written_since", Refusal::code)
}

fn left_json(left: &[Left]) -> Vec<Value> {
    left.iter().map(|left| json!({ "kind": left.kind, "key": left.key, "why": why(left) })).collect()
}

fn undone_json(undone: &Undone) -> String {
    let report = json!({
        "run": undone.run, "by": undone.by, "withdrawn": undone.withdrawn, "restored": undone.restored,
        "left": left_json(&undone.left), "log": undone.place.log, "sequence": undone.place.sequence,
        "hash": undone.place.hash,
    });
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

/// What is said in JSON where nothing could be undone.
fn nothing_json(run: &str, left: &[Left]) -> String {
    let report = json!({
        "run": run, "by": null, "withdrawn": 0, "restored": 0, "left": left_json(left), "error": "nothing_left",
    });
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn undone_text(undone: &Undone) -> String {
    let mut text = format!(
        "Run {} undone: {} records withdrawn, {} as before; up to change {}.\n",
        undone.run, undone.withdrawn, undone.restored, undone.place.sequence
    );
    add_left(&mut text, &undone.left);
    if let Some(by) = &undone.by {
        let _ = writeln!(text, "To take this back: motcua undo {by}");
    }
    text
}

/// So many records that were left alone are named; JSON names all.
const NAMED: usize = 20;

/// The records that were left alone: how many of each kind and why, and some of them by name.
fn add_left(text: &mut String, left: &[Left]) {
    if left.is_empty() {
        return;
    }
    let _ = writeln!(text, "{} records were left alone:", left.len());
    if left.len() > NAMED {
        let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for one in left {
            *counts.entry((one.kind.as_str(), why(one))).or_default() += 1;
        }
        for ((kind, why), count) in counts {
            let _ = writeln!(text, "  {count} {kind}: {}", why.replace('_', " "));
        }
    }
    for Left { kind, key, refusal } in left.iter().take(NAMED) {
        let why = match refusal {
            None => "written to since".to_owned(),
            Some(refusal) => words(refusal),
        };
        let _ = writeln!(text, "  {} {key}: {why}", kind.as_str());
    }
    if left.len() > NAMED {
        let _ = writeln!(text, "  … and {} more; --json names them all", left.len() - NAMED);
    }
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::EntityKind;

    use super::*;

    #[test]
    fn many_records_that_were_left_are_counted_and_some_named() {
        let left =
            |number: usize, refusal| Left { kind: EntityKind::Centre, key: format!("c{number:05}"), refusal };
        let mut text = String::new();
        add_left(&mut text, &[left(1, None)]);
        assert_eq!(text, "1 records were left alone:\n  centre c00001: written to since\n");
        let needed = || Some(Refusal::Needed { by: "task t-1".to_owned(), others: 0 });
        let many: Vec<Left> =
            (0..1_557).map(|number| left(number, if number < 7 { needed() } else { None })).collect();
        let mut text = String::new();
        add_left(&mut text, &many);
        assert!(text.contains("  7 centre: needed\n  1550 centre: written since\n"), "{text}");
        assert!(text.ends_with("  … and 1537 more; --json names them all\n"), "{text}");
        assert_eq!(text.lines().count(), 1 + 2 + NAMED + 1);
    }
}
