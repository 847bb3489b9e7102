//! Search as citizens and editors meet it: what is understood, what is said about it, how well it is answered, and how
//! its word lists are worked on.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use motcua_tests::{Reply, Server, ServerOptions, Site, full_data, repository, sample};
use serde_json::{Value, json};

const THEN: &str = "2021-03-01";

async fn found(server: &Server, text: &str) -> Value {
    server.query("/api/v1/procedures", &[("q", text), ("as_of", THEN)]).await.is(200).json()
}

fn first_name(answer: &Value) -> String {
    answer["items"][0]["name"].as_str().unwrap_or_default().to_lowercase()
}

#[tokio::test]
async fn whatever_is_typed_leads_to_the_procedure() {
    let server = sample().await;
    for text in [
        "đăng ký khai sinh",
        "dang ki khai sinh",
        "đăng kí khai sinh",
        "ddawng kys khai sinh",
        "d9a8ng ky1 khai sinh",
        "đa\u{306}ng ky\u{301} khai sinh",
        "dangky khaisinh",
        "đăng ký khai xinh",
        "làm giấy khai sinh cho con ở đâu",
        "birth registration",
        "khai si",
        "khai sinh Kỳ Anh",
    ] {
        let answer = found(&server, text).await;
        assert!(first_name(&answer).contains("đăng ký khai sinh"), "{text}: {}", answer["items"][0]);
    }
    for text in ["1.001193", "1001193", "1 001193", "mã 1.001193", "1.001193.000.00.00.H29"] {
        let answer = found(&server, text).await;
        assert_eq!(answer["items"][0]["code"], "1.001193", "{text}");
        assert_eq!(answer["matching"], "code", "{text}");
    }
}

#[tokio::test]
async fn what_was_put_right_is_said_and_can_be_undone() {
    let server = sample().await;
    let answer = found(&server, "đăng ký khai xinh Kỳ Anh").await;
    let read = &answer["read_as"];
    assert_eq!(read["corrected"], "đăng ký khai sinh");
    assert_eq!(read["corrections"], json!([{"kind": "spelling", "typed": "xinh", "read": "sinh"}]));
    assert_eq!(read["places"][0]["typed"], "Kỳ Anh");
    assert_eq!(read["without_places"], "đăng ký khai xinh");
    let units = read["places"][0]["units"].as_array().expect("units");
    let names: Vec<&str> = units.iter().filter_map(|unit| unit["name"].as_str()).collect();
    assert!(
        names.contains(&"Huyện Kỳ Anh") && names.contains(&"Thị xã Kỳ Anh"),
        "a question, no guess: {names:?}"
    );

    let parameters = [("q", "đăng ký khai xinh"), ("verbatim", "true"), ("as_of", THEN)];
    let verbatim = server.query("/api/v1/procedures", &parameters).await.is(200).json();
    assert!(verbatim.get("read_as").is_none());
    assert!(found(&server, "đăng ký khai sinh").await.get("read_as").is_none());

    let page = server.get("/vi/thu-tuc?q=%C4%91%C4%83ng+k%C3%BD+khai+xinh").await.is(200).text();
    assert!(page.contains("Đang tìm: “đăng ký khai sinh”."), "{page}");
    assert!(page.contains("verbatim=true") && page.contains("Tìm đúng nguyên văn"), "{page}");
}

#[tokio::test]
async fn an_answer_explains_itself_when_asked() {
    let server = sample().await;
    let parameters = [("q", "giấy khai sinh"), ("explain", "true"), ("as_of", THEN)];
    let answer = server.query("/api/v1/procedures", &parameters).await.is(200).json();
    let variants = answer["explanation"]["variants"].as_array().expect("variants");
    assert_eq!(variants[0]["text"], "giấy khai sinh");
    let hit = &answer["items"][0]["explanation"];
    let product: f64 = hit["factors"]
        .as_array()
        .expect("factors")
        .iter()
        .filter_map(|factor| factor["value"].as_f64())
        .product::<f64>()
        * hit["likeness"]["score"].as_f64().expect("a score");
    if hit["stage"] == "words" {
        assert!((product - hit["score"].as_f64().expect("a score")).abs() < 1e-3, "{hit}");
    }
}

