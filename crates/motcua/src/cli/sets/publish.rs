//! `motcua sets publish`: one set, or all whose day has come.

use std::fmt::Write as _;

use clap::Args;
use motcua_catalogue::Catalogue;
use motcua_catalogue::change_set::{Conflict, DraftError, PublishError, Published};
use motcua_http::Clock;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::super::author::OfficeArgs;
use super::super::open::exit_of;
use super::show::{add_conflict, conflict_json};
use super::{PROGRAM, Printed, failure};
use crate::exit::{Exit, Failure};

/// Options of `motcua sets publish`.
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    /// Number of the set
    #[arg(value_name = "SET", required_unless_present = "due", conflicts_with = "due")]
    set: Option<u64>,
    /// Publish every approved set that has a day, once that has come; one in conflict does not stop the others
    #[arg(long)]
    due: bool,
    #[command(flatten)]
    office: OfficeArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// What became of one set.
struct Done {
    set: u64,
    outcome: Result<Published, DraftError>,
}

pub(super) async fn run(catalogue: &Catalogue, args: &PublishArgs, stop: &CancellationToken) -> Printed {
    let permit = args.office.permit(PROGRAM);
    let today = Clock::System.today();
    let Some(set) = args.set else {
        let due = catalogue.publish_due(&permit, today).await;
        let due = due.map_err(|error| Failure::new(exit_of(&error), error))?;
        let due: Vec<Done> = due.into_iter().map(|(set, outcome)| Done { set, outcome }).collect();
        return report_due(catalogue, due, args.json).await;
    };
    let outcome = catalogue.publish_draft(&permit, set, today, &mut |_| !stop.is_cancelled()).await;
    let outcome = match outcome {
        Err(error) if !is_conflict(&error) => return Err(failure(error)),
        outcome => outcome,
    };
    let done = Done { set, outcome };
    let exit = exit_of_all(std::slice::from_ref(&done));
    if args.json {
        return Ok((pretty(&to_json(catalogue, &done).await?), exit));
    }
    Ok((to_text(catalogue, &done).await?, exit))
}

fn is_conflict(error: &DraftError) -> bool {
    matches!(error, DraftError::Publish(PublishError::Conflicts(_)))
}

fn exit_of_all(done: &[Done]) -> Exit {
    if done.iter().all(|done| done.outcome.is_ok()) { Exit::Done } else { Exit::Problems }
}

async fn report_due(catalogue: &Catalogue, due: Vec<Done>, json: bool) -> Printed {
    let exit = exit_of_all(&due);
    if json {
        let mut reports = Vec::new();
        for done in &due {
            reports.push(to_json(catalogue, done).await?);
        }
        return Ok((pretty(&Value::Array(reports)), exit));
    }
    if due.is_empty() {
        return Ok(("No set is due.\n".to_owned(), exit));
    }
    let mut text = String::new();
    for done in &due {
        text += &to_text(catalogue, done).await?;
    }
    Ok((text, exit))
}

fn pretty(value: &Value) -> String {
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

async fn to_text(catalogue: &Catalogue, done: &Done) -> Result<String, Failure> {
    let set = done.set;
    Ok(match &done.outcome {
        Ok(Published { place, run: Some(run) }) => format!(
            "Set {set} is published, up to change {}.\nTo take it back: motcua undo {run}\n",
            place.sequence
        ),
        Ok(Published { run: None, .. }) => {
            format!("Set {set} has nothing left to write: everything is so already, or left out.\n")
        }
        Err(DraftError::Publish(PublishError::Conflicts(conflicts))) => {
            let mut text = format!("Set {set} is not published, and nothing of it was written:\n");
            for (position, conflict) in positions(catalogue, set, conflicts).await? {
                add_conflict(&mut text, position, conflict);
            }
            let _ = writeln!(
                text,
                "Send it back and leave these out (motcua sets return {set} --note TEXT, motcua sets leave-out {set} …), or make it anew."
            );
            text
        }
        Err(error) => format!("Set {set} is not published: {error}.\n"),
    })
}

async fn to_json(catalogue: &Catalogue, done: &Done) -> Result<Value, Failure> {
    let set = done.set;
    Ok(match &done.outcome {
        Ok(Published { place, run }) => json!({
            "set": set, "published": run.is_some(), "run": run, "log": place.log, "sequence": place.sequence,
            "hash": place.hash, "conflicts": [],
        }),
        Err(DraftError::Publish(PublishError::Conflicts(conflicts))) => {
            let conflicts: Vec<Value> = positions(catalogue, set, conflicts)
                .await?
                .into_iter()
                .map(|(position, conflict)| conflict_json(position, conflict))
                .collect();
            json!({ "set": set, "published": false, "conflicts": conflicts })
        }
        Err(error) => {
            json!({ "set": set, "published": false, "conflicts": [], "message": error.to_string() })
        }
    })
}

/// So many items are read at a time.
const GROUP: u32 = 1_000;

/// Conflicts with the positions of their records in the set.
async fn positions<'a>(
    catalogue: &Catalogue,
    set: u64,
    conflicts: &'a [Conflict],
) -> Result<Vec<(Option<u32>, &'a Conflict)>, Failure> {
    let mut found: Vec<(Option<u32>, &Conflict)> =
        conflicts.iter().map(|conflict| (None, conflict)).collect();
    let mut after = None;
    loop {
        let items = catalogue.draft_items(set, after, GROUP).await;
        let items = items.map_err(|error| Failure::new(exit_of(&error), error))?;
        let Some((last, _)) = items.last() else { return Ok(found) };
        after = Some(*last);
        for (position, item) in &items {
            for (at, conflict) in &mut found {
                if conflict.kind == item.kind && conflict.key == item.key {
                    *at = Some(*position);
                }
            }
        }
    }
}
