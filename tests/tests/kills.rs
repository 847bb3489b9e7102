//! Sudden ends (SIGKILL) at random moments: thirty during imports, thirty during index commits, fifty while change sets
//! are published and taken back. Afterwards the catalogue is the old one or the new one, its log, sets and runs say the
//! same, and the index is equal to it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use motcua_tests::{Database, Server, ServerOptions, Site, databases, fixtures};
use serde_json::Value;

const KILLS: usize = 30;
/// Kills of a publication or of its undoing.
const SET_KILLS: usize = 50;
/// Rows of one import: enough that its transaction takes a good while.
const ROWS: usize = 1_500;
/// Records of one set.
const RECORDS: usize = 400;
/// Rows of a small import that the index must follow.
const FEW: usize = 200;

/// Numbers without order, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    fn within(&mut self, limit: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(limit.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// A word that stands in the names of one edition and nowhere else.
fn word(edition: usize) -> String {
    let letters: String = [edition / 400, edition / 20, edition]
        .iter()
        .map(|digit| char::from(b"bcdfghklmnpqrstvwxzj"[digit % 20]))
        .collect();
    format!("qu{letters}zo")
}

/// The same procedures in another edition: every name differs from the edition before.
fn edition(site: &Site, number: usize, rows: usize) -> PathBuf {
    let lines: String = (0..rows)
        .map(|row| {
            fixtures::procedure(&format!("9.{row:06}"), &format!("Thủ tục {} thứ {row}", word(number)))
        })
        .collect();
    site.write("edition.ndjson", lines)
}

/// How many procedures of an edition the database has, by what it exports.
fn stored(site: &Site, editions: &[usize]) -> Vec<usize> {
    let folder = site.path("export");
    let _ = std::fs::remove_dir_all(&folder);
    let _ = site.run(["export", "--kind", "procedures", "--output", "export"]).ok();
    let mut text = String::new();
    for entry in std::fs::read_dir(&folder).expect("an export") {
        text += &std::fs::read_to_string(entry.expect("an entry").path()).expect("readable");
    }
    editions
        .iter()
        .map(|number| {
            let word = word(*number);
            text.lines().filter(|line| line.contains(&word)).count()
        })
        .collect()
}

/// How many the index finds. Word for word: a word that is not there would be read as the next edition's.
async fn found(server: &Server, number: usize) -> usize {
    let word = word(number);
    let query = [("q", word.as_str()), ("verbatim", "true"), ("per_page", "1")];
    let answer = server.query("/api/v1/procedures", &query).await.is(200).json();
    let all_words = answer["page"]["total"].as_u64().unwrap_or_else(|| panic!("no total in {answer}"));
    usize::try_from(all_words).expect("a small number")
}

