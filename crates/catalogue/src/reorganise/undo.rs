//! Undoing a reorganisation: all of it, or nothing. A country that is half in its old order and half in its new one helps
//! nobody, so unlike the undoing of other runs it is refused where something was written since that stands in the way.

use super::{OnProgress, ReorganiseError, ReorganiseProgress, UndoReport};
use crate::actor::Reason;
use crate::catalogue::Catalogue;
use crate::permit::Permit;
use crate::permit::Right;
use crate::run::{RunKind, RunNote};
use crate::store::undo::{Attempt, Spared, Stretch, take_back};

/// Undoes a run, in one transaction.
pub async fn undo(
    catalogue: &Catalogue,
    name: &str,
    permit: &Permit,
    progress: OnProgress<'_>,
) -> Result<UndoReport, ReorganiseError> {
    if !permit.has(Right::Undo) {
        return Err(ReorganiseError::Forbidden);
    }
    let reason = Reason::public(format!("undo reorganise:{name}"));
    let mut batch = catalogue.batch(permit, &reason).await?;
    let run = match batch.writer().run(name).await? {
        Some(run) if run.kind == RunKind::Reorganise => run,
        _ => {
            let runs = catalogue.runs(u32::MAX).await?;
            let mut known: Vec<String> =
                runs.into_iter().filter(|run| run.kind == RunKind::Reorganise).map(|run| run.name).collect();
            known.sort();
            return Err(ReorganiseError::NoSuchRun { run: name.to_owned(), known });
        }
    };
    if run.is_undone {
        return Err(ReorganiseError::UndoneAlready(name.to_owned()));
    }
    let stretch = Stretch { first: run.first_sequence, last: run.last_sequence };
    let records = batch.writer().in_the_way(stretch).await?;
    if !records.is_empty() {
        return Err(ReorganiseError::ChangedSince { run: name.to_owned(), records });
    }
    let whole = Some(stretch.last + 1 - stretch.first);
    let mut told = |done| progress(ReorganiseProgress { stage: "undoing", done, whole });
    let taken = match take_back(batch.writer(), stretch, &Spared::new(), &mut told).await? {
        Attempt::Done(taken) => taken,
        Attempt::Stopped => return Err(ReorganiseError::Interrupted),
        Attempt::Needed(needed) => {
            let records = needed.into_keys().take(50).map(|(kind, key)| format!("{} {key}", kind.as_str()));
            return Err(ReorganiseError::ChangedSince { run: name.to_owned(), records: records.collect() });
        }
    };
    if !taken.left.is_empty() {
        let records =
            taken.left.iter().take(50).map(|left| format!("{} {}", left.kind.as_str(), left.key)).collect();
        return Err(ReorganiseError::ChangedSince { run: name.to_owned(), records });
    }
    let counts = [("withdrawn", taken.withdrawn), ("restored", taken.restored)];
    let note = RunNote {
        counts: counts.into_iter().map(|(effect, count)| (effect.to_owned(), count)).collect(),
        undoes: Some(run.number),
        ..RunNote::of(RunKind::Undo)
    };
    let (place, _) = batch.commit_run(note).await?;
    Ok(UndoReport { run: name.to_owned(), withdrawn: taken.withdrawn, restored: taken.restored, place })
}
