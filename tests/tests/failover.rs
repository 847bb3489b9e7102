//! Failovers that lose commits, and restores to an earlier moment, with real servers: three nodes on one address, behind
//! which the database is replaced by one with another history. Ten seconds later every node answers as that database does,
//! and none ever said that it was ready while it showed what had been lost.
//!
//! `MOTCUA_FAILOVERS` says how many rounds: `2+1` without it, two failovers and one restore; scripts/failover.sh runs 20+5.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use motcua_tests::fixtures::{self, CENTRES, MERGERS, UNITS_2020, UNITS_2025};
use motcua_tests::{Forwarder, PostgresPrograms, PostgresServer, Server, ServerOptions, Site};
use serde_json::Value;
use tokio::task::JoinHandle;

/// How long after the database is back the nodes may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long they are waited for, to tell by how much they missed it.
const PATIENCE: Duration = Duration::from_secs(40);

const PROCEDURES: usize = 60;
const NODES: usize = 3;
const DATABASE: &str = "site";

/// Numbers without order, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("below the limit")
    }
}

/// How many failovers and how many restores.
fn rounds() -> (usize, usize) {
    let text = std::env::var("MOTCUA_FAILOVERS").unwrap_or_else(|_| "2+1".to_owned());
    let parsed =
        text.split_once('+').and_then(|(fail, restore)| Some((fail.parse().ok()?, restore.parse().ok()?)));
    parsed.unwrap_or_else(|| panic!("MOTCUA_FAILOVERS is {text:?} and should be such as 2+1"))
}

/// A word that stands in the names of one stretch of writes and nowhere else.
fn word(number: usize) -> String {
    let letters: String = [number / 400, number / 20, number]
        .iter()
        .map(|digit| char::from(b"bcdfghklmnpqrstvwxzj"[digit % 20]))
        .collect();
    format!("qu{letters}zo")
}

fn code(procedure: usize) -> String {
    format!("9.{:06}", procedure % PROCEDURES)
}

/// What writes: a folder of its own, the nodes' database.
struct Office {
    site: Site,
    centres: Vec<String>,
    written: usize,
}

