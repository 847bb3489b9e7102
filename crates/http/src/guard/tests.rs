use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::routing::get;
use tower::ServiceExt;

use super::*;

fn app(limits: Limits) -> Router {
    let router = Router::new()
        .route("/api/v1/things", get(|| async { "things" }))
        .route("/api/v1/panic", get(panics))
        .route("/slow", get(sleeps))
        .route("/livez", get(|| async { "alive" }));
    let problem_page: ProblemPage = Arc::new(|context| {
        format!("<h1>{}</h1>{}", context.problem.kind().row().title_vi, context.request_id).into_response()
    });
    let site = Arc::new(Site { limits, ..Site::new("test") });
    harden(router, Hardening { site, problem_page: Some(problem_page) })
}

async fn panics() -> &'static str {
    panic!("the secret is 42")
}

async fn sleeps() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "slept"
}

async fn ask(app: &Router, request: Request) -> (StatusCode, HeaderMap, String) {
    let response = app.clone().oneshot(request).await.expect("answers");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.expect("a body");
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).expect("text"))
}

fn get_request(uri: &str) -> Request {
    Request::get(uri).body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn problems_are_json_for_programs_and_pages_for_people() {
    let app = app(Limits::default());
    let (status, headers, body) = ask(&app, get_request("/api/v1/nothing")).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::NOT_FOUND, &"application/problem+json".parse().expect("a value"))
    );
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["type"], "/problems/not-found");
    assert_eq!(body["instance"], "/api/v1/nothing");
    assert_eq!(body["request_id"], headers["x-request-id"].to_str().expect("text"));
    let (status, headers, body) = ask(&app, get_request("/nothing")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert!(body.starts_with("<h1>Không tìm thấy</h1>"), "{body}");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let request = Request::post("/api/v1/things").body(Body::empty()).expect("a request");
    let (status, headers, body) = ask(&app(Limits::default()), request).await;
    assert_eq!(
        (status, &headers[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD".parse().expect("a value"))
    );
    assert!(body.contains("/problems/method-not-allowed"), "{body}");
}

#[tokio::test]
async fn a_panic_tells_nothing() {
    let (status, _, body) = ask(&app(Limits::default()), get_request("/api/v1/panic")).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(body.contains("/problems/internal") && !body.contains("secret"), "{body}");
}

#[tokio::test]
async fn oversized_requests_are_refused() {
    let app = app(Limits::default());
    let (status, ..) = ask(&app, get_request(&format!("/api/v1/things?q={}", "x".repeat(5000)))).await;
    assert_eq!(status, StatusCode::URI_TOO_LONG);
    let with = |name: header::HeaderName, value: String| {
        Request::get("/api/v1/things").header(name, value).body(Body::empty()).expect("a request")
    };
    let (status, ..) = ask(&app, with(header::COOKIE, "x".repeat(20_000))).await;
    assert_eq!(status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    for (name, value) in [(header::CONTENT_LENGTH, "1"), (header::TRANSFER_ENCODING, "chunked")] {
        let (status, ..) = ask(&app, with(name, value.to_owned())).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let (status, ..) = ask(&app, with(header::CONTENT_LENGTH, "0".to_owned())).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn slow_answers_and_full_queues_say_when_to_come_back() {
    let slow = app(Limits { request_time: Duration::from_millis(20), ..Limits::default() });
    let (status, headers, _) = ask(&slow, get_request("/slow")).await;
    assert_eq!(
        (status, &headers[header::RETRY_AFTER]),
        (StatusCode::GATEWAY_TIMEOUT, &HeaderValue::from_static("2"))
    );

    let limits =
        Limits { concurrent_requests: 1, queue_time: Duration::from_millis(20), ..Limits::default() };
    let full = app(limits);
    let (first, second, probe) = tokio::join!(
        ask(&full, get_request("/slow")),
        ask(&full, get_request("/api/v1/things")),
        ask(&full, get_request("/livez"))
    );
    assert_eq!(
        (first.0, second.0, probe.0),
        (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK)
    );
    assert!(second.1.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn every_answer_has_security_headers() {
    let app = app(Limits::default());
    for uri in ["/api/v1/things", "/api/v1/nothing", "/nothing", "/livez"] {
        let (_, headers, _) = ask(&app, get_request(uri)).await;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{uri}");
        assert!(
            headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .expect("text")
                .starts_with("default-src 'none'")
        );
        assert!(headers.contains_key("x-request-id") && headers.contains_key(header::CACHE_CONTROL), "{uri}");
        assert_eq!(
            headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN),
            uri.starts_with("/api"),
            "{uri}"
        );
    }
}
