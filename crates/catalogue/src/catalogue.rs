//! The catalogue: everything is read and written through it.

use std::time::Duration;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::watch;

use crate::actor::{ActorKind, Reason};
use crate::change::{Change, EntityKind};
use crate::command::{Applied, Command, CommandError, Expected, Written};
use crate::form::upcast;
use crate::log_key::LogKey;
use crate::log_place::{LogHash, LogPlace};
use crate::permit::Permit;
use crate::reads::log::{self, SAMPLE_MARK};
use crate::reference::Field;
use crate::refusal::Refusal;
use crate::run::{RunKind, RunNote};
use crate::store::chain::{self, LogCheck, Occasion};
use crate::store::db::{Db, StorageError};
use crate::store::drafts;
use crate::store::entity::{change, field};
use crate::store::options::StorageOptions;
use crate::store::read::{self, damaged};
use crate::store::rows;
use crate::store::snapshot::Snapshot;
use crate::store::turn;
use crate::store::writer::Writer;

/// Handle to the catalogue; clones share its connections.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub(crate) db: Db,
    commits: watch::Sender<u64>,
}

/// From this many changes on, the space that a transaction took in SQLite's log is given back at once.
const LARGE: u64 = 10_000;

impl Catalogue {
    /// Opens the catalogue, brings its schema up to date, and refuses a database that it cannot trust.
    pub async fn open(options: &StorageOptions) -> Result<Self, StorageError> {
        Self::open_telling(options, &mut |_| ()).await
    }

    /// Opens the catalogue as [`open`](Self::open) does. A log from before there were hashes is chained first, which
    /// takes some ten seconds for millions of entries: `progress` is told how many are done.
    pub async fn open_telling(
        options: &StorageOptions,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Self, StorageError> {
        let db = Db::open(options, progress).await?;
        let catalogue = Self { db, commits: watch::Sender::new(0) };
        catalogue.commits.send_replace(catalogue.last_sequence().await?);
        Ok(catalogue)
    }

    /// Calls this program by a name, such as `motcua import`: others who wait for its writes are told it.
    #[must_use]
    pub fn called(mut self, program: &str) -> Self {
        self.db.set_program(program);
        self
    }

    /// Closes the connections after the work under way, also those of clones. A SQLite file holds everything by itself
    /// afterwards, unless another process is at work on it.
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
        Ok(last.map_or(0, read::sequence))
    }

    /// Place of the last committed change that reads see. Where reads go to a standby, it may be behind what was
    /// written; [`written_head`](Self::written_head) is not.
    pub async fn head(&self) -> Result<LogPlace, StorageError> {
        chain::head(self.db.reader(), false).await
    }

    /// Place of the last committed change where writes go.
    pub async fn written_head(&self) -> Result<LogPlace, StorageError> {
        chain::head(self.db.writer(), false).await
    }

