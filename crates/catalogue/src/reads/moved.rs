//! Which centre stands for one that has closed.

use chrono::NaiveDate;

use crate::catalogue::Catalogue;
use crate::code::{CentreId, UnitCode};
use crate::read::{CentreAt, CentreFilter, Moved, PageRequest};
use crate::store::db::StorageError;

impl Catalogue {
    /// The centre of a day that took the place of one which has closed: the only one of the same tier that belongs to
    /// `unit`, to which all of the closed one's unit went. None where it still works.
    pub async fn centre_in_place_of(
        &self,
        centre: &CentreAt,
        unit: &Moved<UnitCode>,
        as_of: NaiveDate,
    ) -> Result<Option<Moved<CentreId>>, StorageError> {
        let record = &centre.stored.record;
        let Some(end) = record.period.valid_to().filter(|end| *end <= as_of) else { return Ok(None) };
        let filter = CentreFilter { as_of, tier: Some(record.tier), unit: Some(unit.to.clone()) };
        let inside = self.centres(&filter, &PageRequest { size: 100, after: None }).await?;
        let mut own = inside.items.into_iter().filter(|other| other.stored.record.unit == unit.to);
        let (Some(only), None) = (own.next(), own.next()) else { return Ok(None) };
        let only = only.stored.record;
        let since = only.period.valid_from().map_or(end, |opened| opened.max(end));
        Ok(Some(Moved { former: record.name.clone(), to: only.id, since }))
    }
}
