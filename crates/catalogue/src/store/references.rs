//! What records refer to, and that they find it: a unit that a centre lies in, a centre that a listing holds at, within
//! its days. Whoever shortens or takes out a record may leave another without what it refers to. That is known only when
//! all of a transaction is written, since rows come in any order, so it is asked at the end.

use std::collections::HashMap;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};

use super::compared_listings::{day_of, days, listing_key};
use super::db::StorageError;
use super::entity::{centre, centre_figure, unit_period, unit_succession, work};
use super::keep::Stored;
use super::period_columns::{self, reference_day};
use super::read::id;
use super::rows;
use super::unit_codes::UnitCodes;
use super::writer::Writer;
use crate::centre::Centre;
use crate::centre_figure::Month;
use crate::change::EntityKind;
use crate::code::UnitCode;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::procedure::Procedure;
use crate::reads::log::SAMPLE_MARK;
use crate::refusal::Refusal;
use crate::unit::{Succession, UnitPeriod};
use crate::work::Work;

/// What a transaction shortened or took out, by kind and code.
#[derive(Debug, Default)]
pub(super) struct Loosened {
    records: HashMap<(EntityKind, String), Loose>,
    buried: HashMap<(EntityKind, String), Buried>,
}

/// A record that others may miss.
#[derive(Debug, Clone)]
struct Loose {
    /// Row that others refer to.
    subject: i64,
    key: LogKey,
}

/// A row that others may refer to, whose record is taken out. It goes when it is known that nobody does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buried {
    pub(super) table: &'static str,
    pub(super) row_id: i64,
    /// The entry of the log that took it out.
    pub(super) sequence: u64,
}

/// A record that misses what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Orphan {
    /// Row of what it refers to.
    of: i64,
    /// Kind and key of the record.
    pub(crate) by: String,
}

/// Rows that one statement names.
const ROWS: usize = 5_000;

/// What a comparison makes of a stored record.
enum Now<K> {
    AsStored,
    Changed(K),
    /// Gone, or touched by a comparison that found what it refers to then.
    Settled,
}

fn now<K: Clone + 'static>(writer: Option<&Writer>, key: &LogKey) -> Now<K> {
    let Some(writer) = writer else { return Now::AsStored };
    // Its row goes only when it is known that nobody refers to it.
    if writer.is_buried(key.kind(), &key.to_string()) {
        return Now::Settled;
    }
    match writer.compared::<Stored<K>>(key) {
        Some(Some(stored)) => Now::Changed(stored.record),
        Some(None) => Now::Settled,
        None if writer.was_touched(key) => Now::Settled,
        None => Now::AsStored,
    }
}

impl Writer {
    /// Notes that others may miss what a record said.
    pub(super) fn loosen(&mut self, kind: EntityKind, subject: i64, code: String, key: LogKey) {
        self.loosened.records.insert((kind, code), Loose { subject, key });
    }

    /// Notes a row that is to go unless others refer to it.
    pub(super) fn bury(&mut self, kind: EntityKind, code: String, buried: Buried) {
        self.loosened.buried.insert((kind, code), buried);
    }

    /// Row of what this transaction took out under a code.
    pub(super) fn buried(&self, kind: EntityKind, code: &str) -> Option<i64> {
        self.loosened.buried.get(&(kind, code.to_owned())).map(|buried| buried.row_id)
    }

    /// Whether this transaction took out what has a code.
    pub(super) fn is_buried(&self, kind: EntityKind, code: &str) -> bool {
        !self.loosened.buried.is_empty() && self.buried(kind, code).is_some()
    }

    /// What was taken out is stated again; returns its row.
    pub(super) fn unbury(&mut self, kind: EntityKind, code: &str) -> Option<i64> {
        if self.loosened.buried.is_empty() {
            return None;
        }
        self.loosened.buried.remove(&(kind, code.to_owned())).map(|buried| buried.row_id)
    }

