//! Units on a day. What became of them is told by [`crate::places`].

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::paging::{in_order, page};
use crate::catalogue::Catalogue;
use crate::code::UnitCode;
use crate::level::Tier;
use crate::read::{Page, PageRequest, UnitAt};
use crate::store::db::StorageError;
use crate::store::entity::unit_period;
use crate::store::sources;
use crate::store::units::UnitTree;

/// Condition that a unit period holds on a day.
pub(super) fn holds_on(day: NaiveDate) -> Condition {
    Condition::all().add(unit_period::Column::ValidFrom.lte(day)).add(unit_period::Column::ValidTo.gt(day))
}

/// Every period of some units and of the units above them.
pub(super) async fn with_ancestors(
    db: &impl ConnectionTrait,
    unit_ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<unit_period::Model>, StorageError> {
    let mut known: BTreeSet<i64> = BTreeSet::new();
    let mut wanted: BTreeSet<i64> = unit_ids.into_iter().collect();
    let mut rows = Vec::new();
    while !wanted.is_empty() {
        let found = unit_period::Entity::find()
            .filter(unit_period::Column::UnitId.is_in(wanted.iter().copied()))
            .all(db)
            .await?;
        known.append(&mut wanted);
        wanted.extend(
            found.iter().filter_map(|row| row.parent_unit_id).filter(|parent| !known.contains(parent)),
        );
        rows.extend(found);
    }
    Ok(rows)
}

/// The unit with a code on a day, and all units below it on that day.
pub(super) async fn subtree(
    db: &impl ConnectionTrait,
    code: &UnitCode,
    day: NaiveDate,
) -> Result<Vec<i64>, StorageError> {
    let mut layer: Vec<i64> = unit_period::Entity::find()
        .select_only()
        .column(unit_period::Column::UnitId)
        .filter(unit_period::Column::Code.eq(code.as_str()))
        .filter(holds_on(day))
        .into_tuple()
        .all(db)
        .await?;
    let mut all = layer.clone();
    // Province, district, commune.
    for _ in 0..2 {
        layer = unit_period::Entity::find()
            .select_only()
            .column(unit_period::Column::UnitId)
            .filter(unit_period::Column::ParentUnitId.is_in(layer))
            .filter(holds_on(day))
            .into_tuple()
            .all(db)
            .await?;
        all.extend(&layer);
    }
    Ok(all)
}

impl Catalogue {
    /// The unit that has a code on a day.
    pub async fn unit(&self, code: &UnitCode, as_of: NaiveDate) -> Result<Option<UnitAt>, StorageError> {
        let row = unit_period::Entity::find()
            .filter(unit_period::Column::Code.eq(code.as_str()))
            .filter(holds_on(as_of))
            .one(self.db.reader())
            .await?;
        Ok(self.complete(row.into_iter().collect()).await?.pop())
    }

    /// Every unit period that ever had a code, the latest first: for addresses from before a merger.
    pub async fn units_ever(&self, code: &UnitCode) -> Result<Vec<UnitAt>, StorageError> {
        let rows = unit_period::Entity::find()
            .filter(unit_period::Column::Code.eq(code.as_str()))
            .order_by_desc(unit_period::Column::ValidFrom)
            .all(self.db.reader())
            .await?;
        self.complete(rows).await
    }

    /// The units directly below one on a day, or the provinces, in the order of the Vietnamese alphabet.
    pub async fn units_below(
        &self,
        parent: Option<&UnitCode>,
        as_of: NaiveDate,
    ) -> Result<Vec<UnitAt>, StorageError> {
        let mut select = unit_period::Entity::find().filter(holds_on(as_of));
        select = match parent {
            Some(parent) => select.filter(below(parent, as_of)),
            None => select.filter(unit_period::Column::ParentUnitId.is_null()),
        };
        let rows = select
            .order_by_asc(unit_period::Column::SortKey)
            .order_by_asc(unit_period::Column::Id)
            .all(self.db.reader())
            .await?;
        self.complete(rows).await
    }

    /// Units on a day, in the order of the Vietnamese alphabet.
    pub async fn units(
        &self,
        tier: Option<Tier>,
        parent: Option<&UnitCode>,
        as_of: NaiveDate,
        request: &PageRequest,
    ) -> Result<Page<UnitAt>, StorageError> {
        let mut select: SelectStatement = Query::select().from(unit_period::Entity).to_owned();
        select.cond_where(holds_on(as_of));
        if let Some(tier) = tier {
            select.and_where(of_tier(tier));
        }
        if let Some(parent) = parent {
            select.cond_where(below(parent, as_of));
        }
        let sort: SimpleExpr = Expr::col(unit_period::Column::SortKey);
        let id: SimpleExpr = Expr::col(unit_period::Column::Id);
        let ids = page(self.db.reader(), &select, sort, id, request).await?;
        let rows = unit_period::Entity::find()
            .filter(unit_period::Column::Id.is_in(ids.ids.iter().copied()))
            .all(self.db.reader())
            .await?;
        let found = self.complete(rows).await?.into_iter().map(|unit| (unit.stored.id, unit)).collect();
        Ok(Page { items: in_order(&ids.ids, found), next: ids.next, total: ids.total })
    }

    /// Completes rows with the units above them, keeping their order.
    async fn complete(&self, found: Vec<unit_period::Model>) -> Result<Vec<UnitAt>, StorageError> {
        let db = self.db.reader();
        let all = with_ancestors(db, found.iter().map(|row| row.unit_id)).await?;
        let sources = sources::sources_by_id(db, found.iter().map(|row| row.source_id)).await?;
        let tree = UnitTree::new(&all);
        found.iter().map(|row| tree.unit_at(row, &sources)).collect()
    }
}

/// Condition that a unit's code has the number of digits of a tier.
fn of_tier(tier: Tier) -> SimpleExpr {
    let digits = match tier {
        Tier::Province => 2,
        Tier::District => 3,
        Tier::Commune => 5,
        Tier::Ministry | Tier::Other => 0,
    };
    Expr::cust(format!("length(code) = {digits}"))
}

/// Condition that a unit stands directly below the one with a code on a day.
fn below(parent: &UnitCode, day: NaiveDate) -> Condition {
    let parents = Query::select()
        .column(unit_period::Column::UnitId)
        .from(unit_period::Entity)
        .and_where(Expr::col(unit_period::Column::Code).eq(parent.as_str()))
        .cond_where(holds_on(day))
        .to_owned();
    Condition::all().add(unit_period::Column::ParentUnitId.in_subquery(parents))
}
