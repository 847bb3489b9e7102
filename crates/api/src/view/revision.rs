//! Revisions in JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use motcua_catalogue::{Availability, Centre, Page, Procedure, Revision, StorageError, UnitPeriod};
use motcua_http::{PageInfo, PlacePage};

use crate::view::record::{AvailabilityRecordView, CentreRecordView, ProcedureRecordView, UnitRecordView};

/// One published state of a record: what it said, between which moments, who changed it, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevisionView {
    /// Number of its entry in the change log; rises with every change of the catalogue.
    #[schema(example = 4711)]
    pub(crate) sequence: u64,
    /// Key of the record: one for each validity period.
    #[schema(example = "1.001193/c18070@2021-01-01")]
    pub(crate) key: String,
    /// Version of the record, from 1.
    #[schema(minimum = 1, example = 2)]
    pub(crate) version: u32,
    /// Whether a program or an office changed it.
    #[schema(value_type = String, example = "office")]
    pub(crate) actor_kind: &'static str,
    /// Name of the program or of the office; never a person.
    #[schema(example = "import")]
    pub(crate) actor: String,
    /// Why; null where no reason was given.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// Moment from which readers saw it.
    pub(crate) shown_from: DateTime<Utc>,
    /// Moment from which they saw the next one; null while it is shown.
    #[schema(required)]
    pub(crate) shown_to: Option<DateTime<Utc>>,
    /// Members of `record` that differ from the state before; empty for the first state, for a withdrawal, and where only
    /// something differs that this API does not show.
    #[schema(example = json!(["level"]))]
    pub(crate) changed: Vec<String>,
    /// What it said; null where this change withdrew it.
    #[schema(required)]
    pub(crate) record: Option<RecordView>,
}

/// A record by itself: that of a listing, a centre, a procedure or a unit, as the address says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RecordView {
    /// What a centre said about a procedure.
    Availability(Box<AvailabilityRecordView>),
    /// What a centre was recorded as.
    Centre(Box<CentreRecordView>),
    /// What a procedure said.
    Procedure(Box<ProcedureRecordView>),
    /// What a unit was recorded as.
    Unit(Box<UnitRecordView>),
}

/// A kind of record that has revisions.
pub(crate) trait Revised: DeserializeOwned {
    /// What it is called where it cannot be read.
    const WHAT: &'static str;

    /// Its view.
    fn view(self) -> RecordView;
}

impl Revised for Availability {
    const WHAT: &'static str = "availability";

    fn view(self) -> RecordView {
        RecordView::Availability(Box::new(self.into()))
    }
}

impl Revised for Centre {
    const WHAT: &'static str = "centre";

    fn view(self) -> RecordView {
        RecordView::Centre(Box::new(self.into()))
    }
}

impl Revised for Procedure {
    const WHAT: &'static str = "procedure";

    fn view(self) -> RecordView {
        RecordView::Procedure(Box::new(self.into()))
    }
}

impl Revised for UnitPeriod {
    const WHAT: &'static str = "unit";

    fn view(self) -> RecordView {
        RecordView::Unit(Box::new(self.into()))
    }
}

impl RevisionView {
    /// The view of a state. A record that does not read back was altered by other means.
    fn of<R: Revised>(revision: Revision) -> Result<Self, StorageError> {
        let Revision {
            sequence,
            key,
            version,
            actor_kind,
            actor,
            reason,
            shown_from,
            shown_to,
            record,
            before,
            changed: _,
        } = revision;
        let view = |record: Option<Value>| -> Result<Option<RecordView>, StorageError> {
            let Some(record) = record else { return Ok(None) };
            match serde_json::from_value::<R>(record) {
                Ok(record) => Ok(Some(record.view())),
                Err(error) => {
                    let source = Box::new(error);
                    Err(StorageError::Damaged { what: R::WHAT, key: key.clone(), source })
                }
            }
        };
        let (before, record) = (view(before)?, view(record)?);
        let changed = differing(before.as_ref(), record.as_ref());
        let actor_kind = actor_kind.as_str();
        Ok(Self { sequence, key, version, actor_kind, actor, reason, shown_from, shown_to, changed, record })
    }
}

/// Members in which two views differ, in the order of the alphabet. The catalogue names the members of its own form,
/// which is no part of the contract.
fn differing(before: Option<&RecordView>, after: Option<&RecordView>) -> Vec<String> {
    let members = |view: Option<&RecordView>| match serde_json::to_value(view?) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    };
    let (Some(before), Some(after)) = (members(before), members(after)) else { return Vec::new() };
    // Both have the same members: a view always has all of its own.
    let mut names: Vec<String> = after
        .into_iter()
        .filter(|(name, value)| before.get(name) != Some(value))
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    names
}

/// The history of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevisionList {
    /// The states, newest first.
    items: Vec<RevisionView>,
    /// Place of this answer in the whole list.
    page: PageInfo,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

impl RevisionList {
    /// The history in JSON; none where the record never was.
    pub(crate) fn of<R: Revised>(
        found: Page<Revision>,
        page: &PlacePage,
        notice: Option<&'static str>,
    ) -> Result<Option<Self>, StorageError> {
        if found.total == 0 {
            return Ok(None);
        }
        let page = page.info(found.next, found.total);
        let items = found.items.into_iter().map(RevisionView::of::<R>).collect::<Result<_, _>>()?;
        Ok(Some(Self { items, page, notice }))
    }
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::ActorKind;
    use serde_json::json;

    use super::*;

    fn revision(before: Option<Value>, record: Option<Value>) -> Revision {
        Revision {
            sequence: 7,
            key: "1.001193/c18070@2021-01-01".to_owned(),
            version: 2,
            actor_kind: ActorKind::Program,
            actor: "import".to_owned(),
            reason: None,
            shown_from: DateTime::UNIX_EPOCH,
            shown_to: None,
            record,
            before,
            changed: Vec::new(),
        }
    }

    fn listing(level: &str) -> Value {
        json!({
            "procedure": "1.001193", "centre": "c18070", "period": {"valid_from": "2021-01-01"}, "offered": "yes",
            "level": {"scheme": "nd43-2011", "level": level}, "assurance": {},
            "source": {"kind": "dataset", "citation": "a"}
        })
    }

    #[test]
    fn a_state_is_told_in_the_words_of_the_contract() {
        let view = RevisionView::of::<Availability>(revision(Some(listing("3")), Some(listing("4"))));
        let view = serde_json::to_value(view.expect("a sound record")).expect("serialises");
        assert_eq!(view["changed"], json!(["level"]));
        let record = &view["record"];
        assert_eq!((&record["level"], &record["scheme"]), (&json!("4"), &json!("nd43-2011")), "{record}");
        // What nothing is recorded of is null, and not left out as in the log.
        assert!(record.as_object().is_some_and(|members| members.contains_key("decision")), "{record}");
        assert_eq!(record["channels"], json!([]));
    }

    #[test]
    fn a_withdrawal_has_no_record_and_damage_is_told() {
        let view = RevisionView::of::<Availability>(revision(Some(listing("3")), None)).expect("sound");
        assert!(view.record.is_none() && view.changed.is_empty());
        let damaged = revision(None, Some(json!({"offered": "maybe"})));
        assert!(RevisionView::of::<Availability>(damaged).is_err());
    }
}
