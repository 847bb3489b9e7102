//! Records that miss what they refer to: looked for among those that refer to what a transaction made loose, or among all.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};

use super::compared_listings::{day_of, days, listing_key};
use super::db::StorageError;
use super::entity::{centre, centre_figure, unit_period, unit_succession, work};
use super::keep::{Kept, Stored};
use super::period_columns::{self, reference_day};
use super::read::id;
use super::rows;
use super::unit_codes::UnitCodes;
use super::writer::Writer;
use crate::availability::Availability;
use crate::centre::Centre;
use crate::centre_figure::{CentreFigure, Month};
use crate::change::EntityKind;
use crate::code::UnitCode;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::procedure::Procedure;
use crate::unit::{Succession, UnitPeriod};
use crate::work::Work;

/// A record that misses what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Orphan {
    pub(super) kind: EntityKind,
    /// Code of what it refers to.
    pub(super) code: String,
    /// The days on which it must be there.
    pub(super) days: Period,
    /// Kind and key of the record.
    pub(crate) by: String,
}

/// A row whose unit is another one now, under the same code.
#[derive(Debug)]
pub(super) struct Moved {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) row_id: i64,
    pub(super) unit_id: i64,
}

/// What a look at references came to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) orphans: Vec<Orphan>,
    pub(super) moved: Vec<Moved>,
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
    /// What the comparison itself makes and that refers to units.
    pub(super) fn compared_of_units(&self, codes: &UnitCodes, found: &mut Found) {
        let mut refers = |unit: &UnitCode, day: NaiveDate, key: &LogKey| {
            if codes.unit_on(unit, day).is_none() {
                found.orphans.push(Orphan::on(EntityKind::Unit, unit.to_string(), day, key));
            }
        };
        let units = self.compared_records::<Stored<UnitPeriod>>();
        let units =
            units.filter_map(|stored| stored.record.within().map(|within| (stored.record.key(), within)));
        let centres = self.compared_records::<Stored<Centre>>();
        let centres =
            centres.filter_map(|stored| stored.record.within().map(|within| (stored.record.key(), within)));
        let mut beyond = Vec::new();
        for (key, (unit, days)) in units.chain(centres) {
            refers(&unit, reference_day(days), &key);
            if let Some(days) = self.misses(codes, &unit, days) {
                beyond.push(Orphan::over(days, &unit, &key));
            }
        }
        for Stored { record, .. } in self.compared_records::<Stored<Succession>>() {
            let on = record.effective_on;
            refers(&record.predecessor, on.pred_opt().unwrap_or(on), &record.key());
            if let Some(unit) = &record.successor {
                refers(unit, on, &record.key());
            }
        }
        found.orphans.append(&mut beyond);
    }

    /// Listings and figures of a centre that reach beyond the days on which it works.
    pub(super) async fn at_centre(
        &self,
        (row_id, slug): (i64, &str),
        made: &[&Availability],
        found: &mut Vec<Orphan>,
    ) -> Result<(), StorageError> {
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
        for listing in self.listings(&sql).await? {
            // A comparison may have ended it since, or taken it out.
            let key = listing_key(listing.other_id, row_id, &listing.case);
            let now = match self.compared_period(key, days(listing.period).0) {
                Some((from, to)) if from == to => continue,
                Some((from, to)) => period_columns::period(day_of(from), day_of(to))?,
                None => listing.period,
            };
            if !period.is_some_and(|period| now.is_within(period)) {
                found.push(Orphan {
                    kind: EntityKind::Centre,
                    code: slug.to_owned(),
                    days: now,
                    by: listing.name()?,
                });
            }
        }
        for record in made {
            if !period.is_some_and(|period| record.period.is_within(period)) {
                let by = name(&rows::availability::log_key(record));
                let (kind, code, days) = (EntityKind::Centre, slug.to_owned(), record.period);
                found.push(Orphan { kind, code, days, by });
            }
        }
        let figures = centre_figure::Entity::find().filter(centre_figure::Column::CentreId.eq(row_id));
        for row in figures.all(&self.tx).await? {
            let month = Month::of(row.month);
            let days = Period::new(Some(month.first_day()), Some(month.end()));
            let is_held = days.is_ok_and(|days| period.is_some_and(|period| days.overlaps(period)));
            let key = LogKey::CentreFigure { centre: id("centre", slug)?, month };
            if !is_held && matches!(now::<CentreFigure>(Some(self), &key), Now::AsStored) {
                // On which day of the month it worked nobody knows.
                let before = self.held_before(EntityKind::Centre, slug);
                let overlapping = days.ok().zip(before).filter(|(month, before)| month.overlaps(*before));
                if let Some((_, days)) = overlapping {
                    let (kind, code) = (EntityKind::Centre, slug.to_owned());
                    found.push(Orphan { kind, code, days, by: name(&key) });
                }
            }
        }
        Ok(())
    }

    /// Listings of procedures that are gone.
    pub(super) async fn listings_of_procedures(&self, found: &mut Vec<Orphan>) -> Result<(), StorageError> {
        for (procedure_id, code) in self.gone(EntityKind::Procedure) {
            let sql = format!(
                "SELECT p.code, a.case_code, c.slug, a.valid_from, a.valid_to, a.centre_id FROM availability a \
                 JOIN procedure p ON p.id = a.procedure_id JOIN centre c ON c.id = a.centre_id \
                 WHERE a.procedure_id = {procedure_id}"
            );
            for listing in self.listings(&sql).await? {
                let key = listing_key(procedure_id, listing.other_id, &listing.case);
                let from = days(listing.period).0;
                if self.compared_period(key, from).is_none_or(|(from, to)| from != to) {
                    found.push(self.gone_for(EntityKind::Procedure, &code, listing.name()?));
                }
            }
        }
        Ok(())
    }

    /// A record that misses something of which nothing is left: the last record that was part of it is to blame.
    fn gone_for(&self, kind: EntityKind, code: &str, by: String) -> Orphan {
        let days = self.held_before(kind, code).unwrap_or(Period::ALWAYS);
        Orphan { kind, code: code.to_owned(), days, by }
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
    pub(super) async fn about_gone(
        &self,
        kind: EntityKind,
        found: &mut Vec<Orphan>,
    ) -> Result<(), StorageError> {
        let column = match kind {
            EntityKind::Procedure => work::Column::ProcedureId,
            _ => work::Column::CentreId,
        };
        let codes: HashMap<i64, String> = self.gone(kind).into_iter().collect();
        let ids: Vec<i64> = codes.keys().copied().collect();
        for group in ids.chunks(ROWS) {
            let rows = work::Entity::find().filter(column.is_in(group.iter().copied())).all(&self.tx).await?;
            for row in rows {
                let of = if kind == EntityKind::Procedure { row.procedure_id } else { row.centre_id };
                let key = LogKey::Work(row.number);
                if matches!(now::<Work>(Some(self), &key), Now::AsStored)
                    && let Some(code) = of.and_then(|of| codes.get(&of))
                {
                    found.push(self.gone_for(kind, code, name(&key)));
                }
            }
        }
        Ok(())
    }

    /// Periods of procedures that name a field or an agency that is gone.
    pub(super) async fn procedures_with(
        &self,
        kind: EntityKind,
        found: &mut Vec<Orphan>,
    ) -> Result<(), StorageError> {
        let (table, column) = match kind {
            EntityKind::Field => ("procedure_field", "field_id"),
            _ => ("procedure_agency", "agency_id"),
        };
        for (of, slug) in self.gone(kind) {
            let sql = format!(
                "SELECT p.code, t.valid_from FROM {table} l JOIN procedure_period t ON t.id = l.procedure_period_id \
                 JOIN procedure p ON p.id = t.procedure_id WHERE l.{column} = {of}"
            );
            let statement = Statement::from_string(self.tx.get_database_backend(), sql);
            for row in self.tx.query_all_raw(statement).await? {
                let (procedure, from): (String, NaiveDate) =
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
                    found.push(self.gone_for(kind, &slug, name(&key)));
                }
            }
        }
        Ok(())
    }
}

