//! The JSON API over the bundled sample: three tiers, dates, filters, paging, problems, caching.

use motcua_tests::walk::{distinct, whole_list};
use motcua_tests::{Reply, Server, sample};
use reqwest::Method;
use serde_json::Value;

/// The day of the sample, with three tiers, and a day after the merger.
const THEN: &str = "2021-03-01";
const NOW: &str = "2026-06-01";

/// A procedure that communes offer, found as a citizen would.
async fn birth_registration(server: &Server) -> String {
    let answer = server.query("/api/v1/procedures", &[("q", "dang ky khai sinh")]).await.is(200).json();
    let first = &answer["items"][0];
    assert!(first["name"].as_str().unwrap_or_default().to_lowercase().contains("khai sinh"), "{first}");
    first["code"].as_str().expect("a code").to_owned()
}

fn texts<'a>(items: &'a [Value], key: &str) -> Vec<&'a str> {
    items.iter().filter_map(|item| item[key].as_str()).collect()
}

#[tokio::test]
async fn the_three_tiers_of_2021_and_the_two_of_today() {
    let server = sample().await;
    for (day, tier, count) in [
        (THEN, "province", 1),
        (THEN, "district", 13),
        (THEN, "commune", 216),
        (NOW, "province", 1),
        (NOW, "district", 0),
        (NOW, "commune", 69),
    ] {
        let centres =
            whole_list(&server, "/api/v1/centres", &[("tier", tier), ("as_of", day), ("per_page", "100")])
                .await;
        assert_eq!(centres.len(), count, "centres of {tier} on {day}");
        distinct(&centres, "id");
        let units =
            whole_list(&server, "/api/v1/units", &[("tier", tier), ("as_of", day), ("per_page", "100")])
                .await;
        assert_eq!(units.len(), count, "units of {tier} on {day}");
        distinct(&units, "code");
    }
    // Without a date the site's own day counts.
    let centres = whole_list(&server, "/api/v1/centres", &[("tier", "district"), ("per_page", "100")]).await;
    assert_eq!(centres.len(), 13);
    let today = whole_list(&server, "/api/v1/centres", &[("tier", "district"), ("as_of", "today")]).await;
    assert_eq!(today.len(), 0);
}

