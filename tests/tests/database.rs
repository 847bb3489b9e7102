//! The storage around its edges: files that hold everything, writers that meet, copies that are left behind.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use motcua_tests::{Database, Lock, Outcome, Reply, Server, ServerOptions, Site, databases, fixtures};

const IN_USE: i32 = 6;

fn procedures(site: &Site, name: &str, count: usize, word: &str) -> PathBuf {
    let lines: String = (0..count)
        .map(|row| fixtures::procedure(&format!("9.{row:06}"), &format!("Thủ tục {word} thứ {row}")))
        .collect();
    site.write(name, lines)
}

fn names(count: usize) -> String {
    (0..count).map(|row| fixtures::procedure(&format!("8.{row:06}"), &format!("Thủ tục số {row}"))).collect()
}

fn exported(site: &Site) -> String {
    let _ = std::fs::remove_dir_all(site.path("export"));
    let _ = site.run(["export", "--kind", "procedures"]).ok();
    std::fs::read_to_string(site.path("export").join("procedures.ndjson")).expect("an export")
}

#[test]
fn a_copy_of_the_file_alone_holds_the_catalogue() {
    let site = Site::sqlite();
    let _ = site.import(&[procedures(&site, "p.ndjson", 20, "thử")]).ok();
    let copied = || {
        let copy = Site::sqlite();
        std::fs::create_dir_all(copy.data_folder()).expect("a folder");
        std::fs::copy(site.data_folder().join("motcua.sqlite"), copy.data_folder().join("motcua.sqlite"))
            .expect("copied");
        copy
    };
    assert_eq!(exported(&copied()), exported(&site));
    // Also after a command that failed, and when the second import changed what the first wrote.
    let bad = site.write("bad.ndjson", fixtures::procedure("9.000001", "Thủ tục hỏng") + "{\n");
    let _ = site.import(&[bad]).exits_with(1);
    let _ = site.import(&[procedures(&site, "p.ndjson", 20, "sửa")]).ok();
    let text = exported(&copied());
    assert!(text.contains("Thủ tục sửa thứ 19") && !text.contains("thử thứ"), "{text}");
}

#[tokio::test]
async fn a_server_that_stopped_leaves_one_complete_file() {
    let site = Site::sqlite();
    let mut server = site.serve(ServerOptions::without_sample()).await;
    let _ = site.import(&[procedures(&site, "p.ndjson", 5, "thử")]).ok();
    server.terminate();
    let status = server.ended_within(Duration::from_secs(15)).await.expect("it ends");
    assert!(status.success(), "{status}\n{}", server.log());
    let log = site.data_folder().join("motcua.sqlite-wal");
    assert!(std::fs::metadata(&log).map_or(0, |file| file.len()) == 0, "{} holds something", log.display());
}

#[test]
fn an_export_of_an_empty_catalogue_says_that_it_is_empty() {
    for database in databases() {
        let site = Site::new(database);
        let outcome = site.run(["export"]).ok();
        assert!(outcome.stderr.contains("holds nothing"), "{database:?}: {}", outcome.stderr);
        let _ = site.import(&[procedures(&site, "p.ndjson", 1, "thử")]).ok();
        assert!(!site.run(["export"]).ok().stderr.contains("holds nothing"));
    }
}

/// Imports until another writer stands in its way.
fn refused_import(site: &Site) -> Outcome {
    let started = Instant::now();
    for attempt in 1.. {
        // Each says something new: an import that would change nothing asks for no turn.
        let file = procedures(site, "second.ndjson", 1, &format!("hai {attempt}"));
        let outcome = site.run(["import".as_ref(), file.as_os_str()]);
        if outcome.code != Some(0) {
            return outcome;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "nothing stands in its way");
        std::thread::sleep(Duration::from_millis(50));
    }
    unreachable!("attempts do not run out")
}

