//! What dated reads return.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::availability::{Availability, Offered};
use crate::centre::Centre;
use crate::code::{CentreId, ProcedureCode, UnitCode};
use crate::level::{Level, Scheme, Tier};
use crate::period::Period;
use crate::procedure::{AgencyRole, Procedure};
use crate::reference::{Agency, Field};
use crate::unit::UnitPeriod;

/// A record with what the catalogue keeps about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<T> {
    /// Row id, stable for the life of the data folder.
    pub id: i64,
    /// Version, from 1, raised by every change.
    pub version: u32,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// The record.
    pub record: T,
}

/// A procedure on a day, with the names behind its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcedureAt {
    /// Id of the procedure, the same in every period.
    pub procedure_id: i64,
    /// The text that holds on the day.
    pub stored: Stored<Procedure>,
    /// Its fields, the main one first.
    pub fields: Vec<Field>,
    /// Its agencies in their roles, in the record's order.
    pub agencies: Vec<(AgencyRole, Agency)>,
    /// Further periods of the same procedure, oldest first.
    pub periods: Vec<Period>,
}

/// A unit on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitAt {
    /// Id of the unit, the same in every period.
    pub unit_id: i64,
    /// Code, kind, name and parent on the day.
    pub stored: Stored<UnitPeriod>,
    /// The units above it on the day, from the province down.
    pub ancestors: Vec<UnitName>,
}

/// Code and name of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UnitName {
    /// Code.
    pub code: UnitCode,
    /// Name with the kind.
    pub full_name: String,
}

/// Where an address from another day leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved<T> {
    /// Name of what was there.
    pub former: String,
    /// Code or id of what stands for it on the day.
    pub to: T,
    /// First day on which it does.
    pub since: NaiveDate,
}

/// A centre with the names around it.
#[derive(Debug, Clone, PartialEq)]
pub struct CentreAt {
    /// The centre.
    pub stored: Stored<Centre>,
    /// Its unit during the centre's period.
    pub unit: UnitName,
    /// The units above that unit, from the province down.
    pub ancestors: Vec<UnitName>,
}

/// An availability with the names behind its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct AvailabilityAt {
    /// The availability.
    pub stored: Stored<Availability>,
    /// Name of the procedure on the day.
    pub procedure_name: String,
    /// Name of the centre.
    pub centre_name: String,
    /// Tier of the centre.
    pub centre_tier: Tier,
    /// Unit of the centre.
    pub unit: UnitName,
    /// The unit above, where there is one.
    pub parent_unit: Option<UnitName>,
}

/// Which levels a read wants: a level in any scheme that has it, or in one scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LevelFilter {
    /// Only this scheme; any where absent.
    pub scheme: Option<Scheme>,
    /// The level.
    pub level: Level,
}

impl LevelFilter {
    /// Whether a level is wanted.
    #[must_use]
    pub fn matches(self, level: crate::level::OnlineLevel) -> bool {
        level.level() == self.level && self.scheme.is_none_or(|scheme| scheme == level.scheme())
    }
}

impl std::str::FromStr for LevelFilter {
    type Err = crate::code::InvalidId;

    /// `4`, `partial`, or with its scheme `nd43-2011:4`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, level) = match text.split_once(':') {
            Some((scheme, level)) => (Some(scheme.parse::<Scheme>()?), level),
            None => (None, text),
        };
        let level: Level = level.parse()?;
        if let Some(scheme) = scheme
            && !scheme.levels().contains(&level)
        {
            return Err(crate::code::InvalidId {
                what: "level of that scheme",
                value: text.to_owned(),
                expected: "nd43-2011 has 1 to 4; nd42-2022 and nd224-2026 have none, partial and full",
            });
        }
        Ok(Self { scheme, level })
    }
}

impl std::fmt::Display for LevelFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}:", scheme.as_str())?;
        }
        f.write_str(self.level.as_str())
    }
}

/// Which availabilities a read wants. `as_of` is always there: nothing is read without a date.
#[derive(Debug, Clone, PartialEq)]
pub struct AvailabilityFilter {
    /// The day.
    pub as_of: NaiveDate,
    /// Only this procedure.
    pub procedure: Option<ProcedureCode>,
    /// Only this centre.
    pub centre: Option<CentreId>,
    /// Only centres of this unit and of the units below it on the day.
    pub unit: Option<UnitCode>,
    /// Only centres of this tier.
    pub tier: Option<Tier>,
    /// Only this level.
    pub level: Option<LevelFilter>,
    /// Only this answer.
    pub offered: Option<Offered>,
}

impl AvailabilityFilter {
    /// Everything on a day.
    #[must_use]
    pub fn on(as_of: NaiveDate) -> Self {
        Self { as_of, procedure: None, centre: None, unit: None, tier: None, level: None, offered: None }
    }
}

/// Which centres a read wants.
#[derive(Debug, Clone, PartialEq)]
pub struct CentreFilter {
    /// The day.
    pub as_of: NaiveDate,
    /// Only this tier.
    pub tier: Option<Tier>,
    /// Only centres of this unit and of the units below it on the day.
    pub unit: Option<UnitCode>,
}

/// Which part of a list to read.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest {
    /// How many items at most, 1 to 100.
    pub size: u32,
    /// Continue after this place.
    pub after: Option<Place>,
}

/// A place in a list: the sort key and id of the last item read. Lists continue after it even when items before it
/// come or go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Sort key of the item.
    pub sort: String,
    /// Row id, which breaks ties.
    pub id: i64,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next part begins; absent at the end.
    pub next: Option<Place>,
    /// How many items the whole list has.
    pub total: u64,
}

/// What the search index keeps of an availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// Id of the procedure ([`ProcedureAt::procedure_id`]).
    pub procedure_id: i64,
    /// Whether it is about one case of the procedure only.
    pub case: bool,
    /// Whether the centre offers it.
    pub offered: Offered,
    /// How far online.
    pub level: Option<crate::level::OnlineLevel>,
    /// When it holds.
    pub period: Period,
    /// Where one may file from.
    pub boundary_free: crate::availability::BoundaryFree,
}
