//! Work that is left for people: tasks, reports, reviews. A reorganisation opens hundreds of thousands, so new ones are
//! also written many at a time.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use crate::change::EntityKind;
use crate::command::{Applied, Expected};
use crate::log_key::LogKey;
use crate::permit::Belongs;
use crate::refusal::{Part, Refusal};
use crate::store::db::StorageError;
use crate::store::entity::work;
use crate::store::keep::{Kept, Row, Stored, keep};
use crate::store::read::{damaged, document, is_sound, text_of, version};
use crate::store::writer::{Entry, Writer};
use crate::work::{Work, WorkAnswer};

/// A piece of work from its row.
pub(crate) fn record(row: &work::Model) -> Result<Work, StorageError> {
    let mut work: Work = document("work", &row.number, &row.details)?;
    work.answer = match (&row.answer, row.answered_at) {
        (Some(text), Some(answered_at)) => Some(WorkAnswer {
            accepted: row.accepted.map(|accepted| accepted != 0),
            text: text.clone(),
            answered_at,
            answered_by: row.answered_by.clone().unwrap_or_default(),
        }),
        (None, None) => None,
        _ => return Err(damaged("work", &row.number, "half an answer")),
    };
    Ok(work)
}

/// Work by its row ids.
pub(crate) fn by_id(rows: Vec<work::Model>) -> Result<HashMap<i64, Work>, StorageError> {
    rows.into_iter().map(|row| Ok((row.id, record(&row)?))).collect()
}

/// Row ids of what a piece of work is about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    centre_id: Option<i64>,
    unit_id: Option<i64>,
    procedure_id: Option<i64>,
}

impl Kept for Work {
    const KIND: EntityKind = EntityKind::Work;
    const TABLE: &'static str = "work";
    type Found = Found;

    fn key(&self) -> LogKey {
        LogKey::Work(self.number.clone())
    }

    fn belongs(&self) -> Belongs {
        match (&self.centre, &self.unit) {
            (Some(centre), _) => Belongs::Centre(centre.clone()),
            (None, Some(unit)) => Belongs::Unit(unit.clone(), self.opened_on),
            (None, None) => Belongs::Nobody,
        }
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        if !is_sound(&self.number) {
            return Err(Refusal::BadText { part: Part::Number });
        }
        if self.message.as_ref().is_some_and(|message| !is_sound(message)) {
            return Err(Refusal::BadText { part: Part::Message });
        }
        if self.answer.as_ref().is_some_and(|answer| !is_sound(&answer.text)) {
            return Err(Refusal::BadText { part: Part::Answer });
        }
        Ok(())
    }

    async fn resolve(&self, writer: &mut Writer) -> Result<Result<Found, Refusal>, StorageError> {
        let missing = |kind, key: String, part| Ok(Err(Refusal::Missing { kind, key, part }));
        let mut found = Found::default();
        if let Some(procedure) = &self.procedure {
            found.procedure_id = writer.known.procedure(&writer.tx, procedure.as_str()).await?;
            if found.procedure_id.is_none() {
                return missing(EntityKind::Procedure, procedure.to_string(), Part::Procedure);
            }
        }
        if let Some(centre) = &self.centre {
            found.centre_id =
                writer.known.centre(&writer.tx, centre.as_str()).await?.map(|centre| centre.row_id);
            if found.centre_id.is_none() {
                return missing(EntityKind::Centre, centre.to_string(), Part::Centre);
            }
        }
        if let Some(unit) = &self.unit {
            let units = writer.units().await?;
            let eve = self.opened_on.pred_opt().unwrap_or(self.opened_on);
            found.unit_id = units.unit_on(unit, self.opened_on).or_else(|| units.unit_on(unit, eve));
            if found.unit_id.is_none() {
                return missing(EntityKind::Unit, unit.to_string(), Part::Unit);
            }
        }
        Ok(Ok(found))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Work(number) = key else { return Ok(None) };
        let row = work::Entity::find().filter(work::Column::Number.eq(number)).one(&writer.tx).await?;
        row.map(|row| Ok(Stored { row_id: row.id, version: version(row.version), record: record(&row)? }))
            .transpose()
    }

