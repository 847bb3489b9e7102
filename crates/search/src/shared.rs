//! What searches read and the follower replaces: the state in use, and how far it has come in the log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use motcua_catalogue::LogPlace;
use tokio::sync::{Notify, watch};

use crate::error::SearchError;
use crate::state::State;

/// The index has a place that is not in the history of the catalogue's log: a failover or a restore lost what it had
/// taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnotherHistory {
    /// Place of the index, in the history that was left.
    pub left: LogPlace,
    /// Place of the log's end when this was noticed.
    pub found: LogPlace,
    /// When it was noticed.
    pub since: Instant,
}

/// How following the catalogue's log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Following {
    /// When everything that the log had was last taken in.
    pub caught_up: Instant,
    /// Why the last attempt since then failed; none where there was none.
    pub failure: Option<FollowFailure>,
}

/// Why the log could not be followed. The error itself is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowFailure {
    /// The database let a read wait for too long.
    NoAnswer,
    /// Reading, or taking in what was read, failed.
    Failed,
}

impl Following {
    fn begin() -> Self {
        Self { caught_up: Instant::now(), failure: None }
    }

    /// Notes how an attempt went.
    fn note(&mut self, outcome: &Result<(), SearchError>) {
        match outcome {
            Ok(()) => *self = Self::begin(),
            Err(SearchError::NoAnswer(_)) => self.failure = Some(FollowFailure::NoAnswer),
            Err(_) => self.failure = Some(FollowFailure::Failed),
        }
    }
}

/// How far the state in use has come.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    /// The state contains every change up to here.
    pub(crate) place: LogPlace,
    /// The place is not in the log's history, as far as the follower noticed.
    pub(crate) another_history: Option<AnotherHistory>,
    /// How many histories were left since the start.
    pub(crate) histories_left: u64,
}

/// What searches read and the follower replaces.
#[derive(Debug)]
pub(crate) struct Shared {
    state: RwLock<Arc<State>>,
    progress: watch::Sender<Progress>,
    following: Mutex<Following>,
    /// Somebody waits for changes that the log has and the state has not.
    pub(crate) wanted: Notify,
    /// The catalogue shows made-up data, which the state in use need not have yet.
    sample_ahead: AtomicBool,
}

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        let progress = Progress { place: state.place.clone(), another_history: None, histories_left: 0 };
        Self {
            state: RwLock::new(Arc::new(state)),
            progress: watch::Sender::new(progress),
            following: Mutex::new(Following::begin()),
            wanted: Notify::new(),
            sample_ahead: AtomicBool::new(false),
        }
    }

    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Marks what is shown as made up before a state that contains it is in use: pages that read the catalogue show it at
    /// once.
    pub(crate) fn mark_sample(&self) {
        self.sample_ahead.store(true, Ordering::Release);
    }

    /// Whether made-up data are shown.
    pub(crate) fn shows_sample(&self) -> bool {
        self.sample_ahead.load(Ordering::Acquire) || self.state().view.shows_sample
    }

    /// Puts a state into use that has come as far as the one before.
    pub(crate) fn replace(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }

    /// Puts a state into use, and tells how far it has come: in this order, so that whoever sees the place also sees its
    /// state.
    pub(crate) fn publish(&self, state: State) {
        let place = state.place.clone();
        self.replace(state);
        self.sample_ahead.store(false, Ordering::Release);
        self.pass_over(place);
    }

    /// Notes that changes up to a place make no difference, or that the log has another id from there on.
    pub(crate) fn pass_over(&self, place: LogPlace) {
        self.progress.send_modify(|progress| {
            progress.place = place;
            progress.another_history = None;
        });
    }

    /// Notes that the log has another history than the state; `found` is the log's end. Once for each history left.
    pub(crate) fn leave_history(&self, found: &LogPlace) {
        self.progress.send_if_modified(|progress| {
            let is_new = progress.another_history.is_none();
            if is_new {
                let (left, found) = (progress.place.clone(), found.clone());
                tracing::error!(
                    search.place = %left,
                    catalogue.place = %found,
                    "the index has changes that are not in the log: a failover or a restore lost them; the index is put right"
                );
                progress.another_history = Some(AnotherHistory { left, found, since: Instant::now() });
                progress.histories_left += 1;
            }
            is_new
        });
    }

    /// Notes how an attempt to follow the log went.
    pub(crate) fn note_attempt(&self, outcome: &Result<(), SearchError>) {
        self.following.lock().unwrap_or_else(PoisonError::into_inner).note(outcome);
    }

    /// How following the log goes.
    pub(crate) fn following(&self) -> Following {
        self.following.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How far the state in use has come.
    pub(crate) fn progress(&self) -> watch::Ref<'_, Progress> {
        self.progress.borrow()
    }

    /// The same, to be woken by.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// The place that the state in use has come to.
    pub(crate) fn place(&self) -> LogPlace {
        self.progress().place.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn following_tells_since_when_and_why_it_fails() {
        let mut following = Following::begin();
        let begun = following.caught_up;
        following.note(&Err(SearchError::NoAnswer(Duration::from_secs(10))));
        assert_eq!(following, Following { caught_up: begun, failure: Some(FollowFailure::NoAnswer) });
        following.note(&Err(SearchError::Damaged("torn".to_owned())));
        assert_eq!(following, Following { caught_up: begun, failure: Some(FollowFailure::Failed) });
        following.note(&Ok(()));
        assert!(following.failure.is_none() && following.caught_up >= begun, "{following:?}");
    }
}
