//! Working figures of centres.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::centre_figure::{CentreFigure, Month};
use crate::change::EntityKind;
use crate::code::CentreId;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::permit::Belongs;
use crate::refusal::{Part, Refusal};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::centre_figure;
use crate::store::keep::{Kept, Row, Stored};
use crate::store::read::{damaged, version};
use crate::store::sources::{source_of, sources_by_id};
use crate::store::writer::Writer;
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

/// The centre of the figures.
pub(crate) struct Found {
    centre_id: i64,
}

impl Kept for CentreFigure {
    const KIND: EntityKind = EntityKind::CentreFigure;
    const TABLE: &'static str = "centre_figure";
    type Found = Found;

    fn key(&self) -> LogKey {
        LogKey::CentreFigure { centre: self.centre.clone(), month: self.month }
    }

    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }

    fn belongs(&self) -> Belongs {
        Belongs::Centre(self.centre.clone())
    }

    fn check(&self, today: NaiveDate) -> Result<(), Refusal> {
        match self.faults(today).first() {
            Some(rule) => Err((*rule).into()),
            None => Ok(()),
        }
    }

    async fn resolve(&self, writer: &mut Writer) -> Result<Result<Found, Refusal>, StorageError> {
        let Some(centre) = writer.known.centre(&writer.tx, self.centre.as_str()).await? else {
            let key = self.centre.to_string();
            return Ok(Err(Refusal::Missing { kind: EntityKind::Centre, key, part: Part::Centre }));
        };
        // A centre may open or close within a month; what counts is that it worked on some day of it.
        let month = Period::new(Some(self.month.first_day()), Some(self.month.end()));
        if !month.is_ok_and(|month| month.overlaps(centre.period)) {
            return Ok(Err(Refusal::BeyondCentre { centre: centre.period }));
        }
        Ok(Ok(Found { centre_id: centre.row_id }))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::CentreFigure { centre, month } = key else { return Ok(None) };
        let known = writer.known.centre_even_gone(&writer.tx, centre.as_str()).await?;
        let Some(known) = known else { return Ok(None) };
        let row = centre_figure::Entity::find()
            .filter(centre_figure::Column::CentreId.eq(known.row_id))
            .filter(centre_figure::Column::Month.eq(month.first_day()))
            .one(&writer.tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let sources = sources_by_id(&writer.tx, [row.source_id]).await?;
        let record = record(&row, centre, &sources)?;
        Ok(Some(Stored { row_id: row.id, version: version(row.version), record }))
    }

    async fn write(&self, writer: &mut Writer, found: &Found, row: Row) -> Result<(), StorageError> {
        let model = centre_figure::Model {
            id: row.row_id,
            centre_id: found.centre_id,
            month: self.month.first_day(),
            received: self.received.map(i64::from),
            received_online: self.received_online.map(i64::from),
            resolved: self.resolved.map(i64::from),
            on_time: self.on_time.map(i64::from),
            overdue: self.overdue.map(i64::from),
            satisfaction_permille: self.satisfaction.map(|percent| i64::from(percent.tenths())),
            source_id: writer.source_id(&self.source).await?,
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            centre_figure::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            centre_figure::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }
}
