//! Drafts in the database. Nothing public reads these tables.

use std::collections::BTreeMap;

use chrono::{NaiveDate, SubsecRound};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::chain::stored_hash;
use super::db::{Db, StorageError};
use super::entity::{change_set, change_set_event, change_set_item, run};
use super::read::{code, damaged, document, sequence, version};
use super::runs;
use super::writer::Entry;
use crate::actor::{Actor, ActorKind, Reason, StaffId};
use crate::change::EntityKind;
use crate::change_set::{ChangeItem, Draft, DraftEvent, DraftState, ItemOutcome, NewDraft};
use crate::form::upcast;
use crate::log_place::{LogId, LogPlace};

/// Items that one statement writes: eleven columns each stay below SQLite's 32,766 variables.
const ITEMS: usize = 2_000;

/// A position, what became of the item, and why.
pub(crate) type Noted = (u32, ItemOutcome, Option<&'static str>);

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// Begins a transaction in which ids are given; others that do so wait.
async fn begin(db: &Db) -> Result<DatabaseTransaction, StorageError> {
    let tx = db.begin_write().await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(493212021)").await?;
    }
    Ok(tx)
}

/// Writes a new draft; returns its number.
pub(crate) async fn insert(
    db: &Db,
    actor: &Actor,
    reason: &Reason,
    base: &LogPlace,
    new: &NewDraft,
    items: &[Entry],
) -> Result<u64, StorageError> {
    let tx = begin(db).await?;
    let at = crate::clock::now().trunc_subsecs(0);
    let last: Option<change_set::Model> =
        change_set::Entity::find().order_by_desc(change_set::Column::Id).one(&tx).await?;
    let id = last.map_or(1, |last| last.id + 1);
    let model = change_set::Model {
        id,
        kind: "change_set".to_owned(),
        title: new.title.clone(),
        state: DraftState::Draft.as_str().to_owned(),
        actor_kind: actor.kind().as_str().to_owned(),
        actor: actor.public_name().to_owned(),
        staff: actor.staff().map(|staff| staff.as_str().to_owned()),
        reason: reason.public.clone(),
        note: reason.note.clone(),
        decision: new.decision.clone(),
        effective_on: new.effective_on,
        base_log: base.log.to_string(),
        base_sequence: number(base.sequence),
        base_hash: base.hash.as_bytes().to_vec(),
        run_number: None,
        version: 1,
        created_at: at,
        changed_at: at,
    };
    change_set::Entity::insert(model.into_active_model()).exec_without_returning(&tx).await?;
    let mut position = 0;
    for group in items.chunks(ITEMS) {
        let models = group.iter().map(|entry| {
            position += 1;
            change_set_item::Model {
                change_set_id: id,
                position,
                entity: entry.kind.as_str().to_owned(),
                key: entry.key.clone(),
                base_version: i64::from(entry.version - 1),
                form: i64::from(entry.kind.form()),
                before: entry.before.clone(),
                after: entry.after.clone(),
                outcome: ItemOutcome::Open.as_str().to_owned(),
                refusal: None,
                left_out: 0,
            }
            .into_active_model()
        });
        change_set_item::Entity::insert_many(models).exec_without_returning(&tx).await?;
    }
    let id = sequence(id);
    note_step(&tx, actor, id, (None, DraftState::Draft), None).await?;
    tx.commit().await?;
    Ok(id)
}

/// A step of a draft.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Move<'a> {
    /// The draft.
    pub(crate) id: u64,
    /// The version that the caller has seen.
    pub(crate) version: u32,
    /// Its state there.
    pub(crate) from: DraftState,
    /// Its next state.
    pub(crate) to: DraftState,
    /// What is said.
    pub(crate) note: Option<&'a str>,
}

/// Moves a draft; answers whether it was still as the caller has seen it.
pub(crate) async fn go(db: &Db, actor: &Actor, step: Move<'_>) -> Result<bool, StorageError> {
    let tx = begin(db).await?;
    let moved = change_set::Entity::update_many()
        .col_expr(change_set::Column::State, Expr::value(step.to.as_str()))
        .col_expr(change_set::Column::Version, Expr::value(i64::from(step.version) + 1))
        .col_expr(change_set::Column::ChangedAt, Expr::value(crate::clock::now().trunc_subsecs(0)))
        .filter(change_set::Column::Id.eq(number(step.id)))
        .filter(change_set::Column::Version.eq(i64::from(step.version)))
        .filter(change_set::Column::State.eq(step.from.as_str()))
        .exec(&tx)
        .await?;
    if moved.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    note_step(&tx, actor, step.id, (Some(step.from), step.to), step.note).await?;
    tx.commit().await?;
    Ok(true)
}

