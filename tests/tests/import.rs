//! Import and export from the outside: every row accounted for, nothing half done, nothing guessed.

use std::path::{Path, PathBuf};

use motcua_tests::fixtures::{self, CENTRES, MERGERS, UNITS_2020, UNITS_2025};
use motcua_tests::{Database, Outcome, ServerOptions, Site, databases, full_data};
use serde_json::{Value, json};

const ALL_SOUND: i32 = 0;
const ROWS_REFUSED: i32 = 1;
const FILE_UNUSABLE: i32 = 4;

/// Created, changed, same, refused of each file, in the order of the report.
fn counts(outcome: &Outcome) -> Vec<(String, [u64; 4])> {
    let report = outcome.json();
    let files = report["files"].as_array().unwrap_or_else(|| panic!("no files in {report}"));
    files
        .iter()
        .map(|file| {
            let numbers = ["created", "changed", "same", "refused"]
                .map(|name| file[name].as_u64().unwrap_or_else(|| panic!("no {name} in {file}")));
            (file["kind"].as_str().unwrap_or_default().to_owned(), numbers)
        })
        .collect()
}

fn total(outcome: &Outcome) -> [u64; 4] {
    counts(outcome)
        .iter()
        .fold([0; 4], |sum, (_, numbers)| std::array::from_fn(|place| sum[place] + numbers[place]))
}

fn refusals(outcome: &Outcome) -> Vec<Value> {
    let report = outcome.json();
    report["files"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|file| file["refusals"].as_array().cloned().unwrap_or_default())
        .collect()
}

/// The world of the fixtures.
fn write_world(site: &Site) -> Vec<PathBuf> {
    let procedures = fixtures::procedure("9.000010", "Thủ tục thử khai sinh")
        + &fixtures::listed_procedure("9.000020", "Thủ tục thử đất đai");
    vec![
        site.write("units-2020.csv", UNITS_2020),
        site.write("units-2025.csv", UNITS_2025),
        site.write("mergers.csv", MERGERS),
        site.write("centres.csv", CENTRES),
        site.write("procedures.ndjson", procedures),
    ]
}

