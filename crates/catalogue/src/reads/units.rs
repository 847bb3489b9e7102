//! Units on a day, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::paging::{in_order, page};
use crate::catalogue::Catalogue;
use crate::code::UnitCode;
use crate::level::Tier;
use crate::places::resolution_of;
use crate::read::{Page, PageRequest, Stored, SuccessionEnd, UnitAt, UnitHistory};
use crate::store::db::StorageError;
use crate::store::entity::{unit_period, unit_succession};
use crate::store::read::{self, code};
use crate::store::units::{UnitTree, name};
use crate::store::{rows, sources};
use crate::unit::Extent;

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

    /// Periods, predecessors and successors of a unit. Where none are recorded of a province or a district itself,
    /// they follow from its communes.
    pub async fn unit_history(&self, unit_id: i64) -> Result<UnitHistory, StorageError> {
        let db = self.db.reader();
        let rows = unit_period::Entity::find()
            .filter(unit_period::Column::UnitId.eq(unit_id))
            .order_by_asc(unit_period::Column::ValidFrom)
            .all(db)
            .await?;
        let mut successors = self.recorded_successors(unit_id).await?;
        let mut predecessors = self.recorded_predecessors(unit_id).await?;
        if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
            let above_communes = last.code.len() < 5;
            if successors.is_empty() && above_communes && last.valid_to < crate::store::period_columns::end()
            {
                successors = self.derived(last, Direction::Forward).await?;
            }
            if predecessors.is_empty()
                && above_communes
                && first.valid_from > crate::store::period_columns::beginning()
            {
                predecessors = self.derived(first, Direction::Back).await?;
            }
        }
        let sources = sources::sources_by_id(db, rows.iter().map(|row| row.source_id)).await?;
        let periods = rows
            .iter()
            .map(|row| {
                Ok(Stored {
                    id: row.id,
                    version: read::version(row.version),
                    changed_at: row.changed_at,
                    record: rows::unit::record(row, &sources)?,
                })
            })
            .collect::<Result<_, StorageError>>()?;
        Ok(UnitHistory { periods, predecessors, successors })
    }

    async fn recorded_successors(&self, unit_id: i64) -> Result<Vec<SuccessionEnd>, StorageError> {
        let links = unit_succession::Entity::find()
            .filter(unit_succession::Column::PredecessorUnitId.eq(unit_id))
            .order_by_desc(unit_succession::Column::IsDefault)
            .order_by_asc(unit_succession::Column::Id)
            .all(self.db.reader())
            .await?;
        let mut ends = Vec::new();
        for link in links.into_iter().filter(|link| link.successor_unit_id != Some(unit_id)) {
            let other = link.successor_unit_id.map(|other| (other, link.effective_on));
            ends.push(self.end_of(&link, other).await?);
        }
        Ok(ends)
    }

    async fn recorded_predecessors(&self, unit_id: i64) -> Result<Vec<SuccessionEnd>, StorageError> {
        let links = unit_succession::Entity::find()
            .filter(unit_succession::Column::SuccessorUnitId.eq(unit_id))
            .order_by_asc(unit_succession::Column::Id)
            .all(self.db.reader())
            .await?;
        let mut ends = Vec::new();
        for link in links.into_iter().filter(|link| link.predecessor_unit_id != unit_id) {
            let day = link.effective_on.pred_opt().unwrap_or(link.effective_on);
            ends.push(self.end_of(&link, Some((link.predecessor_unit_id, day))).await?);
        }
        Ok(ends)
    }

    async fn period_on(
        &self,
        unit_id: i64,
        day: NaiveDate,
    ) -> Result<Option<unit_period::Model>, StorageError> {
        let periods = unit_period::Entity::find().filter(unit_period::Column::UnitId.eq(unit_id));
        Ok(periods.filter(holds_on(day)).one(self.db.reader()).await?)
    }

    async fn end_of(
        &self,
        link: &unit_succession::Model,
        other: Option<(i64, NaiveDate)>,
    ) -> Result<SuccessionEnd, StorageError> {
        let row = match other {
            Some((unit_id, day)) => self.period_on(unit_id, day).await?,
            None => None,
        };
        let to = match link.successor_unit_id {
            Some(unit_id) => self.period_on(unit_id, link.effective_on).await?,
            None => None,
        };
        let resolution_of = |to: &unit_period::Model| {
            let province = to.province_code.parse().ok()?;
            resolution_of(rows::unit::record_tier(to).ok()?, &province, link.effective_on)
        };
        let record = rows::succession::extra(link)?;
        Ok(SuccessionEnd {
            tier: row.as_ref().map(rows::unit::record_tier).transpose()?,
            unit: row.as_ref().map(name).transpose()?,
            effective_on: link.effective_on,
            extent: code("succession", &link.predecessor_code, Extent::ALL, Extent::as_str, &link.extent)?,
            derived: false,
            resolution: record.get("resolution").cloned().or_else(|| to.as_ref().and_then(resolution_of)),
            remark: record.get("remark").cloned(),
        })
    }

    /// What a province or district came from or went to, by its communes on the day of the change.
    async fn derived(
        &self,
        unit: &unit_period::Model,
        direction: Direction,
    ) -> Result<Vec<SuccessionEnd>, StorageError> {
        let db = self.db.reader();
        let (day, own, other) = match direction {
            Direction::Forward => (unit.valid_to, "predecessor", "successor"),
            Direction::Back => (unit.valid_from, "successor", "predecessor"),
        };
        let other_day = if direction == Direction::Back { day.pred_opt().unwrap_or(day) } else { day };
        let own_day = if direction == Direction::Forward { day.pred_opt().unwrap_or(day) } else { day };
        let belongs = if unit.code.len() == 2 {
            format!("c.province_code = '{}'", unit.code.replace('\'', ""))
        } else {
            format!("c.parent_unit_id = {}", unit.unit_id)
        };
        let column = if unit.code.len() == 2 { "o.province_code" } else { "o.code" };
        let sql = format!(
            "SELECT DISTINCT {column} FROM unit_succession s \
             JOIN unit_period c ON c.unit_id = s.{own}_unit_id AND c.valid_from <= '{own_day}' AND c.valid_to > '{own_day}' \
             JOIN unit_period o ON o.unit_id = s.{other}_unit_id \
               AND o.valid_from <= '{other_day}' AND o.valid_to > '{other_day}' \
             WHERE s.effective_on = '{day}' AND length(c.code) = 5 AND {belongs}"
        );
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let mut codes: BTreeSet<String> = BTreeSet::new();
        for row in db.query_all_raw(statement).await? {
            codes.insert(row.try_get_by_index(0)?);
        }
        let others = unit_period::Entity::find()
            .filter(unit_period::Column::Code.is_in(codes))
            .filter(holds_on(other_day))
            .order_by_asc(unit_period::Column::SortKey)
            .all(db)
            .await?;
        let by_unit: BTreeMap<i64, &unit_period::Model> =
            others.iter().filter(|row| row.unit_id != unit.unit_id).map(|row| (row.unit_id, row)).collect();
        // Where the fate of some commune is not recorded, or a part of one went to nobody knows where, nothing is whole.
        let single = by_unit.len() == 1
            && (direction == Direction::Back
                || !self.fate_unknown(unit.code.len() == 2, &belongs, day).await?);
        let mut ends = Vec::with_capacity(by_unit.len());
        for row in others.iter().filter(|row| by_unit.contains_key(&row.unit_id)) {
            let extent = match direction {
                Direction::Forward if single => Extent::Whole,
                Direction::Forward => Extent::Part,
                Direction::Back => {
                    // A province went wholly into this one when it went nowhere else.
                    let forward = Box::pin(self.derived(row, Direction::Forward)).await?;
                    if forward.len() == 1 { Extent::Whole } else { Extent::Part }
                }
            };
            ends.push(SuccessionEnd {
                unit: Some(name(row)?),
                tier: Some(rows::unit::record_tier(row)?),
                effective_on: day,
                extent,
                derived: true,
                resolution: match unit.code.len() {
                    2 => resolution_of(Tier::Province, &read::id("unit", &row.code)?, day),
                    _ => None,
                },
                remark: None,
            });
        }
        Ok(ends)
    }

    /// Whether the successions of a unit's communes on a day leave something open.
    async fn fate_unknown(
        &self,
        is_province: bool,
        belongs: &str,
        day: NaiveDate,
    ) -> Result<bool, StorageError> {
        let db = self.db.reader();
        let eve = day.pred_opt().unwrap_or(day);
        // Both parts of a split commune may lie in one province, but not in one commune.
        let open = if is_province {
            "s.successor_unit_id IS NULL"
        } else {
            "(s.successor_unit_id IS NULL OR s.extent <> 'whole')"
        };
        let sql = format!(
            "SELECT count(*) FROM unit_succession s \
             JOIN unit_period c ON c.unit_id = s.predecessor_unit_id AND c.valid_from <= '{eve}' AND c.valid_to > '{eve}' \
             WHERE s.effective_on = '{day}' AND length(c.code) = 5 AND {belongs} AND {open}"
        );
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?.unwrap_or(0) > 0)
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Back,
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
