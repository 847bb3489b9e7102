//! Statistics from outside: the page, the API and the files say the same, and centres' own figures come in by file.

use std::collections::BTreeMap;
use std::sync::Arc;

use motcua_tests::fixtures::{self, CENTRES, UNITS_2025};
use motcua_tests::walk::whole_list;
use motcua_tests::{Database, Server, ServerOptions, Site, databases, sample};
use serde_json::Value;

const STATISTICS: &str = "/api/v1/statistics";

/// A CSV answer as rows by column name.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let text = text.strip_prefix('\u{feff}').expect("a byte-order mark, for spreadsheets");
    assert!(text.ends_with("\r\n") && text.matches('\n').count() == text.matches("\r\n").count());
    let mut lines = text.trim_end().split("\r\n").map(cells);
    let header = lines.next().expect("a header");
    lines
        .map(|line| {
            assert_eq!(line.len(), header.len(), "{line:?}");
            header.iter().cloned().zip(line).collect()
        })
        .collect()
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().expect("a cell").push(c),
        }
    }
    cells
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Whole numbers with dots between thousands, as the pages write them.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// `33,2% (412/1.240)`, as the page writes a share.
fn shown(share: &Value) -> String {
    let percent = share["percent"].as_f64().expect("a percentage");
    let (n, of) = (number(&share["numerator"]), number(&share["denominator"]));
    format!("{} ({}/{})", format!("{percent:.1}%").replace('.', ","), grouped(n), grouped(of))
}

async fn asked(server: &Server, parameters: &[(&str, &str)]) -> Value {
    server.query(STATISTICS, parameters).await.is(200).json()
}

#[tokio::test]
async fn api_file_and_page_have_the_same_numbers() {
    let server = sample().await;
    for by in ["tier", "unit", "field", "centre", "agency"] {
        let selection = [("unit", "42"), ("by", by), ("per_page", "100")];
        let answer = asked(&server, &selection).await;
        let items = whole_list(&server, STATISTICS, &selection).await;
        let file = server.query(STATISTICS, &[("unit", "42"), ("by", by), ("format", "csv")]).await.is(200);
        assert!(file.header("content-type").starts_with("text/csv"), "{}", file.header("content-type"));
        let rows = table(&file.text());
        assert_eq!(rows.len(), items.len() + 1, "{by}: the total and every group");
        let figures = std::iter::once(&answer["total"]).chain(items.iter().map(|item| &item["figures"]));
        for (row, figures) in rows.iter().zip(figures) {
            for column in
                ["pairs", "offered", "offered_without_level", "not_offered", "unknown", "not_listed"]
            {
                assert_eq!(row[column], number(&figures[column]).to_string(), "{by}: {column} of {row:?}");
            }
            assert_eq!(row["online"], number(&figures["online"]["numerator"]).to_string());
            assert_eq!(row["online_of"], number(&figures["pairs"]).to_string());
            for level in figures["levels"].as_array().expect("levels") {
                let (Some(name), Some(scheme)) = (level["level"].as_str(), level["scheme"].as_str()) else {
                    panic!("{level}")
                };
                assert_eq!(row[&format!("{scheme}:{name}")], number(&level["count"]).to_string());
            }
        }
        // The groups of places and tiers share nothing, so they add up; a procedure may be in several fields.
        let sum: u64 = items.iter().map(|item| number(&item["figures"]["pairs"])).sum();
        if ["tier", "unit", "centre"].contains(&by) {
            assert_eq!(sum, number(&answer["total"]["pairs"]), "{by}");
        }
        assert!(
            answer["notice"].as_str().is_some_and(|notice| notice.contains("mẫu")),
            "made-up data say so"
        );
    }
    let tiers = asked(&server, &[("unit", "42"), ("by", "tier")]).await;
    let units = asked(&server, &[("unit", "42"), ("by", "unit")]).await;
    let indicator = server.query("/api/v1/statistics/indicator", &[("unit", "42")]).await.is(200).json();
    let html = server.query("/vi/thong-ke", &[("unit", "42")]).await.is(200).text();
    assert!(html.contains("Dữ liệu mẫu"), "the page says that its data is made up");
    assert!(html.contains(&shown(&tiers["total"]["online"])), "the honest share of the page is the API's");
    assert!(
        html.contains(&shown(&indicator["items"][0]["official"]["online"])),
        "and so is the official one"
    );
    assert!(html.contains(&shown(&units["spread"]["weakest"]["share"])), "and the weakest unit's");
    for item in tiers["items"].as_array().expect("tiers") {
        assert!(html.contains(&format!(">{}</td>", shown(&item["figures"]["online"]))), "{item}");
    }
    for item in units["items"].as_array().expect("units") {
        assert!(html.contains(&format!(">{}</td>", shown(&item["figures"]["online"]))), "{item}");
    }
}

