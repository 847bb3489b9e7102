//! `motcua sets show`: a set with its steps and records, and what keeps it from being published.

use std::fmt::Write as _;

use clap::Args;
use motcua_catalogue::change_set::{ChangeItem, Conflict, Draft, DraftCounts, DraftEvent, DraftState};
use motcua_catalogue::{Catalogue, Permit, Refusal};
use serde_json::{Value, json};

use super::super::limit::at_least_one;
use super::super::open::exit_of;
use super::super::refusal::words;
use super::difference::{Differing, differing, short};
use super::{Printed, failure, find, list};
use crate::exit::{Exit, Failure};

/// Options of `motcua sets show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Number of the set
    #[arg(value_name = "SET")]
    set: u64,
    /// How many records
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one)]
    limit: u32,
    /// Only records after this one
    #[arg(long, value_name = "POSITION")]
    after: Option<u32>,
    /// Print it as JSON, with the records as they are and as they are to be
    #[arg(long)]
    json: bool,
}

pub(super) async fn print(catalogue: &Catalogue, args: &ShowArgs) -> Printed {
    let failed = |error| Failure::new(exit_of(&error), error);
    let draft = find(catalogue, args.set).await?;
    let counts = catalogue.draft_counts(args.set).await.map_err(failed)?;
    let events = catalogue.draft_events(args.set).await.map_err(failed)?;
    let items = catalogue.draft_items(args.set, args.after, args.limit).await.map_err(failed)?;
    let is_waiting = !matches!(draft.state, DraftState::Published | DraftState::Withdrawn);
    let conflicts = if is_waiting {
        catalogue.draft_conflicts(&Permit::program(super::PROGRAM), args.set).await.map_err(failure)?
    } else {
        Vec::new()
    };
    // What was noted when it was last tried may be mended since.
    let counts = if is_waiting {
        DraftCounts { conflicts: u64::try_from(conflicts.len()).unwrap_or(u64::MAX), ..counts }
    } else {
        counts
    };
    if args.json {
        let mut set = list::to_json(&draft, counts);
        if let Value::Object(members) = &mut set {
            members.insert("events".to_owned(), events.iter().map(event_json).collect());
            let items = items.iter().map(|(position, item)| item_json(*position, item)).collect();
            members.insert("items".to_owned(), items);
            let conflicts =
                conflicts.iter().map(|(position, one)| conflict_json(Some(*position), one)).collect();
            members.insert("conflicts_now".to_owned(), conflicts);
        }
        // Numbers and texts always serialise.
        return Ok((serde_json::to_string_pretty(&set).unwrap_or_default() + "\n", Exit::Done));
    }
    let mut text = list::line(&draft, counts);
    add_events(&mut text, &draft, &events);
    for (position, item) in &items {
        add_item(&mut text, *position, item);
    }
    let last = items.last().map(|(position, _)| *position);
    if let Some(last) = last.filter(|last| u64::from(*last) < counts.records) {
        let _ = writeln!(text, "… and {} more: --after {last}", counts.records - u64::from(last));
    }
    if !conflicts.is_empty() {
        let _ = writeln!(text, "{} records could not be published now:", conflicts.len());
        for (position, conflict) in &conflicts {
            add_conflict(&mut text, Some(*position), conflict);
        }
    }
    Ok((text, Exit::Done))
}

fn add_events(text: &mut String, draft: &Draft, events: &[DraftEvent]) {
    let _ = writeln!(text, "    compared with change {}", draft.base.sequence);
    for event in events {
        let at = event.at.format("%Y-%m-%d %H:%M:%S UTC");
        let _ = write!(text, "    {at}  {}  {}", event.to.words(), event.actor);
        if let Some(note) = &event.note {
            let _ = write!(text, ": {note}");
        }
        text.push('\n');
    }
    if let Some(undoing) = &draft.undone_by {
        let _ = writeln!(text, "    its publication was undone by {undoing}");
    }
}

/// What happens to the record.
fn effect(item: &ChangeItem) -> &'static str {
    match (&item.before, &item.after) {
        (None, _) => "new",
        (Some(_), Some(_)) => "changed",
        (Some(_), None) => "withdrawn",
    }
}

fn add_item(text: &mut String, position: u32, item: &ChangeItem) {
    let _ = write!(text, "{position}  {} {}  {}", item.kind.as_str(), item.key, effect(item));
    if item.is_left_out {
        text.push_str("  left out");
    } else if item.outcome != motcua_catalogue::change_set::ItemOutcome::Open {
        let _ = write!(text, "  outcome: {}", item.outcome.as_str());
    }
    if let Some(refusal) = &item.refusal {
        let _ = write!(text, " ({refusal})");
    }
    text.push('\n');
    if item.after.is_none() {
        return;
    }
    for Differing { member, values: [before, after] } in
        differing([item.before.as_ref(), item.after.as_ref()])
    {
        let after = short(after.as_ref());
        let _ = match before {
            None if item.before.is_none() => writeln!(text, "    {member}: {after}"),
            before => writeln!(text, "    {member}: {} → {after}", short(before.as_ref())),
        };
    }
}

