//! Signals that ask the process to end: the first is heard, the second obeyed at once.

use std::io;

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::output;

/// Listens for SIGINT and SIGTERM. The token is cancelled by the first one; a second one ends the process on the spot,
/// which is always safe: whatever was not committed is not there.
pub(crate) fn stop_token() -> io::Result<CancellationToken> {
    let mut signals = Signals::new()?;
    let token = CancellationToken::new();
    let heard = token.clone();
    tokio::spawn(async move {
        signals.next().await;
        heard.cancel();
        signals.next().await;
        output::words("second signal: ending at once");
        std::process::exit(i32::from(Exit::Interrupted.code()));
    });
    Ok(token)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
