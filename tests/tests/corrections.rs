//! Corrections by files: what a file leaves alone, what it empties, what it states from a day on, takes out or misses.

use std::path::{Path, PathBuf};

use motcua_tests::fixtures::{self, CENTRES, MERGERS, UNITS_2020, UNITS_2025};
use motcua_tests::{Outcome, Site, databases};
use serde_json::{Value, json};

const DONE: i32 = 0;
const PROBLEMS: i32 = 1;
const USAGE: i32 = 2;

/// Created, changed, same, refused over all files.
fn total(outcome: &Outcome) -> [u64; 4] {
    let report = outcome.json();
    let files = report["files"].as_array().cloned().unwrap_or_default();
    ["created", "changed", "same", "refused"]
        .map(|name| files.iter().map(|file| file[name].as_u64().expect("a number")).sum())
}

/// Imports files with options.
#[track_caller]
fn import(site: &Site, options: &[&str], files: &[&Path]) -> Outcome {
    let mut arguments = vec!["import".to_owned(), "--json".to_owned()];
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    arguments.extend(files.iter().map(|file| file.display().to_string()));
    site.run(arguments)
}

/// The world of the fixtures: a province and its communes before and after July 2025, two centres, two procedures.
fn world(site: &Site) {
    let procedures = fixtures::listed_procedure("9.000010", "Thủ tục thử khai sinh")
        + &fixtures::listed_procedure("9.000020", "Thủ tục thử đất đai");
    let files: [PathBuf; 5] = [
        site.write("units-2020.csv", UNITS_2020),
        site.write("units-2025.csv", UNITS_2025),
        site.write("mergers.csv", MERGERS),
        site.write("centres.csv", CENTRES),
        site.write("procedures.ndjson", procedures),
    ];
    let _ = site.import(&files).exits_with(DONE);
}

/// Asserts that what a table says is stored exactly so.
#[track_caller]
fn is_stored(site: &Site, table: &str) {
    let outcome = import(site, &["--dry-run"], &[&site.write("wanted.csv", table)]);
    let [created, changed, _, refused] = total(&outcome);
    let report = outcome.json();
    assert_eq!(
        ([created, changed, refused], report["files"][0]["emptied"].is_null()),
        ([0; 3], true),
        "{report}"
    );
}

/// What would be emptied in the first file, by column.
fn emptied(outcome: &Outcome) -> Value {
    outcome.json()["files"][0]["emptied"].clone()
}

const SITES: &str = r#""[{""address"":""số 1 đường Thử"",""phones"":[""0239 1""],""email"":""a@thu.example"",""hours"":[{""weekday"":1,""opens"":""07:00"",""closes"":""11:30""}],""exceptions"":[{""day"":""2026-09-02"",""hours"":[],""reason"":""Quốc khánh""}]}]""#;

#[test]
fn a_column_that_a_table_of_centres_lacks_leaves_what_is_stored() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let header = "id,kind,unit_code,name,portal,note,sites,valid_from,source_kind,source_citation";
        let (name, portal) = ("Trung tâm tỉnh Thử", "https://motcua.thu.example");
        let whole = format!(
            "{header}\np98,province_centre,98,{name},{portal},ghi chú,{SITES},2019-05-01,decision,QĐ 1\n"
        );
        let _ = import(&site, &[], &[&site.write("whole.csv", &whole)]).exits_with(DONE);

        // A new telephone number is all that the file says.
        let partial = format!("id,kind,unit_code,name,phone\np98,province_centre,98,{name},0239 2; 0239 3\n");
        let outcome = import(&site, &[], &[&site.write("phones.csv", &partial)]).exits_with(DONE);
        assert_eq!((total(&outcome), emptied(&outcome)), ([0, 1, 0, 0], Value::Null), "{}", outcome.stdout);
        let after = whole.replace(r#"[""0239 1""]"#, r#"[""0239 2"",""0239 3""]"#);
        is_stored(&site, &after.replace("decision,QĐ 1", "dataset,Tệp phones.csv"));

        // Under another name it says the same, and changes nothing.
        let outcome = import(&site, &[], &[&site.write("phones-2.csv", &partial)]).exits_with(DONE);
        assert_eq!(total(&outcome), [0, 0, 1, 0], "{}", outcome.stdout);

        // Without a name the stored one stays; a new centre needs one.
        let nameless = "id,kind,unit_code,phone\np98,province_centre,98,0239 2; 0239 3\n";
        assert_eq!(
            total(&import(&site, &[], &[&site.write("n.csv", nameless)]).exits_with(DONE)),
            [0, 0, 1, 0]
        );
        let new = site.write("n.csv", nameless.replace("p98", "p98-moi"));
        let refused = import(&site, &[], &[&new]).exits_with(PROBLEMS);
        assert_eq!(refused.json()["files"][0]["refusals"][0]["column"], "name");
    }
}

