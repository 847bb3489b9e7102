//! The databases that tests run on.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Kind of database behind a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file in the data folder.
    Sqlite,
    /// A PostgreSQL database of its own.
    Postgres,
}

/// SQLite, and PostgreSQL where `MOTCUA_TEST_POSTGRES` names a server (`scripts/test.sh` starts one).
pub fn databases() -> Vec<Database> {
    if server_url().is_some() {
        return vec![Database::Sqlite, Database::Postgres];
    }
    println!(
        "skipped on PostgreSQL: MOTCUA_TEST_POSTGRES is not set; scripts/test.sh starts a server and sets it"
    );
    vec![Database::Sqlite]
}

fn server_url() -> Option<String> {
    std::env::var("MOTCUA_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// A PostgreSQL database that lives as long as this value.
#[derive(Debug)]
pub(crate) struct PostgresDatabase {
    name: String,
}

impl PostgresDatabase {
    pub(crate) fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("motcua_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(&format!("CREATE DATABASE {name}"));
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        let server = server_url().expect("created on it");
        let (base, _) = server.rsplit_once('/').expect("an address with a database");
        format!("{base}/{}", self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn run(statement: &str) {
    let url = server_url().expect("only called where a server is named");
    let done = Command::new("psql")
        .args([&url, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", statement])
        .output()
        .expect("psql runs");
    if !done.status.success() && !std::thread::panicking() {
        panic!("{statement}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