/// Ids of the centres, as the server tells them.
async fn centre_ids(site: &Site) -> Vec<String> {
    let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
    let answer = server.get("/api/v1/centres?per_page=100").await.is(200).json();
    answer["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect()
}

fn listings(centre: &str) -> String {
    format!(
        "procedure,centre,valid_from,valid_to,offered,scheme,level\n\
         9.000010,{centre},2026-07-01,,yes,nd42-2022,full\n\
         9.000020,{centre},2026-06-01,2027-01-01,yes,nd42-2022,partial\n\
         9.000020,{centre},2027-01-01,,unknown,,\n"
    )
}

#[tokio::test]
async fn files_are_imported_once_and_the_second_time_changes_nothing() {
    for database in databases() {
        let site = Site::new(database);
        let files = write_world(&site);
        let first = site.import(&files).exits_with(ALL_SOUND);
        assert_eq!(total(&first), [4 + 2 + 2 + 2 + 2, 0, 0, 0], "{}", first.stdout);
        assert!(first.json()["files"].as_array().is_some_and(|files| files.len() == 5));
        let second = site.import(&files).exits_with(ALL_SOUND);
        assert_eq!(total(&second), [0, 0, 12, 0], "{}", second.stdout);
        assert_eq!((&first.json()["written"], &second.json()["written"]), (&json!(true), &json!(false)));
        let said = site.run([Path::new("import"), &files[3]]).exits_with(ALL_SOUND).stdout;
        assert!(
            said.ends_with("Nothing had to be written: everything is as in the files already.\n"),
            "{said}"
        );

        let centre = centre_ids(&site).await.first().expect("a centre").clone();
        let listings = site.write("availability.csv", listings(&centre));
        assert_eq!(total(&site.import(&[&listings]).exits_with(ALL_SOUND)), [3, 0, 0, 0]);
        assert_eq!(total(&site.import(&[&listings]).exits_with(ALL_SOUND)), [0, 0, 3, 0]);

        // One name changed is one change.
        let renamed = site
            .write("again.ndjson", fixtures::listed_procedure("9.000020", "Thủ tục thử đất đai, đổi tên"));
        assert_eq!(total(&site.import(&[&renamed]).exits_with(ALL_SOUND)), [0, 1, 0, 0]);

        let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
        let found = server.get("/api/v1/procedures?q=doi+ten").await.is(200).json();
        assert_eq!(found["items"][0]["code"], "9.000020", "{found}");
        let offers = server.get("/api/v1/procedures/9.000010/availability").await.is(200).json();
        assert_eq!(
            (&offers["items"][0]["level"], &offers["items"][0]["scheme"]),
            (&json!("full"), &json!("nd42-2022"))
        );
    }
}

#[tokio::test]
async fn an_export_imports_without_a_change() {
    for database in databases() {
        let site = Site::new(database);
        let _ = site.import(&write_world(&site)).exits_with(ALL_SOUND);
        let centre = centre_ids(&site).await.first().expect("a centre").clone();
        let file = site.write("availability.csv", listings(&centre));
        let _ = site.import(&[&file]).exits_with(ALL_SOUND);
        round_trip(&site, database);
    }
}

/// Exports, imports into the same site (no change) and into an empty one (the same export again).
fn round_trip(site: &Site, database: Database) {
    let _ =
        site.run([Path::new("export"), Path::new("--output"), &site.path("export")]).exits_with(ALL_SOUND);
    let files = files_in(&site.path("export"));
    assert!(files.len() >= 4, "{files:?}");
    let again = site.import(&files).exits_with(ALL_SOUND);
    let [created, changed, same, refused] = total(&again);
    assert_eq!([created, changed, refused], [0; 3], "{}", again.stdout);
    assert!(same > 0);
    let other = Site::new(database);
    let _ = other.import(&files).exits_with(ALL_SOUND);
    let _ =
        other.run([Path::new("export"), Path::new("--output"), &other.path("export")]).exits_with(ALL_SOUND);
    for file in files {
        let twin = other.path("export").join(file.file_name().expect("a name"));
        assert!(
            sorted_lines(&file) == sorted_lines(&twin),
            "{} differs from {}",
            file.display(),
            twin.display()
        );
    }
}

/// The lines of a file; their order follows that of the first import.
fn sorted_lines(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("written");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn the_sample_exports_and_imports_without_a_change() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for database in databases() {
        let site = Site::new(database);
        runtime.block_on(async { drop(site.serve(ServerOptions::default()).await) });
        round_trip(&site, database);
    }
}

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    let site = Site::sqlite();
    let files = write_world(&site);
    let mut arguments = vec!["import".to_owned(), "--json".to_owned(), "--dry-run".to_owned()];
    arguments.extend(files.iter().map(|file| file.display().to_string()));
    for _ in 0..2 {
        let dry = site.run(&arguments).exits_with(ALL_SOUND);
        assert_eq!(total(&dry), [12, 0, 0, 0]);
        assert_eq!(dry.json()["written"], false);
    }
    assert_eq!(total(&site.import(&files).exits_with(ALL_SOUND)), [12, 0, 0, 0]);
}

#[test]
fn one_refused_row_keeps_everything_out_and_is_explained() {
    for database in databases() {
        let site = Site::new(database);
        let files = write_world(&site);
        let broken = UNITS_2020.replace("98002,commune", "9800,commune");
        let bad = site.write("bad.csv", broken);
        let refused = site.import(&[files[4].clone(), bad]).exits_with(ROWS_REFUSED);
        assert_eq!(total(&refused)[3], 1, "{}", refused.stdout);
        assert_eq!(refused.json()["written"], false);
        let refusal = refusals(&refused).first().cloned().expect("a refusal");
        assert_eq!(refusal["line"], 5, "{refusal}");
        assert_eq!((&refusal["column"], &refusal["value"]), (&json!("code"), &json!("9800")), "{refusal}");
        for part in ["reason", "remedy"] {
            assert!(!refusal[part].as_str().unwrap_or_default().is_empty(), "no {part} in {refusal}");
        }
        // The sound file of the same run was not written either.
        assert_eq!(total(&site.import(&files).exits_with(ALL_SOUND)), [12, 0, 0, 0]);

        // As text it says the same to people.
        let text = site.run([Path::new("import"), &site.path("bad.csv")]).exits_with(ROWS_REFUSED);
        let said = text.stdout + &text.stderr;
        assert!(said.contains("  line 5, code = \"9800\":\n    "), "{said}");
    }
}

