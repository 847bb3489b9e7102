//! Một Cửa: one door to Vietnam's public services. The binary: command line, configuration, start-up, the HTTP server
//! and its logs; it wires the other crates together and holds no rule of the domain.
//!
//! Start with [`cli`], which has one file per subcommand; `serve` is the one that runs the site. [`config`] says what
//! can be set, [`server`] is the accept loop, [`jobs`] the work that a node does by itself, [`folder`] the layout of the
//! data folder.

mod cli;
mod config;
mod exit;
mod folder;
mod jobs;
mod output;
mod server;
mod signals;
mod telemetry;

use std::process::ExitCode;

/// Version with the commit, where it is known.
const BUILD: &str = env!("BUILD_COMMIT");

fn main() -> ExitCode {
    cli::run().into()
}
