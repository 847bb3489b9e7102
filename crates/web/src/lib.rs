//! The citizens' pages of Một Cửa, rendered on the server in Vietnamese; they work without script.
//!
//! This crate knows neither SQL nor Tantivy, and not the API beside it: it reads through the catalogue and the engine
//! and writes HTML. Start with [`router`]; then `pages/` (one file per page), `frame.rs` (what stands around every
//! page), `words.rs` (domain values in words) and `l10n.rs` (texts by key, from `locales/`). Templates mirror the
//! modules; style sheet, icon and script lie in `assets/`.

mod address;
mod assets;
mod centre_work;
mod charts;
mod figure_words;
mod filing;
mod frame;
mod l10n;
mod listing;
mod marks;
mod offer;
mod pages;
mod spread;
#[cfg(test)]
mod tests;
mod words;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::get;
use motcua_http::{AppState, CachePolicy, Revalidation, one_present, revalidate, wait_for_place};

pub use pages::problem::render_problem;

/// Every page and asset.
pub fn router(state: AppState) -> Router {
    let revalidation = Revalidation { state: state.clone(), policy: CachePolicy::Published };
    Router::new()
        .route("/vi", get(pages::home::show_home))
        .route("/vi/thu-tuc", get(pages::results::search_procedures))
        .route("/vi/thu-tuc/{code}", get(pages::procedure::show_procedure))
        .route("/vi/trung-tam", get(pages::centres::list_centres))
        .route("/vi/trung-tam/{id}", get(pages::centre::show_centre))
        .route("/vi/noi", get(pages::places::list_places))
        .route("/vi/noi/{code}", get(pages::unit::show_unit))
        .route("/vi/thu-tuc/{code}/lich-su", get(pages::history::show_procedure_history))
        .route("/vi/trung-tam/{id}/lich-su", get(pages::history::show_centre_history))
        .route("/vi/thong-ke", get(pages::statistics::show_statistics))
        .route("/vi/noi/{code}/lich-su", get(pages::unit_history::show_unit_history))
        .route("/vi/tro-giup", get(pages::help::show_help))
        .route("/vi/gioi-thieu", get(pages::about::show_about))
        .route("/problems/{slug}", get(pages::problem::show_problem_type))
        .route("/vi/thu-tuc/{code}/noi-nop", get(pages::ways::show_ways))
        .route("/vi/thu-tuc/{code}/cac-noi", get(pages::level_map::show_level_map))
        .route_layer(from_fn_with_state(revalidation, revalidate))
        .route_layer(from_fn_with_state(state.clone(), one_present))
        .route_layer(from_fn_with_state(state.clone(), wait_for_place))
        .route("/", get(async || Redirect::temporary("/vi")))
        .route("/assets/{file}", get(assets::serve_asset))
        .route("/favicon.ico", get(assets::serve_favicon))
        .route("/robots.txt", get(assets::serve_robots))
        .with_state(state)
}
