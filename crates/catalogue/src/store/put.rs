//! Carries commands out: which kind of record goes where.

use super::correct;
use super::db::StorageError;
use super::keep::{self, Kept, Outcome, keep};
use super::read::damaged;
use super::rows;
use super::rows::site::SiteFact;
use super::writer::Writer;
use crate::availability::Availability;
use crate::centre::Centre;
use crate::centre_figure::CentreFigure;
use crate::change::EntityKind;
use crate::command::{Applied, Command, Expected};
use crate::log_key::LogKey;
use crate::procedure::Procedure;
use crate::reference::{Agency, Decision, Event, Field};
use crate::refusal::Refusal;
use crate::unit::{Succession, UnitPeriod};
use crate::work::Work;

/// Commands of one kind that wait to be carried out together: they come by the million.
enum Group {
    None,
    Listings(Vec<(Availability, Expected)>),
    Work(Vec<(Work, Expected)>),
    Withdrawn(Vec<(LogKey, Expected)>),
}

impl Writer {
    /// Carries out commands in order. A refused one changes nothing and does not stop the others. There is one outcome
    /// for each command, in their order.
    pub(crate) async fn put(
        &mut self,
        commands: Vec<(Command, Expected)>,
    ) -> Result<Vec<Result<Applied, Refusal>>, StorageError> {
        if !self.may_write() {
            return Ok(commands.iter().map(|_| Err(Refusal::Forbidden)).collect());
        }
        let mut outcomes = Vec::with_capacity(commands.len());
        let mut group = Group::None;
        for (command, expected) in commands {
            group = match (command, group) {
                (Command::Availability(record), Group::Listings(mut list)) => {
                    list.push((*record, expected));
                    Group::Listings(list)
                }
                (Command::Work(record), Group::Work(mut list)) => {
                    list.push((*record, expected));
                    Group::Work(list)
                }
                (
                    Command::Withdraw { key: key @ LogKey::Availability { .. } },
                    Group::Withdrawn(mut list),
                ) => {
                    list.push((key, expected));
                    Group::Withdrawn(list)
                }
                (command, before) => {
                    self.put_group(before, &mut outcomes).await?;
                    match command {
                        Command::Availability(record) => Group::Listings(vec![(*record, expected)]),
                        Command::Work(record) => Group::Work(vec![(*record, expected)]),
                        Command::Withdraw { key: key @ LogKey::Availability { .. } } => {
                            Group::Withdrawn(vec![(key, expected)])
                        }
                        command => {
                            outcomes.push(Box::pin(self.put_one(command, expected)).await?);
                            Group::None
                        }
                    }
                }
            };
        }
        self.put_group(group, &mut outcomes).await?;
        Ok(outcomes)
    }

    async fn put_group(
        &mut self,
        group: Group,
        outcomes: &mut Vec<Result<Applied, Refusal>>,
    ) -> Result<(), StorageError> {
        match group {
            Group::None => Ok(()),
            Group::Listings(list) => rows::listings_written::put_group(self, list, outcomes).await,
            Group::Work(list) => rows::work::put_group(self, list, outcomes).await,
            Group::Withdrawn(keys) => rows::listings_by_key::withdraw_group(self, keys, outcomes).await,
        }
    }

    /// Carries out one command.
    pub(super) async fn put_one(&mut self, command: Command, expected: Expected) -> Outcome {
        match command {
            Command::Field(record) => keep(self, record, expected).await,
            Command::Agency(record) => keep(self, record, expected).await,
            Command::Event(record) => keep(self, record, expected).await,
            Command::Unit(record) => keep(self, record, expected).await,
            Command::Succession(record) => keep(self, record, expected).await,
            Command::Centre(record) => keep(self, record, expected).await,
            Command::Procedure(record) => keep(self, *record, expected).await,
            Command::Decision(record) => keep(self, record, expected).await,
            Command::CentreFigure(record) => keep(self, record, expected).await,
            Command::Work(record) => keep(self, *record, expected).await,
            Command::Availability(record) => {
                let mut outcomes = Vec::with_capacity(1);
                rows::listings_written::put_group(self, vec![(*record, expected)], &mut outcomes).await?;
                outcomes.pop().ok_or_else(|| damaged("availability", "", "a command without an outcome"))
            }
            Command::StateFrom(command) => correct::state_from(self, *command, expected).await,
            Command::End { key, on } => correct::end(self, key, on, expected).await,
            Command::Rebegin { key, from } => correct::rebegin(self, key, from, expected).await,
            Command::Withdraw { key } => self.withdraw(key, expected).await,
        }
    }