    async fn write(&self, writer: &mut Writer, found: &Found, row: Row) -> Result<(), StorageError> {
        let model = model(writer, self, found, row)?.into_active_model();
        if row.is_new {
            work::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            work::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }
}

fn model(writer: &Writer, record: &Work, found: &Found, row: Row) -> Result<work::Model, StorageError> {
    let answer = record.answer.as_ref();
    let details = match answer {
        Some(_) => text_of("work", &Work { answer: None, ..record.clone() })?,
        None => text_of("work", record)?,
    };
    Ok(work::Model {
        id: row.row_id,
        number: record.number.clone(),
        kind: record.kind.as_str().to_owned(),
        centre_id: found.centre_id,
        unit_id: found.unit_id,
        procedure_id: found.procedure_id,
        state: if answer.is_some() { "done" } else { "open" }.to_owned(),
        due_on: record.due_on,
        details,
        answer: answer.map(|answer| answer.text.clone()),
        answered_at: answer.map(|answer| answer.answered_at),
        answered_by: answer.map(|answer| answer.answered_by.clone()),
        accepted: answer.and_then(|answer| answer.accepted).map(i64::from),
        version: i64::from(row.version),
        changed_at: writer.at(),
    })
}

/// How many pieces of work are looked up and written at a time: 15 columns each stay below SQLite's 32,766 variables.
const GROUP: usize = 1_000;

/// Creates or replaces pieces of work, the new ones of a group in one statement; outcomes are appended in order.
pub(crate) async fn put_group(
    writer: &mut Writer,
    records: Vec<(Work, Expected)>,
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

async fn put_chunk(
    writer: &mut Writer,
    records: Vec<(Work, Expected)>,
    outcomes: &mut Vec<Result<Applied, Refusal>>,
) -> Result<(), StorageError> {
    let numbers = records.iter().map(|(record, _)| record.number.clone());
    let stored: Vec<String> = work::Entity::find()
        .select_only()
        .column(work::Column::Number)
        .filter(work::Column::Number.is_in(numbers))
        .into_tuple()
        .all(&writer.tx)
        .await?;
    let mut one_by_one: HashSet<String> = stored.into_iter().collect();
    let mut inserts = Vec::new();
    for (record, expected) in records {
        // A number that comes twice finds its first form only when that is written.
        let is_plain =
            !matches!(expected, Expected::Version(1..)) && one_by_one.insert(record.number.clone());
        if !is_plain || !writer.writes() {
            flush(writer, &mut inserts).await?;
            outcomes.push(keep(writer, record, expected).await?);
            continue;
        }
        if let Err(refusal) = record.check(writer.today()) {
            outcomes.push(Err(refusal));
            continue;
        }
        let found = match record.resolve(writer).await? {
            Ok(found) => found,
            Err(refusal) => {
                outcomes.push(Err(refusal));
                continue;
            }
        };
        if !writer.covers(EntityKind::Work, &record.belongs()).await? {
            outcomes.push(Err(Refusal::Forbidden));
            continue;
        }
        let row = Row { row_id: writer.next_id("work").await?, version: 1, is_new: true };
        inserts.push(model(writer, &record, &found, row)?.into_active_model());
        let entry = Entry {
            kind: EntityKind::Work,
            key: record.number.clone(),
            subject_id: row.row_id,
            version: row.version,
            before: None,
            after: Some(text_of("work", &record)?),
        };
        outcomes.push(Ok(Applied::Created(writer.log(entry).await?)));
    }
    flush(writer, &mut inserts).await
}

async fn flush(writer: &Writer, inserts: &mut Vec<work::ActiveModel>) -> Result<(), StorageError> {
    if !inserts.is_empty() {
        work::Entity::insert_many(std::mem::take(inserts)).exec_without_returning(&writer.tx).await?;
    }
    Ok(())
}
