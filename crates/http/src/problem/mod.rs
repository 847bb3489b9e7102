//! Problems: every answer that is not what was asked for, as RFC 9457 describes it.

mod body;
mod registry;

use std::error::Error;
use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use motcua_catalogue::StorageError;
use motcua_search::SearchError;

pub(crate) use body::cut;
pub use body::{ErrorCode, Location, ParameterError, ProblemBody};
pub use registry::{ProblemKind, ProblemType};

/// A problem on its way to the client.
///
/// As a response it carries a JSON body and, in its extensions, itself: the [guard](crate::harden) adds the request's
/// id, or has the problem shown as a page where the address is one for people.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    kind: ProblemKind,
    detail: Option<String>,
    errors: Vec<ParameterError>,
    retry_after: Option<Duration>,
    extensions: Map<String, Value>,
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub fn new(kind: ProblemKind) -> Self {
        Self(Box::new(Parts {
            kind,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            extensions: Map::new(),
        }))
    }

    /// Nothing is there; the detail says what was looked for.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::NotFound).with_detail(detail)
    }

    /// Parameters at fault. Only unknown ones make an `unknown-parameter`.
    #[must_use]
    pub fn parameters(errors: Vec<ParameterError>) -> Self {
        let only_unknown = errors.iter().all(|error| error.code == ErrorCode::Unknown);
        let kind = if only_unknown { ProblemKind::UnknownParameter } else { ProblemKind::InvalidParameter };
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.parameter, one.reason),
            several => format!("{} parameters cannot be used", several.len()),
        };
        let mut problem = Self::new(kind).with_detail(detail);
        problem.0.errors = errors;
        problem
    }

    /// A fault of the server. The error and its causes are logged here, once, and never sent.
    #[must_use]
    pub fn internal(what: &'static str, error: &(dyn Error + 'static)) -> Self {
        tracing::error!(error.chain = %chain(error), "{what}");
        Self::new(ProblemKind::Internal)
    }

    /// The server cannot answer right now. The error and its causes are logged here, once.
    #[must_use]
    pub fn unavailable(what: &'static str, error: &(dyn Error + 'static)) -> Self {
        tracing::warn!(error.chain = %chain(error), "{what}");
        Self::new(ProblemKind::Unavailable).with_retry_after(Duration::from_secs(2))
    }

    /// Adds what is special about this occurrence, in English. Never internal text.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Says when to ask again.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds a member of the body beyond the standard ones.
    #[must_use]
    pub fn with_extension(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.extensions.insert(name.into(), value.into());
        self
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// What is special about this occurrence.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The parameters at fault.
    #[must_use]
    pub fn errors(&self) -> &[ParameterError] {
        &self.0.errors
    }

    /// A member of the body beyond the standard ones.
    #[must_use]
    pub fn extension(&self, name: &str) -> Option<&Value> {
        self.0.extensions.get(name)
    }

    /// The body; the guard knows path and request id.
    #[must_use]
    pub fn body(&self, path: Option<&str>, request_id: Option<&str>) -> ProblemBody {
        let row = self.0.kind.row();
        ProblemBody {
            kind: self.0.kind.type_uri(),
            title: row.title_en.to_owned(),
            status: row.status,
            detail: self.0.detail.clone(),
            instance: path.map(ToOwned::to_owned),
            request_id: request_id.map(ToOwned::to_owned),
            errors: self.0.errors.clone(),
            extensions: self.0.extensions.clone(),
        }
    }

    pub(crate) fn json_response(&self, path: Option<&str>, request_id: Option<&str>) -> Response {
        let body = serde_json::to_vec(&self.body(path, request_id)).unwrap_or_default();
        let mut response = (self.0.kind.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
        self.set_headers(&mut response);
        response
    }

    /// Sets what every form of the problem has: no caching, and when to ask again.
    pub(crate) fn set_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.json_response(None, None);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        if error.may_pass() {
            return Self::unavailable("the catalogue cannot be reached", &error);
        }
        Self::internal("the catalogue could not be read", &error)
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        if let SearchError::Catalogue(error) = error {
            return error.into();
        }
        Self::internal("the search failed", &error)
    }
}

/// An error with its causes, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the page could not be made")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("password=secret at /srv/db")]
    struct Inner;

    #[test]
    fn causes_are_for_the_log_only() {
        assert_eq!(chain(&Outer(Inner)), "the page could not be made: password=secret at /srv/db");
        let problem = Problem::internal("test", &Outer(Inner));
        let body = serde_json::to_string(&problem.body(Some("/x"), Some("id"))).expect("serialises");
        assert!(!body.contains("secret") && !body.contains("page could"), "{body}");
        assert!(
            body.contains(r#""type":"/problems/internal""#) && body.contains(r#""request_id":"id""#),
            "{body}"
        );
    }

    #[test]
    fn only_unknown_parameters_have_their_own_type() {
        let unknown = ParameterError::unknown("x", "1", &["q"]);
        let malformed = ParameterError {
            parameter: "tier".into(),
            location: Location::Query,
            value: Some("y".into()),
            code: ErrorCode::Malformed,
            reason: "r".into(),
            remedy: "m".into(),
        };
        assert_eq!(Problem::parameters(vec![unknown.clone()]).kind(), ProblemKind::UnknownParameter);
        assert_eq!(Problem::parameters(vec![unknown, malformed]).kind(), ProblemKind::InvalidParameter);
    }

    #[test]
    fn waiting_times_are_whole_seconds() {
        let response = Problem::new(ProblemKind::Unavailable)
            .with_retry_after(Duration::from_millis(300))
            .into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
