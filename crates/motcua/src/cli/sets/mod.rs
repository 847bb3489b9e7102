//! `motcua sets`: change sets that wait, their way through review, and their publication.

mod difference;
mod list;
mod publish;
mod show;
mod steps;
mod ways;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use motcua_catalogue::Catalogue;
use motcua_catalogue::change_set::{Draft, DraftError, DraftState, PublishError};

use super::author::OfficeArgs;
use super::interruptible;
use super::limit::at_least_one;
use super::open::{exit_of, with_catalogue};
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua sets`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct SetsArgs {
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = states())]
    state: Option<DraftState>,
    /// How many, the newest first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least_one)]
    limit: u32,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Prints a set: its steps, its records by what would change, and what keeps it from being published
    Show(show::ShowArgs),
    /// Leaves records out of what is published
    LeaveOut(PositionArgs),
    /// Takes records in again that were left out
    TakeIn(PositionArgs),
    /// Sends a set to be looked at by others
    Submit(StepArgs),
    /// Approves a set: it may be published, on its day
    Approve(StepArgs),
    /// Sends a set back to whoever made it
    Return(ReturnArgs),
    /// Gives a set up
    Withdraw(StepArgs),
    /// Publishes an approved set: all of it or nothing
    Publish(publish::PublishArgs),
}

/// Some records of a set.
#[derive(Debug, Args)]
struct PositionArgs {
    /// Number of the set
    #[arg(value_name = "SET")]
    set: u64,
    /// Numbers of the records, as `show` counts them
    #[arg(value_name = "POSITION", required = true)]
    positions: Vec<u32>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// A step of a set.
#[derive(Debug, Args)]
struct StepArgs {
    /// Number of the set
    #[arg(value_name = "SET")]
    set: u64,
    /// What is to be said to colleagues; it is never published
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// A step back, which wants a reason.
#[derive(Debug, Args)]
struct ReturnArgs {
    /// Number of the set
    #[arg(value_name = "SET")]
    set: u64,
    /// What is to be mended; it is never published
    #[arg(long, value_name = "TEXT")]
    note: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// The states by their names, for the command line; they are also understood as lists show them.
fn states() -> impl TypedValueParser<Value = DraftState> {
    let values = DraftState::ALL.map(|state| PossibleValue::new(state.as_str()).alias(state.words()));
    PossibleValuesParser::new(values).try_map(|name| {
        let mut states = DraftState::ALL.into_iter();
        states
            .find(|state| [state.as_str(), state.words()].contains(&name.as_str()))
            .ok_or("there is no such state")
    })
}

/// What the program calls itself where no office is named.
const PROGRAM: &str = "sets";

pub(super) fn run(effective: &Effective, args: &SetsArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let done = interruptible(async |stop| {
        with_catalogue(&effective.config, "motcua sets", async |catalogue| match &args.what {
            None => list::print(catalogue, args).await,
            Some(What::Show(args)) => show::print(catalogue, args).await,
            Some(What::LeaveOut(args)) => steps::leave_out(catalogue, args, true).await,
            Some(What::TakeIn(args)) => steps::leave_out(catalogue, args, false).await,
            Some(What::Submit(args)) => steps::go(catalogue, &args.step(DraftState::InReview)).await,
            Some(What::Approve(args)) => steps::go(catalogue, &args.step(DraftState::Approved)).await,
            Some(What::Withdraw(args)) => steps::go(catalogue, &args.step(DraftState::Withdrawn)).await,
            Some(What::Return(args)) => steps::go(catalogue, &args.step()).await,
            Some(What::Publish(args)) => publish::run(catalogue, args, &stop).await,
        })
        .await
    })?;
    let Some((text, exit)) = done else {
        output::words(PublishError::Interrupted);
        return Ok(Exit::Interrupted);
    };
    output::data(&text)?;
    Ok(exit)
}

/// What is printed, and how it ended.
type Printed = Result<(String, Exit), Failure>;

impl StepArgs {
    fn step(&self, to: DraftState) -> steps::Step<'_> {
        steps::Step { set: self.set, to, note: said(self.note.as_deref()), office: &self.office }
    }
}

impl ReturnArgs {
    fn step(&self) -> steps::Step<'_> {
        let note = said(Some(&self.note));
        steps::Step { set: self.set, to: DraftState::Returned, note, office: &self.office }
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The set of a number.
async fn find(catalogue: &Catalogue, set: u64) -> Result<Draft, Failure> {
    let draft = catalogue.draft(set).await.map_err(|error| Failure::new(exit_of(&error), error))?;
    draft.ok_or_else(|| failure(DraftError::NotThere(set)))
}

/// A failure with its exit code, and with what to do about it.
pub(super) fn failure(error: DraftError) -> Failure {
    let exit = match &error {
        DraftError::NotThere(set) => {
            return Failure::say(
                Exit::Usage,
                format!("there is no change set {set}; `motcua sets` lists them"),
            );
        }
        DraftError::TooLarge(_) => {
            let words =
                "without --draft it is published at once; for parts, split the file and save a draft of each";
            return Failure::say(Exit::Problems, format!("{error}\n  {words}"));
        }
        DraftError::Empty => {
            let words = "everything is as wanted already, so there is nothing to be done";
            return Failure::say(Exit::Problems, format!("{error}\n  {words}"));
        }
        DraftError::Storage(error) | DraftError::Publish(PublishError::Storage(error)) => exit_of(error),
        DraftError::Publish(PublishError::Interrupted) => Exit::Interrupted,
        DraftError::Publish(PublishError::Moved) => Exit::InUse,
        DraftError::Publish(PublishError::Items(_)) => Exit::File,
        _ => Exit::Problems,
    };
    Failure::new(exit, error)
}

/// How a set stands, in words: what was published and undone is no longer published.
fn standing(draft: &Draft) -> &'static str {
    if draft.undone_by.is_some() { "undone" } else { draft.state.words() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_exit_code() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).expect("a day");
        let way = DraftError::NoWay { from: DraftState::Published, to: DraftState::InReview };
        for (error, exit) in [
            (DraftError::NotThere(7), Exit::Usage),
            (DraftError::TooLarge(20_001), Exit::Problems),
            (DraftError::NotDue(day), Exit::Problems),
            (DraftError::Stale(3), Exit::Problems),
            (way, Exit::Problems),
            (DraftError::Publish(PublishError::Conflicts(Vec::new())), Exit::Problems),
            (DraftError::Publish(PublishError::Moved), Exit::InUse),
            (DraftError::Publish(PublishError::Interrupted), Exit::Interrupted),
        ] {
            let words = error.to_string();
            assert_eq!(failure(error).exit, exit, "{words}");
        }
        assert!(failure(DraftError::NotThere(7)).to_string().contains("`motcua sets` lists them"));
    }

    #[test]
    fn a_step_says_something_or_nothing() {
        assert_eq!([said(Some("  ")), said(None), said(Some(" a "))], [None, None, Some("a")]);
    }

    #[test]
    fn states_are_understood_by_their_names_and_as_they_are_shown() {
        use clap::Parser as _;
        for state in DraftState::ALL {
            for name in [state.as_str(), state.words()] {
                let parsed = super::super::Cli::try_parse_from(["motcua", "sets", "--state", name]);
                let super::super::Command::Sets(args) = parsed.expect("understood").command else {
                    panic!("another command")
                };
                assert_eq!(args.state, Some(state), "{name}");
            }
        }
        assert!(super::super::Cli::try_parse_from(["motcua", "sets", "--state", "open"]).is_err());
    }
}