async fn note_step(
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: u64,
    (from, to): (Option<DraftState>, DraftState),
    note: Option<&str>,
) -> Result<(), StorageError> {
    let last = change_set_event::Entity::find()
        .filter(change_set_event::Column::ChangeSetId.eq(number(id)))
        .order_by_desc(change_set_event::Column::Position)
        .one(tx)
        .await?;
    let model = change_set_event::Model {
        change_set_id: number(id),
        position: last.map_or(1, |last| last.position + 1),
        from_state: from.map(|state| state.as_str().to_owned()),
        to_state: to.as_str().to_owned(),
        actor_kind: actor.kind().as_str().to_owned(),
        actor: actor.public_name().to_owned(),
        staff: actor.staff().map(|staff| staff.as_str().to_owned()),
        note: note.map(str::to_owned),
        at: crate::clock::now().trunc_subsecs(0),
    };
    change_set_event::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Leaves an item out, or takes it in again. Whoever looked at the draft before has seen another one, so its version
/// rises. Answers whether there is such an item in a draft that is still open.
pub(crate) async fn leave_out(
    db: &Db,
    id: u64,
    position: u32,
    is_left_out: bool,
) -> Result<bool, StorageError> {
    let tx = begin(db).await?;
    let open = DraftState::ALL.into_iter().filter(|state| state.is_open()).map(DraftState::as_str);
    let raised = change_set::Entity::update_many()
        .col_expr(change_set::Column::Version, Expr::col(change_set::Column::Version).add(1))
        .col_expr(change_set::Column::ChangedAt, Expr::value(crate::clock::now().trunc_subsecs(0)))
        .filter(change_set::Column::Id.eq(number(id)))
        .filter(change_set::Column::State.is_in(open))
        .exec(&tx)
        .await?;
    let outcome = if is_left_out { ItemOutcome::Skipped } else { ItemOutcome::Open };
    let changed = change_set_item::Entity::update_many()
        .col_expr(change_set_item::Column::LeftOut, Expr::value(i64::from(is_left_out)))
        .col_expr(change_set_item::Column::Outcome, Expr::value(outcome.as_str()))
        .filter(change_set_item::Column::ChangeSetId.eq(number(id)))
        .filter(change_set_item::Column::Position.eq(i64::from(position)))
        .exec(&tx)
        .await?;
    if raised.rows_affected == 0 || changed.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// The entries that an approved draft comes to, with their positions; none where it is no longer at this version.
pub(crate) async fn approved_entries(
    db: &impl ConnectionTrait,
    id: u64,
    seen: u32,
) -> Result<Option<Vec<(u32, Entry)>>, StorageError> {
    // Whoever sends it back meanwhile waits for the publication, and then sees another version.
    let row = change_set::Entity::find_by_id(number(id)).lock_exclusive().one(db).await?;
    let is_approved =
        row.is_some_and(|row| version(row.version) == seen && row.state == DraftState::Approved.as_str());
    if !is_approved {
        return Ok(None);
    }
    let rows = change_set_item::Entity::find()
        .filter(change_set_item::Column::ChangeSetId.eq(number(id)))
        .filter(change_set_item::Column::LeftOut.eq(0))
        .order_by_asc(change_set_item::Column::Position)
        .all(db)
        .await?;
    let entry = |row: change_set_item::Model| -> Result<(u32, Entry), StorageError> {
        let kind =
            EntityKind::of_log(&row.entity).ok_or_else(|| damaged("change set", &row.key, "its kind"))?;
        let form = version(row.form);
        // A draft may have waited through a change of the form.
        let present = |text: Option<String>| -> Result<Option<String>, StorageError> {
            let Some(text) = text.filter(|_| form != kind.form()) else { return Ok(None) };
            let record = upcast(&row.entity, form, document("change set", &row.key, &text)?);
            record
                .map(|record| Some(record.to_string()))
                .map_err(|error| damaged("change set", &row.key, error.to_string()))
        };
        let before = present(row.before.clone())?.or(row.before);
        let after = present(row.after.clone())?.or(row.after);
        let entry = Entry {
            kind,
            key: row.key,
            subject_id: 0,
            version: version(row.base_version) + 1,
            before,
            after,
        };
        Ok((version(row.position), entry))
    };
    rows.into_iter().map(entry).collect::<Result<_, _>>().map(Some)
}

/// Notes what became of items.
pub(crate) async fn note_outcomes(
    db: &impl ConnectionTrait,
    id: u64,
    outcomes: &[Noted],
) -> Result<(), StorageError> {
    for outcome in ItemOutcome::ALL {
        let mut of_outcome: Vec<(Option<&str>, i64)> = outcomes
            .iter()
            .filter(|(_, other, _)| *other == outcome)
            .map(|(position, _, refusal)| (*refusal, i64::from(*position)))
            .collect();
        of_outcome.sort_unstable();
        for same in of_outcome.chunk_by(|one, other| one.0 == other.0) {
            let Some((refusal, _)) = same.first() else { continue };
            for group in same.chunks(ITEMS) {
                change_set_item::Entity::update_many()
                    .col_expr(change_set_item::Column::Outcome, Expr::value(outcome.as_str()))
                    .col_expr(change_set_item::Column::Refusal, Expr::value(refusal.map(str::to_owned)))
                    .filter(change_set_item::Column::ChangeSetId.eq(number(id)))
                    .filter(
                        change_set_item::Column::Position.is_in(group.iter().map(|(_, position)| *position)),
                    )
                    .exec(db)
                    .await?;
            }
        }
    }
    Ok(())
}

/// Notes conflicts of a draft that was not published.
pub(crate) async fn note_conflicts(db: &Db, id: u64, outcomes: &[Noted]) -> Result<(), StorageError> {
    let tx = begin(db).await?;
    let conflicts: Vec<Noted> = outcomes
        .iter()
        .filter(|(_, outcome, _)| matches!(outcome, ItemOutcome::Conflict | ItemOutcome::Refused))
        .copied()
        .collect();
    note_outcomes(&tx, id, &conflicts).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes that a draft is published, inside the transaction that publishes it.
pub(crate) async fn note_published(
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: u64,
    seen: u32,
    run_number: u32,
) -> Result<(), StorageError> {
    let published = change_set::Entity::update_many()
        .col_expr(change_set::Column::State, Expr::value(DraftState::Published.as_str()))
        .col_expr(change_set::Column::RunNumber, Expr::value(i64::from(run_number)))
        .col_expr(change_set::Column::Version, Expr::value(i64::from(seen) + 1))
        .col_expr(change_set::Column::ChangedAt, Expr::value(crate::clock::now().trunc_subsecs(0)))
        .filter(change_set::Column::Id.eq(number(id)))
        .filter(change_set::Column::Version.eq(i64::from(seen)))
        .filter(change_set::Column::State.eq(DraftState::Approved.as_str()))
        .exec(tx)
        .await?;
    if published.rows_affected == 0 {
        return Err(damaged("change set", &id.to_string(), "it was changed while it was published"));
    }
    note_step(tx, actor, id, (Some(DraftState::Approved), DraftState::Published), None).await
}

/// Notes that an approved draft came to nothing: every record was left out, or as wanted already.
pub(crate) async fn note_came_to_nothing(
    db: &Db,
    actor: &Actor,
    id: u64,
    seen: u32,
) -> Result<(), StorageError> {
    let note = Some("nothing was left to write");
    let step = Move { id, version: seen, from: DraftState::Approved, to: DraftState::Withdrawn, note };
    go(db, actor, step).await?;
    Ok(())
}

/// Approved drafts whose day has come, in the order in which they were approved.
pub(crate) async fn due(db: &impl ConnectionTrait, today: NaiveDate) -> Result<Vec<u64>, StorageError> {
    let ids: Vec<i64> = change_set::Entity::find()
        .select_only()
        .column(change_set::Column::Id)
        .filter(change_set::Column::State.eq(DraftState::Approved.as_str()))
        .filter(change_set::Column::EffectiveOn.lte(today))
        .order_by_asc(change_set::Column::EffectiveOn)
        .order_by_asc(change_set::Column::ChangedAt)
        .order_by_asc(change_set::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(sequence).collect())
}

/// A draft.
pub(crate) async fn one(db: &impl ConnectionTrait, id: u64) -> Result<Option<Draft>, StorageError> {
    let row = change_set::Entity::find_by_id(number(id)).one(db).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(record(db, row).await?))
}

/// Drafts, newest first.
pub(crate) async fn newest(
    db: &impl ConnectionTrait,
    state: Option<DraftState>,
    limit: u32,
) -> Result<Vec<Draft>, StorageError> {
    let mut query = change_set::Entity::find();
    if let Some(state) = state {
        query = query.filter(change_set::Column::State.eq(state.as_str()));
    }
    let rows = query.order_by_desc(change_set::Column::Id).limit(u64::from(limit)).all(db).await?;
    let mut drafts = Vec::with_capacity(rows.len());
    for row in rows {
        drafts.push(record(db, row).await?);
    }
    Ok(drafts)
}

/// How many drafts there are, by state.
pub(crate) async fn by_state(db: &impl ConnectionTrait) -> Result<BTreeMap<DraftState, u64>, StorageError> {
    let rows: Vec<(String, i64)> = change_set::Entity::find()
        .select_only()
        .column(change_set::Column::State)
        .column_as(change_set::Column::Id.count(), "drafts")
        .group_by(change_set::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(state, drafts)| {
            let state = code("change set", "", DraftState::ALL, DraftState::as_str, &state)?;
            Ok((state, sequence(drafts)))
        })
        .collect()
}

async fn record(db: &impl ConnectionTrait, row: change_set::Model) -> Result<Draft, StorageError> {
    let key = row.id.to_string();
    let published = match row.run_number {
        Some(number) => run::Entity::find_by_id(number).one(db).await?,
        None => None,
    };
    let undone_by = match &published {
        Some(run) => runs::undoing(db, run).await?,
        None => None,
    };
    Ok(Draft {
        id: sequence(row.id),
        title: row.title,
        state: code("change set", &key, DraftState::ALL, DraftState::as_str, &row.state)?,
        actor_kind: code("change set", &key, ActorKind::ALL, ActorKind::as_str, &row.actor_kind)?,
        actor: row.actor,
        staff: staff(&key, row.staff)?,
        reason: row.reason,
        note: row.note,
        decision: row.decision,
        effective_on: row.effective_on,
        base: LogPlace {
            log: LogId::try_from(row.base_log).map_err(|_| damaged("change set", &key, "its log"))?,
            sequence: sequence(row.base_sequence),
            hash: stored_hash(row.base_sequence, &row.base_hash)?,
        },
        run: published.map(|run| run.name),
        undone_by,
        version: version(row.version),
        created_at: row.created_at,
        changed_at: row.changed_at,
    })
}

fn staff(key: &str, stored: Option<String>) -> Result<Option<StaffId>, StorageError> {
    stored.map(StaffId::try_from).transpose().map_err(|_| damaged("change set", key, "its account"))
}

/// Items of a draft after a position, in order.
pub(crate) async fn items(
    db: &impl ConnectionTrait,
    id: u64,
    after: Option<u32>,
    limit: u32,
) -> Result<Vec<(u32, ChangeItem)>, StorageError> {
    let rows = change_set_item::Entity::find()
        .filter(change_set_item::Column::ChangeSetId.eq(number(id)))
        .filter(change_set_item::Column::Position.gt(i64::from(after.unwrap_or(0))))
        .order_by_asc(change_set_item::Column::Position)
        .limit(u64::from(limit))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let json = |text: Option<String>| {
                let Some(text) = text else { return Ok(None) };
                let record = upcast(&row.entity, version(row.form), document("change set", &row.key, &text)?);
                record.map(Some).map_err(|error| damaged("change set", &row.key, error.to_string()))
            };
            let item = ChangeItem {
                kind: EntityKind::of_log(&row.entity)
                    .ok_or_else(|| damaged("change set", &row.key, "its kind"))?,
                base_version: version(row.base_version),
                before: json(row.before.clone())?,
                after: json(row.after.clone())?,
                outcome: code("change set", &row.key, ItemOutcome::ALL, ItemOutcome::as_str, &row.outcome)?,
                refusal: row.refusal.clone(),
                is_left_out: row.left_out != 0,
                key: row.key,
            };
            Ok((version(row.position), item))
        })
        .collect()
}

/// Steps of a draft, in order.
pub(crate) async fn events(db: &impl ConnectionTrait, id: u64) -> Result<Vec<DraftEvent>, StorageError> {
    let rows = change_set_event::Entity::find()
        .filter(change_set_event::Column::ChangeSetId.eq(number(id)))
        .order_by_asc(change_set_event::Column::Position)
        .all(db)
        .await?;
    let key = id.to_string();
    let state = |text: &str| code("change set", &key, DraftState::ALL, DraftState::as_str, text);
    rows.into_iter()
        .map(|row| {
            Ok(DraftEvent {
                from: row.from_state.as_deref().map(state).transpose()?,
                to: state(&row.to_state)?,
                actor_kind: code("change set", &key, ActorKind::ALL, ActorKind::as_str, &row.actor_kind)?,
                actor: row.actor,
                staff: staff(&key, row.staff)?,
                note: row.note,
                at: row.at,
            })
        })
        .collect()
}