#[tokio::test]
async fn the_sample_is_counted_as_its_listings_say() {
    let server = sample().await;
    // One centre, listing by listing.
    let day = "2021-03-01";
    let listed =
        whole_list(&server, "/api/v1/centres/c18070/procedures", &[("as_of", day), ("per_page", "100")])
            .await;
    let answer = asked(&server, &[("centre", "c18070"), ("as_of", day), ("scheme", "nd43-2011")]).await;
    let total = &answer["total"];
    let count = |test: &dyn Fn(&Value) -> bool| listed.iter().filter(|item| test(item)).count() as u64;
    let is_case = listed.iter().any(|item| !item["case"].is_null());
    assert!(!is_case, "this test counts listings, which are pairs only without cases");
    assert_eq!(number(&total["offered"]), count(&|item| item["offered"] == "yes"));
    assert_eq!(number(&total["unknown"]), count(&|item| item["offered"] == "unknown"));
    assert_eq!(number(&total["not_offered"]), count(&|item| item["offered"] == "no"));
    assert_eq!(number(&total["online"]["numerator"]), count(&|item| item["online"] == true));
    assert_eq!(number(&total["pairs"]), listed.len() as u64 + number(&total["not_listed"]));
    let in_scheme: u64 = total["in_scheme"]["stated"]
        .as_array()
        .expect("levels")
        .iter()
        .map(|level| number(&level["count"]))
        .sum();
    assert_eq!(in_scheme, count(&|item| item["scheme"] == "nd43-2011"));
    // A procedure that is national and of the commune tier concerns every commune's centre, listed or not.
    let procedures = whole_list(
        &server,
        "/api/v1/procedures",
        &[("tier", "commune"), ("as_of", day), ("per_page", "100")],
    )
    .await;
    assert!(number(&total["pairs"]) <= procedures.len() as u64);
    // The weakest comes first, and the honest share is never above the best.
    let communes = asked(&server, &[("unit", "436"), ("as_of", day)]).await;
    let shares: Vec<f64> = communes["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["figures"]["online"]["percent"].as_f64())
        .collect();
    assert!(shares.len() > 10 && shares.is_sorted(), "{shares:?}");
    let after = asked(&server, &[("unit", "42"), ("by", "tier"), ("as_of", "2026-06-01")]).await;
    let keys: Vec<_> = after["items"].as_array().expect("items").iter().map(|item| &item["key"]).collect();
    assert_eq!(keys.len(), 2, "the districts have ended: {keys:?}");
}

#[tokio::test]
async fn a_series_ends_with_the_figures_of_its_last_day() {
    let server = sample().await;
    for step in ["month", "change"] {
        let path = "/api/v1/statistics/series";
        let parameters = [("unit", "42"), ("from", "2020-01-01"), ("to", "2026-06-01"), ("step", step)];
        let series = server.query(path, &parameters).await.is(200).json();
        let items = series["items"].as_array().expect("items");
        assert!(items.len() > 2, "{step}: {}", items.len());
        assert_eq!(items[0]["day"], "2020-01-01");
        let last = items.last().expect("a last day");
        assert_eq!(last["day"], "2026-06-01");
        let total = asked(&server, &[("unit", "42"), ("as_of", "2026-06-01")]).await;
        assert_eq!(last["figures"], total["total"]);
        assert_eq!(series["cut"], false, "{step}");
        // Before the first listing nobody has said anything: that is no share, not even one of nought.
        let begin = series["recorded_from"].as_str().expect("a day on which the listings begin");
        let is_open = |item: &Value| item["figures"]["online"]["percent"].is_null();
        for item in items {
            let day = item["day"].as_str().expect("a day");
            assert_eq!(is_open(item), day < begin, "{step}: {day}, recorded from {begin}");
        }
        let breaks = series["breaks"].as_array().expect("days");
        for day in ["2022-08-15", "2025-07-01"] {
            assert!(breaks.iter().any(|found| found == day), "{step}: {day} is not in {breaks:?}");
        }
        assert_eq!(last["centres"], 70);
        let file = server.query(path, &[&parameters[..], &[("format", "csv")]].concat()).await.is(200);
        let rows = table(&file.text());
        assert_eq!(rows.len(), items.len());
        for (row, item) in rows.iter().zip(items) {
            assert_eq!(row["online_percent"].is_empty(), is_open(item), "{row:?}");
        }
    }
    let path = "/api/v1/statistics/series";
    let long = [("unit", "42"), ("from", "2000-01-01"), ("to", "2026-06-01"), ("step", "month")];
    let series = server.query(path, &long).await.is(200).json();
    assert_eq!(series["items"].as_array().map(Vec::len), Some(121));
    assert_eq!(series["cut"], true, "an early first day is not passed over in silence");
    let html = server.query("/vi/thong-ke", &[("unit", "42"), ("as_of", "2021-03-01")]).await.is(200).text();
    assert!(html.contains("chưa có trung tâm nào công bố.") && html.contains("chưa có số liệu"));
    assert!(html.contains("ngày 23/06/2022; số của ngày 01/03/2021 chỉ là tính lùi"));
    let html = server.query("/vi/thong-ke", &[("unit", "42"), ("as_of", "2026-06-01")]).await.is(200).text();
    assert!(html.contains("Ngày 01/07/2025: đơn vị hành chính"), "a reorganisation is told");
    assert!(!html.contains("tính lùi"));
    for (day, before) in [("2022-06-22", true), ("2022-06-23", false)] {
        let path = format!("/api/v1/statistics/indicator?unit=42&as_of={day}");
        assert_eq!(server.get(&path).await.is(200).json()["before_decision"], before, "{day}");
    }
}

#[tokio::test]
async fn a_queue_of_figures_is_answered_to_the_last() {
    let site = Site::sqlite();
    let server = Arc::new(site.serve(ServerOptions::default()).await);
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..50 {
        let server = Arc::clone(&server);
        asked.spawn(async move {
            let (year, unit) = (2021 + number % 5, ["42", "436", "439", "18070", "18073"][number / 10]);
            let path = format!("/api/v1/statistics/series?unit={unit}&to={year}-0{}-01", 1 + number % 6);
            (server.get(&path).await.status.as_u16(), path)
        });
    }
    let answers = asked.join_all().await;
    assert_eq!(answers.len(), 50);
    for (status, path) in answers {
        // A commune or district may have ended by then; that is an answer as well.
        assert!([200, 410].contains(&status), "{path}: {status}");
    }
    let _ = server.get("/api/v1/statistics?unit=42").await.is(200);
}

#[tokio::test]
async fn quick_wins_name_their_evidence_and_do_what_they_say() {
    let server = sample().await;
    let wins = server.query("/api/v1/statistics/quick-wins", &[("unit", "42")]).await.is(200).json();
    let items = wins["items"].as_array().expect("items");
    assert!(!items.is_empty() && items.len() <= 10);
    let total = asked(&server, &[("unit", "42")]).await;
    for win in items {
        assert!(number(&win["online_centres"]) > 0, "{win}");
        assert_eq!(win["effect"]["numerator"], win["listings"]);
        assert_eq!(win["effect"]["denominator"], total["total"]["pairs"]);
        let here = &win["here"];
        let left =
            number(&here["pairs"]) - number(&here["online"]["numerator"]) - number(&here["not_offered"]);
        assert_eq!(number(&win["listings"]), left);
    }
    let gain = |win: &Value| {
        let [listings, online, of] =
            ["listings", "online_centres", "concerned_centres"].map(|name| number(&win[name]) as f64);
        listings * online / of
    };
    let gains: Vec<f64> = items.iter().map(gain).collect();
    assert!(gains.is_sorted_by(|a, b| a >= b), "{gains:?}");
    let commune = server.query("/api/v1/statistics/quick-wins", &[("unit", "18070")]).await.is(200).json();
    for win in commune["official"].as_array().expect("a list") {
        assert_eq!(win["listings"], 1);
        assert_eq!(number(&win["here"]["online"]["numerator"]), 0, "{win}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_a_remedy() {
    let server = sample().await;
    for (path, name) in [
        ("/api/v1/statistics?by=colour", "by"),
        ("/api/v1/statistics?tier=ministry", "tier"),
        ("/api/v1/statistics?tier=city", "tier"),
        ("/api/v1/statistics?scheme=nd1", "scheme"),
        ("/api/v1/statistics?field=khong-co", "field"),
        ("/api/v1/statistics?agency=khong-co", "agency"),
        ("/api/v1/statistics?unit=99", "unit"),
        ("/api/v1/statistics?centre=khong-co", "centre"),
        ("/api/v1/statistics?unit=439&centre=c18070&as_of=2021-03-01", "centre"),
        ("/api/v1/statistics/series?unit=439&centre=c18070&as_of=2021-03-01", "centre"),
        ("/api/v1/statistics?format=xml", "format"),
        ("/api/v1/statistics?bi=tier", "bi"),
        ("/api/v1/statistics/series?from=2021-03-02&to=2021-03-01", "from"),
        ("/api/v1/statistics/series?step=week", "step"),
        ("/api/v1/statistics/indicator?unit=4", "unit"),
        ("/api/v1/statistics/quick-wins?months=1", "months"),
        ("/api/v1/centres/p42/figures?months=0", "months"),
    ] {
        let problem = server.get(path).await.is(400).problem();
        assert_eq!(problem["errors"][0]["parameter"], name, "{path}: {problem}");
        assert!(!problem["errors"][0]["remedy"].as_str().unwrap_or_default().is_empty(), "{path}");
    }
    // A former unit leads on instead of counting nothing.
    let gone = server.get("/api/v1/statistics?unit=436&as_of=2026-06-01").await.is(410).problem();
    assert!(gone["successors"].as_array().is_some_and(|successors| !successors.is_empty()), "{gone}");
    let html = server.get("/vi/thong-ke?unit=436&as_of=2026-06-01").await.is(200).text();
    assert!(html.contains("Thành phố Hà Tĩnh") && !html.contains("<svg viewBox=\"-1"), "{}", html.len());
    for path in ["/vi/thong-ke?sort=colour", "/vi/thong-ke?tier=ministry"] {
        let _ = server.get(path).await.is(400);
    }
    let html = server.get("/vi/thong-ke?field=khong-co").await.is(400).text();
    assert!(html.contains("field") && html.contains("giá trị “khong-co”"), "the page names what is wrong");
    let html = server.get("/vi/thong-ke?unit=439&centre=c18070&as_of=2021-03-01").await.is(400).text();
    assert!(html.contains("giá trị “c18070”"));
    let _ = server.get("/vi/thong-ke?unit=436&centre=c18070&as_of=2021-03-01").await.is(200);
    let html = server.get("/vi/thong-ke?unit=42&field=ho-tich").await.is(200).text();
    assert!(html.contains("Lĩnh vực: Hộ tịch"), "the filter has the name of the field");
}

#[tokio::test]
async fn tables_by_accept_have_a_tag_of_their_own() {
    let server = sample().await;
    let path = "/api/v1/statistics?unit=42&by=tier";
    let get = async |headers: &[(&str, &str)]| server.request(reqwest::Method::GET, path, headers).await;
    let json = get(&[("accept", "application/json")]).await.is(200);
    let csv = get(&[("accept", "text/csv")]).await.is(200);
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.header("vary").to_lowercase().contains("accept"));
    assert_ne!(json.header("etag"), csv.header("etag"));
    let _ = get(&[("accept", "text/csv"), ("if-none-match", csv.header("etag"))]).await.is(304);
    let _ = get(&[("accept", "text/csv"), ("if-none-match", json.header("etag"))]).await.is(200);
}

#[tokio::test]
async fn the_rules_of_the_official_figure_are_configuration() {
    let site = Site::sqlite();
    let server = site
        .serve(
            ServerOptions::default()
                .with("MOTCUA_INDICATOR_POINTS", "4")
                .with("MOTCUA_INDICATOR_FULL_MARKS_PERCENT", "100")
                .with("MOTCUA_INDICATOR_SOURCE", "Công văn thử"),
        )
        .await;
    let answer = server.get("/api/v1/statistics/indicator?unit=42&below=true").await.is(200).json();
    assert_eq!(answer["rules"]["source"], "Công văn thử");
    let items = answer["items"].as_array().expect("items");
    let province = &items[0];
    let percent = province["official"]["online"]["percent"].as_f64().expect("a percentage");
    let points = province["points"].as_f64().expect("points");
    assert!((points - percent * 4.0 / 100.0).abs() < 0.011, "{province}");
    let honest = province["honest"]["percent"].as_f64().expect("a percentage");
    assert!(honest <= percent, "the best never stands for all: {province}");
    assert_eq!(items.len(), 1 + 13);
    assert!(items[1]["official"].is_null(), "no formula for districts: {}", items[1]);
    let commune = server.get("/api/v1/statistics/indicator?unit=18070").await.is(200).json();
    assert!(number(&commune["items"][0]["official"]["online"]["denominator"]) > 0);
    let html = server.get("/vi/thong-ke?unit=42").await.is(200).text();
    assert!(html.contains("Công văn thử") && html.contains("/4 điểm"));
    let refused = site.command(["config"]).env("MOTCUA_INDICATOR_POINTS", "0").output().expect("it runs");
    assert_eq!(refused.status.code(), Some(3));
}

const FIGURES: &str =
    "\u{feff}Mã trung tâm;Tháng;Tiếp nhận;Tiếp nhận trực tuyến;Đã giải quyết;Đúng hạn;Quá hạn;Hài lòng (%)\r
p98;2026-06;100;40;90;81;9;95,5\r
p98;07/2026;120;;110;110;0;\r
";

fn world(site: &Site) {
    let files = [
        site.write("units.csv", UNITS_2025),
        site.write("centres.csv", CENTRES),
        site.write("procedures.ndjson", fixtures::procedure("9.000010", "Thủ tục thử khai sinh")),
    ];
    let _ = site.import(&files).ok();
}

#[tokio::test]
async fn centres_figures_come_in_by_file_and_go_out_again() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let file = site.write("so-lieu.csv", FIGURES);
        let report = site.import(&[&file]).ok().json();
        assert_eq!(report["files"][0]["kind"], "figures", "{database:?}");
        assert_eq!(report["files"][0]["created"], 2);
        let again = site.import(&[&file]).ok().json();
        assert_eq!(again["files"][0]["same"], 2);
        let out = site.path("out");
        let _ = site.run(["export", "--output", out.to_str().expect("a path"), "--kind", "figures"]).ok();
        let exported = out.join("centre-figures.csv");
        let text = std::fs::read_to_string(&exported).expect("an export");
        assert!(text.contains("p98,2026-06,100,40,90,81,9,95.5,"), "{text}");
        let again = site.import(&[&exported]).ok().json();
        assert_eq!(again["files"][0]["same"], 2, "what is exported and imported again changes nothing");

        let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
        let answer = server.get("/api/v1/centres/p98/figures").await.is(200).json();
        let items = answer["items"].as_array().expect("items");
        assert_eq!(items[0]["month"], "2026-07");
        assert!(items[0]["received_online"].is_null() && items[0]["online_share"].is_null());
        assert_eq!(
            items[1]["on_time_share"],
            serde_json::json!({"numerator": 81, "denominator": 90, "percent": 90.0})
        );
        assert_eq!(items[1]["satisfaction_percent"], 95.5);
        let before = server.get("/api/v1/centres/p98/figures?as_of=2026-07-31").await.is(200).json();
        assert_eq!(before["items"].as_array().map(Vec::len), Some(1), "July is not over on its last day");
        let html = server.get("/vi/trung-tam/p98").await.is(200).text();
        assert!(html.contains("100,0% (110/110)") && html.contains("90,0% (81/90)"), "the centre's page");
        let none = server.get("/vi/trung-tam/c98001-2025").await.is(200).text();
        assert!(none.contains("chưa công bố số liệu giải quyết hồ sơ"));
        let csv = server.get("/api/v1/centres/p98/figures?format=csv").await.is(200).text();
        assert_eq!(table(&csv)[1]["on_time"], "81");
    }
}

