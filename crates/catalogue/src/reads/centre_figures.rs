//! Working figures of centres, and the names of agencies that figures are grouped by.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::catalogue::Catalogue;
use crate::centre_figure::CentreFigure;
use crate::code::{CentreId, Slug};
use crate::read::Stored;
use crate::store::db::StorageError;
use crate::store::entity::{agency, centre, centre_figure};
use crate::store::snapshot::Snapshot;
use crate::store::{read, rows, sources};

impl Catalogue {
    /// The figures of a centre for the months that were over on a day, the latest first, at most `most`.
    pub async fn centre_figures(
        &self,
        id: &CentreId,
        as_of: NaiveDate,
        most: u32,
    ) -> Result<Vec<Stored<CentreFigure>>, StorageError> {
        let db = self.db.reader();
        let row = centre::Entity::find().filter(centre::Column::Slug.eq(id.as_str())).one(db).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        // The month of the day itself is not over before its last day has passed.
        let this_month = as_of.with_day(1).unwrap_or(as_of);
        let found = centre_figure::Entity::find()
            .filter(centre_figure::Column::CentreId.eq(row.id))
            .filter(centre_figure::Column::Month.lt(this_month))
            .order_by_desc(centre_figure::Column::Month)
            .limit(u64::from(most))
            .all(db)
            .await?;
        let sources = sources::sources_by_id(db, found.iter().map(|row| row.source_id)).await?;
        found
            .iter()
            .map(|row| {
                Ok(Stored {
                    id: row.id,
                    version: read::version(row.version),
                    changed_at: row.changed_at,
                    record: rows::centre_figure::record(row, id, &sources)?,
                })
            })
            .collect()
    }

    /// Names of agencies by their keys; keys that no agency has are left out.
    pub async fn agency_names(
        &self,
        keys: impl IntoIterator<Item = &str>,
    ) -> Result<HashMap<String, String>, StorageError> {
        let keys: Vec<&str> = keys.into_iter().collect();
        let mut names = HashMap::with_capacity(keys.len());
        for group in keys.chunks(1000) {
            let rows = agency::Entity::find()
                .filter(agency::Column::Slug.is_in(group.iter().copied()))
                .all(self.db.reader())
                .await?;
            names.extend(rows.into_iter().map(|row| (row.slug, row.name)));
        }
        Ok(names)
    }

    /// Whether there is an agency with a key.
    pub async fn has_agency(&self, key: &Slug) -> Result<bool, StorageError> {
        Ok(!self.agency_names([key.as_str()]).await?.is_empty())
    }
}

impl Snapshot {
    /// The figures of every centre, by centre and month.
    pub async fn centre_figures(&mut self) -> Result<Vec<CentreFigure>, StorageError> {
        let tx = self.connection();
        let centres = centre::Entity::find().all(tx).await?;
        let ids: HashMap<i64, CentreId> = centres
            .iter()
            .map(|row| Ok((row.id, read::id("centre", &row.slug)?)))
            .collect::<Result<_, StorageError>>()?;
        let sources = sources::sources(tx).await?;
        let found = centre_figure::Entity::find()
            .order_by_asc(centre_figure::Column::CentreId)
            .order_by_asc(centre_figure::Column::Month)
            .all(tx)
            .await?;
        found
            .iter()
            .filter_map(|row| Some(rows::centre_figure::record(row, ids.get(&row.centre_id)?, &sources)))
            .collect()
    }
}
