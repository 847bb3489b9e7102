//! Standard output carries data only; a reader that has gone away is no error.

use std::io::{self, IsTerminal, Write};

use crate::exit::{Exit, Failure};

/// Writes data to standard output. When the reader has closed its end (`motcua … | head`), the rest is dropped silently.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::File,
            anyhow::Error::new(error).context("cannot write to standard output"),
        )),
        _ => Ok(()),
    }
}

/// Writes a line of words to standard error. If even that is closed there is nobody left to tell.
pub(crate) fn words(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether a person watches standard error.
pub(crate) fn watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether standard error may carry colours (see no-color.org).
pub(crate) fn coloured() -> bool {
    watched() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
