//! Measures the write side: comparing, publishing and taking back many records, writing beside a long comparison, and
//! the load and the reorganisation of a whole country. Every figure is a whole command, its start and its closing
//! included; with a former build each command is run by both, in turn.

mod changes;
mod command;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use serde_json::Value;

use crate::command::{Build, Spent, Table};

/// Records that one decision announces.
const DECISION: usize = 9_177;
/// Rows of the comparison beside which single rows are written.
const LONG: usize = 500_000;
/// Single rows written beside it.
const SINGLE: usize = 8;

/// Measures the write side.
#[derive(Debug, Parser)]
#[command(name = "write-bench", version)]
struct Options {
    /// The program to measure.
    #[arg(long, value_name = "FILE")]
    binary: PathBuf,
    /// A former build of it, for the national figures.
    #[arg(long, value_name = "FILE")]
    former: Option<PathBuf>,
    /// Two empty databases of PostgreSQL, for this build and the former one; SQLite without them.
    #[arg(long, value_name = "URL", num_args = 1..=2)]
    postgres: Vec<String>,
    /// The whole country as well: minutes, and some gigabytes in the temporary folder.
    #[arg(long)]
    nation: bool,
    /// The country's successions of units of 1 July 2025, to carry out, rehearse and take back.
    #[arg(long, value_name = "FILE", requires = "nation")]
    successions: Option<PathBuf>,
    /// Only the whole country.
    #[arg(long, requires = "nation")]
    only_nation: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut urls = options.postgres.iter().map(String::as_str);
    let build = Build::new("this build", &options.binary, urls.next())?;
    let former = options
        .former
        .as_deref()
        .map(|binary| Build::new("former build", binary, urls.next()))
        .transpose()?;
    if former.is_some() && options.postgres.len() == 1 {
        bail!("the former build needs a database of its own: name two");
    }
    let files = tempfile::tempdir()?;
    let mut table = Table::default();
    if options.nation {
        nation(&build, former.as_ref(), &options, files.path(), &mut table)?;
    }
    if !options.only_nation {
        records(&build, files.path(), &mut table)?;
    }
    println!("{table}");
    Ok(())
}

/// Many records of the bundled sample, and single rows beside a long comparison.
fn records(build: &Build, files: &Path, table: &mut Table) -> Result<()> {
    build.empty()?;
    build.run(["sample"])?;
    build.run(["export", "--kind", "availability", "--output", &text(files)])?;
    let listings = files.join("availability.csv");

    let many = changes::write(&listings, &files.join("many.csv"), 10_000, "1/QĐ-ĐO")?;
    table.add(build, "comparing 10,000 changed listings", build.run(["import", "--dry-run", &text(&many)])?);
    let import = build.run(["import", "--json", &text(&many)])?;
    let run = name_of_run(&import)?;
    table.add(build, "comparing and publishing them", import);
    table.add(build, "taking them back", build.run(["undo", &run])?);

    let decision = changes::write(&listings, &files.join("decision.csv"), DECISION, "2/QĐ-ĐO")?;
    let draft = build.run(["import", "--json", "--draft", "measured", &text(&decision)])?;
    let set = draft.json()?["set"].to_string();
    table.add(build, "saving 9,177 listings as a draft", draft);
    build.run(["sets", "submit", &set])?;
    build.run(["sets", "approve", &set])?;
    table.add(build, "publishing that draft", build.run(["sets", "publish", &set])?);

    let folder = files.join("long");
    let import = country(build, &folder, &["--dry-run"])?;
    changes::cut(&folder.join("availability.csv"), LONG)?;
    eprintln!("single rows beside a comparison of {LONG} rows …");
    let mut comparison = build.start(&import)?;
    std::thread::sleep(Duration::from_secs(1));
    let (mut slowest, mut beside) = (Spent::default(), 0);
    for number in 0..SINGLE {
        let row = changes::write(&listings, &files.join("one.csv"), 1, &format!("{number}/QĐ-MỘT"))?;
        let started = Instant::now();
        let spent = build.run(["import", &text(&row)]).context("a single row was refused")?;
        beside += usize::from(comparison.is_running()?);
        eprintln!("  {:.2} s", started.elapsed().as_secs_f64());
        if spent.wall > slowest.wall {
            slowest = spent;
        }
    }
    anyhow::ensure!(beside > 0, "the comparison ended too soon: nothing was written beside it");
    table.add(build, &format!("a comparison of {LONG} rows"), comparison.end()?);
    table.add(
        build,
        &format!("slowest of {SINGLE} single rows, {beside} of them written beside it"),
        slowest,
    );
    Ok(())
}

/// The whole country: import, reorganisation rehearsed and carried out, both taken back.
fn nation(
    build: &Build,
    former: Option<&Build>,
    options: &Options,
    files: &Path,
    table: &mut Table,
) -> Result<()> {
    let import = country(build, &files.join("nation"), &[])?;
    let builds: Vec<&Build> = former.into_iter().chain([build]).collect();
    for build in &builds {
        build.empty()?;
        table.add(build, "import of the country", build.run(&import)?);
    }
    let Some(successions) = options.successions.as_deref().map(text) else { return Ok(()) };
    let orders = ["reorganise", "--effective", "2025-07-01", "--json", &successions];
    for build in &builds {
        let rehearsal: Vec<&str> = orders.iter().copied().chain(["--rehearse"]).collect();
        table.add(build, "rehearsing its reorganisation", build.run(&rehearsal)?);
    }
    for build in &builds {
        let done = build.run(orders)?;
        let run = name_of_run(&done)?;
        table.add(build, "reorganising it", done);
        table.add(build, "taking that back", build.run(["reorganise", "--undo", &run])?);
    }
    Ok(())
}

/// Makes the files of the country; returns the command that reads them.
fn country(build: &Build, folder: &Path, further: &[&str]) -> Result<Vec<String>> {
    build.run(["sample", "--nation", "--output", &text(folder)])?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "csv" || ending == "ndjson") {
            files.push(text(&path));
        }
    }
    files.sort();
    let words = ["import", "--json"].iter().chain(further).map(|word| (*word).to_owned());
    Ok(words.chain(files).collect())
}

fn name_of_run(spent: &Spent) -> Result<String> {
    let report = spent.json()?;
    report["run"].as_str().map(str::to_owned).with_context(|| format!("no run in {}", shortened(&report)))
}

fn shortened(report: &Value) -> String {
    report.to_string().chars().take(400).collect()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
