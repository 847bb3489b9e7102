//! What a file of successions does to units and centres: worked out from one state of the catalogue, without touching
//! it. What it does to listings follows centre by centre, in `run.rs`.

mod centres;
mod order;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::centre::Centre;
use crate::code::{CentreId, UnitCode};
use crate::import::RowRefusal;
use crate::import::reorganisation::Passages;
use crate::period::Period;
use crate::read::{CentreAt, UnitAt};
use crate::source::{Source, SourceKind};
use crate::unit::{Succession, UnitPeriod};

use super::{Effect, Touch};

/// What a plan is made from, beside the file.
pub(super) struct Given<'a> {
    /// Every period of every unit.
    pub(super) units: &'a [UnitAt],
    /// Every centre.
    pub(super) centres: &'a [CentreAt],
    /// First day of the new order.
    pub(super) effective: NaiveDate,
    /// The resolution, where the rows name none.
    pub(super) resolution: Option<&'a str>,
    /// Name of the file, which is the source where there is no resolution.
    pub(super) file: &'a str,
}

/// What is to be done, each in the order in which it must be.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Periods that end and periods that begin.
    pub(super) units: Vec<UnitPeriod>,
    /// What became of each unit.
    pub(super) successions: Vec<Succession>,
    /// Centres that end on the day.
    pub(super) closing: Vec<Closing>,
    /// Centres that begin on the day.
    pub(super) opening: Vec<Centre>,
    /// Centres that get listings of others.
    pub(super) targets: Vec<Target>,
    /// Units of which nobody says what became of them.
    pub(super) lost: Vec<UnitCode>,
    /// What is done to units, centres and their pages.
    pub(super) touches: Vec<(Effect, Touch)>,
    /// What was taken with a grain of salt.
    pub(super) notices: Vec<String>,
}

/// A centre that ends on the day.
#[derive(Debug, Clone)]
pub(super) struct Closing {
    /// Its row.
    pub(super) row_id: i64,
    /// Its id.
    pub(super) id: CentreId,
    /// The record as it will be; absent where it ends on that day already.
    pub(super) record: Option<Centre>,
    /// Line of the file that ends its unit; 0 where that follows by rule.
    pub(super) line: u64,
}

/// A centre that gets listings from those of former units.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Its id.
    pub(super) centre: CentreId,
    /// Its row, where it goes on.
    pub(super) own: Option<i64>,
    /// Where the listings come from.
    pub(super) from: Vec<Origin>,
    /// Source of the listings.
    pub(super) source: Source,
}

/// A former centre, or a former unit that had none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// Row and id of the centre.
    pub(super) centre: Option<(i64, CentreId)>,
    /// Whether the whole unit went to the new one.
    pub(super) is_whole: bool,
}

/// Works out what is to be done, or everything that is wrong with the file.
pub(super) fn plan(given: &Given<'_>, passages: Passages) -> Result<Plan, Vec<RowRefusal>> {
    let Passages { rows, mut faults, notices } = passages;
    let world = World::of(given);
    let rows = rows::Grouped::of(&rows, &world, &mut faults);
    let order = order::Order::of(given, &world, &rows, &mut faults);
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Err(faults);
    }
    let mut plan = Plan { notices, ..Plan::default() };
    plan.notices.extend(rows.notices.iter().cloned());
    plan.notices.extend(order.notices.iter().cloned());
    order.write(given, &rows, &mut plan);
    centres::write(given, &world, &order, &mut plan).map_err(|mut faults| {
        faults.sort_by_key(|fault| fault.line);
        faults
    })?;
    Ok(plan)
}

/// The catalogue around the day.
struct World<'a> {
    effective: NaiveDate,
    /// Who has a code on the eve.
    eve: BTreeMap<&'a UnitCode, &'a UnitAt>,
    /// Every period of a code.
    periods: HashMap<&'a UnitCode, Vec<Period>>,
    /// Communes and districts directly below a unit on the eve.
    below: HashMap<&'a UnitCode, Vec<&'a UnitCode>>,
}

impl<'a> World<'a> {
    fn of(given: &Given<'a>) -> Self {
        let mut world = Self {
            effective: given.effective,
            eve: BTreeMap::new(),
            periods: HashMap::new(),
            below: HashMap::new(),
        };
        let Some(eve) = given.effective.pred_opt() else { return world };
        for unit in given.units {
            let record = &unit.stored.record;
            world.periods.entry(&record.code).or_default().push(record.period);
            if record.period.contains(eve) {
                world.eve.insert(&record.code, unit);
                if let Some(parent) = &record.parent {
                    world.below.entry(parent).or_default().push(&record.code);
                }
            }
        }
        world
    }

    fn record(&self, code: &UnitCode) -> Option<&'a UnitPeriod> {
        self.eve.get(code).map(|unit| &unit.stored.record)
    }

    /// Whether a unit of the eve would still be there on the day if nothing was done.
    fn would_stay(&self, code: &UnitCode) -> bool {
        self.record(code).is_some_and(|record| record.period.valid_to() != Some(self.effective))
    }

    /// Whether a code has a period that begins on the day or later.
    fn has_future(&self, code: &UnitCode) -> bool {
        self.periods
            .get(code)
            .into_iter()
            .flatten()
            .any(|period| period.valid_from().is_some_and(|from| from >= self.effective))
    }
}

/// Source of what a row says.
fn source(given: &Given<'_>, resolution: Option<&str>) -> Source {
    match resolution.or(given.resolution) {
        Some(resolution) => Source {
            kind: SourceKind::Decision,
            citation: crate::text::nfc(resolution.trim()),
            retrieved_on: None,
        },
        None => Source {
            kind: SourceKind::Dataset,
            citation: crate::text::nfc(&format!("Tệp {}", given.file)),
            retrieved_on: None,
        },
    }
}

/// A period that ends on a day.
fn ending(period: Period, day: NaiveDate) -> Period {
    Period::new(period.valid_from(), Some(day)).unwrap_or(period)
}
