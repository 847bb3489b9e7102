//! `motcua runs`: what was written together, by whom and why. `motcua undo`: takes a run back as a whole.

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
        for (name, said) in [("why", &run.reason), ("note", &run.note), ("decision", &run.decision)] {
            if let Some(said) = said {
                let _ = writeln!(text, "    {name}: {said}");
            }
        }
    }
    text
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
            catalogue.undo_run(&permit, &reason, &args.run, &mut progress).await.map_err(failure)
        })
        .await
    })?;
    let Some(undone) = done else {
        output::words(UndoError::Interrupted);
        return Ok(Exit::Interrupted);
    };
    output::data(&if args.json { undone_json(&undone) } else { undone_text(&undone) })?;
    Ok(Exit::Done)
}

fn failure(error: UndoError) -> Failure {
    let exit = match &error {
        UndoError::NoSuchRun(_) => Exit::Usage,
        UndoError::Storage(error) => exit_of(error),
        UndoError::Interrupted => Exit::Interrupted,
        _ => Exit::Problems,
    };
    Failure::new(exit, error)
}

fn undone_json(undone: &Undone) -> String {
    let left: Vec<Value> = undone
        .left
        .iter()
        .map(|left| {
            let why = left.refusal.as_ref().map_or("written_since", Refusal::code);
            json!({ "kind": left.kind, "key": left.key, "why": why })
        })
        .collect();
    let report = json!({
        "run": undone.run, "by": undone.by, "withdrawn": undone.withdrawn, "restored": undone.restored,
        "left": left, "log": undone.place.log, "sequence": undone.place.sequence, "hash": undone.place.hash,
    });
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn undone_text(undone: &Undone) -> String {
    let mut text = format!(
        "Run {} undone: {} records withdrawn, {} as before; up to change {}.\n",
        undone.run, undone.withdrawn, undone.restored, undone.place.sequence
    );
    if !undone.left.is_empty() {
        let _ = writeln!(text, "{} records were left alone:", undone.left.len());
        for Left { kind, key, refusal } in &undone.left {
            let why = match refusal {
                None => "written to since".to_owned(),
                Some(refusal) => words(refusal),
            };
            let _ = writeln!(text, "  {} {key}: {why}", kind.as_str());
        }
    }
    let _ = writeln!(text, "To take this back: motcua undo {}", undone.by);
    text
}
