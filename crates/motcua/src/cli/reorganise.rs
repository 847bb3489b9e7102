//! `motcua reorganise`: units end, begin, merge and split on a day, all of it or nothing; also rehearsed and undone.

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use motcua_catalogue::Catalogue;
use motcua_catalogue::reorganise::{
    self, Effect, ReorganiseError, ReorganiseProgress, ReorganiseReport, ReorganiseRequest, Touch, TouchList,
    UndoReport,
};

use super::author::AuthorArgs;
use super::correct::day;
use super::interruptible;
use super::open::{exit_of, with_catalogue};
use super::progress::{Mark, Meter};
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua reorganise`.
#[derive(Debug, Args)]
pub(super) struct ReorganiseArgs {
    /// CSV of what becomes of each unit: one row a succession
    #[arg(value_name = "FILE", required_unless_present = "undo", conflicts_with = "undo")]
    file: Option<PathBuf>,
    /// First day of the new order, such as 2025-07-01 or 01/07/2025
    #[arg(long, value_name = "DATE", required_unless_present = "undo", conflicts_with = "undo", value_parser = day)]
    effective: Option<NaiveDate>,
    /// The resolution, for rows that name none
    #[arg(long, value_name = "TEXT", conflicts_with = "undo")]
    resolution: Option<String>,
    /// Say what would be touched and change nothing
    #[arg(long, conflicts_with = "undo")]
    rehearse: bool,
    /// Write everything that is touched to this file, one row each
    #[arg(long, value_name = "FILE", conflicts_with = "undo")]
    list: Option<PathBuf>,
    /// Take back an earlier run, by its name
    #[arg(long, value_name = "RUN")]
    undo: Option<String>,
    #[command(flatten)]
    author: AuthorArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(effective: &Effective, args: &ReorganiseArgs) -> Result<Exit, Failure> {
    let folder = DataFolder::of(&effective.config);
    folder.create()?;
    if let Some(run) = &args.undo {
        return undo(effective, run, args);
    }
    let (Some(path), Some(day)) = (&args.file, args.effective) else {
        return Err(Failure::say(Exit::Usage, "a file and --effective are needed"));
    };
    let request = ReorganiseRequest {
        path: path.clone(),
        effective: day,
        resolution: args.resolution.clone().filter(|text| !text.trim().is_empty()),
        permit: args.author.permit("reorganise"),
        scratch: Some(folder.path().to_owned()),
    };
    let done = interruptible(async |stop| {
        let mut meter = Meter::new();
        let mut progress = |progress: ReorganiseProgress| {
            show(&mut meter, progress);
            !stop.is_cancelled()
        };
        with_catalogue(&effective.config, "motcua reorganise", async |catalogue| {
            Box::pin(reorganise(catalogue, args, &request, &mut progress)).await
        })
        .await
    })?;
    match done {
        None => {
            output::words(ReorganiseError::Interrupted);
            Ok(Exit::Interrupted)
        }
        Some(Err(faults)) => {
            output::data(&faults)?;
            Ok(Exit::Problems)
        }
        Some(Ok(report)) => {
            output::data(&if args.json { to_json(&report) } else { to_text(&report, args) })?;
            Ok(Exit::Done)
        }
    }
}

/// The report, or what is wrong with the file.
async fn reorganise(
    catalogue: &Catalogue,
    args: &ReorganiseArgs,
    request: &ReorganiseRequest,
    progress: &mut (dyn FnMut(ReorganiseProgress) -> bool + Send),
) -> Result<Result<ReorganiseReport, String>, Failure> {
    let unwritable = |path: &PathBuf| format!("cannot write {}", path.display());
    let mut list = match &args.list {
        Some(path) => Some(TouchList::create(path).or_exit(Exit::File, unwritable(path))?),
        None => None,
    };
    let outcome = if args.rehearse {
        reorganise::rehearse(catalogue, request, list.as_mut(), progress).await
    } else {
        reorganise::run(catalogue, request, list.as_mut(), progress).await
    };
    if let (Some(list), Some(path)) = (list, &args.list) {
        list.finish().or_exit(Exit::File, unwritable(path))?;
    }
    match outcome {
        Ok(report) => Ok(Ok(report)),
        Err(ReorganiseError::Faulty(faults)) => {
            let mut text = String::new();
            for fault in &faults {
                let place = if fault.column.is_empty() {
                    String::new()
                } else {
                    format!(", {} = {:?}", fault.column, fault.value)
                };
                // Reasons are in Vietnamese: no line is in two languages.
                let _ = writeln!(text, "line {}{place}:\n  {}. {}", fault.line, fault.reason, fault.remedy);
            }
            let _ =
                writeln!(text, "Nothing was written: {} faults. Mend them and run it again.", faults.len());
            Ok(Err(text))
        }
        Err(error) => Err(failure(error)),
    }
}

fn undo(effective: &Effective, run: &str, args: &ReorganiseArgs) -> Result<Exit, Failure> {
    let done = interruptible(async |stop| {
        let mut meter = Meter::new();
        let mut progress = |progress: ReorganiseProgress| {
            show(&mut meter, progress);
            !stop.is_cancelled()
        };
        let permit = args.author.permit("reorganise");
        with_catalogue(&effective.config, "motcua reorganise", async |catalogue| {
            Box::pin(reorganise::undo(catalogue, run, &permit, &mut progress)).await.map_err(failure)
        })
        .await
    })?;
    let Some(report) = done else {
        output::words(ReorganiseError::Interrupted);
        return Ok(Exit::Interrupted);
    };
    let UndoReport { run, withdrawn, restored, place } = &report;
    let sequence = place.sequence;
    let text = format!(
        "Run {run} undone: {withdrawn} records withdrawn, {restored} as before; up to change {sequence}.\n"
    );
    // Numbers and texts always serialise.
    let json = || serde_json::to_string_pretty(&report).unwrap_or_default() + "\n";
    output::data(&if args.json { json() } else { text })?;
    Ok(Exit::Done)
}

fn show(meter: &mut Meter, progress: ReorganiseProgress) {
    let ReorganiseProgress { stage, done, whole } = progress;
    meter.show(stage, Mark { rows: done, done, whole });
}

fn failure(error: ReorganiseError) -> Failure {
    let exit = match &error {
        ReorganiseError::Unusable { path, reason, remedy } => {
            let words = format!("{} cannot be used\n  {reason}. {remedy}", path.display());
            return Failure::say(Exit::File, words);
        }
        ReorganiseError::ChangedSince { run, .. } => {
            let words = format!(
                "{error}\n  to take back what nobody wrote to since and leave the rest as it is: motcua undo {run}"
            );
            return Failure::say(Exit::Problems, words);
        }
        ReorganiseError::File { .. } => Exit::File,
        ReorganiseError::Storage(error) => exit_of(error),
        ReorganiseError::Interrupted => Exit::Interrupted,
        ReorganiseError::NoSuchRun { .. } => Exit::Usage,
        ReorganiseError::Contended => Exit::InUse,
        _ => Exit::Problems,
    };
    Failure::new(exit, error)
}

fn to_json(report: &ReorganiseReport) -> String {
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(report).unwrap_or_default() + "\n"
}

/// What an effect is called in the report.
fn label(effect: Effect) -> &'static str {
    match effect {
        Effect::UnitEnds => "units end",
        Effect::UnitSplits => "  of them split",
        Effect::UnitBegins => "units begin",
        Effect::UnitContinues => "units go on, changed",
        Effect::UnitStays => "units go on as they are",
        Effect::CentreCloses => "centres close",
        Effect::CentreOpens => "centres open",
        Effect::ListingEnds => "listings end",
        Effect::ListingWithoutSuccessor => "listings end without a successor of their tier",
        Effect::ListingCarried => "listings carried: the same everywhere",
        Effect::ListingWeakened => "listings weakened: the weakest is shown",
        Effect::ListingUnknown => "listings unknown until answered",
        Effect::DetailDropped => "details dropped, as they differ",
        Effect::TaskOpened => "tasks opened",
        Effect::PageRedirects => "pages that will redirect",
        Effect::PageOffersChoice => "pages that will offer a choice",
        Effect::PageGone => "pages that lead nowhere",
    }
}

fn to_text(report: &ReorganiseReport, args: &ReorganiseArgs) -> String {
    let mut text = format!("Order of {}:\n", report.effective);
    for effect in Effect::ALL {
        let Some(count) = report.counts.get(&effect) else { continue };
        let _ = writeln!(text, "  {count:>9}  {}", label(effect));
        for (_, touches) in report.examples.iter().filter(|(of, _)| *of == effect) {
            for Touch { key, detail } in touches {
                let _ = writeln!(text, "             {key}: {detail}");
            }
        }
    }
    for notice in &report.notices {
        let _ = writeln!(text, "Note:\n  {notice}");
    }
    if let Some(path) = &args.list {
        let _ = writeln!(text, "The full list is in {}.", path.display());
    }
    if report.written {
        let _ = writeln!(text, "Written, up to change {}.", report.place.sequence);
        let _ = writeln!(text, "To take it back: motcua reorganise --undo {}", report.run);
        let _ = writeln!(text, "What is left to decide: motcua tasks");
    } else {
        let _ = writeln!(text, "A rehearsal: nothing was changed.");
    }
    text
}
