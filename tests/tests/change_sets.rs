//! Change sets from outside: an import that waits, its way through review, conflicts, and taking runs back. And
//! corrections of one record.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use motcua_tests::fixtures::{self, CENTRES, MERGERS, UNITS_2020, UNITS_2025};
use motcua_tests::{Server, ServerOptions, Site, databases};
use serde_json::{Value, json};

/// Words that stand in drafts and nowhere else.
const SECRET: &str = "Thu tuc chua cong bo";
const SECRET_NOTE: &str = "chi noi bo doc";
const SECRET_TITLE: &str = "Niem yet thang tam";

/// A site with the world of the fixtures: two procedures, two centres.
fn small_site(site: &Site) {
    let procedures = fixtures::procedure("9.000010", "Thủ tục thử khai sinh")
        + &fixtures::listed_procedure("9.000020", "Thủ tục thử đất đai");
    let files = [
        site.write("units-2020.csv", UNITS_2020),
        site.write("units-2025.csv", UNITS_2025),
        site.write("mergers.csv", MERGERS),
        site.write("centres.csv", CENTRES),
        site.write("procedures.ndjson", procedures),
    ];
    let _ = site.import(&files).ok();
    let _ = site.import(&[listing(site, "first.csv", "partial")]).ok();
}

/// The commune's only listing, at a level.
fn listing(site: &Site, name: &str, level: &str) -> PathBuf {
    let text = format!(
        "procedure,centre,valid_from,offered,scheme,level,source_kind,source_citation\n\
         9.000010,c98001-2025,2025-08-01,yes,nd42-2022,{level},dataset,made for a test\n"
    );
    site.write(name, text)
}

/// Changes: one procedure renamed, one new.
fn renamed(site: &Site, name: &str, to: &str) -> PathBuf {
    let text = fixtures::listed_procedure("9.000020", to)
        + &fixtures::listed_procedure("9.000030", &format!("{to}, mới"));
    site.write(name, text)
}

/// Saves an import as a draft; returns the number of the set.
#[track_caller]
fn draft(site: &Site, file: &Path, further: &[&str]) -> u64 {
    let mut arguments = vec!["import", "--json", "--draft", SECRET_TITLE, "--note", SECRET_NOTE];
    arguments.extend(further);
    let path = file.display().to_string();
    arguments.push(&path);
    let report = site.run(arguments).ok().json();
    assert_eq!(report["written"], false, "{report}");
    report["set"].as_u64().unwrap_or_else(|| panic!("no set in {report}"))
}

/// Runs `motcua sets` with a set's number.
fn sets(site: &Site, what: &str, set: u64, further: &[&str]) -> motcua_tests::Outcome {
    let set = set.to_string();
    let mut arguments = vec!["sets", what, &set];
    arguments.extend(further);
    site.run(arguments)
}

#[track_caller]
fn approve(site: &Site, set: u64) {
    let _ = sets(site, "submit", set, &[]).ok();
    let _ = sets(site, "approve", set, &[]).ok();
}

/// Everything that a site exports, by file.
fn exported(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let folder = site.path("exported");
    let _ = std::fs::remove_dir_all(&folder);
    let _ = site.run(["export", "--output", "exported"]).ok();
    let entries = std::fs::read_dir(&folder).expect("an export");
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("readable"))
        })
        .collect()
}

/// What everybody can read of a site: bodies and tags by address.
async fn public(server: &Server) -> BTreeMap<String, (String, Vec<u8>)> {
    let mut seen = BTreeMap::new();
    for path in [
        "/api/v1/procedures",
        "/api/v1/procedures?q=thu+tuc+chua+cong+bo",
        "/api/v1/suggest?q=thu+tuc+chua",
        "/api/v1/procedures/9.000020",
        "/api/v1/procedures/9.000020/revisions",
        "/api/v1/procedures/9.000010/availability/revisions?centre=c98001-2025",
        "/api/v1/fields",
        "/api/v1/statistics",
        "/vi",
        "/vi/thu-tuc/9.000020",
        "/vi/thu-tuc/9.000020/lich-su",
    ] {
        let reply = server.get(path).await;
        seen.insert(path.to_owned(), (reply.header("etag").to_owned(), reply.body));
    }
    seen
}

