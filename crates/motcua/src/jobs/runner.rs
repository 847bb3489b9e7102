//! Looks for jobs that are due, does them one after the other, and keeps their leases meanwhile.

use std::time::Duration;

use chrono::TimeDelta;
use motcua_catalogue::{Catalogue, Job, JobEnd, StorageError, clock};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::{JobContext, JobKind, Outcome};

/// How soon a job that failed is tried again, at first; each further failure doubles it, up to an hour.
const AGAIN: Duration = Duration::from_secs(30);
const AGAIN_AT_MOST: Duration = Duration::from_hours(1);

/// How often the end of a job is written down before its lease is left to run out.
const FINISH_TRIES: u32 = 3;

/// Does the jobs of one node.
pub(crate) struct Runner {
    catalogue: Catalogue,
    kinds: Vec<JobKind>,
    owner: String,
    lease: Duration,
    /// The database could not be asked the last time, which was logged.
    troubled: bool,
}

impl Runner {
    /// A runner under a name that no other node has.
    pub(crate) fn new(catalogue: Catalogue, kinds: Vec<JobKind>, owner: String, lease: Duration) -> Self {
        Self { catalogue, kinds, owner, lease, troubled: false }
    }

    /// Works until told to stop. What is under way then is given up, and its lease is given back for another node.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let names: Vec<&'static str> = self.kinds.iter().map(|kind| kind.name).collect();
        let pause = (self.lease / 6).clamp(Duration::from_millis(500), Duration::from_secs(10));
        let mut planned = false;
        while !stop.is_cancelled() {
            let claimed_at = Instant::now();
            match self.claim(&names, &mut planned).await {
                Ok(Some(job)) => {
                    self.told(Ok(()));
                    self.work_on(&job, claimed_at, &stop).await;
                    continue;
                }
                Ok(None) => self.told(Ok(())),
                Err(error) => self.told(Err(error)),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pause) => {}
            }
        }
    }

    async fn claim(&self, names: &[&str], planned: &mut bool) -> Result<Option<Job>, StorageError> {
        if !*planned {
            self.catalogue.plan_jobs(names, clock::now()).await?;
            *planned = true;
        }
        let claimed = self.catalogue.claim_job(names, &self.owner, clock::now(), self.lease).await?;
        if claimed.is_none() {
            // A copy of the database from before a kind of job was known may have been put in its place.
            let known = self.catalogue.jobs().await?;
            *planned = names.iter().all(|name| known.iter().any(|job| job.kind == *name));
        }
        Ok(claimed)
    }

    /// Logs that jobs cannot be looked for once, and once that they can again.
    fn told(&mut self, outcome: Result<(), StorageError>) {
        match outcome {
            // Somebody writes for long; the jobs have time.
            Ok(()) | Err(StorageError::Busy { .. }) if !self.troubled => {}
            Ok(()) => {
                self.troubled = false;
                tracing::info!("jobs are looked for again");
            }
            Err(error) if !self.troubled => {
                self.troubled = true;
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "jobs cannot be looked for");
            }
            Err(_) => {}
        }
    }

    async fn work_on(&self, job: &Job, claimed_at: Instant, stop: &CancellationToken) {
        let Some(kind) = self.kinds.iter().find(|kind| kind.name == job.kind) else { return };
        let context = JobContext { catalogue: self.catalogue.clone(), now: clock::now() };
        // In a task of its own: what panics there is a failure of this job and stops no other.
        let mut work = AbortOnDropHandle::new(tokio::spawn((kind.work)(context)));
        tokio::select! {
            outcome = &mut work => {
                let outcome = outcome.unwrap_or_else(|error| Err(anyhow::anyhow!("it broke off: {error}")));
                self.finish(kind, job, outcome).await;
            }
            () = self.keep_lease(kind, claimed_at) => {
                tracing::warn!(job = kind.name, "given up: its lease was lost, and another node may be at it");
            }
            () = stop.cancelled() => self.give_back(kind).await,
        }
    }

    /// Renews the lease; returns when it is lost, or may be by the time that this could be known.
    async fn keep_lease(&self, kind: &JobKind, claimed_at: Instant) {
        let margin = self.lease / 10;
        let mut sure_until = claimed_at + self.lease - margin;
        let mut pause = self.lease / 3;
        loop {
            sleep(pause).await;
            let asked_at = Instant::now();
            let renewal = self.catalogue.renew_job(kind.name, &self.owner, clock::now(), self.lease);
            // Where this process alone writes, the renewal may have to wait for the work's own transaction.
            let renewed = if self.catalogue.is_shared() {
                timeout_at(sure_until, renewal).await
            } else {
                Ok(renewal.await)
            };
            match renewed {
                Ok(Ok(true)) => {
                    sure_until = asked_at + self.lease - margin;
                    pause = self.lease / 3;
                }
                Ok(Ok(false)) if self.catalogue.is_shared() => return,
                Err(_) => return,
                // Once more, as long as there is time.
                Ok(_) => pause = margin,
            }
            if self.catalogue.is_shared() && Instant::now() + pause >= sure_until {
                return;
            }
        }
    }

    async fn finish(&self, kind: &JobKind, job: &Job, outcome: Outcome) {
        let end = match outcome {
            Ok(outcome) => {
                tracing::debug!(job = kind.name, outcome, "done");
                ended(kind.every, outcome, false)
            }
            Err(error) => {
                let again = again_after(job.failures).min(kind.every.max(AGAIN));
                let text = format!("{error:#}");
                // Told when it begins to fail; how often it has failed since stands in the database.
                if job.failures == 0 {
                    tracing::warn!(job = kind.name, error = text, "failed; it is tried again");
                } else {
                    tracing::debug!(job = kind.name, error = text, failures = job.failures, "failed again");
                }
                ended(again, text, true)
            }
        };
        if job.failures > 0 && !end.failed {
            tracing::info!(job = kind.name, failures = job.failures, "done after it had failed");
        }
        for _ in 0..FINISH_TRIES {
            match self.catalogue.finish_job(kind.name, &self.owner, &end).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(job = kind.name, "its end is not noted: its lease was lost");
                    return;
                }
                Err(error) => {
                    tracing::warn!(
                        job = kind.name,
                        error = &error as &dyn std::error::Error,
                        "its end could not be noted"
                    );
                    sleep(self.lease / 10).await;
                }
            }
        }
    }

    async fn give_back(&self, kind: &JobKind) {
        if let Err(error) = self.catalogue.give_job_back(kind.name, &self.owner).await {
            // Another node waits for the lease to run out.
            let error: &dyn std::error::Error = &error;
            tracing::warn!(job = kind.name, error, "its lease could not be given back");
        }
    }
}