#[tokio::test]
async fn each_kind_of_bad_row_is_refused_by_column() {
    let site = Site::sqlite();
    let _ = site.import(&write_world(&site)).exits_with(ALL_SOUND);
    let centre = centre_ids(&site).await.first().expect("a centre").clone();
    let header = "procedure,centre,valid_from,valid_to,offered,scheme,level";
    for (row, column) in [
        (format!("9.999999,{centre},2026-07-01,,yes,nd42-2022,full"), "procedure"),
        ("9.000010,nowhere,2026-07-01,,yes,nd42-2022,full".to_owned(), "centre"),
        (format!("9.000010,{centre},,,yes,nd42-2022,full"), "valid_from"),
        (format!("9.000010,{centre},2026-13-01,,yes,nd42-2022,full"), "valid_from"),
        (format!("9.000010,{centre},2026-07-01,2026-07-01,yes,nd42-2022,full"), "valid_to"),
        (format!("9.000010,{centre},2026-07-01,,maybe,nd42-2022,full"), "offered"),
        (format!("9.000010,{centre},2026-07-01,,yes,,full"), "scheme"),
        (format!("9.000010,{centre},2026-07-01,,yes,nd42-2022,4"), "level"),
        (format!("9.000010,{centre},2026-07-01,,unknown,nd42-2022,full"), "level"),
        (format!("9.000010,{centre},2026-07-01,,yes,nd224-2026,partial"), "partial_reason"),
    ] {
        let file = site.write("row.csv", format!("{header}\n{row}\n"));
        let outcome = site.import(&[&file]).exits_with(ROWS_REFUSED);
        let refusals = refusals(&outcome);
        assert!(
            refusals.iter().any(|refusal| refusal["column"] == column && refusal["line"] == 2),
            "{row}: {refusals:?}"
        );
        let broken = |refusal: &Value| refusal["reason"] == "" || refusal["remedy"] == "";
        assert!(!refusals.iter().any(broken), "{row}: {refusals:?}");
    }
    let overlap = format!(
        "{header}\n9.000010,{centre},2026-07-01,,yes,nd42-2022,full\n9.000010,{centre},2026-08-01,,yes,nd42-2022,full\n"
    );
    let file = site.write("overlap.csv", overlap);
    let outcome = site.import(&[&file]).exits_with(ROWS_REFUSED);
    assert_eq!(
        refusals(&outcome).first().map(|refusal| refusal["line"].clone()),
        Some(json!(3)),
        "{}",
        outcome.stdout
    );
}

#[tokio::test]
async fn the_vietnamese_aliases_of_the_columns_mean_the_same() {
    let site = Site::sqlite();
    let _ = site.import(&write_world(&site)).exits_with(ALL_SOUND);
    let centre = centre_ids(&site).await.first().expect("a centre").clone();
    let english = site.write("listings.csv", listings(&centre));
    assert_eq!(total(&site.import(&[&english]).exits_with(ALL_SOUND)), [3, 0, 0, 0]);
    let documented =
        std::fs::read_to_string(motcua_tests::repository().join("docs/file-formats.md")).expect("the page");
    let alias = |column: &str| {
        let row = documented.lines().find(|line| line.starts_with(&format!("| `{column}` |")));
        let row = row.unwrap_or_else(|| panic!("docs/file-formats.md has no row for {column}"));
        row.split('|').nth(2).unwrap_or_default().trim().trim_matches('`').to_owned()
    };
    let header: Vec<String> =
        ["procedure", "centre", "valid_from", "valid_to", "offered", "scheme", "level"].map(alias).to_vec();
    let rest = listings(&centre).split_once('\n').expect("a header").1.to_owned();
    let vietnamese = site.write("listings.csv", format!("{}\n{rest}", header.join(",")));
    assert_eq!(total(&site.import(&[&vietnamese]).exits_with(ALL_SOUND)), [0, 0, 3, 0], "{header:?}");
}

