//! Centres on a day.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::paging::{in_order, page};
use super::units::{subtree, with_ancestors};
use crate::catalogue::Catalogue;
use crate::code::CentreId;
use crate::read::{CentreAt, CentreFilter, Page, PageRequest};
use crate::store::db::StorageError;
use crate::store::entity::centre;
use crate::store::sources;
use crate::store::units::UnitTree;

/// Condition that a centre works on a day.
pub(super) fn works_on(day: NaiveDate) -> Condition {
    Condition::all().add(centre::Column::ValidFrom.lte(day)).add(centre::Column::ValidTo.gt(day))
}

impl Catalogue {
    /// A centre by its id, whatever its period.
    pub async fn centre(&self, id: &CentreId) -> Result<Option<CentreAt>, StorageError> {
        let row =
            centre::Entity::find().filter(centre::Column::Slug.eq(id.as_str())).one(self.db.reader()).await?;
        Ok(self.complete_centres(row.into_iter().collect()).await?.pop())
    }

    /// Centres that work on a day: provinces first, then districts, then communes, by name.
    pub async fn centres(
        &self,
        filter: &CentreFilter,
        request: &PageRequest,
    ) -> Result<Page<CentreAt>, StorageError> {
        let db = self.db.reader();
        let mut select = Query::select().from(centre::Entity).to_owned();
        select.cond_where(works_on(filter.as_of));
        if let Some(tier) = filter.tier {
            select.and_where(centre::Column::Tier.eq(tier.as_str()));
        }
        if let Some(unit) = &filter.unit {
            let units = subtree(db, unit, filter.as_of).await?;
            select.and_where(centre::Column::UnitId.is_in(units));
        }
        let sort = Expr::cust(TIER_AND_NAME);
        let ids = page(db, &select, sort, Expr::cust("centre.id"), request).await?;
        let rows =
            centre::Entity::find().filter(centre::Column::Id.is_in(ids.ids.iter().copied())).all(db).await?;
        let found =
            self.complete_centres(rows).await?.into_iter().map(|centre| (centre.stored.id, centre)).collect();
        Ok(Page { items: in_order(&ids.ids, found), next: ids.next, total: ids.total })
    }

    /// Completes rows with their units, keeping their order.
    pub(super) async fn complete_centres(
        &self,
        found: Vec<centre::Model>,
    ) -> Result<Vec<CentreAt>, StorageError> {
        let db = self.db.reader();
        let units = with_ancestors(db, found.iter().map(|row| row.unit_id)).await?;
        let sources = sources::sources_by_id(db, found.iter().map(|row| row.source_id)).await?;
        let tree = UnitTree::new(&units);
        found.iter().map(|row| tree.centre_at(row, &sources)).collect()
    }
}

/// Sorts centres by tier from the province down, then by name.
pub(super) const TIER_AND_NAME: &str = "(CASE centre.tier WHEN 'province' THEN '1' WHEN 'district' THEN '2' \
                                        ELSE '3' END) || centre.sort_key";
