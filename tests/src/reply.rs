//! What the server answered.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An HTTP response, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
    /// The path and query asked for.
    pub path: String,
}

impl Reply {
    pub(crate) async fn read(path: &str, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match response.bytes().await {
            Ok(body) => body.to_vec(),
            Err(problem) => panic!("{path}: the body broke off: {problem}"),
        };
        Self { status, headers, body, path: path.to_owned() }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// Where it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(problem) => panic!("{} answered {}: {problem} in\n{}", self.path, self.status, self.text()),
        }
    }

    /// Panics unless the status is this one.
    #[track_caller]
    #[must_use]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} answered\n{}", self.path, self.text());
        self
    }

    /// The problem document (RFC 9457), with what every one of them must have.
    ///
    /// # Panics
    ///
    /// Where the answer is no such document.
    #[track_caller]
    pub fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}\n{}", self.path, self.text());
        let problem = self.json();
        let kind = problem["type"].as_str().unwrap_or_default();
        assert!(kind.starts_with('/') || kind.starts_with("http"), "{}: no type in {problem}", self.path);
        assert!(
            !problem["title"].as_str().unwrap_or_default().is_empty(),
            "{}: no title in {problem}",
            self.path
        );
        assert_eq!(problem["status"], self.status.as_u16(), "{}: {problem}", self.path);
        problem
    }
}