    /// Whether other nodes may be at work on the same database: PostgreSQL. A SQLite file has one server.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        !self.db.is_sqlite()
    }

    /// Waits until reads see everything that is written by now.
    pub async fn reads_catch_up(&self, patience: Duration) -> Result<(), StorageError> {
        self.db.reader_catches_up(patience).await
    }

    /// Hash of an entry of the log and of all before it; none where there is no entry of this number.
    pub async fn log_hash(&self, sequence: u64) -> Result<Option<LogHash>, StorageError> {
        chain::hash_at(self.db.reader(), sequence).await
    }

    /// Whether a place is in the log's history. One that is not was reached in another history: before a failover that
    /// lost changes, before a restore, or in another catalogue. Where reads go to a server that has not come to the place
    /// yet, the one for writes is asked.
    pub async fn holds(&self, place: &LogPlace) -> Result<bool, StorageError> {
        let mut hash = self.log_hash(place.sequence).await?;
        if hash.is_none() {
            hash = chain::hash_at(self.db.latest(), place.sequence).await?;
        }
        Ok(hash == Some(place.hash))
    }

    /// Checks the chain of the log from the first entry on. `progress` is told how many entries are sound, and answers
    /// whether to go on.
    pub async fn verify_log(
        &self,
        progress: &mut (dyn FnMut(u64) -> bool + Send),
    ) -> Result<LogCheck, StorageError> {
        let tx = self.db.begin_read().await?;
        chain::verify(&tx, progress).await
    }

    /// Gives the log a new id: to be done to a database that was restored from a copy, so that whoever followed the log
    /// beyond the copy's end sees that it is another one now. Returns the place from which the id holds.
    pub async fn mark_restored(&self) -> Result<LogPlace, StorageError> {
        let (tx, head, _turn) = turn::begin(&self.db).await?;
        let place = chain::give_id(&tx, (head.sequence, head.hash), Occasion::Restored).await?;
        tx.commit().await?;
        Ok(place)
    }

    /// At most `limit` changes after a place in the log, in order. Numbers follow the order of commits, so a reader
    /// that continues after the last number it saw misses nothing.
    pub async fn changes_after(&self, after: u64, limit: u32) -> Result<Vec<Change>, StorageError> {
        log::changes_after(self.db.reader(), after, limit).await
    }

    /// Wakes when this process committed a change; holds its number. A hint only: other processes write too, so
    /// followers also look by themselves.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Whether the site shows made-up sample data, which every page must say.
    pub async fn shows_sample(&self) -> Result<bool, StorageError> {
        log::shows_sample(self.db.reader()).await
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
        permit: &Permit,
        reason: &Reason,
        expected: Expected,
        command: Command,
    ) -> Result<Written, CommandError> {
        let catalogue = self.clone();
        let (permit, reason) = (permit.clone(), reason.clone());
        let task = tokio::spawn(async move {
            let mut batch = catalogue.batch(&permit, &reason).await?;
            let details = details_of(&command);
            let outcome = batch.put(vec![(command, expected)]).await?.pop();
            let applied = match outcome {
                Some(Ok(applied)) => applied,
                Some(Err(refusal)) => return Err(CommandError::Refused(refusal)),
                None => return Err(CommandError::Storage(StorageError::Interrupted)),
            };
            if let Some((_, refusal)) = batch.needed().await?.pop() {
                return Err(CommandError::Refused(refusal));
            }
            let note = RunNote { details, ..RunNote::of(RunKind::Edit) };
            let (place, run) = batch.commit_run(note).await?;
            Ok(Written { applied, run, place })
        });
        task.await.map_err(|_| StorageError::Interrupted)?
    }

    /// Begins a transaction for many commands. It holds the one place for writers until it ends.
    pub async fn batch(&self, permit: &Permit, reason: &Reason) -> Result<Batch, StorageError> {
        let writer = Writer::begin(&self.db, permit, reason).await?;
        let note = reason.note.clone();
        Ok(Batch { writer, note, db: self.db.clone(), commits: self.commits.clone() })
    }
}

/// What a run that one command makes was about.
fn details_of(command: &Command) -> Option<serde_json::Value> {
    let (record, act) = match command {
        Command::End { key, on } => (key.clone(), format!("ends on {on}")),
        Command::Rebegin { key, from } => (key.clone(), format!("begins on {from}")),
        Command::Withdraw { key } => (key.clone(), "is taken out".to_owned()),
        Command::StateFrom(command) => (command.key()?, "is so from then on".to_owned()),
        command => (command.key()?, "is written".to_owned()),
    };
    Some(serde_json::json!({ "record": format!("{} {record}", record.kind().as_str()), "act": act }))
}

/// Many commands in one transaction: all of it is kept by [`commit`](Self::commit), or nothing.
#[derive(Debug)]
pub struct Batch {
    writer: Writer,
    /// The note for colleagues.
    note: Option<String>,
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

    /// Records that are shortened or taken out although others need them as they were, each with its refusal: where there
    /// are any, nothing may be kept. To be asked when everything is written.
    pub async fn needed(&mut self) -> Result<Vec<(LogKey, Refusal)>, StorageError> {
        Box::pin(self.writer.needed()).await
    }

    /// The last check: what refers to others must find it.
    async fn check_references(&mut self) -> Result<(), StorageError> {
        match self.needed().await?.into_iter().next() {
            None => Ok(()),
            Some((key, refusal)) => Err(damaged("transaction", &key.to_string(), refusal.to_string())),
        }
    }

    /// The transaction itself, for work on many rows at once.
    pub(crate) fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// Marks the site as one that shows made-up sample data, or no longer.
    pub async fn mark_sample(
        &mut self,
        shows_sample: bool,
    ) -> Result<Result<Applied, Refusal>, StorageError> {
        self.writer.put_site(SAMPLE_MARK, if shows_sample { "true" } else { "false" }).await
    }

    /// A site with a made-up record says so, however the record came in.
    async fn mark_made_up(&mut self) -> Result<(), StorageError> {
        if !self.writer.wrote_made_up() || log::shows_sample(self.writer.connection()).await? {
            return Ok(());
        }
        let refused =
            |refusal| damaged("site", SAMPLE_MARK, format!("made-up records need the mark: {refusal}"));
        self.mark_sample(true).await?.map(drop).map_err(refused)
    }

