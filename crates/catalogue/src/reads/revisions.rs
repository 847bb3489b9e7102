//! What records said before, from the change log.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};

use crate::catalogue::{Catalogue, change_record};
use crate::change::EntityKind;
use crate::read::{Page, PageRequest, Place};
use crate::revision::{Outline, Revision, RevisionKey, of_change, shown_until};
use crate::store::chain;
use crate::store::db::StorageError;
use crate::store::entity::{centre, change, procedure, unit_period};
use crate::store::read::sequence;

impl Catalogue {
    /// Published states of a record, newest first. A key that never was has none.
    pub async fn revisions(
        &self,
        key: &RevisionKey,
        request: &PageRequest,
    ) -> Result<Page<Revision>, StorageError> {
        let (entity, mut rows, prefix) = match key {
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
        rows.extend(self.withdrawn_rows(key).await?);
        let mut wanted = Condition::all()
            .add(change::Column::Entity.eq(entity.as_str()))
            .add(change::Column::SubjectId.is_in(rows));
        if let Some(prefix) = prefix {
            // All listings of a centre stand under its row; the key tells them apart.
            let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
            let beginning = Func::cust("substr").arg(Expr::col(change::Column::Key)).arg(1).arg(length);
            wanted = wanted.add(Expr::expr(beginning).eq(prefix));
        }
        // Records are large and their outlines are not: only those of the page are read whole.
        let outlines: Vec<(i64, String, DateTime<Utc>)> = change::Entity::find()
            .select_only()
            .columns([change::Column::Sequence, change::Column::Key, change::Column::At])
            .filter(wanted)
            .order_by_asc(change::Column::Sequence)
            .into_tuple()
            .all(self.db.reader())
            .await?;
        let outlines: Vec<Outline> =
            outlines.into_iter().map(|(number, key, at)| (sequence(number), key, at)).collect();
        let until = shown_until(&outlines);
        let before = request.after.as_ref().map_or(u64::MAX, |place| sequence(place.id));
        let size = usize::try_from(request.size).unwrap_or(usize::MAX);
        let mut rest = outlines.iter().rev().map(|(number, ..)| *number).filter(|number| *number < before);
        let numbers: Vec<u64> = rest.by_ref().take(size).collect();
        let next = rest
            .next()
            .and(numbers.last())
            .map(|last| Place { sort: String::new(), id: i64::try_from(*last).unwrap_or(i64::MAX) });
        let wanted = numbers.iter().filter_map(|number| i64::try_from(*number).ok());
        let rows = change::Entity::find()
            .filter(change::Column::Sequence.is_in(wanted))
            .order_by_desc(change::Column::Sequence)
            .all(self.db.reader())
            .await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let number = sequence(row.sequence);
            let hash = chain::hash_at(self.db.reader(), number).await?;
            let change = change_record(row, hash.map(|hash| (number, hash)))?;
            let shown_to = until.get(&change.sequence).copied();
            items.push(of_change(change, shown_to));
        }
        Ok(Page { items, next, total: u64::try_from(outlines.len()).unwrap_or(u64::MAX) })
    }

    /// Rows of records that were taken out as mistakes: what they said was public, and stays so. Of a listing it is its
    /// centre that counts.
    async fn withdrawn_rows(&self, key: &RevisionKey) -> Result<Vec<i64>, StorageError> {
        let (table, entity, key, has_periods) = match key {
            RevisionKey::Availability { centre, .. } | RevisionKey::Centre(centre) => {
                ("centre", EntityKind::Centre, centre.to_string(), false)
            }
            RevisionKey::Procedure(code) => {
                ("procedure_period", EntityKind::Procedure, code.to_string(), true)
            }
            RevisionKey::Unit(code) => ("unit_period", EntityKind::Unit, code.to_string(), true),
        };
        let name = if has_periods { format!("{key}@") } else { key };
        let same = match has_periods {
            true => "substr(c.key, 1, length(w.name)) = w.name",
            false => "c.key = w.name",
        };
        let (first, second, third) = match self.db.backend() {
            DbBackend::Postgres => ("$1", "$2", "$3"),
            _ => ("?", "?", "?"),
        };
        let sql = format!(
            "SELECT DISTINCT c.subject_id FROM \
             (SELECT sequence, CAST({first} AS TEXT) AS name FROM withdrawal WHERE table_name = {second}) w \
             JOIN change c ON c.sequence = w.sequence WHERE c.entity = {third} AND {same}"
        );
        let values = [name.into(), table.into(), entity.as_str().into()];
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, values);
        let rows = self.db.reader().query_all_raw(statement).await?;
        Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
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
