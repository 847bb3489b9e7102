//! Logs: structured lines on standard error, as text for people or JSON for machines.
//!
//! The HTTP layer writes one line per request with the route's template, never the address with its query: what
//! citizens ask is not kept.

use std::io;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSection};
use crate::output;

/// Starts the log of this process.
pub(crate) fn start(section: &LogSection) -> anyhow::Result<()> {
    let filter: EnvFilter = section.filter.parse().context("log.filter")?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match section.format {
        LogFormat::Text => lines.with_ansi(output::coloured()).with_target(false).try_init(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
        }
    };
    started.map_err(|error| anyhow::anyhow!("cannot start the log: {error}"))
}