    /// Takes a record out as a mistake.
    pub(super) async fn withdraw(&mut self, key: LogKey, expected: Expected) -> Outcome {
        match key.kind() {
            EntityKind::Field => keep::withdraw::<Field>(self, key, expected).await,
            EntityKind::Agency => keep::withdraw::<Agency>(self, key, expected).await,
            EntityKind::Event => keep::withdraw::<Event>(self, key, expected).await,
            EntityKind::Unit => keep::withdraw::<UnitPeriod>(self, key, expected).await,
            EntityKind::Succession => keep::withdraw::<Succession>(self, key, expected).await,
            EntityKind::Centre => keep::withdraw::<Centre>(self, key, expected).await,
            EntityKind::Procedure => keep::withdraw::<Procedure>(self, key, expected).await,
            EntityKind::Decision => keep::withdraw::<Decision>(self, key, expected).await,
            EntityKind::CentreFigure => keep::withdraw::<CentreFigure>(self, key, expected).await,
            EntityKind::Work => keep::withdraw::<Work>(self, key, expected).await,
            EntityKind::Site => keep::withdraw::<SiteFact>(self, key, expected).await,
            EntityKind::Availability => {
                let mut outcomes = Vec::with_capacity(1);
                rows::listings_by_key::withdraw_group(self, vec![(key, expected)], &mut outcomes).await?;
                outcomes.pop().ok_or_else(|| damaged("availability", "", "a command without an outcome"))
            }
        }
    }

    /// Writes a fact about the site.
    pub(crate) async fn put_site(&mut self, key: &str, value: &str) -> Outcome {
        keep(self, SiteFact { key: key.to_owned(), value: value.to_owned() }, Expected::Any).await
    }
}

impl Command {
    /// Key of the record that a command with a record writes; none for a command that names a record by its key.
    pub(crate) fn key(&self) -> Option<LogKey> {
        Some(match self {
            Self::Field(record) => record.key(),
            Self::Agency(record) => record.key(),
            Self::Event(record) => record.key(),
            Self::Unit(record) => record.key(),
            Self::Succession(record) => record.key(),
            Self::Centre(record) => record.key(),
            Self::Procedure(record) => record.key(),
            Self::Decision(record) => record.key(),
            Self::CentreFigure(record) => record.key(),
            Self::Work(record) => record.key(),
            Self::Availability(record) => rows::availability::log_key(record),
            Self::StateFrom(command) => return command.key(),
            Self::End { .. } | Self::Rebegin { .. } | Self::Withdraw { .. } => return None,
        })
    }

    /// Writes the record as the log would have it.
    pub(crate) fn write_json(&self, out: &mut impl std::io::Write) -> Result<(), serde_json::Error> {
        use serde_json::to_writer;
        match self {
            Self::Field(record) => to_writer(out, record),
            Self::Agency(record) => to_writer(out, record),
            Self::Event(record) => to_writer(out, record),
            Self::Unit(record) => to_writer(out, record),
            Self::Succession(record) => to_writer(out, record),
            Self::Centre(record) => to_writer(out, record),
            Self::Procedure(record) => to_writer(out, record),
            Self::Decision(record) => to_writer(out, record),
            Self::CentreFigure(record) => to_writer(out, record),
            Self::Work(record) => to_writer(out, record),
            Self::Availability(record) => to_writer(out, record),
            Self::StateFrom(command) => command.write_json(out),
            Self::End { key, .. } | Self::Rebegin { key, .. } | Self::Withdraw { key } => {
                to_writer(out, &key.to_string())
            }
        }
    }
}
