//! Measures search over HTTP next to the same server's cheapest route and a fixed file: requests per second and latencies
//! on one connection and on many, what the server spends on them, and whether it finds what was looked for. With
//! `--in-process` it also searches without HTTP, beside a plain Tantivy query for the same words.
//!
//! It knows the server by its public API alone. `in_process.rs` is the exception: it opens the catalogue itself. `main.rs` takes the measurements in turn; `mix.rs` says what is asked,
//! `load.rs` how, `report.rs` what is said about it. docs/measurements.md holds figures and how they came about.

mod catalogue;
mod check;
mod client;
mod figures;
mod filing;
mod in_process;
mod load;
mod mix;
mod random;
mod report;
mod server;
mod words;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{ArgGroup, Parser};
use motcua_bench::process;

use crate::client::Address;
use crate::load::Load;
use crate::mix::Query;
use crate::report::{Day, Report, Round, Row};
use crate::server::Server;

/// Answers without looking anything up: what the server needs for HTTP alone.
const CHEAPEST: &str = "/livez";

/// The style sheet, by the name that the tables give it.
const FIXED: &str = "fixed file";

/// Measures search over HTTP next to the server's cheapest route.
///
/// Exit codes: 0 measured, 1 some answer was not 200, 2 it could not be measured.
#[derive(Debug, Parser)]
#[command(name = "search-bench", version, group(ArgGroup::new("what").required(true).args(["server", "binary"])))]
struct Options {
    /// Address of a running server, such as http://127.0.0.1:8080.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Process of that server, to see its memory and processor time.
    #[arg(long, requires = "server")]
    pid: Option<u32>,
    /// Starts this binary on a free port instead, without its request log unless MOTCUA_LOG is set.
    #[arg(long, value_name = "FILE", requires = "data")]
    binary: Option<PathBuf>,
    /// Data folder for --binary.
    #[arg(long, value_name = "DIR", requires = "binary")]
    data: Option<PathBuf>,
    /// Also searches on this day, with queries made from that day's catalogue, and compares.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Seconds for each route and number of connections in each round.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Rounds; each measures everything once.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Numbers of connections, separated by commas.
    #[arg(long, value_delimiter = ',', default_value = "1,32", value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: Vec<u16>,
    /// Also searches without HTTP, on one thread, beside a plain Tantivy query for the same words.
    #[arg(long, requires = "data")]
    in_process: bool,
    /// Names the queries whose own procedure is not among the first ten.
    #[arg(long)]
    misses: bool,
    /// Number of distinct queries.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    queries: u32,
    /// Seed of the queries.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("error: some answers were not 200");
            ExitCode::from(1)
        }
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures and prints; false where an answer was not 200.
fn run(options: &Options) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Held to the end, where it stops the server.
    let own = match (&options.binary, &options.data) {
        (Some(binary), Some(data)) => Some(runtime.block_on(Server::start(binary, data))?),
        _ => None,
    };
    let address = match (&own, &options.server) {
        (Some(server), _) => server.address.clone(),
        (None, Some(url)) => Address::parse(url)?,
        (None, None) => anyhow::bail!("there is no server to measure"),
    };
    let pid = own.as_ref().map(Server::id).or(options.pid);

    let mut routes =
        vec![Route { name: CHEAPEST.to_owned(), requests: Arc::new(vec![address.request(CHEAPEST)]) }];
    if let Some(path) = runtime.block_on(fixed_file(&address))? {
        routes.push(Route { name: FIXED.to_owned(), requests: Arc::new(vec![address.request(&path)]) });
    }
    let mut days = Vec::new();
    let mut first_queries = Vec::new();
    for as_of in std::iter::once(None).chain(options.as_of.as_deref().map(Some)) {
        let (day, queries, targets) = runtime.block_on(prepare(&address, as_of, options))?;
        let requests = queries.iter().map(|query| address.request(&query.target)).collect();
        routes.push(Route { name: day.route.clone(), requests: Arc::new(requests) });
        for kind in targets {
            let name = as_of.map_or_else(|| kind.name.to_owned(), |day| format!("{} {day}", kind.name));
            let requests = kind.targets.iter().map(|target| address.request(target)).collect();
            routes.push(Route { name, requests: Arc::new(requests) });
        }
        if days.is_empty() {
            first_queries = queries;
        }
        days.push(day);
    }

    let in_process = match (&options.data, days.first()) {
        (Some(data), Some(day)) if options.in_process => {
            let day = (day.day.as_str(), options.as_of.as_deref());
            runtime.block_on(in_process::measure(data, day, &first_queries, options.rounds))?
        }
        _ => Vec::new(),
    };
    let rows = measure(&address, &routes, pid, options)?;
    let first = days.first().map(|day| day.route.as_str()).unwrap_or_default();
    let report = Report {
        server: address.to_string(),
        seed: options.seed,
        seconds: options.seconds,
        ratios: Report::compare(&rows, &[CHEAPEST, FIXED], first),
        days,
        rows,
        in_process,
        ready_after_ms: own.as_ref().map(|server| server.ready_after.as_secs_f64() * 1000.0),
        memory: pid.and_then(process::memory),
    };
    let mut output = std::io::stdout().lock();
    if options.json {
        serde_json::to_writer_pretty(&mut output, &report)?;
        writeln!(output)?;
    } else {
        write!(output, "{report}")?;
    }
    Ok(report.sound())
}

