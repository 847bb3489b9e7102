//! Sample catalogues: Hà Tĩnh, which an empty site shows at first, and the whole country, for measuring.
//!
//! Units and the facts of procedures come from public data that the binary carries. Everything else is made up by a
//! fixed rule and carries [`SourceKind::Sample`](crate::SourceKind::Sample).

mod book;
mod bundle;
pub mod facts;
pub mod hatinh;
mod levels;
pub mod nation;
mod rule;
mod site;

pub(crate) use book::full_name;
pub(crate) use site::centre_name;

use crate::actor::Reason;
use crate::change::EntityKind;
use crate::permit::Permit;
use crate::run::{RunKind, RunNote};
use crate::{Applied, Catalogue, Command, Expected, InvalidId, Refusal, StorageError};

/// Commands that are written in one go.
const GROUP: usize = 4_000;

/// How far the loading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleProgress {
    /// Records written so far.
    pub done: u64,
    /// Records in all.
    pub total: u64,
}

/// What was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SampleReport {
    /// Records that are new.
    pub created: u64,
    /// Records that were there and differ now.
    pub changed: u64,
    /// Records that were there as they are.
    pub same: u64,
}

/// Why a sample was not loaded. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The data in the binary is damaged.
    #[error("the bundled data cannot be read: {0}")]
    Bundle(String),
    /// The data in the binary holds an identifier that is none.
    #[error("the bundled data holds an unsound identifier")]
    Identifier(#[from] InvalidId),
    /// The catalogue holds something that contradicts the sample.
    #[error("a record of the sample was refused ({record})")]
    Refused {
        /// Kind of the record.
        record: &'static str,
        /// Why.
        #[source]
        refusal: Refusal,
    },
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The records of a sample, each after what it refers to. They are made one by one: a stream of millions never stands
/// in memory.
pub struct Stream {
    total: u64,
    commands: Box<dyn Iterator<Item = Command> + Send>,
}

impl Stream {
    fn new(total: usize, commands: impl Iterator<Item = Command> + Send + 'static) -> Self {
        Self { total: u64::try_from(total).unwrap_or(u64::MAX), commands: Box::new(commands) }
    }

    /// How many records the stream had at its beginning.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }
}

impl Iterator for Stream {
    type Item = Command;

    fn next(&mut self) -> Option<Command> {
        self.commands.next()
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("total", &self.total).finish_non_exhaustive()
    }
}

/// Loads Hà Tĩnh in one transaction and marks the site as one that shows sample data.
pub async fn load_hatinh(
    catalogue: &Catalogue,
    progress: &mut (dyn FnMut(SampleProgress) + Send),
) -> Result<SampleReport, SampleError> {
    load(catalogue, hatinh::records()?, ("Dữ liệu mẫu Hà Tĩnh", true), progress).await
}

/// Loads the whole country of 2020 in one transaction and marks the site as one that shows sample data.
pub async fn load_nation(
    catalogue: &Catalogue,
    seed: u64,
    progress: &mut (dyn FnMut(SampleProgress) + Send),
) -> Result<SampleReport, SampleError> {
    load(catalogue, nation::records(seed)?, ("Dữ liệu mẫu cả nước", true), progress).await
}

/// Loads the procedures and units that the binary carries, in one transaction. Nothing in it is made up.
pub async fn load_facts(
    catalogue: &Catalogue,
    progress: &mut (dyn FnMut(SampleProgress) + Send),
) -> Result<SampleReport, SampleError> {
    load(catalogue, facts::records()?, ("Dữ kiện kèm theo chương trình", false), progress).await
}

async fn load(
    catalogue: &Catalogue,
    mut stream: Stream,
    (reason, is_made_up): (&str, bool),
    progress: &mut (dyn FnMut(SampleProgress) + Send),
) -> Result<SampleReport, SampleError> {
    let total = stream.total();
    let mut report = SampleReport::default();
    let mut done = 0;
    let mut batch = catalogue.batch(&Permit::program("sample"), &Reason::public(reason)).await?;
    if is_made_up && let Err(refusal) = batch.mark_sample(true).await? {
        return Err(SampleError::Refused { record: EntityKind::Site.as_str(), refusal });
    }
    loop {
        let group: Vec<(Command, Expected)> =
            stream.by_ref().take(GROUP).map(|command| (command, Expected::Any)).collect();
        let (Some(first), count) = (group.first(), group.len()) else { break };
        let record = first.0.entity().as_str();
        for outcome in batch.put(group).await? {
            match outcome {
                Ok(Applied::Created(_)) => report.created += 1,
                Ok(Applied::Changed(_) | Applied::Withdrawn(_)) => report.changed += 1,
                Ok(Applied::Same) => report.same += 1,
                Err(refusal) => {
                    batch.rollback().await?;
                    return Err(SampleError::Refused { record, refusal });
                }
            }
        }
        done += u64::try_from(count).unwrap_or(0);
        progress(SampleProgress { done, total });
    }
    let counts = [("created", report.created), ("changed", report.changed), ("same", report.same)];
    let note = RunNote {
        counts: counts.into_iter().map(|(effect, count)| (effect.to_owned(), count)).collect(),
        ..RunNote::of(RunKind::Sample)
    };
    batch.commit_run(note).await?;
    Ok(report)
}

/// Hash of a whole stream, to tell whether two runs give the same.
#[cfg(test)]
fn fingerprint(commands: impl Iterator<Item = Command>) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for command in commands {
        hasher.update(format!("{command:?}\n"));
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
