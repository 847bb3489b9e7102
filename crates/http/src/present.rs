//! What a site shows, taken once for every request: its day and its mark of made-up data go together, also where the
//! catalogue changes meanwhile.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::AppState;

tokio::task_local! {
    static SHOWS_SAMPLE: bool;
}

/// Layer for every route that reads the catalogue. Use it with `axum::middleware::from_fn_with_state(state,
/// one_present)`, inside [`wait_for_place`](crate::wait_for_place), which may wait for a later state.
pub async fn one_present(State(state): State<AppState>, request: Request, next: Next) -> Response {
    SHOWS_SAMPLE.scope(state.site.is_sample(), next.run(request)).await
}

/// Whether made-up data are shown, as the request under way found it; none outside of one.
pub(crate) fn shows_sample() -> Option<bool> {
    SHOWS_SAMPLE.try_with(|shown| *shown).ok()
}
