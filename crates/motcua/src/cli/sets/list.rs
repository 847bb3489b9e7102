//! `motcua sets`: the list.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use motcua_catalogue::Catalogue;
use motcua_catalogue::change_set::{Draft, DraftCounts, DraftState};
use serde_json::{Value, json};

use super::super::open::exit_of;
use super::{Printed, SetsArgs, standing};
use crate::exit::{Exit, Failure};

pub(super) async fn print(catalogue: &Catalogue, args: &SetsArgs) -> Printed {
    let failed = |error| Failure::new(exit_of(&error), error);
    let mut sets = Vec::new();
    for draft in catalogue.drafts(args.state, args.limit).await.map_err(failed)? {
        let counts = catalogue.draft_counts(draft.id).await.map_err(failed)?;
        sets.push((draft, counts));
    }
    let text = if args.json {
        let sets: Vec<Value> = sets.iter().map(|(draft, counts)| to_json(draft, *counts)).collect();
        // Numbers and texts always serialise.
        serde_json::to_string_pretty(&sets).unwrap_or_default() + "\n"
    } else if sets.is_empty() {
        none(args.state, &catalogue.drafts_by_state().await.map_err(failed)?)
    } else {
        sets.iter().map(|(draft, counts)| line(draft, *counts)).collect()
    };
    Ok((text, Exit::Done))
}

/// That there are none in a state, and how many there are in others.
fn none(state: Option<DraftState>, all: &BTreeMap<DraftState, u64>) -> String {
    let others: Vec<String> = all.iter().map(|(state, sets)| format!("{sets} {}", state.words())).collect();
    match state {
        Some(state) if !others.is_empty() => {
            format!(
                "No change set is in the state {}; there are others: {}.\n",
                state.words(),
                others.join(", ")
            )
        }
        _ => "There are no change sets.\n".to_owned(),
    }
}

/// A set in JSON, without its records.
pub(super) fn to_json(draft: &Draft, counts: DraftCounts) -> Value {
    let DraftCounts { records, left_out, conflicts } = counts;
    json!({
        "set": draft.id, "title": draft.title, "state": draft.state.as_str(),
        "actor_kind": draft.actor_kind, "actor": draft.actor, "staff": draft.staff,
        "reason": draft.reason, "note": draft.note, "decision": draft.decision,
        "effective_on": draft.effective_on, "base": draft.base, "run": draft.run,
        "undone_by": draft.undone_by, "version": draft.version,
        "created_at": draft.created_at, "changed_at": draft.changed_at,
        "records": records, "left_out": left_out, "conflicts": conflicts,
    })
}

/// A set in a line, and what was said of it below.
pub(super) fn line(draft: &Draft, counts: DraftCounts) -> String {
    let DraftCounts { records, left_out, conflicts } = counts;
    let mut text = format!(
        "{}  {}  {}  {}  {}  {records} records",
        draft.id,
        standing(draft),
        draft.changed_at.format("%Y-%m-%d %H:%M:%S UTC"),
        draft.actor,
        draft.title
    );
    for (count, what) in [(left_out, "left out"), (conflicts, "in conflict when last looked at")] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    if let Some(day) = draft.effective_on {
        let _ = write!(text, "  on {day}");
    }
    if let Some(run) = &draft.run {
        let _ = write!(text, "  by {run}");
    }
    if let Some(undoing) = &draft.undone_by {
        let _ = write!(text, ", undone by {undoing}");
    }
    text.push('\n');
    for (name, said) in [("why", &draft.reason), ("note", &draft.note), ("decision", &draft.decision)] {
        if let Some(said) = said {
            let _ = writeln!(text, "    {name}: {said}");
        }
    }
    text
}

#[cfg(test)]
pub(super) mod tests {
    use motcua_catalogue::ActorKind;

    use super::*;

    /// A set that waits for its day.
    pub(in super::super) fn draft() -> Draft {
        Draft {
            id: 7,
            title: "Niêm yết tháng 8".to_owned(),
            state: DraftState::InReview,
            actor_kind: ActorKind::Office,
            actor: "UBND xã Thạch Hà".to_owned(),
            staff: None,
            reason: Some("theo Quyết định 3005/QĐ-UBND".to_owned()),
            note: None,
            decision: None,
            effective_on: Some("2026-09-01".parse().expect("a day")),
            base: format!("{}.9.{}", "0".repeat(32), "0".repeat(64)).parse().expect("a place"),
            run: None,
            undone_by: None,
            version: 2,
            created_at: chrono::DateTime::UNIX_EPOCH,
            changed_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_line_says_how_far_a_set_has_come() {
        let counts = DraftCounts { records: 12, left_out: 1, conflicts: 0 };
        assert_eq!(
            line(&draft(), counts),
            "7  in review  1970-01-01 00:00:00 UTC  UBND xã Thạch Hà  Niêm yết tháng 8  12 records, 1 left out  on 2026-09-01\n    \
             why: theo Quyết định 3005/QĐ-UBND\n"
        );
        let json = to_json(&draft(), counts);
        assert_eq!((&json["state"], &json["base"]["sequence"]), (&json!("in_review"), &json!(9)));
        assert_eq!(json["undone_by"], Value::Null);
    }

    #[test]
    fn what_was_published_and_undone_is_not_called_published() {
        let undone = Draft {
            state: DraftState::Published,
            run: Some("change-set-2026-09-01-9".to_owned()),
            undone_by: Some("undo-2026-09-02-10".to_owned()),
            ..draft()
        };
        let counts = DraftCounts { records: 12, left_out: 0, conflicts: 0 };
        let line = line(&undone, counts);
        assert!(line.starts_with("7  undone  ") && !line.contains("published"), "{line}");
        assert!(line.contains("  by change-set-2026-09-01-9, undone by undo-2026-09-02-10\n"), "{line}");
        let json = to_json(&undone, counts);
        assert_eq!((&json["state"], &json["undone_by"]), (&json!("published"), &json!("undo-2026-09-02-10")));
    }

    #[test]
    fn a_state_without_sets_names_the_others() {
        let all = BTreeMap::from([(DraftState::InReview, 2), (DraftState::Published, 1)]);
        assert_eq!(
            none(Some(DraftState::Draft), &all),
            "No change set is in the state draft; there are others: 2 in review, 1 published.\n"
        );
        for state in [None, Some(DraftState::Draft)] {
            assert_eq!(none(state, &BTreeMap::new()), "There are no change sets.\n");
        }
    }
}
