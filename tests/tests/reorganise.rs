//! `motcua reorganise` from outside: Hà Tĩnh from 2020 to 2025, rehearsed, killed, carried out and undone; the units of
//! the whole country.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use motcua_tests::{Database, Site, databases, full_data};

const REFORM: &str = "2025-07-01";
const RESOLUTION: &str = "Nghị quyết 1665/NQ-UBTVQH15";

/// A table by column names.
#[derive(Debug, Clone)]
struct Sheet {
    header: Vec<String>,
    rows: Vec<HashMap<String, String>>,
}

impl Sheet {
    fn read(path: &Path) -> Self {
        let text =
            std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut rows = cells(text.trim_start_matches('\u{feff}')).into_iter();
        let header = rows.next().expect("a header");
        let rows = rows.map(|cells| header.iter().cloned().zip(cells).collect()).collect();
        Self { header, rows }
    }

    fn keeping(&self, keep: impl Fn(&HashMap<String, String>) -> bool) -> Self {
        Self {
            header: self.header.clone(),
            rows: self.rows.iter().filter(|row| keep(row)).cloned().collect(),
        }
    }

    fn to_csv(&self) -> String {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let mut text = self.header.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",") + "\n";
        for row in &self.rows {
            let cells: Vec<String> = self.header.iter().map(|name| quoted(&row[name])).collect();
            text += &(cells.join(",") + "\n");
        }
        text
    }
}

/// CSV as lines of cells.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            other => cell.push(other),
        }
    }
    if !line.is_empty() || !cell.is_empty() {
        line.push(cell);
        lines.push(line);
    }
    lines
}

/// The sample as files, made once for all tests of this program.
fn sample() -> &'static Path {
    static SAMPLE: OnceLock<(Site, PathBuf)> = OnceLock::new();
    let (_, folder) = SAMPLE.get_or_init(|| {
        let site = Site::sqlite();
        let _ = site.run(["sample", "--output", "sample"]).ok();
        let folder = site.path("sample");
        let entries =
            std::fs::read_dir(&folder).expect("written").map(|entry| entry.expect("an entry").path());
        let left: Vec<PathBuf> = entries
            .filter(|path| path.extension().is_none_or(|end| end != "csv" && end != "ndjson"))
            .collect();
        assert!(left.is_empty(), "beside the files to import there is {left:?}");
        (site, folder)
    });
    folder
}

fn is_old(row: &HashMap<String, String>) -> bool {
    row["valid_to"] == REFORM
}

/// A site that knows Hà Tĩnh as it was before the reform, with one procedure of every `share`.
fn before_the_reform(database: Database, share: usize) -> Site {
    let site = Site::new(database);
    let units = Sheet::read(&sample().join("units.csv")).keeping(is_old);
    let centres = Sheet::read(&sample().join("centres.csv"))
        .keeping(|row| is_old(row) || row["kind"] == "province_centre");
    let ids: BTreeSet<&str> = centres.rows.iter().map(|row| row["id"].as_str()).collect();
    let procedures = sample().join("procedures.ndjson");
    let wanted =
        |code: &str| code.bytes().fold(7, |sum: usize, b| sum * 31 % 9_973 + usize::from(b)) % share == 0;
    let listings = Sheet::read(&sample().join("availability.csv"))
        .keeping(|row| ids.contains(row["centre"].as_str()) && wanted(&row["procedure"]));
    assert!(listings.rows.len() > 200, "{} listings", listings.rows.len());
    let files = [
        site.write("units.csv", units.to_csv()),
        procedures,
        site.write("centres.csv", centres.to_csv()),
        site.write("availability.csv", listings.to_csv()),
    ];
    let _ = site.import(&files).ok();
    site
}

