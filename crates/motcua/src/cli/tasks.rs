//! `motcua tasks`: prints what is left for people to decide, and takes their answers.

use std::fmt::Write as _;

use chrono::SubsecRound as _;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use motcua_catalogue::{
    AnswerError, Answered, Catalogue, CentreId, Offered, PageRequest, Reason, UnitCode, Work, WorkAnswer,
    WorkFilter, WorkFinding, WorkKind, export,
};

use super::author::AuthorArgs;
use super::interruptible;
use super::open::{exit_of, with_catalogue};
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
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(WorkKind::ALL.map(WorkKind::as_str)))]
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
    /// The newer list is right: the record that it no longer has is taken out with the answer
    #[arg(long, requires = "done", conflicts_with = "reject")]
    accept: bool,
    /// The record is right and stays
    #[arg(long, requires = "done")]
    reject: bool,
    #[command(flatten)]
    author: AuthorArgs,
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
        let accepted = (args.accept || args.reject).then_some(args.accept);
        let given = Given { number, text, accepted, author: &args.author };
        let done = interruptible(async |_| {
            with_catalogue(&effective.config, "motcua tasks", async |catalogue| {
                answer(catalogue, &given).await
            })
            .await
        })?;
        let Some(text) = done else { return Ok(Exit::Interrupted) };
        output::data(&text)?;
        return Ok(Exit::Done);
    }
    let filter = WorkFilter {
        number: None,
        centre: args.centre.clone(),
        unit: args.unit.clone(),
        kind: WorkKind::ALL.into_iter().find(|kind| args.kind.as_deref() == Some(kind.as_str())),
        is_open: match args.state {
            State::Open => Some(true),
            State::Done => Some(false),
            State::All => None,
        },
    };
    let done = interruptible(async |_| {
        let (tasks, others) = with_catalogue(&effective.config, "motcua tasks", async |catalogue| {
            known(catalogue, &filter).await?;
            let tasks = read(catalogue, &filter).await?;
            let others = if tasks.is_empty() { count(catalogue).await? } else { 0 };
            Ok((tasks, others))
        })
        .await?;
        let mut text = Vec::new();
        match args.format {
            Format::Csv => {
                export::tasks(&tasks, &mut text).or_exit(Exit::File, "cannot write the table")?;
            }
            Format::Text => text.extend(to_text(&tasks).into_bytes()),
        }
        Ok((String::from_utf8_lossy(&text).into_owned(), others))
    })?;
    let Some((text, others)) = done else { return Ok(Exit::Interrupted) };
    output::data(&text)?;
    if others > 0 {
        output::words(format!("There are other tasks: {others}. To see them: motcua tasks --state all"));
    }
    Ok(Exit::Done)
}

/// An answer as it was given.
struct Given<'a> {
    number: &'a str,
    text: &'a str,
    accepted: Option<bool>,
    author: &'a AuthorArgs,
}

/// Writes an answer to an open task.
async fn answer(catalogue: &Catalogue, given: &Given<'_>) -> Result<String, Failure> {
    let Given { number, text, accepted, author } = given;
    if text.trim().is_empty() {
        let why = anyhow::anyhow!("the answer is empty; say what was decided: --answer TEXT");
        return Err(Failure::new(Exit::Problems, why));
    }
    let answer = WorkAnswer {
        accepted: *accepted,
        text: text.trim().to_owned(),
        answered_at: motcua_catalogue::clock::now().trunc_subsecs(0),
        answered_by: author.name("motcua tasks"),
    };
    let reason =
        Reason { public: author.reason().public.or(Some((*text).to_owned())), note: author.reason().note };
    let answered = catalogue.answer(&author.permit("motcua tasks"), &reason, number, answer).await;
    let Answered { withdrawn, run } = answered.map_err(|error| match error {
        AnswerError::Storage(error) => Failure::new(exit_of(&error), error),
        error => Failure::new(Exit::Problems, error),
    })?;
    let mut said = format!("Task {number} is done.\n");
    if let Some((kind, key)) = withdrawn {
        let _ = writeln!(said, "{} {key} is taken out; its history keeps it.", kind.as_str());
        if let Some(run) = run {
            let _ = writeln!(said, "To take this back: motcua undo {run}");
        }
    }
    Ok(said)
}

/// Refuses a centre or unit that never was: nothing to do there would be said of a slip.
async fn known(catalogue: &Catalogue, filter: &WorkFilter) -> Result<(), Failure> {
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

async fn read(catalogue: &Catalogue, filter: &WorkFilter) -> Result<Vec<Work>, Failure> {
    let mut tasks = Vec::new();
    let mut request = PageRequest { size: 100, after: None };
    loop {
        let page =
            catalogue.work(filter, &request).await.map_err(|error| Failure::new(exit_of(&error), error))?;
        tasks.extend(page.items);
        if page.next.is_none() {
            return Ok(tasks);
        }
        request.after = page.next;
    }
}

/// How many tasks there are in all, open and done.
async fn count(catalogue: &Catalogue) -> Result<u64, Failure> {
    let request = PageRequest { size: 1, after: None };
    let page = catalogue.work(&WorkFilter::default(), &request).await;
    Ok(page.map_err(|error| Failure::new(exit_of(&error), error))?.total)
}

fn to_text(tasks: &[Work]) -> String {
    let mut text = String::new();
    for task in tasks {
        let about = [
            task.procedure.as_ref().map(ToString::to_string),
            task.case.as_ref().map(|case| format!("#{case}")),
            task.centre.as_ref().map(ToString::to_string),
            task.unit.as_ref().map(ToString::to_string),
            task.about.as_ref().map(|about| format!("({} {})", about.kind.as_str(), about.key)),
        ];
        let about: Vec<String> = about.into_iter().flatten().collect();
        let _ = writeln!(text, "{}  {}  {}", task.number, task.kind.as_str(), about.join(" "));
        if let Some(message) = &task.message {
            let _ = writeln!(text, "    {message}");
        }
        if let Some(shown) = &task.shown {
            let found: Vec<String> =
                task.found.iter().map(|one| format!("{}: {}", one.centre, said(one))).collect();
            let _ = writeln!(text, "    shown: {}; before: {}", said(shown), found.join(", "));
        }
        if let Some(answer) = &task.answer {
            let verdict = match answer.accepted {
                Some(true) => "accepted: ",
                Some(false) => "rejected: ",
                None => "",
            };
            let _ = writeln!(text, "    {verdict}{} ({})", answer.text, answer.answered_by);
        }
    }
    let _ = writeln!(text, "{} tasks.", tasks.len());
    text
}

fn said(finding: &WorkFinding) -> String {
    match (finding.offered, finding.level) {
        (_, Some(level)) => level.to_string(),
        (Offered::Yes, None) => "offered without a level".to_owned(),
        (Offered::No, None) => "not offered".to_owned(),
        (Offered::Unknown, None) => "unknown".to_owned(),
    }
}
