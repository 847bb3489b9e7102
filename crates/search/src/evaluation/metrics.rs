//! The figures over judged queries.

use serde::Serialize;

use super::Outcome;
use super::judged::Judged;

/// How many hits are looked at.
const DEPTH: usize = 10;

/// Figures of some queries, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// How many queries.
    pub queries: usize,
    /// Share with a procedure that counts in the first place.
    pub success_1: f64,
    /// Share with one among the first three.
    pub success_3: f64,
    /// Mean reciprocal rank among ten.
    pub mrr_10: f64,
    /// Mean nDCG among ten.
    pub ndcg_10: f64,
    /// Share that finds nothing at all.
    pub zero: f64,
    /// Of the variants, the share with the same first hit as their originals; absent where there are none.
    pub parity: Option<f64>,
}

/// Figures of a kind of query, or of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindFigures {
    /// The kind, or `all`.
    pub kind: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Place of the first hit that counts: of grade 2 or more, or of the best grade judged where that is lower.
pub(super) fn rank(judged: &Judged, found: &[String]) -> Option<usize> {
    let best = judged.expect.iter().map(|expected| expected.rel).max().unwrap_or(0);
    let least = best.min(2);
    let counts = |code: &String| {
        judged.expect.iter().any(|expected| expected.rel >= least && same(&expected.code, code))
    };
    found.iter().take(DEPTH).position(counts).map(|place| place + 1)
}

/// Normalised discounted cumulative gain with 2^grade − 1.
pub(super) fn ndcg(judged: &Judged, found: &[String]) -> f64 {
    let gain = |rel: u8| f64::from((1_u32 << rel) - 1);
    let discount = |place: usize| (place as f64 + 2.0).log2();
    let mut gained = 0.0;
    for (place, code) in found.iter().take(DEPTH).enumerate() {
        let rel =
            judged.expect.iter().find(|expected| same(&expected.code, code)).map_or(0, |found| found.rel);
        gained += gain(rel) / discount(place);
    }
    let mut ideal: Vec<u8> = judged.expect.iter().map(|expected| expected.rel).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best: f64 =
        ideal.iter().take(DEPTH).enumerate().map(|(place, rel)| gain(*rel) / discount(place)).sum();
    if best > 0.0 { gained / best } else { 0.0 }
}

fn same(a: &str, b: &str) -> bool {
    a.trim() == b.trim()
}

/// Figures over all and by kind.
pub(super) fn figures(outcomes: &[Outcome]) -> Vec<KindFigures> {
    let mut kinds: Vec<&str> = Vec::new();
    for outcome in outcomes {
        if !kinds.contains(&outcome.judged.kind.as_str()) {
            kinds.push(&outcome.judged.kind);
        }
    }
    let all = KindFigures { kind: "all".to_owned(), figures: of(&outcomes.iter().collect::<Vec<_>>()) };
    let by_kind = kinds.into_iter().map(|kind| KindFigures {
        kind: kind.to_owned(),
        figures: of(&outcomes.iter().filter(|outcome| outcome.judged.kind == kind).collect::<Vec<_>>()),
    });
    std::iter::once(all).chain(by_kind).collect()
}

fn of(outcomes: &[&Outcome]) -> Figures {
    let queries = outcomes.len();
    let mean = |value: &dyn Fn(&Outcome) -> f64| {
        outcomes.iter().map(|outcome| value(outcome)).sum::<f64>() / queries.max(1) as f64
    };
    let within = |places: usize| {
        move |outcome: &Outcome| f64::from(u8::from(outcome.rank.is_some_and(|rank| rank <= places)))
    };
    let variants: Vec<bool> = outcomes.iter().filter_map(|outcome| outcome.parity).collect();
    let same = variants.iter().filter(|same| **same).count();
    Figures {
        queries,
        success_1: mean(&within(1)),
        success_3: mean(&within(3)),
        mrr_10: mean(&|outcome| outcome.rank.map_or(0.0, |rank| 1.0 / rank as f64)),
        ndcg_10: mean(&|outcome| outcome.ndcg),
        zero: mean(&|outcome| f64::from(u8::from(outcome.found.is_empty()))),
        parity: (!variants.is_empty()).then(|| same as f64 / variants.len() as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::super::judged::Judgement;
    use super::*;

    fn judged(expect: &[(&str, u8)]) -> Judged {
        let expect =
            expect.iter().map(|(code, rel)| Judgement { code: (*code).to_owned(), rel: *rel }).collect();
        Judged { q: "q".into(), kind: "exact".into(), expect, same_as: None, note: String::new() }
    }

    fn found(codes: &[&str]) -> Vec<String> {
        codes.iter().map(|code| (*code).to_owned()).collect()
    }

    #[test]
    fn the_first_procedure_of_grade_two_counts() {
        let query = judged(&[("a", 3), ("b", 2), ("c", 1)]);
        assert_eq!(rank(&query, &found(&["x", "c", "b", "a"])), Some(3));
        assert_eq!(rank(&query, &found(&["x", "c"])), None);
        assert_eq!(rank(&judged(&[("c", 1)]), &found(&["c"])), Some(1));
    }

    #[test]
    fn ndcg_is_one_for_the_best_order_and_less_for_others() {
        let query = judged(&[("a", 3), ("b", 2)]);
        assert!((ndcg(&query, &found(&["a", "b", "x"])) - 1.0).abs() < 1e-9);
        // (3 + 7 / log2 3) / (7 + 3 / log2 3)
        assert!((ndcg(&query, &found(&["b", "a"])) - 0.833_988_5).abs() < 1e-5);
        assert!(ndcg(&query, &[]).abs() < 1e-9);
    }
}
