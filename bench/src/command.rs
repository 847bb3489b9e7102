//! Commands of a build: how long each takes, what it spends, and the table of them.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use motcua_bench::process;

/// How often a running command is looked at.
const PAUSE: Duration = Duration::from_millis(5);

/// A build of the program, with a data folder of its own.
#[derive(Debug)]
pub(crate) struct Build {
    name: &'static str,
    binary: PathBuf,
    database_url: Option<String>,
    folder: tempfile::TempDir,
}

/// What a command took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spent {
    pub(crate) wall: Duration,
    /// Processor time, system time included.
    processor: Duration,
    /// Most memory at once, in MB.
    peak: f64,
    output: String,
}

/// A command under way.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    started: Instant,
    spent: Spent,
    output: PathBuf,
}

impl Build {
    pub(crate) fn new(name: &'static str, binary: &Path, database_url: Option<&str>) -> Result<Self> {
        let binary = binary.canonicalize().with_context(|| format!("no program {}", binary.display()))?;
        let folder = tempfile::Builder::new().prefix("write-bench-").tempdir()?;
        Ok(Self { name, binary, database_url: database_url.map(str::to_owned), folder })
    }

    /// Begins with an empty catalogue.
    pub(crate) fn empty(&self) -> Result<()> {
        let Some(url) = &self.database_url else {
            match std::fs::remove_dir_all(self.data()) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => return Ok(()),
            }
        };
        let statement = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
        let done = Command::new("psql").args([url, "-qX", "-c", statement]).stderr(Stdio::null()).status();
        if !done.context("psql is needed to empty a database")?.success() {
            bail!("cannot empty the database of {}", self.name);
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts a command.
    pub(crate) fn start<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Running> {
        let output = tempfile::Builder::new().tempfile_in(self.folder.path())?.into_temp_path().keep()?;
        let mut command = Command::new(&self.binary);
        command.args(arguments).env("MOTCUA_DATA_DIR", self.data()).stdin(Stdio::null());
        if let Some(url) = &self.database_url {
            command.env("MOTCUA_DATABASE_URL", url);
        }
        let errors = File::create(output.with_extension("errors"))?;
        command.stdout(File::create(&output)?).stderr(errors);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {}", self.binary.display()))?;
        Ok(Running { child, started, spent: Spent::default(), output })
    }

    /// Runs a command to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Spent> {
        let arguments: Vec<S> = arguments.into_iter().collect();
        let words: Vec<_> = arguments.iter().map(|word| word.as_ref().to_string_lossy()).collect();
        let words = words.join(" ");
        let short: String = words.chars().take(80).collect();
        eprintln!("{}: {short} …", self.name);
        let mut running = self.start(&arguments)?;
        let status = running.wait()?;
        if !status.success() {
            let errors = std::fs::read_to_string(running.output.with_extension("errors"))?;
            bail!("{}: {short} ended with {status}\n{errors}", self.name);
        }
        running.spent.output = std::fs::read_to_string(&running.output)?;
        Ok(std::mem::take(&mut running.spent))
    }
}

impl Running {
    /// Whether it is still at work.
    pub(crate) fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Waits for its end, whatever that is.
    pub(crate) fn end(mut self) -> Result<Spent> {
        self.wait()?;
        Ok(std::mem::take(&mut self.spent))
    }

    fn wait(&mut self) -> Result<std::process::ExitStatus> {
        loop {
            // Both are lost when the child has been waited for.
            if let Some(peak) = process::peak_memory(self.child.id()) {
                self.spent.peak = peak;
            }
            if let Some(processor) = process::processor_time(self.child.id()) {
                self.spent.processor = processor;
            }
            if let Some(status) = self.child.try_wait()? {
                self.spent.wall = self.started.elapsed();
                return Ok(status);
            }
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) && self.child.kill().is_ok() {
            let _ = self.child.wait();
        }
    }
}

impl Spent {
    /// What it printed, as JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.output).context("it printed no JSON")
    }
}

/// Figures in the order in which they were measured.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<(String, &'static str, Spent)>);

impl Table {
    pub(crate) fn add(&mut self, build: &Build, what: &str, spent: Spent) {
        self.0.push((what.to_owned(), build.name, spent));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | | time s | processor s | peak MB | beside the former build: time, memory |")?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for (place, (what, build, spent)) in self.0.iter().enumerate() {
            let before = self.0.iter().take(place).rev().find(|(other, by, _)| other == what && by != build);
            let beside = before.map_or_else(String::new, |(_, _, former)| {
                let times = spent.wall.as_secs_f64() / former.wall.as_secs_f64();
                format!("× {times:.2}, × {:.2}", spent.peak / former.peak)
            });
            writeln!(
                f,
                "| {what} | {build} | {:.2} | {:.2} | {:.0} | {beside} |",
                spent.wall.as_secs_f64(),
                spent.processor.as_secs_f64(),
                spent.peak
            )?;
        }
        Ok(())
    }
}
