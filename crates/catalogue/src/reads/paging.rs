//! Reading a part of a sorted list.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr};

use crate::read::{PageRequest, Place};
use crate::store::db::StorageError;

/// The row ids of one page and what lies around it.
pub(super) struct Ids {
    /// Row ids in order.
    pub(super) ids: Vec<i64>,
    /// Where the next page begins.
    pub(super) next: Option<Place>,
    /// Length of the whole list.
    pub(super) total: u64,
}

/// Reads the row ids of a page. `select` has the tables and conditions and no columns yet; rows are sorted by `sort`,
/// ties by `id`. Reading goes on after the last row read, so rows that come or go before it do no harm.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    select: &SelectStatement,
    sort: SimpleExpr,
    id: SimpleExpr,
    request: &PageRequest,
) -> Result<Ids, StorageError> {
    let mut count = select.clone();
    count.expr(Expr::cust("count(*)"));
    let row = db.query_one(&count).await?.ok_or_else(|| DbErr::RecordNotFound("count".to_owned()))?;
    let total = u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0);

    let mut list = select.clone();
    list.expr_as(id.clone(), Alias::new("row_id")).expr_as(sort.clone(), Alias::new("sort"));
    if let Some(after) = &request.after {
        let later = sort.clone().gt(after.sort.clone());
        let same = sort.clone().eq(after.sort.clone()).and(id.clone().gt(after.id));
        list.and_where(later.or(same));
    }
    list.order_by_expr(sort, Order::Asc).order_by_expr(id, Order::Asc);
    let size = request.size.clamp(1, 100);
    list.limit(u64::from(size) + 1);
    let mut rows: Vec<(i64, String)> = Vec::new();
    for row in db.query_all(&list).await? {
        rows.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    }
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next = rows.last().filter(|_| more).map(|(id, sort)| Place { sort: sort.clone(), id: *id });
    Ok(Ids { ids: rows.into_iter().map(|(id, _)| id).collect(), next, total })
}

/// Puts records in the order of a page's ids.
pub(super) fn in_order<T>(ids: &[i64], mut records: std::collections::HashMap<i64, T>) -> Vec<T> {
    ids.iter().filter_map(|id| records.remove(id)).collect()
}
