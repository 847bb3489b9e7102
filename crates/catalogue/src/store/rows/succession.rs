//! Successions of units.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{code, id, source_of, version};
use crate::change::EntityKind;
use crate::command::{Applied, Expected, Refusal};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::unit_succession;
use crate::store::writer::{LogEntry, Step, Writer, document, step, text_of};
use crate::unit::{Extent, Succession};

/// A succession from its row.
pub(crate) fn record(
    row: &unit_succession::Model,
    sources: &HashMap<i64, Source>,
) -> Result<Succession, StorageError> {
    let key = &row.predecessor_code;
    Ok(Succession {
        predecessor: id("succession", &row.predecessor_code)?,
        successor: row.successor_code.as_deref().map(|successor| id("succession", successor)).transpose()?,
        effective_on: row.effective_on,
        extent: code("succession", key, Extent::ALL, Extent::as_str, &row.extent)?,
        is_default: row.is_default,
        extra: extra(row)?,
        source: source_of(sources, "succession", key, row.source_id)?,
    })
}

/// The further columns of a succession.
pub(crate) fn extra(row: &unit_succession::Model) -> Result<BTreeMap<String, String>, StorageError> {
    let document = |text| document("succession", &row.predecessor_code, text);
    Ok(row.extra.as_deref().map(document).transpose()?.unwrap_or_default())
}

/// Creates or replaces a succession.
pub(crate) async fn put(
    writer: &mut Writer,
    record: Succession,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if record.successor.is_none() != (record.extent == Extent::Unknown) {
        return Ok(Err(Refusal::Contradiction(
            "the extent is unknown where, and only where, no successor is named",
        )));
    }
    let Some(day_before) = record.effective_on.pred_opt() else {
        return Ok(Err(Refusal::Contradiction(
            "a succession cannot happen on the first day of the calendar",
        )));
    };
    let units = writer.units().await?;
    let predecessor_unit_id = units.unit_on(&record.predecessor, day_before);
    let successor_unit_id =
        record.successor.as_ref().map(|unit| (unit, units.unit_on(unit, record.effective_on)));
    let missing = |unit: &crate::code::UnitCode, part| {
        Ok(Err(Refusal::Missing { what: "unit", key: unit.to_string(), part }))
    };
    let Some(predecessor_unit_id) = predecessor_unit_id else {
        return missing(&record.predecessor, "old_code");
    };
    let successor_unit_id = match successor_unit_id {
        Some((unit, None)) => return missing(unit, "new_code"),
        Some((_, Some(unit_id))) => Some(unit_id),
        None => None,
    };
    let same_successor = match successor_unit_id {
        Some(unit_id) => unit_succession::Column::SuccessorUnitId.eq(unit_id),
        None => unit_succession::Column::SuccessorUnitId.is_null(),
    };
    let row = unit_succession::Entity::find()
        .filter(unit_succession::Column::PredecessorUnitId.eq(predecessor_unit_id))
        .filter(unit_succession::Column::EffectiveOn.eq(record.effective_on))
        .filter(same_successor)
        .one(&writer.tx)
        .await?;
    let stored = match &row {
        Some(row) => {
            let sources = super::sources_by_id(&writer.tx, [row.source_id]).await?;
            Some((self::record(row, &sources)?, version(row.version)))
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
        None => writer.next_id("unit_succession").await?,
    };
    let model = unit_succession::Model {
        id: row_id,
        predecessor_unit_id,
        predecessor_code: record.predecessor.to_string(),
        successor_unit_id,
        successor_code: record.successor.as_ref().map(ToString::to_string),
        effective_on: record.effective_on,
        extent: record.extent.as_str().to_owned(),
        is_default: record.is_default,
        extra: if record.extra.is_empty() { None } else { Some(text_of("succession", &record.extra)?) },
        source_id: writer.source_id(&record.source).await?,
        version: i64::from(version),
        changed_at: writer.at(),
    }
    .into_active_model();
    if row.is_some() {
        unit_succession::Entity::update(model.reset_all()).exec(&writer.tx).await?;
    } else {
        unit_succession::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|(record, _)| record);
    let successor = record.successor.as_ref().map_or("-", |unit| unit.as_str());
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Succession,
            key: format!("{}>{successor}@{}", record.predecessor, record.effective_on),
            row_id: predecessor_unit_id,
            version,
            before,
            after: &record,
        })
        .await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}