#[test]
fn empty_cells_empty_only_with_replace_and_are_counted_by_column() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let whole = "id,kind,unit_code,name,address_or_seat,phone,portal\n\
                     p98,province_centre,98,Trung tâm Thử,số 1,0239 1,https://a.example\n\
                     p98-b,province_centre,98,Trung tâm Thử hai,số 2,0239 2,\n";
        let _ = import(&site, &[], &[&site.write("whole.csv", whole)]).exits_with(DONE);
        let bare = "id,kind,unit_code,name,phone,portal\n\
                    p98,province_centre,98,Trung tâm Thử,,\n\
                    p98-b,province_centre,98,Trung tâm Thử hai,,\n";
        let bare = site.write("bare.csv", bare);
        let kept_out = import(&site, &[], &[&bare]).exits_with(PROBLEMS);
        assert_eq!(emptied(&kept_out), json!({ "phone": 2, "portal": 1 }));
        assert_eq!(kept_out.json()["written"], false);
        let said = site.run([Path::new("import"), &bare]).exits_with(PROBLEMS).stdout;
        assert!(said.contains("cột phone: 2 giá trị đang có sẽ bị xóa trống"), "{said}");
        assert!(said.contains("--replace"), "{said}");
        // Nor does writing the sound rows let it through.
        let _ = import(&site, &["--skip-refused"], &[&bare]).exits_with(PROBLEMS);
        is_stored(&site, whole);

        let outcome = import(&site, &["--replace"], &[&bare]).exits_with(DONE);
        assert_eq!((total(&outcome), &outcome.json()["written"]), ([0, 2, 0, 0], &json!(true)));
        // The address had no column and stays; there is nothing left to empty.
        let address = "id,kind,unit_code,address_or_seat,phone\np98,province_centre,98,số 1,\np98-b,province_centre,98,số 2,\n";
        is_stored(&site, address);
    }
}

#[test]
fn a_table_of_listings_leaves_alone_what_it_has_no_column_for() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let whole = "procedure,centre,valid_from,valid_to,offered,scheme,level,converted,methods,online_link,\
                     check_submit,check_pay,boundary_free,decision,evidence,assured_on,assured_by,review_due,\
                     source_kind,source_citation,source_retrieved_on\n\
                     9.000010,c98001-2025,2025-08-01,2027-01-01,yes,nd42-2022,partial,1,online;in_person,\
                     https://a.example/nop,online,desk,province,QĐ 5,https://a.example/1,2026-01-05,Sở Thử,2026-12-01,\
                     decision,QĐ 5,2026-01-02\n";
        let _ = import(&site, &[], &[&site.write("whole.csv", whole)]).exits_with(DONE);

        // The same level under another file name is nothing new.
        let key = "procedure,centre,valid_from";
        let row = "9.000010,c98001-2025,2025-08-01";
        let same = format!("{key},scheme,level\n{row},nd42-2022,partial\n");
        let outcome = import(&site, &[], &[&site.write("same.csv", same)]).exits_with(DONE);
        assert_eq!((total(&outcome), emptied(&outcome)), ([0, 0, 1, 0], Value::Null), "{}", outcome.stdout);

        // Another level, no more said: whether the old one was converted no longer matters, the rest stays.
        let full = format!("{key},scheme,level\n{row},nd42-2022,full\n");
        let outcome = import(&site, &[], &[&site.write("full.csv", full)]).exits_with(DONE);
        assert_eq!((total(&outcome), emptied(&outcome)), ([0, 1, 0, 0], Value::Null), "{}", outcome.stdout);
        let now = whole
            .replace("partial,1,", "full,,")
            .replace("decision,QĐ 5,2026-01-02", "dataset,Tệp full.csv,");
        is_stored(&site, &now);

        // A link alone moves the online way; the desk stays one.
        let link = format!("{key},online_link\n{row},https://b.example/nop\n");
        let outcome = import(&site, &[], &[&site.write("link.csv", link)]).exits_with(DONE);
        assert_eq!(total(&outcome), [0, 1, 0, 0], "{}", outcome.stdout);
        let now =
            now.replace("https://a.example/nop", "https://b.example/nop").replace("full.csv", "link.csv");
        is_stored(&site, &now);

        // Empty cells are told by column, also that of the end.
        let bare = format!("{key},valid_to,scheme,level,check_pay,methods\n{row},,,,,\n");
        let outcome = import(&site, &[], &[&site.write("bare.csv", &bare)]).exits_with(PROBLEMS);
        let counts = json!({ "valid_to": 1, "level": 1, "check_pay": 1, "methods": 1 });
        assert_eq!(emptied(&outcome), counts, "{}", outcome.stdout);
        is_stored(&site, &now);
        let _ = import(&site, &["--replace"], &[&site.write("bare.csv", &bare)]).exits_with(DONE);
        let left = now
            .replace(
                "2027-01-01,yes,nd42-2022,full,,online;in_person,https://b.example/nop,online,desk",
                ",yes,,,,,,online,",
            )
            .replace("link.csv", "bare.csv");
        is_stored(&site, &left);
    }
}

