//! A server of the benchmark's own, on a free port of this machine.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::client::Address;

/// How long it may take to be ready; loading a catalogue and building the index are part of it.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long it may take to stop before it is killed.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// A running child, ended when this value goes.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: Address,
    /// From the start of the process to the first "ready".
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts the binary on a data folder and waits until it is ready.
    pub(crate) async fn start(binary: &Path, data: &Path) -> Result<Self> {
        let mut command = Command::new(binary);
        command.arg("serve").env("MOTCUA_LISTEN", "127.0.0.1:0").env("MOTCUA_DATA_DIR", data);
        // The request log writes a line per request: its cost is that of whoever reads it.
        if std::env::var_os("MOTCUA_LOG").is_none() {
            command.env("MOTCUA_LOG", "warn");
        }
        let started = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        // From here on the child is ended whatever happens.
        let mut starting = Starting(Some(child));
        let address = Address::parse(&starting.address()?)?;
        loop {
            if matches!(address.ask_once("/readyz").await, Ok(200)) {
                break;
            }
            if starting.ended()? || started.elapsed() > PATIENCE {
                bail!("the server at {address} did not become ready; its own words are above");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let ready_after = started.elapsed();
        let child = starting.0.take().context("the server is gone")?;
        Ok(Self { child, address, ready_after })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// A child that is not ready yet.
struct Starting(Option<Child>);

impl Starting {
    /// Waits for the line on standard output that names the address.
    fn address(&mut self) -> Result<String> {
        let output =
            self.0.as_mut().and_then(|child| child.stdout.take()).context("the server has no output")?;
        let (found, address) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads on to the end, so that the server can always write.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(start) = line.find("http://") {
                    // Nobody listens any more after the first.
                    let _ = found.send(line.get(start..).unwrap_or_default().trim().to_owned());
                }
            }
        });
        address.recv_timeout(PATIENCE).context("the server named no address; its own words are above")
    }

    fn ended(&mut self) -> Result<bool> {
        match &mut self.0 {
            Some(child) => Ok(child.try_wait()?.is_some()),
            None => Ok(true),
        }
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            end(child);
        }
    }
}

/// Asks the child to stop, and kills it if it does not.
fn end(child: &mut Child) {
    if let Ok(None) = child.try_wait() {
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        let until = Instant::now() + STOP_PATIENCE;
        while asked.as_ref().is_ok_and(std::process::ExitStatus::success) && Instant::now() < until {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("the server did not stop when asked and is killed");
        if let Err(problem) = child.kill().and_then(|()| child.wait().map(drop)) {
            eprintln!("the server could not be killed: {problem}");
        }
    }
}