/// What became of Hà Tĩnh's communes, with the names of the new ones.
fn successions(site: &Site) -> PathBuf {
    let units = Sheet::read(&sample().join("units.csv"));
    let names: HashMap<&str, &str> = units
        .rows
        .iter()
        .filter(|row| row["valid_from"] == REFORM)
        .map(|row| (row["code"].as_str(), row["full_name"].as_str()))
        .collect();
    let mut text = "old_code,step2,new_code,new_name,new_province_code,new_province,is_default\n".to_owned();
    for row in Sheet::read(&sample().join("unit-mergers.csv")).rows {
        let (new, default) = (row["new_code"].as_str(), &row["is_default"]);
        text +=
            &format!("{},{},{new},{},42,Tỉnh Hà Tĩnh,{default}\n", row["old_code"], row["step2"], names[new]);
    }
    site.write("sap-xep.csv", text)
}

fn reorganise(file: &Path, further: &[&str]) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["reorganise", "--effective", REFORM, "--resolution", RESOLUTION].map(str::to_owned).to_vec();
    arguments.push(file.display().to_string());
    arguments.extend(further.iter().map(|one| (*one).to_owned()));
    arguments
}

/// Everything that a site exports, by file.
fn exported(site: &Site, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let _ = std::fs::remove_dir_all(site.path(folder));
    let _ = site.run(["export", "--output", folder]).ok();
    let entries = std::fs::read_dir(site.path(folder)).expect("an export");
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("readable"))
        })
        .collect()
}

fn the_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) -> bool {
    a == b
}

#[tokio::test]
async fn ha_tinh_of_2020_becomes_that_of_2025_and_can_be_taken_back() {
    for database in databases() {
        let site = before_the_reform(database, 9);
        let file = successions(&site);
        let before = exported(&site, "before");

        let outcome = site.run(reorganise(&file, &["--json"])).ok();
        let report = outcome.json();
        let count = |effect: &str| report["counts"][effect].as_u64().unwrap_or(0);
        assert_eq!(count("unit_begins") + 2, 69, "{report:#}");
        // Đại Nài went to two new units, Kỳ Lợi to three.
        assert_eq!(count("unit_splits"), 2);
        // 216 communes of which two go on, and 13 districts.
        assert_eq!(count("unit_ends"), 214 + 13);
        assert_eq!(count("centre_closes"), 216 + 13, "the centres of 2020 end with the reform");
        assert_eq!(count("centre_opens"), 69);
        let begun = count("listing_carried") + count("listing_weakened") + count("listing_unknown");
        assert!(begun > 500 && count("task_opened") > 100, "{report:#}");
        assert!(count("listing_without_successor") > 100, "{report:#}");

        exported(&site, "after");
        units_are_those_of_2025(&site.path("after"));
        listings_follow_the_rule(&site.path("after"), begun);
        tasks_are_told(&site, count("task_opened"));

        let run = report["run"].as_str().expect("a name").to_owned();
        let again = site.run(reorganise(&file, &[])).exits_with(1);
        assert!(again.stdout.contains("Nothing was written"), "{}", again.stdout);
        let _ = site.run(["reorganise", "--undo", &run]).ok();
        assert!(the_same(&exported(&site, "undone"), &before), "{database:?}: not as before");
        let twice = site.run(["reorganise", "--undo", &run]).exits_with(1);
        assert!(twice.stderr.contains("undone already"), "{}", twice.stderr);
        let unknown = site.run(["reorganise", "--undo", "1999-01-01-1"]).exits_with(2);
        assert!(unknown.stderr.contains(&run), "{}", unknown.stderr);

        // What was undone can be done again, under another name.
        let report = site.run(reorganise(&file, &["--json"])).ok().json();
        assert_eq!(report["run"].as_str(), Some("2025-07-01-2"));
        let _ = site.run(["doctor"]).ok();
    }
}