#[test]
fn every_way_of_writing_the_same_table_gives_the_same_rows() {
    let with_mark = format!("\u{feff}{UNITS_2020}");
    let carriage_returns = UNITS_2020.replace('\n', "\r\n");
    let semicolons = UNITS_2020.replace(',', ";");
    let tabs = UNITS_2020.replace(',', "\t");
    let decomposed: String = decompose(UNITS_2020);
    let wide: Vec<u8> = format!("\u{feff}{UNITS_2020}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let ways: [(&str, Vec<u8>); 7] = [
        ("plain", UNITS_2020.into()),
        ("byte-order mark", with_mark.into()),
        ("CRLF", carriage_returns.into()),
        ("semicolons", semicolons.into()),
        ("tabs", tabs.into()),
        ("NFD", decomposed.into()),
        ("UTF-16", wide),
    ];
    let site = Site::sqlite();
    for (place, (way, bytes)) in ways.into_iter().enumerate() {
        let file = site.write("units.csv", bytes);
        let outcome = site.import(&[&file]).exits_with(ALL_SOUND);
        let wanted = if place == 0 { [4, 0, 0, 0] } else { [0, 0, 4, 0] };
        assert_eq!(total(&outcome), wanted, "{way}: {}", outcome.stdout);
        if matches!(way, "NFD" | "UTF-16") {
            let report = outcome.json();
            assert!(!report["files"][0]["notices"].as_array().expect("notices").is_empty(), "{way} is told");
        }
    }
}

/// Vietnamese letters taken apart, as some systems write them.
fn decompose(text: &str) -> String {
    let pairs = [
        ('ỉ', "i\u{309}"),
        ('ử', "u\u{31b}\u{309}"),
        ('ệ', "e\u{323}\u{302}"),
        ('ộ', "o\u{323}\u{302}"),
        ('ã', "a\u{303}"),
    ];
    let mut taken = text.to_owned();
    for (letter, parts) in pairs {
        taken = taken.replace(letter, parts);
    }
    assert_ne!(taken, text);
    taken
}

#[test]
fn windows_1258_is_taken_where_it_is_certain_and_refused_where_not() {
    let site = Site::sqlite();
    let _ = site.import(&[site.write("units.csv", UNITS_2020)]).exits_with(ALL_SOUND);
    // Letters with their tone behind them: ử is ư (0xFD) and the hook (0xD2), ã is a and the tilde (0xDE).
    let mut bytes = Vec::new();
    for c in UNITS_2020.chars() {
        match c {
            'ỉ' => bytes.extend(b"i\xd2"),
            'ử' => bytes.extend(b"\xfd\xd2"),
            'ệ' => bytes.extend(b"\xea\xf2"),
            'ộ' => bytes.extend(b"\xf4\xf2"),
            'ã' => bytes.extend(b"a\xde"),
            c if c.is_ascii() => bytes.push(u8::try_from(c).expect("ASCII")),
            c => panic!("{c:?} is not in the table of this test"),
        }
    }
    let outcome = site.import(&[site.write("units.csv", bytes)]).exits_with(ALL_SOUND);
    assert_eq!(total(&outcome), [0, 0, 4, 0], "{}", outcome.stdout);
    // Bytes that are neither UTF-8 nor Vietnamese.
    let foreign = b"code,level,type,name,full_name,parent_code,province_code\n99,province,t\xb6nh,\xcf\xf0\xe8,\xcf\xf0\xe8,,99\n";
    let outcome = site.import(&[site.write("foreign.csv", foreign)]).exits_with(FILE_UNUSABLE);
    assert!((outcome.stdout + &outcome.stderr).contains("UTF-8"));
}

