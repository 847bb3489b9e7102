//! Whose turn it is to write. Writers wait for each other; one that waited long enough is told who holds it up.
//!
//! Who writes is known only as long as they live: on SQLite by a file beside the database that the writer keeps locked,
//! on PostgreSQL by a lock of its session. A writer that was killed holds neither.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, Statement};
use serde::{Deserialize, Serialize};

use super::chain;
use super::db::{Db, StorageError};
use crate::log_place::LogPlace;

/// How long a writer waits for the one before it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The two keys of the lock that a writing session holds on PostgreSQL.
const LOCK: (i32, i32) = (493, 2020);

/// The shortest and the longest time after which a writer that was turned away is asked to come again.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_mins(10);

/// How often, and after which pause, the file beside the database is tried again: the writer before lets go of it a moment
/// after its commit.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// Who writes, as others read it.
#[derive(Debug, Serialize, Deserialize)]
struct Notice {
    who: String,
    since: DateTime<Utc>,
}

/// Held by whoever writes, for others to see.
#[derive(Debug)]
pub(crate) struct Turn {
    _file: Option<File>,
}

/// Begins a writing transaction and takes the head of the log; waits for the writer before, but not for ever.
pub(crate) async fn begin(db: &Db) -> Result<(DatabaseTransaction, LogPlace, Turn), StorageError> {
    let tx = db.begin_write().await?;
    if db.backend() == DbBackend::Postgres {
        let (class, object) = LOCK;
        // Names of programs are ours and carry no quotes; all the same nothing but letters goes into a statement.
        let program: String =
            db.program().chars().filter(|c| c.is_ascii_alphanumeric() || " -_".contains(*c)).collect();
        let sql = format!(
            "SET LOCAL lock_timeout = '{}ms'; SET LOCAL application_name = '{program}'; \
             SELECT pg_advisory_xact_lock({class}, {object})",
            PATIENCE.as_millis()
        );
        if let Err(error) = tx.execute_unprepared(&sql).await {
            tx.rollback().await?;
            return Err(busy_or(db, error).await);
        }
    }
    match chain::head(&tx, true).await {
        Ok(head) => Ok((tx, head, Turn::note(db).await)),
        Err(StorageError::Database(error)) => {
            tx.rollback().await?;
            Err(busy_or(db, error).await)
        }
        Err(error) => Err(error),
    }
}

/// Waits for the program that is opening the same SQLite database, and keeps others out until the value goes.
pub(super) async fn gate(path: &Path) -> Result<File, StorageError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-opening");
    let locked = tokio::task::spawn_blocking(move || {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&name)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    });
    let locked = locked.await.map_err(|_| StorageError::Interrupted)?;
    Ok(locked.map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?)
}

impl Turn {
    /// Lets others see who writes. It is a help for people: without it the write goes on all the same.
    pub(super) async fn note(db: &Db) -> Self {
        let Some(path) = db.notice() else { return Self { _file: None } };
        let who = format!("{} (process {})", db.program(), std::process::id());
        let notice = Notice { who, since: crate::clock::now().trunc_subsecs(0) };
        for _ in 0..TRIES {
            match write_notice(path, &notice) {
                Ok(Some(file)) => return Self { _file: Some(file) },
                Ok(None) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::debug!(error, "could not note who writes");
                    break;
                }
            }
        }
        Self { _file: None }
    }
}

/// Writes and locks the file beside the database; none where somebody else has it.
fn write_notice(path: &Path, notice: &Notice) -> std::io::Result<Option<File>> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    file.set_len(0)?;
    file.rewind()?;
    serde_json::to_writer(&file, notice)?;
    file.flush()?;
    Ok(Some(file))
}