    /// Place of the last change so far.
    #[must_use]
    pub fn place(&self) -> &LogPlace {
        self.writer.place()
    }

    /// Keeps everything as an edit; returns the place of the last change.
    pub async fn commit(self) -> Result<LogPlace, StorageError> {
        Ok(self.commit_run(RunNote::of(RunKind::Edit)).await?.0)
    }

    /// Keeps everything as a run; returns the place of the last change, and the run's name where anything was written.
    pub async fn commit_run(mut self, note: RunNote) -> Result<(LogPlace, Option<String>), StorageError> {
        self.check_references().await?;
        self.mark_made_up().await?;
        let run = self.writer.note_run(note, self.note.take()).await?;
        let first = self.writer.first_sequence();
        let place = self.writer.commit().await?;
        self.commits.send_replace(place.sequence);
        if place.sequence - first >= LARGE
            && let Err(error) = self.db.settle().await
        {
            // The data are safe in the log; only its space is not given back yet.
            tracing::warn!(error = &error as &dyn std::error::Error, "could not shorten the database's log");
        }
        Ok((place, run.map(|(_, name)| name)))
    }

    /// Keeps everything as the publication of a draft.
    pub(crate) async fn commit_draft(
        mut self,
        note: RunNote,
        id: u64,
        version: u32,
        outcomes: &[drafts::Noted],
    ) -> Result<(LogPlace, Option<String>), StorageError> {
        self.check_references().await?;
        self.mark_made_up().await?;
        let internal = self.note.take();
        let run = self.writer.note_run(note, internal).await?;
        drafts::note_outcomes(self.writer.connection(), id, outcomes).await?;
        if let Some((number, _)) = &run {
            let actor = self.writer.permit().actor().clone();
            drafts::note_published(self.writer.connection(), &actor, id, version, *number).await?;
        }
        let place = self.writer.commit().await?;
        self.commits.send_replace(place.sequence);
        Ok((place, run.map(|(_, name)| name)))
    }

    /// Gives everything up. Dropping the batch does the same.
    pub async fn rollback(self) -> Result<(), StorageError> {
        self.writer.rollback().await
    }
}

/// An entry of the log from its row; its records are brought to the present form.
pub(crate) fn change_record(
    row: change::Model,
    hash: Option<(u64, LogHash)>,
) -> Result<Change, StorageError> {
    let number = read::sequence(row.sequence);
    let hash = hash.filter(|(of, _)| *of == number).map(|(_, hash)| hash);
    let form = read::version(row.form);
    let record = |text: Option<String>| -> Result<Option<serde_json::Value>, StorageError> {
        let Some(text) = text else { return Ok(None) };
        let record = read::document("change", &row.key, &text)?;
        let record = upcast(&row.entity, form, record);
        record.map(Some).map_err(|error| damaged("change", &row.key, error.to_string()))
    };
    let (before, after) = (record(row.before)?, record(row.after)?);
    Ok(Change {
        sequence: number,
        hash: hash.ok_or_else(|| damaged("change", &row.key, "it is not chained"))?,
        entity: EntityKind::of_log(&row.entity).ok_or_else(|| {
            damaged("change", &row.key, format!("{:?} is not a kind of record", row.entity))
        })?,
        subject_id: row.subject_id,
        version: read::version(row.version),
        actor_kind: read::code("change", &row.key, ActorKind::ALL, ActorKind::as_str, &row.actor_kind)?,
        actor: row.actor,
        reason: row.reason,
        at: row.at,
        before,
        after,
        key: row.key,
    })
}

/// Keys of the records that were written after a place in the log.
pub(crate) async fn keys_after(
    db: &impl ConnectionTrait,
    after: u64,
    limit: u32,
) -> Result<Vec<LogKey>, StorageError> {
    let rows: Vec<(String, String)> = change::Entity::find()
        .select_only()
        .columns([change::Column::Entity, change::Column::Key])
        .filter(change::Column::Sequence.gt(i64::try_from(after).unwrap_or(i64::MAX)))
        .order_by_asc(change::Column::Sequence)
        .limit(u64::from(limit))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(code, key)| {
            let kind = EntityKind::of_log(&code).ok_or_else(|| damaged("change", &key, "its kind"))?;
            LogKey::parse(kind, &key).map_err(|error| damaged("change", &key, error.to_string()))
        })
        .collect()
}
