//! Successions of units.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use chrono::NaiveDate;

use crate::change::EntityKind;
use crate::log_key::LogKey;
use crate::permit::Belongs;
use crate::refusal::{Part, Refusal, Rule};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::unit_succession;
use crate::store::keep::{Kept, Row, Stored};
use crate::store::read::{code, document, id, text_of, version};
use crate::store::sources::{source_of, sources_by_id};
use crate::store::writer::Writer;
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

/// The units of a succession.
pub(crate) struct Found {
    predecessor_unit_id: i64,
    successor_unit_id: Option<i64>,
}

impl Kept for Succession {
    const KIND: EntityKind = EntityKind::Succession;
    const TABLE: &'static str = "unit_succession";
    type Found = Found;

    fn key(&self) -> LogKey {
        LogKey::Succession {
            predecessor: self.predecessor.clone(),
            successor: self.successor.clone(),
            on: self.effective_on,
        }
    }

    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }

    fn belongs(&self) -> Belongs {
        Belongs::Unit(self.predecessor.clone(), self.effective_on.pred_opt().unwrap_or(self.effective_on))
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        if self.successor.is_none() != (self.extent == Extent::Unknown) {
            return Err(Rule::ExtentAndSuccessor.into());
        }
        if self.effective_on.pred_opt().is_none() {
            return Err(Rule::FirstDayOfCalendar.into());
        }
        Ok(())
    }

    async fn resolve(&self, writer: &mut Writer) -> Result<Result<Found, Refusal>, StorageError> {
        let day_before = self.effective_on.pred_opt().unwrap_or(self.effective_on);
        let units = writer.units().await?;
        let missing = |unit: &crate::code::UnitCode, part| {
            Ok(Err(Refusal::Missing { kind: EntityKind::Unit, key: unit.to_string(), part }))
        };
        let Some(predecessor_unit_id) = units.unit_on(&self.predecessor, day_before) else {
            return missing(&self.predecessor, Part::Predecessor);
        };
        let successor_unit_id = match &self.successor {
            None => None,
            Some(unit) => match units.unit_on(unit, self.effective_on) {
                Some(unit_id) => Some(unit_id),
                None => return missing(unit, Part::Successor),
            },
        };
        Ok(Ok(Found { predecessor_unit_id, successor_unit_id }))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Succession { predecessor, successor, on } = key else { return Ok(None) };
        // By the units, which have an index; their codes follow from them and the day.
        let units = writer.units().await?;
        let predecessor_id = units.unit_on(predecessor, on.pred_opt().unwrap_or(*on));
        let successor_id = successor.as_ref().map(|unit| units.unit_on(unit, *on));
        let on_the_day = unit_succession::Entity::find().filter(unit_succession::Column::EffectiveOn.eq(*on));
        let query = match (predecessor_id, successor_id) {
            (Some(unit_id), Some(Some(successor_id))) => on_the_day
                .filter(unit_succession::Column::PredecessorUnitId.eq(unit_id))
                .filter(unit_succession::Column::SuccessorUnitId.eq(successor_id)),
            (Some(unit_id), None) => on_the_day
                .filter(unit_succession::Column::PredecessorUnitId.eq(unit_id))
                .filter(unit_succession::Column::SuccessorUnitId.is_null()),
            // One whose unit is no longer what it was can still be taken out.
            _ => on_the_day.filter(unit_succession::Column::PredecessorCode.eq(predecessor.as_str())).filter(
                match successor {
                    Some(unit) => unit_succession::Column::SuccessorCode.eq(unit.as_str()),
                    None => unit_succession::Column::SuccessorCode.is_null(),
                },
            ),
        };
        let row = query.one(&writer.tx).await?;
        let Some(row) = row else { return Ok(None) };
        let sources = sources_by_id(&writer.tx, [row.source_id]).await?;
        Ok(Some(Stored { row_id: row.id, version: version(row.version), record: record(&row, &sources)? }))
    }

    async fn write(&self, writer: &mut Writer, found: &Found, row: Row) -> Result<(), StorageError> {
        let model = unit_succession::Model {
            id: row.row_id,
            predecessor_unit_id: found.predecessor_unit_id,
            predecessor_code: self.predecessor.to_string(),
            successor_unit_id: found.successor_unit_id,
            successor_code: self.successor.as_ref().map(ToString::to_string),
            effective_on: self.effective_on,
            extent: self.extent.as_str().to_owned(),
            is_default: self.is_default,
            extra: if self.extra.is_empty() { None } else { Some(text_of("succession", &self.extra)?) },
            source_id: writer.source_id(&self.source).await?,
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            unit_succession::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            unit_succession::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }

    async fn stored_subject(&self, writer: &mut Writer, row_id: i64) -> Result<i64, StorageError> {
        let row = unit_succession::Entity::find_by_id(row_id).one(&writer.tx).await?;
        // One that a comparison made has no row yet.
        Ok(row.map_or(0, |row| row.predecessor_unit_id))
    }

    fn subject(&self, found: &Found, _row_id: i64) -> i64 {
        found.predecessor_unit_id
    }
}
