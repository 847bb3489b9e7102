//! Stored records by their keys, for those who state a part of a record and leave the rest as it is.

use super::db::StorageError;
use super::keep::{Kept, stored};
use super::rows;
use super::writer::Writer;
use crate::centre::Centre;
use crate::centre_figure::CentreFigure;
use crate::change::EntityKind;
use crate::command::Command;
use crate::log_key::LogKey;
use crate::procedure::Procedure;
use crate::reference::{Agency, Decision, Event, Field};
use crate::unit::{Succession, UnitPeriod};
use crate::work::Work;

/// Listings that are looked up in one statement.
const GROUP: usize = 1_000;

impl Writer {
    /// The records that commands would replace, in their order, as they stand or as a comparison would have left them:
    /// those of the kinds that come in tables.
    pub(crate) async fn stored_like(
        &mut self,
        commands: &[&Command],
    ) -> Result<Vec<Option<Command>>, StorageError> {
        let is_table = |kind| {
            matches!(
                kind,
                EntityKind::Unit
                    | EntityKind::Succession
                    | EntityKind::Centre
                    | EntityKind::CentreFigure
                    | EntityKind::Availability
            )
        };
        let keys: Vec<Option<LogKey>> =
            commands.iter().map(|command| command.key().filter(|key| is_table(key.kind()))).collect();
        self.stored_at(&keys).await
    }

    /// The records of keys, in their order, as they stand or as a comparison would have left them. Facts about the site are
    /// no commands.
    pub(crate) async fn stored_at(
        &mut self,
        keys: &[Option<LogKey>],
    ) -> Result<Vec<Option<Command>>, StorageError> {
        let mut found = Vec::with_capacity(keys.len());
        let mut listings: Vec<LogKey> = Vec::new();
        let mut places = Vec::new();
        for (place, key) in keys.iter().enumerate() {
            found.push(match key {
                Some(key @ LogKey::Availability { .. }) => {
                    listings.push(key.clone());
                    places.push(place);
                    None
                }
                Some(key) => self.stored_alone(key).await?,
                None => None,
            });
        }
        for (keys, places) in listings.chunks(GROUP).zip(places.chunks(GROUP)) {
            let stored = rows::listings_by_key::stored_by_key(self, keys).await?;
            for (place, stored) in places.iter().zip(stored) {
                if let (Some(slot), Some((stored, _))) = (found.get_mut(*place), stored) {
                    *slot = Some(Command::Availability(Box::new(stored.record)));
                }
            }
        }
        Ok(found)
    }

    async fn stored_alone(&mut self, key: &LogKey) -> Result<Option<Command>, StorageError> {
        Ok(match key.kind() {
            EntityKind::Field => one::<Field>(self, key).await?.map(Command::Field),
            EntityKind::Agency => one::<Agency>(self, key).await?.map(Command::Agency),
            EntityKind::Event => one::<Event>(self, key).await?.map(Command::Event),
            EntityKind::Unit => one::<UnitPeriod>(self, key).await?.map(Command::Unit),
            EntityKind::Succession => one::<Succession>(self, key).await?.map(Command::Succession),
            EntityKind::Centre => one::<Centre>(self, key).await?.map(Command::Centre),
            EntityKind::Procedure => {
                one::<Procedure>(self, key).await?.map(|record| Command::Procedure(Box::new(record)))
            }
            EntityKind::Decision => one::<Decision>(self, key).await?.map(Command::Decision),
            EntityKind::CentreFigure => one::<CentreFigure>(self, key).await?.map(Command::CentreFigure),
            EntityKind::Work => one::<Work>(self, key).await?.map(|record| Command::Work(Box::new(record))),
            EntityKind::Availability | EntityKind::Site => None,
        })
    }
}

async fn one<K: Kept>(writer: &mut Writer, key: &LogKey) -> Result<Option<K>, StorageError> {
    Ok(stored::<K>(writer, key).await?.map(|stored| stored.record))
}
