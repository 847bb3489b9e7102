//! The places of the whole catalogue, for whoever has none in memory, or older ones.

use crate::catalogue::Catalogue;
use crate::places::{PlaceLink, PlaceResolver, PlaceUnit};
use crate::store::db::StorageError;

impl Catalogue {
    /// Every unit and succession of the present state. Reads both whole.
    pub async fn places(&self) -> Result<PlaceResolver, StorageError> {
        let mut snapshot = self.snapshot().await?;
        let units = snapshot.units().await?.iter().map(PlaceUnit::new).collect();
        let links = snapshot.successions().await?.iter().map(PlaceLink::new).collect();
        Ok(PlaceResolver::new(units, links))
    }
}
