//! Availabilities, written in groups: a province's sheet has thousands, the country millions.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{code, damaged, source_of, version};
use crate::availability::{
    Availability, BoundaryFree, Checklist, Offered, PartialReason, PartialReasonKind, PointState,
};
use crate::change::EntityKind;
use crate::code::{CentreId, ProcedureCode};
use crate::command::{Applied, Expected, Refusal};
use crate::level::OnlineLevel;
use crate::period::Period;
use crate::proactive::ProactiveLevel;
use crate::source::{Assurance, Source};
use crate::store::db::StorageError;
use crate::store::entity::availability;
use crate::store::period_columns::{self, key_of};
use crate::store::writer::{LogEntry, Step, Writer, document, step, text_of};

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
pub(super) fn log_key(record: &Availability) -> String {
    let case = record.case.as_deref().map_or_else(String::new, |case| format!("#{case}"));
    format!("{}{case}/{}@{}", record.procedure, record.centre, key_of(record.period))
}

/// A stored period of one procedure, case and centre.
#[derive(Clone)]
struct StoredPeriod {
    row: availability::Model,
    record: Availability,
}

/// How many records are looked up and written at a time: 25 columns each stay below SQLite's 32,766 variables.
const GROUP: usize = 1000;

/// Creates or replaces availabilities; outcomes are appended in order.
pub(crate) async fn put_group(
    writer: &mut Writer,
    records: Vec<(Availability, Expected)>,
    outcomes: &mut Vec<Result<Applied, Refusal>>,
) -> Result<(), StorageError> {
    let mut records = records;
    while !records.is_empty() {
        let rest = records.split_off(records.len().min(GROUP));
        put_chunk(writer, records, outcomes).await?;
        records = rest;
    }
    Ok(())
}

/// A record whose references are resolved.
struct Resolved {
    record: Availability,
    expected: Expected,
    procedure_id: i64,
    centre_id: i64,
}

