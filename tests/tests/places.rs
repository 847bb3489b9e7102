//! Places as people write them, and addresses from before a merger.

use motcua_tests::sample;
use serde_json::Value;

const NOW: &str = "2026-11-28";
const THEN: &str = "2021-03-01";

fn codes(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().expect("items");
    let mut codes: Vec<&str> = items.iter().filter_map(|item| item["code"].as_str()).collect();
    codes.sort_unstable();
    codes
}

#[tokio::test]
async fn a_place_is_named_or_asked_about() {
    let server = sample().await;
    let ask = async |text: &str, day: &str| {
        server.query("/api/v1/places", &[("q", text), ("as_of", day)]).await.is(200).json()
    };
    let answer = ask("P.Nam Hà, TP Hà Tĩnh", NOW).await;
    assert_eq!(answer["outcome"], "one", "{answer}");
    let item = &answer["items"][0];
    assert_eq!(
        (&item["code"], &item["name"], &item["kind"], &item["current"]),
        (&"18073".into(), &"Phường Thành Sen".into(), &"phường".into(), &true.into())
    );
    assert_eq!(item["successors"], serde_json::json!([]));
    assert_eq!(answer["as_of"], NOW);
    assert!(answer["notice"].is_string() && answer["question"].is_null(), "{answer}");
    let former = &answer["former"][0];
    assert_eq!(former["name"], "Phường Nam Hà");
    assert_eq!(former["successors"][0]["resolution"], "Nghị quyết 1665/NQ-UBTVQH15");
    assert_eq!(former["successors"][0]["effective_on"], "2025-07-01");

    let answer = ask("Trần Phú", NOW).await;
    assert_eq!((answer["outcome"].as_str(), codes(&answer)), (Some("ask"), vec!["18073", "18100"]));
    let choices = answer["question"]["choices"].as_array().expect("choices");
    assert!((2..=8).contains(&choices.len()), "{answer}");
    for choice in choices {
        let within = choice["within"][0].as_str().expect("a code");
        let note = (within == "18073").then_some("từ Phường Trần Phú cũ");
        assert_eq!(choice["note"].as_str(), note, "{answer}");
        let next = server
            .query("/api/v1/places", &[("q", "Trần Phú"), ("within", within), ("as_of", NOW)])
            .await
            .is(200)
            .json();
        assert_eq!((next["outcome"].as_str(), codes(&next)), (Some("one"), vec![within]));
    }
    // Land and people part ways.
    let answer = ask("xa Ky Loi", NOW).await;
    assert_eq!((answer["outcome"].as_str(), codes(&answer).len()), (Some("ask"), 3));
    assert!(answer["former"].to_string().contains("Toàn bộ diện tích"), "{answer}");
    // The day decides.
    let answer = ask("Trần Phú", THEN).await;
    assert_eq!((answer["outcome"].as_str(), codes(&answer)), (Some("one"), vec!["18070"]));
    assert_eq!(answer["items"][0]["successors"][0]["unit"]["code"], "18073");
    let answer = ask("Sài Gòn", NOW).await;
    assert_eq!((answer["outcome"].as_str(), codes(&answer).len()), (Some("none"), 0));
}

#[tokio::test]
async fn nothing_and_too_much_are_refused_clearly() {
    let server = sample().await;
    let long = "x".repeat(201);
    for query in [&[][..], &[("q", " ")], &[("q", long.as_str())], &[("q", "Kỳ Anh"), ("within", "x")]] {
        let problem = server.query("/api/v1/places", query).await.is(400).problem();
        assert_eq!(problem["type"], "/problems/invalid-parameter", "{problem}");
        assert!(problem["errors"][0]["remedy"].is_string(), "{problem}");
    }
    let _ = server.query("/api/v1/places", &[("q", &long[..200])]).await.is(200);
}

