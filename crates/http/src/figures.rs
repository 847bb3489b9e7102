//! Figures that may take a while to work out.

use std::sync::LazyLock;

use motcua_search::Engine;
use tokio::sync::Semaphore;

use crate::problem::Problem;
use crate::state::AppState;

/// As many figures at once as there are processors: more would only keep searches waiting, also when those who asked have
/// given up.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

impl AppState {
    /// Works something out from the engine on a thread that may block: the first figures of a large place take tens of
    /// milliseconds, which other requests must not wait for.
    pub async fn figures<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let engine = self.engine.clone();
        let turn = TURNS
            .acquire()
            .await
            .map_err(|error| Problem::internal("figures could not be worked out", &error))?;
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&engine)
        })
        .await;
        worked.map_err(|error| Problem::internal("figures could not be worked out", &error))
    }
}
