//! Health: alive (the process answers) and ready (its answers can be trusted).

use std::fmt;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use motcua_catalogue::LogPlace;
use motcua_search::{FollowFailure, Following};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// How far the database and the index are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    /// Place of the last change in the database.
    pub(crate) catalogue: LogPlace,
    /// Place of the last change that the index contains.
    pub(crate) index: LogPlace,
    /// Whether the database's log has the index's place.
    pub(crate) is_same_history: bool,
    /// How many times since the start the log turned out to have another history.
    pub(crate) histories_left: u64,
    /// How the index follows the log.
    pub(crate) following: Following,
}

type Asking<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;
type Probe<T> = Box<dyn Fn() -> Asking<T> + Send + Sync>;

/// How long asking the database may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long asking the primary may take, where reads go to a standby: the node can answer without it.
const PRIMARY_PATIENCE: Duration = Duration::from_millis(500);

/// An index that has not followed the log for so long may be stale without lacking anything that is known of.
const UNFOLLOWED: Duration = Duration::from_secs(30);

/// How long an answer is good for, so that a flood of probes does not reach the database.
const FRESH: Duration = Duration::from_millis(500);

/// Knows whether this node may be used.
pub(crate) struct Health {
    stopping: CancellationToken,
    lag_limit: Duration,
    probe: OnceLock<Probe<Places>>,
    /// How to ask the primary; none where reads go where writes go.
    primary: OnceLock<Probe<LogPlace>>,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    asked: Option<(Instant, Result<Seen, String>)>,
    /// The primary did not answer when it was asked last, which has been logged.
    primary_is_silent: bool,
    /// A change that the index had not reached, and since when that is known.
    behind: Option<(u64, Instant)>,
    /// Since when the index is known to be in another history.
    astray: Option<Instant>,
}

/// What was seen when database and index were asked.
#[derive(Debug, Clone)]
struct Seen {
    places: Places,
    /// Where reads go to a standby: place of the last change at the primary; none where that did not answer.
    primary: Option<Option<LogPlace>>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("stopping", &self.stopping.is_cancelled()).finish_non_exhaustive()
    }
}

impl Health {
    /// Health of a node that is starting. `stopping` is cancelled when it is asked to stop.
    pub(crate) fn new(stopping: CancellationToken, lag_limit: Duration) -> Self {
        Self { stopping, lag_limit, probe: OnceLock::new(), primary: OnceLock::new(), last: Mutex::default() }
    }

    /// Tells how to ask database and index, once they are open.
    pub(crate) fn opened<F>(&self, probe: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<Places, String>> + Send + 'static,
    {
        let _ = self.probe.set(Box::new(move || Box::pin(probe())));
    }

    /// Tells that reads go to a standby, and how to ask the primary: `/readyz` then says how far the standby is behind.
    pub(crate) fn reads_a_standby<F>(&self, primary: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<LogPlace, String>> + Send + 'static,
    {
        let _ = self.primary.set(Box::new(move || Box::pin(primary())));
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
                let outcome = self.ask(probe, &mut last).await;
                if let Err(error) = &outcome {
                    tracing::warn!(error, "not ready: the catalogue cannot be read");
                }
                last.asked = Some((Instant::now(), outcome.clone()));
                outcome
            }
        };
        // What exactly failed stands in the log; an open address gives no internals away.
        let Ok(seen) = outcome else {
            return not_ready("catalogue_unreachable", "the catalogue cannot be read");
        };
        let (places, told) = (&seen.places, seen.told());
        if let Some(astray_for) = last.astray_for(places) {
            // No patience here: until it is put right, the index serves what the database does not have.
            let (status, mut value) = not_ready("another_history", &places.difference(astray_for));
            merge(&mut value, told);
            return (status, value);
        }
        let behind_for = last.behind_for(places);
        if behind_for > self.lag_limit {
            let (status, mut value) = not_ready(
                "index_behind",
                &format!(
                    "the index lacks {} changes, some for {} s",
                    places.catalogue.sequence.saturating_sub(places.index.sequence),
                    behind_for.as_secs()
                ),
            );
            merge(&mut value, told);
            return (status, value);
        }
        let mut value = json!({"ready": true, "reasons": []});
        merge(&mut value, told);
        (StatusCode::OK, value)
    }

    async fn ask(&self, probe: &Probe<Places>, last: &mut Last) -> Result<Seen, String> {
        let places = in_time(PATIENCE, probe()).await?;
        let Some(primary) = self.primary.get() else { return Ok(Seen { places, primary: None }) };
        // After the standby: in one history it cannot have more than the primary then.
        let primary = in_time(PRIMARY_PATIENCE, primary()).await;
        let was_silent = std::mem::replace(&mut last.primary_is_silent, primary.is_err());
        if let Err(error) = &primary
            && !was_silent
        {
            tracing::warn!(error, "the primary cannot be asked how far the standby is behind");
        }
        Ok(Seen { places, primary: Some(primary.ok()) })
    }
}