/// Code, kind, name, parent and whether it goes on, and the successions: all as in the sample.
fn units_are_those_of_2025(folder: &Path) {
    let of = |path: PathBuf| -> BTreeSet<Vec<String>> {
        let sheet = Sheet::read(&path).keeping(|row| row["valid_from"] == REFORM);
        let columns =
            ["code", "level", "type", "name", "full_name", "parent_code", "province_code", "continues"];
        sheet.rows.iter().map(|row| columns.map(|column| row[column].clone()).to_vec()).collect()
    };
    let (made, real) = (of(folder.join("units.csv")), of(sample().join("units.csv")));
    assert_eq!(made.len(), 70, "69 communes and the province");
    assert_eq!(made, real);
    let of = |path: PathBuf| -> BTreeSet<Vec<String>> {
        let columns = ["old_code", "new_code", "step2", "is_default", "effective_on"];
        let sheet = Sheet::read(&path);
        sheet.rows.iter().map(|row| columns.map(|column| row[column].clone()).to_vec()).collect()
    };
    let made = of(folder.join("unit-mergers.csv"));
    assert_eq!(made, of(sample().join("unit-mergers.csv")));
    assert_eq!(made.iter().filter(|row| row[2] == "part").count(), 5);
    let of = |path: PathBuf| -> BTreeSet<Vec<String>> {
        let sheet = Sheet::read(&path).keeping(|row| row["valid_from"] == REFORM);
        let columns = ["id", "kind", "unit_code", "name"];
        sheet.rows.iter().map(|row| columns.map(|column| row[column].clone()).to_vec()).collect()
    };
    assert_eq!(of(folder.join("centres.csv")), of(sample().join("centres.csv")));
}

/// Every new listing says who says so, waits for a check, and promises no more than any former one.
fn listings_follow_the_rule(folder: &Path, begun: u64) {
    let sheet = Sheet::read(&folder.join("availability.csv"));
    let new = sheet.keeping(|row| row["valid_from"] == REFORM);
    assert_eq!(new.rows.len() as u64, begun);
    let mut old: HashMap<(&str, &str), &HashMap<String, String>> = HashMap::new();
    for row in sheet.rows.iter().filter(|row| is_old(row)) {
        old.insert((&row["centre"], &row["procedure"]), row);
    }
    let mut from: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    let mergers = Sheet::read(&folder.join("unit-mergers.csv"));
    for row in &mergers.rows {
        from.entry(&row["new_code"]).or_default().push((&row["old_code"], &row["step2"]));
    }
    let strength = |row: Option<&&HashMap<String, String>>| match row {
        None => 1,
        Some(row) => match (row["offered"].as_str(), row["level"].as_str()) {
            ("no", _) => 0,
            ("unknown", _) => 1,
            (_, "") => 2,
            (_, level) => 2 + level.parse::<u32>().expect("a level of 2011"),
        },
    };
    for row in &new.rows {
        assert!(row["source_citation"].starts_with(RESOLUTION), "{row:?}");
        assert_eq!((row["source_kind"].as_str(), row["review_due"].as_str()), ("sample", "2025-10-01"));
        assert_eq!((row["assured_on"].as_str(), row["assured_by"].as_str()), ("", ""));
        let unit = row["centre"].trim_start_matches('c').trim_end_matches("-2025");
        let former: Vec<u32> = from[unit]
            .iter()
            .map(|(old_unit, _)| {
                strength(old.get(&(format!("c{old_unit}").as_str(), row["procedure"].as_str())))
            })
            .collect();
        let weakest = former.iter().copied().min().expect("a predecessor");
        let only_parts = from[unit].iter().all(|(_, extent)| *extent == "part");
        let shown = strength(Some(&row));
        let wanted = if only_parts && former.iter().any(|one| *one != 1) { 1 } else { weakest };
        assert_eq!(shown, wanted, "{row:?} from {former:?}");
    }
}

