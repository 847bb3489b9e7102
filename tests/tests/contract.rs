//! The contract: what the code writes, what is checked in, and what the server answers are the same.

use motcua_tests::schema::Contract;
use motcua_tests::{Reply, Server, ServerOptions, Site, repository};
use reqwest::Method;
use serde_json::Value;

const CONTRACT: &str = "/api/v1/openapi.json";

#[test]
fn the_contract_that_is_checked_in_is_the_one_of_the_code() {
    let written = Site::sqlite().run(["openapi"]).ok().stdout;
    let checked_in = std::fs::read_to_string(repository().join("openapi.yaml")).expect("openapi.yaml");
    assert!(written == checked_in, "openapi.yaml differs from the code; run `make openapi`");
    assert!(written.starts_with("openapi: 3.1."), "{}", written.lines().next().unwrap_or_default());
}

async fn contract(server: &Server) -> Contract {
    Contract::new(server.get(CONTRACT).await.is(200).json())
}

#[tokio::test]
async fn every_operation_is_described_with_an_example() {
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::without_sample()).await;
    let contract = contract(&server).await;
    let operations = contract.operations();
    assert!(operations.len() >= 9, "{}", operations.len());
    let mut ids = Vec::new();
    for (path, method, operation) in &operations {
        let name = format!("{method} {path}");
        assert!(path.starts_with("/api/v1/"), "{name}");
        for part in ["summary", "description", "operationId"] {
            assert!(!operation[part].as_str().unwrap_or_default().is_empty(), "{name}: no {part}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}: one tag");
        ids.push(operation["operationId"].as_str().unwrap_or_default());
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = contract.follow(parameter);
            assert!(!parameter["description"].as_str().unwrap_or_default().is_empty(), "{name}: {parameter}");
        }
        let answer = contract.response(operation, 200).unwrap_or_else(|| panic!("{name}: no 200"));
        let content = &answer["content"]["application/json"];
        let example = content
            .get("example")
            .or_else(|| content["examples"].as_object()?.values().next().map(|example| &example["value"]))
            .unwrap_or_else(|| panic!("{name}: no example"));
        let differences = contract.differences(&content["schema"], example);
        assert_eq!(differences, Vec::<String>::new(), "{name}: its example is not what it says");
        for status in [400, 405, 414, 431, 500, 503] {
            assert!(contract.response(operation, status).is_some(), "{name}: says nothing about {status}");
        }
        if path.contains('{') {
            assert!(contract.response(operation, 404).is_some(), "{name}: says nothing about 404");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "two operations with one id: {ids:?}");
}

#[tokio::test]
async fn every_operation_answers_as_it_says() {
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::default()).await;
    let contract = contract(&server).await;
    let found = server.query("/api/v1/procedures", &[("q", "khai sinh")]).await.is(200).json();
    let code = found["items"][0]["code"].as_str().expect("a code").to_owned();
    for (path, method, operation) in contract.operations() {
        assert_eq!(method, "get", "{path}: this test knows how to read only");
        let (known, unknown) = (fill(path, &code, "p42", "42"), fill(path, "9.999999", "nowhere", "99"));
        let mut asked = vec![known.clone(), format!("{known}?lavel=4"), unknown];
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = contract.follow(parameter);
            if parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().expect("a name");
            let example = parameter.get("example").or_else(|| parameter["schema"].get("example"));
            if let Some(example) = example {
                let first = example.as_array().and_then(|examples| examples.first()).unwrap_or(example);
                let value = first.as_str().map_or_else(|| first.to_string(), str::to_owned);
                // A cursor belongs to one list; its example is for looking at.
                if name != "cursor" {
                    asked.push(with_parameter(&server, &known, name, &value));
                }
            }
            asked.push(with_parameter(&server, &known, name, "\u{7}?"));
        }
        for path in asked {
            let reply = server.get(&path).await;
            check(&contract, operation, &reply);
        }
        let refused = server.request(Method::DELETE, &known, &[]).await.is(405);
        check(&contract, operation, &refused);
    }
}

fn fill(path: &str, code: &str, centre: &str, unit: &str) -> String {
    let value = if path.contains("/procedures/{") {
        code
    } else if path.contains("/centres/{") {
        centre
    } else {
        unit
    };
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) => format!("{}{value}{}", &path[..open], &path[close + 1..]),
        _ => path.to_owned(),
    }
}

fn with_parameter(server: &Server, path: &str, name: &str, value: &str) -> String {
    let url = reqwest::Url::parse_with_params(&server.url(path), [(name, value)]).expect("an address");
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

#[track_caller]
fn check(contract: &Contract, operation: &Value, reply: &Reply) {
    let status = reply.status.as_u16();
    assert!(status < 500, "{} answered {status}\n{}", reply.path, reply.text());
    let told = contract.response(operation, status);
    let told =
        told.unwrap_or_else(|| panic!("{} answered {status}, which the contract does not tell", reply.path));
    let kind = reply.header("content-type").split(';').next().unwrap_or_default().to_owned();
    let content = told["content"].get(&kind).unwrap_or_else(|| panic!("{}: {kind} is not told", reply.path));
    let differences = contract.differences(&content["schema"], &reply.json());
    assert_eq!(differences, Vec::<String>::new(), "{} {status}", reply.path);
}

#[tokio::test]
async fn the_reference_is_served_without_any_other_host() {
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::without_sample()).await;
    let page = server.get("/api/docs/").await;
    let page =
        if page.status.is_redirection() { server.get(page.header("location")).await } else { page }.is(200);
    let html = page.text();
    assert!(page.header("content-type").starts_with("text/html"));
    for part in html.split(['"', '\'']).filter(|part| part.starts_with("http")) {
        assert!(part.starts_with("http://www.w3.org/"), "the reference asks {part}");
    }
}
