//! What a writing transaction already looked up: row ids by code, and what it itself wrote.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::db::StorageError;
use super::entity::{agency, centre as centre_table, field, procedure as procedure_table, procedure_period};
use super::period_columns;
use super::unit_codes::UnitCodes;
use crate::code::UnitCode;
use crate::period::Period;

/// Row ids and periods by code. What is looked up often is loaded whole.
#[derive(Debug, Default)]
pub(crate) struct Known {
    fields: Listed,
    agencies: Listed,
    /// `None` for what the transaction took out.
    procedures: HashMap<String, Option<i64>>,
    centres: HashMap<String, Option<KnownCentre>>,
    /// The centres that the transaction took out, as they were: their listings and figures may go after them.
    gone_centres: HashMap<String, KnownCentre>,
    /// Periods of the procedures touched so far.
    procedure_periods: HashMap<i64, Vec<KnownPeriod>>,
    pub(crate) units: Option<UnitCodes>,
    misses: u32,
}

/// Row ids of a coded list by slug.
#[derive(Debug, Default)]
struct Listed {
    /// `None` for what the transaction took out.
    ids: HashMap<String, Option<i64>>,
    is_loaded: bool,
}

impl Listed {
    /// Takes the stored list in. What this transaction noted stays: of a comparison it stands nowhere else.
    fn load(&mut self, stored: impl Iterator<Item = (String, i64)>) {
        for (slug, id) in stored {
            self.ids.entry(slug).or_insert(Some(id));
        }
        self.is_loaded = true;
    }
}

/// A centre.
#[derive(Debug, Clone)]
pub(crate) struct KnownCentre {
    /// Its row.
    pub(crate) row_id: i64,
    /// On which days it works.
    pub(crate) period: Period,
    /// Its unit.
    pub(crate) unit: Option<UnitCode>,
}

/// A period of a procedure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownPeriod {
    /// Its row.
    pub(crate) row_id: i64,
    /// First day.
    pub(crate) from: NaiveDate,
    /// First day after.
    pub(crate) to: NaiveDate,
}

/// After this many single look-ups, a kind is loaded whole.
const FEW: u32 = 50;

impl Known {
    /// Row id of a field by its slug.
    pub(super) async fn field(
        &mut self,
        db: &impl ConnectionTrait,
        slug: &str,
    ) -> Result<Option<i64>, StorageError> {
        if !self.fields.is_loaded {
            let rows = field::Entity::find().all(db).await?;
            self.fields.load(rows.into_iter().map(|row| (row.slug, row.id)));
        }
        Ok(self.fields.ids.get(slug).copied().flatten())
    }

    /// Row id of an agency by its slug.
    pub(super) async fn agency(
        &mut self,
        db: &impl ConnectionTrait,
        slug: &str,
    ) -> Result<Option<i64>, StorageError> {
        if !self.agencies.is_loaded {
            let rows = agency::Entity::find().all(db).await?;
            self.agencies.load(rows.into_iter().map(|row| (row.slug, row.id)));
        }
        Ok(self.agencies.ids.get(slug).copied().flatten())
    }

    /// Notes a field.
    pub(super) fn add_field(&mut self, slug: &str, row_id: i64) {
        self.fields.ids.insert(slug.to_owned(), Some(row_id));
    }

    /// Notes an agency.
    pub(super) fn add_agency(&mut self, slug: &str, row_id: i64) {
        self.agencies.ids.insert(slug.to_owned(), Some(row_id));
    }

    /// Notes that a field is gone.
    pub(super) fn remove_field(&mut self, slug: &str) {
        self.fields.ids.insert(slug.to_owned(), None);
    }

    /// Notes that an agency is gone.
    pub(super) fn remove_agency(&mut self, slug: &str) {
        self.agencies.ids.insert(slug.to_owned(), None);
    }

    /// Row id of a procedure by its code.
    pub(crate) async fn procedure(
        &mut self,
        db: &impl ConnectionTrait,
        code: &str,
    ) -> Result<Option<i64>, StorageError> {
        if let Some(id) = self.procedures.get(code) {
            return Ok(*id);
        }
        self.misses += 1;
        if self.misses == FEW {
            // What this transaction itself noted stays: of a comparison it stands nowhere else.
            for row in procedure_table::Entity::find().all(db).await? {
                self.procedures.entry(row.code).or_insert(Some(row.id));
            }
            for row in centre_table::Entity::find().all(db).await? {
                let (slug, centre) = known_centre(row)?;
                self.centres.entry(slug).or_insert(Some(centre));
            }
            return Ok(self.procedures.get(code).copied().flatten());
        }
        let row =
            procedure_table::Entity::find().filter(procedure_table::Column::Code.eq(code)).one(db).await?;
        Ok(row.and_then(|row| *self.procedures.entry(row.code).or_insert(Some(row.id))))
    }