impl Office {
    /// Writes one commit of as many changes: names of procedures in turn, and levels at the centres.
    fn commit(&mut self, word: &str, changes: usize) {
        let (mut names, mut levels) =
            (String::new(), String::from("procedure,centre,valid_from,scheme,level,assured_by\n"));
        let named = changes.div_ceil(2).min(PROCEDURES);
        for number in 0..named {
            let procedure = self.written + number;
            names += &fixtures::procedure(&code(procedure), &format!("Thủ tục {word} thứ {procedure}"));
        }
        for number in 0..changes - named {
            let procedure = self.written + number % PROCEDURES;
            let centre = &self.centres[number / PROCEDURES];
            let level = ["none", "partial", "full"][(procedure + word.len()) % 3];
            levels +=
                &format!("{},{centre},2025-07-01,nd42-2022,{level},{word} {procedure}\n", code(procedure));
        }
        self.written += named;
        let mut files: Vec<PathBuf> = Vec::new();
        if named > 0 {
            files.push(self.site.write("names.ndjson", names));
        }
        if changes > named {
            files.push(self.site.write("levels.csv", levels));
        }
        let report = self.site.import(&files).ok().json();
        let counted: u64 = report["files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|file| file["created"].as_u64().unwrap_or(0) + file["changed"].as_u64().unwrap_or(0))
            .sum();
        assert_eq!(usize::try_from(counted), Ok(changes), "{report}");
    }
}

/// How many procedures a node finds by a word; none where it does not answer.
async fn found(node: &Server, word: &str) -> Option<u64> {
    let path = format!("/api/v1/procedures?q={word}&verbatim=true&per_page=1");
    let reply = node.try_get(&path).await?;
    reply.status.is_success().then(|| reply.json()["page"]["total"].as_u64()).flatten()
}

/// Everything that a node says about what was touched: the search with its counts, each procedure at each centre.
async fn answers(node: &Server, centres: &[String], words: &[String]) -> Option<u64> {
    let mut paths = vec!["/api/v1/procedures?per_page=100&facets=true".to_owned()];
    paths.extend(words.iter().map(|word| format!("/api/v1/procedures?q={word}&verbatim=true&per_page=100")));
    paths.extend(centres.iter().map(|centre| format!("/api/v1/centres/{centre}/procedures?per_page=100")));
    paths.extend((0..PROCEDURES).step_by(7).map(|n| format!("/api/v1/procedures/{}/availability", code(n))));
    let mut hash = DefaultHasher::new();
    for path in paths {
        let reply = node.try_get(&path).await?;
        if !reply.status.is_success() {
            return None;
        }
        reply.body.hash(&mut hash);
    }
    Some(hash.finish())
}

/// What one look at a node saw.
struct Look {
    at: Instant,
    answers: Option<u64>,
    /// It said that it was ready, and showed something that had been lost before and after it said so.
    lied: bool,
}

/// Looks at a node over and over.
struct Watch {
    looks: Arc<Mutex<Vec<Look>>>,
    stop: Arc<AtomicBool>,
    watching: JoinHandle<()>,
}

impl Watch {
    fn begin(node: Arc<Server>, centres: Vec<String>, words: Vec<String>, lost: String) -> Self {
        let (looks, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (seen, ends) = (Arc::clone(&looks), Arc::clone(&stop));
        let watching = tokio::spawn(async move {
            while !ends.load(Ordering::SeqCst) {
                let at = Instant::now();
                let before = found(&node, &lost).await;
                let ready = node.try_get("/readyz").await.is_some_and(|reply| reply.status.is_success());
                let after = found(&node, &lost).await;
                let shows = |count: Option<u64>| count.is_some_and(|count| count > 0);
                let lied = ready && shows(before) && shows(after);
                let answers = answers(&node, &centres, &words).await;
                seen.lock().expect("no look panics").push(Look { at, answers, lied });
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self { looks, stop, watching }
    }

    /// Since when it has answered as expected, and whether it ever said that it was ready while it showed what was lost.
    fn since(&self, expected: u64) -> (Option<Instant>, bool) {
        let looks = self.looks.lock().expect("no look panics");
        let right =
            looks.iter().rev().take_while(|look| look.answers == Some(expected)).last().map(|look| look.at);
        (right, looks.iter().any(|look| look.lied))
    }

    async fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.watching.await.expect("no look panics");
    }
}

/// The whole installation.
struct World {
    address: Forwarder,
    office: Office,
    nodes: Vec<Arc<Server>>,
    _sites: Vec<Site>,
    url: String,
    dice: Dice,
    stretch: usize,
    slowest: Duration,
}

fn options() -> ServerOptions {
    ServerOptions::without_sample().on("2026-08-01").with("MOTCUA_JOBS_RUN", "false")
}

impl World {
    async fn build(primary: &PostgresServer) -> Self {
        primary.sql(&format!("CREATE DATABASE {DATABASE}"));
        let address = Forwarder::to(primary.address()).await;
        let url = primary.url_through(address.address(), DATABASE);
        let site = Site::on(&url);
        let names: String =
            (0..PROCEDURES).map(|n| fixtures::procedure(&code(n), &format!("Thủ tục đầu {n}"))).collect();
        let files = [
            site.write("units-2020.csv", UNITS_2020),
            site.write("units-2025.csv", UNITS_2025),
            site.write("mergers.csv", MERGERS),
            site.write("centres.csv", CENTRES),
            site.write("procedures.ndjson", names),
        ];
        let _ = site.import(&files).ok();
        let (mut sites, mut nodes) = (Vec::new(), Vec::new());
        for _ in 0..NODES {
            let site = Site::on(&url);
            nodes.push(Arc::new(site.serve(options()).await));
            sites.push(site);
        }
        let listed = nodes[0].get("/api/v1/centres?per_page=100").await.is(200).json();
        let centres: Vec<String> = listed["items"]
            .as_array()
            .expect("centres")
            .iter()
            .filter_map(|centre| centre["id"].as_str().map(str::to_owned))
            .collect();
        assert!(centres.len() >= 2, "{listed}");
        let office = Office { site, centres, written: 0 };
        let dice = Dice(20_201_221);
        Self { address, office, nodes, _sites: sites, url, dice, stretch: 0, slowest: Duration::ZERO }
    }

    fn next_word(&mut self) -> String {
        self.stretch += 1;
        word(self.stretch)
    }

    /// Waits until every node finds something by a word.
    async fn everywhere(&self, word: &str) {
        for node in &self.nodes {
            let started = Instant::now();
            while found(node, word).await.unwrap_or(0) == 0 {
                assert!(started.elapsed() < PATIENCE, "a node does not follow\n{}", node.log());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Writes commits that will be lost, and waits until every node shows them. Returns how many changes they were.
    async fn write_what_is_lost(&mut self, word: &str) -> usize {
        let commits = self.dice.below(51);
        for _ in 0..commits {
            self.office.commit(word, 2);
        }
        if commits > 0 {
            self.everywhere(word).await;
        }
        commits * 2
    }

    /// Puts a database with another history behind the address, writes other changes, and compares.
    async fn replaced(&mut self, what: &str, by: SocketAddr, lost: (&str, usize), restored: bool) {
        let (lost_word, lost_changes) = lost;
        let other = self.next_word();
        let words = vec![lost_word.to_owned(), other.clone()];
        let back = Instant::now();
        self.address.switch(Some(by));
        let watches: Vec<Watch> = self
            .nodes
            .iter()
            .map(|node| {
                let centres = self.office.centres.clone();
                Watch::begin(Arc::clone(node), centres, words.clone(), lost_word.to_owned())
            })
            .collect();
        if restored {
            let _ = self.office.site.run(["log", "restored"]).ok();
        }
        // The numbers of the new history end before those that were lost, at the same one, or beyond.
        let (less, more) = (lost_changes / 2, lost_changes + 6);
        let changes = [less, lost_changes, more][self.dice.below(3)].max(2);
        self.office.commit(&other, changes);
        let written = back.elapsed();

        let newcomer = Site::on(&self.url);
        let newcomer = newcomer.serve(options()).await;
        let expected =
            answers(&newcomer, &self.office.centres, &words).await.expect("a node that is ready answers");
        assert_eq!(found(&newcomer, lost_word).await, Some(0), "{what}: nothing was lost");
        assert!(found(&newcomer, &other).await.is_some_and(|count| count > 0));
        for (number, watch) in watches.iter().enumerate() {
            let right = loop {
                if let (Some(at), _) = watch.since(expected) {
                    break at.duration_since(back);
                }
                assert!(
                    back.elapsed() < PATIENCE,
                    "{what}: node {number} does not answer as its database does, {:?} after it was back \
                     ({lost_changes} changes lost, {changes} others written)\n{}",
                    back.elapsed(),
                    self.nodes[number].log()
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            };
            let (_, lied) = watch.since(expected);
            assert!(!lied, "{what}: node {number} said that it was ready while it showed what had been lost");
            assert!(right < LIMIT, "{what}: node {number} answered as its database did only after {right:?}");
            self.slowest = self.slowest.max(right);
        }
        for watch in watches {
            watch.end().await;
        }
        println!(
            "{what}: {lost_changes} changes lost, {changes} others written within {written:?}, every node right after {:?} \
             at most so far",
            self.slowest
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_answer_as_the_database_does_after_failovers_and_restores() {
    let Some(programs) = PostgresPrograms::find() else { return };
    let (failovers, restores) = rounds();
    let mut primary = PostgresServer::create(&programs);
    let mut world = World::build(&primary).await;

    for round in 1..=failovers {
        // The standby follows through an address of its own, so that it can be cut off.
        let link = Forwarder::to(primary.address()).await;
        let standby = primary.standby(link.address());
        let kept = world.next_word();
        world.office.commit(&kept, 10);
        world.everywhere(&kept).await;
        let place = primary.sql("SELECT pg_current_wal_lsn()");
        standby.wait_until(&format!("SELECT pg_last_wal_replay_lsn() >= '{place}'"));
        link.switch(None);
        let lost = world.next_word();
        let lost_changes = world.write_what_is_lost(&lost).await;
        primary.kill();
        standby.promote();
        let what = format!("failover {round} of {failovers}");
        world.replaced(&what, standby.address(), (&lost, lost_changes), false).await;
        primary = standby;
    }

    for round in 1..=restores {
        let archive = primary.archive();
        primary.archive_to(Some(archive.path()));
        let mut copy = primary.copy();
        let kept = world.next_word();
        world.office.commit(&kept, 10);
        world.everywhere(&kept).await;
        let point = format!("round_{round}");
        primary.sql(&format!("SELECT pg_create_restore_point('{point}')"));
        let file = primary.sql("SELECT pg_walfile_name(pg_switch_wal())");
        primary.wait_until(&format!("SELECT last_archived_wal >= '{file}' FROM pg_stat_archiver"));
        let lost = world.next_word();
        let lost_changes = world.write_what_is_lost(&lost).await;
        primary.kill();
        copy.restore(archive.path(), &point);
        let what = format!("restore {round} of {restores}");
        world.replaced(&what, copy.address(), (&lost, lost_changes), true).await;
        assert!(found(&world.nodes[0], &kept).await.is_some(), "it answers");
        primary = copy;
    }
    let sound = world.office.site.run(["log", "verify"]).ok();
    println!("{failovers} failovers, {restores} restores: {}", sound.stdout.trim());
}

/// What `/readyz` of a node that reads from a standby says of it, once that is as wanted. The node is ready all the while.
async fn standby_until(node: &Server, wanted: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let ready = node.get("/readyz").await.is(200).json();
        if wanted(&ready["standby"]) {
            return ready["standby"].clone();
        }
        assert!(started.elapsed() < PATIENCE, "{ready}\n{}", node.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_tells_how_far_its_standby_is_behind_and_is_ready_without_the_primary() {
    let Some(programs) = PostgresPrograms::find() else { return };
    let primary = PostgresServer::create(&programs);
    let link = Forwarder::to(primary.address()).await;
    let standby = primary.standby(link.address());
    primary.sql(&format!("CREATE DATABASE {DATABASE}"));
    standby.wait_until(&format!("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{DATABASE}')"));
    let site = Site::on(&primary.url(DATABASE));
    let node = site.serve(options().with("MOTCUA_READER_URL", &standby.url(DATABASE))).await;
    let write = |word: &str| {
        let names: String =
            (0..3).map(|n| fixtures::procedure(&code(n), &format!("Thủ tục {word} thứ {n}"))).collect();
        let _ = site.import(&[site.write("names.ndjson", names)]).ok();
        site.run(["log", "place", "--json"]).ok().json()["sequence"].as_u64().expect("a number")
    };
    let first = write(&word(1));
    let level = |standby: &Value| standby["reader"]["sequence"] == first && standby["behind"] == 0;
    let told = standby_until(&node, level).await;
    assert_eq!(told["reader"], told["primary"], "{told}");

    link.switch(None);
    standby.wait_until("SELECT NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver)");
    let second = write(&word(2));
    let told = standby_until(&node, |standby| standby["behind"] == second - first).await;
    assert_eq!(told["reader"]["sequence"], first, "{told}");
    assert_eq!(told["primary"]["sequence"], second, "{told}");

    primary.kill();
    let told = standby_until(&node, |standby| standby["primary"].is_null()).await;
    assert!(told["behind"].is_null() && told["reader"]["sequence"] == first, "{told}");
    assert_eq!(found(&node, &word(1)).await, Some(3), "it answers as its standby does");
}
