//! Connections and transactions.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use motcua_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions, PgPool, SqlitePool};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::options::{PostgresOptions, StorageOptions};
use super::turn;

/// What went wrong with the storage.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused or could not be reached.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A database that loses committed data is not used.
    #[error("SQLite {0} can lose committed transactions; 3.51.3 or later is needed")]
    UnsafeSqlite(String),
    /// Too old a server.
    #[error("PostgreSQL {0} is too old; 15 or later is needed")]
    OldPostgres(String),
    /// A URL that is none.
    #[error("the database address cannot be read: {0}")]
    BadAddress(String),
    /// A stored document that its record cannot read: the database was altered by other means.
    #[error("the stored {what} {key} is damaged")]
    Damaged {
        /// Which kind of record.
        what: &'static str,
        /// Its key.
        key: String,
        /// What was found.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another writer was at work for longer than a writer waits.
    #[error(
        "{who} has been writing since {}; try again in about {} s",
        since.format("%Y-%m-%d %H:%M:%S UTC"),
        retry_after.as_secs()
    )]
    Busy {
        /// The program that writes, with where it runs.
        who: String,
        /// Since when; where that is not known, since when it was waited for.
        since: DateTime<Utc>,
        /// After which time it is worth trying again.
        retry_after: Duration,
    },
    /// The address for reads does not show what stands at the address for writes.
    #[error("the database for reads lacks what the database for writes had {} s ago", .0.as_secs())]
    ReaderBehind(Duration),
    /// A background write was lost together with its task.
    #[error("the write was interrupted")]
    Interrupted,
}

impl StorageError {
    /// Whether the same read may succeed a moment later: no connection was free, or the database could not be
    /// reached.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Database(DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
            | Self::Busy { .. }
            | Self::Interrupted => true,
            Self::Database(DbErr::Query(inner) | DbErr::Exec(inner)) => is_passing(inner),
            _ => false,
        }
    }
}

/// The connections: one writer at a time, many readers.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    /// Whether reads go to another server, which may be behind.
    apart: bool,
    /// The file beside a SQLite database that says who writes.
    notice: Option<Arc<Path>>,
    /// What this program is called to others who wait for it.
    program: Arc<str>,
}

/// How long a server for reads may take to show what the one for writes has when the catalogue is opened.
const READER_PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked at meanwhile.
const READER_PAUSE: Duration = Duration::from_millis(100);

/// What a program is called that has no better name.
const PROGRAM: &str = "motcua";

/// SQLite before this version can lose a committed transaction when a checkpoint meets a write (WAL reset).
const SAFE_SQLITE: [u32; 3] = [3, 51, 3];

