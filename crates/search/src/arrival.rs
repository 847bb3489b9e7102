//! Whether the state in use has come to a place in the log, and waiting for it: so that who wrote something reads it.

use std::time::Duration;

use motcua_catalogue::LogPlace;
use tokio::time::{Instant, timeout_at};

use crate::engine::Engine;
use crate::error::SearchError;

/// How the state in use stands to a place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// It contains every change up to the place.
    Reached,
    /// It does not yet; this is how far it has come.
    NotYet(LogPlace),
    /// The place is not in the history of the catalogue's log, so it will never come there.
    AnotherHistory,
}

impl Engine {
    /// Whether the state in use has come to a place. Asks the database unless the state stands exactly there.
    pub async fn reached(&self, place: &LogPlace) -> Result<Arrival, SearchError> {
        let here = self.place();
        self.reached_from(place, here).await
    }

    /// Waits until the state in use has come to a place, but not for longer than `patience`. The follower is woken, so that
    /// changes of other processes are not first waited for.
    pub async fn wait_for(&self, place: &LogPlace, patience: Duration) -> Result<Arrival, SearchError> {
        let until = Instant::now() + patience;
        let mut progress = self.shared.subscribe();
        loop {
            let here = progress.borrow_and_update().place.clone();
            let arrival = self.reached_from(place, here).await?;
            if !matches!(arrival, Arrival::NotYet(_)) {
                return Ok(arrival);
            }
            self.shared.wanted.notify_one();
            if !matches!(timeout_at(until, progress.changed()).await, Ok(Ok(()))) {
                return Ok(arrival);
            }
        }
    }

    async fn reached_from(&self, place: &LogPlace, here: LogPlace) -> Result<Arrival, SearchError> {
        if here.is_same_history(place) {
            return Ok(Arrival::Reached);
        }
        let catalogue = self.catalogue();
        if !catalogue.holds(place).await? {
            return Ok(Arrival::AnotherHistory);
        }
        // A state of a history that was left may lack the place, whatever its number.
        if here.sequence < place.sequence || !catalogue.holds(&here).await? {
            return Ok(Arrival::NotYet(here));
        }
        Ok(Arrival::Reached)
    }
}