#[tokio::test]
async fn search_finds_with_and_without_diacritics_and_by_code() {
    let server = sample().await;
    let mut first_codes = Vec::new();
    // Typed with marks, without, decomposed, in capitals.
    for words in ["đăng ký khai sinh", "dang ky khai sinh", "đăng ký khai sinh", "ĐĂNG KÝ KHAI SINH"]
    {
        let answer = server.query("/api/v1/procedures", &[("q", words)]).await.is(200).json();
        let items = answer["items"].as_array().expect("items").clone();
        assert!(!items.is_empty(), "{words}");
        let name = items[0]["name"].as_str().unwrap_or_default().to_lowercase();
        assert!(name.contains("khai sinh"), "{words}: {name}");
        first_codes.push(items[0]["code"].as_str().unwrap_or_default().to_owned());
    }
    first_codes.dedup();
    assert_eq!(first_codes.len(), 1, "{first_codes:?}");
    let by_code = server.query("/api/v1/procedures", &[("q", &first_codes[0])]).await.is(200).json();
    assert_eq!(by_code["items"][0]["code"], first_codes[0].as_str());
    let nothing = server.query("/api/v1/procedures", &[("q", "zzzzqqqq")]).await.is(200).json();
    assert_eq!(nothing["items"], serde_json::json!([]));
    assert_eq!(nothing["page"]["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_procedure_its_availability_and_its_centre_agree() {
    let server = sample().await;
    let code = birth_registration(&server).await;
    let procedure = server.get(&format!("/api/v1/procedures/{code}?as_of={THEN}")).await.is(200).json();
    assert_eq!(procedure["code"], code.as_str());
    for part in ["name", "tiers", "source"] {
        assert!(!procedure[part].is_null(), "no {part} in {procedure}");
    }
    // A suffixed code is the base and an agency's mark.
    let suffixed = server.get(&format!("/api/v1/procedures/{code}.H33?as_of={THEN}")).await;
    assert!(suffixed.status.is_success() || suffixed.status.is_redirection(), "{}", suffixed.status);

    let path = format!("/api/v1/procedures/{code}/availability");
    let offers = whole_list(&server, &path, &[("as_of", THEN), ("per_page", "100")]).await;
    assert!(offers.len() > 100, "communes offer it: {}", offers.len());
    for offer in &offers {
        // Unknown is an answer, and then neither is there.
        if let Some(level) = offer["level"].as_str() {
            assert_eq!(offer["scheme"], "nd43-2011", "{offer}");
            assert!(["1", "2", "3", "4"].contains(&level), "{offer}");
        } else {
            assert!(offer["level"].is_null() && offer["scheme"].is_null(), "{offer}");
        }
        assert!(!offer["source"].is_null(), "{offer}");
        assert!(offer.to_string().contains("sample"), "made-up data say so: {offer}");
    }
    let unit = "18070";
    let here = whole_list(&server, &path, &[("as_of", THEN), ("unit", unit)]).await;
    assert_eq!(here.len(), 1, "one commune, one centre: {here:?}");
    let level = here[0]["level"].as_str().expect("a level");
    let at_level = whole_list(&server, &path, &[("as_of", THEN), ("unit", unit), ("level", level)]).await;
    assert_eq!(at_level.len(), 1);
    let centre =
        here[0]["centre"]["id"].as_str().or(here[0]["centre"].as_str()).expect("the centre's id").to_owned();

    let view = server.get(&format!("/api/v1/centres/{centre}")).await.is(200).json();
    assert_eq!(view["id"], centre.as_str());
    let path = format!("/api/v1/centres/{centre}/procedures");
    let listed = whole_list(&server, &path, &[("as_of", THEN), ("per_page", "100")]).await;
    let found: Vec<&Value> =
        listed.iter().filter(|item| item.to_string().contains(&format!("\"{code}\""))).collect();
    assert_eq!(found.len(), 1, "the centre lists the procedure once");
    assert_eq!(found[0]["level"], level);
    assert_eq!(found[0]["scheme"], "nd43-2011");
    assert!(!found[0]["source"].is_null());
    // Today the old commune's centre is no more.
    let ended = server.query(&path, &[("as_of", NOW)]).await;
    if ended.status.is_success() {
        assert_eq!(ended.json()["items"], serde_json::json!([]));
    } else {
        let _ = ended.problem();
    }
}

#[tokio::test]
async fn every_list_pages_through_without_loss_or_repetition() {
    let server = sample().await;
    let code = birth_registration(&server).await;
    let lists = [
        ("/api/v1/procedures".to_owned(), "code", vec![("q", "đăng ký")]),
        ("/api/v1/procedures".to_owned(), "code", vec![]),
        ("/api/v1/centres".to_owned(), "id", vec![("as_of", THEN)]),
        ("/api/v1/units".to_owned(), "code", vec![("as_of", THEN), ("tier", "commune")]),
        (format!("/api/v1/procedures/{code}/availability"), "", vec![("as_of", THEN)]),
        ("/api/v1/centres/p42/procedures".to_owned(), "", vec![("as_of", THEN)]),
        ("/api/v1/fields".to_owned(), "key", vec![]),
    ];
    for (path, key, parameters) in lists {
        let with = |size: &'static str| {
            let mut parameters = parameters.clone();
            parameters.push(("per_page", size));
            parameters
        };
        let large = whole_list(&server, &path, &with("100")).await;
        let small = whole_list(&server, &path, &with("37")).await;
        assert!(!large.is_empty(), "{path}");
        assert_eq!(large, small, "{path}: the size of the pages changes the list");
        let mut seen: Vec<String> = large.iter().map(Value::to_string).collect();
        seen.sort();
        let count = seen.len();
        seen.dedup();
        assert_eq!(seen.len(), count, "{path}: an item twice");
        if !key.is_empty() {
            distinct(&large, key);
        }
    }
}

#[tokio::test]
async fn filters_agree_with_the_counts_beside_them() {
    let server = sample().await;
    let answer = server
        .query("/api/v1/procedures", &[("as_of", THEN), ("q", "dat dai"), ("facets", "true")])
        .await
        .is(200)
        .json();
    let facets = answer["facets"].as_object().unwrap_or_else(|| panic!("no facets in {answer}"));
    let mut checked = 0;
    for (facet, parameter, key) in
        [("fields", "field", "key"), ("tiers", "tier", "tier"), ("applicants", "applicant", "applicant")]
    {
        for count in facets[facet].as_array().into_iter().flatten().take(4) {
            let value = count[key].as_str().or(count["value"].as_str()).or(count["code"].as_str());
            let value = value.unwrap_or_else(|| panic!("no value in {count}"));
            let wanted = count["count"].as_u64().expect("a count");
            let parameters = [("as_of", THEN), ("q", "dat dai"), (parameter, value), ("per_page", "100")];
            let listed = whole_list(&server, "/api/v1/procedures", &parameters).await;
            assert_eq!(u64::try_from(listed.len()).ok(), Some(wanted), "{parameter}={value}");
            checked += 1;
        }
    }
    assert!(checked >= 3, "{facets:?}");
    // Every level that is counted can be asked for, and adds up.
    let all = server
        .query(
            "/api/v1/procedures",
            &[("as_of", THEN), ("unit", "18070"), ("per_page", "1"), ("facets", "true")],
        )
        .await
        .is(200)
        .json();
    for count in all["facets"]["levels"].as_array().into_iter().flatten() {
        let level = count["level"].as_str().unwrap_or_else(|| panic!("no level in {count}"));
        let scheme = count["scheme"].as_str().unwrap_or_else(|| panic!("a level without scheme: {count}"));
        let asked = format!("{scheme}:{level}");
        let parameters = [("as_of", THEN), ("unit", "18070"), ("level", asked.as_str()), ("per_page", "100")];
        let listed = whole_list(&server, "/api/v1/procedures", &parameters).await;
        assert_eq!(u64::try_from(listed.len()).ok(), count["count"].as_u64(), "{asked}");
    }
}

#[tokio::test]
async fn each_filter_narrows_the_search() {
    let server = sample().await;
    let total = async |parameters: &[(&str, &str)]| {
        let mut asked = vec![("as_of", THEN), ("per_page", "100")];
        asked.extend_from_slice(parameters);
        whole_list(&server, "/api/v1/procedures", &asked).await.len()
    };
    let all = total(&[]).await;
    for filter in [
        ("tier", "commune"),
        ("tier", "district"),
        ("centre", "p42"),
        ("level", "4"),
        ("level", "nd43-2011:3"),
        ("unit", "436"),
    ] {
        let narrowed = total(&[filter]).await;
        assert!(narrowed > 0 && narrowed < all, "{filter:?}: {narrowed} of {all}");
    }
    let both = total(&[("tier", "commune"), ("level", "4")]).await;
    assert!(both < total(&[("tier", "commune")]).await);
    // No scheme of 2021 has the words of 2022.
    assert_eq!(total(&[("level", "nd42-2022:full")]).await, 0);
}

#[tokio::test]
async fn old_places_lead_to_those_of_today() {
    let server = sample().await;
    let old = server.get(&format!("/api/v1/units/18070?as_of={THEN}")).await.is(200).json();
    assert_eq!(old["name"], "Phường Trần Phú");
    let successors = old["successors"].as_array().unwrap_or_else(|| panic!("no successors in {old}"));
    assert_eq!(successors.len(), 1, "{old}");
    assert!(successors[0].to_string().contains("Thành Sen"), "{old}");
    // The code is still understood after its unit has ended.
    let later = server.get(&format!("/api/v1/units/18070?as_of={NOW}")).await.is(301);
    let later = server.get(later.header("location")).await.is(200).json();
    assert_eq!((&later["name"], &later["as_of"]), (&"Phường Thành Sen".into(), &NOW.into()), "{later}");
    // Phường Đại Nài was split: both parts are named, and neither is the whole.
    let units =
        whole_list(&server, "/api/v1/units", &[("tier", "commune"), ("as_of", THEN), ("per_page", "100")])
            .await;
    let split = units.iter().find(|unit| unit["name"] == "Phường Đại Nài").expect("phường Đại Nài");
    let code = split["code"].as_str().expect("a code");
    let split = server.get(&format!("/api/v1/units/{code}?as_of={THEN}")).await.is(200).json();
    let successors = split["successors"].as_array().expect("successors");
    assert_eq!(successors.len(), 2, "{split}");
    assert!(successors.iter().all(|successor| successor["extent"] == "part"), "{split}");
    // The new phường Trần Phú is another place than the old one.
    let now =
        whole_list(&server, "/api/v1/units", &[("tier", "commune"), ("as_of", NOW), ("per_page", "100")])
            .await;
    let new = now.iter().find(|unit| unit["name"] == "Phường Trần Phú").expect("the new phường Trần Phú");
    let code = new["code"].as_str().expect("a code");
    let new = server.get(&format!("/api/v1/units/{code}?as_of={NOW}")).await.is(200).json();
    let predecessors = new["predecessors"].as_array().expect("predecessors");
    assert!(
        predecessors.len() >= 4 && !predecessors.iter().any(|unit| unit["unit"]["code"] == "18070"),
        "{new}"
    );
}

#[tokio::test]
async fn faults_are_named_one_by_one() {
    let server = sample().await;
    let code = birth_registration(&server).await;
    let lists = [
        "/api/v1/procedures".to_owned(),
        "/api/v1/centres".to_owned(),
        "/api/v1/units".to_owned(),
        "/api/v1/fields".to_owned(),
        format!("/api/v1/procedures/{code}"),
        format!("/api/v1/procedures/{code}/availability"),
        "/api/v1/centres/p42".to_owned(),
        "/api/v1/centres/p42/procedures".to_owned(),
        "/api/v1/units/42".to_owned(),
    ];
    for path in &lists {
        names_the_fault(&server.get(&format!("{path}?lavel=4")).await, "lavel");
    }
    for (path, parameter, value) in [
        ("/api/v1/procedures", "as_of", "2021-02-30"),
        ("/api/v1/procedures", "as_of", "yesterday"),
        ("/api/v1/procedures", "tier", "city"),
        ("/api/v1/procedures", "level", "5"),
        ("/api/v1/procedures", "level", "nd42-2022:4"),
        ("/api/v1/procedures", "per_page", "0"),
        ("/api/v1/procedures", "per_page", "101"),
        ("/api/v1/procedures", "per_page", "-1"),
        ("/api/v1/procedures", "per_page", "ten"),
        ("/api/v1/procedures", "cursor", "abc"),
        ("/api/v1/procedures", "unit", "1"),
        ("/api/v1/procedures", "centre", "P 42"),
        ("/api/v1/procedures", "field", "Hộ tịch"),
        ("/api/v1/centres", "tier", "city"),
        ("/api/v1/centres", "cursor", "%%%"),
        ("/api/v1/units", "tier", "other-world"),
    ] {
        names_the_fault(&server.query(path, &[(parameter, value)]).await, parameter);
    }
    // Two faults at once are both named.
    let both = server.get("/api/v1/procedures?tier=city&per_page=0").await;
    names_the_fault(&both, "tier");
    names_the_fault(&both, "per_page");
    // A parameter that may stand once.
    names_the_fault(&server.get("/api/v1/procedures?as_of=2021-03-01&as_of=2022-03-01").await, "as_of");
    // A cursor belongs to its list and its filters.
    let page = server.query("/api/v1/centres", &[("as_of", THEN), ("per_page", "5")]).await.is(200).json();
    let cursor = page["page"]["next_cursor"].as_str().expect("a next page");
    let foreign =
        server.query("/api/v1/centres", &[("as_of", THEN), ("tier", "district"), ("cursor", cursor)]).await;
    names_the_fault(&foreign, "cursor");
    names_the_fault(&server.query("/api/v1/procedures", &[("cursor", cursor)]).await, "cursor");
}

#[track_caller]
fn names_the_fault(reply: &Reply, parameter: &str) {
    assert_eq!(reply.status.as_u16(), 400, "{} {}", reply.path, reply.text());
    let problem = reply.problem();
    let errors =
        problem["errors"].as_array().unwrap_or_else(|| panic!("{}: no errors in {problem}", reply.path));
    let error = errors.iter().find(|error| error["parameter"] == parameter);
    let error = error.unwrap_or_else(|| panic!("{}: {parameter} is not named in {problem}", reply.path));
    for part in ["reason", "remedy"] {
        assert!(
            !error[part].as_str().unwrap_or_default().is_empty(),
            "{}: no {part} in {problem}",
            reply.path
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_not_done_is_405() {
    let server = sample().await;
    for path in [
        "/api/v1/procedures/9.999999",
        "/api/v1/procedures/9.999999/availability",
        "/api/v1/centres/nowhere",
        "/api/v1/centres/nowhere/procedures",
        "/api/v1/units/99",
        "/api/v1/units/99999",
        "/api/v1/nothing",
        "/api/v2/procedures",
        "/api",
    ] {
        let problem = server.get(path).await.is(404).problem();
        assert!(problem["type"].as_str().unwrap_or_default().contains("not-found"), "{path}: {problem}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = server.request(method.clone(), "/api/v1/procedures", &[]).await.is(405);
        let _ = reply.problem();
        assert!(reply.header("allow").contains("GET"), "{method}");
    }
    // The type of a problem leads to a page that explains it.
    let problem = server.get("/api/v1/nothing").await.problem();
    let page = server.get(problem["type"].as_str().expect("a type")).await.is(200);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
}

#[tokio::test]
async fn answers_can_be_kept_and_asked_for_again() {
    let server = sample().await;
    let code = birth_registration(&server).await;
    for path in [
        "/api/v1/procedures?q=khai+sinh".to_owned(),
        format!("/api/v1/procedures/{code}"),
        format!("/api/v1/procedures/{code}/availability"),
        "/api/v1/centres".to_owned(),
        "/api/v1/centres/p42".to_owned(),
        "/api/v1/centres/p42/procedures".to_owned(),
        "/api/v1/units".to_owned(),
        "/api/v1/units/42".to_owned(),
        "/api/v1/fields".to_owned(),
        "/vi".to_owned(),
        format!("/vi/thu-tuc/{code}"),
    ] {
        let first = server.get(&path).await.is(200);
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"') || etag.starts_with("W/\""), "{path}: {etag:?}");
        assert!(!first.header("cache-control").is_empty(), "{path}");
        assert_eq!(server.get(&path).await.header("etag"), etag, "{path}");
        let again = server.request(Method::GET, &path, &[("if-none-match", &etag)]).await.is(304);
        assert!(again.body.is_empty(), "{path}");
        assert_eq!(again.header("etag"), etag, "{path}");
        let other = server.request(Method::GET, &path, &[("if-none-match", "\"another\"")]).await.is(200);
        assert_eq!(other.body, first.body, "{path}");
        let head = server.request(Method::HEAD, &path, &[]).await.is(200);
        assert!(head.body.is_empty(), "{path}");
        assert_eq!(head.header("etag"), etag, "{path}");
    }
}

#[tokio::test]
async fn anybody_may_read_from_anywhere_without_cookies() {
    let server = sample().await;
    let reply =
        server.request(Method::GET, "/api/v1/fields", &[("origin", "https://app.example")]).await.is(200);
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    for path in ["/api/v1/fields", "/vi", "/api/v1/nothing"] {
        let reply = server.get(path).await;
        assert_eq!(reply.header("set-cookie"), "", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!reply.header("x-request-id").is_empty(), "{path}");
    }
    // A request id of the client's is not trusted blindly, and never breaks the answer.
    let odd = server.request(Method::GET, "/api/v1/fields", &[("x-request-id", "a b\tc")]).await.is(200);
    assert!(!odd.header("x-request-id").contains(' '));
}

#[tokio::test]
async fn answers_are_compressed_on_request() {
    let server = sample().await;
    let path = "/api/v1/procedures?per_page=100";
    let plain = server.get(path).await.is(200);
    for encoding in ["br", "gzip"] {
        let packed = server.request(Method::GET, path, &[("accept-encoding", encoding)]).await.is(200);
        assert_eq!(packed.header("content-encoding"), encoding);
        assert!(packed.body.len() * 3 < plain.body.len(), "{} of {}", packed.body.len(), plain.body.len());
        assert!(packed.header("vary").to_lowercase().contains("accept-encoding"));
    }
}

#[tokio::test]
async fn lists_tell_only_what_the_day_knows() {
    let server = sample().await;
    let code = birth_registration(&server).await;
    let path = format!("/api/v1/procedures/{code}/availability");
    for day in [THEN, NOW] {
        let offers = whole_list(&server, &path, &[("as_of", day), ("per_page", "100")]).await;
        let centres: Vec<String> =
            whole_list(&server, "/api/v1/centres", &[("as_of", day), ("per_page", "100")])
                .await
                .iter()
                .filter_map(|centre| centre["id"].as_str().map(str::to_owned))
                .collect();
        for offer in &offers {
            let centre = offer["centre"]["id"].as_str().or(offer["centre"].as_str()).unwrap_or_default();
            assert!(centres.iter().any(|known| known == centre), "{centre} does not exist on {day}");
        }
    }
    let fields = whole_list(&server, "/api/v1/fields", &[("per_page", "100")]).await;
    let names = texts(&fields, "name");
    assert!(names.contains(&"Hộ tịch"), "{names:?}");
}

#[tokio::test]
async fn filters_that_name_old_places_lead_on() {
    let server = sample().await;
    let code = birth_registration(&server).await;
    let availability = format!("/api/v1/procedures/{code}/availability");
    let procedure = format!("/api/v1/procedures/{code}");
    for (path, parameter) in [
        ("/api/v1/procedures", "unit"),
        (procedure.as_str(), "unit"),
        (availability.as_str(), "unit"),
        ("/api/v1/centres", "unit"),
        ("/api/v1/units", "parent"),
    ] {
        let reply = server.query(path, &[(parameter, "436"), ("as_of", "2026-01-01")]).await.is(410);
        let problem = reply.problem();
        assert_eq!(problem["type"], "/problems/gone", "{path}");
        assert_eq!(problem["periods"][0]["name"], "Thành phố Hà Tĩnh", "{path}: {problem}");
        let successors = problem["successors"].as_array().expect("successors");
        assert!(successors.iter().any(|end| end["unit"]["name"] == "Phường Thành Sen"), "{path}: {problem}");
        // Before the merger the same filter is an ordinary one.
        let _ = server.query(path, &[(parameter, "436"), ("as_of", THEN)]).await.is(200);
    }
    for (path, parameters) in [
        ("/api/v1/procedures", vec![("centre", "d436"), ("as_of", "2026-01-01")]),
        ("/api/v1/centres/d436/procedures", vec![("as_of", "2026-01-01")]),
    ] {
        let problem = server.query(path, &parameters).await.is(410).problem();
        assert_eq!(problem["centre"]["id"], "d436", "{path}: {problem}");
        assert_eq!(problem["centre"]["unit"]["code"], "436", "{path}: {problem}");
        assert_eq!(problem["centre"]["period"]["valid_to"], "2025-07-01", "{path}: {problem}");
        assert!(problem["successors"].to_string().contains("Thành Sen"), "{path}: {problem}");
    }
}

#[tokio::test]
async fn filters_that_name_nothing_are_refused() {
    let server = sample().await;
    let code = birth_registration(&server).await;
    let availability = format!("/api/v1/procedures/{code}/availability");
    for (path, parameter, value) in [
        ("/api/v1/procedures", "unit", "99999"),
        ("/api/v1/procedures", "centre", "zzz"),
        ("/api/v1/procedures", "field", "nope"),
        (availability.as_str(), "unit", "99999"),
        ("/api/v1/centres", "unit", "99999"),
        ("/api/v1/units", "parent", "99"),
    ] {
        let reply = server.query(path, &[(parameter, value)]).await;
        names_the_fault(&reply, parameter);
        assert_eq!(reply.problem()["errors"][0]["code"], "no_such_record", "{path} {parameter}");
    }
    // All of them at once, also beside a place of another day.
    let several = [("unit", "436"), ("centre", "zzz"), ("field", "nope"), ("as_of", NOW)];
    let reply = server.query("/api/v1/procedures", &several).await;
    names_the_fault(&reply, "centre");
    names_the_fault(&reply, "field");
}

#[tokio::test]
async fn the_list_of_fields_takes_a_day() {
    let server = sample().await;
    let answer = server.query("/api/v1/fields", &[("as_of", THEN), ("per_page", "2")]).await.is(200).json();
    assert_eq!(answer["as_of"], THEN);
    let cursor = answer["page"]["next_cursor"].as_str().expect("a next page");
    let next = server.query("/api/v1/fields", &[("per_page", "2"), ("cursor", cursor)]).await.is(200).json();
    assert_eq!(next["as_of"], THEN);
    names_the_fault(&server.query("/api/v1/fields", &[("as_of", "2021-02-30")]).await, "as_of");
}
