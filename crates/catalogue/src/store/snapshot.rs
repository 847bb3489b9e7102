//! One state of the whole catalogue, for building indexes and for exports.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};

use crate::availability::{Availability, BoundaryFree, Offered};
use crate::code::{CentreId, ProcedureCode};
use crate::log_place::LogPlace;
use crate::period::Period;
use crate::read::{CentreAt, Listing, ProcedureAt, Stored, UnitAt};
use crate::reference::{Agency, Decision, Event, Field};
use crate::store::chain;
use crate::store::db::{Db, StorageError};
use crate::store::entity::{
    availability, centre, decision, event, procedure, procedure_period, unit_succession,
};
use crate::store::period_columns;
use crate::store::read::{damaged, id, version};
use crate::store::rows;
use crate::store::sources::sources;
use crate::store::whole;
use crate::unit::Succession;

/// One consistent state of the whole catalogue. It holds a reading transaction: use it and drop it.
#[derive(Debug)]
pub struct Snapshot {
    tx: DatabaseTransaction,
    place: LogPlace,
}

/// How many procedures are read at a time.
const PROCEDURES: u64 = 500;

impl Snapshot {
    pub(crate) async fn begin(db: &Db) -> Result<Self, StorageError> {
        let tx = db.begin_read().await?;
        let place = chain::head(&tx, false).await?;
        Ok(Self { tx, place })
    }

    /// The reading transaction, for reads that stand beside those here.
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Number of the last change that this state contains.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.place.sequence
    }

    /// Place in the log that this state is at.
    #[must_use]
    pub fn place(&self) -> &LogPlace {
        &self.place
    }

    /// Every period of every procedure in the order of their ids, a few hundred at a time.
    pub async fn each_procedure(
        &mut self,
        visit: &mut (dyn FnMut(ProcedureAt) + Send),
    ) -> Result<(), StorageError> {
        let mut after = 0;
        loop {
            let ids: Vec<i64> = procedure::Entity::find()
                .select_only()
                .column(procedure::Column::Id)
                .filter(procedure::Column::Id.gt(after))
                .order_by_asc(procedure::Column::Id)
                .limit(PROCEDURES)
                .into_tuple()
                .all(&self.tx)
                .await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = *last;
            for procedure in self.procedures_by_id(&ids).await? {
                visit(procedure);
            }
        }
    }

    /// Every period of every procedure, in the order of their ids.
    pub async fn procedures(&mut self) -> Result<Vec<ProcedureAt>, StorageError> {
        let mut all = Vec::new();
        self.each_procedure(&mut |procedure| all.push(procedure)).await?;
        Ok(all)
    }

    /// Every period of some procedures, in the order of their ids.
    pub async fn procedures_by_id(
        &mut self,
        procedure_ids: &[i64],
    ) -> Result<Vec<ProcedureAt>, StorageError> {
        let mut all = Vec::new();
        for group in procedure_ids.chunks(1000) {
            let rows = procedure_period::Entity::find()
                .filter(procedure_period::Column::ProcedureId.is_in(group.iter().copied()))
                .order_by_asc(procedure_period::Column::ProcedureId)
                .order_by_asc(procedure_period::Column::ValidFrom)
                .all(&self.tx)
                .await?;
            let mut periods: HashMap<i64, Vec<Period>> = HashMap::new();
            for row in &rows {
                let period = period_columns::period(row.valid_from, row.valid_to)?;
                periods.entry(row.procedure_id).or_default().push(period);
            }
            let codes = rows::procedure::codes(&self.tx, group.iter().copied()).await?;
            for loaded in rows::procedure::load(&self.tx, rows, &codes).await? {
                let own = loaded.record.period;
                let others = periods.get(&loaded.row.procedure_id).into_iter().flatten();
                let others = others.copied().filter(|period| *period != own).collect();
                all.push(procedure_at(loaded, others));
            }
        }
        Ok(all)
    }

    /// The code of every procedure.
    pub async fn procedure_codes(&mut self) -> Result<Vec<ProcedureCode>, StorageError> {
        whole::procedure_codes(&self.tx).await
    }

    /// Every period of every unit.
    pub async fn units(&mut self) -> Result<Vec<UnitAt>, StorageError> {
        whole::units(&self.tx).await
    }

    /// Every centre; `stored.id` is the row id that listings are grouped by.
    pub async fn centres(&mut self) -> Result<Vec<CentreAt>, StorageError> {
        whole::centres(&self.tx).await
    }

    /// Every listing, centre by centre: `visit(row id of the centre, its listings)`.
    pub async fn listings(
        &mut self,
        visit: &mut (dyn FnMut(i64, &[Listing]) + Send),
    ) -> Result<(), StorageError> {
        // Fifty centres at a time keep the text of one answer small; the database puts each centre's rows together,
        // which is many times quicker than fetching them one by one.
        let ids: Vec<i64> = centre::Entity::find()
            .select_only()
            .column(centre::Column::Id)
            .order_by_asc(centre::Column::Id)
            .into_tuple()
            .all(&self.tx)
            .await?;
        for group in ids.chunks(50) {
            let (first, last) = (group.first().copied().unwrap_or(0), group.last().copied().unwrap_or(0));
            for row in self.packed_listings(first, last).await? {
                let centre_row_id: i64 = row.try_get_by_index(0)?;
                let text: String = row.try_get_by_index(1)?;
                visit(centre_row_id, &unpack(&text)?);
            }
        }
        Ok(())
    }

    /// The listings of one centre.
    pub async fn listings_of(&mut self, centre_row_id: i64) -> Result<Vec<Listing>, StorageError> {
        let rows = self.packed_listings(centre_row_id, centre_row_id).await?;
        match rows.first() {
            Some(row) => unpack(&row.try_get_by_index::<String>(1)?),
            None => Ok(Vec::new()),
        }
    }

    async fn packed_listings(
        &self,
        first: i64,
        last: i64,
    ) -> Result<Vec<sea_orm::QueryResult>, StorageError> {
        let backend = self.tx.get_database_backend();
        let join = if backend == DbBackend::Sqlite { "group_concat" } else { "string_agg" };
        let sql = format!(
            "SELECT centre_id, {join}(procedure_id || ',' || (CASE WHEN case_code = '' THEN 'w' ELSE 'c' END) \
             || ',' || offered || ',' || coalesce(scheme, '') || ',' || coalesce(level, '') \
             || ',' || CAST(valid_from AS TEXT) || ',' || CAST(valid_to AS TEXT) || ',' || boundary_free, ';') \
             FROM availability WHERE centre_id BETWEEN {first} AND {last} GROUP BY centre_id"
        );
        Ok(self.tx.query_all_raw(Statement::from_string(backend, sql)).await?)
    }

    /// Every field.
    pub async fn fields(&mut self) -> Result<Vec<Field>, StorageError> {
        whole::fields(&self.tx).await
    }

    /// Every agency.
    pub async fn agencies(&mut self) -> Result<Vec<Agency>, StorageError> {
        whole::agencies(&self.tx).await
    }

    /// Every event.
    pub async fn events(&mut self) -> Result<Vec<Event>, StorageError> {
        let rows = event::Entity::find().order_by_asc(event::Column::Id).all(&self.tx).await?;
        rows.iter().map(rows::lists::event_record).collect()
    }

    /// Every succession.
    pub async fn successions(&mut self) -> Result<Vec<Succession>, StorageError> {
        let rows =
            unit_succession::Entity::find().order_by_asc(unit_succession::Column::Id).all(&self.tx).await?;
        let sources = sources(&self.tx).await?;
        rows.iter().map(|row| rows::succession::record(row, &sources)).collect()
    }

    /// Every decision.
    pub async fn decisions(&mut self) -> Result<Vec<Decision>, StorageError> {
        let rows = decision::Entity::find().order_by_asc(decision::Column::Id).all(&self.tx).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            all.push(rows::decision::record(&self.tx, row).await?);
        }
        Ok(all)
    }

    /// How many availabilities there are.
    pub async fn count_availabilities(&mut self) -> Result<u64, StorageError> {
        Ok(availability::Entity::find().count(&self.tx).await?)
    }

    /// Every availability, centre by centre.
    pub async fn each_availability(
        &mut self,
        visit: &mut (dyn FnMut(Availability) -> std::io::Result<()> + Send),
    ) -> Result<std::io::Result<()>, StorageError> {
        let sources = sources(&self.tx).await?;
        let codes: HashMap<i64, ProcedureCode> = procedure::Entity::find()
            .all(&self.tx)
            .await?
            .into_iter()
            .map(|row| Ok((row.id, id("procedure", &row.code)?)))
            .collect::<Result<_, StorageError>>()?;
        let centres: Vec<(i64, CentreId)> = centre::Entity::find()
            .order_by_asc(centre::Column::SortKey)
            .order_by_asc(centre::Column::Id)
            .all(&self.tx)
            .await?
            .into_iter()
            .map(|row| Ok((row.id, id("centre", &row.slug)?)))
            .collect::<Result<_, StorageError>>()?;
        for (centre_row_id, centre) in centres {
            let rows = availability::Entity::find()
                .filter(availability::Column::CentreId.eq(centre_row_id))
                .order_by_asc(availability::Column::ProcedureId)
                .order_by_asc(availability::Column::CaseCode)
                .order_by_asc(availability::Column::ValidFrom)
                .all(&self.tx)
                .await?;
            for row in rows {
                let Some(procedure) = codes.get(&row.procedure_id) else {
                    return Err(damaged("availability", centre.as_str(), "its procedure is not there"));
                };
                let keys = rows::availability::Keys { procedure, centre: &centre };
                if let Err(error) = visit(rows::availability::record(&row, &keys, &sources)?) {
                    return Ok(Err(error));
                }
            }
        }
        Ok(Ok(()))
    }
}

