//! Comparing the rows of files with the catalogue.

use std::collections::HashMap;
use std::path::PathBuf;

use super::codes::Codes;
use super::edition::{Editions, Gone};
use super::lists::Lists;
use super::meaning::{Line, Loosening, RowMeaning};
use super::refusal::Origin;
use super::report::FileReport;
use super::rows::{Reading, Row, Rows};
use super::seen::{Noted, Seen};
use super::{ImportError, ImportOptions, OnProgress, Progress};
use crate::catalogue::Catalogue;
use crate::change_set::{Compared as Effect, Comparison, Prepared};
use crate::command::{Command, Expected};
use crate::log_key::LogKey;
use crate::period::Period;
use crate::refusal::Refusal;
use crate::store::correct::{period_of, set_period};

/// So many rows of a run may say how it is from their first day on: all of them are kept in memory.
const FROM_DAY: u64 = 500_000;

/// Rows are carried out in groups of this many.
const GROUP: usize = 1000;

/// What files come to.
pub(super) struct Compared {
    /// What is to be written.
    pub(super) prepared: Prepared,
    /// What is known of the run beyond its rows.
    pub(super) state: State,
    /// What became of the rows of each file.
    pub(super) reports: Vec<FileReport>,
    /// What newer editions of lists no longer have.
    pub(super) gone: Vec<Gone>,
}

/// Rows that are refused because of what other records need, with the reason.
type Refused = HashMap<Line, Refusal>;

/// Reads and compares files; nothing is written. Which rows shorten or take out what others need is known only at the end,
/// and what those rows led to is then wrong, so the files are compared again without them.
pub(super) async fn compare(
    catalogue: &Catalogue,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: OnProgress<'_>,
) -> Result<Compared, ImportError> {
    let mut refused = Refused::new();
    loop {
        match Box::pin(compare_without(catalogue, paths, options, &refused, progress)).await? {
            Attempt::Compared(compared) => return Ok(*compared),
            Attempt::Needed(mut needed) => {
                let before = refused.len();
                refused
                    .extend(needed.iter().filter_map(|(_, line, refusal)| Some(((*line)?, refusal.clone()))));
                // Each round refuses at least one row more.
                if refused.len() == before
                    && let Some((key, _, refusal)) = needed.pop()
                {
                    return Err(ImportError::Needed {
                        key: format!("{} {key}", key.kind().as_str()),
                        refusal,
                    });
                }
            }
        }
    }
}

enum Attempt {
    Compared(Box<Compared>),
    Needed(Vec<(LogKey, Option<Line>, Refusal)>),
}

async fn compare_without(
    catalogue: &Catalogue,
    paths: &[PathBuf],
    options: &ImportOptions,
    refused: &Refused,
    progress: OnProgress<'_>,
) -> Result<Attempt, ImportError> {
    let today = crate::clock::day_in_vietnam(crate::clock::now());
    let mut files = Vec::with_capacity(paths.len());
    let reading =
        Reading { kind: options.kind, is_edition: options.is_edition, meaning: options.meaning, today };
    for path in paths {
        files.push(Rows::open(path, reading)?);
    }
    files.sort_by_key(Rows::kind);
    if options.meaning == RowMeaning::Mistake {
        // What refers to others goes before them.
        files.reverse();
    }
    let mut comparison = catalogue.compare(&options.permit, &options.reason, options.scratch.clone()).await?;
    if options.meaning == RowMeaning::FromDay {
        // A row may begin where an earlier one of the run holds.
        comparison.keep_all();
    }
    let mut state = State {
        lists: Lists::load(&comparison).await?,
        codes: Codes::load(&comparison).await?,
        seen: Seen::default(),
        meaning: options.meaning,
        rows: 0,
        loosening: Loosening::default(),
        editions: options.is_edition.then(Editions::default),
    };
    let mut reports = Vec::with_capacity(files.len());
    for (number, file) in files.into_iter().enumerate() {
        reports.push(compare_file(&mut comparison, &mut state, (number, file, refused), progress).await?);
    }
    let needed = comparison.needed().await?;
    if !needed.is_empty() {
        return Ok(Attempt::Needed(state.loosening.lines(needed)));
    }
    let gone = match state.editions.take() {
        Some(editions) => editions.ask(&mut comparison, &state.seen, today).await?,
        None => Vec::new(),
    };
    // Questions become items of the run like everything else.
    let prepared = comparison.finish().await?;
    Ok(Attempt::Compared(Box::new(Compared { prepared, state, reports, gone })))
}

/// What is known in a run beyond one row.
pub(super) struct State {
    pub(super) lists: Lists,
    pub(super) codes: Codes,
    pub(super) seen: Seen,
    meaning: RowMeaning,
    rows: u64,
    loosening: Loosening,
    editions: Option<Editions>,
}

