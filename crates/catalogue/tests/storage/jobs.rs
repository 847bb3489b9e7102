//! Leases of jobs: one node at a time, another when it dies, whatever the database.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use motcua_catalogue::{Catalogue, Job, JobEnd, StorageOptions};

use crate::common::databases;

const LEASE: Duration = Duration::from_secs(30);

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
}

async fn claim(node: &Catalogue, owner: &str, seconds: i64) -> Option<Job> {
    node.claim_job(&["a", "b"], owner, at(seconds), LEASE).await.expect("asked")
}

fn end(seconds: i64, failed: bool) -> JobEnd {
    JobEnd { at: at(seconds), run_after: at(seconds + 100), outcome: format!("ended at {seconds}"), failed }
}

#[tokio::test]
async fn a_job_is_one_nodes_until_its_lease_is_over() {
    for database in databases().await {
        let (one, two) = (database.open().await, database.open().await);
        assert_eq!(claim(&one, "one", 0).await, None, "nothing is planned");
        one.plan_jobs(&["b"], at(5)).await.expect("planned");
        two.plan_jobs(&["a", "b"], at(10)).await.expect("planned");
        assert_eq!(claim(&one, "one", 4).await, None, "nothing is due yet");
        let job = claim(&one, "one", 10).await.expect("due");
        assert_eq!(
            (job.kind.as_str(), job.run_after),
            ("b", at(5)),
            "what has been due for longest comes first"
        );
        assert_eq!(job.lease.expect("its lease").until, at(40));
        assert_eq!(claim(&two, "two", 11).await.expect("due").kind, "a");
        assert_eq!(claim(&two, "two", 39).await, None, "{}: both are taken", database.name);

        assert!(one.renew_job("b", "one", at(39), LEASE).await.expect("asked"));
        assert!(!two.renew_job("b", "two", at(39), LEASE).await.expect("asked"), "it is another's");
        assert!(!two.finish_job("b", "two", &end(39, false)).await.expect("asked"), "it is another's");
        // Node two died: what it was at goes on elsewhere when its lease is over, and its late word counts for nothing.
        assert_eq!(claim(&one, "one", 40).await, None);
        assert_eq!(claim(&one, "one", 41).await.expect("its lease is over").kind, "a");
        assert!(!two.renew_job("a", "two", at(41), LEASE).await.expect("asked"));
        assert!(!two.finish_job("a", "two", &end(41, false)).await.expect("asked"));

        assert!(one.finish_job("a", "one", &end(50, true)).await.expect("asked"));
        one.give_job_back("b", "one").await.expect("given back");
        assert_eq!(claim(&two, "two", 50).await.expect("given back").kind, "b");
        assert!(two.finish_job("b", "two", &end(60, false)).await.expect("asked"));
        let jobs = two.jobs().await.expect("read");
        let told: Vec<_> = jobs
            .iter()
            .map(|job| {
                (job.kind.as_str(), job.last_outcome.as_deref(), job.failures, job.run_after, &job.lease)
            })
            .collect();
        assert_eq!(
            told,
            [("a", Some("ended at 50"), 1, at(150), &None), ("b", Some("ended at 60"), 0, at(160), &None)],
            "{}",
            database.name
        );
        assert_eq!(
            claim(&one, "one", 150).await.map(|job| (job.kind, job.failures)),
            Some(("a".to_owned(), 1))
        );
        assert!(one.finish_job("a", "one", &end(151, false)).await.expect("asked"));
        assert_eq!(one.jobs().await.expect("read")[0].failures, 0, "a success wipes its failures out");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_nodes_that_claim_at_once_one_gets_the_job() {
    for database in databases().await {
        let nodes = if matches!(database.options, StorageOptions::Postgres(_)) { 4 } else { 1 };
        let mut handles = Vec::new();
        for _ in 0..nodes {
            handles.push(database.open().await);
        }
        handles[0].plan_jobs(&["a"], at(0)).await.expect("planned");
        for round in 0..20 {
            let claims: Vec<_> = (0..8)
                .map(|number| {
                    let node = handles[number % nodes].clone();
                    let owner = format!("owner-{number}");
                    tokio::spawn(async move {
                        let job =
                            node.claim_job(&["a"], &owner, at(round * 1_000), LEASE).await.expect("asked");
                        job.map(|_| owner)
                    })
                })
                .collect();
            let mut owners = Vec::new();
            for claim in claims {
                owners.extend(claim.await.expect("no claim fails"));
            }
            assert_eq!(owners.len(), 1, "{}, round {round}: {owners:?}", database.name);
            assert!(handles[0].finish_job("a", &owners[0], &end(round * 1_000, false)).await.expect("asked"));
        }
    }
}