    /// The records that were shortened or taken out although others need them as they were, each with its refusal. Where
    /// there are any, nothing of the transaction may be kept.
    pub(crate) async fn needed(&mut self) -> Result<Vec<(LogKey, Refusal)>, StorageError> {
        if self.loosened.records.is_empty() {
            return Ok(Vec::new());
        }
        self.units().await?;
        let mut orphans: HashMap<(EntityKind, i64), (String, u64)> = HashMap::new();
        let mut add = |kind: EntityKind, found: Vec<Orphan>| {
            for Orphan { of, by } in found {
                orphans.entry((kind, of)).and_modify(|(_, others)| *others += 1).or_insert((by, 0));
            }
        };
        let units: Vec<i64> = self.loose(EntityKind::Unit).into_iter().map(|(unit_id, _)| unit_id).collect();
        let centres = self.loose(EntityKind::Centre);
        if let Some(codes) = &self.known.units {
            for group in units.chunks(ROWS) {
                add(EntityKind::Unit, of_units(&self.tx, codes, Some((self, group))).await?);
            }
        }
        add(EntityKind::Unit, self.work_about(EntityKind::Unit).await?);
        for (row_id, slug) in centres {
            add(EntityKind::Centre, self.at_centre(row_id, &slug).await?);
        }
        add(EntityKind::Centre, self.work_about(EntityKind::Centre).await?);
        add(EntityKind::Procedure, self.listings_of_procedures().await?);
        add(EntityKind::Procedure, self.work_about(EntityKind::Procedure).await?);
        add(EntityKind::Field, self.procedures_with(EntityKind::Field).await?);
        add(EntityKind::Agency, self.procedures_with(EntityKind::Agency).await?);
        if orphans.is_empty() {
            self.delete_buried().await?;
        }
        // The mark stays as long as anything made up does, and what is made up may just have gone.
        if orphans.is_empty()
            && self
                .loosened
                .records
                .keys()
                .any(|(kind, code)| *kind == EntityKind::Site && code == SAMPLE_MARK)
            && let Some(by) = rows::site::made_up(self).await?
        {
            orphans.insert((EntityKind::Site, 0), (by, 0));
        }
        if orphans.is_empty() {
            self.loosened = Loosened::default();
            return Ok(Vec::new());
        }
        let mut needed: Vec<(LogKey, Refusal)> = Vec::new();
        for ((kind, _), loose) in &self.loosened.records {
            if let Some((by, others)) = orphans.get(&(*kind, loose.subject)) {
                needed.push((loose.key.clone(), Refusal::Needed { by: by.clone(), others: *others }));
            }
        }
        needed.sort_by_cached_key(|(key, _)| key.to_string());
        Ok(needed)
    }

    /// Rows and codes of a kind that are loose.
    fn loose(&self, wanted: EntityKind) -> Vec<(i64, String)> {
        let records = self.loosened.records.iter().filter(|((kind, _), _)| *kind == wanted);
        let mut rows: Vec<(i64, String)> =
            records.map(|((_, code), loose)| (loose.subject, code.clone())).collect();
        rows.sort_unstable();
        rows
    }

    /// Rows of a kind of which nothing is left.
    fn gone(&self, wanted: EntityKind) -> Vec<i64> {
        let buried = self.loosened.buried.iter().filter(|((kind, _), _)| *kind == wanted);
        buried.map(|(_, buried)| buried.row_id).collect()
    }

    async fn delete_buried(&mut self) -> Result<(), StorageError> {
        let buried: Vec<Buried> = self.loosened.buried.drain().map(|(_, buried)| buried).collect();
        if !self.writes() {
            return Ok(());
        }
        // What refers to others goes first.
        for table in ["procedure", "field", "agency", "centre", "unit", "site"] {
            let rows: Vec<(i64, u64)> = buried
                .iter()
                .filter(|buried| buried.table == table)
                .map(|buried| (buried.row_id, buried.sequence))
                .collect();
            if !rows.is_empty() {
                self.delete(table, &rows).await?;
            }
        }
        Ok(())
    }

    /// Listings and figures of a centre that reach beyond the days on which it works.
    async fn at_centre(&self, row_id: i64, slug: &str) -> Result<Vec<Orphan>, StorageError> {
        let period = self.known.days_of_centre(slug);
        let beyond = match period.map(period_columns::columns) {
            Some((from, to)) => format!(" AND (a.valid_from < '{from}' OR a.valid_to > '{to}')"),
            None => String::new(),
        };
        let sql = format!(
            "SELECT p.code, a.case_code, c.slug, a.valid_from, a.valid_to, a.procedure_id FROM availability a \
             JOIN procedure p ON p.id = a.procedure_id JOIN centre c ON c.id = a.centre_id \
             WHERE a.centre_id = {row_id}{beyond}"
        );
        let mut found = Vec::new();
        for listing in self.listings(&sql).await? {
            // A comparison may have ended it since, or taken it out.
            let key = listing_key(listing.other_id, row_id, &listing.case);
            let from = days(listing.period).0;
            let held = match self.compared_period(key, from) {
                Some((from, to)) if from == to => true,
                Some((from, to)) => {
                    let day = day_of;
                    let now = period_columns::period(day(from), day(to))?;
                    period.is_some_and(|period| now.is_within(period))
                }
                None => false,
            };
            if !held {
                found.push(Orphan { of: row_id, by: listing.name()? });
            }
        }
        let figures = centre_figure::Entity::find().filter(centre_figure::Column::CentreId.eq(row_id));
        for row in figures.all(&self.tx).await? {
            let month = Month::of(row.month);
            let days = Period::new(Some(month.first_day()), Some(month.end()));
            let is_held = days.is_ok_and(|days| period.is_some_and(|period| days.overlaps(period)));
            let key = LogKey::CentreFigure { centre: id("centre", slug)?, month };
            if !is_held
                && matches!(now::<crate::centre_figure::CentreFigure>(Some(self), &key), Now::AsStored)
            {
                found.push(Orphan { of: row_id, by: name(&key) });
            }
        }
        Ok(found)
    }

