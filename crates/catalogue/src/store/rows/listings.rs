//! Listings of whole centres: read, and ended many at a time.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

use super::availability::{Keys, log_key, record};
use super::{damaged, id, version};
use crate::availability::Availability;
use crate::change::EntityKind;
use crate::code::{CentreId, ProcedureCode};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{availability, procedure};
use crate::store::period_columns;
use crate::store::writer::{TextEntry, Writer, text_of};

/// A listing with its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredListing {
    /// Its row.
    pub(crate) row_id: i64,
    /// Row of its procedure.
    pub(crate) procedure_id: i64,
    /// Row of its centre.
    pub(crate) centre_id: i64,
    /// Its version.
    pub(crate) version: u32,
    /// The record.
    pub(crate) record: Availability,
}

/// What the rows of listings refer to by number, read once for a whole transaction.
#[derive(Debug, Default)]
pub(crate) struct References {
    codes: HashMap<i64, ProcedureCode>,
    sources: HashMap<i64, Source>,
}

/// How many rows one statement names: below SQLite's 32,766 variables.
const ROWS: usize = 5_000;

impl References {
    /// Reads them.
    pub(crate) async fn load(writer: &Writer) -> Result<Self, StorageError> {
        let codes = procedure::Entity::find().all(&writer.tx).await?;
        let codes = codes.into_iter().map(|row| Ok((row.id, id("procedure", &row.code)?)));
        Ok(Self {
            codes: codes.collect::<Result<_, StorageError>>()?,
            sources: super::sources(&writer.tx).await?,
        })
    }
}

/// The listings of some centres that hold on a day or begin later, by procedure, case and first day.
pub(crate) async fn from_day_on(
    writer: &Writer,
    references: &References,
    centres: &[(i64, CentreId)],
    day: NaiveDate,
) -> Result<Vec<StoredListing>, StorageError> {
    let names: HashMap<i64, &CentreId> = centres.iter().map(|(row_id, id)| (*row_id, id)).collect();
    let rows = availability::Entity::find()
        .filter(availability::Column::CentreId.is_in(names.keys().copied()))
        .filter(availability::Column::ValidTo.gt(day))
        .order_by_asc(availability::Column::CentreId)
        .order_by_asc(availability::Column::ProcedureId)
        .order_by_asc(availability::Column::CaseCode)
        .order_by_asc(availability::Column::ValidFrom)
        .all(&writer.tx)
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let (Some(centre), Some(procedure)) =
            (names.get(&row.centre_id), references.codes.get(&row.procedure_id))
        else {
            return Err(damaged("availability", &row.id.to_string(), "what it refers to is not there"));
        };
        found.push(StoredListing {
            row_id: row.id,
            procedure_id: row.procedure_id,
            centre_id: row.centre_id,
            version: version(row.version),
            record: record(&row, &Keys { procedure, centre }, &references.sources)?,
        });
    }
    Ok(found)
}

/// How many listings of each centre begin on a day or later, and the first of these days.
pub(crate) async fn scheduled(
    writer: &Writer,
    day: NaiveDate,
) -> Result<HashMap<i64, (u64, NaiveDate)>, StorageError> {
    let sql = format!(
        "SELECT centre_id, count(*), min(valid_from) FROM availability WHERE valid_from >= '{day}' \
         GROUP BY centre_id"
    );
    let rows = writer.tx.query_all_raw(Statement::from_string(writer.tx.get_database_backend(), sql)).await?;
    let mut scheduled = HashMap::new();
    for row in rows {
        let count = u64::try_from(row.try_get_by_index::<i64>(1)?).unwrap_or(0);
        scheduled.insert(row.try_get_by_index(0)?, (count, row.try_get_by_index(2)?));
    }
    Ok(scheduled)
}

/// Ends listings on a day, each with its entry in the log. The caller has seen that they reach beyond it.
pub(crate) async fn end(
    writer: &mut Writer,
    listings: &[&StoredListing],
    day: NaiveDate,
) -> Result<(), StorageError> {
    for group in listings.chunks(ROWS) {
        for listing in group {
            let mut record = listing.record.clone();
            let before = Some(text_of("availability", &record)?);
            record.period = period_columns::period(period_columns::columns(record.period).0, day)?;
            let entry = TextEntry {
                entity: EntityKind::Availability,
                key: log_key(&record),
                row_id: listing.centre_id,
                version: listing.version + 1,
                before,
                after: Some(text_of("availability", &record)?),
            };
            writer.log_text(entry).await?;
        }
        let ids: Vec<i64> = group.iter().map(|listing| listing.row_id).collect();
        set_end(writer, &ids, day).await?;
    }
    Ok(())
}

/// Gives rows another first day on which they no longer hold, and the next version.
pub(crate) async fn set_end(writer: &Writer, ids: &[i64], day: NaiveDate) -> Result<(), StorageError> {
    for group in ids.chunks(ROWS) {
        availability::Entity::update_many()
            .col_expr(availability::Column::ValidTo, Expr::value(day))
            .col_expr(availability::Column::Version, Expr::col(availability::Column::Version).add(1))
            .col_expr(availability::Column::ChangedAt, Expr::value(writer.at()))
            .filter(availability::Column::Id.is_in(group.iter().copied()))
            .exec(&writer.tx)
            .await?;
    }
    Ok(())
}

/// The rows behind some records, in their order.
pub(crate) async fn rows_of(
    writer: &mut Writer,
    records: &[Availability],
) -> Result<Vec<Option<i64>>, StorageError> {
    let mut wanted = Vec::with_capacity(records.len());
    for record in records {
        let procedure = writer.known.procedure(&writer.tx, record.procedure.as_str()).await?;
        let centre = writer.known.centre(&writer.tx, record.centre.as_str()).await?.map(|(id, _)| id);
        wanted.push(centre.zip(procedure));
    }
    let pairs = super::availability::pairs(wanted.iter().flatten().copied());
    if wanted.iter().flatten().next().is_none() {
        return Ok(vec![None; records.len()]);
    }
    let rows = availability::Entity::find().filter(pairs).all(&writer.tx).await?;
    let by_key: HashMap<(i64, i64, String, NaiveDate), i64> = rows
        .into_iter()
        .map(|row| ((row.centre_id, row.procedure_id, row.case_code, row.valid_from), row.id))
        .collect();
    let rows = records.iter().zip(wanted).map(|(record, ids)| {
        let (centre, procedure) = ids?;
        let case = record.case.clone().unwrap_or_default();
        by_key.get(&(centre, procedure, case, period_columns::columns(record.period).0)).copied()
    });
    Ok(rows.collect())
}
