//! Procedures: identity, dated text, fields and agencies.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::change::EntityKind;
use crate::code::ProcedureCode;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::procedure::{AgencyRole, Procedure, ProcedureAgency, Scope};
use crate::reference::{Agency, Field};
use crate::refusal::{Part, Refusal, Rule};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{agency, field, procedure, procedure_agency, procedure_field, procedure_period};
use crate::store::keep::{Kept, Place, Row, Stored};
use crate::store::known::KnownPeriod;
use crate::store::period_columns;
use crate::store::read::{code, damaged, document, id, is_sound, text_of, version};
use crate::store::sources::{source_of, sources_by_id};
use crate::store::writer::Writer;
use crate::text::sort_key;

/// A period of a procedure with the names behind its keys.
pub(crate) struct Loaded {
    /// The row.
    pub(crate) row: procedure_period::Model,
    /// The record.
    pub(crate) record: Procedure,
    /// Its fields in order.
    pub(crate) fields: Vec<Field>,
    /// Its agencies in order.
    pub(crate) agencies: Vec<(AgencyRole, Agency)>,
}

/// Completes rows of `procedure_period` to records; `codes` gives the code of each procedure id.
pub(crate) async fn load(
    db: &impl ConnectionTrait,
    rows: Vec<procedure_period::Model>,
    codes: &HashMap<i64, ProcedureCode>,
) -> Result<Vec<Loaded>, StorageError> {
    let mut loaded = Vec::with_capacity(rows.len());
    // Below the number of variables that SQLite binds in one statement.
    for group in rows.chunks(1000) {
        let ids: Vec<i64> = group.iter().map(|row| row.id).collect();
        let sources = sources_by_id(db, group.iter().map(|row| row.source_id)).await?;
        let mut fields: HashMap<i64, Vec<Field>> = HashMap::new();
        let links = procedure_field::Entity::find()
            .filter(procedure_field::Column::ProcedurePeriodId.is_in(ids.clone()))
            .order_by_asc(procedure_field::Column::Position)
            .all(db)
            .await?;
        let names = fields_by_id(db, links.iter().map(|link| link.field_id)).await?;
        for link in links {
            if let Some(field) = names.get(&link.field_id) {
                fields.entry(link.procedure_period_id).or_default().push(field.clone());
            }
        }
        let mut agencies: HashMap<i64, Vec<(AgencyRole, Agency)>> = HashMap::new();
        let links = procedure_agency::Entity::find()
            .filter(procedure_agency::Column::ProcedurePeriodId.is_in(ids))
            .order_by_asc(procedure_agency::Column::Position)
            .all(db)
            .await?;
        let names = agencies_by_id(db, links.iter().map(|link| link.agency_id)).await?;
        for link in links {
            let role = code("procedure", "", AgencyRole::ALL, AgencyRole::as_str, &link.role)?;
            if let Some(agency) = names.get(&link.agency_id) {
                agencies.entry(link.procedure_period_id).or_default().push((role, agency.clone()));
            }
        }
        for row in group {
            let Some(procedure_code) = codes.get(&row.procedure_id) else {
                return Err(damaged("procedure", &row.name, "its identity is not there"));
            };
            let fields = fields.remove(&row.id).unwrap_or_default();
            let agencies = agencies.remove(&row.id).unwrap_or_default();
            let record = record(row, procedure_code, &fields, &agencies, &sources)?;
            loaded.push(Loaded { row: row.clone(), record, fields, agencies });
        }
    }
    Ok(loaded)
}

fn record(
    row: &procedure_period::Model,
    procedure_code: &ProcedureCode,
    fields: &[Field],
    agencies: &[(AgencyRole, Agency)],
    sources: &HashMap<i64, Source>,
) -> Result<Procedure, StorageError> {
    let key = procedure_code.as_str();
    Ok(Procedure {
        code: procedure_code.clone(),
        period: period_columns::period(row.valid_from, row.valid_to)?,
        name: row.name.clone(),
        fields: fields.iter().map(|field| field.slug.clone()).collect(),
        agencies: agencies
            .iter()
            .map(|(role, agency)| ProcedureAgency { role: *role, agency: agency.slug.clone() })
            .collect(),
        tiers: document("procedure", key, &row.tiers)?,
        tiers_inferred: row.tiers_inferred,
        applicants: document("procedure", key, &row.applicants)?,
        scope: code("procedure", key, Scope::ALL, Scope::as_str, &row.scope)?,
        details: document("procedure", key, &row.details)?,
        source: source_of(sources, "procedure", key, row.source_id)?,
    })
}