#[test]
fn units_and_figures_keep_what_a_table_does_not_say() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let units = "code,level,type,name,full_name,parent_code,valid_from,lat,lon,population,continues\n\
                     98001,commune,xã,Thử Chung,Xã Thử Chung,98,2025-07-01,18.5,105.5,12000,0\n";
        let _ = import(&site, &[], &[&site.write("geo.csv", units)]).exits_with(DONE);
        // The list without those columns, once more, under another name.
        let again = site.write("units-2025-again.csv", UNITS_2025);
        assert_eq!(total(&import(&site, &[], &[&again]).exits_with(DONE)), [0, 0, 2, 0]);
        is_stored(&site, units);

        let figures = "centre,month,received,resolved,on_time\np98,2026-03,100,90,80\n";
        let _ = import(&site, &[], &[&site.write("figures.csv", figures)]).exits_with(DONE);
        let more = "centre,month,received,satisfaction\np98,2026-03,110,\"95,5\"\n";
        let outcome = import(&site, &[], &[&site.write("more.csv", more)]).exits_with(DONE);
        assert_eq!(total(&outcome), [0, 1, 0, 0]);
        is_stored(
            &site,
            "centre,month,received,resolved,on_time,satisfaction\np98,2026-03,110,90,80,\"95,5\"\n",
        );
        let bare = site.write("bare.csv", "centre,month,received,resolved\np98,2026-03,110,\n");
        assert_eq!(emptied(&import(&site, &[], &[&bare]).exits_with(PROBLEMS)), json!({ "resolved": 1 }));
    }
}

#[test]
fn plain_columns_never_guess_which_of_several_sites_they_mean() {
    let site = Site::sqlite();
    world(&site);
    let sites =
        r#""[{""address"":""số 1"",""phones"":[""1""]},{""name"":""Cơ sở 2"",""address"":""số 2""}]""#;
    let whole = format!("id,kind,unit_code,name,sites\np98,province_centre,98,Trung tâm Thử,{sites}\n");
    let _ = import(&site, &[], &[&site.write("whole.csv", &whole)]).exits_with(DONE);
    let phone = site.write("phone.csv", "id,kind,unit_code,phone\np98,province_centre,98,2\n");
    let outcome = import(&site, &[], &[&phone]).exits_with(PROBLEMS);
    let refusal = &outcome.json()["files"][0]["refusals"][0];
    assert_eq!((&refusal["column"], &refusal["value"]), (&json!("phone"), &json!("2")), "{refusal}");
    assert!(refusal["reason"].as_str().unwrap_or_default().contains("nhiều điểm tiếp nhận"), "{refusal}");
    is_stored(&site, &whole);
}

#[test]
fn a_row_from_a_day_on_ends_the_period_that_holds_then() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let whole = "procedure,centre,valid_from,valid_to,offered,scheme,level,online_link,check_submit,decision\n\
                     9.000010,c98001-2025,2025-08-01,,yes,nd42-2022,partial,https://a.example,online,QĐ 5\n";
        let _ = import(&site, &[], &[&site.write("whole.csv", whole)]).exits_with(DONE);
        let from =
            "procedure,centre,valid_from,scheme,level\n9.000010,c98001-2025,2026-03-01,nd42-2022,full\n";
        let from = site.write("from.csv", from);
        let outcome = import(&site, &["--as", "from-day"], &[&from]).exits_with(DONE);
        assert_eq!(total(&outcome), [1, 0, 0, 0], "{}", outcome.stdout);
        // The earlier period ends on the eve and keeps its words; the later one says what the row says, and the rest as before.
        is_stored(
            &site,
            "procedure,centre,valid_from,valid_to,offered,scheme,level,online_link,check_submit,decision\n\
             9.000010,c98001-2025,2025-08-01,2026-03-01,yes,nd42-2022,partial,https://a.example,online,QĐ 5\n\
             9.000010,c98001-2025,2026-03-01,,yes,nd42-2022,full,https://a.example,online,QĐ 5\n",
        );
        assert_eq!(total(&import(&site, &["--as", "from-day"], &[&from]).exits_with(DONE)), [0, 0, 1, 0]);

        // Two rows of one listing in a file follow each other.
        let two = "procedure,centre,valid_from,scheme,level,decision\n\
                   9.000020,c98001-2025,2025-08-01,nd42-2022,partial,QĐ 7\n\
                   9.000020,c98001-2025,2026-01-01,nd42-2022,full,\n";
        let outcome = import(&site, &["--as", "from-day"], &[&site.write("two.csv", two)]).exits_with(DONE);
        assert_eq!((total(&outcome), emptied(&outcome)), ([2, 0, 0, 0], Value::Null), "{}", outcome.stdout);
        is_stored(
            &site,
            "procedure,centre,valid_from,valid_to,scheme,level,decision\n\
             9.000020,c98001-2025,2025-08-01,2026-01-01,nd42-2022,partial,QĐ 7\n\
             9.000020,c98001-2025,2026-01-01,,nd42-2022,full,\n",
        );
    }
}

