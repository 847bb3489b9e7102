//! Where to file, and a procedure's level at every unit: over the bundled sample, as apps and citizens see it.

use std::collections::{BTreeMap, BTreeSet};

use motcua_tests::walk::whole_list;
use motcua_tests::{Server, sample};
use reqwest::Method;
use serde_json::Value;

/// The day of the sample, with three tiers, and a day after the merger: a Monday.
const THEN: &str = "2021-03-01";
const NOW: &str = "2026-11-02";
/// Birth registration: a commune's procedure.
const BIRTH: &str = "1.001193";

async fn ways(server: &Server, code: &str, parameters: &[(&str, &str)]) -> Value {
    server.query(&format!("/api/v1/procedures/{code}/ways"), parameters).await.is(200).json()
}

async fn map(server: &Server, code: &str, parameters: &[(&str, &str)]) -> Value {
    server.query(&format!("/api/v1/procedures/{code}/map"), parameters).await.is(200).json()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key} in {value}"))
}

fn codes<'a>(items: &'a [Value], key: &str) -> Vec<&'a str> {
    items.iter().filter_map(|item| item[key].as_str()).collect()
}

/// Unit of the first centre of a map in a state.
fn unit_in_state<'a>(map: &'a Value, state: &str) -> Option<&'a str> {
    let found = list(map, "items").iter().find(|item| item["state"] == state && item["tier"] == "commune")?;
    list(found, "units").last()?["code"].as_str()
}

/// What must hold of every answer: the order of ways, and that nothing unknown is one.
fn check_ways(answer: &Value) {
    const KINDS: [&str; 4] = ["fully_online", "partly_online", "post", "desk"];
    let centres: BTreeMap<&str, &Value> = list(answer, "centres")
        .iter()
        .map(|centre| (centre["centre"]["id"].as_str().expect("an id"), centre))
        .collect();
    let mut ranks = Vec::new();
    for way in list(answer, "ways") {
        let kind = way["kind"].as_str().expect("a kind");
        let centre = centres[way["centre"].as_str().expect("an id")];
        assert_eq!(centre["listing"]["offered"], "yes", "{way}");
        assert_eq!(way["relation"], centre["relation"]);
        assert_eq!(way["level"], centre["listing"]["level"]);
        assert_eq!(
            way["scheme"].is_null(),
            way["level"].is_null(),
            "a level never travels without its scheme"
        );
        if kind.ends_with("online") {
            assert_eq!(centre["listing"]["online"], true, "{way}");
        }
        if kind == "fully_online" {
            assert_eq!(list(centre, "paper"), &[] as &[Value], "{way}");
        }
        let own = ["responsible", "local"].iter().position(|own| way["relation"] == *own).unwrap_or(2);
        let distance = way["distance_km"].as_f64().unwrap_or(f64::MAX);
        ranks.push((KINDS.iter().position(|known| *known == kind).expect("a kind"), own, distance));
    }
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert!(list(answer, "centres").iter().filter(|centre| centre["relation"] == "province").count() <= 10);
}

#[tokio::test]
async fn a_place_that_is_too_coarse_is_asked_about_and_never_guessed() {
    let server = sample().await;
    let answer = ways(&server, BIRTH, &[]).await;
    assert_eq!(codes(list(&answer["ask"], "choices"), "code"), ["42"], "no place at all: which province?");
    for (unit, day, choices) in [("42", THEN, 13), ("436", THEN, 15), ("42", NOW, 69)] {
        let answer = ways(&server, BIRTH, &[("unit", unit), ("as_of", day)]).await;
        assert_eq!(answer["ask"]["tier"], "commune", "{unit} on {day}");
        assert_eq!(list(&answer["ask"], "choices").len(), choices, "{unit} on {day}");
        assert_eq!(list(&answer, "ways").len(), 0, "{unit} on {day}");
        check_ways(&answer);
    }
    let answer = ways(&server, BIRTH, &[("unit", "18070"), ("as_of", THEN)]).await;
    assert!(answer["ask"].is_null());
    let centres = list(&answer, "centres");
    assert_eq!(centres[0]["relation"], "responsible");
    assert_eq!(centres[0]["centre"]["id"], "c18070");
    check_ways(&answer);
}

