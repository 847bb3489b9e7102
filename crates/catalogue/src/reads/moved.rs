//! Where an address from another day leads: the one unit or centre that stands for it on the day, where there is one.

use chrono::NaiveDate;

use crate::catalogue::Catalogue;
use crate::code::{CentreId, UnitCode};
use crate::read::{CentreAt, CentreFilter, Moved, PageRequest, UnitAt};
use crate::store::db::StorageError;
use crate::unit::Extent;

/// Units end a few times in a century; the bound only keeps a circle in the data from running forever.
const GENERATIONS: usize = 6;

impl Catalogue {
    /// The unit of a day to which all of a former unit went, by the code that the former one had. None where a unit has
    /// the code on the day, where the former one was split, where its fate is unknown, and where none ever was.
    pub async fn moved_unit(
        &self,
        code: &UnitCode,
        as_of: NaiveDate,
    ) -> Result<Option<Moved<UnitCode>>, StorageError> {
        let ever = self.units_ever(code).await?;
        if ever.iter().any(|unit| unit.stored.record.period.contains(as_of)) {
            return Ok(None);
        }
        // Latest first: the one that had the code last.
        match ever.into_iter().find(|unit| is_over(unit, as_of)) {
            Some(unit) => self.successor(unit, as_of).await,
            None => Ok(None),
        }
    }

    /// The centre of a day that took the place of one which has closed: the only one of the same tier that belongs to
    /// the unit to which all of the closed one's unit went. None where it still works, or is yet to open.
    pub async fn moved_centre(
        &self,
        centre: &CentreAt,
        as_of: NaiveDate,
    ) -> Result<Option<Moved<CentreId>>, StorageError> {
        let record = &centre.stored.record;
        let Some(end) = record.period.valid_to().filter(|end| *end <= as_of) else { return Ok(None) };
        let Some(last_day) = end.pred_opt() else { return Ok(None) };
        let Some(unit) = self.unit(&record.unit, last_day).await? else { return Ok(None) };
        let Some(now) = self.successor(unit, as_of).await? else { return Ok(None) };
        let filter = CentreFilter { as_of, tier: Some(record.tier), unit: Some(now.to.clone()) };
        let inside = self.centres(&filter, &PageRequest { size: 100, after: None }).await?;
        let mut own = inside.items.into_iter().filter(|other| other.stored.record.unit == now.to);
        let (Some(only), None) = (own.next(), own.next()) else { return Ok(None) };
        let only = only.stored.record;
        let since = only.period.valid_from().map_or(end, |opened| opened.max(end));
        Ok(Some(Moved { former: record.name.clone(), to: only.id, since }))
    }

    /// The unit of a day that a unit of another day is, or that all of it went to.
    async fn successor(
        &self,
        unit: UnitAt,
        as_of: NaiveDate,
    ) -> Result<Option<Moved<UnitCode>>, StorageError> {
        let former = unit.stored.record.full_name.clone();
        let (mut unit, mut joined) = (unit, None);
        for _ in 0..GENERATIONS {
            let history = self.unit_history(unit.unit_id).await?;
            let same = history.periods.into_iter().find(|period| period.record.period.contains(as_of));
            if let Some(same) = same {
                let since = joined.or(same.record.period.valid_from()).unwrap_or(as_of);
                return Ok(Some(Moved { former, to: same.record.code, since }));
            }
            let [only] = history.successors.as_slice() else { return Ok(None) };
            let Some(next) = only.unit.as_ref().filter(|_| only.extent == Extent::Whole) else {
                return Ok(None);
            };
            if only.effective_on > as_of {
                return Ok(None);
            }
            let Some(found) = self.unit(&next.code, only.effective_on).await? else { return Ok(None) };
            (unit, joined) = (found, Some(only.effective_on));
        }
        Ok(None)
    }
}

fn is_over(unit: &UnitAt, day: NaiveDate) -> bool {
    unit.stored.record.period.valid_to().is_some_and(|end| end <= day)
}
