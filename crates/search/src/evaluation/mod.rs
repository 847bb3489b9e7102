//! How well searches find what is meant: judged queries, and the figures that say so.
//!
//! A judged query names the procedures that must come first, each with a grade (3 exactly meant, 2 nearly as good, 1
//! related). Figures are success@1 and @3 (whether a procedure of grade 2 or more stands there; of the best grade that is
//! judged, where that is lower), the mean reciprocal rank of the first such procedure among ten, nDCG@10 with
//! the grades, and the share of searches that find nothing.

mod judged;
mod metrics;

use chrono::NaiveDate;
use serde::Serialize;

use crate::engine::Engine;
use crate::error::SearchError;
use crate::request::SearchRequest;

pub use judged::{Judged, JudgedError, Judgement, read_judged};
pub use metrics::{Figures, KindFigures};

/// What became of one judged query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The query.
    pub judged: Judged,
    /// Codes of the first ten hits.
    pub found: Vec<String>,
    /// Place of the first procedure that counts, from 1; absent where it is not among ten.
    pub rank: Option<usize>,
    /// nDCG@10.
    pub ndcg: f64,
    /// For a variant of another query: whether both have the same first hit.
    pub parity: Option<bool>,
    /// How many judged procedures the catalogue does not have on the day. They count as not found.
    pub missing: usize,
}

/// Outcomes and figures of a whole set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// By query, in the set's order.
    pub outcomes: Vec<Outcome>,
    /// Over all, and by kind in the order of first appearance.
    pub figures: Vec<KindFigures>,
}

/// Asks every query of a set.
pub fn evaluate(engine: &Engine, set: &[Judged], as_of: NaiveDate) -> Result<Evaluation, SearchError> {
    let mut outcomes = Vec::with_capacity(set.len());
    for judged in set {
        let found = first_ten(engine, &judged.q, as_of)?;
        let parity = match &judged.same_as {
            Some(original) => Some(first_ten(engine, original, as_of)?.first() == found.first()),
            None => None,
        };
        let missing = judged.expect.iter().filter(|expected| !engine.has_code(&expected.code, as_of)).count();
        outcomes.push(Outcome {
            rank: metrics::rank(judged, &found),
            ndcg: metrics::ndcg(judged, &found),
            judged: judged.clone(),
            found,
            parity,
            missing,
        });
    }
    let figures = metrics::figures(&outcomes);
    Ok(Evaluation { outcomes, figures })
}

fn first_ten(engine: &Engine, text: &str, as_of: NaiveDate) -> Result<Vec<String>, SearchError> {
    let answer = engine.search(&SearchRequest::new(text, as_of))?;
    Ok(answer.hits.into_iter().map(|hit| hit.code.into()).collect())
}