#[test]
fn faults_in_centres_figures_are_told_cell_by_cell() {
    let site = Site::new(Database::Sqlite);
    world(&site);
    let file = site.write(
        "so-lieu.csv",
        "centre,month,received,received_online,resolved,on_time,overdue,satisfaction\n\
         p98,2026-13,1,1,1,1,0,\n\
         p98,2025-01,1.200,1,1,1,0,\n\
         p98,2025-02,10,11,1,1,0,\n\
         p98,2025-03,10,1,5,5,1,\n\
         p98,2025-04,,,,,,\n\
         p98,2025-05,1,1,1,1,0,101\n\
         p98,2025-06,1,1,1,1,0,99.55\n\
         p77,2026-05,1,1,1,1,0,\n\
         c98001-2025,2020-05,1,1,1,1,0,\n\
         p98,2025-12,-1,,,,,\n\
         p98,2199-05,abc,1,1,2,0,101\n",
    );
    let report = site.import(&[file]).exits_with(1).json();
    let refusals = report["files"][0]["refusals"].as_array().expect("refusals").clone();
    let told: Vec<(u64, &str)> = refusals
        .iter()
        .map(|refusal| (number(&refusal["line"]), refusal["column"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "month"),
            (3, "received"),
            (4, "received_online"),
            (5, "on_time"),
            (6, "received"),
            (7, "satisfaction"),
            (8, "satisfaction"),
            (9, "centre"),
            (10, "month"),
            (11, "received"),
            (12, "received"),
            (12, "month"),
            (12, "on_time"),
            (12, "satisfaction"),
        ],
        "{refusals:?}"
    );
    let future = refusals.iter().find(|refusal| refusal["column"] == "month" && refusal["line"] == 12);
    assert_eq!(future.expect("a refusal")["reason"], "tháng này chưa kết thúc");
    assert_eq!(report["written"], false, "one refused row keeps everything out");
    let unknown = site.write("la.csv", "centre,month,sao\np98,2026-05,1\n");
    let _ = site.import(&[unknown]).exits_with(4);
}