/// Waits until the index has what the database has; two seconds after readiness at the latest.
async fn index_equals(server: &Server, wanted: &[(usize, usize)]) {
    let started = Instant::now();
    loop {
        let mut seen = Vec::new();
        for (edition, _) in wanted {
            seen.push((*edition, found(server, *edition).await));
        }
        if seen == wanted {
            return;
        }
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "two seconds after readiness the index has {seen:?}, the database {wanted:?}\n{}",
            server.log()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn options() -> ServerOptions {
    ServerOptions::without_sample().on("2026-08-01")
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_the_old_state_or_the_new() {
    let databases = databases();
    let kills = KILLS / databases.len();
    for database in databases {
        let site = Site::new(database);
        let mut dice = Dice(20_201_221);
        let _ = site.run([PathBuf::from("import"), edition(&site, 0, ROWS)]).ok();
        // How long it takes to change every row, undisturbed.
        let started = Instant::now();
        let _ = site.run([PathBuf::from("import"), edition(&site, 1, ROWS)]).ok();
        let whole = started.elapsed();
        let (mut current, mut old, mut new) = (1, 0, 0);
        for kill in 2..kills + 2 {
            let file = edition(&site, kill, ROWS);
            let mut import = site
                .command([PathBuf::from("import"), PathBuf::from("--json"), file])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("it starts");
            // Some end after their commit, most before.
            std::thread::sleep(dice.within(whole.mul_f64(1.4)));
            import.kill().expect("its child");
            import.wait().expect("its child");

            let counts = stored(&site, &[current, kill]);
            match counts.as_slice() {
                [all, 0] if *all == ROWS => old += 1,
                [0, all] if *all == ROWS => {
                    new += 1;
                    current = kill;
                }
                half => panic!("{database:?}, kill {kill}: half an import, {half:?} of {ROWS}"),
            }
            if kill % 3 == 0 {
                let server = site.serve(options()).await;
                let other = if current == kill { kill - 1 } else { kill };
                index_equals(&server, &[(current, ROWS), (other, 0)]).await;
            }
        }
        sound(&site);
        println!(
            "{database:?}: {kills} imports killed within {whole:?}: {old} left the old state, {new} the new, 0 half"
        );
        assert!(old > 0, "no kill came before the commit");
    }
}

/// Runs a command and kills it at a random moment of its life; some end before.
fn kill_within(site: &Site, dice: &mut Dice, whole: Duration, arguments: &[&str]) {
    let mut command = site.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    std::thread::sleep(dice.within(whole.mul_f64(1.2)));
    child.kill().expect("its child");
    child.wait().expect("its child");
}

/// Saves an edition as an approved set; returns its number.
fn approved_set(site: &Site, number: usize) -> String {
    let file = edition(site, number, RECORDS).display().to_string();
    let report = site.run(["import", "--json", "--draft", "Một lần công bố", &file]).ok().json();
    let set = report["set"].to_string();
    let _ = site.run(["sets", "submit", &set]).ok();
    let _ = site.run(["sets", "approve", &set]).ok();
    set
}

/// The last run that the catalogue tells of.
fn last_run(site: &Site) -> Value {
    site.run(["runs", "--json", "--limit", "1"]).ok().json()[0].clone()
}

#[test]
fn a_publication_or_an_undoing_that_is_killed_is_done_whole_or_not_at_all() {
    for database in databases() {
        let site = Site::new(database);
        let mut dice = Dice(20_261_201);
        let _ = site.run([PathBuf::from("import"), edition(&site, 0, RECORDS)]).ok();
        // How long each takes, undisturbed.
        let set = approved_set(&site, 1);
        let started = Instant::now();
        let published = site.run(["sets", "publish", &set, "--json"]).ok().json();
        let publishing = started.elapsed();
        let started = Instant::now();
        let _ = site.run(["undo", published["run"].as_str().expect("a run")]).ok();
        let undoing = started.elapsed();

        let (mut kills, mut old, mut number) = (0, 0, 1);
        while kills < SET_KILLS / databases().len() {
            number += 1;
            let set = approved_set(&site, number);
            let is_new = |site: &Site| match stored(site, &[0, number]).as_slice() {
                [RECORDS, 0] => false,
                [0, RECORDS] => true,
                half => panic!("{database:?}, set {set}: half done, {half:?} of {RECORDS}"),
            };
            let before = last_run(&site);
            loop {
                kills += 1;
                kill_within(&site, &mut dice, publishing, &["sets", "publish", &set]);
                let is_new = is_new(&site);
                let shown = site.run(["sets", "show", &set, "--json"]).ok().json();
                let run = last_run(&site);
                assert_eq!(shown["state"], if is_new { "published" } else { "approved" }, "{shown}");
                assert_eq!(run != before, is_new, "{database:?}: the runs tell otherwise: {run}");
                if is_new {
                    assert_eq!(shown["run"], run["run"], "{shown}");
                    break;
                }
                old += 1;
            }
            let run = last_run(&site);
            loop {
                kills += 1;
                kill_within(&site, &mut dice, undoing, &["undo", run["run"].as_str().expect("a run")]);
                let is_new = is_new(&site);
                let last = last_run(&site);
                assert_eq!(
                    last["undoes"] == run["run"],
                    !is_new,
                    "{database:?}: the runs tell otherwise: {last}"
                );
                if !is_new {
                    break;
                }
                old += 1;
            }
        }
        sound(&site);
        println!(
            "{database:?}: {kills} publications and undoings killed within {publishing:?} and {undoing:?}: {old} left \
             the state before, {} the state after, 0 half",
            kills - old
        );
        assert!(old > 0 && old < kills, "every kill came on the same side of the commit");
    }
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_indexes_comes_back_with_an_equal_index() {
    let databases = databases();
    let kills = KILLS / databases.len();
    for database in databases {
        let site = Site::new(database);
        let mut dice = Dice(20_250_701);
        let _ = site.run([PathBuf::from("import"), edition(&site, 0, FEW)]).ok();
        let mut server = site.serve(options()).await;
        let mut slowest = Duration::ZERO;
        for kill in 1..=kills {
            let _ = site.run([PathBuf::from("import"), edition(&site, kill, FEW)]).ok();
            // The server is following now: reading the log, writing documents, committing.
            tokio::time::sleep(dice.within(Duration::from_millis(400))).await;
            server.kill();
            server = site.serve(options()).await;
            slowest = slowest.max(server.ready_after);
            index_equals(&server, &[(kill, FEW), (kill - 1, 0)]).await;
        }
        drop(server);
        sound(&site);
        println!(
            "{database:?}: {kills} servers killed while indexing: 0 differences; ready again after {slowest:?} at most"
        );
    }
}

/// Nothing is left for the operator to do.
fn sound(site: &Site) {
    let outcome = site.run(["doctor", "--json"]);
    assert_eq!(outcome.code, Some(0), "{}\n{}", outcome.stdout, outcome.stderr);
    let _: Value = outcome.json();
}

#[tokio::test]
async fn a_damaged_index_is_found_and_built_again() {
    let site = Site::new(Database::Sqlite);
    let _ = site.run([PathBuf::from("import"), edition(&site, 0, FEW)]).ok();
    drop(site.serve(options()).await);
    let mut dice = Dice(20_260_723);
    let mut damaged = 0;
    for round in 0..24 {
        let files = index_files(&site);
        assert!(!files.is_empty(), "no index in {}", site.data_folder().display());
        let file = &files[usize::try_from(dice.below(files.len() as u64)).expect("a small number")];
        let mut bytes = std::fs::read(file).expect("readable");
        match round % 4 {
            0 if !bytes.is_empty() => {
                let place = usize::try_from(dice.below(bytes.len() as u64)).expect("a small number");
                bytes[place] ^= 1 << dice.below(8);
                std::fs::write(file, &bytes).expect("writable");
            }
            1 if !bytes.is_empty() => {
                bytes.truncate(bytes.len() / 2);
                std::fs::write(file, &bytes).expect("writable");
            }
            2 => std::fs::remove_file(file).expect("removable"),
            _ => std::fs::write(file, b"").expect("writable"),
        }
        damaged += 1;
        let server = site.serve(options()).await;
        index_equals(&server, &[(0, FEW)]).await;
    }
    println!("{damaged} damaged index files: found and rebuilt, no answer lost");
}

/// Every file of the search index in the data folder.
fn index_files(site: &Site) -> Vec<PathBuf> {
    let mut folders = vec![site.data_folder()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if folder != site.data_folder() && path.extension().is_none_or(|ending| ending != "lock") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
