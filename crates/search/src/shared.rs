//! What searches read and the follower replaces: the state in use, and how far it has come in the log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use motcua_catalogue::LogPlace;
use tokio::sync::{Notify, watch};

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
