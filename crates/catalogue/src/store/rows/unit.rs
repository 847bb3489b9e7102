//! Periods of administrative units.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};

use super::{code, id, is_sound, source_of, version};
use crate::change::EntityKind;
use crate::code::UnitCode;
use crate::command::{Applied, Expected, Refusal};
use crate::level::Tier;
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{unit, unit_period};
use crate::store::period_columns::{self, key_of, reference_day};
use crate::store::writer::{LogEntry, Step, Writer, document, step, text_of};
use crate::text::sort_key;
use crate::unit::UnitPeriod;

/// The tiers that a unit can have.
const TIERS: [Tier; 3] = [Tier::Province, Tier::District, Tier::Commune];

/// Every period of every unit code: row id, unit id, first day, first day after.
#[derive(Debug, Default)]
pub(crate) struct ByCode(HashMap<String, Vec<Span>>);

/// Where a code belongs for some days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Row of the period.
    pub(crate) row_id: i64,
    /// The unit.
    pub(crate) unit_id: i64,
    from: NaiveDate,
    to: NaiveDate,
    continues: bool,
}

impl ByCode {
    /// Reads them all.
    pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Self, StorageError> {
        let mut by_code = Self::default();
        for row in unit_period::Entity::find().all(db).await? {
            by_code.add(&row);
        }
        Ok(by_code)
    }

    fn add(&mut self, row: &unit_period::Model) {
        let spans = self.0.entry(row.code.clone()).or_default();
        spans.retain(|span| span.row_id != row.id);
        spans.push(Span {
            row_id: row.id,
            unit_id: row.unit_id,
            from: row.valid_from,
            to: row.valid_to,
            continues: row.continues,
        });
    }

    fn spans(&self, code: &UnitCode) -> &[Span] {
        self.0.get(code.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The unit that has a code on a day.
    pub(crate) fn unit_on(&self, code: &UnitCode, day: NaiveDate) -> Option<i64> {
        self.spans(code).iter().find(|span| span.from <= day && day < span.to).map(|span| span.unit_id)
    }

    /// The unit that a new period of a code belongs to, where it goes on from or leads up to a stored one.
    fn continued(&self, record: &UnitPeriod) -> Option<i64> {
        let (from, to) = period_columns::columns(record.period);
        let spans = self.spans(&record.code);
        let before = spans.iter().find(|span| span.to == from && record.continues);
        let after = spans.iter().find(|span| span.from == to && span.continues);
        before.or(after).map(|span| span.unit_id)
    }
}

impl Writer {
    /// The unit codes, loaded on first use.
    pub(crate) async fn units(&mut self) -> Result<&mut ByCode, StorageError> {
        if self.known.units.is_none() {
            self.known.units = Some(ByCode::load(&self.tx).await?);
        }
        Ok(self.known.units.get_or_insert_default())
    }
}

/// A unit period from its row.
pub(crate) fn record(
    row: &unit_period::Model,
    sources: &HashMap<i64, Source>,
) -> Result<UnitPeriod, StorageError> {
    let unit_code: UnitCode = id("unit", &row.code)?;
    Ok(UnitPeriod {
        period: period_columns::period(row.valid_from, row.valid_to)?,
        tier: unit_code.tier(),
        kind: row.kind.clone(),
        name: row.name.clone(),
        full_name: row.full_name.clone(),
        parent: row.parent_code.as_deref().map(|parent| id("unit", parent)).transpose()?,
        province: id("unit", &row.province_code)?,
        continues: row.continues,
        lat: row.lat,
        lon: row.lon,
        extra: row
            .extra
            .as_deref()
            .map(|text| document("unit", &row.code, text))
            .transpose()?
            .unwrap_or_default(),
        source: source_of(sources, "unit", &row.code, row.source_id)?,
        code: unit_code,
    })
}

/// Reads the tier of a unit row.
pub(crate) fn tier(stored: &str) -> Result<Tier, StorageError> {
    code("unit", "", TIERS, Tier::as_str, stored)
}

/// The tier of a unit period.
pub(crate) fn record_tier(row: &unit_period::Model) -> Result<Tier, StorageError> {
    Ok(id::<UnitCode>("unit", &row.code)?.tier())
}

/// Creates or replaces a period of a unit.
pub(crate) async fn put(
    writer: &mut Writer,
    record: UnitPeriod,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if !is_sound(&record.name) || !is_sound(&record.full_name) || !is_sound(&record.kind) {
        return Ok(Err(Refusal::BadText { part: "name" }));
    }
    if record.tier != record.code.tier() {
        return Ok(Err(Refusal::Contradiction("the tier does not fit the number of digits of the code")));
    }
    let (from, to) = period_columns::columns(record.period);
    let units = writer.units().await?;
    let same_key = units.spans(&record.code).iter().find(|span| span.from == from).copied();
    let overlapping = units
        .spans(&record.code)
        .iter()
        .find(|span| same_key.is_none_or(|own| own.row_id != span.row_id) && span.from < to && from < span.to)
        .copied();
    let continued = units.continued(&record);
    let day = reference_day(record.period);
    let parent_unit_id = record.parent.as_ref().and_then(|parent| units.unit_on(parent, day));
    if let Some(span) = overlapping {
        return Ok(Err(Refusal::Overlap { stored: period_columns::period(span.from, span.to)? }));
    }
    if let Some(parent) = &record.parent
        && parent_unit_id.is_none()
    {
        return Ok(Err(Refusal::Missing { what: "unit", key: parent.to_string(), part: "parent_code" }));
    }
    let row = match same_key {
        Some(span) => unit_period::Entity::find_by_id(span.row_id).one(&writer.tx).await?,
        None => None,
    };
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
    let unit_id = match (&row, continued) {
        (Some(row), _) => row.unit_id,
        (None, Some(unit_id)) => unit_id,
        (None, None) => {
            let unit_id = writer.next_id("unit").await?;
            let model = unit::Model { id: unit_id, tier: record.tier.as_str().to_owned() };
            unit::Entity::insert(model.into_active_model()).exec_without_returning(&writer.tx).await?;
            unit_id
        }
    };
    let row_id = match &row {
        Some(row) => row.id,
        None => writer.next_id("unit_period").await?,
    };
    let model = unit_period::Model {
        id: row_id,
        unit_id,
        code: record.code.to_string(),
        valid_from: from,
        valid_to: to,
        kind: record.kind.clone(),
        name: record.name.clone(),
        full_name: record.full_name.clone(),
        sort_key: sort_key(&record.name),
        parent_unit_id,
        parent_code: record.parent.as_ref().map(ToString::to_string),
        province_code: record.province.to_string(),
        continues: record.continues,
        lat: record.lat,
        lon: record.lon,
        extra: if record.extra.is_empty() { None } else { Some(text_of("unit", &record.extra)?) },
        source_id: writer.source_id(&record.source).await?,
        version: i64::from(version),
        changed_at: writer.at(),
    };
    writer.units().await?.add(&model);
    let model = model.into_active_model();
    if row.is_some() {
        unit_period::Entity::update(model.reset_all()).exec(&writer.tx).await?;
    } else {
        unit_period::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|(record, _)| record);
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Unit,
            key: format!("{}@{}", record.code, key_of(record.period)),
            row_id: unit_id,
            version,
            before,
            after: &record,
        })
        .await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}
