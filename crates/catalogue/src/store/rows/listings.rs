//! Listings of whole centres, read many at a time.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

use super::availability::{Keys, record};
use crate::availability::Availability;
use crate::code::{CentreId, ProcedureCode};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{availability, procedure};
use crate::store::read::{damaged, id, version};
use crate::store::sources::sources;
use crate::store::writer::Writer;

/// A listing with its row.
#[derive(Debug, Clone)]
pub(crate) struct StoredListing {
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
        Ok(Self { codes: codes.collect::<Result<_, StorageError>>()?, sources: sources(&writer.tx).await? })
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
