//! The contract as files, and its interactive reference: everything comes from the binary.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::RawPathParams;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use utoipa_swagger_ui::Config;

use motcua_http::{AppState, CachePolicy, Problem, ProblemKind};

use crate::openapi;

static YAML: LazyLock<String> = LazyLock::new(openapi::openapi_yaml);
static JSON: LazyLock<String> = LazyLock::new(|| openapi::openapi().to_json().unwrap_or_default());
static UI: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/api/v1/openapi.json");
    // The validator badge would send the contract's address to another server.
    Arc::new(config.validator_url("none").try_it_out_enabled(true).display_request_duration(true))
});

/// Routes of the contract and of its reference.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/openapi.yaml", get(show_yaml))
        .route("/api/v1/openapi.json", get(show_json))
        .route("/api/docs", get(open_reference))
        .route("/api/docs/", get(show_reference))
        .route("/api/docs/{*file}", get(show_reference))
}

async fn show_yaml() -> Response {
    ([(header::CONTENT_TYPE, "application/yaml; charset=utf-8")], YAML.as_str()).into_response()
}

async fn show_json() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str()).into_response()
}

async fn open_reference() -> Redirect {
    Redirect::temporary("/api/docs/")
}

async fn show_reference(params: RawPathParams) -> Result<Response, Problem> {
    let file = params.iter().next().map_or("index.html", |(_, file)| file);
    match utoipa_swagger_ui::serve(file, Arc::clone(&UI)) {
        Ok(Some(file)) => {
            let mut response = file.bytes.into_owned().into_response();
            let kind = HeaderValue::try_from(file.content_type)
                .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            // Their names carry no hash: a new version of the binary must show at once.
            response.headers_mut().insert(header::CACHE_CONTROL, CachePolicy::AlwaysAsk.header());
            Ok(response)
        }
        Ok(None) => Err(Problem::not_found("the reference has no such file")),
        Err(error) => {
            tracing::error!(error = %error, "a file of the API reference could not be made");
            Err(Problem::new(ProblemKind::Internal))
        }
    }
}