fn assert_secret(bytes: &[u8], place: &str) {
    let text = String::from_utf8_lossy(bytes);
    for words in [SECRET, SECRET_NOTE, SECRET_TITLE, "9.000030"] {
        assert!(!text.contains(words), "{words:?} of a draft stands in {place}:\n{text}");
    }
}

#[tokio::test]
async fn a_draft_changes_nothing_that_anybody_can_read() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let file = renamed(&site, "later.ndjson", SECRET);
        let export = exported(&site);
        let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
        let (before, ready) = (public(&server).await, server.get("/readyz").await.is(200).text());

        let set = draft(&site, &file, &[]);
        let shown = sets(&site, "show", set, &["--json"]).ok().json();
        assert_eq!((&shown["state"], &shown["records"]), (&json!("draft"), &json!(2)), "{shown}");
        let _ = sets(&site, "submit", set, &["--note", SECRET_NOTE]).ok();
        let _ = sets(&site, "approve", set, &[]).ok();
        // Long enough for a server to follow whatever it would follow.
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;

        let after = public(&server).await;
        for (path, (tag, body)) in &after {
            assert_secret(body, path);
            assert_eq!(Some(tag), before.get(path).map(|(tag, _)| tag), "{database:?}: the tag of {path}");
        }
        assert_eq!(after, before, "{database:?}");
        assert_eq!(server.get("/readyz").await.is(200).text(), ready, "{database:?}");
        for (name, bytes) in exported(&site) {
            assert_secret(&bytes, &name);
            assert_eq!(Some(&bytes), export.get(&name), "{database:?}: {name}");
        }

        // Published, everybody sees it, and the note stays inside.
        let _ = sets(&site, "publish", set, &[]).ok();
        let mut found = Value::Null;
        for _ in 0..100 {
            found = server.get("/api/v1/procedures/9.000020").await.is(200).json();
            if found["name"] == SECRET {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(found["name"], SECRET, "{database:?}: {found}");
        for (path, (_, body)) in public(&server).await {
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(!text.contains(SECRET_NOTE) && !text.contains(SECRET_TITLE), "{path}: {text}");
        }
    }
}

#[test]
fn a_set_goes_through_review_and_is_published_whole() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let file = renamed(&site, "later.ndjson", "Đổi tên");
        let set =
            draft(&site, &file, &["--office", "UBND xã Thử Chung", "--reason", "theo Quyết định 2/QĐ-TN"]);

        let list = site.run(["sets"]).ok().stdout;
        assert!(
            list.contains("draft") && list.contains(SECRET_TITLE) && list.contains("2 records"),
            "{list}"
        );
        assert!(
            list.contains("UBND xã Thử Chung") && list.contains("why: theo Quyết định 2/QĐ-TN"),
            "{list}"
        );
        let shown = sets(&site, "show", set, &[]).ok().stdout;
        assert!(shown.contains("name: \"Thủ tục thử đất đai\" → \"Đổi tên\""), "{shown}");
        assert!(shown.contains("procedure 9.000030@-  new"), "{shown}");

        // No step is skipped, and whoever tries is told which come first.
        for step in ["publish", "approve"] {
            let refused = sets(&site, step, set, &[]).exits_with(1).stderr;
            assert!(refused.contains("a change set that is draft cannot become"), "{refused}");
            assert!(refused.contains(&format!("motcua sets submit {set}\n")), "{refused}");
        }
        let _ = sets(&site, "submit", set, &[]).ok();
        let unsaid = sets(&site, "return", set, &["--note", " "]).exits_with(2);
        assert!(unsaid.stderr.contains("--note"), "{}", unsaid.stderr);
        let _ = sets(&site, "return", set, &["--note", "tên chưa đúng", "--office", "Sở Tư pháp"]).ok();
        let shown = sets(&site, "show", set, &[]).ok().stdout;
        assert!(shown.contains("returned  Sở Tư pháp: tên chưa đúng"), "{shown}");
        approve(&site, set);
        let published = sets(&site, "publish", set, &["--json"]).ok().json();
        assert_eq!(published["published"], true, "{published}");
        let run = published["run"].as_str().expect("a run");

        // What is published is over: no step leads back.
        let again = sets(&site, "publish", set, &[]).exits_with(1);
        assert!(again.stderr.contains("published"), "{}", again.stderr);
        let refused = sets(&site, "withdraw", set, &[]).exits_with(1).stderr;
        assert!(refused.contains(&format!("motcua undo {run}")), "{refused}");
        let refused = sets(&site, "leave-out", set, &["1"]).exits_with(1).stderr;
        assert!(
            refused.contains("no records can be left out") && refused.contains("motcua undo"),
            "{refused}"
        );
        let shown = sets(&site, "show", set, &["--json"]).ok().json();
        assert_eq!((&shown["state"], shown["run"].as_str()), (&json!("published"), Some(run)), "{shown}");
        assert!(
            shown["items"]
                .as_array()
                .is_some_and(|items| items.iter().all(|item| item["outcome"] == "changed")),
            "{shown}"
        );
        let states: Vec<&str> = shown["events"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|event| event["to"].as_str())
            .collect();
        assert_eq!(
            states,
            ["draft", "in_review", "returned", "in_review", "approved", "published"],
            "{database:?}"
        );
        let runs = site.run(["runs", "--json"]).ok().json();
        assert_eq!((&runs[0]["run"], &runs[0]["kind"]), (&json!(run), &json!("change_set")), "{runs}");
        assert_eq!(runs[0]["reason"], "theo Quyết định 2/QĐ-TN");
        let counts = json!({ "created": 1, "changed": 1, "same": 0, "withdrawn": 0 });
        assert_eq!(runs[0]["counts"], counts, "{database:?}: {runs}");
        let told = site.run(["runs", "--limit", "1"]).ok().stdout;
        assert!(told.contains("(1 changed, 1 created)"), "{told}");

        assert_eq!(
            site.run(["sets", "--state", "draft"]).ok().stdout,
            "No change set is in the state draft; there are others: 1 published.\n"
        );
        let nowhere = sets(&site, "show", 99, &[]).exits_with(2);
        assert!(nowhere.stderr.contains("motcua sets"), "{}", nowhere.stderr);
    }
}