async fn put_chunk(
    writer: &mut Writer,
    records: Vec<(Availability, Expected)>,
    outcomes: &mut Vec<Result<Applied, Refusal>>,
) -> Result<(), StorageError> {
    let mut resolved = Vec::with_capacity(records.len());
    for (record, expected) in records {
        resolved.push(resolve(writer, record, expected).await?);
    }
    let mut stored = stored_periods(writer, resolved.iter().flatten()).await?;
    let mut inserts = Vec::with_capacity(resolved.len());
    for item in resolved {
        let outcome = match item {
            Err(refusal) => Err(refusal),
            Ok(item) => put_one(writer, item, &mut stored, &mut inserts).await?,
        };
        outcomes.push(outcome);
    }
    if !inserts.is_empty() {
        availability::Entity::insert_many(inserts.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(&writer.tx)
            .await?;
    }
    Ok(())
}

/// Checks a record and finds what it refers to.
async fn resolve(
    writer: &mut Writer,
    record: Availability,
    expected: Expected,
) -> Result<Result<Resolved, Refusal>, StorageError> {
    if let Err(inconsistent) = record.check() {
        return Ok(Err(inconsistent.into()));
    }
    if !super::is_sound(&record.source.citation) {
        return Ok(Err(Refusal::BadText { part: "source" }));
    }
    let Some(procedure_id) = writer.known.procedure(&writer.tx, record.procedure.as_str()).await? else {
        let key = record.procedure.to_string();
        return Ok(Err(Refusal::Missing { what: "procedure", key, part: "procedure" }));
    };
    let Some((centre_id, centre)) = writer.known.centre(&writer.tx, record.centre.as_str()).await? else {
        return Ok(Err(Refusal::Missing { what: "centre", key: record.centre.to_string(), part: "centre" }));
    };
    if !within(record.period, centre) {
        return Ok(Err(Refusal::BeyondCentre { centre }));
    }
    Ok(Ok(Resolved { record, expected, procedure_id, centre_id }))
}

/// Whether a period lies wholly within another.
fn within(inner: Period, outer: Period) -> bool {
    let (inner, outer) = (period_columns::columns(inner), period_columns::columns(outer));
    outer.0 <= inner.0 && inner.1 <= outer.1
}

type PeriodsByKey = HashMap<(i64, i64, String), Vec<StoredPeriod>>;

/// Every stored period of the procedures and centres of a group.
async fn stored_periods(
    writer: &Writer,
    group: impl Iterator<Item = &Resolved>,
) -> Result<PeriodsByKey, StorageError> {
    let mut names: HashMap<(i64, i64), (&ProcedureCode, &CentreId)> = HashMap::new();
    for item in group {
        names.insert((item.procedure_id, item.centre_id), (&item.record.procedure, &item.record.centre));
    }
    let mut stored = PeriodsByKey::new();
    if names.is_empty() {
        return Ok(stored);
    }
    let wanted = pairs(names.keys().map(|(procedure_id, centre_id)| (*centre_id, *procedure_id)));
    let rows = availability::Entity::find().filter(wanted).all(&writer.tx).await?;
    let sources = super::sources_by_id(&writer.tx, rows.iter().map(|row| row.source_id)).await?;
    for row in rows {
        let Some((procedure, centre)) = names.get(&(row.procedure_id, row.centre_id)) else { continue };
        let record = record(&row, &Keys { procedure, centre }, &sources)?;
        let key = (row.procedure_id, row.centre_id, row.case_code.clone());
        stored.entry(key).or_default().push(StoredPeriod { row, record });
    }
    Ok(stored)
}

/// Rows of some centres and procedures, by the unique index on both databases. SQLite wants `VALUES` here, which the
/// query builder does not write; the values are numbers.
pub(super) fn pairs(wanted: impl Iterator<Item = (i64, i64)>) -> SimpleExpr {
    let values: Vec<String> = wanted.map(|(centre, procedure)| format!("({centre},{procedure})")).collect();
    Expr::cust(format!("(centre_id, procedure_id) IN (VALUES {})", values.join(",")))
}

async fn put_one(
    writer: &mut Writer,
    item: Resolved,
    stored: &mut PeriodsByKey,
    inserts: &mut Vec<availability::Model>,
) -> Result<Result<Applied, Refusal>, StorageError> {
    let Resolved { record, expected, procedure_id, centre_id } = item;
    let case_code = record.case.clone().unwrap_or_default();
    let periods = stored.entry((procedure_id, centre_id, case_code.clone())).or_default();
    let place =
        periods.iter().position(|other| other.record.period.valid_from() == record.period.valid_from());
    let overlapping = periods
        .iter()
        .enumerate()
        .find(|(other, period)| Some(*other) != place && period.record.period.overlaps(record.period));
    if let Some((_, other)) = overlapping {
        return Ok(Err(Refusal::Overlap { stored: other.record.period }));
    }
    let current = place.and_then(|place| periods.get(place)).cloned();
    let found = current.as_ref().map(|current| (&current.record, version(current.row.version)));
    let version = match step(found, &record, expected) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Step::Same) => return Ok(Ok(Applied::Same)),
        Ok(Step::Write(version)) => version,
    };
    let row_id = match &current {
        Some(current) => current.row.id,
        None => writer.next_id("availability").await?,
    };
    let (valid_from, valid_to) = period_columns::columns(record.period);
    let states = record.checklist.states();
    let reason = record.partial_reason.as_ref();
    let model = availability::Model {
        id: row_id,
        procedure_id,
        case_code,
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
    };
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Availability,
            key: log_key(&record),
            row_id: centre_id,
            version,
            before: current.as_ref().map(|current| &current.record),
            after: &record,
        })
        .await?;
    let created = current.is_none();
    // A record that comes twice in one group finds its first form here, be it written yet or not.
    let waiting = inserts.iter().position(|insert| insert.id == row_id);
    match (created, waiting) {
        (true, _) => inserts.push(model.clone()),
        (false, Some(waiting)) => inserts[waiting] = model.clone(),
        (false, None) => {
            availability::Entity::update(model.clone().into_active_model().reset_all())
                .exec(&writer.tx)
                .await?;
        }
    }
    let now_stored = StoredPeriod { row: model, record };
    match place.and_then(|place| periods.get_mut(place)) {
        Some(slot) => *slot = now_stored,
        None => periods.push(now_stored),
    }
    Ok(Ok(if created { Applied::Created(sequence) } else { Applied::Changed(sequence) }))
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
