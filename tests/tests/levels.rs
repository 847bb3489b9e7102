//! Levels by scheme, conversions, reasons, proactive levels, and the history of what was published.

use motcua_tests::fixtures::{self, CENTRES, UNITS_2025};
use motcua_tests::walk::whole_list;
use motcua_tests::{ServerOptions, Site, databases, sample};
use serde_json::{Value, json};

/// A site with one province, one commune and one procedure since July 2025.
fn small_site(site: &Site) {
    let files = [
        site.write("units.csv", UNITS_2025),
        site.write("centres.csv", CENTRES),
        site.write("procedures.ndjson", fixtures::procedure("9.000010", "Thủ tục thử khai sinh")),
    ];
    let _ = site.import(&files).exits_with(0);
}

const HEADER: &str = "procedure,centre,valid_from,valid_to,offered,scheme,level,check_pay,check_receive,\
                      partial_reason,partial_clause,partial_text,proactive\n";

fn listing(site: &Site, name: &str, row: &str) -> std::path::PathBuf {
    site.write(name, format!("{HEADER}{row}\n"))
}

async fn commune_centre(site: &Site) -> String {
    let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
    let centres = server.get("/api/v1/centres?tier=commune").await.is(200).json();
    centres["items"][0]["id"].as_str().expect("a centre").to_owned()
}

#[tokio::test]
async fn from_july_2026_mot_phan_is_not_published_without_its_reason() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let centre = commune_centre(&site).await;
        for (row, column, word) in [
            // In whatever words: those of the decree before do not help.
            ("9.000010,CENTRE,2026-07-01,,yes,nd42-2022,partial,,,,,,", "partial_reason", "Điều 14"),
            ("9.000010,CENTRE,2026-07-01,,yes,nd224-2026,partial,,,,,,", "partial_reason", "Điều 14"),
            (
                "9.000010,CENTRE,2026-07-01,,yes,nd224-2026,partial,,,presence_required,,phải có mặt,",
                "partial_clause",
                "ô trống",
            ),
            (
                "9.000010,CENTRE,2026-07-01,,yes,nd224-2026,partial,,,because,Điều 5,x,",
                "partial_reason",
                "because",
            ),
            // Words that were not written yet, and numbers of another scheme.
            ("9.000010,CENTRE,2025-08-01,,yes,nd224-2026,full,,,,,,", "scheme", "24/06/2026"),
            ("9.000010,CENTRE,2026-06-01,,yes,nd42-2022,full,,,,,,3", "proactive", "Điều 16"),
            (
                "9.000010,CENTRE,2026-07-01,,yes,nd224-2026-proactive,3,,,,,,",
                "scheme",
                "nd224-2026-proactive",
            ),
            ("9.000010,CENTRE,2026-07-01,,yes,nd224-2026,full,,,,,,5", "proactive", "5"),
        ] {
            let file = listing(&site, "refused.csv", &row.replace("CENTRE", &centre));
            let outcome = site.import(&[file]).exits_with(1);
            let report = outcome.json();
            let refusal = &report["files"][0]["refusals"][0];
            assert_eq!(refusal["column"], column, "{row}: {refusal}");
            assert!(refusal.to_string().contains(word), "{row}: {refusal}");
        }
        let row = format!(
            "9.000010,{centre},2026-07-01,,yes,nd224-2026,partial,,,on_site_verification,Điều 23 Luật Đất đai,\
             phải xác minh thực địa,2"
        );
        let _ = site.import(&[listing(&site, "sound.csv", &row)]).exits_with(0);
        let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
        let offers = server.get("/api/v1/procedures/9.000010/availability").await.is(200).json();
        let offer = &offers["items"][0];
        assert_eq!(offer["partial_reason"]["kind"], "on_site_verification", "{offer}");
        assert_eq!(offer["partial_reason"]["clause"], "Điều 23 Luật Đất đai");
        assert_eq!(offer["proactive"], json!({"scheme": "nd224-2026-proactive", "level": "2"}));
        // The proactive level is no level: no filter, no count and no word of the page takes it for one.
        let found = server.get("/api/v1/procedures?level=nd43-2011:2").await.is(200).json();
        assert_eq!(found["page"]["total"], 0, "{found}");
        let refused = server.get("/api/v1/procedures?level=nd224-2026-proactive:2").await.is(400).problem();
        assert!(refused.to_string().contains("level"), "{refused}");
        let page = server.get(&format!("/vi/thu-tuc/9.000010?centre={centre}")).await.is(200).text();
        assert!(page.contains("Mức chủ động 2") && page.contains("không phải mức độ trực tuyến"), "{page}");
        assert!(page.contains("Phải xác minh, kiểm tra thực tế") && page.contains("Điều 23 Luật Đất đai"));
    }
}

