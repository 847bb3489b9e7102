//! A connection that ends when its client stalls.
//!
//! Two clocks run: a head that has begun must be complete in time (the first one from the moment of the connection, so
//! that silence is no way round it), and bytes that wait to be sent must move. Between requests hyper's own clock runs.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::turn::Turns;

/// Stream with time limits.
#[derive(Debug)]
pub(super) struct Timed<S> {
    inner: S,
    turns: Turns,
    head_time: Duration,
    /// The turn for which the clock runs; another turn means the head arrived.
    head: Option<(u64, Pin<Box<Sleep>>)>,
    write_time: Duration,
    write: Option<Pin<Box<Sleep>>>,
}

impl<S> Timed<S> {
    /// Wraps a fresh connection.
    pub(super) fn new(inner: S, turns: Turns, head_time: Duration, write_time: Duration) -> Self {
        let head = Some((turns.taken(), Box::pin(sleep(head_time))));
        Self { inner, turns, head_time, head, write_time, write: None }
    }

    fn head_has_begun(&mut self) {
        let turn = self.turns.taken();
        let running = self.head.as_ref().is_some_and(|(started, _)| *started == turn);
        if self.turns.awaits_head() && !running {
            self.head = Some((turn, Box::pin(sleep(self.head_time))));
        }
    }

    fn head_is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let turn = self.turns.taken();
        match &mut self.head {
            Some((started, clock)) if *started == turn => clock.as_mut().poll(cx).is_ready(),
            Some(_) => {
                self.head = None;
                false
            }
            None => false,
        }
    }

    /// Passes on the outcome of a write and watches over one that waits.
    fn watch_write<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.write = None;
            return outcome;
        }
        let write_time = self.write_time;
        let clock = self.write.get_or_insert_with(|| Box::pin(sleep(write_time)));
        match clock.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(late("the client took no byte of its answer in time"))),
            Poll::Pending => Poll::Pending,
        }
    }
}

fn late(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = Pin::new(&mut self.inner).poll_read(cx, buf);
        match outcome {
            Poll::Ready(Ok(())) => {
                if buf.filled().len() > before {
                    self.head_has_begun();
                }
                outcome
            }
            Poll::Pending if self.head_is_late(cx) => {
                Poll::Ready(Err(late("the client did not send the head of its request in time")))
            }
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.watch_write(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.watch_write(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const SHORT: Duration = Duration::from_millis(80);
    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_silent_or_trickling_client_is_late() {
        let (mut client, server) = duplex(64);
        let mut server = Timed::new(server, Turns::new(Arc::default()), SHORT, LONG);
        let trickle = tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let started = Instant::now();
        let mut buffer = [0; 16];
        let error = loop {
            if let Err(error) = server.read(&mut buffer).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() < Duration::from_secs(5));
        drop(server);
        trickle.await.expect("ends");
    }

    #[tokio::test]
    async fn the_clock_rests_while_we_answer_and_between_requests() {
        let (mut client, server) = duplex(64);
        let turns = Turns::new(Arc::default());
        let mut server = Timed::new(server, turns.clone(), SHORT, LONG);
        let mut buffer = [0; 16];
        client.write_all(b"head").await.expect("sent");
        assert_eq!(server.read(&mut buffer).await.expect("read"), 4);
        let answering = turns.answer();
        tokio::time::timeout(SHORT * 3, server.read(&mut buffer))
            .await
            .expect_err("still waiting for the body");
        drop(answering);
        tokio::time::timeout(SHORT * 3, server.read(&mut buffer)).await.expect_err("idle");
        client.write_all(b"h").await.expect("sent");
        assert_eq!(server.read(&mut buffer).await.expect("read"), 1);
        let error = server.read(&mut buffer).await.expect_err("the second head is late");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_late() {
        let (client, server) = duplex(16);
        let mut server = Timed::new(server, Turns::new(Arc::default()), LONG, SHORT);
        let error = server.write_all(&[0; 64]).await.expect_err("stalls");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(client);
    }
}
