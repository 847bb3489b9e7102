//! Every query once, before the rounds: how long a first answer takes, and whether the answers are worth timing.

use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

use crate::client::{Address, Connection};
use crate::load::percentile;
use crate::mix::{Kind, Query};

/// What the first answers were like.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Findings {
    /// Queries that were asked.
    pub(crate) queries: usize,
    /// Answers without a single procedure.
    pub(crate) empty: usize,
    /// Answers other than 200.
    pub(crate) not_ok: usize,
    /// Latency of the first answer to each query on one connection, when nothing of it has been worked out before.
    pub(crate) first_p50_ms: f64,
    pub(crate) first_p99_ms: f64,
    /// Share with the procedure that the query was made from among the first ten.
    pub(crate) hit_at_10: f64,
    /// Mean of 1 ÷ its place.
    pub(crate) mean_reciprocal_rank: f64,
    /// The same share by the way a query is typed.
    pub(crate) hit_at_10_by_kind: Vec<(Kind, f64)>,
}

/// Asks every query once over one connection; on request, names those whose own procedure is not among the first ten.
pub(crate) async fn ask_all(address: &Address, queries: &[Query], list_misses: bool) -> Result<Findings> {
    let mut connection = Connection::open(address).await?;
    let mut places = Vec::with_capacity(queries.len());
    let mut latencies = Vec::with_capacity(queries.len());
    let (mut empty, mut not_ok) = (0, 0);
    for query in queries {
        let request = address.request(&query.target);
        let sent = Instant::now();
        let answer = connection.exchange(&request).await?;
        latencies.push(u64::try_from(sent.elapsed().as_nanos())?);
        if answer.status != 200 {
            if not_ok == 0 {
                eprintln!("{}: {} {}", query.target, answer.status, String::from_utf8_lossy(answer.body));
            }
            not_ok += 1;
            places.push((query.kind, None));
            continue;
        }
        let answer: Value = serde_json::from_slice(answer.body)
            .with_context(|| format!("{}: the answer is no JSON", query.target))?;
        let items = answer.get("items").and_then(Value::as_array).context("an answer has no items")?;
        empty += usize::from(items.is_empty());
        let found = |item: &Value| item.get("code").and_then(Value::as_str) == Some(query.code.as_str());
        let place = items.iter().position(found);
        if place.is_none() && list_misses {
            let total = answer.pointer("/page/total").and_then(Value::as_u64).unwrap_or_default();
            eprintln!(
                "missed: {}: {} ({}), {total} found, {}",
                query.kind.label(),
                query.text,
                query.code,
                query.target
            );
        }
        places.push((query.kind, place));
    }
    let reciprocal: f64 =
        places.iter().filter_map(|(_, place)| *place).map(|place| 1.0 / (place + 1) as f64).sum();
    latencies.sort_unstable();
    Ok(Findings {
        queries: queries.len(),
        empty,
        not_ok,
        first_p50_ms: percentile(&latencies, 50),
        first_p99_ms: percentile(&latencies, 99),
        hit_at_10: hits(places.iter().map(|(_, place)| *place)),
        mean_reciprocal_rank: reciprocal / places.len().max(1) as f64,
        hit_at_10_by_kind: Kind::SHARES
            .map(|(kind, _)| {
                (kind, hits(places.iter().filter(|(of, _)| *of == kind).map(|(_, place)| *place)))
            })
            .to_vec(),
    })
}

fn hits(places: impl Iterator<Item = Option<usize>>) -> f64 {
    let (mut all, mut found) = (0_u32, 0_u32);
    for place in places {
        all += 1;
        found += u32::from(place.is_some());
    }
    f64::from(found) / f64::from(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::hits;

    #[test]
    fn hits_are_a_share() {
        assert!((hits([Some(0), None, Some(9), None].into_iter()) - 0.5).abs() < f64::EPSILON);
        assert!(hits(std::iter::empty()).abs() < f64::EPSILON);
    }
}