#[tokio::test]
async fn a_listing_from_before_that_day_is_shown_as_lacking_its_reason() {
    let site = Site::sqlite();
    small_site(&site);
    let centre = commune_centre(&site).await;
    let row = format!("9.000010,{centre},2025-08-01,,yes,nd42-2022,partial,,,,,,");
    let _ = site.import(&[listing(&site, "old.csv", &row)]).exits_with(0);
    let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
    for (day, missing) in [("2026-06-30", false), ("2026-07-01", true)] {
        let path = format!("/api/v1/procedures/9.000010/availability?as_of={day}");
        let offers = server.get(&path).await.is(200).json();
        assert_eq!(offers["items"][0]["reason_missing"], missing, "{day}");
        let page =
            server.get(&format!("/vi/thu-tuc/9.000010?centre={centre}&as_of={day}")).await.is(200).text();
        assert_eq!(page.contains("phải công bố lý do chỉ cung cấp một phần"), missing, "{day}");
    }
}

#[tokio::test]
async fn levels_are_said_in_other_words_on_request_and_always_marked() {
    let server = sample().await;
    let path = "/api/v1/centres/p42/procedures";
    let plain = whole_list(&server, path, &[("as_of", "2021-03-01"), ("per_page", "100")]).await;
    assert!(plain.iter().all(|item| item["in_scheme"] == Value::Null));
    let asked =
        whole_list(&server, path, &[("as_of", "2021-03-01"), ("per_page", "100"), ("scheme", "nd42-2022")])
            .await;
    assert_eq!(asked.len(), plain.len());
    let mut seen = std::collections::BTreeSet::new();
    for item in &asked {
        let Some(level) = item["level"].as_str() else {
            assert_eq!(item["in_scheme"], Value::Null, "{item}");
            continue;
        };
        assert_eq!(item["scheme"], "nd43-2011", "the stated level stays as it is: {item}");
        let said = &item["in_scheme"];
        assert_eq!((&said["scheme"], &said["converted"]), (&json!("nd42-2022"), &json!(true)));
        let (receive, pay) = (&item["checklist"]["receive"], &item["checklist"]["pay"]);
        let (expected, doubt) = match level {
            "1" | "2" => ("none", Value::Null),
            "3" if pay == "not_applicable" => ("partial", json!("nothing_to_pay")),
            "3" => ("partial", Value::Null),
            "4" if receive == "desk" => ("full", json!("result_at_office")),
            "4" => ("full", Value::Null),
            other => panic!("{other} is no level of 2021"),
        };
        assert_eq!((&said["level"], &said["doubt"]), (&json!(expected), &doubt), "{item}");
        assert_eq!(said["doubt_text"].is_string(), !doubt.is_null(), "{item}");
        seen.insert((level.to_owned(), doubt.to_string()));
    }
    for case in [("4", "\"result_at_office\""), ("3", "\"nothing_to_pay\""), ("4", "null"), ("3", "null")] {
        assert!(
            seen.contains(&(case.0.to_owned(), case.1.to_owned())),
            "the sample has no {case:?}: {seen:?}"
        );
    }
    // Counts are converted as well, and what was converted never hides among what was stated.
    for path in ["/api/v1/centres/p42", "/api/v1/procedures/1.001193", "/api/v1/statistics?unit=42"] {
        let mark = if path.contains('?') { '&' } else { '?' };
        let answer =
            server.get(&format!("{path}{mark}as_of=2021-03-01&scheme=nd42-2022")).await.is(200).json();
        let counts = [&answer["procedures"], &answer["levels"]["centres"], &answer["total"]];
        let counts = counts.into_iter().find(|counts| counts.is_object()).expect("counts");
        let said = &counts["in_scheme"];
        let sum = |list: &Value, wanted: &dyn Fn(&str) -> bool| -> u64 {
            let items = list.as_array().into_iter().flatten();
            let wanted = items.filter(|item| item["level"].as_str().is_some_and(wanted));
            wanted.filter_map(|item| item["count"].as_u64()).sum()
        };
        assert_eq!(sum(&said["stated"], &|_| true), 0, "nobody used words of 2022 in 2021: {said}");
        let old = |levels: &[&str]| sum(&counts["levels"], &|level| levels.contains(&level));
        for (new, levels) in [("none", vec!["1", "2"]), ("partial", vec!["3"]), ("full", vec!["4"])] {
            assert_eq!(
                sum(&said["converted"], &|level| level == new),
                old(&levels),
                "{path}: {new} in {counts}"
            );
        }
        assert!(old(&["1", "2", "3", "4"]) > 0, "{path} counts nothing");
    }
    let own = server.get(&format!("{path}?as_of=2021-03-01&scheme=nd43-2011")).await.is(200).json();
    let same = own["items"].as_array().into_iter().flatten().find(|item| item["level"].is_string());
    assert_eq!(same.expect("a level")["in_scheme"]["converted"], false);
    let refused = server.get(&format!("{path}?scheme=nd224-2026-proactive")).await.is(400).problem();
    assert!(refused.to_string().contains("nd43-2011, nd42-2022 or nd224-2026"), "{refused}");

    let schemes = server.get("/api/v1/schemes?as_of=2026-07-01").await.is(200).json();
    let in_force: Vec<_> =
        schemes["items"].as_array().into_iter().flatten().filter(|item| item["in_force"] == true).collect();
    assert_eq!(in_force.len(), 1, "{schemes}");
    assert_eq!(in_force[0]["number"], "224/2026/NĐ-CP");
    assert_eq!(schemes["proactive"]["scheme"], "nd224-2026-proactive");
}