#[test]
fn units_and_procedures_are_stated_from_a_day_on_and_nothing_else() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        // A commune gets another name and stays the same unit.
        let renamed = "code,level,type,name,full_name,parent_code,valid_from\n\
                       98001,commune,phường,Thử Chung,Phường Thử Chung,98,2026-05-01\n";
        let outcome =
            import(&site, &["--as", "from-day"], &[&site.write("renamed.csv", renamed)]).exits_with(DONE);
        assert_eq!(total(&outcome), [1, 0, 0, 0], "{}", outcome.stdout);
        is_stored(
            &site,
            "code,level,type,name,full_name,parent_code,valid_from,valid_to,continues\n\
             98001,commune,xã,Thử Chung,Xã Thử Chung,98,2025-07-01,2026-05-01,0\n\
             98001,commune,phường,Thử Chung,Phường Thử Chung,98,2026-05-01,,1\n",
        );
        let line = fixtures::listed_procedure("9.000010", "Thủ tục thử khai sinh, tên mới");
        let dated = line.replacen('{', "{\"valid_from\":\"2026-05-01\",", 1);
        let outcome =
            import(&site, &["--as", "from-day"], &[&site.write("p.ndjson", dated)]).exits_with(DONE);
        assert_eq!(total(&outcome), [1, 0, 0, 0], "{}", outcome.stdout);
        // A row without its day is refused, and so are kinds that have no such periods.
        let outcome =
            import(&site, &["--as", "from-day"], &[&site.write("p.ndjson", line)]).exits_with(PROBLEMS);
        assert_eq!(outcome.json()["files"][0]["refusals"][0]["column"], "valid_from");
        let undated = site.write("u.csv", UNITS_2025);
        let said = import(&site, &["--as", "from-day"], &[&undated]).exits_with(4).stderr;
        assert!(said.contains("thiếu cột “valid_from”"), "{said}");
        let said =
            import(&site, &["--as", "from-day"], &[&site.write("c.csv", CENTRES)]).exits_with(4).stderr;
        assert!(said.contains("--as from-day chỉ dùng cho"), "{said}");
    }
}

#[test]
fn what_was_a_mistake_is_taken_out_with_its_reason() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let centre = "id,kind,unit_code,name\nnham,province_centre,98,Trung tâm nhập nhầm\n";
        let listing = "procedure,centre,valid_from,offered\n9.000010,nham,2026-01-01,yes\n9.000020,nham,2026-01-01,no\n";
        let files = [site.write("centre.csv", centre), site.write("listing.csv", listing)];
        let _ = site.import(&files).exits_with(DONE);

        let wrong_centre = site.write("wrong-centre.csv", "id\nnham\n");
        let wrong = site.write(
            "wrong.csv",
            "procedure,centre,valid_from\n9.000010,nham,2026-01-01\n9.000020,nham,2026-01-01\n",
        );
        let said = import(&site, &["--as", "mistake"], &[&wrong]).exits_with(USAGE).stderr;
        assert!(said.contains("--reason"), "{said}");
        let options = ["--as", "mistake", "--reason", "nhập nhầm trung tâm"];
        // The centre is needed by its listings, which are still there.
        let only = ["--kind", "centres", "--as", "mistake", "--reason", "nhập nhầm"];
        let outcome = import(&site, &only, &[&wrong_centre]).exits_with(PROBLEMS);
        let refusal = &outcome.json()["files"][0]["refusals"][0];
        assert_eq!((&refusal["column"], &refusal["line"]), (&json!("id"), &json!(2)), "{refusal}");
        assert_eq!(outcome.json()["written"], false);

        // The wrong day names no record.
        let typo = site.write("typo.csv", "procedure,centre,valid_from\n9.000010,nham,2026-01-02\n");
        let outcome = import(&site, &options, &[&typo]).exits_with(PROBLEMS);
        let refusal = &outcome.json()["files"][0]["refusals"][0];
        assert_eq!(refusal["reason"], "không có bản ghi nào với khóa này", "{refusal}");

        let outcome = import(&site, &options, &[&wrong]).exits_with(DONE);
        assert_eq!(outcome.json()["files"][0]["withdrawn"], 2, "{}", outcome.stdout);
        let run = outcome.json()["run"].as_str().expect("a run").to_owned();
        let outcome = import(&site, &only, &[&wrong_centre]).exits_with(DONE);
        assert_eq!(outcome.json()["files"][0]["withdrawn"], 1);
        let runs = site.run(["runs"]).exits_with(DONE).stdout;
        assert!(runs.contains("nhập nhầm trung tâm"), "{runs}");
        let last = outcome.json()["run"].as_str().expect("a run").to_owned();
        let _ = site.run(["undo", &last]).exits_with(DONE);
        let _ = site.run(["undo", &run]).exits_with(DONE);
        is_stored(&site, listing);
    }
}

