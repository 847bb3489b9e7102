//! Tasks: one by one, and many at once.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{damaged, is_sound, version};
use crate::change::EntityKind;
use crate::command::{Applied, Expected, Refusal};
use crate::store::db::StorageError;
use crate::store::entity::task;
use crate::store::writer::{LogEntry, Step, Writer, document, step, text_of};
use crate::task::{Task, TaskAnswer};

/// A task from its row.
pub(crate) fn record(row: &task::Model) -> Result<Task, StorageError> {
    let mut task: Task = document("task", &row.number, &row.details)?;
    task.answer = match (&row.answer, row.answered_at) {
        (Some(text), Some(answered_at)) => Some(TaskAnswer {
            text: text.clone(),
            answered_at,
            answered_by: row.answered_by.clone().unwrap_or_default(),
        }),
        (None, None) => None,
        _ => return Err(damaged("task", &row.number, "half an answer")),
    };
    Ok(task)
}

/// Row ids of what a task is about.
#[derive(Debug, Clone, Copy, Default)]
struct About {
    centre_id: Option<i64>,
    unit_id: Option<i64>,
    procedure_id: Option<i64>,
}

/// Creates a task or writes its answer.
pub(crate) async fn put(
    writer: &mut Writer,
    record: Task,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if !is_sound(&record.number) || record.answer.as_ref().is_some_and(|answer| !is_sound(&answer.text)) {
        return Ok(Err(Refusal::BadText { part: "answer" }));
    }
    let about = match about(writer, &record).await? {
        Ok(about) => about,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let row = task::Entity::find().filter(task::Column::Number.eq(&record.number)).one(&writer.tx).await?;
    let stored = row
        .as_ref()
        .map(|row| Ok::<_, StorageError>((self::record(row)?, version(row.version))))
        .transpose()?;
    let version = match step(stored.as_ref().map(|(record, version)| (record, *version)), &record, expected) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Step::Same) => return Ok(Ok(Applied::Same)),
        Ok(Step::Write(version)) => version,
    };
    let row_id = match &row {
        Some(row) => row.id,
        None => writer.next_id("task").await?,
    };
    let model = model(writer, &record, about, row_id, version)?.into_active_model();
    if row.is_some() {
        task::Entity::update(model.reset_all()).exec(&writer.tx).await?;
    } else {
        task::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|(record, _)| record);
    let sequence = log(writer, &record, before, row_id, version).await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}

/// Creates tasks whose numbers are new, many at once.
pub(crate) async fn insert_new(
    writer: &mut Writer,
    tasks: &[Task],
) -> Result<Result<(), Refusal>, StorageError> {
    // Thirteen columns each stay below SQLite's 32,766 variables.
    for group in tasks.chunks(1000) {
        let mut models = Vec::with_capacity(group.len());
        for record in group {
            let about = match about(writer, record).await? {
                Ok(about) => about,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let row_id = writer.next_id("task").await?;
            models.push(model(writer, record, about, row_id, 1)?.into_active_model());
            log(writer, record, None, row_id, 1).await?;
        }
        task::Entity::insert_many(models).exec_without_returning(&writer.tx).await?;
    }
    Ok(Ok(()))
}

async fn about(writer: &mut Writer, record: &Task) -> Result<Result<About, Refusal>, StorageError> {
    let missing = |what, key: String| Ok(Err(Refusal::Missing { what, key, part: what }));
    let mut about = About::default();
    if let Some(procedure) = &record.procedure {
        about.procedure_id = writer.known.procedure(&writer.tx, procedure.as_str()).await?;
        if about.procedure_id.is_none() {
            return missing("procedure", procedure.to_string());
        }
    }
    if let Some(centre) = &record.centre {
        about.centre_id = writer.known.centre(&writer.tx, centre.as_str()).await?.map(|(id, _)| id);
        if about.centre_id.is_none() {
            return missing("centre", centre.to_string());
        }
    }
    if let Some(unit) = &record.unit {
        let units = writer.units().await?;
        let eve = record.opened_on.pred_opt().unwrap_or(record.opened_on);
        about.unit_id = units.unit_on(unit, record.opened_on).or_else(|| units.unit_on(unit, eve));
        if about.unit_id.is_none() {
            return missing("unit", unit.to_string());
        }
    }
    Ok(Ok(about))
}

fn model(
    writer: &Writer,
    record: &Task,
    about: About,
    row_id: i64,
    version: u32,
) -> Result<task::Model, StorageError> {
    let answer = record.answer.as_ref();
    let details = match answer {
        Some(_) => text_of("task", &Task { answer: None, ..record.clone() })?,
        None => text_of("task", record)?,
    };
    Ok(task::Model {
        id: row_id,
        number: record.number.clone(),
        kind: record.kind.as_str().to_owned(),
        centre_id: about.centre_id,
        unit_id: about.unit_id,
        procedure_id: about.procedure_id,
        state: if answer.is_some() { "done" } else { "open" }.to_owned(),
        details,
        answer: answer.map(|answer| answer.text.clone()),
        answered_at: answer.map(|answer| answer.answered_at),
        answered_by: answer.map(|answer| answer.answered_by.clone()),
        version: i64::from(version),
        changed_at: writer.at(),
    })
}

async fn log(
    writer: &mut Writer,
    record: &Task,
    before: Option<&Task>,
    row_id: i64,
    version: u32,
) -> Result<u64, StorageError> {
    let key = record.number.clone();
    writer.log(LogEntry { entity: EntityKind::Task, key, row_id, version, before, after: record }).await
}

/// Tasks by their row ids.
pub(crate) fn by_id(rows: Vec<task::Model>) -> Result<HashMap<i64, Task>, StorageError> {
    rows.into_iter().map(|row| Ok((row.id, record(&row)?))).collect()
}
