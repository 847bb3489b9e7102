//! `motcua search try`: one query, with how it was read and what each score is made of.

use std::fmt::Write as _;

use chrono::NaiveDate;
use clap::Args;
use motcua_http::Clock;
use motcua_search::{SearchAnswer, SearchRequest};

use super::super::interruptible;
use super::{Sources, Workbench};
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::output;

/// Options of `motcua search try`.
#[derive(Debug, Args)]
pub(super) struct TryArgs {
    /// What a citizen would type
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
    #[command(flatten)]
    sources: Sources,
    /// Day on which the catalogue is searched; today where absent
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Takes the text as it stands
    #[arg(long)]
    verbatim: bool,
}

pub(super) fn run(effective: &Effective, args: &TryArgs) -> Result<Exit, Failure> {
    let as_of = args.as_of.unwrap_or_else(|| Clock::System.today());
    let done = interruptible(async |_| {
        let asked = async |bench: &Workbench| {
            for text in &args.text {
                let request = SearchRequest {
                    explain: true,
                    verbatim: args.verbatim,
                    ..SearchRequest::new(text.as_str(), as_of)
                };
                let answer = bench.engine.search(&request).or_exit(Exit::Storage, "cannot search")?;
                output::data(&describe(text, &answer))?;
            }
            Ok(())
        };
        args.sources.with(effective, asked).await
    })?;
    Ok(if done.is_some() { Exit::Done } else { Exit::Interrupted })
}

/// Everything about an answer, for reading. Writing to a string cannot fail.
fn describe(text: &str, answer: &SearchAnswer) -> String {
    let mut out = format!("“{text}”: {} procedures, {:?}\n", answer.total, answer.matching);
    for correction in &answer.read_as.corrections {
        let _ = writeln!(out, "  {}: {} → {}", correction.kind.as_str(), correction.typed, correction.read);
    }
    for place in &answer.read_as.places {
        let units: Vec<String> =
            place.units.iter().map(|unit| format!("{} ({})", unit.full_name, unit.code)).collect();
        let _ = writeln!(out, "  place: {} → {}", place.typed, units.join(", "));
    }
    if let Some(explanation) = &answer.explanation {
        if !explanation.actions.is_empty() {
            let _ = writeln!(out, "  actions: {}", explanation.actions.join(", "));
        }
        for (number, variant) in explanation.variants.iter().enumerate() {
            let words: Vec<String> =
                variant.words.iter().map(|(word, weight)| format!("{word} {weight:.1}")).collect();
            let _ = writeln!(out, "  variant {number} × {:.3}: {}", variant.weight, words.join(", "));
            for step in &variant.steps {
                let rule = step.rule.as_deref().unwrap_or("–");
                let _ = writeln!(out, "      {}: {} → {} ({rule})", step.why, step.from, step.to);
            }
        }
    }
    for (place, hit) in (1..).zip(&answer.hits) {
        let _ = writeln!(out, "{place:>3}. {} {}", hit.code, hit.name);
        let Some(explanation) = &hit.explanation else { continue };
        let factors: Vec<String> =
            explanation.factors.iter().map(|factor| format!("{} {:.3}", factor.name, factor.value)).collect();
        let _ = write!(out, "     {} {:.4}", explanation.stage, explanation.score);
        if let Some(likeness) = &explanation.likeness {
            let _ = write!(
                out,
                " = {:.4} ({} “{}” against variant {}: coverage {:.2}, order {:.2}, fill {:.2})",
                likeness.score,
                likeness.name_kind,
                likeness.name,
                likeness.variant,
                likeness.coverage,
                likeness.order,
                likeness.fill
            );
        }
        let _ = writeln!(out, " × {}", factors.join(", "));
    }
    out
}
