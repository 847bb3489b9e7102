//! Work that the site does by itself, such as forgetting old counts. A job has one row; whichever node claims it holds a
//! lease, renews it while it works, and writes down how it ended. A node that dies loses its lease, and another takes
//! over. `docs/adr/0006-jobs-have-leases.md` has the reasons.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::store::chain;
use crate::store::db::StorageError;
use crate::store::jobs;

/// A kind of work, with when it was done and when it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its name.
    pub kind: String,
    /// When it is due.
    pub run_after: DateTime<Utc>,
    /// Who is at it; a lease that is over counts for nothing.
    pub lease: Option<JobLease>,
    /// When it ended the last time.
    pub last_run_at: Option<DateTime<Utc>>,
    /// What came of it then.
    pub last_outcome: Option<String>,
    /// How often in a row it has failed.
    pub failures: u32,
}

/// The right to do a job for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobLease {
    /// The node that has it.
    pub owner: String,
    /// When it is over, unless it is renewed.
    pub until: DateTime<Utc>,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// When it is due again.
    pub run_after: DateTime<Utc>,
    /// What came of it, or why it failed.
    pub outcome: String,
    /// Whether it failed.
    pub failed: bool,
}

impl Catalogue {
    /// Every job, by name.
    pub async fn jobs(&self) -> Result<Vec<Job>, StorageError> {
        jobs::list(self.db.writer()).await
    }

    /// Makes jobs that are not known yet due now.
    pub async fn plan_jobs(&self, kinds: &[&str], now: DateTime<Utc>) -> Result<(), StorageError> {
        jobs::plan(&self.db, kinds, now).await
    }

    /// Takes the lease of the job among `kinds` that has been due for longest and that nobody is at; none where there is
    /// no such job.
    pub async fn claim_job(
        &self,
        kinds: &[&str],
        owner: &str,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Option<Job>, StorageError> {
        jobs::claim(&self.db, kinds, owner, now, lease).await
    }

    /// Prolongs a lease. False where it is lost: it was over, and another node may be at the job.
    pub async fn renew_job(
        &self,
        kind: &str,
        owner: &str,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<bool, StorageError> {
        jobs::renew(&self.db, kind, owner, now, lease).await
    }

    /// Writes down how a job ended and gives its lease back. False where the lease was lost: another node's word holds.
    pub async fn finish_job(&self, kind: &str, owner: &str, end: &JobEnd) -> Result<bool, StorageError> {
        jobs::finish(&self.db, kind, owner, end).await
    }

    /// Gives a lease back without having done the job, which stays due.
    pub async fn give_job_back(&self, kind: &str, owner: &str) -> Result<(), StorageError> {
        jobs::give_back(&self.db, kind, owner).await
    }

    /// A name that no other node has, for the owner of leases.
    pub async fn unique_name(&self) -> Result<String, StorageError> {
        chain::random_digits(self.db.writer()).await
    }
}