impl Db {
    /// Connects, checks the versions, brings the schema up to date and chains a log that is not. `progress` is told how
    /// many entries are chained.
    pub(crate) async fn open(
        options: &StorageOptions,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Self, StorageError> {
        // Programs that start together wait for each other: two that make the same file or the same tables would stop each
        // other. The file's lock goes with this value, PostgreSQL's with its transaction.
        let _gate = Self::gate(options).await?;
        let db = Self::join(options).await?;
        let guard = if db.backend() == DbBackend::Postgres {
            let transaction = db.begin_write().await?;
            transaction.execute_unprepared("SELECT pg_advisory_xact_lock(493212020)").await?;
            Some(transaction)
        } else {
            None
        };
        if let Err(error) = Migrator::up(&db.write, None).await {
            return Err(turn::busy_or(&db, error).await);
        }
        super::chain::ensure(&db, progress).await?;
        if let Some(transaction) = guard {
            transaction.commit().await?;
        }
        db.reader_catches_up(READER_PATIENCE).await?;
        Ok(db)
    }

    /// Connects and checks the versions; the schema is left as it is.
    pub(crate) async fn connect(options: &StorageOptions) -> Result<Self, StorageError> {
        let _gate = Self::gate(options).await?;
        Self::join(options).await
    }

    /// Keeps other programs from opening the same SQLite database until the value goes: while one of them turns a new file
    /// into one with a write-ahead log, SQLite refuses the others without letting them wait.
    async fn gate(options: &StorageOptions) -> Result<Option<File>, StorageError> {
        Ok(match options {
            StorageOptions::Sqlite(path) => Some(turn::gate(path).await?),
            StorageOptions::Postgres(_) => None,
        })
    }

    async fn join(options: &StorageOptions) -> Result<Self, StorageError> {
        match options {
            StorageOptions::Sqlite(path) => Self::open_sqlite(path).await,
            StorageOptions::Postgres(options) => Self::open_postgres(options).await,
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(turn::PATIENCE)
            .pragma("temp_store", "memory")
            .pragma("journal_size_limit", "67108864")
            .disable_statement_logging();
        let pool = |size: u32, cache_kib: u32, options: SqliteConnectOptions| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(Duration::from_secs(30))
                .connect_with(options.pragma("cache_size", format!("-{cache_kib}")))
        };
        let mut notice = path.as_os_str().to_owned();
        notice.push("-writer");
        let notice = PathBuf::from(notice);
        let failed = |error: sea_orm::sqlx::Error| {
            turn::busy_file_or(&notice, DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
        };
        let write: SqlitePool = pool(1, 65_536, options.clone()).await.map_err(failed)?;
        let read: SqlitePool = pool(4, 8_192, options.pragma("query_only", "on")).await.map_err(failed)?;
        let db = Self {
            write: write.into(),
            read: read.into(),
            apart: false,
            notice: Some(notice.into()),
            program: PROGRAM.into(),
        };
        let version = db.text("SELECT sqlite_version()").await?;
        if !at_least(&version, &SAFE_SQLITE) {
            return Err(StorageError::UnsafeSqlite(version));
        }
        Ok(db)
    }

    async fn open_postgres(options: &PostgresOptions) -> Result<Self, StorageError> {
        let pool = async |url: &str, size: u32| {
            let options = PgConnectOptions::from_str(url)
                .map_err(|error| StorageError::BadAddress(error.to_string()))?
                .application_name(PROGRAM)
                .disable_statement_logging();
            let pool: PgPool = PgPoolOptions::new()
                .max_connections(size)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await
                .map_err(|error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))?;
            Ok::<_, StorageError>(DatabaseConnection::from(pool))
        };
        let write = pool(&options.url, options.writer_connections).await?;
        // Readers have connections of their own: writers that wait for each other leave them none otherwise.
        let reader_url = options.reader_url.as_ref().unwrap_or(&options.url);
        let read = pool(reader_url, options.reader_connections).await?;
        let apart = options.reader_url.is_some();
        let db = Self { write, read, apart, notice: None, program: PROGRAM.into() };
        let version = db.text("SHOW server_version").await?;
        if !at_least(&version, &[15]) {
            return Err(StorageError::OldPostgres(version));
        }
        Ok(db)
    }

    async fn text(&self, sql: &str) -> Result<String, StorageError> {
        let statement = sea_orm::Statement::from_string(self.backend(), sql);
        let row = self.write.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Which of the two databases this is.
    pub(crate) fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// What this program is called to others who wait for it.
    pub(crate) fn program(&self) -> &str {
        &self.program
    }

    /// Calls this program by a name from here on.
    pub(crate) fn set_program(&mut self, program: &str) {
        self.program = program.into();
    }

    /// The file beside a SQLite database that says who writes.
    pub(super) fn notice(&self) -> Option<&Path> {
        self.notice.as_deref()
    }

    /// Connection for single reads that must see what was written last.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Connection for single reads of what must not be older than what was written last. On SQLite readers see that, and
    /// the one connection that writes may be taken for long.
    pub(crate) fn latest(&self) -> &DatabaseConnection {
        if self.apart { &self.write } else { &self.read }
    }

    /// Waits until reads see what is written by now, where they go to another server.
    pub(crate) async fn reader_catches_up(&self, patience: Duration) -> Result<(), StorageError> {
        if !self.apart {
            return Ok(());
        }
        let wanted = super::chain::head(&self.write, false).await?;
        let mut waited = Duration::ZERO;
        loop {
            // A server that has not even got the tables yet is behind as well.
            if let Ok(head) = super::chain::head(&self.read, false).await
                && head.log == wanted.log
                && head.sequence >= wanted.sequence
            {
                return Ok(());
            }
            if waited >= patience {
                return Err(StorageError::ReaderBehind(patience));
            }
            tokio::time::sleep(READER_PAUSE).await;
            waited += READER_PAUSE;
        }
    }

    /// Connection for single reads.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Begins a writing transaction. SQLite takes its write lock at once: a deferred one would fail without waiting. On
    /// PostgreSQL whoever writes records takes the writers' turn next.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, StorageError> {
        let begun = self
            .write
            .begin_with_options(TransactionOptions {
                isolation_level: None,
                access_mode: None,
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            })
            .await;
        match begun {
            Ok(transaction) => Ok(transaction),
            Err(error) => Err(turn::busy_or(self, error).await),
        }
    }

    /// Begins a reading transaction that sees one state of the database throughout.
    pub(crate) async fn begin_read(&self) -> Result<DatabaseTransaction, DbErr> {
        let postgres = self.backend() == DbBackend::Postgres;
        self.read
            .begin_with_options(TransactionOptions {
                isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
                access_mode: postgres.then_some(AccessMode::ReadOnly),
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            })
            .await
    }

    /// Moves what a large transaction left in SQLite's log into the database file and gives the space back. Readers
    /// under way keep a part of it there until the next time.
    pub(crate) async fn settle(&self) -> Result<(), DbErr> {
        if self.backend() == DbBackend::Sqlite {
            self.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// Whether this is SQLite.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.backend() == DbBackend::Sqlite
    }

    /// Closes the connections after the work under way. A SQLite file then holds everything by itself, unless another
    /// process is at work on it.
    pub(crate) async fn close(self) -> Result<(), DbErr> {
        let sqlite = self.is_sqlite();
        self.read.close().await?;
        let settled = if sqlite {
            // Another process may be reading for long; what stays in SQLite's log then is safe there.
            let sql = "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)";
            self.write.execute_unprepared(sql).await.map(|_| ())
        } else {
            Ok(())
        };
        self.write.close().await?;
        settled
    }
}

/// Whether a statement failed with its connection: the server went away, is starting or stopping, or gave the statement up
/// to go on with its replication (classes 08 and 57P of SQLSTATE, and 40001).
fn is_passing(error: &sea_orm::RuntimeErr) -> bool {
    let sea_orm::RuntimeErr::SqlxError(error) = error else { return false };
    if matches!(**error, sea_orm::sqlx::Error::Io(_)) {
        return true;
    }
    let code =
        error.as_database_error().and_then(sea_orm::sqlx::error::DatabaseError::code).unwrap_or_default();
    code.starts_with("08") || matches!(&*code, "57P01" | "57P02" | "57P03" | "40001")
}

/// Whether a version such as `15.18 (Debian …)` is a given one or later.
fn at_least(version: &str, wanted: &[u32]) -> bool {
    let numbers: Vec<u32> = version
        .split(|c: char| !c.is_ascii_digit())
        .take(wanted.len())
        .map(|part| part.parse().unwrap_or(0))
        .collect();
    numbers.as_slice() >= wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(at_least("3.51.3", &SAFE_SQLITE) && at_least("3.52.0", &SAFE_SQLITE));
        assert!(!at_least("3.51.2", &SAFE_SQLITE) && !at_least("3.40.1", &SAFE_SQLITE));
        assert!(at_least("15.18 (Debian 15.18-0+deb12u1)", &[15]) && !at_least("14.9", &[15]));
    }
}
