//! The tree of units by the day.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::read::{CentreAt, Stored, UnitAt, UnitName};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{centre, unit_period};
use crate::store::period_columns::{self, reference_day};
use crate::store::read::{damaged, id, version};
use crate::store::rows;

/// Periods of units by unit, to find names and ancestors on a day.
pub(crate) struct UnitTree<'a>(HashMap<i64, Vec<&'a unit_period::Model>>);

impl<'a> UnitTree<'a> {
    /// Groups rows by unit.
    pub(crate) fn new(rows: &'a [unit_period::Model]) -> Self {
        let mut by_unit: HashMap<i64, Vec<&unit_period::Model>> = HashMap::new();
        for row in rows {
            by_unit.entry(row.unit_id).or_default().push(row);
        }
        Self(by_unit)
    }

    /// The period of a unit on a day, or else its latest one.
    fn on(&self, unit_id: i64, day: NaiveDate) -> Option<&'a unit_period::Model> {
        let periods = self.0.get(&unit_id)?;
        let holds = periods.iter().find(|row| row.valid_from <= day && day < row.valid_to);
        holds.or_else(|| periods.iter().max_by_key(|row| row.valid_to)).copied()
    }

    /// The units above one on a day, from the province down.
    fn ancestors(&self, row: &unit_period::Model, day: NaiveDate) -> Result<Vec<UnitName>, StorageError> {
        let mut above = Vec::new();
        let mut parent = row.parent_unit_id;
        // Province, district, commune: more than three levels would be a cycle.
        while let Some(row) = parent.and_then(|unit_id| self.on(unit_id, day)).filter(|_| above.len() < 3) {
            above.push(name(row)?);
            parent = row.parent_unit_id;
        }
        above.reverse();
        Ok(above)
    }

    /// A unit period with the units above it on its own reference day.
    pub(crate) fn unit_at(
        &self,
        row: &unit_period::Model,
        sources: &HashMap<i64, Source>,
    ) -> Result<UnitAt, StorageError> {
        let day = reference_day(period_columns::period(row.valid_from, row.valid_to)?);
        Ok(UnitAt {
            unit_id: row.unit_id,
            stored: Stored {
                id: row.id,
                version: version(row.version),
                changed_at: row.changed_at,
                record: rows::unit::record(row, sources)?,
            },
            ancestors: self.ancestors(row, day)?,
        })
    }

    /// A centre with its unit and the units above on the centre's reference day.
    pub(crate) fn centre_at(
        &self,
        row: &centre::Model,
        sources: &HashMap<i64, Source>,
    ) -> Result<CentreAt, StorageError> {
        let day = reference_day(period_columns::period(row.valid_from, row.valid_to)?);
        let unit =
            self.on(row.unit_id, day).ok_or_else(|| damaged("centre", &row.slug, "its unit is not there"))?;
        Ok(CentreAt {
            stored: Stored {
                id: row.id,
                version: version(row.version),
                changed_at: row.changed_at,
                record: rows::centre::record(row, sources)?,
            },
            unit: name(unit)?,
            ancestors: self.ancestors(unit, day)?,
        })
    }
}

/// Code and name of a unit period.
pub(crate) fn name(row: &unit_period::Model) -> Result<UnitName, StorageError> {
    Ok(UnitName { code: id("unit", &row.code)?, full_name: row.full_name.clone() })
}
