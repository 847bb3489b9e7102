//! Periods of administrative units.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::change::EntityKind;
use crate::code::UnitCode;
use crate::level::Tier;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::permit::Belongs;
use crate::refusal::{Part, Refusal, Rule};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{unit, unit_period};
use crate::store::keep::{Kept, Place, Row, Stored};
use crate::store::period_columns::{self, reference_day};
use crate::store::read::{code, damaged, document, id, is_sound, text_of, version};
use crate::store::sources::{source_of, sources_by_id};
use crate::store::writer::Writer;
use crate::text::sort_key;
use crate::unit::UnitPeriod;

/// The tiers that a unit can have.
const TIERS: [Tier; 3] = [Tier::Province, Tier::District, Tier::Commune];

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

/// Rows that a period refers to.
pub(crate) struct Found {
    /// The unit; a new one where none goes on.
    unit_id: i64,
    is_new_unit: bool,
    parent_unit_id: Option<i64>,
}

impl Kept for UnitPeriod {
    const KIND: EntityKind = EntityKind::Unit;
    const TABLE: &'static str = "unit_period";
    const REFERRED: Option<&'static str> = Some("unit");
    type Found = Found;

    fn key(&self) -> LogKey {
        LogKey::Unit { code: self.code.clone(), from: self.period.valid_from() }
    }

    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }

    fn belongs(&self) -> Belongs {
        Belongs::Unit(self.code.clone(), reference_day(self.period))
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        if !is_sound(&self.name) || !is_sound(&self.full_name) || !is_sound(&self.kind) {
            return Err(Refusal::BadText { part: Part::Name });
        }
        if self.tier != self.code.tier() {
            return Err(Rule::TierOfCode.into());
        }
        Ok(())
    }

    async fn resolve(&self, writer: &mut Writer) -> Result<Result<Found, Refusal>, StorageError> {
        let (from, to) = period_columns::columns(self.period);
        let units = writer.units().await?;
        let own = units.spans(&self.code).iter().find(|span| span.from == from).cloned();
        let own_row = own.as_ref().map(|own| own.row_id);
        let overlapping = units
            .spans(&self.code)
            .iter()
            .find(|span| own_row != Some(span.row_id) && span.from < to && from < span.to)
            .cloned();
        let continued = units.continued(self);
        let day = reference_day(self.period);
        let parent_unit_id = self.parent.as_ref().and_then(|parent| units.unit_on(parent, day));
        if let Some(span) = overlapping {
            return Ok(Err(Refusal::Overlap { stored: period_columns::period(span.from, span.to)? }));
        }
        if let Some(parent) = &self.parent
            && parent_unit_id.is_none()
        {
            let key = parent.to_string();
            return Ok(Err(Refusal::Missing { kind: EntityKind::Unit, key, part: Part::Parent }));
        }
        let taken_out = writer.buried(EntityKind::Unit, self.code.as_str());
        let unit_id = own.map(|own| own.unit_id).or(continued).or(taken_out);
        Ok(Ok(Found {
            is_new_unit: unit_id.is_none(),
            unit_id: match unit_id {
                Some(unit_id) => unit_id,
                None => writer.next_id("unit").await?,
            },
            parent_unit_id,
        }))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Unit { code, from } = key else { return Ok(None) };
        let from = from.unwrap_or_else(period_columns::beginning);
        let units = writer.units().await?;
        let span = units.spans(code).iter().find(|span| span.from == from);
        let Some(row_id) = span.map(|span| span.row_id) else { return Ok(None) };
        let Some(row) = unit_period::Entity::find_by_id(row_id).one(&writer.tx).await? else {
            return Ok(None);
        };
        let sources = sources_by_id(&writer.tx, [row.source_id]).await?;
        Ok(Some(Stored { row_id, version: version(row.version), record: record(&row, &sources)? }))
    }

    async fn write(&self, writer: &mut Writer, found: &Found, row: Row) -> Result<(), StorageError> {
        if found.is_new_unit {
            let model = unit::Model { id: found.unit_id, tier: self.tier.as_str().to_owned() };
            unit::Entity::insert(model.into_active_model()).exec_without_returning(&writer.tx).await?;
        }
        let (valid_from, valid_to) = period_columns::columns(self.period);
        let model = unit_period::Model {
            id: row.row_id,
            unit_id: found.unit_id,
            code: self.code.to_string(),
            valid_from,
            valid_to,
            kind: self.kind.clone(),
            name: self.name.clone(),
            full_name: self.full_name.clone(),
            sort_key: sort_key(&self.name),
            parent_unit_id: found.parent_unit_id,
            parent_code: self.parent.as_ref().map(ToString::to_string),
            province_code: self.province.to_string(),
            continues: self.continues,
            lat: self.lat,
            lon: self.lon,
            extra: if self.extra.is_empty() { None } else { Some(text_of("unit", &self.extra)?) },
            source_id: writer.source_id(&self.source).await?,
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            unit_period::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            unit_period::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }

    fn referred(&self) -> String {
        self.code.to_string()
    }

    fn held(&self) -> Period {
        self.period
    }

    fn loosens(&self, after: &Self) -> bool {
        !self.period.is_within(after.period)
    }

    fn within(&self) -> Option<(UnitCode, Period)> {
        self.parent.clone().map(|parent| (parent, self.period))
    }

    fn is_last(&self, writer: &Writer, unit_id: i64) -> bool {
        let spans = writer.known.units.as_ref().map_or(&[][..], |units| units.spans(&self.code));
        !spans.iter().any(|span| span.unit_id == unit_id)
    }

    fn remember(&self, writer: &mut Writer, unit_id: i64, place: Place) {
        let Some(units) = &mut writer.known.units else { return };
        match place {
            Place::In(row_id) => units.add(self, row_id, unit_id),
            Place::GoneFrom(row_id) => units.remove(&self.code, row_id),
        }
    }

    async fn stored_subject(&self, writer: &mut Writer, row_id: i64) -> Result<i64, StorageError> {
        let units = writer.units().await?;
        let own = units.spans(&self.code).iter().find(|span| span.row_id == row_id);
        own.map(|span| span.unit_id)
            .ok_or_else(|| damaged("unit", self.code.as_str(), "its identity is not there"))
    }

    fn subject(&self, found: &Found, _row_id: i64) -> i64 {
        found.unit_id
    }
}
