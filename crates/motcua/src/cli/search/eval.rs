//! `motcua search eval`: how well judged queries are answered.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use motcua_http::Clock;
use motcua_search::Engine;
use motcua_search::evaluation::{Evaluation, Judged, KindFigures, Outcome, evaluate, read_judged};

use super::super::interruptible;
use super::Sources;
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::output;

/// Options of `motcua search eval`.
#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// Judged queries, one JSON object a line: q, kind, expect with code and rel
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    sources: Sources,
    /// Day on which the catalogue is searched; today where absent
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Also evaluates with these word lists, and lists every query that differs
    #[arg(long, value_name = "DIR")]
    compare: Option<PathBuf>,
    /// Lowest figures that pass, as JSON: kind to figure to number; any lower one ends with exit code 1
    #[arg(long, value_name = "FILE")]
    floors: Option<PathBuf>,
    /// How many misses to list; 0 lists none
    #[arg(long, value_name = "N", default_value_t = 40)]
    misses: usize,
    /// Prints everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(effective: &Effective, args: &EvalArgs) -> Result<Exit, Failure> {
    let set = read_set(&args.file)?;
    let as_of = args.as_of.unwrap_or_else(|| Clock::System.today());
    let floors = args.floors.as_deref().map(read_floors).transpose()?;
    let done = interruptible(async |_| {
        let evaluation = args.sources.with(effective, async |bench| ask(&bench.engine, &set, as_of)).await?;
        let mut text = String::new();
        if args.json {
            text = serde_json::to_string_pretty(&evaluation).or_exit(Exit::Storage, "cannot write JSON")?;
            text.push('\n');
        } else {
            table(&evaluation, &mut text);
            misses(&evaluation, args.misses, &mut text);
        }
        output::data(&text)?;
        if let Some(folder) = &args.compare {
            let other = Sources { lists: Some(folder.clone()), bundled: args.sources.bundled };
            let after = other.with(effective, async |bench| ask(&bench.engine, &set, as_of)).await?;
            let mut text = format!("\nWith the lists of {}:\n", folder.display());
            table(&after, &mut text);
            differences(&evaluation, &after, &mut text);
            output::data(&text)?;
        }
        let Some(floors) = &floors else { return Ok(Exit::Done) };
        let low = below(&evaluation, floors);
        for line in &low {
            output::words(line);
        }
        Ok(if low.is_empty() { Exit::Done } else { Exit::Problems })
    })?;
    Ok(done.unwrap_or(Exit::Interrupted))
}

fn ask(engine: &Engine, set: &[Judged], as_of: NaiveDate) -> Result<Evaluation, Failure> {
    evaluate(engine, set, as_of).or_exit(Exit::Storage, "cannot search")
}

fn read_set(file: &Path) -> Result<Vec<Judged>, Failure> {
    let text =
        std::fs::read_to_string(file).or_exit(Exit::File, format!("cannot read {}", file.display()))?;
    read_judged(&text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        Failure::say(Exit::Problems, format!("{} has faults:\n{}", file.display(), lines.join("\n")))
    })
}

/// Kind, figure, lowest number.
type Floors = std::collections::BTreeMap<String, std::collections::BTreeMap<String, f64>>;

fn read_floors(file: &Path) -> Result<Floors, Failure> {
    let text =
        std::fs::read_to_string(file).or_exit(Exit::File, format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).or_exit(Exit::Problems, format!("{} holds no floors", file.display()))
}

/// What is lower than it may be.
fn below(evaluation: &Evaluation, floors: &Floors) -> Vec<String> {
    let mut low = Vec::new();
    for (kind, figures) in floors {
        let Some(found) = evaluation.figures.iter().find(|figures| figures.kind == *kind) else {
            low.push(format!("there is no judged query of kind {kind}, for which there is a floor"));
            continue;
        };
        for (name, floor) in figures {
            let Some(value) = figure(found, name) else {
                low.push(format!("{kind}: there is no figure {name}"));
                continue;
            };
            // Zero results are better the fewer there are.
            let passes = if name == "zero" { value <= *floor } else { value >= *floor };
            if !passes {
                low.push(format!("{kind}: {name} is {value:.4}, its floor {floor:.4}"));
            }
        }
    }
    low
}

fn figure(figures: &KindFigures, name: &str) -> Option<f64> {
    let figures = &figures.figures;
    match name {
        "success_1" => Some(figures.success_1),
        "success_3" => Some(figures.success_3),
        "mrr_10" => Some(figures.mrr_10),
        "ndcg_10" => Some(figures.ndcg_10),
        "zero" => Some(figures.zero),
        "parity" => figures.parity,
        _ => None,
    }
}

fn table(evaluation: &Evaluation, out: &mut String) {
    out.push_str("kind               queries   s@1   s@3   MRR  nDCG   zero  parity\n");
    for KindFigures { kind, figures } in &evaluation.figures {
        let parity = figures.parity.map_or_else(|| "     –".to_owned(), |parity| format!("{parity:6.3}"));
        out.push_str(&format!(
            "{kind:<18} {:>7} {:5.3} {:5.3} {:5.3} {:5.3}  {:5.3}  {parity}\n",
            figures.queries,
            figures.success_1,
            figures.success_3,
            figures.mrr_10,
            figures.ndcg_10,
            figures.zero
        ));
    }
    let missing: usize = evaluation.outcomes.iter().map(|outcome| outcome.missing).sum();
    if missing > 0 {
        out.push_str(&format!("{missing} of the procedures judged are not in the catalogue on this day.\n"));
    }
}

/// The worst first.
fn misses(evaluation: &Evaluation, most: usize, out: &mut String) {
    let mut missed: Vec<&Outcome> =
        evaluation.outcomes.iter().filter(|outcome| outcome.rank.is_none_or(|rank| rank > 1)).collect();
    missed.sort_by_key(|outcome| std::cmp::Reverse(outcome.rank.unwrap_or(usize::MAX)));
    if !missed.is_empty() && most > 0 {
        out.push_str(&format!("\n{} queries whose first hit is not meant, the worst first:\n", missed.len()));
    }
    for outcome in missed.into_iter().take(most) {
        let place = outcome.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
        let expected: Vec<&str> =
            outcome.judged.expect.iter().take(3).map(|expected| expected.code.trim()).collect();
        let found: Vec<&str> = outcome.found.iter().take(3).map(String::as_str).collect();
        out.push_str(&format!(
            "{place:>3}  {:<14} {}  (meant {}; found {})\n",
            outcome.judged.kind,
            outcome.judged.q,
            expected.join(", "),
            found.join(", ")
        ));
    }
}

fn differences(before: &Evaluation, after: &Evaluation, out: &mut String) {
    let pairs = before.outcomes.iter().zip(&after.outcomes);
    let differing: Vec<_> = pairs.filter(|(a, b)| a.found != b.found).collect();
    out.push_str(&format!("{} queries are answered differently:\n", differing.len()));
    let shown = |rank: Option<usize>| rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    for (a, b) in differing {
        out.push_str(&format!(
            "{:>3} → {:<3} {:<14} {}\n",
            shown(a.rank),
            shown(b.rank),
            a.judged.kind,
            a.judged.q
        ));
    }
}
