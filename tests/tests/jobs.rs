//! Work that the site does by itself: one node at a time, and another when it dies.

use std::time::{Duration, Instant};

use motcua_tests::{Database, Lock, Server, ServerOptions, Site, databases, fixtures};
use serde_json::Value;

/// A site with something in it.
fn filled(database: Database) -> Site {
    let site = Site::new(database);
    let file = site.write("p.ndjson", fixtures::procedure("9.000001", "Thủ tục thử"));
    let _ = site.import(&[file]).ok();
    site
}

/// The job that forgets old counts of searches; null where it is not planned.
fn jobs(site: &Site) -> Value {
    let listed = site.run(["jobs", "--json"]).ok().json();
    let all = listed.as_array().cloned().unwrap_or_default();
    all.into_iter().find(|job| job["kind"] == "search_counts").unwrap_or_default()
}

/// Waits for a state of that job.
async fn job_until(site: &Site, limit: Duration, holds: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let job = jobs(site);
        if holds(&job) {
            return job;
        }
        assert!(started.elapsed() < limit, "after {limit:?}: {job}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_job_goes_on_at_another_node_when_its_node_is_killed() {
    const LEASE: Duration = Duration::from_secs(4);
    if !databases().contains(&Database::Postgres) {
        return;
    }
    let site = filled(Database::Postgres);
    site.sql(
        "INSERT INTO search_count (day, text, searches, empty, clicks) VALUES ('2020-01-01', 'cũ', 1, 0, 0)",
    );
    // The job stands still at what it has to delete.
    let mut lock = Lock::hold(&site, "BEGIN; LOCK TABLE search_count IN ACCESS EXCLUSIVE MODE");
    let options = ServerOptions::without_sample().with("MOTCUA_JOBS_LEASE_SECONDS", "4");
    let other = Site::on(site.database_url().expect("PostgreSQL"));
    let mut nodes = [site.serve(options.clone()).await, other.serve(options).await];
    let owner = |job: &Value| job["lease"]["owner"].as_str().unwrap_or_default().to_owned();
    let at_it = |job: &Value, node: &Server| owner(job).starts_with(&node.address().to_string());
    let job = job_until(&site, Duration::from_secs(10), |job| !owner(job).is_empty()).await;
    let first = usize::from(!at_it(&job, &nodes[0]));
    assert!(at_it(&job, &nodes[first]), "{job}");
    // For longer than a lease it stays with the node that is at it.
    let until = Instant::now() + LEASE + LEASE / 2;
    while Instant::now() < until {
        let job = jobs(&site);
        assert!(at_it(&job, &nodes[first]), "another node took it: {job}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    nodes[first].kill();
    let killed = Instant::now();
    let second = 1 - first;
    let job = job_until(&site, LEASE + Duration::from_secs(3), |job| at_it(job, &nodes[second])).await;
    println!("taken over {:?} after the kill", killed.elapsed());
    assert_eq!(job["last_run_at"], Value::Null, "nobody has finished it");
    lock.release();
    let job = job_until(&site, Duration::from_secs(10), |job| job["lease"].is_null()).await;
    assert!(job["last_outcome"].as_str().is_some_and(|outcome| outcome.starts_with("1 counts")), "{job}");
    assert_eq!(job["failures"], 0, "{job}");
    let listed = site.run(["jobs"]).ok().stdout;
    assert!(listed.contains("search_counts: last run "), "{listed}");
    assert!(listed.contains("publish_due: last run "), "{listed}");
    let doctor = site.run(["doctor"]).ok().stdout;
    assert!(doctor.contains("ok       job: search_counts: last run"), "{doctor}");
}

#[tokio::test]
async fn old_counts_of_searches_are_forgotten_by_a_job() {
    for database in databases() {
        let site = filled(database);
        site.sql("INSERT INTO search_count (day, text, searches, empty, clicks) VALUES ('2020-01-01', 'cũ', 1, 0, 0)");
        let idle = site.serve(ServerOptions::without_sample().with("MOTCUA_JOBS_RUN", "false")).await;
        drop(idle);
        assert_eq!(jobs(&site), Value::Null, "{database:?}: a node that does no jobs plans none");
        let server = site.serve(ServerOptions::without_sample()).await;
        let done =
            |job: &Value| job["last_outcome"].as_str().is_some_and(|text| text.starts_with("1 counts"));
        job_until(&site, Duration::from_secs(10), done).await;
        drop(server);
    }
}
