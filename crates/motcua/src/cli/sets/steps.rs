//! The way of a set: records left out and taken in, sent to review, approved, sent back, given up.

use motcua_catalogue::Catalogue;
use motcua_catalogue::change_set::DraftState;

use super::super::author::OfficeArgs;
use super::super::open::exit_of;
use super::ways::refused;
use super::{PROGRAM, PositionArgs, Printed, find};
use crate::exit::{Exit, Failure};

/// A step of a set.
pub(super) struct Step<'a> {
    pub(super) set: u64,
    pub(super) to: DraftState,
    pub(super) note: Option<&'a str>,
    pub(super) office: &'a OfficeArgs,
}

/// Moves a set to another state.
pub(super) async fn go(catalogue: &Catalogue, step: &Step<'_>) -> Printed {
    if step.to == DraftState::Returned && step.note.is_none() {
        return Err(Failure::say(Exit::Usage, "say what is to be mended: --note TEXT"));
    }
    let draft = find(catalogue, step.set).await?;
    let permit = step.office.permit(PROGRAM);
    let moved = catalogue.move_draft(&permit, step.set, draft.version, step.to, step.note).await;
    let draft = match moved {
        Ok(draft) => draft,
        Err(error) => return Err(refused(catalogue, step.set, error).await),
    };
    let next = match draft.state {
        DraftState::InReview => format!("To let it be published: motcua sets approve {}\n", draft.id),
        DraftState::Approved => match draft.effective_on {
            Some(day) => format!("To publish it, from {day} on: motcua sets publish {}\n", draft.id),
            None => format!("To publish it: motcua sets publish {}\n", draft.id),
        },
        _ => String::new(),
    };
    Ok((format!("Set {} is {}.\n{next}", draft.id, draft.state.words()), Exit::Done))
}

/// Leaves records out, or takes them in again: all that are named, or none.
pub(super) async fn leave_out(catalogue: &Catalogue, args: &PositionArgs, is_left_out: bool) -> Printed {
    find(catalogue, args.set).await?;
    for position in &args.positions {
        let before = position.checked_sub(1);
        let found = catalogue.draft_items(args.set, before, 1).await;
        let found = found.map_err(|error| Failure::new(exit_of(&error), error))?;
        if before.is_none() || !found.iter().any(|(at, _)| at == position) {
            let set = args.set;
            let words = format!(
                "set {set} has no record {position}; nothing was changed. `motcua sets show {set}` lists its records"
            );
            return Err(Failure::say(Exit::Usage, words));
        }
    }
    let permit = args.office.permit(PROGRAM);
    for position in &args.positions {
        if let Err(error) = catalogue.leave_out(&permit, args.set, *position, is_left_out).await {
            return Err(refused(catalogue, args.set, error).await);
        }
    }
    let counts = catalogue.draft_counts(args.set).await;
    let counts = counts.map_err(|error| Failure::new(exit_of(&error), error))?;
    let (records, left_out) = (counts.records, counts.left_out);
    Ok((format!("{left_out} of {records} records of set {} are left out.\n", args.set), Exit::Done))
}
