//! Procedures: identity, dated text, fields and agencies.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use super::{code, id, is_sound, source_of, version};
use crate::change::EntityKind;
use crate::code::ProcedureCode;
use crate::command::{Applied, Expected, Refusal};
use crate::period::Period;
use crate::procedure::{AgencyRole, Procedure, ProcedureAgency, Scope};
use crate::reference::{Agency, Field};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{agency, field, procedure, procedure_agency, procedure_field, procedure_period};
use crate::store::period_columns::{self, key_of};
use crate::store::writer::{LogEntry, Step, Writer, document, step, text_of};
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
        let sources = super::sources_by_id(db, group.iter().map(|row| row.source_id)).await?;
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
                return Err(super::damaged("procedure", &row.name, "its identity is not there"));
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

/// Creates or replaces a period of a procedure. A record without dates replaces the text that has no known end, and
/// keeps that text's dates: the national list does not say since when its texts hold.
pub(crate) async fn put(
    writer: &mut Writer,
    mut record: Procedure,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if !is_sound(&record.name) {
        return Ok(Err(Refusal::BadText { part: "name" }));
    }
    if record.fields.is_empty() {
        return Ok(Err(Refusal::BadText { part: "fields" }));
    }
    let mut field_ids = Vec::with_capacity(record.fields.len());
    for slug in &record.fields {
        let Some(id) = writer.known.field(&writer.tx, slug.as_str()).await? else {
            return Ok(Err(Refusal::Missing { what: "field", key: slug.to_string(), part: "fields" }));
        };
        if field_ids.contains(&id) {
            return Ok(Err(Refusal::Contradiction("a field is named twice")));
        }
        field_ids.push(id);
    }
    let mut agency_ids = Vec::with_capacity(record.agencies.len());
    for link in &record.agencies {
        let Some(id) = writer.known.agency(&writer.tx, link.agency.as_str()).await? else {
            return Ok(Err(Refusal::Missing {
                what: "agency",
                key: link.agency.to_string(),
                part: "agencies",
            }));
        };
        agency_ids.push((link.role, id));
    }

    let known_id = writer.known.procedure(&writer.tx, record.code.as_str()).await?;
    let periods = match known_id {
        Some(procedure_id) => {
            procedure_period::Entity::find()
                .filter(procedure_period::Column::ProcedureId.eq(procedure_id))
                .all(&writer.tx)
                .await?
        }
        None => Vec::new(),
    };
    let present = periods.iter().find(|row| row.valid_to == period_columns::end());
    if record.period == Period::ALWAYS
        && let Some(present) = present
    {
        record.period = period_columns::period(present.valid_from, present.valid_to)?;
    }
    let (valid_from, valid_to) = period_columns::columns(record.period);
    let row = periods.iter().find(|row| row.valid_from == valid_from).cloned();
    let overlapping = periods.iter().find(|other| {
        other.valid_from != valid_from && other.valid_from < valid_to && valid_from < other.valid_to
    });
    if let Some(other) = overlapping {
        let stored = period_columns::period(other.valid_from, other.valid_to)?;
        return Ok(Err(Refusal::Overlap { stored }));
    }
    let stored = match &row {
        Some(row) => {
            let codes = HashMap::from([(row.procedure_id, record.code.clone())]);
            let loaded = load(&writer.tx, vec![row.clone()], &codes).await?;
            loaded.into_iter().next().map(|loaded| (loaded.record, version(row.version)))
        }
        None => None,
    };
    let version = match step(stored.as_ref().map(|(record, version)| (record, *version)), &record, expected) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Step::Same) => return Ok(Ok(Applied::Same)),
        Ok(Step::Write(version)) => version,
    };

    let procedure_id = match known_id {
        Some(id) => id,
        None => {
            let id = writer.next_id("procedure").await?;
            let model = procedure::Model {
                id,
                code: record.code.to_string(),
                base_code: record.code.base().to_owned(),
            };
            procedure::Entity::insert(model.into_active_model()).exec_without_returning(&writer.tx).await?;
            writer.known.procedures.insert(record.code.to_string(), id);
            id
        }
    };
    let row_id = match &row {
        Some(row) => row.id,
        None => writer.next_id("procedure_period").await?,
    };
    let model = procedure_period::Model {
        id: row_id,
        procedure_id,
        valid_from,
        valid_to,
        name: record.name.clone(),
        sort_key: sort_key(&record.name),
        scope: record.scope.as_str().to_owned(),
        tiers: text_of("procedure", &record.tiers)?,
        tiers_inferred: record.tiers_inferred,
        applicants: text_of("procedure", &record.applicants)?,
        details: text_of("procedure", &record.details)?,
        source_id: writer.source_id(&record.source).await?,
        version: i64::from(version),
        changed_at: writer.at(),
    }
    .into_active_model();
    if row.is_some() {
        procedure_period::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        procedure_field::Entity::delete_many()
            .filter(procedure_field::Column::ProcedurePeriodId.eq(row_id))
            .exec(&writer.tx)
            .await?;
        procedure_agency::Entity::delete_many()
            .filter(procedure_agency::Column::ProcedurePeriodId.eq(row_id))
            .exec(&writer.tx)
            .await?;
    } else {
        procedure_period::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    let links = field_ids.into_iter().zip(0..).map(|(field_id, position)| {
        procedure_field::Model { procedure_period_id: row_id, position, field_id }.into_active_model()
    });
    procedure_field::Entity::insert_many(links).exec_without_returning(&writer.tx).await?;
    if !agency_ids.is_empty() {
        let links = agency_ids.into_iter().zip(0..).map(|((role, agency_id), position)| {
            let role = role.as_str().to_owned();
            procedure_agency::Model { procedure_period_id: row_id, position, role, agency_id }
                .into_active_model()
        });
        procedure_agency::Entity::insert_many(links).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|(record, _)| record);
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Procedure,
            key: format!("{}@{}", record.code, key_of(record.period)),
            row_id: procedure_id,
            version,
            before,
            after: &record,
        })
        .await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}
