//! Health: alive (the process answers) and ready (its answers can be trusted).

use std::fmt;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// How far the database and the index are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequences {
    /// Last change in the database.
    pub(crate) catalogue: u64,
    /// Last change that the index contains.
    pub(crate) index: u64,
}

type Asking = Pin<Box<dyn Future<Output = Result<Sequences, String>> + Send>>;
type Probe = Box<dyn Fn() -> Asking + Send + Sync>;

/// How long asking the database may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an answer is good for, so that a flood of probes does not reach the database.
const FRESH: Duration = Duration::from_millis(500);

/// Knows whether this node may be used.
pub(crate) struct Health {
    stopping: CancellationToken,
    lag_limit: Duration,
    probe: OnceLock<Probe>,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    asked: Option<(Instant, Result<Sequences, String>)>,
    /// A change that the index had not reached, and since when that is known.
    behind: Option<(u64, Instant)>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("stopping", &self.stopping.is_cancelled()).finish_non_exhaustive()
    }
}

impl Health {
    /// Health of a node that is starting. `stopping` is cancelled when it is asked to stop.
    pub(crate) fn new(stopping: CancellationToken, lag_limit: Duration) -> Self {
        Self { stopping, lag_limit, probe: OnceLock::new(), last: Mutex::default() }
    }

    /// Tells how to ask database and index, once they are open.
    pub(crate) fn opened<F>(&self, probe: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<Sequences, String>> + Send + 'static,
    {
        let _ = self.probe.set(Box::new(move || Box::pin(probe())));
    }

    /// The answer of `/livez`: depends on nothing.
    pub(super) fn live() -> (StatusCode, Value) {
        (StatusCode::OK, json!({"live": true}))
    }

    /// The answer of `/readyz`.
    pub(super) async fn ready(&self) -> (StatusCode, Value) {
        if self.stopping.is_cancelled() {
            return not_ready("stopping", "the server is stopping");
        }
        let Some(probe) = self.probe.get() else {
            return not_ready("starting", "the catalogue is still being opened");
        };
        let mut last = self.last.lock().await;
        let fresh =
            last.asked.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, outcome)| outcome.clone());
        let outcome = match fresh {
            Some(outcome) => outcome,
            None => {
                let outcome = match tokio::time::timeout(PATIENCE, probe()).await {
                    Ok(outcome) => outcome,
                    Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
                };
                if let Err(error) = &outcome {
                    tracing::warn!(error, "not ready: the catalogue cannot be read");
                }
                last.asked = Some((Instant::now(), outcome.clone()));
                outcome
            }
        };
        // What exactly failed stands in the log; an open address gives no internals away.
        let Ok(sequences) = outcome else {
            return not_ready("catalogue_unreachable", "the catalogue cannot be read");
        };
        let behind_for = last.behind_for(sequences);
        let numbers = json!({"catalogue_sequence": sequences.catalogue, "index_sequence": sequences.index});
        if behind_for > self.lag_limit {
            let (status, mut value) = not_ready(
                "index_behind",
                &format!(
                    "the index lacks {} changes, some for {} s",
                    sequences.catalogue.saturating_sub(sequences.index),
                    behind_for.as_secs()
                ),
            );
            merge(&mut value, numbers);
            return (status, value);
        }
        let mut value = json!({"ready": true, "reasons": []});
        merge(&mut value, numbers);
        (StatusCode::OK, value)
    }
}

impl Last {
    /// How long the index has been known to lack a certain change. An index that keeps up under constant writing is
    /// always a little behind, but never behind the same change for long.
    fn behind_for(&mut self, sequences: Sequences) -> Duration {
        if self.behind.is_some_and(|(missing, _)| sequences.index >= missing) {
            self.behind = None;
        }
        if sequences.index >= sequences.catalogue {
            return Duration::ZERO;
        }
        let (_, since) = self.behind.get_or_insert_with(|| (sequences.catalogue, Instant::now()));
        since.elapsed()
    }
}

fn not_ready(code: &str, detail: &str) -> (StatusCode, Value) {
    let reasons = json!([{"code": code, "detail": detail}]);
    (StatusCode::SERVICE_UNAVAILABLE, json!({"ready": false, "reasons": reasons}))
}

fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (value, more) {
        into.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn code(answer: &(StatusCode, Value)) -> &str {
        answer.1["reasons"][0]["code"].as_str().unwrap_or("ready")
    }

    #[tokio::test]
    async fn readiness_follows_start_lag_and_stop() {
        let stopping = CancellationToken::new();
        let health = Health::new(stopping.clone(), Duration::from_millis(50));
        assert_eq!(code(&health.ready().await), "starting");
        let index = Arc::new(AtomicU64::new(5));
        let seen = Arc::clone(&index);
        health.opened(move || {
            let index = seen.load(Ordering::Relaxed);
            async move { Ok(Sequences { catalogue: 7, index }) }
        });
        let answer = health.ready().await;
        assert_eq!(answer.0, StatusCode::OK, "a moment's lag is no fault: {answer:?}");
        tokio::time::sleep(FRESH + Duration::from_millis(60)).await;
        assert_eq!(code(&health.ready().await), "index_behind");
        index.store(7, Ordering::Relaxed);
        tokio::time::sleep(FRESH).await;
        let answer = health.ready().await;
        assert_eq!((answer.0, &answer.1["index_sequence"]), (StatusCode::OK, &json!(7)));
        stopping.cancel();
        assert_eq!(code(&health.ready().await), "stopping");
    }

    #[tokio::test]
    async fn an_unreachable_catalogue_is_said_without_internals() {
        let health = Health::new(CancellationToken::new(), Duration::from_secs(1));
        health.opened(|| async { Err("password authentication failed".to_owned()) });
        let answer = health.ready().await;
        assert_eq!(answer.0, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!answer.1.to_string().contains("password"));
    }
}