/// The open questions about records that a newer edition lacks: number and what each is about.
fn questions(site: &Site) -> Vec<(String, String)> {
    let table = site.run(["tasks", "--kind", "gone_from_list", "--format", "csv"]).exits_with(DONE).stdout;
    let mut lines = table.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let about = header.iter().position(|column| *column == "about").expect("a column");
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].to_owned(), cells[about].to_owned())
        })
        .collect()
}

#[test]
fn what_a_mended_list_of_mergers_no_longer_has_is_asked_about_and_taken_out_on_yes() {
    for database in databases() {
        let site = Site::new(database);
        let more =
            UNITS_2025.to_owned() + "98003,commune,xã,Thử Khác,Xã Thử Khác,98,Tỉnh Thử Nghiệm,Xã Thử C\n";
        let units = [site.write("units-2020.csv", UNITS_2020), site.write("units-2025.csv", more)];
        let _ = site.import(&units).exits_with(DONE);
        // The older edition sends one commune to the wrong new one.
        let wrong = MERGERS.replace(
            "98002,Xã Thử B,Huyện Thử Một,same_code_same_name,98001,",
            "98002,Xã Thử B,Huyện Thử Một,same_code_same_name,98003,",
        );
        assert_ne!(wrong, MERGERS);
        let _ = site.import(&[site.write("mergers.csv", wrong)]).exits_with(DONE);
        // A succession of another day and another source is none of that list's business.
        let later = "old_code,new_code,step2,effective_on,source_kind,source_citation\n\
                     98003,98001,whole,2026-01-01,decision,NQ khác\n";
        let _ = site.import(&[site.write("later.csv", later)]).exits_with(DONE);

        let mended = site.write("mergers-mended.csv", MERGERS);
        let dry = import(&site, &["--edition", "--dry-run"], &[&mended]).exits_with(DONE);
        assert_eq!(
            dry.json()["gone"],
            json!([{ "kind": "mergers", "asked": 1, "open": 0, "stays": 0, "is_unread": false }])
        );
        assert!(questions(&site).is_empty());

        // As drafts the questions wait, under numbers of their own, and are told.
        for draft in ["1", "2"] {
            let outcome = import(&site, &["--edition", "--draft", "Bản mới"], &[&mended]).exits_with(DONE);
            assert_eq!(outcome.json()["gone"][0]["asked"], 1, "{}", outcome.stdout);
            let shown = site.run(["sets", "show", draft, "--json"]).exits_with(DONE);
            let number = format!("-{draft}.0000001");
            let items = shown.json()["items"].clone();
            let is_own = |item: &Value| item["key"].as_str().is_some_and(|key| key.ends_with(&number));
            assert!(items.as_array().expect("a list").iter().any(is_own), "{}", shown.stdout);
        }
        assert!(questions(&site).is_empty());

        let outcome = import(&site, &["--edition"], &[&mended]).exits_with(DONE);
        assert_eq!(total(&outcome), [1, 0, 1, 0], "{}", outcome.stdout);
        // A question that somebody has asked meanwhile is not asked again; the rest of the draft goes through.
        for step in ["submit", "approve", "publish"] {
            let _ = site.run(["sets", step, "1"]).exits_with(DONE);
        }
        let asked = questions(&site);
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!(asked[0].1, "succession 98002>98003@2025-07-01");
        let said = site.run(["tasks"]).exits_with(DONE).stdout;
        assert!(said.contains("mergers-mended.csv") && said.contains("98002 nhập vào 98003"), "{said}");

        // Nothing is taken out yet, and nobody is asked twice.
        let again = import(&site, &["--edition"], &[&mended]).exits_with(DONE);
        assert_eq!(
            again.json()["gone"][0],
            json!({ "kind": "mergers", "asked": 0, "open": 1, "stays": 0, "is_unread": false })
        );
        assert_eq!((total(&again), questions(&site).len()), ([0, 0, 2, 0], 1));

        let number = asked[0].0.as_str();
        let answer = |options: &[&str]| {
            site.run([&["tasks", "--done", number, "--answer", "bản mới đúng"], options].concat())
        };
        // A yes or no is wanted.
        let said = answer(&[]).exits_with(PROBLEMS).stderr;
        assert!(said.contains("--accept") && said.contains("--reject"), "{said}");
        let said = answer(&["--accept"]).exits_with(DONE).stdout;
        assert!(said.contains("98002>98003@2025-07-01"), "{said}");
        assert!(questions(&site).is_empty());
        let none = site.run(["tasks", "--kind", "gone_from_list"]).exits_with(DONE);
        assert_eq!(none.stdout, "0 tasks.\n");
        assert!(none.stderr.contains("motcua tasks --state all"), "{}", none.stderr);
        let _ = answer(&["--accept"]).exits_with(PROBLEMS);
        let _ = site.run(["export", "--kind", "mergers", "--output", "out"]).exits_with(DONE);
        let left = std::fs::read_to_string(site.path("out/unit-mergers.csv")).expect("written");
        assert!(!left.contains("98002,981,98003") && left.contains("98002,981,98001"), "{left}");
        assert!(left.contains("NQ khác"), "{left}");
        // The list now has everything.
        let outcome = import(&site, &["--edition"], &[&mended]).exits_with(DONE);
        assert_eq!(outcome.json()["gone"][0]["asked"], 0);
    }
}

