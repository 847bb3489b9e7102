//! Working figures of centres.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{damaged, source_of, version};
use crate::centre_figure::{CentreFigure, Month};
use crate::change::EntityKind;
use crate::code::CentreId;
use crate::command::{Applied, Expected, Refusal};
use crate::period::Period;
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::centre_figure;
use crate::store::writer::{LogEntry, Step, Writer, step};
use crate::time_limit::Quantity;

/// Figures from their row.
pub(crate) fn record(
    row: &centre_figure::Model,
    centre: &CentreId,
    sources: &HashMap<i64, Source>,
) -> Result<CentreFigure, StorageError> {
    let number = |stored: Option<i64>| {
        let bad = || damaged("centre_figure", centre.as_str(), "a number out of range");
        stored.map(|number| u32::try_from(number).map_err(|_| bad())).transpose()
    };
    Ok(CentreFigure {
        centre: centre.clone(),
        month: Month::of(row.month),
        received: number(row.received)?,
        received_online: number(row.received_online)?,
        resolved: number(row.resolved)?,
        on_time: number(row.on_time)?,
        overdue: number(row.overdue)?,
        satisfaction: number(row.satisfaction_permille)?.map(Quantity::from_tenths),
        source: source_of(sources, "centre_figure", centre.as_str(), row.source_id)?,
    })
}

/// Creates or replaces the figures of a month.
pub(crate) async fn put(
    writer: &mut Writer,
    record: CentreFigure,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if let Some(rule) = record.faults(writer.today()).first() {
        return Ok(Err(Refusal::Contradiction(rule)));
    }
    let Some((centre_id, centre)) = writer.known.centre(&writer.tx, record.centre.as_str()).await? else {
        return Ok(Err(Refusal::Missing { what: "centre", key: record.centre.to_string(), part: "centre" }));
    };
    // A centre may open or close within a month; what counts is that it worked on some day of it.
    let month = Period::new(Some(record.month.first_day()), Some(record.month.end()));
    if !month.is_ok_and(|month| month.overlaps(centre)) {
        return Ok(Err(Refusal::BeyondCentre { centre }));
    }
    let row = centre_figure::Entity::find()
        .filter(centre_figure::Column::CentreId.eq(centre_id))
        .filter(centre_figure::Column::Month.eq(record.month.first_day()))
        .one(&writer.tx)
        .await?;
    let stored = match &row {
        Some(row) => {
            let sources = super::sources_by_id(&writer.tx, [row.source_id]).await?;
            Some((self::record(row, &record.centre, &sources)?, version(row.version)))
        }
        None => None,
    };
    let version = match step(stored.as_ref().map(|(record, version)| (record, *version)), &record, expected) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Step::Same) => return Ok(Ok(Applied::Same)),
        Ok(Step::Write(version)) => version,
    };
    let row_id = match &row {
        Some(row) => row.id,
        None => writer.next_id("centre_figure").await?,
    };
    let model = centre_figure::Model {
        id: row_id,
        centre_id,
        month: record.month.first_day(),
        received: record.received.map(i64::from),
        received_online: record.received_online.map(i64::from),
        resolved: record.resolved.map(i64::from),
        on_time: record.on_time.map(i64::from),
        overdue: record.overdue.map(i64::from),
        satisfaction_permille: record.satisfaction.map(|percent| i64::from(percent.tenths())),
        source_id: writer.source_id(&record.source).await?,
        version: i64::from(version),
        changed_at: writer.at(),
    }
    .into_active_model();
    if row.is_some() {
        centre_figure::Entity::update(model.reset_all()).exec(&writer.tx).await?;
    } else {
        centre_figure::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|(record, _)| record);
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::CentreFigure,
            key: format!("{}@{}", record.centre, record.month),
            row_id,
            version,
            before,
            after: &record,
        })
        .await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}
