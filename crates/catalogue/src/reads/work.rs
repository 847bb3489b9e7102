//! Work that is left for people.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::paging::{in_order, page};
use crate::catalogue::Catalogue;
use crate::read::{Page, PageRequest};
use crate::store::db::StorageError;
use crate::store::entity::{centre, unit_period, work};
use crate::store::rows;
use crate::work::{Work, WorkFilter};

impl Catalogue {
    /// Pieces of work in the order in which they were opened.
    pub async fn work(&self, filter: &WorkFilter, request: &PageRequest) -> Result<Page<Work>, StorageError> {
        let db = self.db.reader();
        let mut select = Query::select().from(work::Entity).to_owned();
        if let Some(number) = &filter.number {
            select.and_where(work::Column::Number.eq(number.as_str()));
        }
        if let Some(centre) = &filter.centre {
            let of_centre = Query::select()
                .column(centre::Column::Id)
                .from(centre::Entity)
                .and_where(centre::Column::Slug.eq(centre.as_str()))
                .to_owned();
            select.and_where(work::Column::CentreId.in_subquery(of_centre));
        }
        if let Some(unit) = &filter.unit {
            let units = Query::select()
                .column(unit_period::Column::UnitId)
                .from(unit_period::Entity)
                .and_where(unit_period::Column::Code.eq(unit.as_str()))
                .to_owned();
            let centres = Query::select()
                .column(centre::Column::Id)
                .from(centre::Entity)
                .and_where(centre::Column::UnitId.in_subquery(units.clone()))
                .to_owned();
            let either = Condition::any()
                .add(work::Column::UnitId.in_subquery(units))
                .add(work::Column::CentreId.in_subquery(centres));
            select.cond_where(either);
        }
        if let Some(kind) = filter.kind {
            select.and_where(work::Column::Kind.eq(kind.as_str()));
        }
        if let Some(is_open) = filter.is_open {
            select.and_where(work::Column::State.eq(if is_open { "open" } else { "done" }));
        }
        let ids = page(db, &select, Expr::cust("work.number"), Expr::cust("work.id"), request).await?;
        let found = work::Entity::find().filter(work::Column::Id.is_in(ids.ids.iter().copied()));
        let found = rows::work::by_id(found.all(db).await?)?;
        Ok(Page { items: in_order(&ids.ids, found), next: ids.next, total: ids.total })
    }
}
