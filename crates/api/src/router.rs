//! The routes of the API, in one place.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use motcua_http::{AppState, CachePolicy, Revalidation, one_present, revalidate, wait_for_place};

use crate::{centre, cors, field, procedure, reference, scheme, statistics, suggest, unit};

/// The API as axum serves it: `/api/v1/…`, the contract, and the interactive reference at `/api/docs/`. Merge it with
/// the pages and then [harden](motcua_http::harden) the whole.
pub fn router(state: AppState) -> Router {
    let (operations, _) = operations().split_for_parts();
    let revalidation = Revalidation { state: state.clone(), policy: CachePolicy::Published };
    operations
        .merge(reference::router())
        .layer(from_fn_with_state(revalidation, revalidate))
        .layer(from_fn_with_state(state.clone(), one_present))
        .layer(from_fn_with_state(state.clone(), wait_for_place))
        .layer(from_fn(cors::answer_preflight))
        .with_state(state)
}

/// Every operation of the contract.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(procedure::search::search_procedures))
        .routes(routes!(procedure::find::find_procedure))
        .routes(routes!(procedure::availability::list_availability))
        .routes(routes!(centre::list::list_centres))
        .routes(routes!(centre::find::find_centre))
        .routes(routes!(centre::procedures::list_centre_procedures))
        .routes(routes!(unit::list::list_units))
        .routes(routes!(unit::find::find_unit))
        .routes(routes!(unit::resolve::resolve_place))
        .routes(routes!(field::list_fields))
        .routes(routes!(suggest::suggest_queries))
        .routes(routes!(scheme::list_schemes))
        .routes(routes!(procedure::revisions::list_procedure_revisions))
        .routes(routes!(procedure::availability_revisions::list_availability_revisions))
        .routes(routes!(centre::revisions::list_centre_revisions))
        .routes(routes!(unit::revisions::list_unit_revisions))
        .routes(routes!(centre::figures::list_centre_figures))
        .routes(routes!(statistics::overview::show_statistics))
        .routes(routes!(statistics::series::list_statistics_series))
        .routes(routes!(statistics::indicator::list_indicators))
        .routes(routes!(statistics::quick_wins::list_quick_wins))
        .routes(routes!(procedure::ways::list_ways))
        .routes(routes!(procedure::map::map_levels))
}
