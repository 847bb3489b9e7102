//! Counts of a draft's records.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::db::StorageError;
use super::entity::change_set_item;
use super::read::sequence;
use crate::change_set::{DraftCounts, ItemOutcome};

/// How many records a draft has.
pub(crate) async fn of(db: &impl ConnectionTrait, id: u64) -> Result<DraftCounts, StorageError> {
    let rows: Vec<(String, i64, i64)> = change_set_item::Entity::find()
        .select_only()
        .column(change_set_item::Column::Outcome)
        .column(change_set_item::Column::LeftOut)
        .column_as(change_set_item::Column::Position.count(), "records")
        .filter(change_set_item::Column::ChangeSetId.eq(i64::try_from(id).unwrap_or(i64::MAX)))
        .group_by(change_set_item::Column::Outcome)
        .group_by(change_set_item::Column::LeftOut)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts = DraftCounts::default();
    let stuck = [ItemOutcome::Conflict.as_str(), ItemOutcome::Refused.as_str()];
    for (outcome, left_out, records) in rows {
        let records = sequence(records);
        counts.records += records;
        if left_out != 0 {
            counts.left_out += records;
        } else if stuck.contains(&outcome.as_str()) {
            counts.conflicts += records;
        }
    }
    Ok(counts)
}
