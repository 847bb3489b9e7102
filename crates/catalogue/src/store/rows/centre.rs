//! Service centres.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::availability::is_web_address;
use crate::centre::Centre;
use crate::change::EntityKind;
use crate::code::UnitCode;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::permit::Belongs;
use crate::refusal::{Part, Refusal, Rule};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::centre;
use crate::store::keep::{Kept, Place, Row, Stored};
use crate::store::known::KnownCentre;
use crate::store::period_columns::{self, reference_day};
use crate::store::read::{document, id, is_sound, text_of, version};
use crate::store::sources::{source_of, sources_by_id};
use crate::store::writer::Writer;
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

/// The unit of a centre.
pub(crate) struct Found {
    unit_id: i64,
}

impl Kept for Centre {
    const KIND: EntityKind = EntityKind::Centre;
    const TABLE: &'static str = "centre";
    const REFERRED: Option<&'static str> = Some("centre");
    type Found = Found;

    fn key(&self) -> LogKey {
        LogKey::Centre(self.id.clone())
    }

    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }

    /// By its unit, which the record itself names: nobody reaches a centre by claiming its id.
    fn belongs(&self) -> Belongs {
        Belongs::Unit(self.unit.clone(), reference_day(self.period))
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        if !is_sound(&self.name) {
            return Err(Refusal::BadText { part: Part::Name });
        }
        if self.portal.as_deref().is_some_and(|portal| !is_web_address(portal)) {
            return Err(Rule::PortalAddress.into());
        }
        if self.tier != self.unit.tier() {
            return Err(Rule::TierOfUnit.into());
        }
        Ok(())
    }

    async fn resolve(&self, writer: &mut Writer) -> Result<Result<Found, Refusal>, StorageError> {
        let day = reference_day(self.period);
        let Some(unit_id) = writer.units().await?.unit_on(&self.unit, day) else {
            let key = self.unit.to_string();
            return Ok(Err(Refusal::Missing { kind: EntityKind::Unit, key, part: Part::Unit }));
        };
        Ok(Ok(Found { unit_id }))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Centre(id) = key else { return Ok(None) };
        let row = centre::Entity::find().filter(centre::Column::Slug.eq(id.as_str())).one(&writer.tx).await?;
        let Some(row) = row else { return Ok(None) };
        let sources = sources_by_id(&writer.tx, [row.source_id]).await?;
        Ok(Some(Stored { row_id: row.id, version: version(row.version), record: record(&row, &sources)? }))
    }

    async fn write(&self, writer: &mut Writer, found: &Found, row: Row) -> Result<(), StorageError> {
        let (valid_from, valid_to) = period_columns::columns(self.period);
        let model = centre::Model {
            id: row.row_id,
            slug: self.id.to_string(),
            valid_from,
            valid_to,
            name: self.name.clone(),
            sort_key: sort_key(&self.name),
            tier: self.tier.as_str().to_owned(),
            unit_id: found.unit_id,
            unit_code: self.unit.to_string(),
            sites: text_of("centre", &self.sites)?,
            portal: self.portal.clone(),
            note: self.note.clone(),
            extra: if self.extra.is_empty() { None } else { Some(text_of("centre", &self.extra)?) },
            source_id: writer.source_id(&self.source).await?,
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            centre::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            centre::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }

    fn held(&self) -> Period {
        self.period
    }

    fn loosens(&self, after: &Self) -> bool {
        !self.period.is_within(after.period)
    }

    fn within(&self) -> Option<(UnitCode, Period)> {
        Some((self.unit.clone(), self.period))
    }

    fn remember(&self, writer: &mut Writer, _subject: i64, place: Place) {
        let known = |row_id| KnownCentre { row_id, period: self.period, unit: Some(self.unit.clone()) };
        match place {
            Place::In(row_id) => writer.known.add_centre(self.id.as_str(), known(row_id)),
            Place::GoneFrom(row_id) => writer.known.remove_centre(self.id.as_str(), known(row_id)),
        }
    }
}