#[test]
fn a_second_writer_is_told_who_writes_and_when_to_come_again() {
    for database in databases() {
        let site = Site::new(database);
        let _ = site.import(&[procedures(&site, "p.ndjson", 1, "thử")]).ok();
        let mut lock = Lock::take(&site, database);
        let outcome = refused_import(&site).exits_with(IN_USE);
        assert!(outcome.stderr.contains("another program has been writing since"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("try again in about"), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("database is locked"), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("lock timeout"), "{}", outcome.stderr);
        lock.release();
        let _ = site.run(["import".as_ref(), site.path("second.ndjson").as_os_str()]).ok();
    }
}

/// A command that writes for minutes, killed when this value goes.
struct Writing(Child);

impl Writing {
    /// Begins, and waits until it is its turn: it would refuse a catalogue that an import filled before it.
    fn begin(site: &Site, database: Database) -> Self {
        let mut command = site.command(["sample", "--nation"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let writing = Self(command.spawn().expect("it starts"));
        let started = Instant::now();
        while !Self::has_the_turn(site, database) {
            assert!(started.elapsed() < Duration::from_secs(60), "it does not write");
            std::thread::sleep(Duration::from_millis(20));
        }
        writing
    }

    fn has_the_turn(site: &Site, database: Database) -> bool {
        match database {
            Database::Sqlite => std::fs::metadata(site.data_folder().join("motcua.sqlite-writer"))
                .is_ok_and(|notice| notice.len() > 0),
            Database::Postgres => {
                let held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
                site.sql(held) != "0"
            }
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_writer_of_ours_is_named_while_it_lives_and_forgotten_when_it_was_killed() {
    for database in databases() {
        let site = Site::new(database);
        let writing = Writing::begin(&site, database);
        let outcome = refused_import(&site).exits_with(IN_USE);
        assert!(
            outcome.stderr.contains("motcua sample (") && outcome.stderr.contains("since 20"),
            "{}",
            outcome.stderr
        );
        drop(writing);
        let file = site.path("second.ndjson");
        let _ = site.run(["import".as_ref(), file.as_os_str()]).ok();
        let mut lock = Lock::take(&site, database);
        let outcome = refused_import(&site).exits_with(IN_USE);
        assert!(outcome.stderr.contains("another program"), "{}", outcome.stderr);
        lock.release();
    }
}

#[test]
fn programs_that_make_the_database_together_all_get_it() {
    for database in databases() {
        for round in 0..6 {
            let site = Site::new(database);
            std::fs::create_dir_all(site.data_folder()).expect("a folder");
            let files: Vec<PathBuf> = (0..6)
                .map(|number| {
                    let line =
                        fixtures::procedure(&format!("9.00000{number}"), &format!("Thủ tục thứ {number}"));
                    site.write(&format!("{number}.ndjson"), line)
                })
                .collect();
            let importing: Vec<Child> = files
                .iter()
                .map(|file| {
                    let mut command = site.command(["import".as_ref(), file.as_os_str()]);
                    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
                })
                .collect();
            for child in importing {
                let done = child.wait_with_output().expect("its child");
                let (report, words) =
                    (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
                assert!(
                    done.status.success(),
                    "{database:?}, round {round}: {}\n{report}{words}",
                    done.status
                );
            }
            assert_eq!(exported(&site).lines().count(), files.len());
        }
    }
}

#[test]
fn doctor_tells_an_index_that_the_database_does_not_have() {
    let site = Site::sqlite();
    let file = site.data_folder().join("motcua.sqlite");
    let _ = site.import(&[procedures(&site, "p.ndjson", 5, "thử")]).ok();
    let _ = site.run(["reindex"]).ok();
    let told = site.run(["doctor"]).ok().stdout;
    assert!(told.contains("ok       index: it contains every change up to"), "{told}");
    let copy = site.path("copy.sqlite");
    std::fs::copy(&file, &copy).expect("copied");
    let _ = site.import(&[procedures(&site, "p.ndjson", 5, "mất")]).ok();
    let told = site.run(["doctor"]).ok().stdout;
    assert!(told.contains("note     index: it contains change") && told.contains(" and lacks "), "{told}");
    let _ = site.run(["reindex"]).ok();

    // Restored to the copy: shorter first, then with other changes of the same numbers and beyond.
    std::fs::copy(&copy, &file).expect("copied");
    let told = site.run(["doctor"]).exits_with(1).stdout;
    assert!(told.contains("PROBLEM  index: ") && told.contains(" changes are lost"), "{told}");
    let _ = site.import(&[procedures(&site, "p.ndjson", 7, "khác")]).ok();
    let told = site.run(["doctor"]).exits_with(1).stdout;
    assert!(told.contains("PROBLEM  index: ") && told.contains("another history"), "{told}");
    assert!(told.contains("motcua reindex"), "{told}");

    // The database of another folder, which has the number too.
    let other = Site::sqlite();
    let _ = other.import(&[procedures(&other, "p.ndjson", 20, "lạ")]).ok();
    std::fs::copy(other.data_folder().join("motcua.sqlite"), &file).expect("copied");
    let told = site.run(["doctor"]).exits_with(1).stdout;
    assert!(told.contains("PROBLEM  index: it belongs to another database"), "{told}");
    let _ = site.run(["reindex"]).ok();
    let _ = site.run(["doctor"]).ok();
}

/// Asks `/readyz` until an answer is as wanted.
async fn ready_until(server: &Server, limit: Duration, wanted: impl Fn(&Reply) -> bool) -> Reply {
    let started = Instant::now();
    loop {
        let reply = server.get("/readyz").await;
        if wanted(&reply) {
            return reply;
        }
        assert!(started.elapsed() < limit, "{}\n{}", reply.text(), server.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_of_the_log_that_hangs_is_given_up_told_and_tried_again() {
    if !databases().contains(&Database::Postgres) {
        return;
    }
    let site = Site::new(Database::Postgres);
    let _ = site.import(&[procedures(&site, "p.ndjson", 3, "thử")]).ok();
    let options = ServerOptions::without_sample().with("MOTCUA_JOBS_RUN", "false");
    let server = site.serve(options).await;
    // Whoever follows the log reads this table too, and waits for it; whoever asks only where the log ends does not. The new
    // id lets the index see that there is something to follow.
    let mut lock = Lock::hold(&site, "BEGIN; LOCK TABLE site IN ACCESS EXCLUSIVE MODE");
    let other = "0123456789abcdef0123456789abcdef";
    site.sql(&format!("UPDATE change_head SET log_id = '{other}'"));
    let warned = |reply: &Reply| {
        let warnings = reply.json()["warnings"].as_array().cloned().unwrap_or_default();
        warnings.iter().any(|warning| warning["code"] == "index_not_following")
    };
    let told = ready_until(&server, Duration::from_secs(60), warned).await.is(200);
    assert!(told.text().contains("gave no answer in time"), "{}", told.text());
    let log = server.log();
    assert!(log.contains("gave no answer within 10 s") && log.contains("will try again"), "{log}");
    assert!(ready_until(&server, Duration::ZERO, |_| true).await.json()["index"]["log"] != other);
    lock.release();
    // At the latest after the longest pause between two attempts.
    let followed = |reply: &Reply| reply.json()["index"]["log"] == other && !warned(reply);
    let _ = ready_until(&server, Duration::from_secs(60), followed).await.is(200);
}

fn rehearsals(site: &Site) -> Vec<String> {
    let entries = std::fs::read_dir(site.data_folder()).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".rehearsal-")).collect()
}

#[tokio::test]
async fn what_killed_rehearsals_left_is_swept_and_named() {
    let site = Site::sqlite();
    let _ = site.import(&[procedures(&site, "p.ndjson", 3, "thử")]).ok();
    let leave = |name: &str| {
        let folder = site.data_folder().join(name);
        std::fs::create_dir(&folder).expect("made");
        std::fs::write(folder.join("owner.lock"), "").expect("written");
        std::fs::write(folder.join("copy.sqlite"), vec![0; 4096]).expect("written");
    };
    leave(".rehearsal-4");
    let doctor = site.run(["doctor"]).ok().stdout;
    assert!(doctor.contains(".rehearsal-4 (4096 bytes)"), "{doctor}");
    assert_eq!(rehearsals(&site), Vec::<String>::new());
    assert!(!site.run(["doctor"]).ok().stdout.contains(".rehearsal-"), "it is told once");

    // A rehearsal of today works on no copy, so a killed one leaves nothing.
    let files = [site.write("units.csv", fixtures::UNITS_2020), site.write("many.ndjson", names(400))];
    let _ = site.import(&files).ok();
    let rows = "old_code,step2,new_code,new_name,new_province_code\n98001,whole,98009,Xã Thử Mới,98\n";
    let orders = site.write("orders.csv", rows);
    let mut command = site.command(["reorganise", "--effective", "2026-07-01", "--rehearse"]);
    command.arg(orders).stdout(Stdio::null()).stderr(Stdio::null());
    let mut rehearsal = command.spawn().expect("it starts");
    std::thread::sleep(Duration::from_millis(30));
    rehearsal.kill().expect("its child");
    rehearsal.wait().expect("its child");
    let left = |name: &str| !name.starts_with("motcua.sqlite") && name != "motcua.toml";
    let names: Vec<String> = std::fs::read_dir(site.data_folder())
        .expect("there")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .filter(|name| left(name))
        .collect();
    assert_eq!(names, Vec::<String>::new(), "what was killed leaves nothing behind");

    leave(".rehearsal-5");
    // One whose owner lives stays.
    leave(".rehearsal-6");
    let held = std::fs::File::open(site.data_folder().join(".rehearsal-6/owner.lock")).expect("there");
    held.lock().expect("free");
    let server = site.serve(ServerOptions::without_sample()).await;
    assert_eq!(rehearsals(&site), [".rehearsal-6"], "{}", server.log());
}