#[tokio::test]
async fn the_district_is_responsible_until_its_tier_ends() {
    let server = sample().await;
    let filter = [("tier", "district"), ("as_of", THEN), ("per_page", "40")];
    let found = server.query("/api/v1/procedures", &filter).await.is(200).json();
    let mut still_there = 0;
    for item in list(&found, "items") {
        let code = item["code"].as_str().expect("a code");
        let then = ways(&server, code, &[("unit", "18070"), ("as_of", THEN)]).await;
        check_ways(&then);
        let mut responsible =
            list(&then, "centres").iter().filter(|centre| centre["relation"] == "responsible");
        assert!(responsible.any(|centre| centre["centre"]["id"] == "d436"), "{code}");
        // Since the reform nobody of the district is left, whatever the procedure's record says.
        let path = format!("/api/v1/procedures/{code}/ways");
        let now = server.query(&path, &[("unit", "18073"), ("as_of", NOW)]).await;
        if now.status != 200 {
            continue;
        }
        let now = now.json();
        check_ways(&now);
        still_there += 1;
        assert!(!list(&now, "tiers").contains(&"district".into()), "{now}");
        assert!(list(&now, "centres").iter().all(|centre| centre["centre"]["tier"] != "district"), "{now}");
    }
    assert!(still_there > 0);
}

#[tokio::test]
async fn today_alternatives_in_the_province_stand_after_the_responsible_centre() {
    let server = sample().await;
    let answer = ways(&server, BIRTH, &[("unit", "18073"), ("as_of", NOW)]).await;
    check_ways(&answer);
    let total = answer["alternatives_total"].as_u64().expect("a number");
    assert!(total > 10, "the sample's communes take dossiers from the whole province: {total}");
    let elsewhere: Vec<&Value> =
        list(&answer, "centres").iter().filter(|centre| centre["relation"] == "province").collect();
    assert_eq!(elsewhere.len(), 10);
    for centre in elsewhere {
        assert!(["province", "nation"].contains(&centre["listing"]["boundary_free"].as_str().unwrap_or("")));
    }
    // The total is what the list of availabilities says.
    let path = format!("/api/v1/procedures/{BIRTH}/availability");
    let offers = whole_list(&server, &path, &[("as_of", NOW), ("per_page", "100"), ("offered", "yes")]).await;
    let open = offers.iter().filter(|offer| {
        offer["boundary_free"] != "unknown"
            && offer["boundary_free"] != "none"
            && offer["centre"]["id"] != "c18073-2025"
    });
    assert_eq!(open.count() as u64, total);
    // Somebody who stands elsewhere has other distances, and the responsible centre stays first of its kind.
    let there = [("unit", "18073"), ("as_of", NOW), ("lat", "18.0"), ("lon", "106.3")];
    let moved = ways(&server, BIRTH, &there).await;
    check_ways(&moved);
    assert_eq!((&answer["distances_from"], &moved["distances_from"]), (&"unit".into(), &"standing".into()));
    assert_ne!(list(&moved, "ways")[0]["distance_km"], list(&answer, "ways")[0]["distance_km"]);
}

#[tokio::test]
async fn where_nothing_is_known_who_offers_it_is_said() {
    let server = sample().await;
    let levels = map(&server, BIRTH, &[("unit", "42"), ("as_of", THEN)]).await;
    let unit = unit_in_state(&levels, "unknown").expect("the sample has an unknown listing");
    let answer = ways(&server, BIRTH, &[("unit", unit), ("as_of", THEN)]).await;
    assert_eq!(list(&answer, "ways").len(), 0, "unknown is no way");
    assert_eq!(list(&answer, "centres")[0]["listing"]["offered"], "unknown");
    let elsewhere = list(&answer, "elsewhere");
    assert_eq!(elsewhere.len(), 10);
    let offered = &levels["levels"]["centres"];
    let levelled: u64 = list(offered, "levels").iter().filter_map(|level| level["count"].as_u64()).sum();
    let total = levelled + offered["offered_without_level"].as_u64().unwrap_or(0);
    assert_eq!(answer["elsewhere_total"].as_u64(), Some(total));
    for offerer in elsewhere {
        assert!(["level", "offered"].contains(&offerer["state"].as_str().unwrap_or("")), "{offerer}");
        assert_eq!(offerer["in_province"], true);
    }
    let page =
        server.get(&format!("/vi/thu-tuc/{BIRTH}/noi-nop?unit={unit}&as_of={THEN}")).await.is(200).text();
    assert!(page.contains("Chưa có thông tin Bộ phận") && page.contains("Nơi có cung cấp"), "{unit}");
}

