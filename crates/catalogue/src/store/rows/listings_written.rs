//! Availabilities written in groups: a province's sheet has thousands, the country millions.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::availability::{Keys, log_key, model, record};
use crate::availability::Availability;
use crate::change::EntityKind;
use crate::code::{CentreId, ProcedureCode};
use crate::command::{Applied, Expected};
use crate::log_key::{LogKey, is_case_code};
use crate::permit::Belongs;
use crate::refusal::{Part, Refusal, Rule};
use crate::store::compared_listings::{day_of, days, listing_key};
use crate::store::db::StorageError;
use crate::store::entity::availability;
use crate::store::keep::{Step, Stored, step};
use crate::store::period_columns;
use crate::store::read::{is_sound, text_of, version};
use crate::store::sources::sources_by_id;
use crate::store::writer::{Entry, Writer};

/// How many records are looked up and written at a time: 25 columns each stay below SQLite's 32,766 variables.
pub(super) const GROUP: usize = 1000;

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

/// What a group writes in statements of many rows.
#[derive(Default)]
struct Pending {
    inserts: Vec<availability::Model>,
    /// Rows of which only the end changes, by their new end.
    ends: BTreeMap<NaiveDate, Vec<i64>>,
    /// These rows.
    ending: HashSet<i64>,
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
    let all_absent = resolved.iter().flatten().all(|item| writer.is_known_absent(item.expected));
    let mut stored = if all_absent {
        PeriodsByKey::new()
    } else {
        stored_periods(writer, resolved.iter().flatten()).await?
    };
    let mut pending = Pending::default();
    for item in resolved {
        let outcome = match item {
            Err(refusal) => Err(refusal),
            Ok(item) => put_one(writer, item, &mut stored, &mut pending).await?,
        };
        outcomes.push(outcome);
    }
    for (end, ids) in pending.ends {
        super::listings::set_end(writer, &ids, end).await?;
    }
    if !pending.inserts.is_empty() {
        let models = pending.inserts.into_iter().map(IntoActiveModel::into_active_model);
        availability::Entity::insert_many(models).exec_without_returning(&writer.tx).await?;
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
    if !is_sound(&record.source.citation) {
        return Ok(Err(Refusal::BadText { part: Part::Source }));
    }
    if record.case.as_ref().is_some_and(|case| !is_case_code(case)) {
        return Ok(Err(Rule::CaseCode.into()));
    }
    let Some(procedure_id) = writer.known.procedure(&writer.tx, record.procedure.as_str()).await? else {
        let key = record.procedure.to_string();
        return Ok(Err(Refusal::Missing { kind: EntityKind::Procedure, key, part: Part::Procedure }));
    };
    let Some(centre) = writer.known.centre(&writer.tx, record.centre.as_str()).await? else {
        let key = record.centre.to_string();
        return Ok(Err(Refusal::Missing { kind: EntityKind::Centre, key, part: Part::Centre }));
    };
    if !record.period.is_within(centre.period) {
        return Ok(Err(Refusal::BeyondCentre { centre: centre.period }));
    }
    if !writer.covers(EntityKind::Availability, &Belongs::Centre(record.centre.clone())).await? {
        return Ok(Err(Refusal::Forbidden));
    }
    Ok(Ok(Resolved { record, expected, procedure_id, centre_id: centre.row_id }))
}

type PeriodsByKey = HashMap<(i64, i64, String), Vec<Stored<Availability>>>;

/// Every stored period of the procedures and centres of a group.
async fn stored_periods(
    writer: &Writer,
    group: impl Iterator<Item = &Resolved>,
) -> Result<PeriodsByKey, StorageError> {
    let mut names: HashMap<(i64, i64), (&ProcedureCode, &CentreId)> = HashMap::new();
    let mut stored = PeriodsByKey::new();
    for item in group {
        names.insert((item.procedure_id, item.centre_id), (&item.record.procedure, &item.record.centre));
        // What a comparison would have made stands nowhere else.
        let case_code = item.record.case.clone().unwrap_or_default();
        let key = listing_key(item.procedure_id, item.centre_id, &case_code);
        let periods = writer.compared_periods(key);
        if periods.is_empty() {
            continue;
        }
        let made = periods.into_iter().filter_map(|(from, _)| {
            let from = day_of(from);
            let from = (from != period_columns::beginning()).then_some(from);
            let key = LogKey::Availability {
                procedure: item.record.procedure.clone(),
                case: item.record.case.clone(),
                centre: item.record.centre.clone(),
                from,
            };
            writer.compared::<Stored<Availability>>(&key).flatten()
        });
        stored.insert((item.procedure_id, item.centre_id, case_code), made.collect());
    }
    if names.is_empty() {
        return Ok(stored);
    }
    let wanted = pairs(names.keys().map(|(procedure_id, centre_id)| (*centre_id, *procedure_id)));
    let rows = availability::Entity::find().filter(wanted).all(&writer.tx).await?;
    let sources = sources_by_id(&writer.tx, rows.iter().map(|row| row.source_id)).await?;
    for row in rows {
        let Some((procedure, centre)) = names.get(&(row.procedure_id, row.centre_id)) else { continue };
        let mut record = record(&row, &Keys { procedure, centre }, &sources)?;
        // What a comparison changed is stored in its new form, or no longer.
        if writer.compared::<Stored<Availability>>(&log_key(&record)).is_none() {
            // Of one that it does not keep whole it knows the period, and whether it is gone.
            let key = listing_key(row.procedure_id, row.centre_id, &row.case_code);
            match writer.compared_period(key, days(record.period).0) {
                Some((from, to)) if from == to => continue,
                Some((from, to)) => record.period = period_columns::period(day_of(from), day_of(to))?,
                None => {}
            }
            let stored_now = Stored { row_id: row.id, version: version(row.version), record };
            stored.entry((row.procedure_id, row.centre_id, row.case_code)).or_default().push(stored_now);
        }
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
    pending: &mut Pending,
) -> Result<Result<Applied, Refusal>, StorageError> {
    let Resolved { record, expected, procedure_id, centre_id } = item;
    let case_code = record.case.clone().unwrap_or_default();
    let compared_key = listing_key(procedure_id, centre_id, &case_code);
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
    let own_days = days(record.period);
    if let Some(compared) = writer.compared_listings() {
        let other = compared
            .of(compared_key)
            .find(|other| other.0 != own_days.0 && other.0 < own_days.1 && own_days.0 < other.1);
        if let Some((from, to)) = other {
            return Ok(Err(Refusal::Overlap { stored: period_columns::period(day_of(from), day_of(to))? }));
        }
    }
    let current = place.and_then(|place| periods.get(place)).cloned();
    // Beyond what a comparison keeps whole nothing comes twice but the same again.
    let has_come = |other: (i32, i32)| other.0 == own_days.0;
    if writer.compared_periods(compared_key).into_iter().any(has_come)
        && writer.compared::<Stored<Availability>>(&log_key(&record)).is_none()
    {
        return Ok(Ok(Applied::Same));
    }
    let found = current.as_ref().map(|current| (&current.record, current.version));
    let version = match step(found, &record, expected) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Step::Same) => return Ok(Ok(Applied::Same)),
        Ok(Step::Write(version)) => version,
    };
    let row_id = match &current {
        Some(current) => current.row_id,
        None => writer.next_id("availability").await?,
    };
    if writer.writes() {
        let waiting =
            current.as_ref().and_then(|_| pending.inserts.iter().position(|insert| insert.id == row_id));
        let only_end = current.as_ref().is_some_and(|current| {
            Availability { period: record.period, ..current.record.clone() } == record && waiting.is_none()
        });
        if only_end && pending.ending.insert(row_id) {
            pending.ends.entry(period_columns::columns(record.period).1).or_default().push(row_id);
        } else {
            // What waits must not overtake what comes after it.
            if current.is_some() {
                for (end, ids) in std::mem::take(&mut pending.ends) {
                    super::listings::set_end(writer, &ids, end).await?;
                }
                pending.ending.clear();
            }
            let model = model(writer, &record, (procedure_id, centre_id, row_id), version).await?;
            // A record that comes twice in one group finds its first form here, be it written yet or not.
            match (current.is_none(), waiting.and_then(|waiting| pending.inserts.get_mut(waiting))) {
                (true, _) => pending.inserts.push(model),
                (false, Some(waiting)) => *waiting = model,
                (false, None) => {
                    let model = model.into_active_model().reset_all();
                    availability::Entity::update(model).exec(&writer.tx).await?;
                }
            }
        }
    }
    let key = log_key(&record);
    let entry = Entry {
        kind: EntityKind::Availability,
        key: key.to_string(),
        subject_id: centre_id,
        version,
        before: current.as_ref().map(|current| text_of("availability", &current.record)).transpose()?,
        after: Some(text_of("availability", &record)?),
    };
    let sequence = writer.log(entry).await?;
    if let Some(compared) = writer.compared_listings() {
        compared.add(compared_key, own_days);
    }
    let created = current.is_none();
    let now_stored = Stored { row_id, version, record };
    if !writer.writes() {
        writer.note(key, Some(now_stored.clone()));
    }
    match place.and_then(|place| periods.get_mut(place)) {
        Some(slot) => *slot = now_stored,
        None => periods.push(now_stored),
    }
    Ok(Ok(if created { Applied::Created(sequence) } else { Applied::Changed(sequence) }))
}

/// Every stored period of the procedure, case and centre of a record.
pub(crate) async fn periods_of(
    writer: &mut Writer,
    record: &Availability,
) -> Result<Vec<Stored<Availability>>, StorageError> {
    let procedure_id = writer.known.procedure(&writer.tx, record.procedure.as_str()).await?;
    let centre = writer.known.centre(&writer.tx, record.centre.as_str()).await?;
    let Some((procedure_id, centre)) = procedure_id.zip(centre) else { return Ok(Vec::new()) };
    let item =
        Resolved { record: record.clone(), expected: Expected::Any, procedure_id, centre_id: centre.row_id };
    let mut stored = stored_periods(writer, std::iter::once(&item)).await?;
    let case = record.case.clone().unwrap_or_default();
    Ok(stored.remove(&(procedure_id, centre.row_id, case)).unwrap_or_default())
}