#[tokio::test]
async fn suggestions_come_from_two_letters_on_and_stay_small() {
    let server = sample().await;
    let suggest = async |text: &str| -> (Vec<String>, Reply) {
        let reply = server.query("/api/v1/suggest", &[("q", text), ("as_of", THEN)]).await.is(200);
        let items = reply.json()["items"].as_array().cloned().unwrap_or_default();
        let texts = items.iter().filter_map(|item| item["text"].as_str().map(str::to_lowercase)).collect();
        (texts, reply)
    };
    for text in ["đăng ký kha", "dang ky kha", "khai si", "kh"] {
        let (texts, reply) = suggest(text).await;
        assert!(!texts.is_empty(), "{text}");
        assert!(reply.body.len() < 2_048, "{text}: {} bytes", reply.body.len());
    }
    assert!(suggest("dang ky khai si").await.0.iter().any(|text| text.contains("khai sinh")));
    assert!(suggest("thi xa ky a").await.0.iter().any(|text| text.contains("kỳ anh")), "places too");
    assert_eq!(suggest("k").await.0, [""; 0]);
    assert!(suggest("ddawng kys kha").await.0.iter().any(|text| text.contains("khai")), "keystrokes too");
}

#[tokio::test]
async fn no_text_breaks_the_search() {
    let server = sample().await;
    let long = "giấy phép ".repeat(19);
    let glued = "a".repeat(200);
    for text in [
        "\"",
        "(",
        "AND",
        "số 1: đăng ký",
        "đổi - cấp lại",
        "*?~^",
        "\u{200b}\u{202e}",
        "ʟ\u{338}",
        "💍 kết hôn",
        "1.",
        "....",
        "%00",
        "0",
        "ư ơ ă â ê ô đ",
        "Kỳ Anh",
        "ddddddddwwwwww",
        "6666666",
        &long,
        &glued,
        "\u{301}\u{301}\u{301}",
    ] {
        let started = Instant::now();
        for path in ["/api/v1/procedures", "/api/v1/suggest", "/vi/thu-tuc"] {
            let _ = server.query(path, &[("q", text)]).await.is(200);
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{text}");
    }
    let _ = server.query("/api/v1/suggest", &[("q", &"x".repeat(201))]).await.is(400);
}

#[tokio::test]
async fn an_editor_adds_a_rule_and_sees_what_it_does() {
    let site = Site::sqlite();
    let lists = site.path("lists");
    fs::create_dir_all(lists.join("everyday")).expect("a folder");
    let list = lists.join("everyday/site.toml");
    fs::write(&list, "rules = []\n").expect("written");
    let options = ServerOptions::default().with("MOTCUA_SEARCH_LISTS_DIR", &lists.display().to_string());
    let server = site.serve(options).await;
    let asked = "gửi thiên thần về trời";
    let finds = |answer: &Value| first_name(answer).contains("đăng ký khai tử");
    assert!(!finds(&found(&server, asked).await));

    let tag = server.query("/api/v1/procedures", &[("q", asked)]).await.is(200).header("etag").to_owned();
    let rule = "rules = [ { say = [\"gửi thiên thần về trời\"], mean = [\"đăng ký khai tử\"] } ]\n";
    fs::write(&list, rule).expect("written");
    let mut waited = 0;
    while !finds(&found(&server, asked).await) {
        waited += 1;
        assert!(waited < 100, "the rule was not read: {}", server.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    let other = server.query("/api/v1/procedures", &[("q", asked)]).await.is(200).header("etag").to_owned();
    assert_ne!(tag, other, "a kept answer must not outlive the lists it was found by");

    // A faulty list is told with its line, and the lists before stay in use.
    fs::write(&list, format!("{rule}rules = [ {{ say = [\"x\"] }} ]\n")).expect("written");
    let mut waited = 0;
    while !server.log().contains("everyday/site.toml:2") {
        waited += 1;
        assert!(waited < 100, "the fault was not told: {}", server.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(finds(&found(&server, asked).await));

    let lists = lists.display().to_string();
    let refused = site.run(["search", "lint", "--bundled", "--lists", &lists]).exits_with(1);
    assert!(refused.stdout.contains("everyday/site.toml:2"), "{}", refused.stdout);
    fs::write(&list, rule).expect("written");
    let clean = site.run(["search", "lint", "--bundled", "--lists", &lists]).ok();
    assert!(clean.stderr.contains("no faults"), "{}", clean.stderr);
    let judged = site.write(
        "judged.ndjson",
        r#"{"q":"gửi thiên thần về trời","kind":"colloquial","expect":[{"code":"1.000656","rel":3}]}"#,
    );
    let judged = judged.display().to_string();
    let shown =
        site.run(["search", "eval", &judged, "--bundled", "--compare", &lists, "--as-of", "2026-07-20"]).ok();
    assert!(shown.stdout.contains("1 queries are answered differently"), "{}", shown.stdout);
}

#[tokio::test]
async fn searches_that_fail_become_work_and_nothing_is_said_about_people() {
    let site = Site::sqlite();
    let mut server = site.serve(ServerOptions::default()).await;
    for _ in 0..3 {
        let _ = server.query("/vi/thu-tuc", &[("q", "zzzz qqqq 0912345678")]).await.is(200);
        let _ = server.query("/vi/thu-tuc", &[("q", "đăng ký khai sinh")]).await.is(200);
        let from = server.url("/vi/thu-tuc?q=%C4%91%C4%83ng+k%C3%BD+khai+sinh");
        let _ =
            server.request(reqwest::Method::GET, "/vi/thu-tuc/1.001193", &[("referer", &from)]).await.is(200);
    }
    server.terminate();
    server.ended_within(Duration::from_secs(10)).await.expect("ended");
    let work = site.run(["search", "work", "--json"]).ok().json();
    assert_eq!(work, json!([{"text": "zzzz qqqq #", "searches": 3, "empty": 3, "clicks": 0}]));
    assert!(site.run(["search", "work", "--least", "4"]).ok().stdout.is_empty());

    let silent = Site::sqlite();
    let options = ServerOptions::default().with("MOTCUA_SEARCH_COUNT", "false");
    let mut server = silent.serve(options).await;
    let _ = server.query("/vi/thu-tuc", &[("q", "zzzz qqqq")]).await.is(200);
    server.terminate();
    server.ended_within(Duration::from_secs(10)).await.expect("ended");
    assert_eq!(silent.run(["search", "work", "--least", "1", "--json"]).ok().json(), json!([]));
}

/// The judged queries on the names that the binary carries: no figure may fall below its floor.
#[test]
fn judged_queries_are_answered_as_well_as_before() {
    let site = Site::sqlite();
    let (judged, floors) = judged_set();
    let outcome = site
        .run([
            "search",
            "eval",
            &judged,
            "--bundled",
            "--as-of",
            "2026-07-20",
            "--floors",
            &floors,
            "--misses",
            "10",
        ])
        .ok();
    println!("{}", outcome.stdout);
}

/// The same on the full texts, and real questions as a second set.
#[test]
fn judged_queries_and_real_questions_on_the_full_catalogue() {
    let Some(procedures) = full_data("procedures.ndjson") else { return };
    let site = Site::sqlite();
    let mut files = vec![procedures];
    files.extend(["units-2020.csv", "units-2025.csv", "unit-mergers.csv"].into_iter().filter_map(full_data));
    let _ = site.import(&files).ok();
    let (judged, floors) = judged_set();
    let outcome = site
        .run(["search", "eval", &judged, "--as-of", "2026-07-20", "--floors", &floors, "--misses", "0"])
        .ok();
    println!("{}", outcome.stdout);
    let Some(questions) = full_data("questions.ndjson").and_then(|file| questions(&site, &file)) else {
        return;
    };
    let floors =
        site.write("floors.json", r#"{"all": {"success_1": 0.71, "success_3": 0.82, "zero": 0.005}}"#);
    let (questions, floors) = (questions.display().to_string(), floors.display().to_string());
    let outcome = site
        .run(["search", "eval", &questions, "--as-of", "2026-07-20", "--floors", &floors, "--misses", "0"])
        .ok();
    println!("{}", outcome.stdout);
}

fn judged_set() -> (String, String) {
    let folder = repository().join("search-index");
    let path = |name: &str| folder.join(name).display().to_string();
    (path("judged.ndjson"), path("floors.json"))
}

/// Collected questions with codes of the catalogue, as judged queries.
fn questions(site: &Site, file: &Path) -> Option<std::path::PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    let mut judged = String::new();
    for line in text.lines() {
        let question: Value = serde_json::from_str(line).expect("a question");
        let codes = question["codes_in_catalogue_2026_07"].as_array().cloned().unwrap_or_default();
        if codes.is_empty() {
            continue;
        }
        let expect: Vec<Value> = codes.iter().map(|code| json!({"code": code, "rel": 3})).collect();
        let text: String = question["question"].as_str().unwrap_or_default().chars().take(200).collect();
        judged.push_str(&json!({"q": text, "kind": "question", "expect": expect}).to_string());
        judged.push('\n');
    }
    Some(site.write("questions.ndjson", judged))
}
