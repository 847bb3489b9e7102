//! Writes the counts of searches down from time to time, and forgets old ones.

use std::time::Duration;

use chrono::Days;
use motcua_catalogue::Catalogue;
use motcua_http::{Clock, SearchLog};
use tokio_util::sync::CancellationToken;

/// How often counts are written down. What a crash loses is some minutes of counts.
const EVERY: Duration = Duration::from_mins(1);

/// Writes counts down until told to stop, and then once more.
pub(crate) async fn write_counts(
    catalogue: Catalogue,
    searches: SearchLog,
    keep_days: u32,
    stop: CancellationToken,
) {
    let mut last_forgotten = None;
    loop {
        let ends = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        let counts = searches.take();
        if let Err(error) = catalogue.add_search_counts(&counts).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                search.texts = counts.len(),
                "the counts of some searches are lost"
            );
        }
        if ends {
            return;
        }
        let today = Clock::System.today();
        if last_forgotten != Some(today) {
            last_forgotten = Some(today);
            let before = today - Days::new(u64::from(keep_days));
            if let Err(error) = catalogue.forget_search_counts(before).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "old counts of searches are still there"
                );
            }
        }
    }
}
