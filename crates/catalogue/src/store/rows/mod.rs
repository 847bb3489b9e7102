//! Rows and records: how each kind is stored, read back and written. One file per kind.

pub(crate) mod availability;
pub(crate) mod centre;
pub(crate) mod centre_figure;
pub(crate) mod decision;
pub(crate) mod listings;
pub(crate) mod lists;
pub(crate) mod procedure;
pub(crate) mod report;
pub(crate) mod succession;
pub(crate) mod task;
pub(crate) mod unit;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::db::StorageError;
use super::entity::{
    agency, centre as centre_table, field, procedure as procedure_table, source as source_table,
};
use super::period_columns;
use crate::period::Period;
use crate::source::{Source, SourceKind};

/// What a writing transaction already looked up.
#[derive(Debug, Default)]
pub(crate) struct Known {
    fields: HashMap<String, i64>,
    agencies: HashMap<String, i64>,
    procedures: HashMap<String, i64>,
    centres: HashMap<String, (i64, Period)>,
    /// Periods of each unit code.
    units: Option<unit::ByCode>,
    misses: u32,
}

/// After this many single look-ups, a kind is loaded whole.
const FEW: u32 = 50;

impl Known {
    /// Row id of a field by its slug.
    async fn field(&mut self, db: &impl ConnectionTrait, slug: &str) -> Result<Option<i64>, StorageError> {
        if self.fields.is_empty() {
            let rows = field::Entity::find().all(db).await?;
            self.fields.extend(rows.into_iter().map(|row| (row.slug, row.id)));
        }
        Ok(self.fields.get(slug).copied())
    }

    /// Row id of an agency by its slug.
    async fn agency(&mut self, db: &impl ConnectionTrait, slug: &str) -> Result<Option<i64>, StorageError> {
        if self.agencies.is_empty() {
            let rows = agency::Entity::find().all(db).await?;
            self.agencies.extend(rows.into_iter().map(|row| (row.slug, row.id)));
        }
        Ok(self.agencies.get(slug).copied())
    }

    /// Row id of a procedure by its code.
    pub(crate) async fn procedure(
        &mut self,
        db: &impl ConnectionTrait,
        code: &str,
    ) -> Result<Option<i64>, StorageError> {
        if let Some(id) = self.procedures.get(code) {
            return Ok(Some(*id));
        }
        self.misses += 1;
        if self.misses == FEW {
            let rows = procedure_table::Entity::find().all(db).await?;
            self.procedures.extend(rows.into_iter().map(|row| (row.code, row.id)));
            let rows = centre_table::Entity::find().all(db).await?;
            for row in rows {
                self.centres
                    .insert(row.slug, (row.id, period_columns::period(row.valid_from, row.valid_to)?));
            }
            return Ok(self.procedures.get(code).copied());
        }
        let row =
            procedure_table::Entity::find().filter(procedure_table::Column::Code.eq(code)).one(db).await?;
        Ok(row.map(|row| *self.procedures.entry(row.code).or_insert(row.id)))
    }

    /// Row id and period of a centre by its slug.
    pub(crate) async fn centre(
        &mut self,
        db: &impl ConnectionTrait,
        slug: &str,
    ) -> Result<Option<(i64, Period)>, StorageError> {
        if let Entry::Occupied(entry) = self.centres.entry(slug.to_owned()) {
            return Ok(Some(*entry.get()));
        }
        let row = centre_table::Entity::find().filter(centre_table::Column::Slug.eq(slug)).one(db).await?;
        let Some(row) = row else { return Ok(None) };
        let found = (row.id, period_columns::period(row.valid_from, row.valid_to)?);
        self.centres.insert(row.slug, found);
        Ok(Some(found))
    }
}

/// What tells a source from another one in the database.
pub(crate) fn source_hash(source: &Source) -> String {
    use sha2::{Digest, Sha256};
    let text = format!("{}\n{:?}\n{}", source.kind.as_str(), source.retrieved_on, source.citation);
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every source by its row id. There are few: one for each file or decision.
pub(crate) async fn sources(db: &impl ConnectionTrait) -> Result<HashMap<i64, Source>, StorageError> {
    let rows = source_table::Entity::find().all(db).await?;
    rows.into_iter().map(|row| Ok((row.id, source_record(row)?))).collect()
}

/// The sources with some row ids.
pub(crate) async fn sources_by_id(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, Source>, StorageError> {
    let ids: std::collections::BTreeSet<i64> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = source_table::Entity::find().filter(source_table::Column::Id.is_in(ids)).all(db).await?;
    rows.into_iter().map(|row| Ok((row.id, source_record(row)?))).collect()
}

fn source_record(row: source_table::Model) -> Result<Source, StorageError> {
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

/// Reads the code of an enumeration from a column.
pub(crate) fn code<T: Copy, const N: usize>(
    what: &'static str,
    key: &str,
    all: [T; N],
    as_str: impl Fn(T) -> &'static str,
    stored: &str,
) -> Result<T, StorageError> {
    all.into_iter()
        .find(|item| as_str(*item) == stored)
        .ok_or_else(|| damaged(what, key, format!("{stored:?} is not a known code")))
}

/// The error of a row that its record cannot read.
pub(crate) fn damaged(what: &'static str, key: &str, message: impl Into<String>) -> StorageError {
    StorageError::Damaged { what, key: key.to_owned(), source: message.into().into() }
}

/// Reads an identifier from a column.
pub(crate) fn id<T: std::str::FromStr<Err = crate::code::InvalidId>>(
    what: &'static str,
    stored: &str,
) -> Result<T, StorageError> {
    stored.parse().map_err(|error| StorageError::Damaged {
        what,
        key: stored.to_owned(),
        source: Box::new(error),
    })
}

/// A version from a column.
pub(crate) fn version(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

/// Whether a text says something and is in Unicode normal form C.
pub(crate) fn is_sound(text: &str) -> bool {
    !text.trim().is_empty() && unicode_normalization::is_nfc(text)
}
