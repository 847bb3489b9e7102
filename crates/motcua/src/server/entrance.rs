//! Where every request enters: health answers first, outside every queue; everything else goes to the application, once
//! it is there.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use hyper::Request;
use hyper::body::Incoming;
use tower::ServiceExt as _;

use motcua_http::{Problem, ProblemKind};

use super::health::Health;

/// The entrance; clones lead to the same place.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    health: Arc<Health>,
    app: Arc<OnceLock<Router>>,
}

impl Entrance {
    /// An entrance that is still closed: only the health answers work.
    pub(crate) fn closed(health: Arc<Health>) -> Self {
        Self { health, app: Arc::default() }
    }

    /// Opens it to the application. Only the first call counts.
    pub(crate) fn open(&self, app: Router) {
        // A second application would be a mistake of ours that changes nothing for readers.
        if self.app.set(app).is_err() {
            tracing::warn!("the application was opened twice");
        }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        match request.uri().path() {
            "/livez" => Self::health_answer(request.method(), || std::future::ready(Health::live())).await,
            "/readyz" => Self::health_answer(request.method(), || self.health.ready()).await,
            path => match self.app.get() {
                // The router answers every request, be it with a problem.
                Some(app) => match app.clone().oneshot(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                },
                None => starting(path),
            },
        }
    }

    async fn health_answer<F: Future<Output = (StatusCode, serde_json::Value)>>(
        method: &Method,
        answer: impl FnOnce() -> F,
    ) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            let mut response =
                json(StatusCode::METHOD_NOT_ALLOWED, &serde_json::json!({"error": "only GET and HEAD"}));
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let (status, value) = answer().await;
        json(status, &value)
    }
}

fn json(status: StatusCode, value: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{value}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The answer while the catalogue is still being opened.
fn starting(path: &str) -> Response<Body> {
    let api = path.starts_with("/api/");
    let mut response = if api {
        json(
            StatusCode::SERVICE_UNAVAILABLE,
            &serde_json::json!(
                Problem::new(ProblemKind::Unavailable)
                    .with_detail("the server is starting; try again in a moment")
                    .body(Some(path), None)
            ),
        )
    } else {
        let mut response = Response::new(Body::from("Một Cửa đang khởi động. Xin thử lại sau giây lát.\n"));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    };
    let content_type = if api { "application/problem+json" } else { "text/plain; charset=utf-8" };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}