#[test]
fn an_item_that_is_left_out_stays_unwritten() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let set = draft(&site, &renamed(&site, "later.ndjson", "Đổi tên"), &[]);
        let shown = sets(&site, "show", set, &["--json"]).ok().json();
        let at = |code: &str| -> String {
            let items = shown["items"].as_array().into_iter().flatten();
            let mut of = items.filter(|item| item["key"] == format!("{code}@-"));
            of.next().map(|item| item["position"].to_string()).expect("an item")
        };
        let none = sets(&site, "leave-out", set, &[&at("9.000030"), "77"]).exits_with(2);
        assert!(none.stderr.contains("no record 77") && none.stderr.contains("nothing"), "{}", none.stderr);
        let _ = sets(&site, "leave-out", set, &["1", "2"]).ok();
        let taken = sets(&site, "take-in", set, &[&at("9.000020")]).ok().stdout;
        assert_eq!(taken, format!("1 of 2 records of set {set} are left out.\n"));
        approve(&site, set);
        let _ = sets(&site, "publish", set, &[]).ok();
        let procedures = exported(&site).remove("procedures.ndjson").expect("procedures");
        let procedures = String::from_utf8_lossy(&procedures).into_owned();
        assert!(procedures.contains("Đổi tên") && !procedures.contains("9.000030"), "{procedures}");
        let shown = sets(&site, "show", set, &[]).ok().stdout;
        assert!(shown.contains("procedure 9.000030@-  new  left out"), "{database:?}: {shown}");
    }
}

#[test]
fn a_set_of_which_everything_is_left_out_is_withdrawn_and_says_so() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let export = exported(&site);
        let emptied = || {
            let set = draft(&site, &renamed(&site, "later.ndjson", "Đổi tên"), &[]);
            let _ = sets(&site, "leave-out", set, &["1", "2"]).ok();
            approve(&site, set);
            set
        };
        let set = emptied();
        assert_eq!(
            sets(&site, "publish", set, &[]).ok().stdout,
            format!(
                "Nothing of set {set} was published: all of its 2 records are left out. The set is now withdrawn.\n"
            )
        );
        let other = emptied();
        let report = sets(&site, "publish", other, &["--json"]).ok().json();
        assert_eq!(
            (&report["published"], &report["run"], &report["state"], &report["records"], &report["left_out"]),
            (&json!(false), &Value::Null, &json!("withdrawn"), &json!(2), &json!(2)),
            "{database:?}: {report}"
        );
        assert_eq!(report["message"], "all of its 2 records are left out");
        assert_eq!(exported(&site), export, "{database:?}");
        let refused = sets(&site, "submit", set, &[]).exits_with(1).stderr;
        assert!(refused.contains("motcua import --draft"), "{refused}");
    }
}

