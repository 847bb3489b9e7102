//! Announcing decisions.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::change::EntityKind;
use crate::log_key::LogKey;
use crate::reference::{Decision, DecisionAction, DecisionEffect};
use crate::refusal::{Part, Refusal};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{decision, decision_effect};
use crate::store::keep::{Kept, Row, Stored};
use crate::store::read::{code, id, is_sound, version};
use crate::store::sources::{source_of, sources_by_id};
use crate::store::writer::Writer;

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
    let sources = sources_by_id(db, [row.source_id]).await?;
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

impl Kept for Decision {
    const KIND: EntityKind = EntityKind::Decision;
    const TABLE: &'static str = "decision";
    type Found = ();

    fn key(&self) -> LogKey {
        LogKey::Decision { issuer: self.issuer.clone(), number: self.number.clone() }
    }

    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        if is_sound(&self.number) && is_sound(&self.issuer) {
            Ok(())
        } else {
            Err(Refusal::BadText { part: Part::Number })
        }
    }

    async fn resolve(&self, _writer: &mut Writer) -> Result<Result<(), Refusal>, StorageError> {
        Ok(Ok(()))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Decision { issuer, number } = key else { return Ok(None) };
        let row = decision::Entity::find()
            .filter(decision::Column::Issuer.eq(issuer))
            .filter(decision::Column::Number.eq(number))
            .one(&writer.tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let record = record(&writer.tx, &row).await?;
        Ok(Some(Stored { row_id: row.id, version: version(row.version), record }))
    }

    async fn write(&self, writer: &mut Writer, (): &(), row: Row) -> Result<(), StorageError> {
        let model = decision::Model {
            id: row.row_id,
            number: self.number.clone(),
            issuer: self.issuer.clone(),
            signed_on: self.signed_on,
            effective_on: self.effective_on,
            source_id: writer.source_id(&self.source).await?,
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            decision::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            decision::Entity::update(model.reset_all()).exec(&writer.tx).await?;
            Self::unlink(writer, row.row_id).await?;
        }
        if !self.effects.is_empty() {
            let effects = self.effects.iter().zip(0..).map(|(effect, position)| {
                let action = action_code(effect.action).to_owned();
                let procedure_code = effect.procedure.to_string();
                decision_effect::Model { decision_id: row.row_id, position, procedure_code, action }
                    .into_active_model()
            });
            decision_effect::Entity::insert_many(effects).exec_without_returning(&writer.tx).await?;
        }
        Ok(())
    }

    async fn unlink(writer: &mut Writer, row_id: i64) -> Result<(), StorageError> {
        decision_effect::Entity::delete_many()
            .filter(decision_effect::Column::DecisionId.eq(row_id))
            .exec(&writer.tx)
            .await?;
        Ok(())
    }
}
