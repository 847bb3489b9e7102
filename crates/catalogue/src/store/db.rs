//! Connections and transactions.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use motcua_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions, PgPool, SqlitePool};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

/// Where the catalogue is stored.
#[derive(Debug, Clone)]
pub enum StorageOptions {
    /// A SQLite file, made if absent.
    Sqlite(PathBuf),
    /// A PostgreSQL database by its URL.
    Postgres(String),
}

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
    /// A background write was lost together with its task.
    #[error("the write was interrupted")]
    Interrupted,
}

impl StorageError {
    /// Whether the same read may succeed a moment later: no connection was free, or the database could not be
    /// reached.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Database(DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) | Self::Interrupted)
    }
}

/// The connections: one writer at a time, many readers.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
}

/// SQLite before this version can lose a committed transaction when a checkpoint meets a write (WAL reset).
const SAFE_SQLITE: [u32; 3] = [3, 51, 3];

impl Db {
    /// Connects, checks the versions, brings the schema up to date.
    pub(crate) async fn open(options: &StorageOptions) -> Result<Self, StorageError> {
        let db = Self::connect(options).await?;
        // Nodes that start together wait for each other; the lock goes with its transaction.
        let guard = if db.backend() == DbBackend::Postgres {
            let transaction = db.begin_write().await?;
            transaction.execute_unprepared("SELECT pg_advisory_xact_lock(493212020)").await?;
            Some(transaction)
        } else {
            None
        };
        Migrator::up(&db.write, None).await?;
        if let Some(transaction) = guard {
            transaction.commit().await?;
        }
        Ok(db)
    }

    /// Connects and checks the versions; the schema is left as it is.
    pub(crate) async fn connect(options: &StorageOptions) -> Result<Self, StorageError> {
        match options {
            StorageOptions::Sqlite(path) => Self::open_sqlite(path).await,
            StorageOptions::Postgres(url) => Self::open_postgres(url).await,
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("temp_store", "memory")
            .pragma("journal_size_limit", "67108864")
            .disable_statement_logging();
        let pool = |size: u32, cache_kib: u32, options: SqliteConnectOptions| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(Duration::from_secs(30))
                .connect_with(options.pragma("cache_size", format!("-{cache_kib}")))
        };
        let failed = |error: sea_orm::sqlx::Error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()));
        let write: SqlitePool = pool(1, 65_536, options.clone()).await.map_err(failed)?;
        let read: SqlitePool = pool(4, 8_192, options.pragma("query_only", "on")).await.map_err(failed)?;
        let db = Self { write: write.into(), read: read.into() };
        let version = db.text("SELECT sqlite_version()").await?;
        if !at_least(&version, &SAFE_SQLITE) {
            return Err(StorageError::UnsafeSqlite(version));
        }
        Ok(db)
    }

    async fn open_postgres(url: &str) -> Result<Self, StorageError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StorageError::BadAddress(error.to_string()))?
            .application_name("motcua")
            .disable_statement_logging();
        let pool: PgPool = PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .map_err(|error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))?;
        let connection: DatabaseConnection = pool.into();
        let db = Self { write: connection.clone(), read: connection };
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

    /// Connection for single reads.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Begins a writing transaction. Only one runs at a time on both databases: SQLite takes its write lock at once
    /// (a deferred one would fail without waiting), PostgreSQL the row of the log's head.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        self.write
            .begin_with_options(TransactionOptions {
                isolation_level: None,
                access_mode: None,
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            })
            .await
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

    /// Copies a SQLite database as it is into a new file.
    pub(crate) async fn copy_to(&self, path: &Path) -> Result<(), StorageError> {
        let path = path.display().to_string().replace('\'', "''");
        self.write.execute_unprepared(&format!("VACUUM INTO '{path}'")).await?;
        Ok(())
    }

    /// Closes the connections after the work under way.
    pub(crate) async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
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
