//! Runs in the database.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::db::StorageError;
use super::entity::run;
use super::read::{code, damaged, document, sequence, text_of};
use super::writer::Writer;
use crate::actor::ActorKind;
use crate::run::{Run, RunKind, RunNote};

/// The newest runs.
pub(crate) async fn newest(db: &impl ConnectionTrait, limit: u32) -> Result<Vec<Run>, StorageError> {
    let rows = run::Entity::find().order_by_desc(run::Column::Number).limit(u64::from(limit)).all(db).await?;
    records(db, rows).await
}

/// A run by its name.
pub(crate) async fn by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<Run>, StorageError> {
    let rows = run::Entity::find().filter(run::Column::Name.eq(name)).all(db).await?;
    Ok(records(db, rows).await?.pop())
}

/// Name of the run by which a run is undone now. An undoing may be undone itself: what it had taken back then holds again.
pub(crate) async fn undoing(
    db: &impl ConnectionTrait,
    run: &run::Model,
) -> Result<Option<String>, StorageError> {
    let (mut number, mut next) = (run.number, run.undone_by);
    let mut undone_by = None;
    // A run is undone by a later one.
    while let Some(later) = next.filter(|later| *later > number) {
        let Some(undoing) = run::Entity::find_by_id(later).one(db).await? else { break };
        (number, next) = (undoing.number, undoing.undone_by);
        undone_by = undone_by.is_none().then_some(undoing.name);
    }
    Ok(undone_by)
}

async fn records(db: &impl ConnectionTrait, rows: Vec<run::Model>) -> Result<Vec<Run>, StorageError> {
    let mut undone = HashMap::new();
    for row in rows.iter().filter(|row| row.undone_by.is_some()) {
        if let Some(by) = undoing(db, row).await? {
            undone.insert(row.number, by);
        }
    }
    let others = rows.iter().filter_map(|row| row.undoes);
    let names: HashMap<i64, String> = run::Entity::find()
        .select_only()
        .columns([run::Column::Number, run::Column::Name])
        .filter(run::Column::Number.is_in(others))
        .into_tuple()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let name_of = |number: Option<i64>| number.and_then(|number| names.get(&number)).cloned();
    rows.into_iter()
        .map(|row| {
            let (undoes, undone_by) = (name_of(row.undoes), undone.remove(&row.number));
            let details: Option<serde_json::Value> =
                row.details.as_deref().map(|text| document("run", &row.name, text)).transpose()?;
            // Reorganisations of earlier versions noted it in their own record.
            let was_undone =
                details.as_ref().and_then(|details| details.get("undone")) == Some(&serde_json::json!(true));
            Ok(Run {
                number: u32::try_from(row.number).unwrap_or(u32::MAX),
                kind: code("run", &row.name, RunKind::ALL, RunKind::as_str, &row.kind)?,
                actor_kind: code("run", &row.name, ActorKind::ALL, ActorKind::as_str, &row.actor_kind)?,
                actor: row.actor,
                staff: row
                    .staff
                    .map(|id| id.try_into().map_err(|_| damaged("run", &row.name, "its account")))
                    .transpose()?,
                reason: row.reason,
                note: row.note,
                decision: row.decision,
                at: row.at,
                first_sequence: sequence(row.first_sequence),
                last_sequence: sequence(row.last_sequence),
                counts: document("run", &row.name, &row.counts)?,
                is_undone: was_undone || undone_by.is_some(),
                details,
                undoes,
                undone_by,
                name: row.name,
            })
        })
        .collect()
}

impl Writer {
    /// A run by its name.
    pub(crate) async fn run(&self, name: &str) -> Result<Option<Run>, StorageError> {
        by_name(&self.tx, name).await
    }

    /// The names of runs that begin like this.
    pub(crate) async fn run_names(&self, beginning: &str) -> Result<Vec<String>, StorageError> {
        Ok(run::Entity::find()
            .select_only()
            .column(run::Column::Name)
            .filter(run::Column::Name.starts_with(beginning))
            .into_tuple()
            .all(&self.tx)
            .await?)
    }

    /// Notes what this transaction wrote as a run; returns its number and name. A transaction that wrote nothing is
    /// none.
    pub(crate) async fn note_run(
        &mut self,
        note: RunNote,
        internal: Option<String>,
    ) -> Result<Option<(u32, String)>, StorageError> {
        self.flush_log().await?;
        let place = self.place().clone();
        if place.sequence == self.first_sequence() {
            return Ok(None);
        }
        let last: Option<i64> = run::Entity::find()
            .select_only()
            .column_as(run::Column::Number.max(), "last")
            .into_tuple::<Option<i64>>()
            .one(&self.tx)
            .await?
            .flatten();
        let number = last.unwrap_or(0) + 1;
        let name = match note.name {
            Some(name) => name,
            None => format!("{}-{}-{number}", note.kind.as_str().replace('_', "-"), self.today()),
        };
        let actor = self.permit().actor().clone();
        let model = run::Model {
            number,
            name: name.clone(),
            kind: note.kind.as_str().to_owned(),
            actor_kind: actor.kind().as_str().to_owned(),
            actor: actor.public_name().to_owned(),
            staff: actor.staff().map(|staff| staff.as_str().to_owned()),
            reason: self.reason().map(str::to_owned),
            note: internal,
            decision: note.decision,
            at: self.at(),
            first_sequence: i64::try_from(self.first_sequence() + 1).unwrap_or(i64::MAX),
            last_sequence: i64::try_from(place.sequence).unwrap_or(i64::MAX),
            last_hash: Some(place.hash.as_bytes().to_vec()),
            counts: text_of("run", &note.counts)?,
            details: note.details.as_ref().map(|details| text_of("run", details)).transpose()?,
            undoes: note.undoes.map(i64::from),
            undone_by: None,
        };
        run::Entity::insert(model.into_active_model()).exec_without_returning(&self.tx).await?;
        if let Some(undone) = note.undoes {
            run::Entity::update_many()
                .col_expr(run::Column::UndoneBy, Expr::value(number))
                .filter(run::Column::Number.eq(i64::from(undone)))
                .exec(&self.tx)
                .await?;
        }
        Ok(Some((u32::try_from(number).unwrap_or(u32::MAX), name)))
    }
}
