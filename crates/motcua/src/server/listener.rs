//! Accepts connections, caps their number, and lets them finish when the server stops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{Connection, protocol};
use super::entrance::Entrance;
use super::turn::Turns;
use crate::config::{ServerSection, seconds};

/// How long to wait after a failed accept: the usual cause, no free file handle, needs a connection to end first.
const BACK_OFF: Duration = Duration::from_millis(200);

/// A stalled half of a request counts as no request at all once nothing has been in flight for so long after a stop.
const QUIET: Duration = Duration::from_secs(1);

/// The listening server.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    section: Arc<ServerSection>,
}

impl Server {
    /// Takes the address.
    pub(crate) async fn bind(section: ServerSection) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(section.listen).await?, section: Arc::new(section) })
    }

    /// The address as taken: with port 0 configured, the real port.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is cancelled and what was in flight then has finished or run out of time.
    pub(crate) async fn run(self, entrance: Entrance, stop: CancellationToken) {
        let Self { listener, section } = self;
        let graceful = GracefulShutdown::new();
        let abort = CancellationToken::new();
        let tasks = TaskTracker::new();
        let in_flight = Arc::new(AtomicUsize::new(0));
        let builder = protocol(&section);
        let mut slots = Slots::new(section.max_connections as usize);
        // A load balancer needs a moment to see that /readyz says no; until then its requests are still welcome.
        let closing = async {
            stop.cancelled().await;
            sleep(seconds(section.stop_delay_seconds)).await;
        };
        tokio::pin!(closing);
        loop {
            let (stream, peer, slot) = tokio::select! {
                next = slots.next(&listener) => next,
                () = &mut closing => break,
            };
            let connection = Connection {
                stream,
                peer,
                turns: Turns::new(Arc::clone(&in_flight)),
                entrance: entrance.clone(),
                watcher: graceful.watcher(),
                abort: abort.clone(),
            };
            let (builder, section) = (builder.clone(), Arc::clone(&section));
            tasks.spawn(async move {
                connection.serve(builder, &section).await;
                drop(slot);
            });
        }
        drop(listener);
        tracing::info!(connections = tasks.len(), in_flight = in_flight.load(Ordering::Acquire), "stopping");
        tokio::select! {
            () = graceful.shutdown() => {}
            () = quiet(&in_flight) => {}
            () = sleep(seconds(section.stop_timeout_seconds)) => {
                tracing::warn!(in_flight = in_flight.load(Ordering::Acquire), "requests in flight ran out of time");
            }
        }
        abort.cancel();
        tasks.close();
        // Dropping a connection is quick; this only lets the tasks notice.
        let _ = tokio::time::timeout(Duration::from_millis(500), tasks.wait()).await;
    }
}

/// Ends when nothing has been in flight for a while; the connections left then are idle or half a head.
async fn quiet(in_flight: &AtomicUsize) {
    let mut since = Instant::now();
    while since.elapsed() < QUIET {
        sleep(Duration::from_millis(50)).await;
        if in_flight.load(Ordering::Acquire) > 0 {
            since = Instant::now();
        }
    }
}

/// Free places for connections.
struct Slots {
    free: Arc<Semaphore>,
    last_warning: Option<Instant>,
}

impl Slots {
    fn new(count: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), last_warning: None }
    }

    /// The next connection, once there is a place for it. Never gives up: what fails is logged and tried again.
    async fn next(&mut self, listener: &TcpListener) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        let slot = loop {
            match Arc::clone(&self.free).try_acquire_owned() {
                Ok(slot) => break slot,
                Err(_) => {
                    self.warn("every connection is taken; further ones wait (server.max_connections)", None);
                }
            }
            if let Ok(slot) = Arc::clone(&self.free).acquire_owned().await {
                break slot;
            }
        };
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, slot),
                // The client left before we came to it.
                Err(error) if is_of_client(&error) => {}
                Err(error) => {
                    self.warn("cannot accept connections, trying again", Some(&error));
                    sleep(BACK_OFF).await;
                }
            }
        }
    }

    /// Warns at most every ten seconds: the cause lasts, and a flood of lines would be the next one.
    fn warn(&mut self, message: &str, error: Option<&io::Error>) {
        if self.last_warning.is_none_or(|at| at.elapsed() > Duration::from_secs(10)) {
            self.last_warning = Some(Instant::now());
            tracing::warn!(error = error.map(tracing::field::display), "{message}");
        }
    }
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset | Interrupted)
}