    /// Listings of procedures that are gone.
    async fn listings_of_procedures(&self) -> Result<Vec<Orphan>, StorageError> {
        let mut found = Vec::new();
        for procedure_id in self.gone(EntityKind::Procedure) {
            let sql = format!(
                "SELECT p.code, a.case_code, c.slug, a.valid_from, a.valid_to, a.centre_id FROM availability a \
                 JOIN procedure p ON p.id = a.procedure_id JOIN centre c ON c.id = a.centre_id \
                 WHERE a.procedure_id = {procedure_id}"
            );
            for listing in self.listings(&sql).await? {
                let key = listing_key(procedure_id, listing.other_id, &listing.case);
                let from = days(listing.period).0;
                if self.compared_period(key, from).is_none_or(|(from, to)| from != to) {
                    found.push(Orphan { of: procedure_id, by: listing.name()? });
                }
            }
        }
        Ok(found)
    }

    async fn listings(&self, sql: &str) -> Result<Vec<Listing>, StorageError> {
        let statement = Statement::from_string(self.tx.get_database_backend(), sql.to_owned());
        let rows = self.tx.query_all_raw(statement).await?;
        rows.into_iter()
            .map(|row| {
                Ok(Listing {
                    procedure: row.try_get_by_index(0)?,
                    case: row.try_get_by_index(1)?,
                    centre: row.try_get_by_index(2)?,
                    period: period_columns::period(row.try_get_by_index(3)?, row.try_get_by_index(4)?)?,
                    other_id: row.try_get_by_index(5)?,
                })
            })
            .collect()
    }

    /// Work about what is gone.
    async fn work_about(&self, kind: EntityKind) -> Result<Vec<Orphan>, StorageError> {
        let column = match kind {
            EntityKind::Centre => work::Column::CentreId,
            EntityKind::Procedure => work::Column::ProcedureId,
            _ => work::Column::UnitId,
        };
        let mut found = Vec::new();
        for group in self.gone(kind).chunks(ROWS) {
            let rows = work::Entity::find().filter(column.is_in(group.iter().copied())).all(&self.tx).await?;
            for row in rows {
                let of = match kind {
                    EntityKind::Centre => row.centre_id,
                    EntityKind::Procedure => row.procedure_id,
                    _ => row.unit_id,
                };
                let key = LogKey::Work(row.number);
                if matches!(now::<Work>(Some(self), &key), Now::AsStored)
                    && let Some(of) = of
                {
                    found.push(Orphan { of, by: name(&key) });
                }
            }
        }
        Ok(found)
    }

    /// Periods of procedures that name a field or an agency that is gone.
    async fn procedures_with(&self, kind: EntityKind) -> Result<Vec<Orphan>, StorageError> {
        let (table, column) = match kind {
            EntityKind::Field => ("procedure_field", "field_id"),
            _ => ("procedure_agency", "agency_id"),
        };
        let mut found = Vec::new();
        for (of, slug) in self.loose(kind) {
            let sql = format!(
                "SELECT p.code, t.valid_from FROM {table} l JOIN procedure_period t ON t.id = l.procedure_period_id \
                 JOIN procedure p ON p.id = t.procedure_id WHERE l.{column} = {of}"
            );
            let statement = Statement::from_string(self.tx.get_database_backend(), sql);
            for row in self.tx.query_all_raw(statement).await? {
                let (procedure, from): (String, chrono::NaiveDate) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let key = LogKey::Procedure { code: id("procedure", &procedure)?, from: first_day(from) };
                let names_it = match now::<Procedure>(Some(self), &key) {
                    Now::AsStored => true,
                    Now::Settled => false,
                    Now::Changed(record) if kind == EntityKind::Field => {
                        record.fields.iter().any(|field| field.as_str() == slug)
                    }
                    Now::Changed(record) => record.agencies.iter().any(|link| link.agency.as_str() == slug),
                };
                if names_it {
                    found.push(Orphan { of, by: name(&key) });
                }
            }
        }
        Ok(found)
    }
}

