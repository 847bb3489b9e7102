//! What a command of the program said.

use std::process::Output;

use serde_json::Value;

/// Exit code and output of a finished command.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Exit code; absent when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Outcome {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Panics unless the command succeeded.
    #[track_caller]
    #[must_use]
    pub fn ok(self) -> Self {
        self.exits_with(0)
    }

    /// Panics unless the command ended with this code.
    #[track_caller]
    #[must_use]
    pub fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The standard output as one JSON document.
    ///
    /// # Panics
    ///
    /// Where it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(problem) => panic!("{problem} in:\n{}\nstderr:\n{}", self.stdout, self.stderr),
        }
    }
}