#[test]
fn a_row_that_takes_away_what_others_need_is_refused_with_its_line_and_who_needs_it() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let listing = "procedure,centre,valid_from,offered\n9.000010,c98001-2025,2026-01-01,yes\n";
        let _ = site.import(&[site.write("listings.csv", listing)]).exits_with(DONE);
        let centres = site.write("mistakes.csv", "id\nc98001-2025\np98\n");
        let reason = ["--as", "mistake", "--reason", "nhập nhầm", "--kind", "centres"];
        let dry = import(&site, &[&reason[..], &["--dry-run"]].concat(), &[&centres]).exits_with(PROBLEMS);
        let file = &dry.json()["files"][0];
        assert_eq!((&file["withdrawn"], &file["refused"]), (&json!(1), &json!(1)), "{}", dry.stdout);
        assert_eq!(file["refusals"][0]["line"], 2);
        let reason_told = file["refusals"][0]["reason"].as_str().expect("a text");
        assert!(reason_told.contains("availability 9.000010/c98001-2025@2026-01-01"), "{reason_told}");
        let _ = import(&site, &reason, &[&centres]).exits_with(PROBLEMS);
        let skipped =
            import(&site, &[&reason[..], &["--skip-refused"]].concat(), &[&centres]).exits_with(PROBLEMS);
        assert_eq!((&skipped.json()["written"], total(&skipped)[3]), (&json!(true), 1), "{}", skipped.stdout);
        // A centre does not end under its listing; with the listing it does, whichever file comes first.
        let ended =
            "id,kind,unit_code,valid_from,valid_to\nc98001-2025,commune_seat,98001,2025-07-01,2027-01-01\n";
        let ended = site.write("ended.csv", ended);
        let refused = import(&site, &[], &[&ended]).exits_with(PROBLEMS);
        assert_eq!(refused.json()["files"][0]["refusals"][0]["line"], 2, "{}", refused.stdout);
        let ends =
            "procedure,centre,valid_from,valid_to,offered\n9.000010,c98001-2025,2026-01-01,2027-01-01,yes\n";
        let ends = site.write("ends.csv", ends);
        let _ = import(&site, &[], &[&ended, &ends]).exits_with(DONE);
    }
}

