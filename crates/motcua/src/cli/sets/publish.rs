//! `motcua sets publish`: one set, or all whose day has come.

use std::fmt::Write as _;

use clap::Args;
use motcua_catalogue::Catalogue;
use motcua_catalogue::change_set::{Conflict, DraftCounts, DraftError, PublishError, Published};
use motcua_http::Clock;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::super::author::OfficeArgs;
use super::super::open::exit_of;
use super::show::{add_conflict, conflict_json};
use super::ways::{advice, refused};
use super::{PROGRAM, Printed, find};
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
        Err(error) if !is_conflict(&error) => return Err(refused(catalogue, set, error).await),
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
            let (state, why) =
                (find(catalogue, set).await?.state, why_nothing(counts(catalogue, set).await?));
            format!("Nothing of set {set} was published: {why}. The set is now {}.\n", state.words())
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
        Err(error) => {
            let advice = advice(error, &find(catalogue, set).await?);
            let advice = advice.map_or_else(String::new, |advice| format!("{advice}\n"));
            format!("Set {set} is not published: {error}.\n{advice}")
        }
    })
}

async fn counts(catalogue: &Catalogue, set: u64) -> Result<DraftCounts, Failure> {
    catalogue.draft_counts(set).await.map_err(|error| Failure::new(exit_of(&error), error))
}

/// Why there was nothing to write.
fn why_nothing(counts: DraftCounts) -> String {
    let DraftCounts { records, left_out, .. } = counts;
    match left_out {
        0 => format!("all of its {records} records are as it wants them already"),
        _ if left_out == records => format!("all of its {records} records are left out"),
        _ => format!(
            "{left_out} of its {records} records are left out, and the others are as it wants them already"
        ),
    }
}

async fn to_json(catalogue: &Catalogue, done: &Done) -> Result<Value, Failure> {
    let set = done.set;
    Ok(match &done.outcome {
        Ok(Published { place, run }) => {
            let (draft, counts) = (find(catalogue, set).await?, counts(catalogue, set).await?);
            let message = run.is_none().then(|| why_nothing(counts));
            json!({
                "set": set, "published": run.is_some(), "state": draft.state.as_str(), "records": counts.records,
                "left_out": counts.left_out, "run": run, "log": place.log, "sequence": place.sequence,
                "hash": place.hash, "conflicts": [], "message": message,
            })
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_which_nothing_is_published_says_why() {
        let why = |left_out| why_nothing(DraftCounts { records: 3, left_out, conflicts: 0 });
        assert_eq!(why(3), "all of its 3 records are left out");
        assert_eq!(why(0), "all of its 3 records are as it wants them already");
        assert!(why(1).starts_with("1 of its 3 records are left out, and the others"));
    }
}
