//! Whole lists as one connection sees them: a snapshot's, or that of a comparison, which must read the state that it
//! compares with and no later one.

use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use super::db::StorageError;
use super::entity::{agency, centre, field, procedure, unit_period};
use super::read::id;
use super::rows;
use super::sources::sources;
use super::units::UnitTree;
use crate::code::ProcedureCode;
use crate::read::{CentreAt, UnitAt};
use crate::reference::{Agency, Field};

/// The code of every procedure.
pub(crate) async fn procedure_codes(db: &impl ConnectionTrait) -> Result<Vec<ProcedureCode>, StorageError> {
    let rows = procedure::Entity::find().all(db).await?;
    rows.iter().map(|row| id("procedure", &row.code)).collect()
}

/// Every period of every unit.
pub(crate) async fn units(db: &impl ConnectionTrait) -> Result<Vec<UnitAt>, StorageError> {
    let rows = unit_period::Entity::find()
        .order_by_asc(unit_period::Column::UnitId)
        .order_by_asc(unit_period::Column::ValidFrom)
        .all(db)
        .await?;
    let sources = sources(db).await?;
    let tree = UnitTree::new(&rows);
    rows.iter().map(|row| tree.unit_at(row, &sources)).collect()
}

/// Every centre.
pub(crate) async fn centres(db: &impl ConnectionTrait) -> Result<Vec<CentreAt>, StorageError> {
    let rows = centre::Entity::find().order_by_asc(centre::Column::Id).all(db).await?;
    let sources = sources(db).await?;
    let units = unit_period::Entity::find().all(db).await?;
    let tree = UnitTree::new(&units);
    rows.iter().map(|row| tree.centre_at(row, &sources)).collect()
}

/// Every field.
pub(crate) async fn fields(db: &impl ConnectionTrait) -> Result<Vec<Field>, StorageError> {
    let rows = field::Entity::find().order_by_asc(field::Column::Id).all(db).await?;
    rows.iter().map(rows::lists::field_record).collect()
}

/// Every agency.
pub(crate) async fn agencies(db: &impl ConnectionTrait) -> Result<Vec<Agency>, StorageError> {
    let rows = agency::Entity::find().order_by_asc(agency::Column::Id).all(db).await?;
    rows.iter().map(rows::lists::agency_record).collect()
}
