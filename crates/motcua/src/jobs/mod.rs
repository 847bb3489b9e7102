//! Work that the site does by itself. One node at a time is at a job: it holds a lease in the database, and when it dies
//! another takes over. `docs/adr/0006-jobs-have-leases.md` has the reasons.

mod publish_due;
mod registry;
mod runner;
mod search_counts;

use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use motcua_catalogue::Catalogue;

pub(crate) use registry::kinds;
pub(crate) use runner::Runner;

/// What a job works with.
#[derive(Debug, Clone)]
pub(crate) struct JobContext {
    /// The catalogue.
    pub(crate) catalogue: Catalogue,
    /// When the job began.
    pub(crate) now: DateTime<Utc>,
}

type Outcome = Result<String, anyhow::Error>;
type Work = Box<dyn Fn(JobContext) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// A kind of job.
pub(crate) struct JobKind {
    /// Its name, in the database and for people.
    pub(crate) name: &'static str,
    /// How long after one run the next is due.
    pub(crate) every: Duration,
    work: Work,
}

impl JobKind {
    /// A kind whose work says in a few words what came of it. It may be dropped at any moment and begun again elsewhere,
    /// so whatever it writes is one transaction, or harmless to do twice.
    pub(crate) fn new<F>(
        name: &'static str,
        every: Duration,
        work: impl Fn(JobContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self { name, every, work: Box::new(move |context| Box::pin(work(context))) }
    }
}