/// A listing that refers to a procedure and a centre.
struct Listing {
    procedure: String,
    case: String,
    centre: String,
    period: Period,
    /// Row of the one of the two that was not asked for.
    other_id: i64,
}

impl Listing {
    fn name(&self) -> Result<String, StorageError> {
        let key = LogKey::Availability {
            procedure: id("procedure", &self.procedure)?,
            case: (!self.case.is_empty()).then(|| self.case.clone()),
            centre: id("centre", &self.centre)?,
            from: self.period.valid_from(),
        };
        Ok(name(&key))
    }
}

fn first_day(from: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
    (from != period_columns::beginning()).then_some(from)
}

fn name(key: &LogKey) -> String {
    format!("{} {key}", key.kind().as_str())
}

/// Units, centres and successions that refer to units which do not have the code on the day, or no longer: of some units as a
/// writer would leave them, or of all as they stand.
pub(crate) async fn of_units(
    db: &impl ConnectionTrait,
    codes: &UnitCodes,
    wanted: Option<(&Writer, &[i64])>,
) -> Result<Vec<Orphan>, StorageError> {
    let writer = wanted.map(|(writer, _)| writer);
    let gone = writer.map(|writer| writer.gone(EntityKind::Unit)).unwrap_or_default();
    let holds = |unit: &UnitCode, day, of: Option<i64>| match codes.unit_on(unit, day) {
        None => false,
        // Another unit has the code now; that one will do, unless the old one goes.
        Some(unit_id) => of.is_none_or(|of| of == unit_id || !gone.contains(&of)),
    };
    let mut found = Vec::new();

    let mut below = unit_period::Entity::find().filter(unit_period::Column::ParentUnitId.is_not_null());
    let mut centres = centre::Entity::find();
    let mut successions = unit_succession::Entity::find();
    if let Some((_, ids)) = wanted {
        let ids = || ids.iter().copied();
        below = below.filter(unit_period::Column::ParentUnitId.is_in(ids()));
        centres = centres.filter(centre::Column::UnitId.is_in(ids()));
        successions = successions.filter(
            unit_succession::Column::PredecessorUnitId
                .is_in(ids())
                .or(unit_succession::Column::SuccessorUnitId.is_in(ids())),
        );
    }
    for row in below.all(db).await? {
        let key = LogKey::Unit { code: id("unit", &row.code)?, from: first_day(row.valid_from) };
        let (Some(parent), Some(of)) = (&row.parent_code, row.parent_unit_id) else { continue };
        let day = reference_day(period_columns::period(row.valid_from, row.valid_to)?);
        let held = match now::<UnitPeriod>(writer, &key) {
            Now::Settled => true,
            Now::AsStored => holds(&id("unit", parent)?, day, Some(of)),
            Now::Changed(record) => {
                let day = reference_day(record.period);
                record.parent.as_ref().is_none_or(|parent| holds(parent, day, None))
            }
        };
        if !held {
            found.push(Orphan { of, by: name(&key) });
        }
    }
    for row in centres.all(db).await? {
        let key = LogKey::Centre(id("centre", &row.slug)?);
        let day = reference_day(period_columns::period(row.valid_from, row.valid_to)?);
        let held = match now::<Centre>(writer, &key) {
            Now::Settled => true,
            Now::AsStored => holds(&id("unit", &row.unit_code)?, day, Some(row.unit_id)),
            Now::Changed(record) => holds(&record.unit, reference_day(record.period), None),
        };
        if !held {
            found.push(Orphan { of: row.unit_id, by: name(&key) });
        }
    }
    for row in successions.all(db).await? {
        let predecessor: UnitCode = id("unit", &row.predecessor_code)?;
        let successor: Option<UnitCode> =
            row.successor_code.as_deref().map(|unit| id("unit", unit)).transpose()?;
        let on = row.effective_on;
        let key = LogKey::Succession { predecessor: predecessor.clone(), successor: successor.clone(), on };
        if matches!(now::<Succession>(writer, &key), Now::Settled) {
            continue;
        }
        let eve = on.pred_opt().unwrap_or(on);
        if !holds(&predecessor, eve, Some(row.predecessor_unit_id)) {
            found.push(Orphan { of: row.predecessor_unit_id, by: name(&key) });
        }
        if let (Some(unit), Some(of)) = (&successor, row.successor_unit_id)
            && !holds(unit, on, Some(of))
        {
            found.push(Orphan { of, by: name(&key) });
        }
    }
    Ok(found)
}

/// How many listings reach beyond the days of their centres, anywhere.
pub(crate) const BEYOND_CENTRES: &str = "SELECT count(*) FROM availability a JOIN centre c ON c.id = a.centre_id \
     WHERE a.valid_from < c.valid_from OR a.valid_to > c.valid_to";
