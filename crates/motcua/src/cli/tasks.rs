//! `motcua tasks`: prints what is left for people to decide, and takes their answers.

use std::fmt::Write as _;

use chrono::SubsecRound as _;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use motcua_catalogue::{
    Catalogue, CentreId, Command, CommandError, Expected, Offered, PageRequest, Task, TaskAnswer, TaskFilter,
    TaskFinding, TaskKind, UnitCode, export,
};

use super::interruptible;
use super::open::{exit_of, open_catalogue};
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua tasks`.
#[derive(Debug, Args)]
pub(super) struct TasksArgs {
    /// Only those of a centre, such as c18073-2025
    #[arg(long, value_name = "ID")]
    centre: Option<CentreId>,
    /// Only those of a unit and its centres, by its code
    #[arg(long, value_name = "CODE")]
    unit: Option<UnitCode>,
    /// Only this kind
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(TaskKind::ALL.map(TaskKind::as_str)))]
    kind: Option<String>,
    /// Which ones: those that are open, those that are done, or all
    #[arg(long, value_name = "STATE", value_enum, default_value_t = State::Open)]
    state: State,
    /// text for people or csv for spreadsheets
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Answers one task by its number instead: it is then done
    #[arg(long, value_name = "NUMBER", requires = "answer", conflicts_with_all = ["centre", "unit", "kind", "state", "format"])]
    done: Option<String>,
    /// What was decided and where it stands, such as the decision's number
    #[arg(long, value_name = "TEXT", requires = "done")]
    answer: Option<String>,
    /// The office that answers, for the change log
    #[arg(long, value_name = "NAME", default_value = "motcua tasks", requires = "done")]
    actor: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    Open,
    Done,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Csv,
}

pub(super) fn run(effective: &Effective, args: &TasksArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    if let (Some(number), Some(text)) = (&args.done, &args.answer) {
        let given = Given { number, text, actor: &args.actor };
        let done = interruptible(async |_| {
            let catalogue = open_catalogue(&effective.config).await?;
            answer(&catalogue, &given).await
        })?;
        let Some(text) = done else { return Ok(Exit::Interrupted) };
        output::data(&text)?;
        return Ok(Exit::Done);
    }
    let filter = TaskFilter {
        number: None,
        centre: args.centre.clone(),
        unit: args.unit.clone(),
        kind: TaskKind::ALL.into_iter().find(|kind| args.kind.as_deref() == Some(kind.as_str())),
        is_open: match args.state {
            State::Open => Some(true),
            State::Done => Some(false),
            State::All => None,
        },
    };
    let done = interruptible(async |_| {
        let catalogue = open_catalogue(&effective.config).await?;
        known(&catalogue, &filter).await?;
        let tasks = read(&catalogue, &filter).await?;
        let mut text = Vec::new();
        match args.format {
            Format::Csv => {
                export::tasks(&tasks, &mut text).or_exit(Exit::File, "cannot write the table")?;
            }
            Format::Text => text.extend(to_text(&tasks).into_bytes()),
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    })?;
    let Some(text) = done else { return Ok(Exit::Interrupted) };
    output::data(&text)?;
    Ok(Exit::Done)
}

/// An answer as it was given.
struct Given<'a> {
    number: &'a str,
    text: &'a str,
    actor: &'a str,
}

/// Writes an answer to an open task.
async fn answer(catalogue: &Catalogue, given: &Given<'_>) -> Result<String, Failure> {
    let Given { number, text, actor } = given;
    let refused = |message: String| Failure::new(Exit::Problems, anyhow::anyhow!(message));
    if text.trim().is_empty() {
        return Err(refused("the answer is empty; say what was decided: --answer TEXT".to_owned()));
    }
    let filter = TaskFilter { number: Some((*number).to_owned()), ..TaskFilter::default() };
    let Some(mut task) = read(catalogue, &filter).await?.pop() else {
        return Err(refused(format!("there is no task {number}; `motcua tasks` lists those that are open")));
    };
    if let Some(answer) = &task.answer {
        let (who, said) = (&answer.answered_by, &answer.text);
        return Err(refused(format!("task {number} was answered by {who} already: {said}")));
    }
    task.answer = Some(TaskAnswer {
        text: text.trim().to_owned(),
        answered_at: motcua_catalogue::clock::now().trunc_subsecs(0),
        answered_by: (*actor).to_owned(),
    });
    let command = Command::Task(Box::new(task));
    match catalogue.apply(actor, Some(text), Expected::Any, command).await {
        Ok(_) => Ok(format!("Task {number} is done.\n")),
        Err(CommandError::Refused(refusal)) => Err(refused(refusal.to_string())),
        Err(CommandError::Storage(error)) => Err(Failure::new(exit_of(&error), error)),
    }
}

/// Refuses a centre or unit that never was: nothing to do there would be said of a slip.
async fn known(catalogue: &Catalogue, filter: &TaskFilter) -> Result<(), Failure> {
    let storage = |error| Failure::new(exit_of(&error), error);
    if let Some(id) = &filter.centre
        && catalogue.centre(id).await.map_err(storage)?.is_none()
    {
        return Err(Failure::new(Exit::Problems, anyhow::anyhow!("no centre ever had the id {id}")));
    }
    if let Some(code) = &filter.unit
        && catalogue.units_ever(code).await.map_err(storage)?.is_empty()
    {
        return Err(Failure::new(Exit::Problems, anyhow::anyhow!("no unit ever had the code {code}")));
    }
    Ok(())
}

async fn read(catalogue: &Catalogue, filter: &TaskFilter) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    let mut request = PageRequest { size: 100, after: None };
    loop {
        let page =
            catalogue.tasks(filter, &request).await.map_err(|error| Failure::new(exit_of(&error), error))?;
        tasks.extend(page.items);
        if page.next.is_none() {
            return Ok(tasks);
        }
        request.after = page.next;
    }
}

fn to_text(tasks: &[Task]) -> String {
    let mut text = String::new();
    for task in tasks {
        let about = [
            task.procedure.as_ref().map(ToString::to_string),
            task.case.as_ref().map(|case| format!("#{case}")),
            task.centre.as_ref().map(ToString::to_string),
            task.unit.as_ref().map(ToString::to_string),
        ];
        let about: Vec<String> = about.into_iter().flatten().collect();
        let _ = writeln!(text, "{}  {}  {}", task.number, task.kind.as_str(), about.join(" "));
        if let Some(shown) = &task.shown {
            let found: Vec<String> =
                task.found.iter().map(|one| format!("{}: {}", one.centre, said(one))).collect();
            let _ = writeln!(text, "    shown: {}; before: {}", said(shown), found.join(", "));
        }
        if let Some(answer) = &task.answer {
            let _ = writeln!(text, "    {} ({})", answer.text, answer.answered_by);
        }
    }
    let _ = writeln!(text, "{} tasks.", tasks.len());
    text
}

fn said(finding: &TaskFinding) -> String {
    match (finding.offered, finding.level) {
        (_, Some(level)) => level.to_string(),
        (Offered::Yes, None) => "offered without a level".to_owned(),
        (Offered::No, None) => "not offered".to_owned(),
        (Offered::Unknown, None) => "unknown".to_owned(),
    }
}