async fn in_time<T>(patience: Duration, asking: Asking<T>) -> Result<T, String> {
    let late = || Err(format!("no answer within {} ms", patience.as_millis()));
    tokio::time::timeout(patience, asking).await.unwrap_or_else(|_| late())
}

impl Seen {
    /// What every answer has, once database and index could be asked.
    fn told(&self) -> Value {
        let mut told = self.places.told();
        if let Some(primary) = &self.primary {
            let reader = &self.places.catalogue;
            let behind = primary.as_ref().and_then(|primary| entries_behind(reader, primary));
            merge(&mut told, json!({"standby": {"reader": reader, "primary": primary, "behind": behind}}));
        }
        told
    }
}

/// How many entries a standby lacks; none where the two ends cannot be of one history, so that numbers say nothing.
fn entries_behind(reader: &LogPlace, primary: &LogPlace) -> Option<u64> {
    if reader.sequence == primary.sequence && reader.hash != primary.hash {
        return None;
    }
    primary.sequence.checked_sub(reader.sequence)
}

impl Places {
    /// Both places, and what else makes the index doubtful.
    fn told(&self) -> Value {
        json!({
            "catalogue_sequence": self.catalogue.sequence,
            "index_sequence": self.index.sequence,
            "catalogue": self.catalogue,
            "index": self.index,
            "histories_left": self.histories_left,
            "warnings": self.warnings(),
        })
    }

    /// What is no reason to turn readers away, and worth a look.
    fn warnings(&self) -> Vec<Value> {
        let unfollowed = self.following.caught_up.elapsed();
        if unfollowed < UNFOLLOWED {
            return Vec::new();
        }
        let why = match self.following.failure {
            None => "an attempt is under way",
            Some(FollowFailure::NoAnswer) => "the database gave no answer in time",
            Some(FollowFailure::Failed) => "the last attempt failed; this process has logged why",
        };
        let detail =
            format!("the index has not followed the change log for {} s: {why}", unfollowed.as_secs());
        vec![json!({"code": "index_not_following", "detail": detail})]
    }

    fn difference(&self, astray_for: Duration) -> String {
        let short = |place: &LogPlace| place.hash.to_string().chars().take(8).collect::<String>();
        format!(
            "the index contains change {} with hash {}…, which is not in the history of the database, whose last change \
             is {} with hash {}…; known for {} s",
            self.index.sequence,
            short(&self.index),
            self.catalogue.sequence,
            short(&self.catalogue),
            astray_for.as_secs()
        )
    }
}

impl Last {
    /// How long the index has been known to be in another history than the database; nothing where it is not.
    fn astray_for(&mut self, places: &Places) -> Option<Duration> {
        if places.is_same_history {
            self.astray = None;
            return None;
        }
        // What the index lacked was said of numbers of the history that was left.
        self.behind = None;
        Some(self.astray.get_or_insert_with(Instant::now).elapsed())
    }

