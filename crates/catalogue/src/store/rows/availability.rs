//! Availabilities: rows and records.

use std::collections::HashMap;

use crate::availability::{
    Availability, BoundaryFree, Checklist, Offered, PartialReason, PartialReasonKind, PointState,
};
use crate::code::{CentreId, ProcedureCode};
use crate::level::OnlineLevel;
use crate::log_key::LogKey;
use crate::proactive::ProactiveLevel;
use crate::source::{Assurance, Source};
use crate::store::db::StorageError;
use crate::store::entity::availability;
use crate::store::period_columns;
use crate::store::read::{code, damaged, document, text_of};
use crate::store::sources::source_of;
use crate::store::writer::Writer;

/// The identifiers that a row names by number.
pub(crate) struct Keys<'a> {
    /// Code of the procedure.
    pub(crate) procedure: &'a ProcedureCode,
    /// Id of the centre.
    pub(crate) centre: &'a CentreId,
}

/// An availability from its row.
pub(crate) fn record(
    row: &availability::Model,
    keys: &Keys<'_>,
    sources: &HashMap<i64, Source>,
) -> Result<Availability, StorageError> {
    let key = keys.procedure.as_str();
    let partial_reason = match (&row.partial_kind, &row.partial_clause, &row.partial_text) {
        (Some(kind), Some(clause), Some(text)) => Some(PartialReason {
            kind: code("availability", key, PartialReasonKind::ALL, PartialReasonKind::as_str, kind)?,
            clause: clause.clone(),
            text: text.clone(),
        }),
        _ => None,
    };
    let list = |text: &Option<String>| text.clone().unwrap_or_else(|| "[]".to_owned());
    Ok(Availability {
        procedure: keys.procedure.clone(),
        case: (!row.case_code.is_empty()).then(|| row.case_code.clone()),
        centre: keys.centre.clone(),
        period: period_columns::period(row.valid_from, row.valid_to)?,
        offered: code("availability", key, Offered::ALL, Offered::as_str, &row.offered)?,
        level: level(row.scheme.as_deref(), row.level.as_deref())
            .map_err(|error| damaged("availability", key, error))?,
        converted: row.converted,
        channels: document("availability", key, &list(&row.channels))?,
        checklist: row.checklist.as_deref().map_or(Ok(Checklist::default()), |text| checklist(key, text))?,
        partial_reason,
        proactive: row.proactive.map(|number| proactive(key, number)).transpose()?,
        boundary_free: code(
            "availability",
            key,
            BoundaryFree::ALL,
            BoundaryFree::as_str,
            &row.boundary_free,
        )?,
        decision: row.decision.clone(),
        evidence: document("availability", key, &list(&row.evidence))?,
        assurance: Assurance {
            assured_on: row.assured_on,
            assured_by: row.assured_by.clone(),
            review_due: row.review_due,
        },
        source: source_of(sources, "availability", key, row.source_id)?,
    })
}

/// A level from its two columns.
pub(crate) fn level(scheme: Option<&str>, level: Option<&str>) -> Result<Option<OnlineLevel>, String> {
    let (Some(scheme), Some(level)) = (scheme, level) else { return Ok(None) };
    let scheme = scheme.parse().map_err(|error: crate::code::InvalidId| error.to_string())?;
    let level = level.parse().map_err(|error: crate::code::InvalidId| error.to_string())?;
    OnlineLevel::new(scheme, level).map(Some).map_err(|error| error.to_string())
}

fn proactive(key: &str, number: i64) -> Result<ProactiveLevel, StorageError> {
    number
        .to_string()
        .parse()
        .map_err(|error: crate::code::InvalidId| damaged("availability", key, error.to_string()))
}

/// The number in the column of a proactive level.
fn proactive_number(level: ProactiveLevel) -> i64 {
    match level {
        ProactiveLevel::Remind => 1,
        ProactiveLevel::Prepare => 2,
        ProactiveLevel::Recommend => 3,
        ProactiveLevel::Automatic => 4,
    }
}

/// The letters of the check-list column.
fn letter(state: Option<PointState>) -> char {
    match state {
        None => '-',
        Some(PointState::Online) => 'o',
        Some(PointState::Partly) => 'p',
        Some(PointState::Desk) => 'd',
        Some(PointState::NotApplicable) => 'n',
    }
}

fn checklist(key: &str, text: &str) -> Result<Checklist, StorageError> {
    let mut states = [None; 7];
    for (place, c) in text.chars().enumerate() {
        let state = [
            None,
            Some(PointState::Online),
            Some(PointState::Partly),
            Some(PointState::Desk),
            Some(PointState::NotApplicable),
        ]
        .into_iter()
        .find(|state| letter(*state) == c);
        match (states.get_mut(place), state) {
            (Some(slot), Some(state)) => *slot = state,
            _ => return Err(damaged("availability", key, format!("check-list {text:?}"))),
        }
    }
    Ok(Checklist::from_states(states))
}

/// Key of an availability in the change log.
pub(crate) fn log_key(record: &Availability) -> LogKey {
    LogKey::Availability {
        procedure: record.procedure.clone(),
        case: record.case.clone(),
        centre: record.centre.clone(),
        from: record.period.valid_from(),
    }
}

/// The row of an availability.
pub(super) async fn model(
    writer: &mut Writer,
    record: &Availability,
    (procedure_id, centre_id, row_id): (i64, i64, i64),
    version: u32,
) -> Result<availability::Model, StorageError> {
    let (valid_from, valid_to) = period_columns::columns(record.period);
    let states = record.checklist.states();
    let reason = record.partial_reason.as_ref();
    Ok(availability::Model {
        id: row_id,
        procedure_id,
        case_code: record.case.clone().unwrap_or_default(),
        centre_id,
        valid_from,
        valid_to,
        offered: record.offered.as_str().to_owned(),
        scheme: record.level.map(|level| level.scheme().as_str().to_owned()),
        level: record.level.map(|level| level.level().as_str().to_owned()),
        converted: record.converted,
        checklist: states.iter().any(Option::is_some).then(|| states.into_iter().map(letter).collect()),
        partial_kind: reason.map(|reason| reason.kind.as_str().to_owned()),
        partial_clause: reason.map(|reason| reason.clause.clone()),
        partial_text: reason.map(|reason| reason.text.clone()),
        proactive: record.proactive.map(proactive_number),
        boundary_free: record.boundary_free.as_str().to_owned(),
        decision: record.decision.clone(),
        assured_on: record.assurance.assured_on,
        assured_by: record.assurance.assured_by.clone(),
        review_due: record.assurance.review_due,
        channels: text_of_list(&record.channels)?,
        evidence: text_of_list(&record.evidence)?,
        source_id: writer.source_id(&record.source).await?,
        version: i64::from(version),
        changed_at: writer.at(),
    })
}

fn text_of_list<T: serde::Serialize>(list: &[T]) -> Result<Option<String>, StorageError> {
    if list.is_empty() { Ok(None) } else { text_of("availability", &list).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn check_lists_keep_their_seven_points() {
        let states = [
            Some(PointState::Online),
            None,
            Some(PointState::Partly),
            Some(PointState::Desk),
            None,
            None,
            Some(PointState::NotApplicable),
        ];
        let text: String = states.into_iter().map(letter).collect();
        assert_eq!(text, "o-pd--n");
        assert_eq!(checklist("", &text).expect("reads back").states(), states);
        assert!(checklist("", "x------").is_err());
    }
}