#[test]
fn editions_of_other_lists_ask_only_about_their_own_records() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let header = "procedure,centre,valid_from,offered,source_kind,source_citation\n";
        let (first, second) = ("9.000010,c98001-2025,2026-01-01,yes", "9.000020,c98001-2025,2026-01-01,no");
        let own = format!("{header}{first},decision,QĐ 1\n{second},decision,QĐ 1\n");
        let other = format!("{header}9.000010,p98,2026-01-01,yes,decision,QĐ 2\n");
        let _ = site.import(&[site.write("own.csv", own), site.write("other.csv", other)]).exits_with(DONE);

        // A refused row is not a missing one: nothing is asked.
        let broken = site.write(
            "broken.csv",
            format!("{header}{first},decision,QĐ 1\n9.000020,c98001-2025,2026-13-01,no,decision,QĐ 1\n"),
        );
        let outcome = import(&site, &["--edition", "--skip-refused"], &[&broken]).exits_with(PROBLEMS);
        assert_eq!(outcome.json()["gone"][0]["is_unread"], true, "{}", outcome.stdout);
        assert!(questions(&site).is_empty());

        let newer = site.write("newer.csv", format!("{header}{first},decision,QĐ 1\n"));
        let outcome = import(&site, &["--edition"], &[&newer]).exits_with(DONE);
        assert_eq!(total(&outcome), [0, 0, 1, 0], "{}", outcome.stdout);
        let asked = questions(&site);
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!(asked[0].1, "availability 9.000020/c98001-2025@2026-01-01");
        // The centre's own list of work has it; the answer "it stays" leaves the record.
        let of_centre = site.run(["tasks", "--centre", "c98001-2025"]).exits_with(DONE).stdout;
        assert!(of_centre.contains(&asked[0].0), "{of_centre}");
        let _ =
            site.run(["tasks", "--done", &asked[0].0, "--answer", "vẫn đúng", "--reject"]).exits_with(DONE);
        is_stored(&site, &format!("{header}{second},decision,QĐ 1\n"));

        // Centres and units as well; and a list is not stated in parts.
        let centres =
            site.write("centres-new.csv", CENTRES.lines().take(2).collect::<Vec<_>>().join("\n") + "\n");
        let outcome = import(&site, &["--edition"], &[&centres]).exits_with(DONE);
        assert_eq!(outcome.json()["gone"][0]["asked"], 1, "{}", outcome.stdout);
        let said = import(&site, &["--edition", "--as", "from-day"], &[&newer]).exits_with(USAGE).stderr;
        assert!(said.contains("--edition is about whole lists"), "{said}");
        let lines = site.write("p.ndjson", fixtures::listed_procedure("9.000010", "Thử"));
        let _ = import(&site, &["--edition"], &[&lines]).exits_with(4);
    }
}

#[test]
fn what_stays_after_a_question_is_not_asked_about_again() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let listed = "id,kind,unit_code,name,source_citation\np98-a,province_centre,98,Trung tâm A,Danh sách\n\
                      p98-b,province_centre,98,Trung tâm B,Danh sách\n";
        let _ = import(&site, &[], &[&site.write("list.csv", listed)]).exits_with(DONE);
        let newer = site.write("list.csv", listed.lines().take(2).collect::<Vec<_>>().join("\n") + "\n");
        let _ = import(&site, &["--edition"], &[&newer]).exits_with(DONE);
        let asked = questions(&site);
        assert_eq!(asked.len(), 1, "{asked:?}");
        let _ = site
            .run(["tasks", "--done", &asked[0].0, "--answer", "vẫn hoạt động", "--reject"])
            .exits_with(DONE);
        let again = import(&site, &["--edition"], &[&newer]).exits_with(DONE);
        assert_eq!(
            (&again.json()["gone"][0]["asked"], &again.json()["gone"][0]["stays"]),
            (&json!(0), &json!(1))
        );
        let said = site.run(["tasks", "--state", "done"]).exits_with(DONE).stdout;
        assert!(said.contains("rejected: vẫn hoạt động"), "{said}");
        let table = site.run(["tasks", "--state", "done", "--format", "csv"]).exits_with(DONE).stdout;
        assert!(table.contains(",accepted,answer,") && table.contains(",no,vẫn hoạt động,"), "{table}");
    }
}

#[test]
fn what_ends_an_offer_from_a_day_on_says_nothing_of_the_offer() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let whole = "procedure,centre,offered,level,scheme,methods,online_link,check_submit,assured_on,assured_by,review_due,valid_from\n\
                     9.000010,p98-thu,yes,3,nd43-2011,online,https://nop.example/1,online,2026-02-01,Văn phòng,2027-02-01,2026-01-01\n";
        let centre = "id,kind,unit_code,name\np98-thu,province_centre,98,Trung tâm Thử\n";
        let files = [site.write("centre.csv", centre), site.write("whole.csv", whole)];
        let outcome = import(&site, &[], &[&files[0], &files[1]]).exits_with(DONE);
        assert_eq!(total(&outcome), [2, 0, 0, 0], "{}", outcome.stdout);
        let ends = "procedure,centre,offered,valid_from\n9.000010,p98-thu,no,2026-06-01\n";
        let ends = site.write("ends.csv", ends);
        let outcome = import(&site, &["--as", "from-day"], &[&ends]).exits_with(DONE);
        assert_eq!((&outcome.json()["files"][0]["ended"], total(&outcome)), (&json!(1), [1, 0, 0, 0]));
        let _ = site.run(["export", "--kind", "availability", "--output", "out"]).exits_with(DONE);
        let stored = std::fs::read_to_string(site.path("out/availability.csv")).expect("written");
        let later =
            stored.lines().find(|line| line.contains("p98-thu,2026-06-01")).expect("the later period");
        for said in ["nop.example", "online", "Văn phòng", "2026-02-01", "2027-02-01"] {
            assert!(!later.contains(said), "{said} in {later}");
        }
        // Stated as a whole record, it tells what would go, and asks first.
        let whole_no =
            "procedure,centre,offered,valid_from,valid_to\n9.000010,p98-thu,no,2026-01-01,2026-06-01\n";
        let kept_out = import(&site, &[], &[&site.write("no.csv", whole_no)]).exits_with(PROBLEMS);
        assert_eq!(emptied(&kept_out), json!({ "channels": 1, "check_submit": 1, "level": 1 }));
    }
}