    /// Notes a procedure.
    pub(super) fn add_procedure(&mut self, code: &str, row_id: i64) {
        self.procedures.insert(code.to_owned(), Some(row_id));
    }

    /// The periods of a procedure.
    pub(super) async fn periods_of(
        &mut self,
        db: &impl ConnectionTrait,
        procedure_id: i64,
    ) -> Result<&mut Vec<KnownPeriod>, StorageError> {
        let periods = match self.procedure_periods.remove(&procedure_id) {
            Some(periods) => periods,
            None => procedure_period::Entity::find()
                .filter(procedure_period::Column::ProcedureId.eq(procedure_id))
                .all(db)
                .await?
                .into_iter()
                .map(|row| KnownPeriod { row_id: row.id, from: row.valid_from, to: row.valid_to })
                .collect(),
        };
        Ok(self.procedure_periods.entry(procedure_id).insert_entry(periods).into_mut())
    }

    /// Notes a period of a procedure by its first day, or that there is none.
    pub(super) fn set_period(&mut self, procedure_id: i64, from: NaiveDate, period: Option<KnownPeriod>) {
        // A procedure whose periods were never asked for was made just now, or is read when it is asked for.
        let Some(periods) = self.procedure_periods.get_mut(&procedure_id) else {
            self.procedure_periods.insert(procedure_id, period.into_iter().collect());
            return;
        };
        periods.retain(|other| other.from != from);
        periods.extend(period);
    }

    /// A centre by its id.
    pub(crate) async fn centre(
        &mut self,
        db: &impl ConnectionTrait,
        slug: &str,
    ) -> Result<Option<KnownCentre>, StorageError> {
        if let Some(centre) = self.centres.get(slug) {
            return Ok(centre.clone());
        }
        let row = centre_table::Entity::find().filter(centre_table::Column::Slug.eq(slug)).one(db).await?;
        let Some(row) = row else { return Ok(None) };
        let (slug, centre) = known_centre(row)?;
        self.centres.insert(slug, Some(centre.clone()));
        Ok(Some(centre))
    }

    /// On which days a centre works that was looked up; none for one that is gone.
    pub(super) fn days_of_centre(&self, slug: &str) -> Option<Period> {
        self.centres.get(slug)?.as_ref().map(|centre| centre.period)
    }

    /// Notes a centre.
    pub(super) fn add_centre(&mut self, slug: &str, centre: KnownCentre) {
        self.centres.insert(slug.to_owned(), Some(centre));
    }

    /// Notes that a centre is gone.
    pub(super) fn remove_centre(&mut self, slug: &str, was: KnownCentre) {
        self.centres.insert(slug.to_owned(), None);
        self.gone_centres.insert(slug.to_owned(), was);
    }

    /// A centre by its id, also one that the transaction took out.
    pub(super) async fn centre_even_gone(
        &mut self,
        db: &impl ConnectionTrait,
        slug: &str,
    ) -> Result<Option<KnownCentre>, StorageError> {
        match self.centre(db, slug).await? {
            Some(centre) => Ok(Some(centre)),
            None => Ok(self.gone_centres.get(slug).cloned()),
        }
    }

    /// Notes that a procedure is gone.
    pub(super) fn remove_procedure(&mut self, code: &str) {
        self.procedures.insert(code.to_owned(), None);
    }

    /// Whether a procedure whose periods were looked up has none left.
    pub(super) fn has_no_periods(&self, procedure_id: i64) -> bool {
        self.procedure_periods.get(&procedure_id).is_some_and(Vec::is_empty)
    }

    /// The unit codes, loaded on first use.
    pub(crate) async fn units(&mut self, db: &impl ConnectionTrait) -> Result<&mut UnitCodes, StorageError> {
        if self.units.is_none() {
            self.units = Some(UnitCodes::load(db).await?);
        }
        Ok(self.units.get_or_insert_default())
    }
}

fn known_centre(row: centre_table::Model) -> Result<(String, KnownCentre), StorageError> {
    let period = period_columns::period(row.valid_from, row.valid_to)?;
    Ok((row.slug, KnownCentre { row_id: row.id, period, unit: row.unit_code.parse().ok() }))
}