#[tokio::test]
async fn codes_as_published_are_taken_as_they_are() {
    let site = Site::sqlite();
    // The four malformed codes of the national list, beside the sound one that one of them resembles.
    let codes = [" 1.014325", "1.014325", "1.0133611", "2.009182739", "1.014955-Xoa"];
    let lines: String = codes
        .iter()
        .enumerate()
        .map(|(number, code)| fixtures::listed_procedure(code, &format!("Thủ tục số {number}")))
        .collect();
    let file = site.write("odd.ndjson", lines);
    assert_eq!(total(&site.import(&[&file]).exits_with(ALL_SOUND)), [5, 0, 0, 0]);
    assert_eq!(total(&site.import(&[&file]).exits_with(ALL_SOUND)), [0, 0, 5, 0]);
    let _ =
        site.run([Path::new("export"), Path::new("--output"), &site.path("export")]).exits_with(ALL_SOUND);
    let written: String = files_in(&site.path("export"))
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "ndjson"))
        .map(|file| std::fs::read_to_string(file).expect("written"))
        .collect();
    for code in codes {
        assert!(written.contains(&format!("\"{code}\"")), "{code:?} is not in {written}");
    }
    // A table names the one with the space as it is; it never means the other.
    let units = [
        site.write("units.csv", UNITS_2020),
        site.write("later.csv", UNITS_2025),
        site.write("centres.csv", CENTRES),
    ];
    let _ = site.import(&units).exits_with(ALL_SOUND);
    let centre = centre_ids(&site).await.first().expect("a centre").clone();
    let row = format!("procedure,centre,valid_from,offered\n\" 1.014325\",{centre},2026-07-01,yes\n");
    let _ = site.import(&[site.write("listing.csv", row)]).exits_with(ALL_SOUND);
    let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
    for (code, count) in [("%201.014325", 1), ("1.014325", 0)] {
        let offers = server.get(&format!("/api/v1/procedures/{code}/availability")).await.is(200).json();
        assert_eq!(offers["page"]["total"], count, "{code:?}: {offers}");
    }
}

#[tokio::test]
async fn codes_that_a_spreadsheet_damaged_are_refused_with_a_hint() {
    let site = Site::sqlite();
    let _ = site.import(&write_world(&site)).exits_with(ALL_SOUND);
    let centre = centre_ids(&site).await.first().expect("a centre").clone();
    // 9.000010 read as a number is 9.00001; 9.00001 is no procedure.
    let file = site.write(
        "sheet.csv",
        format!("procedure,centre,valid_from,offered,scheme,level\n9.00001,{centre},2026-07-01,yes,nd42-2022,full\n"),
    );
    let outcome = site.import(&[&file]).exits_with(ROWS_REFUSED);
    let refusal = refusals(&outcome).first().cloned().expect("a refusal");
    assert_eq!(refusal["column"], "procedure", "{refusal}");
    assert!(refusal["remedy"].as_str().unwrap_or_default().contains("9.000010"), "{refusal}");
    // A unit code that lost its leading zero.
    let units = UNITS_2020.replace("98,province", "8,province");
    let outcome = site.import(&[site.write("units.csv", units)]).exits_with(ROWS_REFUSED);
    assert!(refusals(&outcome).iter().any(|refusal| refusal["value"] == "8"), "{}", outcome.stdout);
}