#[test]
fn a_list_of_nothing_cannot_be_asked_for() {
    let site = Site::sqlite();
    for mut list in [vec!["runs"], vec!["sets"], vec!["sets", "show", "1"], vec!["search", "work"]] {
        list.extend(["--limit", "0"]);
        let refused = site.run(&list).exits_with(2);
        assert!(refused.stderr.contains("at least 1"), "{list:?}: {}", refused.stderr);
    }
    let unknown = site.run(["sets", "--state", "open"]).exits_with(2);
    assert!(unknown.stderr.contains("in_review"), "{}", unknown.stderr);
    assert_eq!(site.run(["sets", "--state", "in review"]).ok().stdout, "There are no change sets.\n");
}

#[test]
fn a_conflict_shows_theirs_mine_and_base_and_writes_nothing() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let set = draft(&site, &renamed(&site, "mine.ndjson", "Tên của tôi"), &[]);
        let theirs = site.write("theirs.ndjson", fixtures::listed_procedure("9.000020", "Tên của họ"));
        let _ = site.import(&[theirs]).ok();
        let export = exported(&site);

        let shown = sets(&site, "show", set, &[]).ok().stdout;
        let wanted = "name: base \"Thủ tục thử đất đai\", theirs \"Tên của họ\", mine \"Tên của tôi\"";
        assert!(shown.contains(wanted), "{database:?}: {shown}");
        approve(&site, set);
        let refused = sets(&site, "publish", set, &[]).exits_with(1).stdout;
        assert!(refused.contains(wanted) && refused.contains("nothing of it was written"), "{refused}");
        let refused = sets(&site, "publish", set, &["--json"]).exits_with(1).json();
        let conflict = &refused["conflicts"][0];
        assert_eq!(
            (
                &conflict["why"],
                &conflict["base"]["name"],
                &conflict["theirs"]["name"],
                &conflict["mine"]["name"]
            ),
            (&json!("stale"), &json!("Thủ tục thử đất đai"), &json!("Tên của họ"), &json!("Tên của tôi"))
        );
        assert_eq!(exported(&site), export, "{database:?}: all or nothing");
        let list = site.run(["sets", "--json"]).ok().json();
        assert_eq!((&list[0]["state"], &list[0]["conflicts"]), (&json!("approved"), &json!(1)), "{list}");

        // The rest can go on without it.
        let position = conflict["position"].to_string();
        let _ = sets(&site, "return", set, &["--note", "bỏ dòng trùng"]).ok();
        let _ = sets(&site, "leave-out", set, &[&position]).ok();
        approve(&site, set);
        let _ = sets(&site, "publish", set, &[]).ok();
        let procedures = exported(&site).remove("procedures.ndjson").expect("procedures");
        let procedures = String::from_utf8_lossy(&procedures).into_owned();
        assert!(procedures.contains("Tên của họ") && procedures.contains("9.000030"), "{procedures}");
        assert!(!procedures.contains("\"Tên của tôi\""), "{procedures}");
    }
}

#[test]
fn a_set_is_not_published_before_its_day() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let export = exported(&site);
        let set = draft(&site, &renamed(&site, "later.ndjson", "Ngày sau"), &["--effective", "01/09/2099"]);
        approve(&site, set);
        let early = sets(&site, "publish", set, &[]).exits_with(1);
        assert!(early.stderr.contains("2099-09-01"), "{}", early.stderr);
        assert!(
            early.stderr.contains("by itself") && early.stderr.contains(&format!("motcua sets return {set}")),
            "{}",
            early.stderr
        );
        assert_eq!(site.run(["sets", "publish", "--due"]).ok().stdout, "No set is due.\n");
        assert_eq!(exported(&site), export, "{database:?}");

        // One whose day has come goes with the others that are due.
        let due = draft(&site, &renamed(&site, "now.ndjson", "Ngày nay"), &["--effective", "2020-01-01"]);
        approve(&site, due);
        let published = site.run(["sets", "publish", "--due", "--json"]).ok().json();
        assert_eq!(published.as_array().map(Vec::len), Some(1), "{published}");
        assert_eq!((&published[0]["set"], &published[0]["published"]), (&json!(due), &json!(true)));
        let list = site.run(["sets", "--state", "approved", "--json"]).ok().json();
        assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
        assert_eq!(list[0]["effective_on"], "2099-09-01");
    }
}

