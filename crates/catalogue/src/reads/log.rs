//! The change log and what belongs to the whole site, read by whoever follows the log: from the newest state, or all from
//! one state.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::catalogue::change_record;
use crate::change::Change;
use crate::log_place::{LogHash, LogPlace};
use crate::store::chain;
use crate::store::db::StorageError;
use crate::store::entity::change;
use crate::store::rows;
use crate::store::snapshot::Snapshot;

/// Key of the mark that the site shows made-up sample data.
pub(crate) const SAMPLE_MARK: &str = "shows_sample";

impl Snapshot {
    /// Hash of an entry of this state's log and of all before it; none where there is no entry of this number.
    pub async fn log_hash(&mut self, sequence: u64) -> Result<Option<LogHash>, StorageError> {
        chain::hash_at(self.connection(), sequence).await
    }

    /// Whether a place is in the history of this state's log; see [`Catalogue::holds`](crate::Catalogue::holds).
    pub async fn holds(&mut self, place: &LogPlace) -> Result<bool, StorageError> {
        Ok(self.log_hash(place.sequence).await? == Some(place.hash))
    }

    /// At most `limit` changes after a place in this state's log, in order.
    pub async fn changes_after(&mut self, after: u64, limit: u32) -> Result<Vec<Change>, StorageError> {
        changes_after(self.connection(), after, limit).await
    }

    /// Whether the site shows made-up sample data in this state.
    pub async fn shows_sample(&mut self) -> Result<bool, StorageError> {
        shows_sample(self.connection()).await
    }
}

pub(crate) async fn changes_after(
    db: &impl ConnectionTrait,
    after: u64,
    limit: u32,
) -> Result<Vec<Change>, StorageError> {
    let rows = change::Entity::find()
        .filter(change::Column::Sequence.gt(i64::try_from(after).unwrap_or(i64::MAX)))
        .order_by_asc(change::Column::Sequence)
        .limit(u64::from(limit))
        .all(db)
        .await?;
    let hashes = chain::hashes_after(db, after, u64::from(limit)).await?;
    // Both lists are without gaps, so they go side by side; what is not so is told by its entry.
    rows.into_iter()
        .zip(hashes.into_iter().map(Some).chain(std::iter::repeat(None)))
        .map(|(row, hash)| change_record(row, hash))
        .collect()
}

pub(crate) async fn shows_sample(db: &impl ConnectionTrait) -> Result<bool, StorageError> {
    Ok(rows::site::value(db, SAMPLE_MARK).await?.as_deref() == Some("true"))
}
