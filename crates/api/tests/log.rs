//! What the API does with places in the change log: waiting for one's own writes, tags, cursors, the mark of made-up data.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use motcua_catalogue::{Catalogue, Command, Expected, Permit, Reason, StorageOptions};
use motcua_http::{AppState, Clock, Present, SearchLog, Site};
use motcua_search::{Engine, EngineOptions};
use serde_json::{Value, json};
use tower::ServiceExt as _;

struct Node {
    catalogue: Catalogue,
    engine: Engine,
    folder: tempfile::TempDir,
}

/// An answer: its status, its tag, how long to wait, its body.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    tag: String,
    retry_after: Option<String>,
    body: Value,
}

async fn open(folder: &tempfile::TempDir) -> Catalogue {
    let options = StorageOptions::Sqlite(folder.path().join("catalogue.sqlite"));
    Catalogue::open(&options).await.expect("a database")
}

async fn put(catalogue: &Catalogue, record: fn(Value) -> Command, value: Value) {
    catalogue
        .apply(&Permit::program("test"), &Reason::none(), Expected::Any, record(value))
        .await
        .expect("applied");
}

fn procedure(value: Value) -> Command {
    Command::Procedure(Box::new(serde_json::from_value(value).expect("a procedure")))
}

fn field(value: Value) -> Command {
    Command::Field(serde_json::from_value(value).expect("a field"))
}

async fn put_procedure(catalogue: &Catalogue, code: &str, name: &str) {
    let record = json!({
        "code": code, "name": name, "fields": ["ho-tich"], "tiers": ["commune"], "applicants": ["citizen"],
        "source": { "kind": "dataset", "citation": "test" },
    });
    put(catalogue, procedure, record).await;
}

async fn mark_sample(catalogue: &Catalogue, shows_sample: bool) {
    let mut batch = catalogue.batch(&Permit::program("test"), &Reason::none()).await.expect("begins");
    batch.mark_sample(shows_sample).await.expect("written").expect("marked");
    batch.commit().await.expect("committed");
}

impl Node {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let catalogue = open(&folder).await;
        put(&catalogue, field, json!({ "slug": "ho-tich", "name": "Hộ tịch" })).await;
        put(&catalogue, field, json!({ "slug": "dat-dai", "name": "Đất đai" })).await;
        Self::over(catalogue, folder).await
    }

    async fn over(catalogue: Catalogue, folder: tempfile::TempDir) -> Self {
        let index = folder.path().join("index");
        let engine =
            Engine::open(catalogue.clone(), &index, EngineOptions::default()).await.expect("an index");
        Self { catalogue, engine, folder }
    }

    async fn ask(&self, path: &str, has: Option<&str>) -> Answer {
        let site = Site {
            clock: Clock::Fixed("2026-11-23T03:00:00Z".parse().expect("a moment")),
            present: Present::Followed(self.engine.clone()),
            ..Site::new("test")
        };
        let state = AppState {
            catalogue: self.catalogue.clone(),
            engine: self.engine.clone(),
            site: Arc::new(site),
            searches: SearchLog::default(),
        };
        let request = Request::get(path).header(header::IF_NONE_MATCH, has.unwrap_or_default());
        let request = request.body(Body::empty()).expect("a request");
        let response = motcua_api::router(state).oneshot(request).await.expect("an answer");
        let text = |name| Some(response.headers().get(name)?.to_str().expect("text").to_owned());
        let (status, retry_after) = (response.status(), text(header::RETRY_AFTER));
        let tag = text(header::ETAG).unwrap_or_default();
        let body = to_bytes(response.into_body(), 4 << 20).await.expect("a body");
        Answer { status, tag, retry_after, body: serde_json::from_slice(&body).unwrap_or_default() }
    }
}

const SEARCH: &str = "/api/v1/procedures?q=khai+sinh";

#[tokio::test]
async fn an_answer_waits_for_the_place_that_is_asked_for() {
    let node = Node::new().await;
    put_procedure(&node.catalogue, "1.001193", "Đăng ký khai sinh").await;
    let place = node.catalogue.head().await.expect("a place");
    let address = format!("{SEARCH}&after={place}");

    // Nobody follows the log yet.
    let asked = Instant::now();
    let late = node.ask(&address, None).await;
    assert_eq!(late.status, StatusCode::SERVICE_UNAVAILABLE, "{late:?}");
    assert!((Duration::from_millis(900)..Duration::from_secs(5)).contains(&asked.elapsed()));
    assert_eq!(late.retry_after.as_deref(), Some("1"));
    assert_eq!(late.body["type"], "/problems/unavailable");
    assert_eq!(late.body["reached"], node.engine.place().to_string());
    assert_eq!(late.body["after"], place.to_string());
    assert_eq!(
        node.ask(SEARCH, None).await.body["page"]["total"],
        0,
        "who does not ask for it does not wait"
    );

    let follower = node.engine.clone();
    let following = tokio::spawn(async move { follower.follow(std::future::pending()).await });
    let found = node.ask(&address, None).await;
    assert_eq!((found.status, &found.body["page"]["total"]), (StatusCode::OK, &json!(1)), "{found:?}");
    following.abort();
    // The parameter is none of the operation's: the answer is the same one without it.
    assert_eq!(node.ask(SEARCH, Some(&found.tag)).await.status, StatusCode::NOT_MODIFIED);
    let unknown = node.ask(&format!("{SEARCH}&afer={place}"), None).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.body["errors"][0]["remedy"].as_str().is_some_and(|text| text.ends_with(", after")));
}