#[tokio::test]
async fn history_says_what_was_shown_between_which_moments() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let centre = commune_centre(&site).await;
        let row = format!("9.000010,{centre},2025-08-01,,yes,nd42-2022,partial,,,,,,");
        let _ = site.import(&[listing(&site, "first.csv", &row)]).exits_with(0);
        let _ = site.import(&[listing(&site, "second.csv", &row.replace("partial", "full"))]).exits_with(0);
        let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
        let path = format!("/api/v1/procedures/9.000010/availability/revisions?centre={centre}");
        let history = server.get(&path).await.is(200).json();
        assert_eq!(history["page"]["total"], 2, "{history}");
        let (new, old) = (&history["items"][0], &history["items"][1]);
        assert_eq!(
            (&new["record"]["level"], &new["record"]["scheme"]),
            (&json!("full"), &json!("nd42-2022"))
        );
        assert_eq!(old["record"]["level"], "partial");
        assert_eq!(new["changed"], json!(["level", "source"]), "{new}");
        assert_eq!((&new["shown_to"], &old["shown_to"]), (&Value::Null, &new["shown_from"]));
        let offers = server.get("/api/v1/procedures/9.000010/availability").await.is(200).json();
        assert_eq!(
            offers["items"][0]["changed_at"], new["shown_from"],
            "what is read is what was shown last"
        );
        assert!(old["actor"].as_str().is_some_and(|actor| !actor.is_empty()), "{old}");

        let page = server.get(&format!("/vi/thu-tuc/9.000010/lich-su?centre={centre}")).await.is(200).text();
        assert!(page.contains("Toàn trình") && page.contains("Một phần"), "{page}");
        assert!(page.contains("Thay đổi: mức độ, nguồn") && page.contains("Công bố lần đầu"), "{page}");
        for path in [
            format!("/api/v1/centres/{centre}/revisions"),
            "/api/v1/procedures/9.000010/revisions".to_owned(),
            "/api/v1/units/98001/revisions".to_owned(),
        ] {
            let history = server.get(&path).await.is(200).json();
            assert_eq!(history["page"]["total"], 1, "{path}: {history}");
            let record = &history["items"][0]["record"];
            assert!(record["source"]["kind"].is_string() && record["period"].is_object(), "{path}: {record}");
        }
        for path in [
            "/api/v1/procedures/9.000010/availability/revisions?centre=p00".to_owned(),
            "/api/v1/centres/p00/revisions".to_owned(),
        ] {
            let _ = server.get(&path).await.is(404).problem();
        }
        let nobody = server.get("/api/v1/procedures/9.000010/availability/revisions").await.is(400).problem();
        assert!(nobody.to_string().contains("?centre="), "{nobody}");
        let dated =
            server.get(&format!("/api/v1/centres/{centre}/revisions?as_of=today")).await.is(400).problem();
        assert!(dated.to_string().contains("as_of"), "{dated}");
    }
}
