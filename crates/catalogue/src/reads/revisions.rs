//! What records said before, from the change log.

use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::catalogue::{Catalogue, change_record};
use crate::change::EntityKind;
use crate::revision::{Revision, RevisionKey, of_changes};
use crate::store::db::StorageError;
use crate::store::entity::{centre, change, procedure, unit_period};

impl Catalogue {
    /// Every published state of a record, newest first. A key that never was has none.
    pub async fn revisions(&self, key: &RevisionKey) -> Result<Vec<Revision>, StorageError> {
        let (entity, rows, prefix) = match key {
            RevisionKey::Availability { procedure, case, centre } => {
                let case = case.as_deref().map_or_else(String::new, |case| format!("#{case}"));
                let prefix = format!("{procedure}{case}/{centre}@");
                (EntityKind::Availability, self.centre_row(centre.as_str()).await?, Some(prefix))
            }
            RevisionKey::Centre(id) => (EntityKind::Centre, self.centre_row(id.as_str()).await?, None),
            RevisionKey::Procedure(code) => {
                let rows = procedure::Entity::find()
                    .select_only()
                    .column(procedure::Column::Id)
                    .filter(procedure::Column::Code.eq(code.as_str()))
                    .into_tuple()
                    .all(self.db.reader())
                    .await?;
                (EntityKind::Procedure, rows, None)
            }
            RevisionKey::Unit(code) => {
                let rows = unit_period::Entity::find()
                    .select_only()
                    .column(unit_period::Column::UnitId)
                    .filter(unit_period::Column::Code.eq(code.as_str()))
                    .into_tuple()
                    .all(self.db.reader())
                    .await?;
                (EntityKind::Unit, rows, None)
            }
        };
        let mut wanted = Condition::all()
            .add(change::Column::Entity.eq(entity.as_str()))
            .add(change::Column::RowId.is_in(rows));
        if let Some(prefix) = prefix {
            // All listings of a centre stand under its row; the key tells them apart.
            let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
            let beginning = Func::cust("substr").arg(Expr::col(change::Column::Key)).arg(1).arg(length);
            wanted = wanted.add(Expr::expr(beginning).eq(prefix));
        }
        let rows = change::Entity::find()
            .filter(wanted)
            .order_by_asc(change::Column::Sequence)
            .all(self.db.reader())
            .await?;
        let changes = rows.into_iter().map(change_record).collect::<Result<_, _>>()?;
        Ok(of_changes(changes))
    }

    async fn centre_row(&self, id: &str) -> Result<Vec<i64>, StorageError> {
        Ok(centre::Entity::find()
            .select_only()
            .column(centre::Column::Id)
            .filter(centre::Column::Slug.eq(id))
            .into_tuple()
            .all(self.db.reader())
            .await?)
    }
}