async fn compare_file(
    comparison: &mut Comparison,
    state: &mut State,
    (number, mut file, refused): (usize, Rows, &Refused),
    progress: OnProgress<'_>,
) -> Result<FileReport, ImportError> {
    let mut report = FileReport::new(file.path().to_owned(), file.kind());
    state.seen.begin_file(file.path());
    if let Some(editions) = &mut state.editions {
        editions.begin_file(file.kind(), file.path());
    }
    loop {
        let group = file.next_group(GROUP, &mut state.lists)?;
        let ended = group.is_empty();
        report.rows += group.len() as u64;
        state.rows += group.len() as u64;
        if state.meaning == RowMeaning::FromDay && state.rows > FROM_DAY {
            return Err(ImportError::Unusable {
                path: file.path().to_owned(),
                reason: format!("quá {FROM_DAY} dòng, nhiều hơn một lần nhập --as from-day nhận được"),
                remedy: "Chia thành nhiều tệp rồi nhập lần lượt".to_owned(),
            });
        }
        let going_on = progress(Progress {
            path: file.path(),
            kind: file.kind(),
            bytes: file.bytes_read(),
            total_bytes: file.total_bytes(),
            rows: report.rows,
            written: None,
        });
        if !going_on {
            return Err(ImportError::Interrupted);
        }
        // Names of fields and agencies come with the procedures; they are written before the rows that use them.
        let new_entries: Vec<(Command, Expected)> =
            state.lists.take_new().into_iter().map(|command| (command, Expected::Any)).collect();
        comparison.put(new_entries).await?;
        compare_group(comparison, state, group, (number, &mut report, refused)).await?;
        if ended {
            // Those that a cell gives away come before those that the catalogue refuses.
            report.refusals.sort_by_key(|refusal| refusal.line);
            if let Some(editions) = &mut state.editions {
                editions.end_file(file.kind(), report.refused);
            }
            report.notices = file.notices();
            report.notices.extend(state.codes.take_notice());
            return Ok(report);
        }
    }
}

/// A row that is to be compared.
struct Waiting {
    origin: Origin,
    command: Command,
}

async fn compare_group(
    comparison: &mut Comparison,
    state: &mut State,
    group: Vec<Row>,
    (number, report, refused): (usize, &mut FileReport, &Refused),
) -> Result<(), ImportError> {
    let mut waiting = Vec::with_capacity(group.len());
    let mut repeated = Vec::new();
    for row in group {
        match row.parsed {
            Ok(mut command) => {
                state.codes.settle(&mut command);
                let origin = Origin::new(row.line, row.raw, &command);
                if let Some(refusal) = refused.get(&(number, row.line)) {
                    report.refuse(vec![origin.refused(refusal)]);
                    continue;
                }
                if let Command::Withdraw { key } = &command
                    && state.seen.holds(key)
                {
                    report.same += 1;
                    continue;
                }
                match state.seen.note(row.line, &command) {
                    Ok(Noted::First) => waiting.push(Waiting { origin, command }),
                    Ok(Noted::Again(first)) => repeated.push((origin, first)),
                    Err(earlier) => report.refuse(vec![origin.contradicts(&earlier)]),
                }
            }
            Err(refusals) => report.refuse(refusals),
        }
    }
    compare_first(comparison, state, waiting, (number, report)).await?;
    for (origin, first) in repeated {
        if state.seen.was_refused(first) {
            report.refuse(vec![origin.repeats(&state.seen.earlier(first))]);
        } else {
            report.same += 1;
        }
    }
    Ok(())
}

/// Compares rows that the run has not seen before.
async fn compare_first(
    comparison: &mut Comparison,
    state: &mut State,
    waiting: Vec<Waiting>,
    (number, report): (usize, &mut FileReport),
) -> Result<(), ImportError> {
    match state.meaning {
        RowMeaning::Whole => compare_whole(comparison, state, waiting, (number, report)).await,
        RowMeaning::FromDay => compare_from_day(comparison, state, waiting, (number, report)).await,
        RowMeaning::Mistake => {
            let (origins, commands): (Vec<Origin>, Vec<_>) =
                waiting.into_iter().map(|row| (row.origin, (row.command, Expected::Any))).unzip();
            let keys: Vec<Option<LogKey>> = commands.iter().map(|(command, _)| withdrawn(command)).collect();
            let outcomes = comparison.put(commands).await?;
            for ((origin, key), outcome) in origins.into_iter().zip(keys).zip(outcomes) {
                state.loosens(key, (number, origin.line()), &outcome);
                count(state, report, &origin, outcome);
            }
            Ok(())
        }
    }
}

fn withdrawn(command: &Command) -> Option<LogKey> {
    match command {
        Command::Withdraw { key } => Some(key.clone()),
        _ => None,
    }
}

impl State {
    /// Notes a row that may have shortened a record, or took one out, that others refer to.
    fn loosens(&mut self, key: Option<LogKey>, line: Line, outcome: &Result<Effect, Refusal>) {
        let is_referred =
            |key: &LogKey| matches!(key, LogKey::Unit { .. } | LogKey::Procedure { .. } | LogKey::Centre(_));
        if let (Some(key), Ok(Effect::Changed | Effect::Created | Effect::Withdrawn)) = (key, outcome)
            && is_referred(&key)
        {
            self.loosening.add(key, line);
        }
    }
}

