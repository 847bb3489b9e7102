//! The catalogue: everything is read and written through it.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::watch;

use crate::change::{Change, EntityKind};
use crate::command::{Applied, Command, CommandError, Expected, Refusal};
use crate::reference::Field;
use crate::store::db::{Db, StorageError, StorageOptions};
use crate::store::entity::{change, field, site};
use crate::store::rows;
use crate::store::snapshot::Snapshot;
use crate::store::writer::{Writer, log_value};

/// Handle to the catalogue; clones share its connections.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub(crate) db: Db,
    commits: watch::Sender<u64>,
}

/// From this many changes on, the space that a transaction took in SQLite's log is given back at once.
const LARGE: u64 = 10_000;

/// Key of the mark that the site shows made-up sample data.
const SAMPLE_MARK: &str = "shows_sample";

impl Catalogue {
    /// Opens the catalogue, brings its schema up to date, and refuses a database that it cannot trust.
    pub async fn open(options: &StorageOptions) -> Result<Self, StorageError> {
        let db = Db::open(options).await?;
        let catalogue = Self { db, commits: watch::Sender::new(0) };
        catalogue.commits.send_replace(catalogue.last_sequence().await?);
        Ok(catalogue)
    }

    /// Closes the connections after the work under way.
    pub async fn close(self) -> Result<(), StorageError> {
        Ok(self.db.close().await?)
    }

    /// Number of the last committed change; 0 in an empty catalogue.
    pub async fn last_sequence(&self) -> Result<u64, StorageError> {
        let last: Option<i64> = change::Entity::find()
            .select_only()
            .column(change::Column::Sequence)
            .order_by_desc(change::Column::Sequence)
            .limit(1)
            .into_tuple()
            .one(self.db.reader())
            .await?;
        Ok(last.map_or(0, sequence))
    }

    /// At most `limit` changes after a place in the log, in order. Numbers follow the order of commits, so a reader
    /// that continues after the last number it saw misses nothing.
    pub async fn changes_after(&self, after: u64, limit: u32) -> Result<Vec<Change>, StorageError> {
        let rows = change::Entity::find()
            .filter(change::Column::Sequence.gt(i64::try_from(after).unwrap_or(i64::MAX)))
            .order_by_asc(change::Column::Sequence)
            .limit(u64::from(limit))
            .all(self.db.reader())
            .await?;
        rows.into_iter().map(change_record).collect()
    }

    /// Wakes when this process committed a change; holds its number. A hint only: other processes write too, so
    /// followers also look by themselves.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Whether the site shows made-up sample data, which every page must say.
    pub async fn shows_sample(&self) -> Result<bool, StorageError> {
        let row = site::Entity::find_by_id(SAMPLE_MARK.to_owned()).one(self.db.reader()).await?;
        Ok(row.is_some_and(|row| row.value == "true"))
    }

    /// A consistent state of everything.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        Snapshot::begin(&self.db).await
    }

    /// Every field, in the order of the Vietnamese alphabet.
    pub async fn fields(&self) -> Result<Vec<Field>, StorageError> {
        let rows = field::Entity::find()
            .order_by_asc(field::Column::SortKey)
            .order_by_asc(field::Column::Id)
            .all(self.db.reader())
            .await?;
        rows.iter().map(rows::lists::field_record).collect()
    }

    /// Checks, writes and logs one command in one transaction. The write goes on to its end even when the caller
    /// stops waiting, so that a client that hangs up never leaves a transaction open.
    pub async fn apply(
        &self,
        actor: &str,
        reason: Option<&str>,
        expected: Expected,
        command: Command,
    ) -> Result<Applied, CommandError> {
        let catalogue = self.clone();
        let (actor, reason) = (actor.to_owned(), reason.map(str::to_owned));
        let task = tokio::spawn(async move {
            let mut batch = catalogue.batch(&actor, reason.as_deref()).await?;
            let outcome = batch.put(vec![(command, expected)]).await?.pop();
            match outcome {
                Some(Ok(applied)) => {
                    batch.commit().await?;
                    Ok(applied)
                }
                Some(Err(refusal)) => Err(CommandError::Refused(refusal)),
                None => Err(CommandError::Storage(StorageError::Interrupted)),
            }
        });
        task.await.map_err(|_| StorageError::Interrupted)?
    }

    /// Begins a transaction for many commands. It holds the one place for writers until it ends.
    pub async fn batch(&self, actor: &str, reason: Option<&str>) -> Result<Batch, StorageError> {
        let writer = Writer::begin(&self.db, actor, reason).await?;
        Ok(Batch { first: writer.sequence(), writer, db: self.db.clone(), commits: self.commits.clone() })
    }
}

/// Many commands in one transaction: all of it is kept by [`commit`](Self::commit), or nothing.
#[derive(Debug)]
pub struct Batch {
    writer: Writer,
    first: u64,
    db: Db,
    commits: watch::Sender<u64>,
}

impl Batch {
    /// Carries out commands in order. A refused command changes nothing and does not stop the others; whether the
    /// whole is then committed is the caller's choice.
    pub async fn put(
        &mut self,
        commands: Vec<(Command, Expected)>,
    ) -> Result<Vec<Result<Applied, Refusal>>, StorageError> {
        self.writer.put(commands).await
    }

    /// The transaction itself, for work on many rows at once.
    pub(crate) fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// Marks the site as one that shows made-up sample data, or no longer.
    pub async fn mark_sample(&mut self, shows_sample: bool) -> Result<Applied, StorageError> {
        self.writer.put_site(SAMPLE_MARK, if shows_sample { "true" } else { "false" }).await
    }

    /// Number of the last change so far.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.writer.sequence()
    }

    /// Keeps everything; returns the number of the last change.
    pub async fn commit(self) -> Result<u64, StorageError> {
        let sequence = self.writer.commit().await?;
        self.commits.send_replace(sequence);
        if sequence - self.first >= LARGE
            && let Err(error) = self.db.settle().await
        {
            // The data are safe in the log; only its space is not given back yet.
            tracing::warn!(error = &error as &dyn std::error::Error, "could not shorten the database's log");
        }
        Ok(sequence)
    }

    /// Gives everything up. Dropping the batch does the same.
    pub async fn rollback(self) -> Result<(), StorageError> {
        self.writer.rollback().await
    }
}

pub(crate) fn sequence(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// An entry of the log from its row.
pub(crate) fn change_record(row: change::Model) -> Result<Change, StorageError> {
    Ok(Change {
        sequence: sequence(row.sequence),
        entity: rows::code("change", &row.key, EntityKind::ALL, EntityKind::as_str, &row.entity)?,
        row_id: row.row_id,
        version: rows::version(row.version),
        actor: row.actor,
        reason: row.reason,
        at: row.at,
        before: log_value(&row.key, row.before.as_deref())?,
        after: log_value(&row.key, row.after.as_deref())?,
        key: row.key,
    })
}