#[test]
fn what_cannot_be_a_draft_is_refused_in_words() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let same = site.path("procedures.ndjson").display().to_string();
        let nothing = site.run(["import", "--draft", "Không đổi", &same]).ok().stdout;
        assert!(nothing.contains("Nothing would change; no draft was saved."), "{nothing}");
        let bad = fixtures::listed_procedure("9.000040", "Tốt") + "{\"code\": 7}\n";
        let bad = site.write("bad.ndjson", bad).display().to_string();
        let refused = site.run(["import", "--draft", "Có lỗi", &bad]).exits_with(1).stdout;
        assert!(refused.contains("No draft was saved") && refused.contains("line 2"), "{refused}");
        assert_eq!(site.run(["sets"]).ok().stdout, "There are no change sets.\n");
        let kept = site.run(["import", "--draft", "Phần tốt", "--skip-refused", &bad]).exits_with(1).stdout;
        assert!(kept.contains("Saved as set 1: "), "{kept}");
        let large: String =
            (0..20_001).map(|n| fixtures::listed_procedure(&format!("8.{n:06}"), "Nhiều")).collect();
        let large = site.write("large.ndjson", large).display().to_string();
        let refused = site.run(["import", "--draft", "Quá lớn", &large]).exits_with(1);
        assert!(refused.stderr.contains("at most 20,000 records"), "{database:?}: {}", refused.stderr);
        assert_eq!(site.run(["sets", "--json"]).ok().json().as_array().map(Vec::len), Some(1));
    }
}

/// The newest run.
fn last_run(site: &Site) -> Value {
    site.run(["runs", "--json", "--limit", "1"]).ok().json()[0].clone()
}

#[test]
fn what_is_published_can_be_taken_back_to_the_byte() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let before = exported(&site);
        let set = draft(&site, &renamed(&site, "later.ndjson", "Đổi tên"), &[]);
        approve(&site, set);
        let run = sets(&site, "publish", set, &["--json"]).ok().json()["run"].clone();
        let run = run.as_str().expect("a run");
        let after = exported(&site);
        assert_ne!(after, before);
        let text = site.run(["undo", run]).ok().stdout;
        assert!(text.contains("1 records withdrawn, 1 as before"), "{text}");
        assert_eq!(exported(&site), before, "{database:?}: not as before");

        let twice = site.run(["undo", run]).exits_with(1);
        assert!(twice.stderr.contains("undone already"), "{}", twice.stderr);
        let unknown = site.run(["undo", "import-1999-01-01-1"]).exits_with(2);
        assert!(unknown.stderr.contains("motcua runs"), "{}", unknown.stderr);

        // The undoing is a run like any other, and goes back as well.
        let undoing = last_run(&site);
        assert_eq!((&undoing["kind"], &undoing["undoes"]), (&json!("undo"), &json!(run)), "{undoing}");
        let by = undoing["run"].as_str().expect("a name");
        let list = site.run(["sets", "--json"]).ok().json();
        assert_eq!((&list[0]["state"], &list[0]["undone_by"]), (&json!("published"), &json!(by)), "{list}");
        for said in [site.run(["sets"]).ok().stdout, sets(&site, "show", set, &[]).ok().stdout] {
            assert!(said.starts_with(&format!("{set}  undone  ")), "{database:?}: {said}");
            assert!(said.contains(&format!("  by {run}, undone by {by}\n")), "{database:?}: {said}");
        }
        let refused = sets(&site, "publish", set, &[]).exits_with(1).stderr;
        assert!(refused.contains(&format!("to publish it again: motcua undo {by}")), "{refused}");
        let _ = site.run(["undo", by]).ok();
        assert_eq!(exported(&site), after, "{database:?}: an undoing was not undone");
        let list = site.run(["sets", "--json"]).ok().json();
        assert_eq!(list[0]["undone_by"], Value::Null, "{database:?}: it holds again");
        let runs = site.run(["runs"]).ok().stdout;
        assert!(runs.contains(&format!("undoes {run}")) && runs.contains("undone by undo-"), "{runs}");
        let _ = site.run(["doctor"]).ok();
    }
}