#[test]
fn one_cell_makes_no_made_up_record_true() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let made_up = "id,kind,unit_code,name,address_or_seat,phone,source_kind,source_citation\n\
                       p98-m,province_centre,98,Trung tâm Mẫu,số 1,0239 1,sample,Dữ liệu mẫu\n";
        let _ = import(&site, &[], &[&site.write("made-up.csv", made_up)]).exits_with(DONE);
        let phone = "id,kind,unit_code,name,phone\np98-m,province_centre,98,Trung tâm Mẫu,0239 2\n";
        let _ = import(&site, &[], &[&site.write("phone.csv", phone)]).exits_with(DONE);
        is_stored(&site, &made_up.replace("0239 1", "0239 2"));
        // A row that says all of it, or names its source, does.
        let named = "id,kind,unit_code,name,phone,source_citation\np98-m,province_centre,98,Trung tâm Mẫu,0239 2,QĐ 5\n";
        let _ = import(&site, &[], &[&site.write("named.csv", named)]).exits_with(DONE);
        let stored = made_up.replace("0239 1", "0239 2").replace("sample,Dữ liệu mẫu", "dataset,QĐ 5");
        is_stored(&site, &stored);
    }
}

#[test]
fn a_row_that_repeats_a_refused_one_is_refused_as_well() {
    let site = Site::new(databases().remove(0));
    world(&site);
    let twice =
        "id,kind,unit_code,name\np97,province_centre,97,Trung tâm\np97,province_centre,97,Trung tâm\n,,,\n";
    let outcome = import(&site, &[], &[&site.write("twice.csv", twice)]).exits_with(PROBLEMS);
    assert_eq!(total(&outcome), [0, 0, 0, 2], "{}", outcome.stdout);
    let refusals = outcome.json()["files"][0]["refusals"].clone();
    assert_eq!(refusals[1]["line"], 3);
    assert!(refusals[1]["reason"].as_str().expect("words").contains("dòng 2"), "{refusals}");
}

#[test]
fn a_correction_that_others_stand_in_the_way_of_says_how_many_and_what_to_do() {
    for database in databases() {
        let site = Site::new(database);
        world(&site);
        let end = ["correct", "end", "unit", "98@2025-07-01", "--on", "2026-12-31", "--reason", "sửa"];
        let said = site.run(end).exits_with(PROBLEMS).stderr;
        assert!(said.contains("needed by") && said.contains("other record"), "{said}");
        let said = site
            .run(["correct", "withdraw", "unit", "98@1999-01-01", "--reason", "sửa"])
            .exits_with(PROBLEMS)
            .stderr;
        assert!(said.contains("no such record") && said.contains("or - where"), "{said}");
        // What was corrected is told with the run, and an undoing of nothing names what stands in the way.
        let centre = "id,kind,unit_code,name,valid_from\np98-z,province_centre,98,Trung tâm Z,2026-01-01\n";
        let _ = import(&site, &[], &[&site.write("z.csv", centre)]).exits_with(DONE);
        let ended =
            site.run(["correct", "end", "centre", "p98-z", "--on", "2026-10-01"]).exits_with(DONE).stdout;
        let run = ended.trim().rsplit(' ').next().expect("a run").to_owned();
        let runs = site.run(["runs"]).exits_with(DONE).stdout;
        assert!(runs.contains("what: centre p98-z ends on 2026-10-01"), "{runs}");
        assert!(runs.contains("what: z.csv"), "{runs}");
        let _ = site.run(["correct", "end", "centre", "p98-z", "--on", "2026-11-01"]).exits_with(DONE);
        let said = site.run(["undo", &run]).exits_with(PROBLEMS).stderr;
        assert!(said.contains("centre p98-z: written to since"), "{said}");
        let json = site.run(["undo", &run, "--json"]).exits_with(PROBLEMS).json();
        assert_eq!(json["left"][0], json!({ "kind": "centre", "key": "p98-z", "why": "written_since" }));
    }
}
