//! The same searches without HTTP, on one thread, beside a plain Tantivy query for the same words on the same index.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use motcua_catalogue::{Catalogue, StorageOptions};
use motcua_search::{Engine, EngineOptions, Filters, SearchRequest};
use serde::Serialize;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::{Index, Searcher, TantivyDocument, Term};

use crate::figures;
use crate::load::percentile;
use crate::mix::Query;
use crate::words;

/// Latencies of one way of searching, over all rounds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Way {
    pub(crate) name: String,
    pub(crate) searches: usize,
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
    /// Its median latency as a multiple of the plain query's.
    pub(crate) times_plain: f64,
}

/// Searches every query in every way, round by round.
pub(crate) async fn measure(
    data: &Path,
    (day, as_of): (&str, Option<&str>),
    queries: &[Query],
    rounds: u32,
) -> Result<Vec<Way>> {
    let folder = tempfile::tempdir().context("cannot make a folder for an index")?;
    eprintln!("building an index of its own …");
    let catalogue = Catalogue::open(&StorageOptions::Sqlite(data.join("motcua.sqlite")))
        .await
        .with_context(|| format!("cannot open the catalogue in {}", data.display()))?;
    let engine = Engine::open(catalogue.clone(), folder.path(), EngineOptions::default()).await?;
    let other: Option<NaiveDate> = as_of.map(str::parse).transpose().context("--as-of is no date")?;
    let as_of: NaiveDate = day.parse().context("the server's day is no date")?;
    let plain = Plain::open(folder.path())?;
    let requests: Vec<SearchRequest> =
        queries.iter().map(|query| request(query, as_of)).collect::<Result<_>>()?;

    let mut latencies: [Vec<u64>; 4] = Default::default();
    for round in 1..=rounds {
        eprintln!("in process, round {round} …");
        for (query, request) in queries.iter().zip(&requests) {
            let [plain_ns, pipeline_ns, excerpts_ns, suggest_ns] = &mut latencies;
            plain_ns.push(timed(|| plain.search(&query.text))?);
            pipeline_ns.push(timed(|| Ok(engine.search(request)?.total))?);
            let with_excerpts = SearchRequest { snippets: true, ..request.clone() };
            excerpts_ns.push(timed(|| Ok(engine.search(&with_excerpts)?.total))?);
            let begun: String = query.text.chars().take(2 + query.text.chars().count() / 2).collect();
            suggest_ns.push(timed(|| Ok(engine.suggest(&begun, as_of, 8)?.len() as u64))?);
        }
    }
    let names = [
        "plain Tantivy: any word of name or body, ten stored texts",
        "full pipeline: filters, facets, highlighted names",
        "the same with excerpts",
        "suggest",
    ];
    let mut ways: Vec<Way> =
        names.into_iter().zip(&mut latencies).map(|(name, taken)| Way::of(name.to_owned(), taken)).collect();
    let days: Vec<NaiveDate> = std::iter::once(as_of).chain(other).collect();
    ways.extend(figures::measure(&catalogue, &engine, &days).await?);
    let base = ways.first().map_or(1.0, |way| way.p50_ms);
    for way in &mut ways {
        way.times_plain = way.p50_ms / base.max(f64::EPSILON);
    }
    Ok(ways)
}

fn timed(search: impl FnOnce() -> Result<u64>) -> Result<u64> {
    let started = Instant::now();
    std::hint::black_box(search()?);
    Ok(u64::try_from(started.elapsed().as_nanos())?)
}

fn request(query: &Query, as_of: NaiveDate) -> Result<SearchRequest> {
    let filters = Filters {
        centre: query.centre.as_deref().map(str::parse).transpose()?,
        level: query.level.as_deref().map(str::parse).transpose()?,
        ..Filters::default()
    };
    Ok(SearchRequest { filters, ..SearchRequest::new(query.text.as_str(), as_of) })
}

impl Way {
    pub(crate) fn of(name: String, taken: &mut [u64]) -> Self {
        taken.sort_unstable();
        let seconds = taken.iter().sum::<u64>() as f64 / 1e9;
        Self {
            name,
            searches: taken.len(),
            per_second: taken.len() as f64 / seconds.max(f64::EPSILON),
            p50_ms: percentile(taken, 50),
            p95_ms: percentile(taken, 95),
            p99_ms: percentile(taken, 99),
            times_plain: 1.0,
        }
    }
}

/// Tantivy's own search over the engine's index: what a first attempt would do.
struct Plain {
    searcher: Searcher,
    name: tantivy::schema::Field,
    body: tantivy::schema::Field,
    stored: tantivy::schema::Field,
}

impl Plain {
    fn open(folder: &Path) -> Result<Self> {
        let index = Index::open_in_dir(build_in(folder)?)?;
        let schema = index.schema();
        let (name, body) = (schema.get_field("name_folded")?, schema.get_field("body_folded")?);
        let stored = schema.get_field("body_text")?;
        Ok(Self { searcher: index.reader()?.searcher(), name, body, stored })
    }

    fn search(&self, text: &str) -> Result<u64> {
        let mut clauses: Vec<(Occur, Box<dyn tantivy::query::Query>)> = Vec::new();
        for word in words::words(text) {
            let word = words::fold(&word);
            for field in [self.name, self.body] {
                let term = Term::from_field_text(field, &word);
                clauses.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
            }
        }
        let query = BooleanQuery::new(clauses);
        let (top, count) =
            self.searcher.search(&query, &(TopDocs::with_limit(10).order_by_score(), Count))?;
        for (_, address) in top {
            let document: TantivyDocument = self.searcher.doc(address)?;
            std::hint::black_box(
                document.get_first(self.stored).and_then(|value| value.as_str()).map(str::len),
            );
        }
        Ok(count as u64)
    }
}

/// The one build of a fresh index.
fn build_in(folder: &Path) -> Result<PathBuf> {
    for layout in std::fs::read_dir(folder)? {
        let layout = layout?.path();
        for build in std::fs::read_dir(&layout)? {
            let build = build?.path();
            if build.join("meta.json").exists() {
                return Ok(build);
            }
        }
    }
    bail!("the engine made no index in {}", folder.display())
}