/// Compares rows that say how it is from their first day on. One after the other: a row may begin where an earlier one of
/// the run holds.
async fn compare_from_day(
    comparison: &mut Comparison,
    state: &mut State,
    waiting: Vec<Waiting>,
    (number, report): (usize, &mut FileReport),
) -> Result<(), ImportError> {
    for Waiting { origin, mut command } in waiting {
        let replaced = comparison.replaced_from(&command).await?;
        let own = period_of(&command);
        let is_same_day =
            replaced.as_ref().and_then(period_of).map(Period::valid_from) == own.map(Period::valid_from);
        let emptied = match origin.merge(&mut command, replaced.as_ref()) {
            Ok(emptied) => emptied,
            Err(refusal) => {
                state.seen.note_refused(origin.line());
                report.refuse(vec![refusal]);
                continue;
            }
        };
        // Whoever checked the earlier period has not checked this one.
        if let Command::Availability(listing) = &mut command
            && !is_same_day
        {
            let assurance = &mut listing.assurance;
            for (column, day) in
                [("assured_on", &mut assurance.assured_on), ("review_due", &mut assurance.review_due)]
            {
                day.take_if(|_| !origin.has(column));
            }
            assurance.assured_by.take_if(|_| !origin.has("assured_by"));
        }
        // How far it reaches follows from the periods beside it.
        if let Some(own) = own {
            set_period(&mut command, own);
        }
        if let Command::Unit(unit) = &mut command
            && replaced.is_some()
            && !is_same_day
            && !origin.has("continues")
        {
            unit.continues = true;
        }
        let written = match &command {
            Command::Procedure(procedure) => Some(procedure.code.clone()),
            _ => None,
        };
        // The period before it is the one that ends.
        let keys = [replaced.as_ref().and_then(Command::key), command.key()];
        let command = Command::StateFrom(Box::new(command));
        let Some(outcome) = comparison.put(vec![(command, Expected::Any)]).await?.pop() else { continue };
        if outcome.is_ok() {
            state.codes.extend(written);
            // Only what a period of the same day said is emptied; an earlier period keeps it.
            if is_same_day {
                report.empty(emptied);
            } else if replaced.is_some() && matches!(outcome, Ok(Effect::Created | Effect::Changed)) {
                report.ended += 1;
            }
        }
        for key in keys {
            state.loosens(key, (number, origin.line()), &outcome);
        }
        count(state, report, &origin, outcome);
    }
    Ok(())
}

/// Compares rows that state records, as far as the file has columns for them.
async fn compare_whole(
    comparison: &mut Comparison,
    state: &mut State,
    waiting: Vec<Waiting>,
    (number, report): (usize, &mut FileReport),
) -> Result<(), ImportError> {
    let commands: Vec<&Command> = waiting.iter().map(|row| &row.command).collect();
    let stored = comparison.stored_like(&commands).await?;
    let mut places = Vec::with_capacity(waiting.len());
    let mut commands = Vec::with_capacity(waiting.len());
    for (Waiting { origin, mut command }, stored) in waiting.into_iter().zip(stored) {
        if let Some(editions) = &mut state.editions {
            editions.note(report.kind, &command, stored.as_ref());
        }
        let emptied = match origin.merge(&mut command, stored.as_ref()) {
            Ok(emptied) => emptied,
            Err(refusal) => {
                state.seen.note_refused(origin.line());
                report.refuse(vec![refusal]);
                continue;
            }
        };
        let written = match &command {
            Command::Procedure(procedure) => Some(procedure.code.clone()),
            _ => None,
        };
        places.push((origin, written, emptied, [stored.as_ref().and_then(Command::key), command.key()]));
        commands.push((command, Expected::Any));
    }
    let outcomes = comparison.put(commands).await?;
    for ((origin, written, emptied, keys), outcome) in places.into_iter().zip(outcomes) {
        for key in keys {
            state.loosens(key, (number, origin.line()), &outcome);
        }
        if outcome.is_ok() {
            state.codes.extend(written);
            report.empty(emptied);
        }
        count(state, report, &origin, outcome);
    }
    Ok(())
}

/// Counts what became of a row.
fn count(state: &mut State, report: &mut FileReport, origin: &Origin, outcome: Result<Effect, Refusal>) {
    match outcome {
        Ok(Effect::Created) => report.created += 1,
        Ok(Effect::Changed) => report.changed += 1,
        Ok(Effect::Withdrawn) => report.withdrawn += 1,
        Ok(Effect::Same) => report.same += 1,
        Err(refusal) => {
            state.seen.note_refused(origin.line());
            report.refuse(vec![origin.refused(&refusal)]);
        }
    }
}
