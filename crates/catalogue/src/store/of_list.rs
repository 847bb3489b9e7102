//! Records that came from some sources, for newer editions of the same lists.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::db::StorageError;
use super::entity::{
    availability, centre, centre_figure, change_set_item, procedure, source, unit_period, unit_succession,
    work,
};
use super::period_columns;
use super::read::{code, damaged, id};
use super::rows;
use super::writer::Writer;
use crate::centre_figure::Month;
use crate::change::EntityKind;
use crate::log_key::LogKey;
use crate::source::SourceKind;
use crate::work::{Work, WorkKind, WorkSubject};

/// Rows that are read at a time.
const PAGE: u64 = 5_000;

/// A list that records come from: kind and citation of its source, whenever it was taken from there.
pub(crate) type List = (SourceKind, String);

impl Writer {
    /// Row ids of the sources that are some lists.
    pub(crate) async fn sources_of(&self, lists: &HashSet<List>) -> Result<Vec<i64>, StorageError> {
        let mut ids = Vec::new();
        for row in source::Entity::find().all(&self.tx).await? {
            let kind = code("source", &row.hash, SourceKind::ALL, SourceKind::as_str, &row.kind)?;
            if lists.contains(&(kind, row.citation)) {
                ids.push(row.id);
            }
        }
        Ok(ids)
    }

    /// Keys of the stored records of a kind that come from some sources, and of all successions: a page of them after a row.
    /// Returns the last row of the page too; none at the end.
    pub(crate) async fn keys_of_sources(
        &self,
        kind: EntityKind,
        sources: &[i64],
        after: i64,
    ) -> Result<(Vec<LogKey>, Option<i64>), StorageError> {
        let tx = &self.tx;
        match kind {
            EntityKind::Unit => {
                let select =
                    unit_period::Entity::find().filter(unit_period::Column::SourceId.is_in(sources.to_vec()));
                let rows = page(tx, select, unit_period::Column::Id, after).await?;
                let last = rows.last().map(|row| row.id);
                let keys = rows.into_iter().map(|row| {
                    Ok(LogKey::Unit { code: id("unit", &row.code)?, from: first_day(row.valid_from) })
                });
                Ok((keys.collect::<Result<_, StorageError>>()?, last))
            }
            // What tells a list of successions is its days, and the caller knows them.
            EntityKind::Succession => {
                let select = unit_succession::Entity::find();
                let rows = page(tx, select, unit_succession::Column::Id, after).await?;
                let last = rows.last().map(|row| row.id);
                let keys = rows.into_iter().map(|row| {
                    let successor = row.successor_code.as_deref();
                    Ok(LogKey::Succession {
                        predecessor: id("succession", &row.predecessor_code)?,
                        successor: successor.map(|code| id("succession", code)).transpose()?,
                        on: row.effective_on,
                    })
                });
                Ok((keys.collect::<Result<_, StorageError>>()?, last))
            }
            EntityKind::Centre => {
                let select = centre::Entity::find().filter(centre::Column::SourceId.is_in(sources.to_vec()));
                let rows = page(tx, select, centre::Column::Id, after).await?;
                let last = rows.last().map(|row| row.id);
                let keys = rows.into_iter().map(|row| Ok(LogKey::Centre(id("centre", &row.slug)?)));
                Ok((keys.collect::<Result<_, StorageError>>()?, last))
            }
            EntityKind::CentreFigure => {
                let select = centre_figure::Entity::find()
                    .filter(centre_figure::Column::SourceId.is_in(sources.to_vec()));
                let rows = page(tx, select, centre_figure::Column::Id, after).await?;
                let last = rows.last().map(|row| row.id);
                let names = centres(tx, rows.iter().map(|row| row.centre_id)).await?;
                let keys = rows.into_iter().map(|row| {
                    let centre = named(&names, "centre_figure", row.centre_id)?;
                    Ok(LogKey::CentreFigure { centre: id("centre", centre)?, month: Month::of(row.month) })
                });
                Ok((keys.collect::<Result<_, StorageError>>()?, last))
            }
            EntityKind::Availability => {
                let select = availability::Entity::find()
                    .filter(availability::Column::SourceId.is_in(sources.to_vec()));
                let rows = page(tx, select, availability::Column::Id, after).await?;
                let last = rows.last().map(|row| row.id);
                let names = centres(tx, rows.iter().map(|row| row.centre_id)).await?;
                let codes = procedures(tx, rows.iter().map(|row| row.procedure_id)).await?;
                let keys = rows.into_iter().map(|row| {
                    let centre = named(&names, "availability", row.centre_id)?;
                    let procedure = named(&codes, "availability", row.procedure_id)?;
                    Ok(LogKey::Availability {
                        procedure: id("procedure", procedure)?,
                        case: (!row.case_code.is_empty()).then_some(row.case_code),
                        centre: id("centre", centre)?,
                        from: first_day(row.valid_from),
                    })
                });
                Ok((keys.collect::<Result<_, StorageError>>()?, last))
            }
            _ => Ok((Vec::new(), None)),
        }
    }

