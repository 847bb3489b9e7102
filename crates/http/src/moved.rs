//! Answers to old addresses: where what was there has gone.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::cache::CachePolicy;

/// A permanent redirect (301) to another of our addresses, with the parameters of the old one. Where a unit or centre
/// has gone depends on the day, so it is kept no longer than a page.
#[must_use]
pub fn moved_permanently(path: &str, query: Option<&str>) -> Response {
    let location = match query.filter(|query| !query.is_empty()) {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, CachePolicy::Published.header());
    // A query that came as an address is one; anything else is left out.
    let location = HeaderValue::try_from(location).or_else(|_| HeaderValue::from_str(path));
    headers.insert(header::LOCATION, location.unwrap_or_else(|_| HeaderValue::from_static("/")));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_kept() {
        let to = |query| {
            let response = moved_permanently("/vi/noi/18073", query);
            assert_eq!(response.status(), 301);
            response.headers()[header::LOCATION].to_str().expect("text").to_owned()
        };
        assert_eq!(to(None), "/vi/noi/18073");
        assert_eq!(to(Some("")), "/vi/noi/18073");
        assert_eq!(to(Some("as_of=today&q=%C4%91")), "/vi/noi/18073?as_of=today&q=%C4%91");
    }
}
