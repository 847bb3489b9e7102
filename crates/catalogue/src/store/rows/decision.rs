//! Announcing decisions.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use super::{code, id, is_sound, source_of, version};
use crate::change::EntityKind;
use crate::command::{Applied, Expected, Refusal};
use crate::reference::{Decision, DecisionAction, DecisionEffect};
use crate::store::db::StorageError;
use crate::store::entity::{decision, decision_effect};
use crate::store::writer::{LogEntry, Step, Writer, step};

const ACTIONS: [DecisionAction; 3] =
    [DecisionAction::Adds, DecisionAction::Changes, DecisionAction::Abolishes];

fn action_code(action: DecisionAction) -> &'static str {
    match action {
        DecisionAction::Adds => "adds",
        DecisionAction::Changes => "changes",
        DecisionAction::Abolishes => "abolishes",
    }
}

/// A decision from its row.
pub(crate) async fn record(
    db: &impl ConnectionTrait,
    row: &decision::Model,
) -> Result<Decision, StorageError> {
    let sources = super::sources_by_id(db, [row.source_id]).await?;
    let effects = decision_effect::Entity::find()
        .filter(decision_effect::Column::DecisionId.eq(row.id))
        .order_by_asc(decision_effect::Column::Position)
        .all(db)
        .await?;
    Ok(Decision {
        number: row.number.clone(),
        issuer: row.issuer.clone(),
        signed_on: row.signed_on,
        effective_on: row.effective_on,
        effects: effects
            .into_iter()
            .map(|effect| {
                Ok(DecisionEffect {
                    procedure: id("decision", &effect.procedure_code)?,
                    action: code("decision", &row.number, ACTIONS, action_code, &effect.action)?,
                })
            })
            .collect::<Result<_, StorageError>>()?,
        source: source_of(&sources, "decision", &row.number, row.source_id)?,
    })
}

/// Creates or replaces a decision.
pub(crate) async fn put(
    writer: &mut Writer,
    record: Decision,
    expected: Expected,
) -> Result<Result<Applied, Refusal>, StorageError> {
    if !is_sound(&record.number) || !is_sound(&record.issuer) {
        return Ok(Err(Refusal::BadText { part: "number" }));
    }
    let row = decision::Entity::find()
        .filter(decision::Column::Issuer.eq(&record.issuer))
        .filter(decision::Column::Number.eq(&record.number))
        .one(&writer.tx)
        .await?;
    let stored = match &row {
        Some(row) => Some((self::record(&writer.tx, row).await?, version(row.version))),
        None => None,
    };
    let version = match step(stored.as_ref().map(|(record, version)| (record, *version)), &record, expected) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Step::Same) => return Ok(Ok(Applied::Same)),
        Ok(Step::Write(version)) => version,
    };
    let row_id = match &row {
        Some(row) => row.id,
        None => writer.next_id("decision").await?,
    };
    let model = decision::Model {
        id: row_id,
        number: record.number.clone(),
        issuer: record.issuer.clone(),
        signed_on: record.signed_on,
        effective_on: record.effective_on,
        source_id: writer.source_id(&record.source).await?,
        version: i64::from(version),
        changed_at: writer.at(),
    }
    .into_active_model();
    if row.is_some() {
        decision::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        decision_effect::Entity::delete_many()
            .filter(decision_effect::Column::DecisionId.eq(row_id))
            .exec(&writer.tx)
            .await?;
    } else {
        decision::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    if !record.effects.is_empty() {
        let effects = record.effects.iter().zip(0..).map(|(effect, position)| {
            let action = action_code(effect.action).to_owned();
            let procedure_code = effect.procedure.to_string();
            decision_effect::Model { decision_id: row_id, position, procedure_code, action }
                .into_active_model()
        });
        decision_effect::Entity::insert_many(effects).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|(record, _)| record);
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Decision,
            key: format!("{}: {}", record.issuer, record.number),
            row_id,
            version,
            before,
            after: &record,
        })
        .await?;
    Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
}
