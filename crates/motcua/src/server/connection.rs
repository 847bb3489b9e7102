//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::entrance::Entrance;
use super::timed::Timed;
use super::turn::{AnswerBody, Turns};
use crate::config::{ServerSection, seconds};

/// What a connection needs to know.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) turns: Turns,
    pub(super) entrance: Entrance,
    pub(super) watcher: Watcher,
    pub(super) abort: CancellationToken,
}

/// Settings of hyper for every connection.
pub(super) fn protocol(section: &ServerSection) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // hyper's clock runs from the end of one request to the end of the next head; `Timed` has the stricter one.
        .header_read_timeout(seconds(section.idle_timeout_seconds))
        .max_buf_size((section.max_header_bytes as usize).max(8 * 1024))
        .max_headers(section.max_headers as usize)
        .half_close(false)
        .keep_alive(true);
    builder
}

impl Connection {
    /// Serves until the client leaves, stalls, or the server stops.
    pub(super) async fn serve(self, builder: http1::Builder, section: &ServerSection) {
        let Self { stream, peer, turns, entrance, watcher, abort } = self;
        // Answers are written whole; waiting for more to send only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no delay-free sending on this connection");
        }
        let head_time = seconds(section.header_timeout_seconds);
        let io = TokioIo::new(Timed::new(
            stream,
            turns.clone(),
            head_time,
            seconds(section.write_timeout_seconds),
        ));
        let service = service_fn(move |mut request: Request<Incoming>| {
            let (entrance, answering) = (entrance.clone(), turns.answer());
            request.extensions_mut().insert(ConnectInfo(peer));
            async move {
                let response = entrance.answer(request).await;
                Ok::<_, Infallible>(response.map(|body| AnswerBody::new(body, answering)))
            }
        });
        let connection = watcher.watch(builder.serve_connection(io, service));
        tokio::select! {
            outcome = connection => {
                if let Err(error) = outcome {
                    // Clients leave, stall and send rubbish all day; that is no news.
                    tracing::debug!(error = &error as &dyn std::error::Error, "connection ended");
                }
            }
            () = abort.cancelled() => {}
        }
    }
}
