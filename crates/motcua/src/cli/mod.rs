//! The command line: one file per subcommand.
//!
//! Results go to standard output, words to standard error; [`Exit`] says how it ended.

mod author;
mod config;
mod correct;
mod doctor;
mod export;
mod import;
mod import_draft;
mod jobs;
mod limit;
mod log;
mod migrate;
mod open;
mod openapi;
mod progress;
mod refusal;
mod reindex;
mod reorganise;
mod runs;
mod sample;
mod search;
mod serve;
mod sets;
mod tasks;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::config::{Effective, Flag, Inputs, load};
use crate::exit::{Exit, Failure, OrExit as _};
use crate::{output, signals};

/// Một Cửa: one door to Vietnam's public services.
///
/// A catalogue of administrative procedures and of how far each can be done online, at which centre, on which day.
#[derive(Debug, Parser)]
#[command(name = "motcua", version = crate::BUILD, max_term_width = 100, after_help = after_help())]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options of every subcommand.
#[derive(Debug, Args)]
struct Common {
    /// Configuration file; without it motcua.toml in the current or in the data folder, if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Which log lines are written, such as warn or info,motcua=debug
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

/// Options that set a key of the configuration, where a server is concerned.
#[derive(Debug, Default, Args)]
struct ServerFlags {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Date shown when a reader names none: a day such as 2021-03-01, or today
    #[arg(long, value_name = "DATE")]
    site_date: Option<String>,
    /// text for people or json for machines
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the site
    Serve(serve::ServeArgs),
    /// Reads files of procedures, units, mergers, centres or availability into the catalogue
    Import(import::ImportArgs),
    /// Writes the catalogue as files that import reads
    Export(export::ExportArgs),
    /// Loads made-up data: the bundled sample, or the whole country for measuring
    Sample(sample::SampleArgs),
    /// Ends, merges, splits and begins units on a day, with their centres and listings
    Reorganise(reorganise::ReorganiseArgs),
    /// Prints what was written together, newest first: by whom, why, and where it stands in the log
    Runs(runs::RunsArgs),
    /// Takes a run back as a whole; records written since are left alone and named
    Undo(runs::UndoArgs),
    /// Lists change sets that wait, takes them through review and publishes them
    Sets(sets::SetsArgs),
    /// Ends a record, gives it its right first day, or takes it out as a mistake
    Correct(correct::CorrectArgs),
    /// Prints what a reorganisation left for people to decide
    Tasks(tasks::TasksArgs),
    /// Brings the database up to date and stops
    Migrate,
    /// Builds the search index anew from the database
    Reindex,
    /// What editors of the search's word lists work with
    Search(search::SearchArgs),
    /// Checks the change log, tells where it ends, and marks it as restored
    Log(log::LogArgs),
    /// Lists the work that the site does by itself, with its last run
    Jobs(jobs::JobsArgs),
    /// Prints the effective configuration and where each value came from
    Config(config::ConfigArgs),
    /// Prints the contract of the JSON API
    Openapi,
    /// Looks for problems and says what to do about them
    Doctor(doctor::DoctorArgs),
}

fn after_help() -> String {
    format!(
        "Examples:\n  \
         motcua serve                                  the site on http://127.0.0.1:8080/\n  \
         motcua import --dry-run procedures.ndjson     what a file would change\n  \
         motcua export --output backup                 the catalogue as files\n  \
         motcua config                                 every setting and its origin\n\n\
         Exit codes:\n{}",
        Exit::table()
    )
}

/// Runs the command line of this process.
pub(crate) fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Also the way --help and --version come out. A closed stream is no error here.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    match dispatch(cli) {
        Ok(exit) => exit,
        Err(failure) => {
            output::words(&failure);
            failure.exit
        }
    }
}

fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let common = &cli.common;
    match cli.command {
        Command::Serve(args) => serve::run(&common.load(&args.server)?, &args),
        Command::Import(args) => import::run(&common.load_and_log()?, &args),
        Command::Export(args) => export::run(&common.load_and_log()?, &args),
        Command::Sample(args) => sample::run(common, &args),
        Command::Reorganise(args) => reorganise::run(&common.load_and_log()?, &args),
        Command::Runs(args) => runs::run(&common.load_and_log()?, &args),
        Command::Undo(args) => runs::undo(&common.load_and_log()?, &args),
        Command::Sets(args) => sets::run(&common.load_and_log()?, &args),
        Command::Correct(args) => correct::run(&common.load_and_log()?, &args),
        Command::Tasks(args) => tasks::run(&common.load_and_log()?, &args),
        Command::Migrate => migrate::run(&common.load_and_log()?),
        Command::Reindex => reindex::run(&common.load_and_log()?),
        Command::Search(args) => search::run(&common.load_and_log()?, &args),
        Command::Log(args) => log::run(&common.load_and_log()?, &args),
        Command::Jobs(args) => jobs::run(&common.load_and_log()?, &args),
        Command::Config(args) => config::run(common, &args),
        Command::Openapi => openapi::run(),
        Command::Doctor(args) => doctor::run(&common.load_and_log()?, &args),
    }
}

impl Common {
    /// The configuration with these options and those of a server.
    fn load(&self, server: &ServerFlags) -> Result<Effective, Failure> {
        let mut inputs = Inputs::of_process(self.config.clone())
            .map_err(|error| Failure::new(Exit::Configuration, error))?;
        let flags = [
            ("--data-dir", "storage.data_dir", &self.data_dir),
            ("--log", "log.filter", &self.log),
            ("--listen", "server.listen", &server.listen),
            ("--site-date", "site.date", &server.site_date),
            ("--log-format", "log.format", &server.log_format),
        ];
        for (name, path, value) in flags {
            if let Some(value) = value {
                inputs.flags.push(Flag { name, path, value: value.clone() });
            }
        }
        load(&inputs).map_err(|error| Failure::new(Exit::Configuration, error))
    }

    /// The configuration of a command that does its work and ends; of its log only what went wrong is of interest,
    /// unless more was asked for.
    fn load_and_log(&self) -> Result<Effective, Failure> {
        let effective = self.load(&ServerFlags::default())?;
        let mut log = effective.config.log.clone();
        if effective.origin("log.filter") == "default" {
            "warn".clone_into(&mut log.filter);
        }
        crate::telemetry::start(&log).or_exit(Exit::Configuration, "cannot start the log")?;
        Ok(effective)
    }
}

/// The runtime that a command's asynchronous work runs on.
fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .or_exit(Exit::Storage, "cannot start worker threads")
}

/// How long interrupted work may take to end by itself.
const GRACE: Duration = Duration::from_millis(700);

/// Runs work that a signal may interrupt: it can look at the token, and is dropped if it does not end soon after. What
/// it had not committed by then is rolled back. `None` where it was interrupted.
fn interruptible<T>(
    work: impl AsyncFnOnce(CancellationToken) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let stop = signals::stop_token().or_exit(Exit::Storage, "cannot listen for signals")?;
        let overdue = async {
            stop.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            outcome = work(stop.clone()) => match outcome {
                Err(failure) if failure.exit == Exit::Interrupted => Ok(None),
                outcome => outcome.map(Some),
            },
            () = overdue => Ok(None),
        }
    });
    runtime.shutdown_timeout(Duration::from_millis(200));
    outcome
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_lists_every_exit_code() {
        let help = Cli::command().render_long_help().to_string();
        for exit in Exit::ALL {
            assert!(help.contains(exit.meaning()), "{help}");
        }
    }

    #[test]
    fn the_page_names_every_subcommand_and_option() {
        let page = include_str!("../../../../docs/command-line.md");
        let command = Cli::command();
        for subcommand in command.get_subcommands() {
            assert!(page.contains(&format!("motcua {}", subcommand.get_name())), "{}", subcommand.get_name());
            for option in
                subcommand.get_arguments().chain(command.get_arguments()).filter_map(|arg| arg.get_long())
            {
                assert!(page.contains(&format!("`--{option}")), "docs/command-line.md lacks --{option}");
            }
        }
    }
}
