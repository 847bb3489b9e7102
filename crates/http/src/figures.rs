//! Figures that may take a while to work out.

use motcua_search::Engine;

use crate::problem::Problem;
use crate::state::AppState;

impl AppState {
    /// Works something out from the engine on a thread that may block: the first figures of a large place take tens of
    /// milliseconds, which other requests must not wait for.
    pub async fn figures<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let engine = self.engine.clone();
        let worked = tokio::task::spawn_blocking(move || work(&engine)).await;
        worked.map_err(|error| Problem::internal("figures could not be worked out", &error))
    }
}
