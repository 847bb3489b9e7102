//! Undoing a run: by new entries of the log that put back what was there before.

use super::record::{self, RunRecord};
use super::run::damaged;
use super::{OnProgress, ReorganiseError, ReorganiseProgress, UndoReport};
use crate::catalogue::{Batch, Catalogue};
use crate::centre::Centre;
use crate::change::EntityKind;
use crate::command::{Command, Expected};
use crate::store::withdraw::{Entry, Stretch, before};
use crate::unit::UnitPeriod;

/// Entries that are read and written at a time.
const GROUP: u64 = 1000;

/// Undoes a run, in one transaction. Refused where something was written since that stands in the way.
pub async fn undo(
    catalogue: &Catalogue,
    run: &str,
    actor: &str,
    progress: OnProgress<'_>,
) -> Result<UndoReport, ReorganiseError> {
    let mut batch = catalogue.batch(actor, Some(&format!("undo {}", record::key(run)))).await?;
    let record = find(&mut batch, run).await?;
    if record.undone {
        return Err(ReorganiseError::UndoneAlready(run.to_owned()));
    }
    let stretch = Stretch { first: record.first_sequence, last: record.last_sequence };
    let records = batch.writer().in_the_way(stretch).await?;
    if !records.is_empty() {
        return Err(ReorganiseError::ChangedSince { run: run.to_owned(), records });
    }
    let mut work = Work { batch, stretch, withdrawn: 0, restored: 0, progress };
    // What refers to others goes first and comes back last.
    for kind in [EntityKind::Task, EntityKind::Availability, EntityKind::Centre, EntityKind::Succession] {
        work.withdraw(kind).await?;
    }
    let units = work.withdraw(EntityKind::Unit).await?;
    work.batch.writer().withdraw_bare_units(&units).await?;
    work.batch.writer().forget();
    work.restore_units().await?;
    work.restore::<Centre>(EntityKind::Centre, Command::Centre).await?;
    work.restore_listings().await?;

    let Work { mut batch, withdrawn, restored, .. } = work;
    let text =
        serde_json::to_string(&RunRecord { undone: true, ..record }).map_err(|error| damaged(run, error))?;
    batch.writer().put_site(&record::key(run), &text).await?;
    let sequence = batch.commit().await?;
    Ok(UndoReport { run: run.to_owned(), withdrawn, restored, sequence })
}

async fn find(batch: &mut Batch, run: &str) -> Result<RunRecord, ReorganiseError> {
    match batch.writer().site_fact(&record::key(run)).await? {
        Some(text) => Ok(serde_json::from_str(&text).map_err(|error| damaged(run, error))?),
        None => {
            let keys = batch.writer().site_keys(record::KEY).await?;
            let mut known: Vec<String> =
                keys.iter().map(|key| key.trim_start_matches(record::KEY).to_owned()).collect();
            known.sort();
            Err(ReorganiseError::NoSuchRun { run: run.to_owned(), known })
        }
    }
}

struct Work<'a> {
    batch: Batch,
    stretch: Stretch,
    withdrawn: u64,
    restored: u64,
    progress: OnProgress<'a>,
}

impl Work<'_> {
    /// Withdraws what the run made of a kind. Returns rows and entries of the log.
    async fn withdraw(&mut self, kind: EntityKind) -> Result<Vec<(i64, u64)>, ReorganiseError> {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let entries = self.page((kind, true), after).await?;
            let Some(last) = entries.last() else { return Ok(all) };
            after = last.sequence;
            let rows = self.batch.writer().withdraw(kind, &entries).await?;
            self.withdrawn += u64::try_from(entries.len()).unwrap_or(0);
            if kind == EntityKind::Unit {
                all.extend(rows);
            }
        }
    }

    /// Puts back what the run changed of a kind.
    async fn restore<T: serde::de::DeserializeOwned>(
        &mut self,
        kind: EntityKind,
        command: impl Fn(T) -> Command,
    ) -> Result<(), ReorganiseError> {
        let mut after = 0;
        loop {
            let entries = self.page((kind, false), after).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.sequence;
            let mut commands = Vec::with_capacity(entries.len());
            for entry in &entries {
                commands.push((entry.key.clone(), command(before(entry)?)));
            }
            self.put(kind, commands).await?;
        }
    }

    /// Listings come back many at a time: there are millions, and only their end was changed.
    async fn restore_listings(&mut self) -> Result<(), ReorganiseError> {
        let mut after = 0;
        loop {
            let entries = self.page((EntityKind::Availability, false), after).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.sequence;
            self.batch.writer().restore_listings(&entries).await?;
            self.restored += u64::try_from(entries.len()).unwrap_or(0);
        }
    }

    /// Units come back from the province down: each needs the one above.
    async fn restore_units(&mut self) -> Result<(), ReorganiseError> {
        let mut units: Vec<(String, UnitPeriod)> = Vec::new();
        let mut after = 0;
        loop {
            let entries = self.page((EntityKind::Unit, false), after).await?;
            let Some(last) = entries.last() else { break };
            after = last.sequence;
            for entry in &entries {
                units.push((entry.key.clone(), before(entry)?));
            }
        }
        units.sort_by_key(|(_, unit)| unit.code.as_str().len());
        let commands = units.into_iter().map(|(key, unit)| (key, Command::Unit(unit))).collect();
        self.put(EntityKind::Unit, commands).await
    }

    async fn put(
        &mut self,
        kind: EntityKind,
        commands: Vec<(String, Command)>,
    ) -> Result<(), ReorganiseError> {
        let (keys, commands): (Vec<String>, Vec<_>) =
            commands.into_iter().map(|(key, command)| (key, (command, Expected::Any))).unzip();
        for (key, outcome) in keys.into_iter().zip(self.batch.put(commands).await?) {
            let what = format!("{} {key}", kind.as_str());
            outcome.map_err(|refusal| ReorganiseError::Rejected { what, refusal })?;
            self.restored += 1;
        }
        Ok(())
    }

    async fn page(&mut self, which: (EntityKind, bool), after: u64) -> Result<Vec<Entry>, ReorganiseError> {
        let whole = Some(self.stretch.last + 1 - self.stretch.first);
        let done = self.withdrawn + self.restored;
        if !(self.progress)(ReorganiseProgress { stage: "undoing", done, whole }) {
            return Err(ReorganiseError::Interrupted);
        }
        Ok(self.batch.writer().entries(self.stretch, which, after, GROUP).await?)
    }
}
