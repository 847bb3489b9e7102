//! The load: so many connections, each sending its next request when the last answer has been read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::{Address, Connection};

/// Client threads: more would take the processors that the server on the same machine needs.
const THREADS: usize = 2;
/// How long the last answers may take after the end of a measurement.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to send, and how.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    pub(crate) address: Address,
    /// Whole requests, sent in turn over all connections together.
    pub(crate) requests: Arc<Vec<Vec<u8>>>,
    pub(crate) connections: usize,
    pub(crate) duration: Duration,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Nanoseconds from sending a request to the last byte of its answer, sorted.
    pub(crate) latencies: Vec<u64>,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Bytes of all bodies.
    pub(crate) bytes: u64,
    /// Answers other than 200.
    pub(crate) not_ok: u64,
}

impl Seen {
    /// The latency that so many per cent of the answers do not exceed, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        percentile(&self.latencies, percent)
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    pub(crate) fn mean_bytes(&self) -> f64 {
        self.bytes as f64 / self.latencies.len().max(1) as f64
    }

    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.elapsed = self.elapsed.max(other.elapsed);
        self.bytes += other.bytes;
        self.not_ok += other.not_ok;
    }
}

/// The value that so many per cent of these sorted nanoseconds do not exceed, in milliseconds.
pub(crate) fn percentile(sorted: &[u64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1e6)
}

/// Sends requests for the given time. A connection that breaks is an error: it would hide what was not answered.
pub(crate) fn run(load: &Load) -> Result<Seen> {
    let next = Arc::new(AtomicUsize::new(0));
    let threads = load.connections.clamp(1, THREADS);
    // Runtimes and connections are there before the clock starts.
    let mut parts = Vec::with_capacity(threads);
    for thread in 0..threads {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let count = load.connections / threads + usize::from(thread < load.connections % threads);
        let connections = runtime.block_on(open(&load.address, count))?;
        parts.push((runtime, connections));
    }
    let start = Instant::now();
    let mut seen = std::thread::scope(|scope| {
        let running: Vec<_> = parts
            .into_iter()
            .map(|(runtime, connections)| {
                let next = Arc::clone(&next);
                scope.spawn(move || part(&runtime, connections, load, &next, start))
            })
            .collect();
        let mut seen = Seen::default();
        for thread in running {
            seen.add(thread.join().map_err(|_| anyhow!("a client thread ended early"))??);
        }
        anyhow::Ok(seen)
    })?;
    seen.latencies.sort_unstable();
    Ok(seen)
}

async fn open(address: &Address, count: usize) -> Result<Vec<Connection>> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        connections.push(Connection::open(address).await?);
    }
    Ok(connections)
}

/// The connections of one thread.
fn part(
    runtime: &Runtime,
    connections: Vec<Connection>,
    load: &Load,
    next: &Arc<AtomicUsize>,
    start: Instant,
) -> Result<Seen> {
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for connection in connections {
            let (requests, next) = (Arc::clone(&load.requests), Arc::clone(next));
            tasks.spawn(keep_asking(connection, requests, next, start, load.duration));
        }
        let mut seen = Seen::default();
        let all = async {
            while let Some(task) = tasks.join_next().await {
                seen.add(task??);
            }
            anyhow::Ok(())
        };
        timeout(load.duration + PATIENCE, all).await.context("an answer did not come")??;
        Ok(seen)
    })
}

async fn keep_asking(
    mut connection: Connection,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
    start: Instant,
    duration: Duration,
) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut sent = Instant::now();
    while sent - start < duration {
        let turn = next.fetch_add(1, Ordering::Relaxed) % requests.len().max(1);
        let request = requests.get(turn).context("there is nothing to ask")?;
        let answer = connection.exchange(request).await?;
        let answered = Instant::now();
        seen.bytes += answer.body.len() as u64;
        seen.not_ok += u64::from(answer.status != 200);
        seen.latencies.push(u64::try_from((answered - sent).as_nanos())?);
        sent = answered;
    }
    seen.elapsed = sent - start;
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Load, Seen, run};
    use crate::client::Address;

    #[test]
    fn percentiles_are_answers_that_were_seen() {
        let seen =
            Seen { latencies: (1..=200).map(|number| number * 1_000_000).collect(), ..Seen::default() };
        assert!((seen.percentile(50) - 100.0).abs() < 1e-9);
        assert!((seen.percentile(99) - 198.0).abs() < 1e-9);
        assert!(Seen::default().percentile(99).abs() < 1e-9);
    }

    #[test]
    fn every_answer_is_counted() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let serving = std::thread::spawn(move || {
            let mut served = 0_u64;
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..3)
                    .map(|_| {
                        let (mut stream, _) = listener.accept().expect("a client");
                        scope.spawn(move || {
                            let mut answered = 0_u64;
                            let mut request = [0; 1024];
                            while let Ok(1..) = stream.read(&mut request) {
                                // Every third answer is refused.
                                let status = if answered % 3 == 2 { "503 Busy" } else { "200 OK" };
                                let head = format!("HTTP/1.1 {status}\r\ncontent-length: 4\r\n\r\nbody");
                                stream.write_all(head.as_bytes()).expect("a client that reads");
                                answered += 1;
                            }
                            answered
                        })
                    })
                    .collect();
                served += threads.into_iter().map(|thread| thread.join().expect("no panic")).sum::<u64>();
            });
            served
        });
        let address = Address::parse(&url).expect("an address");
        let requests = Arc::new(vec![address.request("/a"), address.request("/b")]);
        let load = Load { address, requests, connections: 3, duration: Duration::from_millis(200) };
        let seen = run(&load).expect("a server");
        let served = serving.join().expect("no panic");
        assert!(served > 10);
        assert_eq!(seen.latencies.len() as u64, served);
        assert_eq!(seen.bytes, 4 * served);
        assert!(seen.not_ok >= served / 3 - 3 && seen.not_ok <= served / 3, "{} of {served}", seen.not_ok);
        assert!(seen.elapsed >= Duration::from_millis(200));
        assert!(seen.latencies.is_sorted());
    }
}