    /// The records that questions about missing rows are about, as far as they are open or were answered by "it stays";
    /// and whether they are open.
    pub(crate) async fn asked(&self) -> Result<HashMap<(EntityKind, String), bool>, StorageError> {
        let rows = work::Entity::find()
            .filter(work::Column::Kind.eq(WorkKind::GoneFromList.as_str()))
            .order_by_asc(work::Column::Id)
            .all(&self.tx)
            .await?;
        let mut asked = HashMap::with_capacity(rows.len());
        for row in rows {
            let Work { about, answer, .. } = rows::work::record(&row)?;
            let Some(WorkSubject { kind, key }) = about else { continue };
            let is_settled = answer.as_ref().is_some_and(|answer| answer.accepted != Some(false));
            if is_settled {
                // The record went; should it come again, it is another question.
                asked.remove(&(kind, key));
            } else {
                asked.insert((kind, key), answer.is_none());
            }
        }
        Ok(asked)
    }

    /// Numbers of work that begin with some letters, also of work that waits in drafts.
    pub(crate) async fn numbers_like(&self, beginning: &str) -> Result<Vec<String>, StorageError> {
        let mut numbers: Vec<String> = work::Entity::find()
            .select_only()
            .column(work::Column::Number)
            .filter(work::Column::Number.starts_with(beginning))
            .into_tuple()
            .all(&self.tx)
            .await?;
        let waiting: Vec<String> = change_set_item::Entity::find()
            .select_only()
            .column(change_set_item::Column::Key)
            .filter(change_set_item::Column::Entity.eq(EntityKind::Work.as_str()))
            .filter(change_set_item::Column::Key.starts_with(beginning))
            .into_tuple()
            .all(&self.tx)
            .await?;
        numbers.extend(waiting);
        Ok(numbers)
    }
}

async fn page<E: EntityTrait>(
    tx: &impl ConnectionTrait,
    select: Select<E>,
    id: E::Column,
    after: i64,
) -> Result<Vec<E::Model>, StorageError> {
    Ok(select.filter(id.gt(after)).order_by_asc(id).limit(PAGE).all(tx).await?)
}

fn first_day(from: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
    (from != period_columns::beginning()).then_some(from)
}

fn named<'a>(names: &'a HashMap<i64, String>, what: &'static str, row: i64) -> Result<&'a str, StorageError> {
    names.get(&row).map(String::as_str).ok_or_else(|| damaged(what, &row.to_string(), "what it refers to"))
}

async fn centres(
    tx: &impl ConnectionTrait,
    ids: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, String>, StorageError> {
    let ids: HashSet<i64> = ids.collect();
    let rows: Vec<(i64, String)> = centre::Entity::find()
        .select_only()
        .columns([centre::Column::Id, centre::Column::Slug])
        .filter(centre::Column::Id.is_in(ids))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn procedures(
    tx: &impl ConnectionTrait,
    ids: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, String>, StorageError> {
    let ids: HashSet<i64> = ids.collect();
    let rows: Vec<(i64, String)> = procedure::Entity::find()
        .select_only()
        .columns([procedure::Column::Id, procedure::Column::Code])
        .filter(procedure::Column::Id.is_in(ids))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}