#[test]
fn undoing_leaves_alone_what_was_written_since_and_names_it() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let _ = site.import(&[renamed(&site, "later.ndjson", "Đổi tên")]).ok();
        let run = last_run(&site)["run"].as_str().expect("a name").to_owned();
        let since = site.write("since.ndjson", fixtures::listed_procedure("9.000020", "Viết sau"));
        let _ = site.import(&[since]).ok();
        let report = site.run(["undo", &run, "--json"]).ok().json();
        assert_eq!(
            report["left"],
            json!([{"kind": "procedure", "key": "9.000020@-", "why": "written_since"}])
        );
        assert_eq!((&report["withdrawn"], &report["restored"]), (&json!(1), &json!(0)), "{report}");
        let procedures = exported(&site).remove("procedures.ndjson").expect("procedures");
        let procedures = String::from_utf8_lossy(&procedures).into_owned();
        assert!(procedures.contains("Viết sau") && !procedures.contains("9.000030"), "{procedures}");
    }
}

#[tokio::test]
async fn what_was_taken_out_keeps_its_history() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let moved = "9.000010/c98001-2025@2025-08-01";
        let _ = site.run(["correct", "withdraw", "availability", moved, "--reason", "nhầm"]).ok();
        let withdrawn = ["correct", "withdraw", "centre", "c98001-2025", "--reason", "không có nơi này"];
        let _ = site.run(withdrawn).ok();
        let _ = site.run(["correct", "withdraw", "procedure", "9.000020@-", "--reason", "nhập nhầm"]).ok();
        let server = site.serve(ServerOptions::without_sample().on("2025-09-01")).await;
        let _ = server.get("/api/v1/centres/c98001-2025").await.is(404);
        for (path, reason) in [
            ("/api/v1/centres/c98001-2025/revisions", "không có nơi này"),
            ("/api/v1/procedures/9.000020/revisions", "nhập nhầm"),
            ("/api/v1/procedures/9.000010/availability/revisions?centre=c98001-2025", "nhầm"),
        ] {
            let history = server.get(path).await.is(200).json();
            let newest = &history["items"][0];
            assert_eq!((&newest["record"], &newest["reason"]), (&Value::Null, &json!(reason)), "{path}");
            assert!(history["items"][1]["record"].is_object(), "{path}: {history}");
        }
    }
}

#[test]
fn a_line_that_is_repeated_empties_nothing() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let head = "procedure,centre,valid_from,offered,scheme,level,source_kind,source_citation";
        let line = "9.000010,c98001-2025,2025-08-01,yes,nd42-2022,partial,dataset,made for a test";
        let with = format!("{head},decision\n{line},77/QĐ-THỬ\n");
        let _ = site.import(&[site.write("with.csv", with)]).ok();
        let before = exported(&site);
        let report = site.import(&[site.write("twice.csv", format!("{head}\n{line}\n{line}\n"))]).ok().json();
        assert_eq!(report["files"][0]["same"], 2, "{database:?}: {report}");
        assert_eq!(exported(&site), before, "{database:?}");
    }
}

#[test]
fn what_was_made_anew_is_not_overwritten_by_an_undoing() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let wrong = last_run(&site)["run"].as_str().expect("a name").to_owned();
        let _ = site.run(["undo", &wrong]).ok();
        let undoing = last_run(&site)["run"].as_str().expect("a name").to_owned();
        let _ = site.import(&[listing(&site, "right.csv", "full")]).ok();
        let right = exported(&site);
        let refused = site.run(["undo", &undoing]).exits_with(1);
        assert!(refused.stderr.contains("was written to since"), "{database:?}: {}", refused.stderr);
        assert_eq!(exported(&site), right, "{database:?}: the corrected listing was overwritten");
    }
}

#[tokio::test]
async fn made_up_rows_mark_the_site_however_they_come_in() {
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let server = site.serve(ServerOptions::without_sample().on("2025-09-01")).await;
        assert!(server.get("/api/v1/fields").await.is(200).json()["notice"].is_null());
        let text = "procedure,centre,valid_from,offered,scheme,level,source_kind,source_citation\n\
                    9.000020,p98,2025-08-01,yes,nd42-2022,full,sample,dữ liệu mẫu\n";
        let report = site.import(&[site.write("made-up.csv", text)]).ok().json();
        let after = ["log", "sequence", "hash"].map(|part| match &report[part] {
            Value::String(text) => text.clone(),
            number => number.to_string(),
        });
        let asked = [("after", after.join("."))];
        let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let said = server.query("/api/v1/fields", &asked).await.is(200).json();
        assert!(said["notice"].is_string(), "{database:?}: {said}");
        // More of it comes in: the mark stays until the last is gone.
        let more = "procedure,centre,valid_from,offered,source_kind,source_citation\n\
                    9.000010,p98,2025-08-01,yes,sample,dữ liệu mẫu\n";
        let further = site.import(&[site.write("more.csv", more)]).ok().json();
        let _ = site.run(["undo", further["run"].as_str().expect("a run")]).ok();
        let _ = site.import(&[site.write("more.csv", more)]).ok();
        let _ = site.run(["undo", report["run"].as_str().expect("a run")]);
        let kept = server.get("/api/v1/fields").await.is(200).json();
        assert!(kept["notice"].is_string(), "{database:?}: made-up rows are shown without the mark: {kept}");
    }
}

