//! Whose turn it is on a connection: the client's, to send a head, or ours, to answer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

/// Turns taken on one connection: even while a head is awaited, odd while a request is being answered.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    taken: Arc<AtomicU64>,
    in_flight: Arc<AtomicUsize>,
}

impl Turns {
    /// A new connection; `in_flight` counts the requests being answered on all of them.
    pub(super) fn new(in_flight: Arc<AtomicUsize>) -> Self {
        Self { taken: Arc::default(), in_flight }
    }

    /// Number of turns so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }

    /// Whether a head is awaited.
    pub(super) fn awaits_head(&self) -> bool {
        self.taken().is_multiple_of(2)
    }

    /// A complete head has arrived: it is our turn until the guard is dropped with the end of the answer.
    pub(super) fn answer(&self) -> Answering {
        self.taken.fetch_add(1, Ordering::AcqRel);
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        Answering { turns: self.clone() }
    }
}

/// Lasts as long as a request is being answered.
#[derive(Debug)]
pub(super) struct Answering {
    turns: Turns,
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.turns.in_flight.fetch_sub(1, Ordering::AcqRel);
        self.turns.taken.fetch_add(1, Ordering::AcqRel);
    }
}

/// An answer's body; the turn ends when it has been sent or given up.
#[derive(Debug)]
pub(super) struct AnswerBody {
    inner: Body,
    _answering: Answering,
}

impl AnswerBody {
    pub(super) fn new(inner: Body, answering: Answering) -> Self {
        Self { inner, _answering: answering }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_lasts_until_the_body_is_gone() {
        let in_flight = Arc::new(AtomicUsize::new(0));
        let turns = Turns::new(Arc::clone(&in_flight));
        assert!(turns.awaits_head());
        let body = AnswerBody::new(Body::from("x"), turns.answer());
        assert!(!turns.awaits_head());
        assert_eq!(in_flight.load(Ordering::Acquire), 1);
        drop(body);
        assert_eq!(turns.taken(), 2);
        assert_eq!(in_flight.load(Ordering::Acquire), 0);
    }
}