/// A record that stands in the way: what was wanted, what is stored, what was stored when the set was made.
pub(super) fn add_conflict(text: &mut String, position: Option<u32>, conflict: &Conflict) {
    let position = position.map_or_else(String::new, |position| format!("{position}  "));
    let _ =
        writeln!(text, "{position}{} {}: {}", conflict.kind.as_str(), conflict.key, words(&conflict.refusal));
    let Refusal::Stale { current, .. } = &conflict.refusal else { return };
    let states = [conflict.base.as_ref(), current.as_deref(), conflict.mine.as_ref()];
    for Differing { member, values: [base, theirs, mine] } in differing(states) {
        let [base, theirs, mine] = [base, theirs, mine].map(|value| short(value.as_ref()));
        let _ = writeln!(text, "    {member}: base {base}, theirs {theirs}, mine {mine}");
    }
}

fn item_json(position: u32, item: &ChangeItem) -> Value {
    let changes: Vec<Value> = differing([item.before.as_ref(), item.after.as_ref()])
        .into_iter()
        .map(|Differing { member, values: [before, after] }| {
            json!({ "member": member, "before": before, "after": after })
        })
        .collect();
    json!({
        "position": position, "kind": item.kind, "key": item.key, "effect": effect(item),
        "base_version": item.base_version, "outcome": item.outcome.as_str(), "refusal": item.refusal,
        "left_out": item.is_left_out, "before": item.before, "after": item.after, "changes": changes,
    })
}

/// A record that stands in the way, in JSON.
pub(super) fn conflict_json(position: Option<u32>, conflict: &Conflict) -> Value {
    let (theirs, version) = match &conflict.refusal {
        Refusal::Stale { current, current_version } => (current.as_deref().cloned(), Some(*current_version)),
        _ => (None, None),
    };
    json!({
        "position": position, "kind": conflict.kind, "key": conflict.key, "why": conflict.refusal.code(),
        "message": words(&conflict.refusal), "base": conflict.base, "theirs": theirs,
        "theirs_version": version, "mine": conflict.mine,
    })
}

fn event_json(event: &DraftEvent) -> Value {
    json!({
        "from": event.from.map(DraftState::as_str), "to": event.to.as_str(), "actor_kind": event.actor_kind,
        "actor": event.actor, "staff": event.staff, "note": event.note, "at": event.at,
    })
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::EntityKind;
    use motcua_catalogue::change_set::ItemOutcome;

    use super::*;

    fn item(before: Option<Value>, after: Option<Value>) -> ChangeItem {
        ChangeItem {
            kind: EntityKind::Centre,
            key: "p42".to_owned(),
            base_version: 1,
            before,
            after,
            outcome: ItemOutcome::Open,
            refusal: None,
            is_left_out: false,
        }
    }

    #[test]
    fn a_record_is_shown_by_what_changes() {
        let shown = |item: &ChangeItem| {
            let mut text = String::new();
            add_item(&mut text, 3, item);
            text
        };
        let (old, new) = (json!({"name": "a", "note": "x"}), json!({"name": "b", "note": "x"}));
        let mut changed = item(Some(old.clone()), Some(new.clone()));
        assert_eq!(shown(&changed), "3  centre p42  changed\n    name: \"a\" → \"b\"\n");
        changed.is_left_out = true;
        assert!(shown(&changed).starts_with("3  centre p42  changed  left out\n"));
        assert_eq!(shown(&item(Some(old), None)), "3  centre p42  withdrawn\n");
        assert_eq!(shown(&item(None, Some(new))), "3  centre p42  new\n    name: \"b\"\n    note: \"x\"\n");
    }

    #[test]
    fn a_conflict_names_base_theirs_and_mine() {
        let conflict = Conflict {
            kind: EntityKind::Centre,
            key: "p42".to_owned(),
            refusal: Refusal::Stale { current_version: 2, current: Some(Box::new(json!({"name": "c"}))) },
            mine: Some(json!({"name": "b"})),
            base: Some(json!({"name": "a"})),
        };
        let mut text = String::new();
        add_conflict(&mut text, Some(3), &conflict);
        assert!(text.starts_with("3  centre p42: the record is at version 2"), "{text}");
        assert!(text.ends_with("    name: base \"a\", theirs \"c\", mine \"b\"\n"), "{text}");
        let json = conflict_json(Some(3), &conflict);
        assert_eq!((&json["why"], &json["theirs"]["name"]), (&json!("stale"), &json!("c")));
    }
}
