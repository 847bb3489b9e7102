//! The forms in which records were ever written to the change log, and the way from each to the present one.
//!
//! The log is append-only, so an entry keeps the form of its day for ever. A record that gets other fields gets a new
//! form ([`EntityKind::form`](crate::EntityKind::form)) and a step here; whoever reads the log reads the present form
//! and knows nothing of the others.

use serde_json::{Map, Value, json};

use crate::change::EntityKind;

/// Brings a record of an entry to the present form of its kind. `code` is the kind as the entry has it.
pub(crate) fn upcast(code: &str, form: u32, record: Value) -> Result<Value, UnknownForm> {
    let unknown = || UnknownForm { code: code.to_owned(), form };
    let kind = EntityKind::of_log(code).ok_or_else(unknown)?;
    match (code, form) {
        // A task had the fields that work has today, and fewer.
        ("task", 1) => Ok(record),
        ("report", 1) => report_to_work(record).ok_or_else(unknown),
        (_, form) if form == kind.form() && code == kind.as_str() => Ok(record),
        _ => Err(unknown()),
    }
}

/// A form that this version does not know: the entry was written by a later one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("form {form} of {code} is not known to this version")]
pub(crate) struct UnknownForm {
    code: String,
    form: u32,
}

/// `{number, entity, key, fact, message, reported_at, answer: {accepted, text, answered_at, answered_by}}`.
fn report_to_work(record: Value) -> Option<Value> {
    let Value::Object(mut report) = record else { return None };
    let reported_at = report.remove("reported_at")?;
    let day = reported_at.as_str()?.get(..10)?.to_owned();
    let mut work = Map::new();
    work.insert("number".to_owned(), report.remove("number")?);
    work.insert("kind".to_owned(), json!("report"));
    work.insert("opened_on".to_owned(), json!(day));
    let about = json!({"kind": report.remove("entity")?, "key": report.remove("key")?});
    work.insert("about".to_owned(), about);
    for part in ["fact", "message", "answer"] {
        if let Some(value) = report.remove(part) {
            work.insert(part.to_owned(), value);
        }
    }
    Some(Value::Object(work))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{Work, WorkKind};

    #[test]
    fn reports_and_tasks_of_the_first_form_read_as_work() {
        let report = json!({
            "number": "PA-7", "entity": "centre", "key": "p42", "fact": "phone", "message": "Số máy này không có ai",
            "reported_at": "2026-03-01T02:03:04Z",
            "answer": {"accepted": true, "text": "Đã sửa", "answered_at": "2026-03-02T00:00:00Z", "answered_by": "Văn phòng"}
        });
        let work: Work = serde_json::from_value(upcast("report", 1, report).expect("known")).expect("work");
        assert_eq!((work.kind, work.opened_on.to_string().as_str()), (WorkKind::Report, "2026-03-01"));
        assert_eq!(work.answer.and_then(|answer| answer.accepted), Some(true));
        let task = json!({"number": "2025-07-01-1.0000001", "kind": "only_parts", "opened_on": "2025-07-01", "unit": "18073"});
        let work: Work = serde_json::from_value(upcast("task", 1, task).expect("known")).expect("work");
        assert_eq!(work.kind, WorkKind::OnlyParts);
    }

    #[test]
    fn what_a_later_version_wrote_is_told_and_not_guessed() {
        assert!(upcast("field", 2, json!({})).is_err());
        assert!(upcast("work", 1, json!({})).is_err());
        assert!(upcast("kiosk", 1, json!({})).is_err());
        for kind in EntityKind::ALL {
            assert!(upcast(kind.as_str(), kind.form(), json!({})).is_ok(), "{kind:?}");
        }
    }
}