#[tokio::test]
async fn old_addresses_lead_on() {
    let server = sample().await;
    // All of the old ward went to one of today; the other parameters stay.
    for (old, new) in [
        ("/api/v1/units/18070", "/api/v1/units/18073"),
        ("/vi/noi/18070", "/vi/noi/18073"),
        ("/api/v1/centres/c18070", "/api/v1/centres/c18073-2025"),
        ("/vi/trung-tam/c18070", "/vi/trung-tam/c18073-2025"),
    ] {
        let reply = server.query(old, &[("as_of", NOW)]).await.is(301);
        // A page names the one that was asked for, and the page it leads to says so.
        let from = old.strip_prefix("/vi/").and_then(|path| path.split('/').next_back());
        let location = from.map_or(format!("{new}?as_of={NOW}"), |id| format!("{new}?as_of={NOW}&tu={id}"));
        assert_eq!(reply.header("location"), location, "{old}");
        let page = server.get(&location).await.is(200).text();
        assert_eq!(page.contains("(cũ) nay là "), from.is_some(), "{location}");
        let page = server.query(new, &[("as_of", NOW)]).await.is(200).text();
        assert!(!page.contains("(cũ) nay là "), "{new} was asked for itself");
        // In its time it is what it was.
        let _ = server.query(old, &[("as_of", THEN)]).await.is(200);
    }
    // A split unit, and a district, name what became of them.
    for code in ["18082", "436"] {
        let problem =
            server.query(&format!("/api/v1/units/{code}"), &[("as_of", NOW)]).await.is(410).problem();
        assert!(problem["successors"].as_array().is_some_and(|list| list.len() > 1), "{problem}");
        let page = server.query(&format!("/vi/noi/{code}"), &[("as_of", NOW)]).await.is(410).text();
        assert!(page.contains("Phường Thành Sen"), "{code}");
    }
    // Closed without one in its place: found as it was.
    let centre = server.query("/api/v1/centres/d436", &[("as_of", NOW)]).await.is(200).json();
    assert_eq!(centre["active"], false);
}

#[tokio::test]
async fn a_former_unit_keeps_its_page() {
    let server = sample().await;
    let page = server.query("/vi/noi/18070/lich-su", &[("as_of", NOW)]).await.is(200).text();
    for text in
        ["Phường Trần Phú", "Phường Thành Sen", "01/07/2025", "Nghị quyết 1665/NQ-UBTVQH15", "toàn bộ"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.contains("as_of=2025-06-30"), "leads to the day on which it was");
    let today = server.query("/vi/noi/18073", &[("as_of", NOW)]).await.is(200).text();
    assert!(today.contains("/vi/noi/18070/lich-su"), "the present unit names it");
    let _ = server.query("/vi/noi/99999/lich-su", &[]).await.is(404);
}

#[tokio::test]
async fn the_picker_reads_what_is_typed() {
    let server = sample().await;
    let page =
        async |text: &str| server.query("/vi/noi", &[("q", text), ("as_of", NOW)]).await.is(200).text();
    let one = page("p. nam ha, tp ha tinh").await;
    assert!(one.contains("Phường Thành Sen") && one.contains("p. nam ha, tp ha tinh"), "{one}");
    let asked = page("Trần Phú").await;
    for text in ["/vi/noi/18073?", "/vi/noi/18100?", "value=\"Trần Phú\"", "từ Phường Trần Phú cũ"]
    {
        assert!(asked.contains(text), "{text}: {asked}");
    }
    let none = page("Xứ Không Có").await;
    assert!(none.contains("Không tìm thấy") && none.contains("value=\"Xứ Không Có\""), "{none}");
    let many = page("thành phố Hà Tĩnh").await;
    assert!(many.matches("within=").count() <= 8 * 40, "{many}");
}

#[tokio::test]
async fn a_redirect_is_told_on_the_page_it_leads_to() {
    let server = sample().await;
    let page = async |from: &str| server.query("/vi/noi/18073", &[("as_of", NOW), ("tu", from)]).await;
    let told = page("18070").await.is(200).text();
    assert!(told.contains("Phường Trần Phú (cũ) nay là Phường Thành Sen, từ ngày 01/07/2025."), "{told}");
    // What does not lead here is left out; what is no code is refused.
    for from in ["18082", "436", "99999"] {
        assert!(!page(from).await.is(200).text().contains("(cũ) nay là"), "{from}");
    }
    let _ = page("x y").await.is(400);
    let _ = server.query("/vi/trung-tam/c18073-2025", &[("tu", "khong-co")]).await.is(200);
}

