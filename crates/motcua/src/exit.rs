//! Exit codes: part of the contract with scripts and service managers.

use std::fmt::{self, Write as _};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// Done, and rows were refused or problems were found.
    Problems,
    /// The command line was wrong.
    Usage,
    /// The configuration was wrong.
    Configuration,
    /// A file to read or a place to write to was unusable.
    File,
    /// The storage failed: database or index.
    Storage,
    /// Locked or in use by another process.
    InUse,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// Every code, in the order of the documentation.
    pub(crate) const ALL: [Self; 8] = [
        Self::Done,
        Self::Problems,
        Self::Usage,
        Self::Configuration,
        Self::File,
        Self::Storage,
        Self::InUse,
        Self::Interrupted,
    ];

    /// The number that the process returns.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Problems => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::File => 4,
            Self::Storage => 5,
            Self::InUse => 6,
            Self::Interrupted => 130,
        }
    }

    /// What it means, for the help text and the documentation.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Problems => "rows were refused or problems were found",
            Self::Usage => "the command line was wrong",
            Self::Configuration => "the configuration was wrong",
            Self::File => "a file to read or a place to write to was unusable",
            Self::Storage => "the storage failed (database or index)",
            Self::InUse => "locked or in use by another process",
            Self::Interrupted => "interrupted",
        }
    }

    /// The table of exit codes as plain text.
    pub(crate) fn table() -> String {
        Self::ALL.iter().map(|exit| format!("  {:>3}  {}\n", exit.code(), exit.meaning())).collect()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do its work, and the code to return.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The code.
    pub(crate) exit: Exit,
    /// What happened, with its causes.
    pub(crate) error: anyhow::Error,
}

impl Failure {
    /// Makes a failure.
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: error.into() }
    }

    /// Makes a failure from words alone.
    pub(crate) fn say(exit: Exit, words: impl fmt::Display) -> Self {
        Self { exit, error: anyhow::Error::msg(words.to_string()) }
    }
}

impl fmt::Display for Failure {
    /// One line per cause, the first one first. A cause that the line above already quotes is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut above = self.error.to_string();
        write!(f, "error: {above}")?;
        for cause in self.error.chain().skip(1) {
            let cause = cause.to_string();
            if !above.contains(&cause) {
                write!(f, "\n  because: {cause}")?;
            }
            above = cause;
        }
        Ok(())
    }
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// Names the exit code of an error on its way up.
pub(crate) trait OrExit<T> {
    /// Turns an error into a [`Failure`] with this code and these words in front.
    fn or_exit(self, exit: Exit, words: impl fmt::Display + Send + Sync + 'static) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit, words: impl fmt::Display + Send + Sync + 'static) -> Result<T, Failure> {
        self.map_err(|error| Failure { exit, error: error.into().context(words.to_string()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_documented_ones() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 6, 130]);
        let page = include_str!("../../../docs/command-line.md");
        for exit in Exit::ALL {
            let row = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(page.contains(&row), "docs/command-line.md lacks the row {row:?}");
        }
    }

    #[test]
    fn a_failure_names_each_cause_once() {
        let cause = std::io::Error::other("disk on fire");
        let failure =
            Err::<(), _>(cause).or_exit(Exit::Storage, "cannot open the catalogue").expect_err("fails");
        assert_eq!(failure.exit.code(), 5);
        assert_eq!(failure.to_string(), "error: cannot open the catalogue\n  because: disk on fire");
        let quoted =
            Err::<(), _>(std::io::Error::other("no")).or_exit(Exit::File, "a: no").expect_err("fails");
        assert_eq!(quoted.to_string(), "error: a: no");
    }
}
