//! Availabilities on a day.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::centres::{TIER_AND_NAME, works_on};
use super::paging::{in_order, page};
use super::units::subtree;
use crate::catalogue::Catalogue;
use crate::code::CentreId;
use crate::read::{AvailabilityAt, AvailabilityFilter, CentreAt, Page, PageRequest, Stored};
use crate::store::db::StorageError;
use crate::store::entity::{availability, centre, procedure, procedure_period};
use crate::store::read::{self, damaged};
use crate::store::{rows, sources};

impl Catalogue {
    /// Availabilities that hold on a day. Those of one procedure come by the centre's tier and name, those of one
    /// centre by the procedure's name.
    pub async fn availability(
        &self,
        filter: &AvailabilityFilter,
        request: &PageRequest,
    ) -> Result<Page<AvailabilityAt>, StorageError> {
        let db = self.db.reader();
        let mut select = Query::select().from(availability::Entity).to_owned();
        select
            .inner_join(centre::Entity, Expr::cust("centre.id = availability.centre_id"))
            .inner_join(procedure::Entity, Expr::cust("procedure.id = availability.procedure_id"))
            .cond_where(
                sea_orm::Condition::all()
                    .add(availability::Column::ValidFrom.lte(filter.as_of))
                    .add(availability::Column::ValidTo.gt(filter.as_of))
                    .add(works_on(filter.as_of)),
            );
        if let Some(code) = &filter.procedure {
            let Some(found) = self.procedure(code, filter.as_of).await? else { return Ok(empty()) };
            select.and_where(availability::Column::ProcedureId.eq(found.procedure_id));
        }
        if let Some(id) = &filter.centre {
            select.and_where(centre::Column::Slug.eq(id.as_str()));
        }
        if let Some(tier) = filter.tier {
            select.and_where(centre::Column::Tier.eq(tier.as_str()));
        }
        if let Some(unit) = &filter.unit {
            let units = subtree(db, unit, filter.as_of).await?;
            // By centres, so that the index over procedure and centre leads straight to a province's rows instead of
            // through those of the whole country: 0.3 ms instead of 27 ms at national size.
            let centres = Query::select()
                .column(centre::Column::Id)
                .from(centre::Entity)
                .and_where(Expr::col((centre::Entity, centre::Column::UnitId)).is_in(units))
                .to_owned();
            select.and_where(availability::Column::CentreId.in_subquery(centres));
        }
        if let Some(offered) = filter.offered {
            select.and_where(availability::Column::Offered.eq(offered.as_str()));
        }
        if let Some(level) = filter.level {
            select.and_where(availability::Column::Level.eq(level.level.as_str()));
            if let Some(scheme) = level.scheme {
                select.and_where(availability::Column::Scheme.eq(scheme.as_str()));
            }
        }
        let sort: SimpleExpr = if filter.centre.is_some() {
            select.inner_join(
                procedure_period::Entity,
                Expr::cust("procedure_period.procedure_id = availability.procedure_id")
                    .and(procedure_period::Column::ValidFrom.lte(filter.as_of))
                    .and(procedure_period::Column::ValidTo.gt(filter.as_of)),
            );
            Expr::cust("procedure_period.sort_key")
        } else {
            Expr::cust(TIER_AND_NAME)
        };
        let ids = page(db, &select, sort, Expr::cust("availability.id"), request).await?;
        let rows = availability::Entity::find()
            .filter(availability::Column::Id.is_in(ids.ids.iter().copied()))
            .all(db)
            .await?;
        let found = self.complete_availabilities(rows, filter).await?;
        Ok(Page { items: in_order(&ids.ids, found), next: ids.next, total: ids.total })
    }

    /// What a centre says on a day about some procedures and their cases, in no order.
    pub async fn centre_availability(
        &self,
        centre: &CentreId,
        procedures: &[i64],
        as_of: NaiveDate,
    ) -> Result<Vec<AvailabilityAt>, StorageError> {
        let db = self.db.reader();
        let row = centre::Entity::find().filter(centre::Column::Slug.eq(centre.as_str())).one(db).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let rows = availability::Entity::find()
            .filter(availability::Column::CentreId.eq(row.id))
            .filter(availability::Column::ProcedureId.is_in(procedures.iter().copied()))
            .filter(availability::Column::ValidFrom.lte(as_of))
            .filter(availability::Column::ValidTo.gt(as_of))
            .all(db)
            .await?;
        let found = self.complete_availabilities(rows, &AvailabilityFilter::on(as_of)).await?;
        Ok(found.into_values().collect())
    }

    /// Completes rows with the names behind their keys.
    async fn complete_availabilities(
        &self,
        rows: Vec<availability::Model>,
        filter: &AvailabilityFilter,
    ) -> Result<HashMap<i64, AvailabilityAt>, StorageError> {
        let db = self.db.reader();
        let centre_ids: BTreeSet<i64> = rows.iter().map(|row| row.centre_id).collect();
        let procedure_ids: BTreeSet<i64> = rows.iter().map(|row| row.procedure_id).collect();
        let centres = centre::Entity::find().filter(centre::Column::Id.is_in(centre_ids)).all(db).await?;
        let centres: HashMap<i64, CentreAt> = self
            .complete_centres(centres)
            .await?
            .into_iter()
            .map(|centre| (centre.stored.id, centre))
            .collect();
        let codes = rows::procedure::codes(db, procedure_ids.iter().copied()).await?;
        let mut names: HashMap<i64, String> = HashMap::new();
        let periods = procedure_period::Entity::find()
            .filter(procedure_period::Column::ProcedureId.is_in(procedure_ids))
            .all(db)
            .await?;
        for period in periods {
            let holds = period.valid_from <= filter.as_of && filter.as_of < period.valid_to;
            // Outside its own periods a procedure still has a name.
            if holds || !names.contains_key(&period.procedure_id) {
                names.insert(period.procedure_id, period.name);
            }
        }
        let sources = sources::sources_by_id(db, rows.iter().map(|row| row.source_id)).await?;
        let mut complete = HashMap::with_capacity(rows.len());
        for row in rows {
            let (Some(code), Some(at)) = (codes.get(&row.procedure_id), centres.get(&row.centre_id)) else {
                return Err(damaged(
                    "availability",
                    &row.id.to_string(),
                    "its procedure or centre is not there",
                ));
            };
            let keys = rows::availability::Keys { procedure: code, centre: &at.stored.record.id };
            let record = rows::availability::record(&row, &keys, &sources)?;
            let item = AvailabilityAt {
                stored: Stored {
                    id: row.id,
                    version: read::version(row.version),
                    changed_at: row.changed_at,
                    record,
                },
                procedure_name: names.get(&row.procedure_id).cloned().unwrap_or_default(),
                centre_name: at.stored.record.name.clone(),
                centre_tier: at.stored.record.tier,
                unit: at.unit.clone(),
                parent_unit: at.ancestors.last().cloned(),
            };
            complete.insert(row.id, item);
        }
        Ok(complete)
    }
}

fn empty() -> Page<AvailabilityAt> {
    Page { items: Vec::new(), next: None, total: 0 }
}