/// Puts a loaded procedure together with the other periods of the same procedure.
pub(crate) fn procedure_at(loaded: rows::procedure::Loaded, periods: Vec<Period>) -> ProcedureAt {
    ProcedureAt {
        procedure_id: loaded.row.procedure_id,
        stored: Stored {
            id: loaded.row.id,
            version: version(loaded.row.version),
            changed_at: loaded.row.changed_at,
            record: loaded.record,
        },
        fields: loaded.fields,
        agencies: loaded.agencies,
        periods,
    }
}

/// Reads the packed listings of one centre.
fn unpack(text: &str) -> Result<Vec<Listing>, StorageError> {
    text.split(';')
        .map(|item| unpack_one(item).ok_or_else(|| damaged("availability", item, "cannot be read")))
        .collect()
}

fn unpack_one(item: &str) -> Option<Listing> {
    let mut parts = item.split(',');
    let procedure_id = parts.next()?.parse().ok()?;
    let case = parts.next()? == "c";
    let offered = parts.next()?;
    let offered = Offered::ALL.into_iter().find(|answer| answer.as_str() == offered)?;
    let (scheme, level) = (parts.next()?, parts.next()?);
    let level = rows::availability::level(
        (!scheme.is_empty()).then_some(scheme),
        (!level.is_empty()).then_some(level),
    );
    let period = period_columns::period(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?).ok()?;
    let boundary = parts.next()?;
    let boundary_free = BoundaryFree::ALL.into_iter().find(|answer| answer.as_str() == boundary)?;
    Some(Listing { procedure_id, case, offered, level: level.ok()?, period, boundary_free })
}
