//! Caching: an explicit policy for every answer, and answers that can be asked for again cheaply.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

use crate::state::AppState;

/// How long an answer may be kept, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Published facts: anybody may keep them for a minute, then asks whether they still hold.
    Published,
    /// Anybody may keep it, but asks every time whether it still holds.
    AlwaysAsk,
    /// Files whose name contains a hash of their content: kept for a year.
    Immutable,
    /// Kept by nobody.
    Never,
}

impl CachePolicy {
    /// Value of `Cache-Control`.
    #[must_use]
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Published => "public, max-age=60, must-revalidate",
            Self::AlwaysAsk => "public, no-cache",
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Never => "no-store",
        })
    }
}

/// What [`revalidate`] works with.
#[derive(Debug, Clone)]
pub struct Revalidation {
    /// The state of the server.
    pub state: AppState,
    /// Policy of answers that set none themselves.
    pub policy: CachePolicy,
}

/// Layer for routes whose answers depend on address, catalogue, site and binary alone: gives them an `ETag`, and
/// answers 304 where the client has the current one.
///
/// Use it with `axum::middleware::from_fn_with_state(Revalidation { … }, revalidate)`.
pub async fn revalidate(State(cache): State<Revalidation>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let tag = tag(&cache.state, &request);
    if client_has(request.headers(), &tag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().insert(header::ETAG, tag);
        response.headers_mut().insert(header::CACHE_CONTROL, cache.policy.header());
        return response;
    }
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK {
        response.headers_mut().entry(header::ETAG).or_insert(tag);
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert_with(|| cache.policy.header());
    }
    response
}

/// A weak tag, because compression changes the bytes and not the meaning. The place in the log is the index's: the
/// database may be a moment ahead of it, so a tag never promises more than the answer holds. Its hash and not its number,
/// which after a failover may stand for another entry. Other word lists find other things, so
/// they are part of it. What the client accepts decides whether it gets a table.
fn tag(state: &AppState, request: &Request) -> HeaderValue {
    let path_and_query = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let accepted = request.headers().get_all(header::ACCEPT).iter();
    let table = accepted.filter_map(|value| value.to_str().ok()).any(|value| value.contains("text/csv"));
    let site = &state.site;
    let mut hash = Sha256::new();
    hash.update(site.build.as_bytes());
    // Every page shows the site's name, and some its address.
    for text in [Some(&site.name), site.base_url.as_ref()] {
        hash.update(text.map_or("", String::as_str).as_bytes());
        hash.update([0]);
    }
    hash.update([u8::from(table), u8::from(site.is_sample())]);
    hash.update(format!("{:?}", site.indicator).as_bytes());
    let place = state.engine.place();
    hash.update(place.log.as_str().as_bytes());
    hash.update(place.hash.as_bytes());
    hash.update(state.engine.lists_digest().to_be_bytes());
    hash.update(site.day().to_string().as_bytes());
    hash.update(site.today().to_string().as_bytes());
    hash.update(path_and_query.as_bytes());
    weak_tag(hash.finalize().get(..12).unwrap_or_default())
}

fn weak_tag(bytes: &[u8]) -> HeaderValue {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("W/\"{digits}\"")).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""))
}

/// Whether `If-None-Match` names a tag, by weak comparison.
fn client_has(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str() else { return false };
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|given| opaque(given) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_weakly() {
        let tag = weak_tag(&[0xab, 1]);
        assert_eq!(tag, "W/\"ab01\"");
        let asks = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            client_has(&headers, &tag)
        };
        assert!(asks("W/\"ab01\""));
        assert!(asks("\"x\", \"ab01\""));
        assert!(!asks("W/\"ab02\""));
        // `*` asks about any state at all; reading it as "changed" is always right.
        assert!(!asks("*"));
    }
}