/// Who keeps the file beside the database locked.
fn read_notice(path: &Path) -> Option<Notice> {
    let mut file = OpenOptions::new().read(true).write(true).open(path).ok()?;
    // One that can be locked is what a writer left behind.
    if !matches!(file.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock)) {
        return None;
    }
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// What a driver's error means to somebody who wanted to write: that another writer was at work for too long, or what the
/// driver said.
pub(super) async fn busy_or(db: &Db, error: DbErr) -> StorageError {
    if !is_busy(db.backend(), &error) {
        return error.into();
    }
    let notice = match db.notice() {
        Some(path) => read_notice(path),
        // Whoever cannot tell is not worth an error of its own.
        None => holder(db).await.ok().flatten(),
    };
    busy(notice, crate::clock::now())
}

/// The same for a SQLite database that is being opened, by the file beside it.
pub(super) fn busy_file_or(notice: &Path, error: DbErr) -> StorageError {
    if is_busy(DbBackend::Sqlite, &error) {
        busy(read_notice(notice), crate::clock::now())
    } else {
        error.into()
    }
}

fn busy(notice: Option<Notice>, now: DateTime<Utc>) -> StorageError {
    let since = notice.as_ref().map(|notice| notice.since);
    // What has lasted a while lasts about as long again.
    let lasted = since.and_then(|since| (now - since).to_std().ok()).unwrap_or_default();
    StorageError::Busy {
        who: notice.map_or_else(|| "another program".to_owned(), |notice| notice.who),
        since: since.unwrap_or(now - PATIENCE),
        retry_after: Duration::from_secs(lasted.clamp(SHORTEST, LONGEST).as_secs()),
    }
}

/// The session that holds the writers' lock.
async fn holder(db: &Db) -> Result<Option<Notice>, DbErr> {
    let (class, object) = LOCK;
    let sql = format!(
        "SELECT activity.application_name, activity.xact_start, coalesce(host(activity.client_addr), '') \
         FROM pg_locks lock JOIN pg_stat_activity activity ON activity.pid = lock.pid \
         WHERE lock.locktype = 'advisory' AND lock.granted AND lock.classid = {class} AND lock.objid = {object} \
         AND lock.objsubid = 2 AND activity.datname = current_database()"
    );
    let Some(row) = db.writer().query_one_raw(Statement::from_string(db.backend(), sql)).await? else {
        return Ok(None);
    };
    let (program, since, host): (Option<String>, Option<DateTime<Utc>>, String) =
        (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    let place = if host.is_empty() { String::new() } else { format!(" (from {host})") };
    // Another role's sessions are hidden from this one.
    Ok(since.map(|since| Notice {
        who: format!("{}{place}", program.unwrap_or_else(|| "another program".to_owned())),
        since: since.trunc_subsecs(0),
    }))
}

/// Whether the driver gave up waiting for a lock.
fn is_busy(backend: DbBackend, error: &DbErr) -> bool {
    let sqlite = backend == DbBackend::Sqlite;
    let (DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner)) = error else {
        // SQLite has one connection that writes: whoever does not get it waits for a writer of this process.
        return sqlite && matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(inner) = inner else { return false };
    let Some(error) = inner.as_database_error() else { return false };
    let Some(code) = error.code() else { return false };
    if sqlite {
        // SQLITE_BUSY with its kinds, and SQLITE_LOCKED.
        return code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6));
    }
    // lock_not_available
    code == "55P03"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_living_writer_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("motcua.sqlite-writer");
        assert!(read_notice(&path).is_none(), "nobody ever wrote");
        let since = "2026-07-01T00:00:00Z".parse().expect("a time");
        let notice = Notice { who: "motcua import (process 7)".to_owned(), since };
        let held = write_notice(&path, &notice).expect("writable").expect("free");
        assert!(write_notice(&path, &notice).expect("writable").is_none(), "one at a time");
        let told = busy(read_notice(&path), since + Duration::from_secs(40));
        assert_eq!(
            told.to_string(),
            "motcua import (process 7) has been writing since 2026-07-01 00:00:00 UTC; try again in about 40 s"
        );
        drop(held);
        assert!(read_notice(&path).is_none(), "what a writer left behind names nobody");
        let told = busy(None, since).to_string();
        assert!(told.starts_with("another program") && told.ends_with("in about 10 s"), "{told}");
    }
}
