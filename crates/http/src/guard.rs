//! What every request goes through: an id, limits, a place in the queue, a deadline, and on the way back problems in
//! the form that the address calls for, security headers and compression.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tracing::Instrument;

use crate::problem::{Problem, ProblemKind};
use crate::request_id::{REQUEST_ID, RequestId, RequestIds};
use crate::security::{self, Surface};
use crate::state::{Limits, Site};

/// Shows a problem as a page.
pub type ProblemPage = Arc<dyn Fn(&ProblemContext<'_>) -> Response + Send + Sync>;

/// What a page about a problem can tell.
pub struct ProblemContext<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Id of the request.
    pub request_id: &'a str,
    /// Path that was asked for.
    pub path: &'a str,
    /// The site.
    pub site: &'a Site,
}

/// What [`harden`] needs to know.
pub struct Hardening {
    /// The site, with its limits.
    pub site: Arc<Site>,
    /// Shows problems of pages; where absent they are JSON like those of the API. Status and headers are set
    /// afterwards from the problem.
    pub problem_page: Option<ProblemPage>,
}

struct Guard {
    site: Arc<Site>,
    problem_page: Option<ProblemPage>,
    ids: RequestIds,
    places: Semaphore,
}

/// Paths that tell whether the server lives; they never wait behind other requests.
const PROBES: [&str; 2] = ["/livez", "/readyz"];

/// Puts every route of a router, and every address that has none, through the same checks. Call it once, last.
pub fn harden(router: Router, hardening: Hardening) -> Router {
    let limits = hardening.site.limits;
    let guard = Arc::new(Guard {
        site: hardening.site,
        problem_page: hardening.problem_page,
        ids: RequestIds::new(),
        places: Semaphore::new(limits.concurrent_requests.max(1)),
    });
    // The highest qualities cost more time than the bytes they save cost on the line.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(4));
    router
        .fallback(unknown_address)
        .layer(DefaultBodyLimit::max(usize::try_from(limits.body_bytes).unwrap_or(usize::MAX)))
        .layer(CatchPanicLayer::custom(problem_of_panic))
        .layer(from_fn_with_state(guard, watch))
        .layer(compression)
}

async fn unknown_address() -> Problem {
    Problem::not_found("there is no such address")
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn problem_of_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(panic.message = %message, "a handler panicked");
    Problem::new(ProblemKind::Internal).into_response()
}

async fn watch(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = guard.ids.of(request.headers());
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let span = tracing::info_span!("request", request.id = id.as_str());

    let mut response = answer(&guard, request, next).instrument(span).await;
    finish(&guard, &mut response, &path, &id);

    let status = response.status().as_u16();
    let duration_us = started.elapsed().as_micros();
    let route = route.as_deref().unwrap_or("-");
    // The route and not the path: words that people search for do not belong into logs.
    if status >= 500 {
        tracing::warn!(request.id = id.as_str(), http.method = %method, http.route = route, http.status = status, duration_us, "answered with a server error");
    } else {
        tracing::debug!(request.id = id.as_str(), http.method = %method, http.route = route, http.status = status, duration_us, "answered");
    }
    response
}

async fn answer(guard: &Guard, request: Request, next: Next) -> Response {
    let limits = guard.site.limits;
    if let Some(problem) = oversized(&request, &limits) {
        return problem.into_response();
    }
    let _place = if PROBES.contains(&request.uri().path()) {
        None
    } else {
        match tokio::time::timeout(limits.queue_time, guard.places.acquire()).await {
            Ok(Ok(place)) => Some(place),
            Ok(Err(_)) | Err(_) => {
                return Problem::new(ProblemKind::Unavailable)
                    .with_retry_after(limits.retry_after)
                    .into_response();
            }
        }
    };
    match tokio::time::timeout(limits.request_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Problem::new(ProblemKind::DeadlineExceeded).with_retry_after(limits.retry_after).into_response()
        }
    }
}

fn oversized(request: &Request, limits: &Limits) -> Option<Problem> {
    let uri_bytes = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    if uri_bytes > limits.uri_bytes {
        let detail = format!("path and query have {uri_bytes} bytes, {} are allowed", limits.uri_bytes);
        return Some(Problem::new(ProblemKind::UriTooLong).with_detail(detail));
    }
    let headers = request.headers();
    let header_bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if header_bytes > limits.header_bytes {
        let detail = format!("the headers have {header_bytes} bytes, {} are allowed", limits.header_bytes);
        return Some(Problem::new(ProblemKind::HeadersTooLarge).with_detail(detail));
    }
    let bodyless = matches!(*request.method(), Method::GET | Method::HEAD);
    let allowed = if bodyless { 0 } else { limits.body_bytes };
    let announced = body_bytes(headers);
    if announced > allowed {
        let detail = format!("a {} request may carry a body of {allowed} bytes at most", request.method());
        return Some(Problem::new(ProblemKind::ContentTooLarge).with_detail(detail));
    }
    None
}

/// How large a body the headers announce. One of unknown length counts as one byte: GET may not have it, and other
/// methods are held to the limit while it is read.
fn body_bytes(headers: &HeaderMap) -> u64 {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return 1;
    }
    let Some(length) = headers.get(header::CONTENT_LENGTH) else { return 0 };
    length.to_str().ok().and_then(|text| text.parse().ok()).unwrap_or(u64::MAX)
}

/// Gives a problem its final form, and every answer its headers.
fn finish(guard: &Guard, response: &mut Response, path: &str, id: &RequestId) {
    let surface = Surface::of_path(path);
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && response.extensions().get::<Problem>().is_none()
    {
        // The router answers a wrong method itself, with the Allow header and nothing else.
        response.extensions_mut().insert(Problem::new(ProblemKind::MethodNotAllowed));
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let page = guard.problem_page.as_ref().filter(|_| surface == Surface::Page);
        let mut shown = match page {
            Some(page) => {
                let context =
                    ProblemContext { problem: &problem, request_id: id.as_str(), path, site: &guard.site };
                let mut shown = page(&context);
                *shown.status_mut() = problem.kind().status();
                problem.set_headers(&mut shown);
                shown
            }
            None => problem.json_response(Some(path), Some(id.as_str())),
        };
        if let Some(allow) = response.headers().get(header::ALLOW) {
            shown.headers_mut().insert(header::ALLOW, allow.clone());
        }
        *response = shown;
    }
    let headers = response.headers_mut();
    security::apply(headers, surface);
    headers.insert(REQUEST_ID, id.header());
    // An answer whose handler chose no policy is not to be kept by accident.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests;