impl Orphan {
    /// One that misses something on a day.
    fn on(kind: EntityKind, code: String, day: NaiveDate, key: &LogKey) -> Self {
        let next = day.succ_opt().unwrap_or(day);
        let days = Period::new(Some(day), Some(next)).unwrap_or(Period::ALWAYS);
        Self { kind, code, days, by: name(key) }
    }

    /// One that misses its unit over some days.
    fn over(days: Period, unit: &UnitCode, key: &LogKey) -> Self {
        Self { kind: EntityKind::Unit, code: unit.to_string(), days, by: name(key) }
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

fn first_day(from: NaiveDate) -> Option<NaiveDate> {
    (from != period_columns::beginning()).then_some(from)
}

fn name(key: &LogKey) -> String {
    format!("{} {key}", key.kind().as_str())
}

/// Where the code of a unit leads on a day.
enum Leads {
    /// To the unit that the row has.
    There,
    /// To another one.
    To(i64),
    Nowhere,
}

/// Records that refer to units which do not have the code on the day, or no longer, and rows whose unit is another one by
/// now: of some units as a writer would leave them, or of all as they stand.
pub(crate) async fn of_units(
    db: &impl ConnectionTrait,
    codes: &UnitCodes,
    wanted: Option<(&Writer, &[i64])>,
    found: &mut Found,
) -> Result<(), StorageError> {
    let writer = wanted.map(|(writer, _)| writer);
    let leads = |unit: &UnitCode, day: NaiveDate, of: i64| match codes.unit_on(unit, day) {
        None => Leads::Nowhere,
        Some(unit_id) if unit_id == of => Leads::There,
        Some(unit_id) => Leads::To(unit_id),
    };
    let mut below = unit_period::Entity::find().filter(unit_period::Column::ParentUnitId.is_not_null());
    let mut centres = centre::Entity::find();
    let mut successions = unit_succession::Entity::find();
    let mut tasks = work::Entity::find().filter(work::Column::UnitId.is_not_null());
    if let Some((_, ids)) = wanted {
        let ids = || ids.iter().copied();
        below = below.filter(unit_period::Column::ParentUnitId.is_in(ids()));
        centres = centres.filter(centre::Column::UnitId.is_in(ids()));
        tasks = tasks.filter(work::Column::UnitId.is_in(ids()));
        successions = successions.filter(
            unit_succession::Column::PredecessorUnitId
                .is_in(ids())
                .or(unit_succession::Column::SuccessorUnitId.is_in(ids())),
        );
    }
    // Of all as they stand, days on which another unit has the code count; otherwise those that the unit has just lost.
    let beyond = |unit: &UnitCode, days: Period| match writer {
        Some(writer) => writer.misses(codes, unit, days),
        None => codes.unit_on(unit, reference_day(days)).and_then(|of| codes.taken(unit, of, days)),
    };
    let mut note =
        |place: (&'static str, &'static str, i64), refers: (UnitCode, NaiveDate, i64), key: &LogKey| {
            let ((table, column, row_id), (unit, day, of)) = (place, refers);
            match leads(&unit, day, of) {
                Leads::There => {}
                Leads::To(unit_id) => found.moved.push(Moved { table, column, row_id, unit_id }),
                Leads::Nowhere => {
                    found.orphans.push(Orphan::on(EntityKind::Unit, unit.to_string(), day, key));
                }
            }
        };
    // Those that reach beyond the days of their unit.
    let mut long: Vec<Orphan> = Vec::new();
    for row in below.all(db).await? {
        let key = LogKey::Unit { code: id("unit", &row.code)?, from: first_day(row.valid_from) };
        let (Some(parent), Some(of)) = (&row.parent_code, row.parent_unit_id) else { continue };
        let period = period_columns::period(row.valid_from, row.valid_to)?;
        let day = reference_day(period);
        // What a comparison changed is looked at with what it made.
        if matches!(now::<UnitPeriod>(writer, &key), Now::AsStored) {
            let unit = id("unit", parent)?;
            long.extend(beyond(&unit, period).map(|days| Orphan::over(days, &unit, &key)));
            note(("unit_period", "parent_unit_id", row.id), (unit, day, of), &key);
        }
    }
    for row in centres.all(db).await? {
        let key = LogKey::Centre(id("centre", &row.slug)?);
        let period = period_columns::period(row.valid_from, row.valid_to)?;
        let day = reference_day(period);
        if matches!(now::<Centre>(writer, &key), Now::AsStored) {
            let unit = id("unit", &row.unit_code)?;
            long.extend(beyond(&unit, period).map(|days| Orphan::over(days, &unit, &key)));
            note(("centre", "unit_id", row.id), (unit, day, row.unit_id), &key);
        }
    }
    for row in successions.all(db).await? {
        let predecessor: UnitCode = id("unit", &row.predecessor_code)?;
        let successor: Option<UnitCode> =
            row.successor_code.as_deref().map(|unit| id("unit", unit)).transpose()?;
        let on = row.effective_on;
        let key = LogKey::Succession { predecessor: predecessor.clone(), successor: successor.clone(), on };
        if !matches!(now::<Succession>(writer, &key), Now::AsStored) {
            continue;
        }
        let eve = on.pred_opt().unwrap_or(on);
        let place = |column| ("unit_succession", column, row.id);
        note(place("predecessor_unit_id"), (predecessor, eve, row.predecessor_unit_id), &key);
        if let (Some(unit), Some(of)) = (successor, row.successor_unit_id) {
            note(place("successor_unit_id"), (unit, on, of), &key);
        }
    }
    for row in tasks.all(db).await? {
        let task = rows::work::record(&row)?;
        let key = LogKey::Work(row.number);
        let (Some(unit), Some(of)) = (task.unit, row.unit_id) else { continue };
        if !matches!(now::<Work>(writer, &key), Now::AsStored) {
            continue;
        }
        // It may be opened on the day on which the unit ended.
        let eve = task.opened_on.pred_opt().unwrap_or(task.opened_on);
        let day = if codes.unit_on(&unit, task.opened_on).is_some() { task.opened_on } else { eve };
        note(("work", "unit_id", row.id), (unit, day, of), &key);
    }
    found.orphans.append(&mut long);
    Ok(())
}

/// How many listings reach beyond the days of their centres, anywhere.
pub(crate) const BEYOND_CENTRES: &str = "SELECT count(*) FROM availability a JOIN centre c ON c.id = a.centre_id \
     WHERE a.valid_from < c.valid_from OR a.valid_to > c.valid_to";