fn ended(after: Duration, outcome: String, failed: bool) -> JobEnd {
    let at = clock::now();
    JobEnd { at, run_after: at + TimeDelta::from_std(after).unwrap_or(TimeDelta::MAX), outcome, failed }
}

/// When a job that has failed so often before is tried again.
fn again_after(failures: u32) -> Duration {
    AGAIN.saturating_mul(2_u32.saturating_pow(failures)).min(AGAIN_AT_MOST)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use motcua_catalogue::StorageOptions;

    use super::*;

    const LEASE: Duration = Duration::from_secs(1);

    async fn catalogue(folder: &tempfile::TempDir) -> Catalogue {
        Catalogue::open(&StorageOptions::Sqlite(folder.path().join("motcua.sqlite"))).await.expect("opens")
    }

    async fn until(mut holds: impl AsyncFnMut() -> bool) {
        for _ in 0..400 {
            if holds().await {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not come about");
    }

    #[test]
    fn a_job_that_fails_is_tried_less_and_less_often() {
        let seconds: Vec<u64> = [0, 1, 2, 6, 7, 40].map(|failures| again_after(failures).as_secs()).into();
        assert_eq!(seconds, [30, 60, 120, 1920, 3600, 3600]);
    }

    #[tokio::test]
    async fn a_job_is_done_when_it_is_due_and_its_failures_are_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let catalogue = catalogue(&folder).await;
        let runs = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&runs);
        let kinds = vec![
            JobKind::new("good", Duration::from_hours(1), move |_| {
                let seen = Arc::clone(&seen);
                async move { Ok(format!("run {}", seen.fetch_add(1, Ordering::SeqCst) + 1)) }
            }),
            JobKind::new("bad", Duration::from_hours(1), |_| async { Err(anyhow::anyhow!("no disk")) }),
        ];
        let stop = CancellationToken::new();
        let runner = Runner::new(catalogue.clone(), kinds, "a".to_owned(), LEASE);
        let running = tokio::spawn(runner.run(stop.clone()));
        until(async || {
            let jobs = catalogue.jobs().await.expect("read");
            jobs.len() == 2 && jobs.iter().all(|job| job.last_run_at.is_some() && job.lease.is_none())
        })
        .await;
        let jobs = catalogue.jobs().await.expect("read");
        let outcomes: Vec<_> =
            jobs.iter().map(|job| (job.kind.as_str(), job.last_outcome.as_deref(), job.failures)).collect();
        assert_eq!(outcomes, [("bad", Some("no disk"), 1), ("good", Some("run 1"), 0)]);
        let after = |place: usize| jobs[place].run_after - jobs[place].last_run_at.expect("it ran");
        assert_eq!((after(0).num_seconds(), after(1).num_seconds()), (30, 3600));
        stop.cancel();
        running.await.expect("it ends");
        assert_eq!(runs.load(Ordering::SeqCst), 1, "not again before it is due");
    }

    #[tokio::test]
    async fn a_long_job_keeps_its_lease_and_a_stop_gives_it_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let catalogue = catalogue(&folder).await;
        let kinds = vec![JobKind::new("long", Duration::from_hours(1), |_| std::future::pending())];
        let stop = CancellationToken::new();
        let runner = Runner::new(catalogue.clone(), kinds, "a".to_owned(), LEASE);
        let running = tokio::spawn(runner.run(stop.clone()));
        until(async || catalogue.jobs().await.expect("read").iter().any(|job| job.lease.is_some())).await;
        let other = async || catalogue.claim_job(&["long"], "b", clock::now(), LEASE).await.expect("asked");
        for _ in 0..25 {
            assert_eq!(other().await, None, "two nodes at one job");
            sleep(Duration::from_millis(100)).await;
        }
        stop.cancel();
        running.await.expect("it ends");
        assert!(other().await.is_some(), "the lease was given back");
    }
}
