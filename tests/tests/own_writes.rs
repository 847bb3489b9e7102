//! Whoever writes reads it: `after` with the place that a command reports, on every read and on both databases. And a
//! server that runs follows what another process does to the whole site.

use std::time::{Duration, Instant};

use motcua_tests::{Reply, Server, ServerOptions, Site, databases, fixtures};
use serde_json::Value;

/// A place in the log as text, from its JSON form.
fn place(of: &Value) -> String {
    let part = |name: &str| of[name].as_str().unwrap_or_else(|| panic!("no {name} in {of}")).to_owned();
    format!("{}.{}.{}", part("log"), of["sequence"], part("hash"))
}

/// Imports one procedure; returns the place that the report names.
fn write(site: &Site, code: &str, name: &str) -> String {
    let file = site.write(&format!("{code}.ndjson"), fixtures::procedure(code, name));
    place(&site.import(&[file]).ok().json())
}

/// Reads after a place as a client does: a busy node may say that it has not come there yet, and when to ask again. It
/// never answers from before the place.
async fn read(server: &Server, path: &str, parameters: &[(&str, &str)]) -> Reply {
    let asked = Instant::now();
    loop {
        let reply = server.query(path, parameters).await;
        if reply.status != 503 || asked.elapsed() > Duration::from_secs(60) {
            return reply;
        }
        assert_eq!(reply.header("retry-after"), "1", "{path}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn what_another_process_wrote_is_found_at_once() {
    for database in databases() {
        let site = Site::new(database);
        let server = site.serve(ServerOptions::without_sample()).await;
        let mut last = String::new();
        for number in 0..5 {
            let (code, name) = (format!("9.00000{number}"), format!("Cấp giấy phép thử số {number}"));
            last = write(&site, &code, &name);
            let found = read(&server, "/api/v1/procedures", &[("q", &code), ("after", &last)]).await.is(200);
            assert_eq!(found.json()["page"]["total"], 1, "{database:?}: {code} was written and is not found");
            let page = read(&server, "/vi/thu-tuc", &[("q", &code), ("after", &last)]).await.is(200).text();
            assert!(page.contains(&name), "{database:?}: {code} is not on the page");
        }
        // Links and cursors do not carry it on.
        let first = server.query("/api/v1/procedures", &[("per_page", "2"), ("after", &last)]).await.is(200);
        let cursor = first.json()["page"]["next_cursor"].as_str().expect("more").to_owned();
        let _ = server.query("/api/v1/procedures", &[("per_page", "2"), ("cursor", &cursor)]).await.is(200);
        let ready = server.get("/readyz").await.is(200).json();
        assert_eq!(
            (&ready["catalogue"], ready["histories_left"].as_u64()),
            (&ready["index"], Some(0)),
            "{ready}"
        );
        assert_eq!(place(&ready["index"]), last, "{database:?}: {ready}");
    }
}

#[tokio::test]
async fn a_place_that_this_log_never_had_is_told() {
    for database in databases() {
        let (site, other) = (Site::new(database), Site::new(database));
        let server = site.serve(ServerOptions::without_sample()).await;
        let known = write(&site, "9.000001", "Cấp giấy phép thử");
        let foreign = write(&other, "9.000002", "Cấp giấy phép khác");
        let reply = server.query("/api/v1/fields", &[("after", &foreign)]).await.is(409);
        let problem = reply.json();
        assert_eq!(problem["type"], "/problems/another-history", "{problem}");
        assert_eq!(problem["after"], foreign.as_str());
        let page = server.query("/vi/trung-tam", &[("after", &foreign)]).await.is(409);
        assert!(page.text().contains("không thuộc lịch sử"), "{}", page.text());
        let _ = server.get("/problems/another-history").await.is(200);
        let refused = server.query("/api/v1/fields", &[("after", "97458")]).await.is(400).json();
        assert_eq!(refused["errors"][0]["parameter"], "after", "{refused}");
        let _ = read(&server, "/api/v1/fields", &[("after", &known)]).await.is(200);
    }
}

/// Asks until the site shows made-up data.
async fn sample_shown(server: &Server) -> Value {
    let asked = Instant::now();
    loop {
        let list = server.get("/api/v1/fields").await.is(200).json();
        if list["notice"].is_string() || asked.elapsed() > Duration::from_secs(60) {
            return list;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_sample_that_is_loaded_later_is_marked_without_a_restart() {
    for database in databases() {
        let site = Site::new(database);
        let server = site.serve(ServerOptions::without_sample()).await;
        let empty = server.get("/api/v1/fields").await.is(200).json();
        assert!(empty["notice"].is_null() && empty["as_of"] != "2021-03-01", "{empty}");
        let _ = site.run(["sample"]).ok();
        let shown = sample_shown(&server).await;
        assert!(shown["notice"].is_string(), "{database:?}: no answer says that data are made up");
        // The day and the mark are taken together, so the first answer with the mark has the day of the sample.
        assert_eq!(shown["as_of"], "2021-03-01", "{database:?}: the day of the sample");
        let page = server.get("/vi").await.is(200).text();
        assert!(page.contains("01/03/2021"), "{database:?}: the day on the page");
        assert!(page.contains("Dữ liệu mẫu."), "{database:?}: the mark on the page");
    }
}