#[tokio::test]
async fn the_map_says_what_the_list_says_on_both_days() {
    let server = sample().await;
    for (day, centres) in [(THEN, 230), (NOW, 70)] {
        let answer = map(&server, BIRTH, &[("unit", "42"), ("as_of", day)]).await;
        let items = list(&answer, "items");
        assert_eq!(items.len(), centres, "{day}");
        let path = format!("/api/v1/procedures/{BIRTH}/availability");
        let offers = whole_list(&server, &path, &[("as_of", day), ("unit", "42"), ("per_page", "100")]).await;
        let said: BTreeMap<&str, &Value> =
            offers.iter().map(|offer| (offer["centre"]["id"].as_str().expect("an id"), offer)).collect();
        for item in items {
            match said.get(item["id"].as_str().expect("an id")) {
                Some(offer) => {
                    assert_eq!(
                        (&item["level"], &item["scheme"]),
                        (&offer["level"], &offer["scheme"]),
                        "{item}"
                    );
                    assert_eq!(item["state"] == "unknown", offer["offered"] == "unknown", "{item}");
                    assert_eq!(item["boundary_free"], offer["boundary_free"], "{item}");
                }
                None => assert_eq!(item["state"], "not_listed", "{item}"),
            }
        }
        let schemes: BTreeSet<_> = items.iter().filter_map(|item| item["scheme"].as_str()).collect();
        assert_eq!(
            schemes.into_iter().collect::<Vec<_>>(),
            [if day == THEN { "nd43-2011" } else { "nd224-2026" }]
        );
        // The same by province.
        let nation = map(&server, BIRTH, &[("as_of", day)]).await;
        assert_eq!(list(&nation, "items").len(), 0);
        assert_eq!(list(&nation, "provinces")[0]["levels"], answer["levels"]);
        // A commune's procedure: what the province and the districts leave out is no gap.
        let communes = items.iter().filter(|item| item["tier"] == "commune").count();
        assert_eq!(list(&nation, "provinces")[0]["centres"], communes);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_refused_with_a_reason() {
    let server = sample().await;
    for operation in ["ways", "map"] {
        let path = format!("/api/v1/procedures/{BIRTH}/{operation}");
        server.get(&format!("/api/v1/procedures/9.999999/{operation}")).await.is(404).problem();
        let gone = server.query(&path, &[("unit", "436"), ("as_of", NOW)]).await.is(410).problem();
        assert!(!list(&gone, "successors").is_empty(), "{gone}");
        server.query(&path, &[("unit", "99999")]).await.is(400).problem();
        server.query(&path, &[("unit", "42"), ("nonsense", "1")]).await.is(400).problem();
    }
    let path = format!("/api/v1/procedures/{BIRTH}/ways");
    for wrong in [vec![("case", "1.001193.99")], vec![("lat", "18.3")], vec![("lon", "105.9")]] {
        let parameters: Vec<_> = [("unit", "18070")].into_iter().chain(wrong).collect();
        let problem = server.query(&path, &parameters).await.is(400).problem();
        assert!(!list(&problem, "errors").is_empty(), "{problem}");
    }
    for (lat, lon, code, reason) in [
        ("999", "105.9", "out_of_range", "it is not between -90 and 90"),
        ("18.3", "-180.5", "out_of_range", "it is not between -180 and 180"),
        ("abc", "105.9", "malformed", "it is not a number"),
        ("NaN", "105.9", "malformed", "it is not a number"),
    ] {
        let parameters = [("unit", "18070"), ("lat", lat), ("lon", lon)];
        let problem = server.query(&path, &parameters).await.is(400).problem();
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
        assert_eq!(problem["errors"][0]["reason"], reason, "{problem}");
    }
    let page = format!("/vi/thu-tuc/{BIRTH}");
    for (path, status) in [
        ("/vi/thu-tuc/9.999999/noi-nop".to_owned(), 404),
        ("/vi/thu-tuc/9.999999/cac-noi".to_owned(), 404),
        (format!("{page}/noi-nop?unit=18070&truong-hop=1.001193.99"), 400),
        (format!("{page}/cac-noi?unit=42&sort=nonsense"), 400),
    ] {
        assert_eq!(server.get(&path).await.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn the_page_asks_for_the_place_and_leads_back_to_itself() {
    let server = sample().await;
    let page = format!("/vi/thu-tuc/{BIRTH}/noi-nop");
    for (unit, next) in [("", "42"), ("?unit=42", "436"), ("?unit=436", "18070")] {
        let html = server.get(&format!("{page}{unit}")).await.is(200).text();
        assert!(html.contains(&format!("href=\"{page}?unit={next}\"")), "{unit} leads to {next}");
    }
    let html = server.get(&format!("{page}?unit=18070")).await.is(200).text();
    for words in
        ["Cách nên dùng", "Mức độ 2", "NĐ 43/2011", "Suy ra từ từng bước", "07:30–12:00", "Giấy chứng sinh"]
    {
        assert!(html.contains(words), "{words}");
    }
    // The ward is no more today: its successor is named, and nothing is said in its place.
    let html = server.get(&format!("{page}?unit=18070&as_of={NOW}")).await.is(200).text();
    assert!(html.contains("Thành Sen") && !html.contains("Cách nên dùng"));
    // A holiday closes the desk, and says why.
    let html = server.get(&format!("{page}?unit=18070&as_of=2021-04-21")).await.is(200).text();
    assert!(
        html.contains("Thứ Tư 21/04/2021: không làm việc (") && html.contains("Mở lại Thứ Năm 22/04: "),
        "the day of the Hùng Kings"
    );
    // Both ways in.
    let procedure = server.get(&format!("/vi/thu-tuc/{BIRTH}?unit=18070")).await.is(200).text();
    assert!(procedure.contains(&format!("{page}?unit=18070")));
    assert!(procedure.contains(&format!("/vi/thu-tuc/{BIRTH}/cac-noi?unit=18070")));
    let centre = server.get("/vi/trung-tam/c18070").await.is(200).text();
    assert!(centre.contains("/noi-nop?unit=18070"), "the centre's list leads to where to file");
}

#[tokio::test]
async fn a_place_can_be_typed_and_changed() {
    let server = sample().await;
    let page = format!("/vi/thu-tuc/{BIRTH}/noi-nop");
    let html = server.get(&format!("{page}?as_of={NOW}")).await.is(200).text();
    assert!(html.contains("name=\"noi\"") && html.contains("Gõ tên xã, phường của bạn"));
    // One unit: on with it, also by a name of before. The day stays.
    for name in ["phường Thành Sen", "Thành Sen, Hà Tĩnh"] {
        let reply = server.query(&page, &[("noi", name), ("as_of", NOW)]).await.is(303);
        let to = reply.header("location").to_owned();
        assert_eq!(to, format!("{page}?as_of={NOW}&unit=18073"), "{name}");
        let html = server.get(&to).await.is(200).text();
        assert!(html.contains("Chọn nơi khác") && html.contains(&format!("href=\"{page}?as_of={NOW}\"")));
    }
    // Nothing is named so: it says that and keeps what was typed.
    let html = server.query(&page, &[("noi", "Xyzzy <b>"), ("as_of", NOW)]).await.is(200).text();
    assert!(html.contains("Không tìm thấy nơi nào") && !html.contains("Xyzzy <b>"), "{html}");
    assert!(html.contains("value=\"Xyzzy "), "the text stays in the box");
    // One name, a ward of today and a former one: a question that leads back here and says what led there.
    let html = server.query(&page, &[("noi", "phường Trần Phú"), ("as_of", NOW)]).await.is(200).text();
    assert!(html.contains("unit=18100") && html.contains("unit=18073"), "{html}");
    assert!(html.contains("Phường Thành Sen, Tỉnh Hà Tĩnh (từ Phường Trần Phú cũ)"), "{html}");
    // A commune that is wholly within another today.
    let reply = server.query(&page, &[("noi", "Thạch Trung"), ("as_of", NOW)]).await.is(303);
    assert!(reply.header("location").ends_with("unit=18100"));
    // The best way is at another place: it says why, and why the own one is only partly online.
    let html = server.get(reply.header("location")).await.is(200).text();
    assert!(html.contains("mới làm được một phần qua mạng; nơi này làm trọn qua mạng"), "{html}");
    assert!(html.contains("Lý do mới làm một phần"));
}

#[tokio::test]
async fn originals_are_what_the_source_says_and_no_demand() {
    let server = sample().await;
    let path = format!("/vi/thu-tuc/{BIRTH}/noi-nop?unit=18073&as_of={NOW}");
    let html = server.get(&path).await.is(200).text();
    assert!(html.contains("Giấy tờ nguồn ghi bản chính") && html.contains("Nguồn không ghi giấy nào nộp"));
    assert!(!html.contains("phải nộp bản chính") && !html.contains("bảng kiểm"));
    let others = html.split("id=\"cach-khac\"").nth(1).unwrap_or_default();
    let open = others.split("Xem thêm").next().unwrap_or_default();
    assert!(open.matches("<li><details>").count() <= 3, "the rest is folded");
    assert!(html.contains("href=\"tel:"), "numbers can be called");
    // A Sunday: the desk says when it opens again.
    let sunday = server.get(&path.replace(NOW, "2026-11-29")).await.is(200).text();
    assert!(sunday.contains("Chủ nhật 29/11/2026: không làm việc. Mở lại Thứ Hai 30/11: "));
}

#[tokio::test]
async fn the_procedure_names_the_place_where_to_file() {
    let server = sample().await;
    let html = server.get(&format!("/vi/thu-tuc/{BIRTH}?unit=18070")).await.is(200).text();
    let answer =
        html.split("Nộp ở đâu?").nth(1).and_then(|rest| rest.split("</dd>").next()).unwrap_or_default();
    let (centre, ways) = (answer.find("/vi/trung-tam/c18070"), answer.find("/noi-nop?unit=18070"));
    assert!(centre.is_some() && centre < ways, "{answer}");
    let html = server.get(&format!("/vi/thu-tuc/{BIRTH}")).await.is(200).text();
    assert!(html.contains("trung tâm có ghi nhận thủ tục này") && html.contains("/noi-nop\""));
}

#[tokio::test]
async fn the_map_page_writes_every_level_and_sorts_its_table() {
    let server = sample().await;
    let page = format!("/vi/thu-tuc/{BIRTH}/cac-noi");
    let html = server.get(&format!("{page}?unit=42")).await.is(200).text();
    assert_eq!(html.matches("<a class=\"lv ").count(), 216, "one tile for every commune");
    assert!(html.contains("Tại Tỉnh Hà Tĩnh: 216 trung tâm"), "centres of other tiers are no denominator");
    for words in
        ["Chú giải", "Cao nhất", "Thấp nhất", "Mức độ 2 (NĐ 43/2011)", "Huyện Can Lộc", "Chưa có thông tin"]
    {
        assert!(html.contains(words), "{words}");
    }
    assert!(
        !html.contains("14 trung tâm") || html.contains("Không vẽ 14 trung tâm"),
        "other tiers are no gap"
    );
    let nation = server.get(&page).await.is(200).text();
    assert!(nation.contains("/216<"), "of the centres of its own tier");
    let table = |html: &str| html.split("<tbody").nth(1).unwrap_or_default().to_owned();
    let top = server.get(&format!("{page}?unit=42&sort=level")).await.is(200).text();
    assert!(table(&top).find("Mức độ 4") < table(&top).find("Mức độ 2"));
    let low = server.get(&format!("{page}?unit=42&sort=weakest")).await.is(200).text();
    assert!(table(&low).contains("Chưa có thông tin") && !table(&low).contains("Mức độ 4"));
    assert!(html.contains("Trang sau"), "the table has pages");
    let today = server.get(&format!("{page}?unit=42&as_of={NOW}")).await.is(200).text();
    assert_eq!(today.matches("<a class=\"lv ").count(), 69);
    assert!(today.contains("NĐ 224/2026") && !today.contains("Huyện Can Lộc"));
    // Light enough for a slow line even with every commune of the province on it.
    for path in [format!("{page}?unit=42"), format!("/vi/thu-tuc/{BIRTH}/noi-nop?unit=18073&as_of={NOW}")] {
        let reply = server.request(Method::GET, &path, &[("accept-encoding", "br")]).await;
        assert!(reply.body.len() < 14_500, "{path} weighs {} bytes", reply.body.len());
    }
}

#[tokio::test]
async fn a_centre_speaks_the_words_of_the_day_and_names_the_deciding_point() {
    let server = sample().await;
    let then = server.get(&format!("/vi/trung-tam/c18073?as_of={THEN}")).await.is(200).text();
    let words = ["NĐ 43/2011", "Suy ra từ từng bước", "vì bước “Điền và nộp hồ sơ”", "Chưa có thông tin"];
    for words in words {
        assert!(then.contains(words), "{words}");
    }
    assert!(!then.contains("NĐ 224/2026"));
    let now = server.get(&format!("/vi/trung-tam/c18073-2025?as_of={NOW}")).await.is(200).text();
    assert!(
        now.contains("NĐ 224/2026") && now.contains("Suy ra từ từng bước") && !now.contains("NĐ 43/2011")
    );
    // An unknown listing is listed as unknown, with neither level nor derived level.
    let unknown =
        server.get(&format!("/vi/trung-tam/c18073?as_of={THEN}&offered=unknown")).await.is(200).text();
    assert!(unknown.contains("Chưa có thông tin") && !unknown.contains("Suy ra từ từng bước"));
}