/// The style sheet: a fixed answer from the server's memory, of about the size of a page of results.
async fn fixed_file(address: &Address) -> Result<Option<String>> {
    let mut connection = client::Connection::open(address).await?;
    let answer = connection.exchange(&address.request("/vi")).await?;
    let page = String::from_utf8_lossy(answer.body);
    let end = page.find(".css\"").map(|place| place + 4);
    let path = end.and_then(|end| page.get(..end)).and_then(|head| head.rsplit('"').next());
    Ok(path.map(str::to_owned))
}

/// A name and the requests that are sent in turn.
struct Route {
    name: String,
    requests: Arc<Vec<Vec<u8>>>,
}

/// Makes the queries of a day and asks each once; and the requests about single procedures.
async fn prepare(
    address: &Address,
    as_of: Option<&str>,
    options: &Options,
) -> Result<(Day, Vec<Query>, Vec<filing::Targets>)> {
    eprintln!("reading the catalogue of {} …", as_of.unwrap_or("the server's own day"));
    let catalogue = catalogue::read(address, as_of, options.seed).await?;
    let count = usize::try_from(options.queries).context("too many queries")?;
    let queries = mix::make(&catalogue, as_of, count, options.seed)?;
    eprintln!("asking {count} queries once …");
    let findings = check::ask_all(address, &queries, options.misses).await?;
    let targets = filing::make(address, &catalogue, as_of, options.seed).await?;
    let route = as_of.map_or_else(|| "search".to_owned(), |day| format!("search {day}"));
    let day = Day {
        route,
        day: catalogue.day,
        procedures: catalogue.procedure_count,
        centres: catalogue.centre_count,
        findings,
    };
    Ok((day, queries, targets))
}

/// Takes all measurements, round by round, so that a slow minute of the machine meets every route.
fn measure(address: &Address, routes: &[Route], pid: Option<u32>, options: &Options) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for round in 1..=options.rounds {
        let mut place = 0;
        for connections in options.connections.iter().map(|number| usize::from(*number)) {
            for route in routes {
                let load = Load {
                    address: address.clone(),
                    requests: Arc::clone(&route.requests),
                    connections,
                    duration: Duration::from_secs(options.seconds),
                };
                let measured = measure_once(&load, pid)?;
                eprintln!(
                    "round {round}, {}, connections {connections}: {:.0} req/s, p50 {:.3} ms, p99 {:.3} ms",
                    route.name, measured.per_second, measured.p50_ms, measured.p99_ms
                );
                match rows.get_mut(place) {
                    Some(row) => row.rounds.push(measured),
                    None => {
                        rows.push(Row { route: route.name.clone(), connections, rounds: vec![measured] });
                    }
                }
                place += 1;
            }
        }
    }
    Ok(rows)
}

fn measure_once(load: &Load, pid: Option<u32>) -> Result<Round> {
    let spent = || Some((process::machine_time()?, process::processor_time(std::process::id())?));
    let server_spent = || process::processor_time(pid?);
    let (before, server_before) = (spent(), server_spent());
    let seen = load::run(load)?;
    let (after, server_after) = (spent(), server_spent());

    let server = server_after.zip(server_before).map(|(after, before)| after.saturating_sub(before));
    let others = server.zip(after.zip(before)).map(|(server, (after, before))| {
        let machine = after.0.saturating_sub(before.0);
        machine.saturating_sub(after.1.saturating_sub(before.1)).saturating_sub(server)
    });
    let processors = std::thread::available_parallelism()?.get() as f64;
    Ok(Round {
        requests: seen.latencies.len(),
        per_second: seen.per_second(),
        p50_ms: seen.percentile(50),
        p95_ms: seen.percentile(95),
        p99_ms: seen.percentile(99),
        mean_bytes: seen.mean_bytes(),
        not_ok: seen.not_ok,
        server_cpu_ms: server.map(|time| time.as_secs_f64() * 1000.0 / seen.latencies.len().max(1) as f64),
        taken_by_others: others.map(|time| time.as_secs_f64() / (seen.elapsed.as_secs_f64() * processors)),
    })
}
