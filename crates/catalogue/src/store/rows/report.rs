//! Citizens' reports.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{code, damaged, is_sound, version};
use crate::change::EntityKind;
use crate::command::{Applied, Expected, Refusal};
use crate::report::{Report, ReportAnswer};
use crate::store::db::StorageError;
use crate::store::entity::report;
use crate::store::writer::{LogEntry, Step, Writer, step};

/// A report from its row.
pub(crate) fn record(row: &report::Model) -> Result<Report, StorageError> {
    let answer = match (&row.answer, row.answered_at) {
        (Some(text), Some(answered_at)) => Some(ReportAnswer {
            accepted: row.state == "answered",
            text: text.clone(),
            answered_at,
            answered_by: row.answered_by.clone().unwrap_or_default(),
        }),
        (None, None) => None,
        _ => return Err(damaged("report", &row.number, "half an answer")),
    };
    Ok(Report {
        number: row.number.clone(),
        entity: code("report", &row.number, EntityKind::ALL, EntityKind::as_str, &row.entity)?,
        key: row.key.clone(),
        fact: row.fact.clone(),
        message: row.message.clone(),
        reported_at: row.reported_at,
        answer,
    })
}

/// Creates a report or writes its answer.
pub(crate) async fn put(
    writer: &mut Writer,
    record: Report,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if !is_sound(&record.message) || record.answer.as_ref().is_some_and(|answer| !is_sound(&answer.text)) {
        return Ok(Err(Refusal::BadText { part: "message" }));
    }
    let row =
        report::Entity::find().filter(report::Column::Number.eq(&record.number)).one(&writer.tx).await?;
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
        None => writer.next_id("report").await?,
    };
    let state = match &record.answer {
        None => "open",
        Some(answer) if answer.accepted => "answered",
        Some(_) => "rejected",
    };
    let model = report::Model {
        id: row_id,
        number: record.number.clone(),
        entity: record.entity.as_str().to_owned(),
        key: record.key.clone(),
        fact: record.fact.clone(),
        message: record.message.clone(),
        reported_at: record.reported_at,
        state: state.to_owned(),
        answer: record.answer.as_ref().map(|answer| answer.text.clone()),
        answered_at: record.answer.as_ref().map(|answer| answer.answered_at),
        answered_by: record.answer.as_ref().map(|answer| answer.answered_by.clone()),
        version: i64::from(version),
        changed_at: writer.at(),
    }
    .into_active_model();
    if row.is_some() {
        report::Entity::update(model.reset_all()).exec(&writer.tx).await?;
    } else {
        report::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|(record, _)| record);
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Report,
            key: record.number.clone(),
            row_id,
            version,
            before,
            after: &record,
        })
        .await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}
