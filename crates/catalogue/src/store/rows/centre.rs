//! Service centres.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{id, is_sound, source_of, version};
use crate::availability::is_web_address;
use crate::centre::Centre;
use crate::change::EntityKind;
use crate::command::{Applied, Expected, Refusal};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::centre;
use crate::store::period_columns::{self, reference_day};
use crate::store::writer::{LogEntry, Step, Writer, document, step, text_of};
use crate::text::sort_key;

/// A centre from its row.
pub(crate) fn record(row: &centre::Model, sources: &HashMap<i64, Source>) -> Result<Centre, StorageError> {
    Ok(Centre {
        id: id("centre", &row.slug)?,
        period: period_columns::period(row.valid_from, row.valid_to)?,
        name: row.name.clone(),
        tier: super::unit::tier(&row.tier)?,
        unit: id("centre", &row.unit_code)?,
        sites: document("centre", &row.slug, &row.sites)?,
        portal: row.portal.clone(),
        note: row.note.clone(),
        extra: row
            .extra
            .as_deref()
            .map(|text| document("centre", &row.slug, text))
            .transpose()?
            .unwrap_or_default(),
        source: source_of(sources, "centre", &row.slug, row.source_id)?,
    })
}

/// Creates or replaces a centre.
pub(crate) async fn put(
    writer: &mut Writer,
    record: Centre,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if !is_sound(&record.name) {
        return Ok(Err(Refusal::BadText { part: "name" }));
    }
    if record.portal.as_deref().is_some_and(|portal| !is_web_address(portal)) {
        return Ok(Err(Refusal::Contradiction("the portal is not an http or https address")));
    }
    if record.tier != record.unit.tier() {
        return Ok(Err(Refusal::Contradiction("the tier is not that of the centre's unit")));
    }
    let day = reference_day(record.period);
    let Some(unit_id) = writer.units().await?.unit_on(&record.unit, day) else {
        return Ok(Err(Refusal::Missing { what: "unit", key: record.unit.to_string(), part: "unit_code" }));
    };
    let row =
        centre::Entity::find().filter(centre::Column::Slug.eq(record.id.as_str())).one(&writer.tx).await?;
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
        None => writer.next_id("centre").await?,
    };
    let (valid_from, valid_to) = period_columns::columns(record.period);
    let model = centre::Model {
        id: row_id,
        slug: record.id.to_string(),
        valid_from,
        valid_to,
        name: record.name.clone(),
        sort_key: sort_key(&record.name),
        tier: record.tier.as_str().to_owned(),
        unit_id,
        unit_code: record.unit.to_string(),
        sites: text_of("centre", &record.sites)?,
        portal: record.portal.clone(),
        note: record.note.clone(),
        extra: if record.extra.is_empty() { None } else { Some(text_of("centre", &record.extra)?) },
        source_id: writer.source_id(&record.source).await?,
        version: i64::from(version),
        changed_at: writer.at(),
    }
    .into_active_model();
    if row.is_some() {
        centre::Entity::update(model.reset_all()).exec(&writer.tx).await?;
    } else {
        centre::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    writer.known.centres.insert(record.id.to_string(), (row_id, record.period));
    let before = stored.as_ref().map(|(record, _)| record);
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Centre,
            key: record.id.to_string(),
            row_id,
            version,
            before,
            after: &record,
        })
        .await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}