fn tasks_are_told(site: &Site, opened: u64) {
    let text = site.run(["tasks"]).ok().stdout;
    assert!(text.ends_with(&format!("{opened} tasks.\n")), "{}", &text[text.len().saturating_sub(200)..]);
    let csv = site.run(["tasks", "--format", "csv", "--kind", "level_differs"]).ok().stdout;
    let path = site.write("tasks.csv", csv);
    let sheet = Sheet::read(&path);
    assert!(!sheet.rows.is_empty());
    for row in &sheet.rows {
        assert_eq!((row["kind"].as_str(), row["state"].as_str()), ("level_differs", "open"));
        assert!(row["found"].contains(": "), "{row:?}");
    }
    let centre = &sheet.rows[0]["centre"];
    let of_centre = site.run(["tasks", "--centre", centre]).ok().stdout;
    assert!(of_centre.contains(centre) && of_centre.len() < text.len());
    let unit = centre.trim_start_matches('c').trim_end_matches("-2025");
    let of_unit = site.run(["tasks", "--unit", unit]).ok().stdout;
    assert!(of_unit.contains(centre));
    assert_eq!(site.run(["tasks", "--state", "done"]).ok().stdout, "0 tasks.\n");
}

#[tokio::test]
async fn a_rehearsal_says_what_the_run_does_and_changes_nothing() {
    for database in databases() {
        let site = before_the_reform(database, 40);
        let file = successions(&site);
        let before = exported(&site, "before");
        let sqlite = site.data_folder().join("motcua.sqlite");
        let bytes = std::fs::read(&sqlite).ok();
        let rehearsed =
            site.run(reorganise(&file, &["--rehearse", "--json", "--list", "touched.csv"])).ok().json();
        assert_eq!(rehearsed["written"].as_bool(), Some(false));
        assert_eq!(std::fs::read(&sqlite).ok(), bytes, "the database file changed");
        assert!(the_same(&exported(&site, "rehearsed"), &before));
        let left: Vec<_> = std::fs::read_dir(site.data_folder())
            .expect("a folder")
            .filter_map(|entry| entry.ok().map(|entry| entry.file_name()))
            .filter(|name| name.to_string_lossy().contains("rehearsal"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        // The list has a row for each thing that was counted one by one.
        let list = Sheet::read(&site.path("touched.csv"));
        for (effect, count) in rehearsed["counts"].as_object().expect("counts") {
            let rows = list.rows.iter().filter(|row| row["effect"] == *effect).count() as u64;
            assert!(
                rows == count.as_u64().expect("a number") || effect == "detail_dropped",
                "{effect}: {rows}"
            );
        }
        let text = site.run(reorganise(&file, &["--rehearse"])).ok().stdout;
        assert!(text.contains("units end") && text.contains("nothing was changed"), "{text}");

        let done = site.run(reorganise(&file, &["--json"])).ok().json();
        assert_eq!(done["counts"], rehearsed["counts"]);
        assert_eq!((done["written"].as_bool(), &done["run"]), (Some(true), &rehearsed["run"]));
    }
}

#[tokio::test]
async fn a_run_that_is_killed_leaves_nothing() {
    for database in databases() {
        let site = before_the_reform(database, 3);
        let file = successions(&site);
        let before = exported(&site, "before");
        let started = Instant::now();
        let run = site.run(reorganise(&file, &["--json"])).ok().json();
        let whole = started.elapsed();
        let after = exported(&site, "after");
        let _ = site.run(["reorganise", "--undo", run["run"].as_str().expect("a name")]).ok();
        let (mut old, mut new) = (0, 0);
        for part in 1..=6 {
            let mut child = site
                .command(reorganise(&file, &[]))
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .expect("it starts");
            std::thread::sleep(whole.mul_f64(f64::from(part) * 0.16) + Duration::from_millis(1));
            child.kill().expect("our child");
            child.wait().expect("our child");
            let left = exported(&site, "left");
            if the_same(&left, &before) {
                old += 1;
                continue;
            }
            assert!(the_same(&left, &after), "{database:?}: half a run after part {part}");
            new += 1;
            let runs = site.run(["reorganise", "--undo", "?"]).stderr;
            let last = runs.split([' ', ',', '\n']).rfind(|word| word.starts_with("2025-07-01-"));
            let _ = site.run(["reorganise", "--undo", last.expect("a run")]).ok();
        }
        println!("{database:?}: 6 runs killed within {whole:?}: {old} left the old state, {new} the new");
        assert!(old > 0);
        let _ = site.run(["doctor"]).ok();
    }
}

#[tokio::test]
async fn what_was_written_to_since_stands_in_the_way_of_undoing() {
    for database in databases() {
        let site = before_the_reform(database, 60);
        let file = successions(&site);
        let run = site.run(reorganise(&file, &["--json"])).ok().json();
        let run = run["run"].as_str().expect("a name");
        exported(&site, "after");
        let sheet = Sheet::read(&site.path("after").join("availability.csv"));
        let mut changed = sheet.keeping(|row| row["valid_from"] == REFORM);
        changed.rows.truncate(1);
        let centre = changed.rows[0]["centre"].clone();
        changed.rows[0].insert("decision".to_owned(), "15/QĐ-UBND".to_owned());
        let _ = site.import(&[site.write("availability.csv", changed.to_csv())]).ok();
        let refused = site.run(["reorganise", "--undo", run]).exits_with(1);
        assert!(refused.stderr.contains(&centre), "{}", refused.stderr);
        assert!(refused.stderr.contains("availability"), "{}", refused.stderr);

        // A task is answered once, and its answer stands in the way as well.
        let open = site.run(["tasks"]).ok().stdout;
        let number = open.split_whitespace().next().expect("a task").to_owned();
        let done = |text: &str| {
            site.run(["tasks", "--done", &number, "--answer", text, "--actor", "Trung tâm tỉnh"])
        };
        let empty = done("  ").exits_with(1);
        assert!(empty.stderr.contains("the answer is empty"), "{}", empty.stderr);
        let _ = done("giữ mức độ 2, 16/QĐ-UBND").ok();
        let again = done("khác").exits_with(1);
        assert!(
            again.stderr.contains("Trung tâm tỉnh") && again.stderr.contains("16/QĐ-UBND"),
            "{}",
            again.stderr
        );
        let told = site.run(["tasks", "--state", "done"]).ok().stdout;
        assert!(
            told.contains(&number) && told.contains("giữ mức độ 2, 16/QĐ-UBND (Trung tâm tỉnh)"),
            "{told}"
        );
        let nobody = site.run(["tasks", "--done", "x.1", "--answer", "y"]).exits_with(1);
        assert!(nobody.stderr.contains("there is no task x.1"), "{}", nobody.stderr);
        let _ = site.run(["tasks", "--done", &number]).exits_with(2);
        let refused = site.run(["reorganise", "--undo", run]).exits_with(1);
        assert!(refused.stderr.contains(&number), "{}", refused.stderr);
    }
}

#[tokio::test]
async fn faults_of_a_file_are_named_and_nothing_is_written() {
    let site = before_the_reform(Database::Sqlite, 60);
    let before = exported(&site, "before");
    let good = std::fs::read_to_string(successions(&site)).expect("readable");
    let file =
        site.write("hong.csv", good.clone() + "99999,whole,18073,Phường Thành Sen,42,,1\n18073,whole,,,,,\n");
    let outcome = site.run(reorganise(&file, &[])).exits_with(1);
    let lines = good.lines().count();
    for wanted in [
        format!("line {}, old_code = \"99999\":\n  không có đơn vị hành chính mã 99999", lines + 1),
        format!("line {}, new_code = \"\"", lines + 2),
        "Nothing was written: 2 faults".to_owned(),
    ] {
        assert!(outcome.stdout.contains(&wanted), "{wanted} in\n{}", outcome.stdout);
    }
    let missing = site.run(reorganise(&site.path("khong-co.csv"), &[])).exits_with(4);
    assert!(missing.stderr.contains("khong-co.csv"), "{}", missing.stderr);
    let _ = site.run(["reorganise", "x.csv"]).exits_with(2);
    let _ = site.run(["reorganise", "x.csv", "--effective", "hôm nay"]).exits_with(2);
    assert!(the_same(&exported(&site, "after"), &before));

    // A listing that is to begin at a centre that closes.
    let sheet = Sheet::read(&sample().join("availability.csv"));
    let mut later = sheet.keeping(|row| row["centre"] == "c18070" && is_old(row));
    later.rows.truncate(1);
    let centres = Sheet::read(&sample().join("centres.csv")).keeping(|row| row["id"] == "c18070");
    let mut centres = centres;
    centres.rows[0].insert("valid_to".to_owned(), "2030-01-01".to_owned());
    let own = ["42", "436", "18070"];
    let mut units = Sheet::read(&sample().join("units.csv"))
        .keeping(|row| own.contains(&row["code"].as_str()) && is_old(row));
    for unit in &mut units.rows {
        unit.insert("valid_to".to_owned(), "2030-01-01".to_owned());
    }
    later.rows[0].insert("valid_from".to_owned(), "2026-01-01".to_owned());
    later.rows[0].insert("valid_to".to_owned(), "2030-01-01".to_owned());
    let files = [
        site.write("units.csv", units.to_csv()),
        site.write("centres.csv", centres.to_csv()),
        site.write("availability.csv", later.to_csv()),
    ];
    let _ = site.import(&files).ok();
    let outcome = site.run(reorganise(&successions(&site), &[])).exits_with(1);
    assert!(outcome.stdout.contains("c18070") && outcome.stdout.contains("01/01/2026"), "{}", outcome.stdout);
}

/// The whole country's units, without centres: 10,599 communes and 705 districts become 3,321 communes.
#[tokio::test]
async fn the_units_of_the_whole_country() {
    let (Some(old), Some(mergers), Some(new)) =
        (full_data("units-2020.csv"), full_data("unit-mergers.csv"), full_data("units-2025.csv"))
    else {
        return;
    };
    let site = Site::sqlite();
    let _ = site.import(&[&old]).ok();
    let before = exported(&site, "before");
    let file = Sheet::read(&mergers);
    let real = Sheet::read(&new);
    let named: BTreeSet<String> = file.rows.iter().map(|row| row["new_code"].clone()).collect();
    let communes = real.rows.iter().filter(|row| row["level"] == "commune");
    let unnamed: Vec<&String> =
        communes.map(|row| &row["code"]).filter(|code| !named.contains(*code)).collect();
    assert!(unnamed.is_empty(), "new communes that the list does not name: {unnamed:?}");
    let path = site.write("sap-xep.csv", file.to_csv());
    let started = Instant::now();
    let report = site.run(reorganise(&path, &["--json"])).ok().json();
    println!("{} in {:?}", report["counts"], started.elapsed());
    exported(&site, "after");

    let of = |sheet: &Sheet| -> BTreeMap<String, [String; 3]> {
        let communes = sheet.rows.iter().filter(|row| row["level"] == "commune");
        communes
            .map(|row| {
                let said = ["type", "full_name", "parent_code"].map(|column| row[column].clone());
                (row["code"].clone(), said)
            })
            .collect()
    };
    let made = Sheet::read(&site.path("after").join("units.csv")).keeping(|row| row["valid_from"] == REFORM);
    let (made_communes, real_communes) = (of(&made), of(&real));
    assert_eq!(made_communes.len(), 3_321);
    assert_eq!(made_communes, real_communes);
    let provinces = made.rows.iter().filter(|row| row["level"] == "province").count();
    assert_eq!((provinces, made.rows.iter().filter(|row| row["level"] == "district").count()), (34, 0));

    let _ = site.run(["reorganise", "--undo", report["run"].as_str().expect("a name")]).ok();
    assert!(the_same(&exported(&site, "undone"), &before));
}