    /// How long the index has been known to lack a certain change. An index that keeps up under constant writing is
    /// always a little behind, but never behind the same change for long.
    fn behind_for(&mut self, places: &Places) -> Duration {
        let (catalogue, index) = (places.catalogue.sequence, places.index.sequence);
        if index >= catalogue || self.behind.is_some_and(|(missing, _)| index >= missing) {
            self.behind = None;
        }
        if index >= catalogue {
            return Duration::ZERO;
        }
        let (_, since) = self.behind.get_or_insert_with(|| (catalogue, Instant::now()));
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

    fn place(sequence: u64, digit: &str) -> LogPlace {
        format!("{}.{sequence}.{}", "0".repeat(32), digit.repeat(64)).parse().expect("a place")
    }

    fn places(catalogue: u64, index: u64) -> Places {
        Places {
            catalogue: place(catalogue, "a"),
            index: place(index, "a"),
            is_same_history: true,
            histories_left: 0,
            following: Following { caught_up: Instant::now(), failure: None },
        }
    }

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
            async move { Ok(places(7, index)) }
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
    async fn an_index_in_another_history_is_not_ready_from_the_first_moment() {
        let health = Health::new(CancellationToken::new(), Duration::from_secs(60));
        let steps = [
            // The same number, another change.
            Places { index: place(7, "b"), is_same_history: false, ..places(7, 7) },
            // Put right.
            Places { histories_left: 1, ..places(7, 7) },
        ];
        let step = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&step);
        health.opened(move || {
            let places = steps[usize::try_from(seen.load(Ordering::Relaxed)).expect("small")].clone();
            async move { Ok(places) }
        });
        let answer = health.ready().await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::SERVICE_UNAVAILABLE, "another_history"));
        let detail = answer.1["reasons"][0]["detail"].as_str().expect("words");
        assert!(detail.contains("bbbbbbbb") && detail.contains("aaaaaaaa"), "{detail}");
        assert_eq!((&answer.1["catalogue_sequence"], &answer.1["index_sequence"]), (&json!(7), &json!(7)));
        assert_eq!(answer.1["index"], json!(place(7, "b")));
        step.store(1, Ordering::Relaxed);
        tokio::time::sleep(FRESH).await;
        let answer = health.ready().await;
        assert_eq!((answer.0, &answer.1["histories_left"]), (StatusCode::OK, &json!(1)));
        assert_eq!(answer.1["index"], answer.1["catalogue"]);
    }

    #[tokio::test]
    async fn a_reading_standby_tells_how_far_it_is_behind_and_is_ready_without_its_primary() {
        let health = Health::new(CancellationToken::new(), Duration::from_secs(60));
        health.opened(|| async { Ok(places(7, 7)) });
        assert_eq!(health.ready().await.1["standby"], Value::Null, "reads go where writes go");

        let health = Health::new(CancellationToken::new(), Duration::from_secs(60));
        let step = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&step);
        health.reads_a_standby(move || {
            let step = seen.load(Ordering::Relaxed);
            async move {
                match step {
                    0 => Ok(place(9, "c")),
                    1 => Err("password authentication failed".to_owned()),
                    // Another history: a number says nothing.
                    2 => Ok(place(7, "b")),
                    3 => Ok(place(6, "b")),
                    _ => std::future::pending().await,
                }
            }
        });
        health.opened(|| async { Ok(places(7, 7)) });
        for (number, primary, behind) in [
            (0, json!(place(9, "c")), json!(2)),
            (1, Value::Null, Value::Null),
            (2, json!(place(7, "b")), Value::Null),
            (3, json!(place(6, "b")), Value::Null),
            (4, Value::Null, Value::Null),
        ] {
            step.store(number, Ordering::Relaxed);
            let asked = Instant::now();
            let (status, answer) = health.ready().await;
            assert!(asked.elapsed() < PRIMARY_PATIENCE * 3, "it hung for {:?}", asked.elapsed());
            assert_eq!(status, StatusCode::OK, "{answer}");
            let standby = json!({"reader": place(7, "a"), "primary": primary, "behind": behind});
            assert_eq!(answer["standby"], standby, "{number}");
            assert!(!answer.to_string().contains("password"), "{answer}");
            tokio::time::sleep(FRESH).await;
        }
        assert!(health.last.lock().await.primary_is_silent);
    }

    #[tokio::test]
    async fn an_index_that_does_not_follow_says_so_and_stays_ready() {
        for (failure, why) in [
            (None, "under way"),
            (Some(FollowFailure::NoAnswer), "no answer in time"),
            (Some(FollowFailure::Failed), "logged why"),
        ] {
            for (ago, count) in [(Duration::ZERO, 0), (UNFOLLOWED + Duration::from_secs(2), 1)] {
                let caught_up = Instant::now().checked_sub(ago).expect("the machine runs for longer");
                let health = Health::new(CancellationToken::new(), Duration::from_secs(60));
                let places = Places { following: Following { caught_up, failure }, ..places(7, 7) };
                health.opened(move || std::future::ready(Ok(places.clone())));
                let (status, answer) = health.ready().await;
                assert_eq!((status, &answer["reasons"]), (StatusCode::OK, &json!([])), "{answer}");
                let warnings = answer["warnings"].as_array().expect("a list");
                assert_eq!(warnings.len(), count, "{answer}");
                for warning in warnings {
                    assert_eq!(warning["code"], "index_not_following");
                    let detail = warning["detail"].as_str().expect("words");
                    assert!(detail.contains("for 32 s") && detail.contains(why), "{detail}");
                }
            }
        }
    }

    #[test]
    fn a_lag_of_numbers_that_are_gone_is_forgotten() {
        let mut last = Last::default();
        assert_eq!(last.behind_for(&places(9, 8)).as_secs(), 0);
        assert!(last.behind.is_some());
        // The log was restored to a shorter one, and the index with it.
        assert_eq!(last.behind_for(&places(5, 5)), Duration::ZERO);
        assert_eq!(last.behind, None);
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