#[tokio::test]
async fn a_record_can_be_ended_begun_again_and_withdrawn() {
    const KEY: &str = "9.000010/c98001-2025@2025-08-01";
    for database in databases() {
        let site = Site::new(database);
        small_site(&site);
        let correct = |arguments: &[&str]| site.run([&["correct"], arguments].concat());

        let said = correct(&["end", "availability", KEY, "--on", "2026-01-01"]).ok().stdout;
        assert!(said.contains("is written") && said.contains("motcua undo edit-"), "{said}");
        let so = correct(&["end", "availability", KEY, "--on", "01/01/2026"]).ok().stdout;
        assert!(so.contains("nothing was written"), "{so}");
        let said = correct(&["rebegin", "availability", KEY, "--from", "2025-07-15"]).ok().stdout;
        let moved = "9.000010/c98001-2025@2025-07-15";
        let written = format!("availability {moved} is written, in place of {KEY}.\nTo take this back: ");
        assert!(said.starts_with(&written), "{said}");
        let availability =
            |site: &Site| String::from_utf8_lossy(&exported(site)["availability.csv"]).into_owned();
        let text = availability(&site);
        assert!(text.contains("2025-07-15") && text.contains("2026-01-01"), "{text}");

        // What makes no sense is refused in words, and nothing is written.
        let place = last_run(&site)["last_sequence"].clone();
        for (arguments, code, words) in [
            (vec!["end", "availability", KEY, "--on", "2026-02-01"], 1, "no such record"),
            (vec!["end", "availability", moved, "--on", "2025-07-15"], 1, "ends on a day after"),
            (vec!["end", "field", "ho-tich", "--on", "2026-01-01"], 1, "have no period"),
            (
                vec!["end", "availability", "9.000010", "--on", "2026-01-01"],
                2,
                "procedure, centre and first day",
            ),
            (vec!["withdraw", "availability", moved], 2, "--reason"),
            (vec!["withdraw", "centre", "c98001-2025", "--reason", "nhầm"], 1, "needed by"),
            (
                vec!["withdraw", "availability", moved, "--reason", "nhầm", "--version", "9"],
                1,
                "not at the one",
            ),
        ] {
            let refused = correct(&arguments).exits_with(code);
            assert!(refused.stderr.contains(words), "{database:?} {arguments:?}: {}", refused.stderr);
        }
        assert_eq!(last_run(&site)["last_sequence"], place, "{database:?}: a refusal was written");

        let _ = correct(&["withdraw", "availability", moved, "--reason", "nhầm đơn vị"]).ok();
        assert!(!availability(&site).contains("2025-07-15"));
        let server = site.serve(ServerOptions::without_sample().on("2025-09-01")).await;
        let path = "/api/v1/procedures/9.000010/availability/revisions?centre=c98001-2025";
        let history = server.get(path).await.is(200).json();
        let newest = &history["items"][0];
        assert_eq!(
            (&newest["record"], &newest["reason"]),
            (&Value::Null, &json!("nhầm đơn vị")),
            "{history}"
        );
        let kept = history["items"].as_array().into_iter().flatten();
        assert!(kept.filter(|state| state["record"]["level"] == "partial").count() >= 3, "{history}");
        drop(server);

        // A correction is a run: taken back, the listing is there again.
        let run = last_run(&site);
        assert_eq!((&run["kind"], &run["undone"]), (&json!("edit"), &json!(false)), "{run}");
        let _ = site.run(["undo", run["run"].as_str().expect("a name")]).ok();
        assert_eq!(availability(&site), text, "{database:?}: not as before the withdrawal");
    }
}
