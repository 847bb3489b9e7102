//! Locks of a program that is none of ours.

use std::process::{Child, Stdio};

use crate::database::Database;
use crate::site::Site;

/// A lock on what writers need, held by a program that is none of ours.
#[derive(Debug)]
pub struct Lock(Child);

impl Lock {
    /// Takes what every writer needs.
    ///
    /// # Panics
    ///
    /// Where it is not to be had.
    pub fn take(site: &Site, database: Database) -> Self {
        let statement = match database {
            Database::Sqlite => "BEGIN IMMEDIATE",
            Database::Postgres => "BEGIN; UPDATE change_head SET sequence = sequence",
        };
        Self::hold(site, statement)
    }

    /// Runs a statement and keeps its transaction open.
    ///
    /// # Panics
    ///
    /// Where it fails.
    pub fn hold(site: &Site, statement: &str) -> Self {
        let mut command = site.sql_session();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("it starts");
        let mut input = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut input, format!("{statement};\nSELECT 'held';\n").as_bytes())
            .expect("sent");
        child.stdin = Some(input);
        let mut output = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        while !line.contains("held") {
            line.clear();
            let read = std::io::BufRead::read_line(&mut output, &mut line).expect("readable");
            assert!(read > 0, "the session ended");
        }
        Self(child)
    }

    /// Ends the session, and with it the lock.
    pub fn release(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.release();
    }
}
