//! Stored records by their keys, for those who state a part of a record and leave the rest as it is.

use super::db::StorageError;
use super::keep::{Kept, stored};
use super::rows;
use super::writer::Writer;
use crate::centre::Centre;
use crate::centre_figure::CentreFigure;
use crate::command::Command;
use crate::log_key::LogKey;
use crate::unit::{Succession, UnitPeriod};

/// Listings that are looked up in one statement.
const GROUP: usize = 1_000;

impl Writer {
    /// The records that commands would replace, in their order, as they stand or as a comparison would have left them:
    /// those of the kinds that come in tables.
    pub(crate) async fn stored_like(
        &mut self,
        commands: &[&Command],
    ) -> Result<Vec<Option<Command>>, StorageError> {
        let mut found = Vec::with_capacity(commands.len());
        let mut listings: Vec<LogKey> = Vec::new();
        let mut places = Vec::new();
        for (place, command) in commands.iter().enumerate() {
            let Some(key) = command.key() else {
                found.push(None);
                continue;
            };
            found.push(match key {
                LogKey::Availability { .. } => {
                    listings.push(key);
                    places.push(place);
                    None
                }
                LogKey::Unit { .. } => one::<UnitPeriod>(self, &key).await?.map(Command::Unit),
                LogKey::Succession { .. } => one::<Succession>(self, &key).await?.map(Command::Succession),
                LogKey::Centre(_) => one::<Centre>(self, &key).await?.map(Command::Centre),
                LogKey::CentreFigure { .. } => {
                    one::<CentreFigure>(self, &key).await?.map(Command::CentreFigure)
                }
                _ => None,
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
}

async fn one<K: Kept>(writer: &mut Writer, key: &LogKey) -> Result<Option<K>, StorageError> {
    Ok(stored::<K>(writer, key).await?.map(|stored| stored.record))
}
