//! What can be done with a set next: whoever is refused a step is told the steps that there are.

use motcua_catalogue::Catalogue;
use motcua_catalogue::change_set::{Draft, DraftError, DraftState};

use super::failure;
use crate::exit::Failure;

/// What can be done with a set now, each with its command.
pub(super) fn ways(draft: &Draft) -> Vec<String> {
    let (id, state) = (draft.id, draft.state);
    let steps = DraftState::ALL.into_iter().filter(|next| state.right_to(*next).is_some());
    let mut ways: Vec<String> = steps.filter_map(|next| step(id, next)).collect();
    if state.is_open() {
        ways.push(format!("to leave a record out: motcua sets leave-out {id} POSITION"));
        ways.push(format!("to take it in again: motcua sets take-in {id} POSITION"));
    }
    if state.may_be_published() {
        let from = draft.effective_on.map_or_else(String::new, |day| format!(", from {day} on"));
        ways.push(format!("to publish it{from}: motcua sets publish {id}"));
    }
    match (&draft.run, &draft.undone_by) {
        (_, Some(undoing)) => ways.push(format!("to publish it again: motcua undo {undoing}")),
        (Some(run), None) => ways.push(format!("to take its publication back: motcua undo {run}")),
        (None, None) => {}
    }
    if ways.is_empty() {
        ways.push("to begin anew: motcua import --draft TITLE FILE".to_owned());
    }
    ways
}

/// The step to a state, with its command; none to where no step leads: imports make sets, and they are published by a
/// command of its own.
fn step(id: u64, next: DraftState) -> Option<String> {
    let (aim, command, rest) = match next {
        DraftState::InReview => ("to let others look at it", "submit", ""),
        DraftState::Approved => ("to approve it", "approve", ""),
        DraftState::Returned => ("to send it back", "return", " --note TEXT"),
        DraftState::Withdrawn => ("to give it up", "withdraw", ""),
        DraftState::Draft | DraftState::Published => return None,
    };
    Some(format!("{aim}: motcua sets {command} {id}{rest}"))
}

/// What is said below a refusal: how the set stands, and what can be done. Nothing where the refusal is of another sort.
pub(super) fn advice(error: &DraftError, draft: &Draft) -> Option<String> {
    let id = draft.id;
    let first = match error {
        DraftError::NoWay { .. } | DraftError::Closed(_) => None,
        DraftError::Stale(_) | DraftError::NoItem(_) => {
            Some(format!("to look at it as it is now: motcua sets show {id}"))
        }
        DraftError::NotDue(_) => Some("to wait: `motcua serve` publishes it by itself on its day".to_owned()),
        DraftError::Forbidden => Some("to ask somebody who has the right to this step".to_owned()),
        _ => return None,
    };
    let ways: String = first.into_iter().chain(ways(draft)).map(|way| format!("\n    {way}")).collect();
    Some(format!("  set {id} is {}; what can be done now:{ways}", super::standing(draft)))
}

/// A refused step as a failure that says what can be done instead.
pub(super) async fn refused(catalogue: &Catalogue, set: u64, error: DraftError) -> Failure {
    // Where it cannot be read, the refusal itself is what matters.
    let draft = catalogue.draft(set).await.ok().flatten();
    let advice = draft.and_then(|draft| advice(&error, &draft));
    let words = error.to_string();
    let failure = failure(error);
    match advice {
        Some(advice) => Failure::say(failure.exit, format!("{words}\n{advice}")),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::super::Cli;
    use super::super::list::tests::draft;
    use super::*;

    /// A set in a state, published where that is it.
    fn in_state(state: DraftState) -> Draft {
        let run = (state == DraftState::Published).then(|| "change-set-2026-09-01-9".to_owned());
        Draft { state, run, ..draft() }
    }

    #[test]
    fn every_step_that_there_is_has_its_command() {
        for state in DraftState::ALL {
            for next in DraftState::ALL {
                let is_told = step(7, next).is_some_and(|step| ways(&in_state(state)).contains(&step));
                assert_eq!(is_told, state.right_to(next).is_some(), "{state:?} to {next:?}");
            }
        }
    }

    #[test]
    fn from_every_state_something_can_be_done_and_the_command_line_takes_it() {
        let mut undone = in_state(DraftState::Published);
        undone.undone_by = Some("undo-2026-09-02-10".to_owned());
        let told = ways(&undone);
        assert_eq!(told, ["to publish it again: motcua undo undo-2026-09-02-10"]);
        let ways = DraftState::ALL.into_iter().flat_map(|state| {
            let ways = ways(&in_state(state));
            assert!(!ways.is_empty(), "{state:?}");
            ways
        });
        for way in ways.chain(told) {
            let (_, command) = way.split_once(": ").unwrap_or_else(|| panic!("no command in {way}"));
            let words = command.replace("POSITION", "1");
            let parsed = Cli::try_parse_from(words.split(' '));
            assert!(parsed.is_ok(), "{command}: {:?}", parsed.err().map(|error| error.to_string()));
        }
    }

    #[test]
    fn a_refusal_says_what_can_be_done_instead() {
        let early = DraftError::NoWay { from: DraftState::Draft, to: DraftState::Approved };
        let told = advice(&early, &in_state(DraftState::Draft)).expect("words");
        assert!(
            told.starts_with("  set 7 is draft; what can be done now:\n    to let others look at it: motcua sets submit 7\n"),
            "{told}"
        );
        let day = draft().effective_on.expect("a day");
        let told = advice(&DraftError::NotDue(day), &in_state(DraftState::Approved)).expect("words");
        assert!(
            told.contains("by itself") && told.ends_with("from 2026-09-01 on: motcua sets publish 7"),
            "{told}"
        );
        for error in [DraftError::Stale(3), DraftError::NoItem(9)] {
            let told = advice(&error, &in_state(DraftState::InReview)).expect("words");
            assert!(told.contains("motcua sets show 7") && told.contains("motcua sets approve 7"), "{told}");
        }
        assert!(advice(&DraftError::Forbidden, &draft()).is_some_and(|told| told.contains("the right to")));
        assert_eq!(advice(&DraftError::Empty, &draft()), None);
    }
}