#[tokio::test]
async fn what_is_recorded_is_never_said_to_be_unknown() {
    let server = sample().await;
    let unknown = "Nguồn không ghi đơn vị này đã trở thành đơn vị nào";
    for code in ["18070", "18082", "436", "42", "18073"] {
        for day in [THEN, "2025-06-30", NOW] {
            let page = server.query(&format!("/vi/noi/{code}/lich-su"), &[("as_of", day)]).await;
            let page = page.is(200).text();
            assert!(!page.contains(unknown), "{code} on {day}");
            assert_eq!(page.contains("Phường Thành Sen"), code != "42", "{code} on {day}");
        }
    }
    let page = server.query("/vi/noi", &[("q", "Thanh Sen"), ("as_of", THEN)]).await.is(200).text();
    assert!(page.contains("Đơn vị lập sau ngày đang xem") && page.contains("Phường Thành Sen"), "{page}");
    assert!(!page.contains(unknown) && !page.contains("Phường Thành Sen cũ"), "{page}");
    assert!(page.contains("sau này thuộc Phường Thành Sen"), "{page}");
    // Several names had the code.
    let page = server.query("/vi/noi/18073/lich-su", &[("as_of", THEN)]).await.is(200).text();
    assert!(page.contains("<h1>Mã 18073: quá trình thay đổi</h1>"), "{page}");
    let page = server.query("/vi/noi/18070/lich-su", &[("as_of", THEN)]).await.is(200).text();
    assert!(page.contains("<h1>Phường Trần Phú: quá trình thay đổi</h1>"), "{page}");
}

#[tokio::test]
async fn links_to_successors_keep_the_day_where_they_exist_on_it() {
    let server = sample().await;
    let page = server.query("/vi/noi/18082", &[("as_of", "today")]).await.is(410).text();
    assert!(page.contains("không còn vào ngày"), "{page}");
    assert!(page.contains("/vi/noi/18073?as_of=today") && !page.contains("as_of=2025-07-01"), "{page}");
    assert!(page.contains("Xem ngày 30/06/2025, khi đơn vị này còn tồn tại"), "{page}");
    // In its time the code of the successor is another ward's.
    let page = server.query("/vi/noi/18070", &[("as_of", THEN)]).await.is(200).text();
    assert!(page.contains("/vi/noi/18073?as_of=2025-07-01"), "{page}");
}

#[tokio::test]
async fn sample_data_do_not_claim_to_know_the_nation() {
    let server = sample().await;
    let only = "Dữ liệu mẫu chỉ có tỉnh Hà Tĩnh.";
    let page = server.query("/vi/noi", &[("q", "Xứ Không Có"), ("as_of", NOW)]).await.is(200).text();
    assert!(page.contains("Dữ liệu của trang này không có đơn vị hành chính nào tên như “Xứ Không Có”"));
    assert!(page.contains(only), "{page}");
    let page = server.get("/vi/noi/99").await.is(404).text();
    assert!(page.contains("Dữ liệu của trang này không có đơn vị hành chính mang mã “99”"), "{page}");
    assert!(page.contains(only), "{page}");
}

#[tokio::test]
async fn kinds_of_communes_are_those_of_the_day() {
    let server = sample().await;
    let page = async |path: &str, day: &str| server.query(path, &[("as_of", day)]).await.is(200).text();
    assert!(page("/vi/noi/42", NOW).await.contains("69 xã, phường, đặc khu"));
    assert!(page("/vi/noi/436", "2025-06-30").await.contains(" xã, phường, thị trấn"));
}

#[tokio::test]
async fn a_closed_centre_looks_closed() {
    let server = sample().await;
    let page = server.query("/vi/trung-tam/d436", &[("as_of", NOW)]).await.is(200).text();
    assert!(page.contains("Liên hệ khi còn hoạt động"), "{page}");
    assert!(!page.contains("Tìm thủ tục tại trung tâm này"), "{page}");
    let page = server.query("/vi/trung-tam/d436", &[("as_of", THEN)]).await.is(200).text();
    assert!(page.contains("Tìm thủ tục tại trung tâm này") && page.contains("Liên hệ và giờ làm việc"));
    assert!(page.contains(" thủ tục trung tâm đang thực hiện gửi được hồ sơ qua mạng."), "{page}");
}

#[tokio::test]
async fn a_text_that_is_too_long_can_be_shortened() {
    let server = sample().await;
    let long = "Phường Trần Phú, ".repeat(15);
    let page = server.query("/vi/noi", &[("q", &long)]).await.is(400).text();
    assert!(page.contains("Tối đa 200 ký tự.") && page.contains(long.trim()), "{page}");
    assert!(page.contains("name=\"q\""), "the box is there");
    let _ = server.query("/vi/noi", &[("q", "Kỳ Anh"), ("within", "x")]).await.is(400);
}

#[tokio::test]
async fn a_history_names_the_program_in_words() {
    let server = sample().await;
    let page = server.get("/vi/trung-tam/c18073-2025/lich-su").await.is(200).text();
    let who = page.split("Người sửa, lý do\">").nth(1).unwrap_or_default();
    assert!(who.starts_with("Dữ liệu mẫu<"), "{page}");
}