async fn fields_by_id(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, Field>, StorageError> {
    let ids: std::collections::BTreeSet<i64> = ids.collect();
    let rows = field::Entity::find().filter(field::Column::Id.is_in(ids)).all(db).await?;
    rows.iter().map(|row| Ok((row.id, super::lists::field_record(row)?))).collect()
}

async fn agencies_by_id(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, Agency>, StorageError> {
    let ids: std::collections::BTreeSet<i64> = ids.collect();
    let rows = agency::Entity::find().filter(agency::Column::Id.is_in(ids)).all(db).await?;
    rows.iter().map(|row| Ok((row.id, super::lists::agency_record(row)?))).collect()
}

/// The codes of some procedures.
pub(crate) async fn codes(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, ProcedureCode>, StorageError> {
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut codes = HashMap::with_capacity(ids.len());
    for group in ids.chunks(1000) {
        let rows = procedure::Entity::find()
            .filter(procedure::Column::Id.is_in(group.iter().copied()))
            .all(db)
            .await?;
        for row in rows {
            codes.insert(row.id, id("procedure", &row.code)?);
        }
    }
    Ok(codes)
}

/// Rows that a period of a procedure refers to.
pub(crate) struct Found {
    procedure_id: i64,
    is_new_procedure: bool,
    field_ids: Vec<i64>,
    agency_ids: Vec<(AgencyRole, i64)>,
}

impl Kept for Procedure {
    const KIND: EntityKind = EntityKind::Procedure;
    const TABLE: &'static str = "procedure_period";
    const REFERRED: Option<&'static str> = Some("procedure");
    type Found = Found;

    fn key(&self) -> LogKey {
        LogKey::Procedure { code: self.code.clone(), from: self.period.valid_from() }
    }

    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        if !is_sound(&self.name) {
            return Err(Refusal::BadText { part: Part::Name });
        }
        if self.fields.is_empty() {
            return Err(Refusal::BadText { part: Part::Fields });
        }
        let distinct: std::collections::HashSet<_> = self.fields.iter().collect();
        if distinct.len() != self.fields.len() {
            return Err(Rule::FieldTwice.into());
        }
        Ok(())
    }

    /// A record without dates replaces the text that has no known end, and keeps that text's dates: the national list
    /// does not say since when its texts hold.
    async fn settle(&mut self, writer: &mut Writer) -> Result<(), StorageError> {
        if self.period != Period::ALWAYS {
            return Ok(());
        }
        let Some(procedure_id) = writer.known.procedure(&writer.tx, self.code.as_str()).await? else {
            return Ok(());
        };
        let periods = writer.known.periods_of(&writer.tx, procedure_id).await?;
        if let Some(present) = periods.iter().find(|period| period.to == period_columns::end()) {
            self.period = period_columns::period(present.from, present.to)?;
        }
        Ok(())
    }

    async fn resolve(&self, writer: &mut Writer) -> Result<Result<Found, Refusal>, StorageError> {
        let mut field_ids = Vec::with_capacity(self.fields.len());
        for slug in &self.fields {
            let Some(id) = writer.known.field(&writer.tx, slug.as_str()).await? else {
                let key = slug.to_string();
                return Ok(Err(Refusal::Missing { kind: EntityKind::Field, key, part: Part::Fields }));
            };
            field_ids.push(id);
        }
        let mut agency_ids = Vec::with_capacity(self.agencies.len());
        for link in &self.agencies {
            let Some(id) = writer.known.agency(&writer.tx, link.agency.as_str()).await? else {
                let key = link.agency.to_string();
                return Ok(Err(Refusal::Missing { kind: EntityKind::Agency, key, part: Part::Agencies }));
            };
            agency_ids.push((link.role, id));
        }
        let Some(procedure_id) = writer.known.procedure(&writer.tx, self.code.as_str()).await? else {
            let taken_out = writer.buried(EntityKind::Procedure, self.code.as_str());
            let procedure_id = match taken_out {
                Some(procedure_id) => procedure_id,
                None => writer.next_id("procedure").await?,
            };
            let is_new_procedure = taken_out.is_none();
            return Ok(Ok(Found { procedure_id, is_new_procedure, field_ids, agency_ids }));
        };
        let periods = writer.known.periods_of(&writer.tx, procedure_id).await?;
        let (from, to) = period_columns::columns(self.period);
        let overlapping =
            periods.iter().find(|other| other.from != from && other.from < to && from < other.to);
        if let Some(other) = overlapping {
            let stored = period_columns::period(other.from, other.to)?;
            return Ok(Err(Refusal::Overlap { stored }));
        }
        Ok(Ok(Found { procedure_id, is_new_procedure: false, field_ids, agency_ids }))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Procedure { code, from } = key else { return Ok(None) };
        let from = from.unwrap_or_else(period_columns::beginning);
        let Some(procedure_id) = writer.known.procedure(&writer.tx, code.as_str()).await? else {
            return Ok(None);
        };
        let periods = writer.known.periods_of(&writer.tx, procedure_id).await?;
        let period = periods.iter().find(|period| period.from == from);
        let Some(row_id) = period.map(|period| period.row_id) else { return Ok(None) };
        let Some(row) = procedure_period::Entity::find_by_id(row_id).one(&writer.tx).await? else {
            return Ok(None);
        };
        let version = version(row.version);
        let codes = HashMap::from([(row.procedure_id, code.clone())]);
        let loaded = load(&writer.tx, vec![row], &codes).await?.into_iter().next();
        Ok(loaded.map(|loaded| Stored { row_id, version, record: loaded.record }))
    }

    async fn write(&self, writer: &mut Writer, found: &Found, row: Row) -> Result<(), StorageError> {
        if found.is_new_procedure {
            let model = procedure::Model {
                id: found.procedure_id,
                code: self.code.to_string(),
                base_code: self.code.base().to_owned(),
            };
            procedure::Entity::insert(model.into_active_model()).exec_without_returning(&writer.tx).await?;
        }
        let (valid_from, valid_to) = period_columns::columns(self.period);
        let model = procedure_period::Model {
            id: row.row_id,
            procedure_id: found.procedure_id,
            valid_from,
            valid_to,
            name: self.name.clone(),
            sort_key: sort_key(&self.name),
            scope: self.scope.as_str().to_owned(),
            tiers: text_of("procedure", &self.tiers)?,
            tiers_inferred: self.tiers_inferred,
            applicants: text_of("procedure", &self.applicants)?,
            details: text_of("procedure", &self.details)?,
            source_id: writer.source_id(&self.source).await?,
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            procedure_period::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            procedure_period::Entity::update(model.reset_all()).exec(&writer.tx).await?;
            Self::unlink(writer, row.row_id).await?;
        }
        let links = found.field_ids.iter().zip(0..).map(|(field_id, position)| {
            procedure_field::Model { procedure_period_id: row.row_id, position, field_id: *field_id }
                .into_active_model()
        });
        procedure_field::Entity::insert_many(links).exec_without_returning(&writer.tx).await?;
        if !found.agency_ids.is_empty() {
            let links = found.agency_ids.iter().zip(0..).map(|((role, agency_id), position)| {
                let (role, agency_id) = (role.as_str().to_owned(), *agency_id);
                procedure_agency::Model { procedure_period_id: row.row_id, position, role, agency_id }
                    .into_active_model()
            });
            procedure_agency::Entity::insert_many(links).exec_without_returning(&writer.tx).await?;
        }
        Ok(())
    }

    async fn unlink(writer: &mut Writer, row_id: i64) -> Result<(), StorageError> {
        procedure_field::Entity::delete_many()
            .filter(procedure_field::Column::ProcedurePeriodId.eq(row_id))
            .exec(&writer.tx)
            .await?;
        procedure_agency::Entity::delete_many()
            .filter(procedure_agency::Column::ProcedurePeriodId.eq(row_id))
            .exec(&writer.tx)
            .await?;
        Ok(())
    }

    fn referred(&self) -> String {
        self.code.to_string()
    }

    fn held(&self) -> Period {
        self.period
    }

    fn is_last(&self, writer: &Writer, procedure_id: i64) -> bool {
        writer.known.has_no_periods(procedure_id)
    }

    fn remember(&self, writer: &mut Writer, procedure_id: i64, place: Place) {
        let (from, to) = period_columns::columns(self.period);
        let period = match place {
            Place::In(row_id) => Some(KnownPeriod { row_id, from, to }),
            Place::GoneFrom(_) => None,
        };
        writer.known.set_period(procedure_id, from, period);
        if writer.known.has_no_periods(procedure_id) {
            writer.known.remove_procedure(self.code.as_str());
        } else {
            writer.known.add_procedure(self.code.as_str(), procedure_id);
        }
    }

    async fn stored_subject(&self, writer: &mut Writer, _row_id: i64) -> Result<i64, StorageError> {
        let found = writer.known.procedure(&writer.tx, self.code.as_str()).await?;
        let procedure_id =
            found.ok_or_else(|| damaged("procedure", self.code.as_str(), "its identity is not there"))?;
        // Which periods it has decides whether anything of it is left.
        writer.known.periods_of(&writer.tx, procedure_id).await?;
        Ok(procedure_id)
    }

    fn subject(&self, found: &Found, _row_id: i64) -> i64 {
        found.procedure_id
    }
}
