//! Midnight in Asia/Ho_Chi_Minh moves what begins or ends that day: the same server, the same catalogue, nobody edits
//! anything, only the clock goes on.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use motcua_catalogue::sample;
use motcua_catalogue::{Catalogue, StorageOptions};
use motcua_http::{AppState, Clock, SearchLog, Site, SiteDate};
use motcua_search::{Engine, EngineOptions};
use serde_json::Value;
use tower::ServiceExt as _;

/// The last second of 30 June 2025 in Vietnam, and the one after it: the districts end, the communes merge.
const BEFORE: &str = "2025-06-30T16:59:59Z";
const AFTER: &str = "2025-07-01T00:00:00+07:00";

struct Node {
    catalogue: Catalogue,
    engine: Engine,
    _folder: tempfile::TempDir,
}

impl Node {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let catalogue = Catalogue::open(&StorageOptions::Sqlite(folder.path().join("catalogue.sqlite")))
            .await
            .expect("an empty database");
        sample::load_hatinh(&catalogue, &mut |_| {}).await.expect("the bundled sample");
        let engine = Engine::open(catalogue.clone(), &folder.path().join("index"), EngineOptions::default())
            .await
            .expect("an index");
        Self { catalogue, engine, _folder: folder }
    }

    /// Asks at a moment; returns status, tag and body.
    async fn ask(&self, moment: &str, path: &str, has: Option<&str>) -> (StatusCode, String, Value) {
        let clock = Clock::Fixed(moment.parse().expect("a moment"));
        // The sample has a day of its own, unless the site says that it shows today.
        let site = Site { clock, date: Some(SiteDate::Today), ..Site::new("test") };
        let state = AppState {
            catalogue: self.catalogue.clone(),
            engine: self.engine.clone(),
            site: Arc::new(site),
            searches: SearchLog::default(),
        };
        let mut request = Request::get(path);
        if let Some(tag) = has {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = motcua_api::router(state).oneshot(request).await.expect("an answer");
        let status = response.status();
        let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        let tag = tag.to_owned();
        let body = to_bytes(response.into_body(), 4 << 20).await.expect("a body");
        (status, tag, serde_json::from_slice(&body).unwrap_or_default())
    }
}

#[tokio::test]
async fn at_midnight_the_districts_end_without_a_restart_or_an_edit() {
    let node = Node::start().await;
    let sequence = node.engine.applied_sequence();
    for (path, before, after) in [
        ("/api/v1/units?tier=district", 13, 0),
        ("/api/v1/units?tier=commune", 216, 69),
        ("/api/v1/centres?tier=district", 13, 0),
        ("/api/v1/centres?tier=commune", 216, 69),
    ] {
        let (_, tag, then) = node.ask(BEFORE, path, None).await;
        assert_eq!(then["page"]["total"], before, "{path} one second before midnight: {then}");
        let (status, _, _) = node.ask(BEFORE, path, Some(&tag)).await;
        assert_eq!(status, StatusCode::NOT_MODIFIED, "{path} again before midnight");
        // Whoever kept the answer is not told that it still holds.
        let (status, _, now) = node.ask(AFTER, path, Some(&tag)).await;
        assert_eq!(status, StatusCode::OK, "{path} at midnight");
        assert_eq!(now["page"]["total"], after, "{path} at midnight: {now}");
    }
    // Search, its filters and its counts move with the day: nobody offers anything in a district any more.
    let search = "/api/v1/procedures?unit=436&q=khai+sinh";
    let (status, _, then) = node.ask(BEFORE, search, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(then["page"]["total"].as_u64().is_some_and(|total| total > 0), "{then}");
    let (status, _, _) = node.ask(AFTER, search, None).await;
    assert_eq!(status, StatusCode::GONE);
    assert_eq!(node.engine.applied_sequence(), sequence, "somebody edited something");
}