#[tokio::test]
async fn a_client_with_an_old_answer_is_not_told_that_it_still_holds() {
    let node = Node::new().await;
    let before = node.ask(SEARCH, None).await;
    put_procedure(&node.catalogue, "1.001193", "Đăng ký khai sinh").await;
    let place = node.catalogue.head().await.expect("a place");
    let late = node.ask(&format!("{SEARCH}&after={place}"), Some(&before.tag)).await;
    assert_eq!(late.status, StatusCode::SERVICE_UNAVAILABLE, "the index is still where the tag is from");
}

#[tokio::test]
async fn a_place_of_another_log_and_a_text_that_is_none_are_told_apart() {
    let (node, other) = (Node::new().await, Node::new().await);
    put_procedure(&other.catalogue, "1.001193", "Đăng ký khai sinh").await;
    let place = other.catalogue.head().await.expect("a place");
    let foreign = node.ask(&format!("{SEARCH}&after={place}"), None).await;
    assert_eq!(
        (foreign.status, &foreign.body["type"]),
        (StatusCode::CONFLICT, &json!("/problems/another-history"))
    );
    assert_eq!(foreign.body["reached"], node.engine.place().to_string());
    for value in ["7", "7.abc", "khai sinh"] {
        let refused = node.ask(&format!("{SEARCH}&after={}", value.replace(' ', "+")), None).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{value}");
        let error = &refused.body["errors"][0];
        assert_eq!((&error["parameter"], &error["code"]), (&json!("after"), &json!("malformed")), "{value}");
    }
    assert_eq!(node.ask(&format!("{SEARCH}&after="), None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn tags_follow_the_history_and_not_the_number() {
    let node = Node::new().await;
    let Node { catalogue, engine, folder } = node;
    drop(engine);
    catalogue.close().await.expect("closes");
    let copy = tempfile::tempdir().expect("a temporary folder");
    let file = "catalogue.sqlite";
    std::fs::copy(folder.path().join(file), copy.path().join(file)).expect("copied");
    let node = Node::over(open(&folder).await, folder).await;
    let survivor = open(&copy).await;
    put_procedure(&node.catalogue, "1.001193", "Đăng ký khai sinh").await;
    put_procedure(&survivor, "1.000656", "Đăng ký khai tử").await;
    node.engine.catch_up().await.expect("caught up");
    let before = node.ask("/api/v1/procedures", None).await;
    assert_eq!(before.body["items"][0]["code"], "1.001193");

    let engine = node.engine.over(survivor.clone());
    engine.catch_up().await.expect("put right");
    let node = Node { catalogue: survivor, engine, folder: node.folder };
    let after = node.ask("/api/v1/procedures", Some(&before.tag)).await;
    assert_eq!((after.status, &after.body["items"][0]["code"]), (StatusCode::OK, &json!("1.000656")));
    assert_ne!(after.tag, before.tag);
}

#[tokio::test]
async fn a_cursor_ends_where_the_log_was_restored() {
    let node = Node::new().await;
    let first = node.ask("/api/v1/fields?per_page=1", None).await;
    let cursor = first.body["page"]["next_cursor"].as_str().expect("a cursor").to_owned();
    let next = format!("/api/v1/fields?per_page=1&cursor={cursor}");
    assert_eq!(node.ask(&next, None).await.body["items"][0]["key"], "ho-tich");
    node.catalogue.mark_restored().await.expect("marked");
    node.engine.catch_up().await.expect("caught up");
    let refused = node.ask(&next, None).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let error = &refused.body["errors"][0];
    assert_eq!((&error["parameter"], &error["code"]), (&json!("cursor"), &json!("another_log")), "{error}");
    assert!(error["remedy"].as_str().is_some_and(|text| text.contains("begin the list anew")), "{error}");
}

#[tokio::test]
async fn the_mark_of_made_up_data_comes_and_goes_without_a_restart() {
    let node = Node::new().await;
    let asked = "/api/v1/fields";
    let mut before = node.ask(asked, None).await;
    assert_eq!((&before.body["notice"], &before.body["as_of"]), (&Value::Null, &json!("2026-11-23")));
    for shows_sample in [true, false] {
        mark_sample(&node.catalogue, shows_sample).await;
        node.engine.catch_up().await.expect("caught up");
        let after = node.ask(asked, Some(&before.tag)).await;
        assert_eq!(
            after.status,
            StatusCode::OK,
            "nobody is told that the answer without the notice still holds"
        );
        assert_eq!(after.body["notice"].is_string(), shows_sample, "{after:?}");
        let day = if shows_sample { "2021-03-01" } else { "2026-11-23" };
        assert_eq!(after.body["as_of"], day);
        before = after;
    }
}
