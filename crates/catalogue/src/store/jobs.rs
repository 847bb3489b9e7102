//! The rows of jobs. Each step is one short transaction of its own.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::db::{Db, StorageError};
use super::entity::job;
use crate::job::{Job, JobEnd, JobLease};

/// Every job, by name.
pub(crate) async fn list(db: &impl ConnectionTrait) -> Result<Vec<Job>, StorageError> {
    let rows = job::Entity::find().order_by_asc(job::Column::Kind).all(db).await?;
    Ok(rows.into_iter().map(record).collect())
}

/// Makes jobs that are not known yet due now.
pub(crate) async fn plan(db: &Db, kinds: &[&str], now: DateTime<Utc>) -> Result<(), StorageError> {
    let known = list(db.writer()).await?;
    let rows: Vec<job::ActiveModel> = kinds
        .iter()
        .filter(|kind| !known.iter().any(|job| job.kind == **kind))
        .map(|kind| job::ActiveModel {
            kind: Set((*kind).to_owned()),
            run_after: Set(stored(now)),
            lease_owner: NotSet,
            lease_until: NotSet,
            last_run_at: NotSet,
            last_outcome: NotSet,
            failures: Set(0),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tx = db.begin_write().await?;
    // Another node may have been quicker.
    let conflict = OnConflict::column(job::Column::Kind).do_nothing().to_owned();
    job::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(&tx).await?;
    Ok(tx.commit().await?)
}

/// Takes a lease.
pub(crate) async fn claim(
    db: &Db,
    kinds: &[&str],
    owner: &str,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<Option<Job>, StorageError> {
    // Most of the time nothing is due, and then nobody is kept from writing.
    if due(kinds, now).one(db.writer()).await?.is_none() {
        return Ok(None);
    }
    let tx = db.begin_write().await?;
    // PostgreSQL passes over a row that another node is just claiming; SQLite lets one claim at a time.
    let row = due(kinds, now).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(&tx).await?;
    let Some(mut row) = row else {
        tx.rollback().await?;
        return Ok(None);
    };
    row.lease_owner = Some(owner.to_owned());
    row.lease_until = Some(over(now, lease));
    job::Entity::update_many()
        .col_expr(job::Column::LeaseOwner, Expr::value(row.lease_owner.clone()))
        .col_expr(job::Column::LeaseUntil, Expr::value(row.lease_until))
        .filter(job::Column::Kind.eq(row.kind.as_str()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(Some(record(row)))
}

/// Prolongs a lease that is not over.
pub(crate) async fn renew(
    db: &Db,
    kind: &str,
    owner: &str,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<bool, StorageError> {
    let tx = db.begin_write().await?;
    let renewed = job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(over(now, lease)))
        .filter(held(kind, owner))
        .filter(job::Column::LeaseUntil.gt(stored(now)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(renewed.rows_affected == 1)
}

/// Writes down how a job ended. The lease may be over as long as nobody else has taken it.
pub(crate) async fn finish(db: &Db, kind: &str, owner: &str, end: &JobEnd) -> Result<bool, StorageError> {
    let failures = if end.failed { Expr::col(job::Column::Failures).add(1) } else { Expr::value(0) };
    let tx = db.begin_write().await?;
    let ended = job::Entity::update_many()
        .col_expr(job::Column::RunAfter, Expr::value(stored(end.run_after)))
        .col_expr(job::Column::LeaseOwner, Expr::value(None::<String>))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(job::Column::LastRunAt, Expr::value(stored(end.at)))
        .col_expr(job::Column::LastOutcome, Expr::value(end.outcome.as_str()))
        .col_expr(job::Column::Failures, failures)
        .filter(held(kind, owner))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(ended.rows_affected == 1)
}

/// Gives a lease back.
pub(crate) async fn give_back(db: &Db, kind: &str, owner: &str) -> Result<(), StorageError> {
    let tx = db.begin_write().await?;
    job::Entity::update_many()
        .col_expr(job::Column::LeaseOwner, Expr::value(None::<String>))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(held(kind, owner))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

fn due(kinds: &[&str], now: DateTime<Utc>) -> Select<job::Entity> {
    let free =
        Condition::any().add(job::Column::LeaseUntil.is_null()).add(job::Column::LeaseUntil.lte(stored(now)));
    job::Entity::find()
        .filter(job::Column::Kind.is_in(kinds.iter().copied()))
        .filter(job::Column::RunAfter.lte(stored(now)))
        .filter(free)
        .order_by_asc(job::Column::RunAfter)
        .order_by_asc(job::Column::Kind)
        .limit(1)
}

fn held(kind: &str, owner: &str) -> Condition {
    Condition::all().add(job::Column::Kind.eq(kind)).add(job::Column::LeaseOwner.eq(owner))
}

fn over(now: DateTime<Utc>, lease: Duration) -> DateTime<Utc> {
    stored(now + TimeDelta::from_std(lease).unwrap_or(TimeDelta::MAX))
}

/// A moment as both databases keep it.
fn stored(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(3)
}

fn record(row: job::Model) -> Job {
    let job::Model { kind, run_after, lease_owner, lease_until, last_run_at, last_outcome, failures } = row;
    let lease = lease_owner.zip(lease_until).map(|(owner, until)| JobLease { owner, until });
    let failures = u32::try_from(failures).unwrap_or(u32::MAX);
    Job { kind, run_after, lease, last_run_at, last_outcome, failures }
}
