//! Revisions: what a record said between which moments, by whom it was changed, and why. Read from the change log,
//! which nothing alters.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::actor::ActorKind;
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
    /// Whether a program or an office changed it.
    pub actor_kind: ActorKind,
    /// Which one.
    pub actor: String,
    /// Why, where given.
    pub reason: Option<String>,
    /// Moment from which readers saw it, in whole seconds.
    pub shown_from: DateTime<Utc>,
    /// Moment from which they saw the next one; absent while it is shown.
    pub shown_to: Option<DateTime<Utc>>,
    /// The record; absent where the change withdrew it.
    pub record: Option<Value>,
    /// The record before it; absent for the first state.
    pub before: Option<Value>,
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

/// What a list of revisions needs of every entry of the log: number, key, moment. In the order of the log.
pub(crate) type Outline = (u64, String, DateTime<Utc>);

/// For each entry, the moment from which the next one of its key was shown; none for the last ones.
pub(crate) fn shown_until(outlines: &[Outline]) -> HashMap<u64, DateTime<Utc>> {
    let mut last: HashMap<&str, u64> = HashMap::new();
    let mut until = HashMap::new();
    for (sequence, key, at) in outlines {
        if let Some(before) = last.insert(key, *sequence) {
            until.insert(before, *at);
        }
    }
    until
}

/// A revision from its entry of the log.
pub(crate) fn of_change(change: Change, shown_to: Option<DateTime<Utc>>) -> Revision {
    Revision {
        changed: differing(change.before.as_ref(), change.after.as_ref()),
        sequence: change.sequence,
        key: change.key,
        version: change.version,
        actor_kind: change.actor_kind,
        actor: change.actor,
        reason: change.reason,
        shown_from: change.at,
        shown_to,
        record: change.after,
        before: change.before,
    }
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
            subject_id: 1,
            actor_kind: ActorKind::Office,
            hash: crate::LogHash::ORIGIN,
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
        let changes = vec![
            change(1, "a", None, Some(old.clone())),
            change(2, "b", None, Some(old.clone())),
            change(3, "a", Some(old), Some(new.clone())),
            change(4, "a", Some(new), None),
        ];
        let outlines: Vec<Outline> =
            changes.iter().map(|change| (change.sequence, change.key.clone(), change.at)).collect();
        let until = shown_until(&outlines);
        let hours = |sequence| until.get(&sequence).map(|to| to.timestamp() / 3600);
        assert_eq!([1, 2, 3, 4].map(hours), [Some(3), None, Some(4), None]);
        let revisions: Vec<_> = changes.into_iter().map(|change| of_change(change, None)).collect();
        assert_eq!(revisions[2].changed, ["level", "link"]);
        assert_eq!(revisions[3].record, None);
    }
}
