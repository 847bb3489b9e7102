//! The pages as their bytes: every link leads somewhere, nothing comes from elsewhere, and they stay light.

use std::collections::{BTreeMap, VecDeque};

use motcua_tests::{ServerOptions, Site};
use reqwest::Method;

/// Addresses to visit at most: enough for every template in many states, quick enough for every change.
const VISITS: usize = 400;

#[tokio::test]
async fn every_link_leads_somewhere() {
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::default()).await;
    let mut depth: BTreeMap<String, usize> = BTreeMap::from([("/vi".to_owned(), 0)]);
    let mut waiting = VecDeque::from(["/vi".to_owned()]);
    let mut visited = 0;
    let mut heaviest = (0, String::new());
    while let Some(path) = waiting.pop_front() {
        if visited == VISITS {
            break;
        }
        visited += 1;
        let reply = server.request(Method::GET, &path, &[("accept-encoding", "br")]).await;
        let redirected = reply.status.is_redirection();
        assert!(reply.status.is_success() || redirected, "{path} answered {}", reply.status);
        assert!(!reply.header("cache-control").is_empty(), "{path} says nothing about caching");
        if redirected || !reply.header("content-type").starts_with("text/html") {
            continue;
        }
        assert_eq!(reply.header("content-encoding"), "br", "{path}");
        if path.starts_with("/vi") && reply.body.len() > heaviest.0 {
            heaviest = (reply.body.len(), path.clone());
        }
        let html = server.get(&path).await.text();
        if path.starts_with("/vi") {
            look_at(&path, &html);
        }
        let at = depth[&path];
        for href in links(&html) {
            let href = href.split('#').next().unwrap_or_default().to_owned();
            if href.starts_with('/') && !href.starts_with("//") && !depth.contains_key(&href) {
                depth.insert(href.clone(), at + 1);
                waiting.push_back(href);
            }
        }
    }
    assert!(visited >= 100, "only {visited} pages");
    assert!(heaviest.0 <= 16 * 1024, "{} weighs {} bytes", heaviest.1, heaviest.0);
    println!("{visited} addresses followed; the heaviest page is {} with {} bytes", heaviest.1, heaviest.0);
}

fn look_at(path: &str, html: &str) {
    assert!(html.starts_with("<!doctype html>"), "{path}");
    assert!(html.contains("<html lang=\"vi\">"), "{path}: its language");
    assert_eq!(html.matches("<h1").count(), 1, "{path}: one main heading");
    assert_eq!(html.matches("<main").count(), 1, "{path}");
    assert!(html.contains("Dữ liệu mẫu"), "{path}: made-up data say so");
    for forbidden in
        [" style=\"", "<style", " onclick=", " onload=", "javascript:", "<iframe", "{{", "}}", "{ $"]
    {
        assert!(!html.contains(forbidden), "{path}: {forbidden}");
    }
    for source in attribute(html, "src") {
        assert!(source.starts_with('/') && !source.starts_with("//"), "{path} loads {source}");
    }
    // Links in a new place are told; a text that is missing would show its key.
    assert!(!html.contains("⟨") && !html.contains("??"), "{path}: a text is missing");
}

fn links(html: &str) -> Vec<String> {
    attribute(html, "href").into_iter().chain(attribute(html, "action")).collect()
}

fn attribute(html: &str, name: &str) -> Vec<String> {
    html.split(&format!(" {name}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|value| value.replace("&amp;", "&").replace("&#38;", "&"))
        .collect()
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_names_of_their_own() {
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::without_sample()).await;
    let html = server.get("/vi").await.is(200).text();
    let head = html.split("</head>").next().unwrap_or_default();
    let assets: Vec<String> = attribute(head, "href").into_iter().chain(attribute(head, "src")).collect();
    assert!(assets.len() >= 2, "{head}");
    for asset in assets {
        let reply = server.get(&asset).await.is(200);
        assert!(
            reply.header("cache-control").contains("immutable"),
            "{asset}: {}",
            reply.header("cache-control")
        );
        let packed = server.request(Method::GET, &asset, &[("accept-encoding", "br")]).await.is(200);
        assert!(packed.body.len() <= 8 * 1024, "{asset} weighs {} bytes", packed.body.len());
    }
}

#[tokio::test]
async fn faults_of_a_visitor_are_told_on_a_page() {
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::default()).await;
    for (path, status) in [
        ("/vi/khong-co", 404),
        ("/vi/thu-tuc/9.999999", 404),
        ("/vi/trung-tam/khong-co", 404),
        ("/vi/noi/99", 404),
        ("/khong-co", 404),
    ] {
        let reply = server.request(Method::GET, path, &[("accept", "text/html")]).await.is(status);
        assert!(
            reply.header("content-type").starts_with("text/html"),
            "{path}: {}",
            reply.header("content-type")
        );
        assert!(reply.text().contains("<h1"), "{path}");
    }
    let home = server.get("/").await;
    assert!(home.status.is_redirection() || home.status.is_success());
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{7*7}}",
        "' OR 1=1 --",
        "\u{202e}abc",
    ] {
        let reply = server.query("/vi/thu-tuc", &[("q", hostile)]).await.is(200);
        let html = reply.text();
        assert!(
            !html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains(">49<"),
            "{hostile}"
        );
    }
}

#[tokio::test]
async fn an_empty_catalogue_says_so_and_does_not_break() {
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::without_sample()).await;
    for path in ["/vi", "/vi/thu-tuc", "/vi/thu-tuc?q=khai+sinh", "/vi/trung-tam", "/vi/noi"] {
        let html = server.get(path).await.is(200).text();
        assert!(!html.contains("Dữ liệu mẫu"), "{path}: nothing here is made up");
    }
    let answer = server.get("/api/v1/procedures").await.is(200).json();
    assert_eq!(answer["items"], serde_json::json!([]));
}
