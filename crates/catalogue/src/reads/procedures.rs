//! One procedure on a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::catalogue::Catalogue;
use crate::code::ProcedureCode;
use crate::period::Period;
use crate::read::ProcedureAt;
use crate::store::db::StorageError;
use crate::store::entity::{procedure, procedure_period};
use crate::store::period_columns;
use crate::store::read::id;
use crate::store::rows;
use crate::store::snapshot::procedure_at;

impl Catalogue {
    /// The procedure with a code as it holds on a day. A code that is not there as it stands is matched on its base:
    /// `1.012753.H19` finds `1.012753`, and the other way round.
    pub async fn procedure(
        &self,
        code: &ProcedureCode,
        as_of: NaiveDate,
    ) -> Result<Option<ProcedureAt>, StorageError> {
        let db = self.db.reader();
        let candidates = procedure::Entity::find()
            .filter(procedure::Column::Code.eq(code.as_str()).or(procedure::Column::BaseCode.eq(code.base())))
            .order_by_asc(procedure::Column::Code)
            .all(db)
            .await?;
        let exact = candidates.iter().find(|row| row.code == code.as_str());
        let base = candidates.iter().find(|row| row.code == code.base());
        let Some(identity) = exact.or(base).or(candidates.first()) else { return Ok(None) };
        let periods = procedure_period::Entity::find()
            .filter(procedure_period::Column::ProcedureId.eq(identity.id))
            .order_by_asc(procedure_period::Column::ValidFrom)
            .all(db)
            .await?;
        let mut others: Vec<Period> = Vec::new();
        let mut found = None;
        for row in periods {
            let period = period_columns::period(row.valid_from, row.valid_to)?;
            if period.contains(as_of) {
                found = Some(row);
            } else {
                others.push(period);
            }
        }
        let Some(row) = found else { return Ok(None) };
        let codes = HashMap::from([(identity.id, id("procedure", &identity.code)?)]);
        let loaded = rows::procedure::load(db, vec![row], &codes).await?;
        Ok(loaded.into_iter().next().map(|loaded| procedure_at(loaded, others)))
    }
}
