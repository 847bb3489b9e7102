//! Finding out what commands would change, without any lock.

use std::path::PathBuf;

use sea_orm::DatabaseTransaction;

use super::items::Items;
use crate::actor::Reason;
use crate::catalogue::Catalogue;
use crate::command::{Applied, Command, Expected};
use crate::log_key::LogKey;
use crate::log_place::LogPlace;
use crate::permit::Permit;
use crate::refusal::Refusal;
use crate::store::correct;
use crate::store::db::StorageError;
use crate::store::read::damaged;
use crate::store::writer::Writer;

/// A comparison of commands with one state of the catalogue. Nobody waits for it, and it waits for nobody.
#[derive(Debug)]
pub struct Comparison {
    writer: Writer,
    items: Items,
    scratch: Option<PathBuf>,
}

/// What a command would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Make a record.
    Created,
    /// Change one.
    Changed,
    /// Nothing: the record is as wanted.
    Same,
    /// Take a record out.
    Withdrawn,
}

/// What a comparison found: the items of a set, and the place in the log that they were compared with.
#[derive(Debug)]
pub struct Prepared {
    /// The items.
    pub items: Items,
    /// The place.
    pub base: LogPlace,
}

impl Catalogue {
    /// Begins a comparison with the present state. Many items go to a file in `scratch`.
    pub async fn compare(
        &self,
        permit: &Permit,
        reason: &Reason,
        scratch: Option<PathBuf>,
    ) -> Result<Comparison, StorageError> {
        let writer = Writer::compare(&self.db, permit, reason).await?;
        Ok(Comparison { writer, items: Items::default(), scratch })
    }
}

impl Comparison {
    /// Compares commands in order, as if those before them had been carried out. Refused ones become no items.
    pub async fn put(
        &mut self,
        commands: Vec<(Command, Expected)>,
    ) -> Result<Vec<Result<Compared, Refusal>>, StorageError> {
        let outcomes = self.writer.put(commands).await?;
        self.collect()?;
        let outcomes = outcomes.into_iter().map(|outcome| {
            outcome.map(|applied| match applied {
                Applied::Created(_) => Compared::Created,
                Applied::Changed(_) => Compared::Changed,
                Applied::Same => Compared::Same,
                Applied::Withdrawn(_) => Compared::Withdrawn,
            })
        });
        Ok(outcomes.collect())
    }

    /// The records that commands would replace, in their order, as those compared before would have left them.
    pub(crate) async fn stored_like(
        &mut self,
        commands: &[&Command],
    ) -> Result<Vec<Option<Command>>, StorageError> {
        self.writer.stored_like(commands).await
    }

    /// The period in whose place a command would come that says how it is from its first day on.
    pub(crate) async fn replaced_from(&mut self, command: &Command) -> Result<Option<Command>, StorageError> {
        correct::replaced_from(&mut self.writer, command).await
    }

    /// Keeps every record whole that it makes, however many there are.
    pub(crate) fn keep_all(&mut self) {
        self.writer.keep_all();
    }

    /// Records that would be shortened or taken out although others need them as they are, each with its refusal. To be
    /// asked when everything is compared.
    pub async fn needed(&mut self) -> Result<Vec<(LogKey, Refusal)>, StorageError> {
        Box::pin(self.writer.needed()).await
    }

    /// What it reads with, for reads of many rows at once.
    pub(crate) fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// Reads the state that is compared with, for whole lists. Another snapshot may be of a later one.
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        self.writer.connection()
    }

    /// The place in the log that is compared with.
    #[must_use]
    pub fn base(&self) -> &LogPlace {
        self.writer.place()
    }

    /// Ends the comparison.
    pub async fn finish(self) -> Result<Prepared, StorageError> {
        let base = self.writer.place().clone();
        self.writer.rollback().await?;
        Ok(Prepared { items: self.items, base })
    }

    fn collect(&mut self) -> Result<(), StorageError> {
        let entries = self.writer.take_entries();
        self.items
            .add(entries, self.scratch.as_deref())
            .map_err(|error| damaged("change set", "items", format!("cannot be kept: {error}")))
    }
}
