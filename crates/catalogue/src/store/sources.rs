//! Sources: stored once each, named by number.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::db::StorageError;
use super::entity::source;
use super::read::{code, damaged};
use super::writer::Writer;
use crate::source::{Source, SourceKind};

/// What tells a source from another one in the database.
fn hash_of(source: &Source) -> String {
    let text = format!("{}\n{:?}\n{}", source.kind.as_str(), source.retrieved_on, source.citation);
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every source by its row id. There are few: one for each file or decision.
pub(crate) async fn sources(db: &impl ConnectionTrait) -> Result<HashMap<i64, Source>, StorageError> {
    let rows = source::Entity::find().all(db).await?;
    rows.into_iter().map(|row| Ok((row.id, record(row)?))).collect()
}

/// The sources with some row ids.
pub(crate) async fn sources_by_id(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, Source>, StorageError> {
    let ids: BTreeSet<i64> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = source::Entity::find().filter(source::Column::Id.is_in(ids)).all(db).await?;
    rows.into_iter().map(|row| Ok((row.id, record(row)?))).collect()
}

fn record(row: source::Model) -> Result<Source, StorageError> {
    let kind = code("source", &row.hash, SourceKind::ALL, SourceKind::as_str, &row.kind)?;
    Ok(Source { kind, citation: row.citation, retrieved_on: row.retrieved_on })
}

/// A source that its row names.
pub(crate) fn source_of(
    sources: &HashMap<i64, Source>,
    what: &'static str,
    key: &str,
    id: i64,
) -> Result<Source, StorageError> {
    sources.get(&id).cloned().ok_or_else(|| damaged(what, key, format!("source {id} is not there")))
}

impl Writer {
    /// Row id of a source, stored on first use.
    pub(super) async fn source_id(&mut self, record: &Source) -> Result<i64, StorageError> {
        if let Some(id) = self.sources.get(record) {
            return Ok(*id);
        }
        let hash = hash_of(record);
        let stored = source::Entity::find().filter(source::Column::Hash.eq(&hash)).one(&self.tx).await?;
        let id = match stored {
            Some(row) => row.id,
            None => {
                let id = self.next_id("source").await?;
                let row = source::ActiveModel {
                    id: ActiveValue::Set(id),
                    kind: ActiveValue::Set(record.kind.as_str().to_owned()),
                    citation: ActiveValue::Set(record.citation.clone()),
                    retrieved_on: ActiveValue::Set(record.retrieved_on),
                    hash: ActiveValue::Set(hash),
                };
                source::Entity::insert(row).exec_without_returning(&self.tx).await?;
                id
            }
        };
        self.sources.insert(record.clone(), id);
        self.wrote_made_up |= record.kind == SourceKind::Sample;
        Ok(id)
    }
}
