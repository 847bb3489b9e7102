//! Where the catalogue is stored, and over how many connections.

use std::path::PathBuf;

/// Where the catalogue is stored.
#[derive(Debug, Clone)]
pub enum StorageOptions {
    /// A SQLite file, made if absent.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresOptions),
}

impl StorageOptions {
    /// A PostgreSQL database by its URL, for reading and writing.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres(PostgresOptions::at(url))
    }
}

/// A PostgreSQL database and the connections to it.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// URL of the server that takes writes.
    pub url: String,
    /// URL for reads, where they go elsewhere: a standby. What it shows may be some moments old.
    pub reader_url: Option<String>,
    /// Connections for writes at most.
    pub writer_connections: u32,
    /// Connections for reads at most.
    pub reader_connections: u32,
}

impl PostgresOptions {
    /// One server for everything, with the usual numbers of connections.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), reader_url: None, writer_connections: 5, reader_connections: 10 }
    }
}
