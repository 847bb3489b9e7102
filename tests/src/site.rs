//! A place for the program to work in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::database::{Database, PostgresDatabase};
use crate::outcome::Outcome;
use crate::program::program;
use crate::server::{Server, ServerOptions};

/// Runs each line as a statement and prints the rows, as `psql` does; SQLite's own shell is not at hand everywhere.
const SQLITE_SESSION: &str = "\
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
for line in sys.stdin:
    for row in db.execute(line):
        print('|'.join(str(value) for value in row))
";

/// An empty data folder, on PostgreSQL with a database, that vanishes with this value.
#[derive(Debug)]
pub struct Site {
    folder: TempDir,
    _postgres: Option<PostgresDatabase>,
    database_url: Option<String>,
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
        let database_url = postgres.as_ref().map(PostgresDatabase::url);
        Self { folder, _postgres: postgres, database_url }
    }

    /// An empty data folder on a database that is there already: another node.
    ///
    /// # Panics
    ///
    /// Where there is no room for it.
    pub fn on(database_url: &str) -> Self {
        Self { database_url: Some(database_url.to_owned()), ..Self::sqlite() }
    }

    /// The database's URL; none on SQLite.
    pub fn database_url(&self) -> Option<&str> {
        self.database_url.as_deref()
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
        if let Some(url) = &self.database_url {
            command.env("MOTCUA_DATABASE_URL", url);
        }
        command
    }

    /// A program that reads statements and runs them on the site's database, behind the program's back.
    ///
    /// # Panics
    ///
    /// Where there is no such program.
    pub fn sql_session(&self) -> Command {
        let Some(url) = &self.database_url else {
            let mut command = Command::new("python3");
            command.args(["-u", "-c", SQLITE_SESSION]).arg(self.data_folder().join("motcua.sqlite"));
            return command;
        };
        let mut command = Command::new("psql");
        command.args([url, "--no-psqlrc", "-qAtX", "--set=ON_ERROR_STOP=1"]);
        command
    }

    /// Runs a statement on the site's database, behind the program's back.
    ///
    /// # Panics
    ///
    /// Where it fails.
    pub fn sql(&self, statement: &str) -> String {
        let mut command = self.sql_session();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("psql, or python3, is there");
        let mut input = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut input, format!("{statement};\n").as_bytes()).expect("it reads");
        drop(input);
        let done = child.wait_with_output().expect("its child");
        assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
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
