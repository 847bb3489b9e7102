//! A place for the program to work in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::database::{Database, PostgresDatabase};
use crate::outcome::Outcome;
use crate::program::program;
use crate::server::{Server, ServerOptions};

/// An empty data folder, on PostgreSQL with a database, that vanishes with this value.
#[derive(Debug)]
pub struct Site {
    folder: TempDir,
    postgres: Option<PostgresDatabase>,
}

impl Site {
    /// An empty site.
    ///
    /// # Panics
    ///
    /// Where there is no room for it.
    pub fn new(database: Database) -> Self {
        let folder = tempfile::Builder::new().prefix("motcua-site-").tempdir().expect("a temporary folder");
        let postgres = (database == Database::Postgres).then(PostgresDatabase::create);
        Self { folder, postgres }
    }

    /// An empty site on SQLite.
    pub fn sqlite() -> Self {
        Self::new(Database::Sqlite)
    }

    /// The data folder. It is not there before the program made it.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data folder, for files of the test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the test beside the data folder.
    ///
    /// # Panics
    ///
    /// Where it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a writable folder");
        path
    }

    /// The program with this site's environment and nothing of ours.
    pub fn command<I, S>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = Command::new(program());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MOTCUA_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).env("MOTCUA_DATA_DIR", self.data_folder()).current_dir(self.folder.path());
        command.stdin(Stdio::null());
        if let Some(postgres) = &self.postgres {
            command.env("MOTCUA_DATABASE_URL", postgres.url());
        }
        command
    }

    /// Runs a command of the program to its end.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn run<I, S>(&self, arguments: I) -> Outcome
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        Outcome::of(&self.command(arguments).output().expect("the program starts"))
    }

    /// Imports files, in this order, and returns what it said as JSON.
    #[track_caller]
    pub fn import<P: AsRef<Path>>(&self, files: &[P]) -> Outcome {
        let mut arguments = vec![OsStr::new("import"), OsStr::new("--json")];
        arguments.extend(files.iter().map(|file| file.as_ref().as_os_str()));
        self.run(arguments)
    }

    /// Starts a server on the site and waits until it is ready.
    pub async fn serve(&self, options: ServerOptions) -> Server {
        Server::start(self, options).await
    }
}
