//! Rooms that tell the same fact tell the same: what became of a unit, by the units' operation, the reading of places,
//! redirects and pages.

use std::collections::BTreeSet;

use motcua_tests::{Server, ServerOptions, Site, full_data};
use serde_json::Value;

const NOW: &str = "2026-12-01";

/// Every province and district of 2020, and every so many communes.
const COMMUNES: usize = 15;

/// The codes of a list of units.
fn codes(text: &str) -> Vec<String> {
    let codes: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let (communes, above): (Vec<&str>, Vec<&str>) = codes.into_iter().partition(|code| code.len() == 5);
    above.into_iter().chain(communes.into_iter().step_by(COMMUNES)).map(str::to_owned).collect()
}

/// Codes and extents of what became of a unit.
fn ends(list: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("unknown").to_owned();
    list.as_array()
        .into_iter()
        .flatten()
        .map(|end| (text(&end["unit"]["code"]), text(&end["extent"])))
        .collect()
}

/// What the operation of units, the page and the reading of places say of a code, where they contradict each other.
async fn contradiction(server: &Server, code: &str) -> Option<String> {
    let day = [("as_of", NOW)];
    let unit = server.query(&format!("/api/v1/units/{code}"), &day).await;
    let page = server.query(&format!("/vi/noi/{code}"), &day).await;
    if page.status != unit.status {
        return Some(format!("{code}: the operation says {}, the page {}", unit.status, page.status));
    }
    let places = server.query("/api/v1/places", &[("q", code), ("as_of", NOW)]).await.is(200).json();
    let items: Vec<&str> =
        places["items"].as_array().into_iter().flatten().filter_map(|item| item["code"].as_str()).collect();
    let told_of = |places: &Value| {
        let mut former = places["former"].as_array().into_iter().flatten();
        former.find(|unit| unit["code"] == code).map(|former| ends(&former["successors"]))
    };
    let whole = |to: &str| BTreeSet::from([(to.to_owned(), "whole".to_owned())]);
    let told = match unit.status.as_u16() {
        200 => items.contains(&code),
        301 => {
            let to = unit.header("location").split(['/', '?']).nth(4).unwrap_or_default().to_owned();
            let own = page.header("location").split(['/', '?']).nth(3).unwrap_or_default().to_owned();
            // "02" is a former province and "Phường 2" as well: then it is asked, and both are told.
            let is_a_name = code.len() == 2 && places["outcome"] == "ask" && items.contains(&to.as_str());
            let is_one = places["outcome"] == "one" && items == [to.as_str()];
            own == to && (is_one || is_a_name && told_of(&places).is_some_and(|ends| ends == whole(&to)))
        }
        410 => {
            let said = ends(&unit.json()["successors"]);
            places["outcome"] != "one" && told_of(&places).is_some_and(|ends| ends == said)
        }
        _ => false,
    };
    let body = if unit.status == 410 { unit.text() } else { unit.header("location").to_owned() };
    (!told).then(|| format!("{code}: the operation says {} {body}, places {places}", unit.status))
}

#[tokio::test]
async fn what_became_of_a_unit_is_told_the_same_everywhere() {
    let names = ["units-2020.csv", "units-2025.csv", "unit-mergers.csv"];
    let Some(files) = names.iter().map(|name| full_data(name)).collect::<Option<Vec<_>>>() else { return };
    let site = Site::sqlite();
    let _ = site.import(&files).ok();
    let server = site.serve(ServerOptions::without_sample()).await;
    let old = codes(&std::fs::read_to_string(&files[0]).expect("readable"));
    assert!(old.len() > 1_400, "{} units", old.len());
    let mut contradictions = Vec::new();
    for code in &old {
        contradictions.extend(contradiction(&server, code).await);
    }
    assert!(
        contradictions.is_empty(),
        "{} of {} units: {}",
        contradictions.len(),
        old.len(),
        contradictions.into_iter().take(5).collect::<Vec<_>>().join("\n")
    );
}