#[test]
fn files_that_cannot_be_used_are_told_apart_from_refused_rows() {
    let site = Site::sqlite();
    let cases: [(&str, &[u8]); 6] = [
        ("empty.csv", b""),
        ("blank.csv", b"\n\n"),
        ("header-of-nothing.csv", b"a,b,c\n1,2,3\n"),
        ("twice.csv", b"code,code,level,full_name\n"),
        ("unknown-column.csv", b"procedure,centre,valid_from,lavel\n"),
        ("bytes.csv", &[0xff, 0x00, 0xd8, 0xff, 0xff, 0x81]),
    ];
    for (name, content) in cases {
        let outcome = site.import(&[site.write(name, content)]).exits_with(FILE_UNUSABLE);
        let said = outcome.stdout + &outcome.stderr;
        assert!(said.contains(name), "{name}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    let _ = site.import(&[site.path("not-there.csv")]).exits_with(FILE_UNUSABLE);
    let _ = site.import(&[site.path("")]).exits_with(FILE_UNUSABLE);
    // A line that is no JSON is a refused row of a sound file.
    let mixed =
        fixtures::procedure("9.000010", "Thủ tục thử") + "{\"code\": \"9.000020\", \"name\": \n" + "[]\n";
    let outcome = site.import(&[site.write("mixed.ndjson", mixed)]).exits_with(ROWS_REFUSED);
    let mut lines: Vec<_> = refusals(&outcome).iter().map(|refusal| refusal["line"].clone()).collect();
    lines.dedup();
    assert_eq!(lines, [json!(2), json!(3)], "{}", outcome.stdout);
    // And a command line that says nothing is its own fault.
    assert_eq!(site.run(["import"]).code, Some(2));
}

/// A site with the world of the fixtures, and one of its centres.
async fn world() -> (Site, String) {
    let site = Site::sqlite();
    let _ = site.import(&write_world(&site)).exits_with(ALL_SOUND);
    let centre = centre_ids(&site).await.first().expect("a centre").clone();
    (site, centre)
}

/// The one refusal of a file.
fn refusal_of(site: &Site, name: &str, content: impl AsRef<[u8]>) -> Value {
    let outcome = site.import(&[site.write(name, content)]).exits_with(ROWS_REFUSED);
    let all = refusals(&outcome);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

#[tokio::test]
async fn a_line_of_another_width_is_refused_and_overwrites_nothing() {
    let (site, centre) = world().await;
    let sound = site.write("sound.csv", listings(&centre));
    let _ = site.import(&[&sound]).exits_with(ALL_SOUND);
    let header = "procedure,centre,valid_from,valid_to,offered,scheme,level";
    for (row, cells) in [
        (format!("9.000010,{centre},2026-07-01"), 3),
        (format!("9.000010,{centre},2026-07-01,,yes,nd42-2022,full,"), 8),
        // Cut in mid-line, also within quotes.
        (format!("9.000010,{centre},2026-07-01,,\"ye"), 5),
    ] {
        let refusal = refusal_of(&site, "width.csv", format!("{header}\n{row}"));
        assert_eq!(refusal["line"], 2, "{refusal}");
        let reason = refusal["reason"].as_str().unwrap_or_default();
        assert!(reason.contains(&format!("{cells} ô")) && reason.contains("7 cột"), "{refusal}");
        assert!(!refusal["remedy"].as_str().unwrap_or_default().is_empty(), "{refusal}");
    }
    assert_eq!(total(&site.import(&[&sound]).exits_with(ALL_SOUND)), [0, 0, 3, 0]);
}

#[tokio::test]
async fn two_rows_of_one_key_in_a_run_must_say_the_same() {
    let (site, centre) = world().await;
    let header = "procedure,centre,valid_from,offered,scheme,level";
    let row = format!("9.000010,{centre},2026-07-01,yes,nd42-2022,full");
    let twice = site.write("twice.csv", format!("{header}\n{row}\n{row}\n"));
    assert_eq!(total(&site.import(&[&twice]).exits_with(ALL_SOUND)), [1, 0, 1, 0]);
    let other = row.replace("full", "partial");
    let refusal = refusal_of(&site, "differs.csv", format!("{header}\n{row}\n{row}\n{other}\n"));
    assert_eq!(
        (&refusal["line"], &refusal["reason"], &refusal["value"]),
        (&json!(4), &json!("trùng khóa với dòng 2 nhưng khác nội dung"), &json!("9.000010"))
    );
    // Procedures, units, successions and centres as well.
    let named = |name: &str| fixtures::listed_procedure("9.000030", name);
    let refusal = refusal_of(&site, "p.ndjson", named("Thủ tục một") + &named("Thủ tục hai"));
    assert_eq!((&refusal["line"], &refusal["column"]), (&json!(2), &json!("code")));
    let last = |table: &str| table.lines().last().unwrap_or_default().to_owned() + "\n";
    let units = UNITS_2020.to_owned() + &last(UNITS_2020).replace("Thử B", "Thử C");
    assert_eq!(refusal_of(&site, "units.csv", units)["line"], 6);
    let mergers = MERGERS.to_owned() + &last(MERGERS).replace("whole", "part");
    assert_eq!(refusal_of(&site, "mergers.csv", mergers)["line"], 4);
    let centres = CENTRES.to_owned() + &last(CENTRES).replace("UBND xã", "Nhà văn hóa xã");
    assert_eq!(refusal_of(&site, "centres.csv", centres)["line"], 4);
}

#[tokio::test]
async fn a_column_by_its_name_and_by_its_alias_makes_the_file_unusable() {
    let (site, centre) = world().await;
    let table = format!("procedure,mã thủ tục,centre,valid_from\n9.000010,9.000020,{centre},2026-07-01\n");
    let outcome = site.import(&[site.write("twice.csv", table)]).exits_with(FILE_UNUSABLE);
    let said = outcome.stdout + &outcome.stderr;
    assert!(said.contains("mã thủ tục") && said.contains("cùng một cột"), "{said}");
}

#[tokio::test]
async fn a_code_with_a_suffix_stands_for_its_base_and_that_is_told() {
    let (site, centre) = world().await;
    let header = "procedure,centre,valid_from,offered,scheme,level";
    let suffixed = format!("{header}\n9.000010.H42,{centre},2026-07-01,yes,nd42-2022,full\n");
    let file = site.write("suffixed.csv", suffixed);
    let first = site.import(&[&file]).exits_with(ALL_SOUND);
    assert_eq!(total(&first), [1, 0, 0, 0]);
    let notices = first.json()["files"][0]["notices"].to_string();
    assert!(notices.contains("9.000010.H42"), "{notices}");
    assert_eq!(total(&site.import(&[&file]).exits_with(ALL_SOUND)), [0, 0, 1, 0]);
    // A province's own edition is a procedure of its own, once it is there; also from the same run.
    let edition = site.write("own.ndjson", fixtures::listed_procedure("9.000020.H42", "Bản của tỉnh"));
    let own = format!("{header}\n9.000020.H42,{centre},2026-07-01,yes,nd42-2022,full\n");
    let outcome = site.import(&[site.write("own.csv", own), edition]).exits_with(ALL_SOUND);
    assert!(!outcome.stdout.contains("9.000020.H42 ghi cho"), "{}", outcome.stdout);
    let refusal = refusal_of(&site, "no.csv", format!("{header}\n9.999999.H42,{centre},2026-07-01,no,,\n"));
    assert_eq!((&refusal["column"], &refusal["value"]), (&json!("procedure"), &json!("9.999999.H42")));
}

#[tokio::test]
async fn a_refusal_shows_the_cell_as_it_stands_and_what_to_do() {
    let (site, centre) = world().await;
    let sound = site.write("sound.csv", listings(&centre));
    let _ = site.import(&[&sound]).exits_with(ALL_SOUND);
    let header = "procedure,centre,valid_from,valid_to,offered,scheme,level,online_link,methods";
    for (row, column, value) in [
        (format!("9.000010,{centre},01/08/2026,,no,,,,"), "valid_from", "01/08/2026"),
        (format!("9.000010,{centre},2026-07-01,01/07/2026,no,,,,"), "valid_to", "01/07/2026"),
        (format!("9.000010,{centre},2026-07-01,,unknown,nd42-2022,Toàn trình,,"), "level", "Toàn trình"),
        (format!("9.000010,{centre},2026-07-01,,yes,nd42-2022,Mức độ 4,,"), "level", "Mức độ 4"),
        (format!("9.000010,{centre},2026-07-01,,yes,,,ftp://vi.du,"), "online_link", "ftp://vi.du"),
        (format!("9.000010,{centre},2026-07-01,,yes,,,,online;thuyền"), "methods", "online;thuyền"),
    ] {
        let refusal = refusal_of(&site, "raw.csv", format!("{header}\n{row}\n"));
        assert_eq!((&refusal["column"], &refusal["value"]), (&json!(column), &json!(value)), "{refusal}");
        let remedy = refusal["remedy"].as_str().unwrap_or_default();
        assert!(remedy.starts_with(char::is_uppercase), "{refusal}");
    }
    let unit = CENTRES.replace("98001,Xã", "11111,Xã");
    let refusal = refusal_of(&site, "centres.csv", unit);
    assert_eq!(
        (&refusal["column"], &refusal["reason"]),
        (&json!("unit_code"), &json!("vào ngày đó không có đơn vị hành chính mã 11111"))
    );
}

#[test]
fn a_refused_line_of_ndjson_names_the_key_and_its_value() {
    let site = Site::sqlite();
    let sound = fixtures::listed_procedure("9.000010", "Thủ tục thử");
    for (line, column, value, reason) in [
        (
            sound.replace("\"steps\":null", "\"stesp\":\"Bước 1\""),
            "stesp",
            "Bước 1",
            "khóa “stesp” không có trong định dạng",
        ),
        (sound.replace("\"steps\":null", "\"steps\":5"), "steps", "5", "giá trị là số, không phải chuỗi"),
    ] {
        assert_ne!(line, sound);
        let refusal = refusal_of(&site, "line.ndjson", line);
        assert_eq!(
            (&refusal["column"], &refusal["value"], &refusal["reason"]),
            (&json!(column), &json!(value), &json!(reason))
        );
    }
}

#[tokio::test]
async fn a_running_server_follows_an_import() {
    for database in databases() {
        let site = Site::new(database);
        let server = site.serve(ServerOptions::without_sample().on("2026-08-01")).await;
        assert_eq!(server.get("/api/v1/procedures?q=khai+sinh").await.is(200).json()["page"]["total"], 0);
        let _ = site.import(&write_world(&site)).exits_with(ALL_SOUND);
        let started = std::time::Instant::now();
        loop {
            let found = server.get("/api/v1/procedures?q=khai+sinh").await.is(200).json();
            if found["page"]["total"] == 1 {
                break;
            }
            assert!(started.elapsed().as_secs() < 5, "the server does not follow: {found}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let centres = server.get("/api/v1/centres").await.is(200).json();
        assert_eq!(centres["page"]["total"], 2, "{centres}");
    }
}

#[test]
fn the_whole_national_catalogue_is_imported_and_the_second_time_changes_nothing() {
    let names =
        ["units-2020.csv", "units-2025.csv", "unit-mergers.csv", "centres-hatinh.csv", "procedures.ndjson"];
    let files: Vec<PathBuf> = names.iter().filter_map(|name| full_data(name)).collect();
    if files.len() < names.len() {
        return;
    }
    for database in databases() {
        let site = Site::new(database);
        let started = std::time::Instant::now();
        let first = site.import(&files).exits_with(ALL_SOUND);
        println!("{database:?}: imported in {:?}", started.elapsed());
        let accounted: u64 = total(&first).iter().sum();
        assert_eq!(accounted, 5_775 + 11_367 + 3_355 + 11_216 + 71, "{:?}", counts(&first));
        assert_eq!(total(&first)[3], 0);
        let again = site.import(&files).exits_with(ALL_SOUND);
        let [created, changed, _, refused] = total(&again);
        assert_eq!([created, changed, refused], [0; 3], "{:?}", counts(&again));
        if database == Database::Sqlite {
            round_trip(&site, database);
        }
    }
}
