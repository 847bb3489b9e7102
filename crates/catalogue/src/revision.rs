//! Revisions: what a record said between which moments, by whom it was changed, and why. Read from the change log,
//! which nothing alters.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::availability::Availability;
use crate::change::Change;
use crate::code::{CentreId, ProcedureCode, UnitCode};
use crate::period::Period;

/// Whose revisions to read. Every validity period of the key is included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionKey {
    /// What one centre says about a procedure, or about one case of it.
    Availability {
        /// Code of the procedure as published.
        procedure: ProcedureCode,
        /// Code of the case; absent for the procedure as a whole.
        case: Option<String>,
        /// The centre.
        centre: CentreId,
    },
    /// A centre.
    Centre(CentreId),
    /// A procedure, by its code as published.
    Procedure(ProcedureCode),
    /// Every unit that ever had a code.
    Unit(UnitCode),
}

/// One published state of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Number of its entry in the change log.
    pub sequence: u64,
    /// Key of the record in the log; one for each validity period.
    pub key: String,
    /// Version of the record, from 1.
    pub version: u32,
    /// Who changed it.
    pub actor: String,
    /// Why, where given.
    pub reason: Option<String>,
    /// Moment from which readers saw it, in whole seconds.
    pub shown_from: DateTime<Utc>,
    /// Moment from which they saw the next one; absent while it is shown.
    pub shown_to: Option<DateTime<Utc>>,
    /// The record; absent where the change withdrew it.
    pub record: Option<Value>,
    /// Members that differ from the state before, in the order of the alphabet; empty for the first state.
    pub changed: Vec<String>,
}

impl Revision {
    /// What it said, where it is a listing that reads as one today.
    #[must_use]
    pub fn listing(&self) -> Option<Availability> {
        serde_json::from_value(self.record.clone()?).ok()
    }

    /// Name in the record, where its kind has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.record.as_ref()?.get("name")?.as_str()
    }

    /// Validity period in the record, where its kind has one.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        serde_json::from_value(self.record.as_ref()?.get("period")?.clone()).ok()
    }
}

/// Makes revisions of log entries in the order of the log; returns them newest first.
pub(crate) fn of_changes(changes: Vec<Change>) -> Vec<Revision> {
    let mut revisions: Vec<Revision> = Vec::with_capacity(changes.len());
    for change in changes {
        let before = revisions.iter_mut().rev().find(|revision| revision.key == change.key);
        if let Some(before) = before {
            before.shown_to = Some(change.at);
        }
        revisions.push(Revision {
            changed: differing(change.before.as_ref(), change.after.as_ref()),
            sequence: change.sequence,
            key: change.key,
            version: change.version,
            actor: change.actor,
            reason: change.reason,
            shown_from: change.at,
            shown_to: None,
            record: change.after,
        });
    }
    revisions.reverse();
    revisions
}

fn differing(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) else {
        return Vec::new();
    };
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| before.get(name) != after.get(name));
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::change::EntityKind;

    fn change(sequence: u64, key: &str, before: Option<Value>, after: Option<Value>) -> Change {
        Change {
            sequence,
            entity: EntityKind::Availability,
            key: key.to_owned(),
            row_id: 1,
            version: 1,
            actor: "staff".to_owned(),
            reason: None,
            at: DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(i64::try_from(sequence).unwrap_or(0)),
            before,
            after,
        }
    }

    #[test]
    fn a_state_is_shown_until_the_next_one_of_its_key() {
        let (old, new) =
            (json!({"offered": "yes", "level": 3}), json!({"offered": "yes", "level": 4, "link": "x"}));
        let revisions = of_changes(vec![
            change(1, "a", None, Some(old.clone())),
            change(2, "b", None, Some(old.clone())),
            change(3, "a", Some(old), Some(new.clone())),
            change(4, "a", Some(new), None),
        ]);
        let shown: Vec<_> = revisions
            .iter()
            .map(|revision| (revision.sequence, revision.shown_to.map(|to| to.timestamp() / 3600)))
            .collect();
        assert_eq!(shown, [(4, None), (3, Some(4)), (2, None), (1, Some(3))]);
        assert_eq!(revisions[1].changed, ["level", "link"]);
        assert_eq!(revisions[0].record, None);
    }
}
