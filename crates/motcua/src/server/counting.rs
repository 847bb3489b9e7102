//! Writes the counts of this node's searches down from time to time. Old ones are forgotten by a job.

use std::time::Duration;

use motcua_catalogue::Catalogue;
use motcua_http::SearchLog;
use tokio_util::sync::CancellationToken;

/// How often counts are written down. What a crash loses is some minutes of counts.
const EVERY: Duration = Duration::from_mins(1);

/// Writes counts down until told to stop, and then once more.
pub(crate) async fn write_counts(catalogue: Catalogue, searches: SearchLog, stop: CancellationToken) {
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
    }
}
