//! What the resolver is built from: units during their periods, and what became of them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::code::UnitCode;
use crate::level::Tier;
use crate::period::Period;
use crate::read::UnitAt;
use crate::unit::{Extent, Succession};

/// A unit during one period, as the resolver needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceUnit {
    /// The unit, the same in all its periods.
    pub unit_id: i64,
    /// Code in this period.
    pub code: UnitCode,
    /// Code of the unit above.
    pub parent: Option<UnitCode>,
    /// Code of the province.
    pub province: UnitCode,
    /// The period.
    pub period: Period,
    /// Province, district or commune.
    pub tier: Tier,
    /// Kind as written, lower case.
    pub kind: String,
    /// Name without the kind.
    pub name: String,
    /// Name with the kind.
    pub full_name: String,
    /// Names of units that had gone into it before, each with its kind, as keys in one word: `xatrungmau`.
    pub former_keys: Vec<String>,
    /// The name with its kind in another spelling.
    pub other_name: Option<String>,
    /// What it was formed from, as published.
    pub formed_from: Option<String>,
}

impl PlaceUnit {
    /// From a unit as the catalogue reads it.
    #[must_use]
    pub fn new(unit: &UnitAt) -> Self {
        let record = &unit.stored.record;
        let extra = |column: &str| record.extra.get(column);
        Self {
            unit_id: unit.unit_id,
            code: record.code.clone(),
            parent: record.parent.clone(),
            province: record.province.clone(),
            period: record.period,
            tier: record.tier,
            kind: record.kind.clone(),
            name: record.name.clone(),
            full_name: record.full_name.clone(),
            former_keys: former_keys(extra("former_name_keys").map_or("", String::as_str)),
            other_name: extra("full_name_alt_spelling").filter(|name| **name != record.full_name).cloned(),
            formed_from: extra("formed_from").filter(|text| text.as_str() != "giữ nguyên").cloned(),
        }
    }
}

/// The keys in a column of former names, each once.
#[must_use]
pub fn former_keys(column: &str) -> Vec<String> {
    let mut keys: Vec<String> = column.split_whitespace().map(str::to_owned).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What became of a unit, as the resolver needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceLink {
    /// Code that the former unit had on the day before.
    pub predecessor: UnitCode,
    /// Code of the unit it went to; none where unknown.
    pub successor: Option<UnitCode>,
    /// First day of the new order.
    pub effective_on: NaiveDate,
    /// How much went there.
    pub extent: Extent,
    /// The resolution, where the record names it.
    pub resolution: Option<String>,
    /// What the record says about land and people.
    pub remark: Option<String>,
    /// Where the record comes from.
    pub source: String,
    /// A unit in between, where the source took two steps at once.
    pub between: Option<Between>,
}

/// A unit that existed only between the periods that the catalogue knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Between {
    /// Its code.
    pub code: UnitCode,
    /// Its name with its kind.
    pub full_name: String,
    /// Name of its district with its kind; may be empty.
    pub district: String,
}

impl PlaceLink {
    /// From a succession.
    #[must_use]
    pub fn new(record: &Succession) -> Self {
        let extra =
            |column: &str| record.extra.get(column).map(String::as_str).filter(|text| !text.is_empty());
        // A unit that kept its name is no other; what only its district or its kind tells apart stays one in between.
        let between = || {
            let full_name = extra("mid_2025_name")?.to_owned();
            let district = extra("mid_2025_district").unwrap_or_default().to_owned();
            let same = extra("old_name") == Some(full_name.as_str())
                && extra("old_district") == Some(district.as_str());
            let code = extra("mid_2025_code")?.parse().ok()?;
            (!same).then_some(Between { code, full_name, district })
        };
        Self {
            predecessor: record.predecessor.clone(),
            successor: record.successor.clone(),
            effective_on: record.effective_on,
            extent: record.extent,
            resolution: extra("resolution").map(str::to_owned),
            remark: extra("remark").map(str::to_owned),
            source: record.source.citation.clone(),
            between: between(),
        }
    }
}
