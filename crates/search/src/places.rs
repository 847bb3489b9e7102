//! Units and centres on any day: which centres lie in a unit.

use std::collections::HashMap;

use motcua_catalogue::places::{PlaceLink, PlaceResolver, PlaceUnit};
use motcua_catalogue::{CentreAt, CentreId, Tier, UnitAt, UnitCode};
use serde::{Deserialize, Serialize};

use crate::days::{Day, Days};

/// A unit during one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnitData {
    pub(crate) unit_id: i64,
    pub(crate) code: UnitCode,
    pub(crate) parent: Option<UnitCode>,
    pub(crate) days: Days,
    pub(crate) tier: Tier,
    /// Kind as it is written, such as "thị xã".
    pub(crate) kind: String,
    /// Name without the kind.
    pub(crate) name: String,
    pub(crate) full_name: String,
    /// Code of its province during the period.
    pub(crate) province: UnitCode,
    /// Keys of names that only the resolver of places reads, beside what it was formed from.
    pub(crate) former_keys: Vec<String>,
    pub(crate) other_name: Option<String>,
    pub(crate) formed_from: Option<String>,
}

impl UnitData {
    pub(crate) fn new(unit: &UnitAt) -> Self {
        let unit = PlaceUnit::new(unit);
        Self {
            unit_id: unit.unit_id,
            code: unit.code,
            parent: unit.parent,
            days: Days::of(unit.period),
            tier: unit.tier,
            kind: unit.kind,
            name: unit.name,
            full_name: unit.full_name,
            province: unit.province,
            former_keys: unit.former_keys,
            other_name: unit.other_name,
            formed_from: unit.formed_from,
        }
    }

    fn place_unit(&self) -> PlaceUnit {
        PlaceUnit {
            unit_id: self.unit_id,
            code: self.code.clone(),
            parent: self.parent.clone(),
            province: self.province.clone(),
            period: self.days.period(),
            tier: self.tier,
            kind: self.kind.clone(),
            name: self.name.clone(),
            full_name: self.full_name.clone(),
            former_keys: self.former_keys.clone(),
            other_name: self.other_name.clone(),
            formed_from: self.formed_from.clone(),
        }
    }
}

/// What became of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuccessionData {
    pub(crate) predecessor: UnitCode,
    pub(crate) successor: UnitCode,
    pub(crate) day: Day,
}

impl SuccessionData {
    fn new(link: &PlaceLink) -> Option<Self> {
        Some(Self {
            predecessor: link.predecessor.clone(),
            successor: link.successor.clone()?,
            day: crate::days::day_of(link.effective_on),
        })
    }
}

/// A centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CentreData {
    pub(crate) row_id: i64,
    pub(crate) id: CentreId,
    pub(crate) unit: UnitCode,
    pub(crate) days: Days,
    pub(crate) name: String,
    /// Where its sites stand, in millionths of a degree: latitude and longitude.
    pub(crate) points: Vec<(i32, i32)>,
}

impl CentreData {
    pub(crate) fn new(centre: &CentreAt) -> Self {
        let record = &centre.stored.record;
        Self {
            row_id: centre.stored.id,
            id: record.id.clone(),
            unit: record.unit.clone(),
            days: Days::of(record.period),
            name: record.name.clone(),
            points: crate::level_map::points(&record.sites),
        }
    }
}

/// Number of a centre in one [`Places`].
pub(crate) type CentreNumber = u32;

/// Every period of every unit, and every centre. Places never change; an update makes the next ones.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) units: Vec<UnitData>,
    pub(crate) centres: Vec<CentreData>,
    pub(crate) successions: Vec<SuccessionData>,
    /// Leads what people write to units.
    pub(crate) resolver: PlaceResolver,
    successors: HashMap<UnitCode, Vec<usize>>,
    periods_of_code: HashMap<UnitCode, Vec<usize>>,
    periods_of_unit: HashMap<i64, Vec<usize>>,
    /// Unit above each period of a unit.
    parents: Vec<Option<i64>>,
    /// Unit of each centre.
    units_of_centres: Vec<Option<i64>>,
    by_id: HashMap<CentreId, CentreNumber>,
}

impl Places {
    pub(crate) fn new(units: Vec<UnitData>, mut centres: Vec<CentreData>, links: Vec<PlaceLink>) -> Self {
        centres.sort_by_key(|centre| centre.row_id);
        let mut places = Self::default();
        for (number, unit) in units.iter().enumerate() {
            places.periods_of_code.entry(unit.code.clone()).or_default().push(number);
            places.periods_of_unit.entry(unit.unit_id).or_default().push(number);
        }
        places.units = units;
        let above = |unit: &UnitData| places.unit_on(unit.parent.as_ref()?, reference_day(unit.days));
        places.parents = places.units.iter().map(above).collect();
        let unit_of = |centre: &CentreData| places.unit_on(&centre.unit, reference_day(centre.days));
        places.units_of_centres = centres.iter().map(unit_of).collect();
        places.by_id = (0..).zip(&centres).map(|(number, centre)| (centre.id.clone(), number)).collect();
        places.centres = centres;
        let successions: Vec<SuccessionData> = links.iter().filter_map(SuccessionData::new).collect();
        let units = places.units.iter().map(UnitData::place_unit).collect();
        places.resolver = PlaceResolver::new(units, links);
        for (number, succession) in successions.iter().enumerate() {
            places.successors.entry(succession.predecessor.clone()).or_default().push(number);
        }
        places.successions = successions;
        places
    }

    /// The units of a day that a code leads to: itself where it holds, else what became of it.
    pub(crate) fn present_codes(&self, code: &UnitCode, day: Day) -> Vec<UnitCode> {
        /// Units end a few times in a century; the bound only keeps a circle in the data from running forever.
        const GENERATIONS: usize = 6;
        let mut present = Vec::new();
        let mut next = vec![code.clone()];
        for _ in 0..GENERATIONS {
            let mut after = Vec::new();
            for code in next {
                if self.unit_on(&code, day).is_some() {
                    if !present.contains(&code) {
                        present.push(code);
                    }
                    continue;
                }
                let links = self.successors.get(&code).into_iter().flatten();
                let links = links.filter_map(|&number| self.successions.get(number));
                after.extend(links.filter(|link| link.day <= day).map(|link| link.successor.clone()));
            }
            if after.is_empty() {
                break;
            }
            next = after;
        }
        present
    }

    /// The unit that has a code on a day.
    pub(crate) fn unit_on(&self, code: &UnitCode, day: Day) -> Option<i64> {
        let periods = self.periods_of_code.get(code)?;
        let units = periods.iter().filter_map(|&number| self.units.get(number));
        units.filter(|unit| unit.days.contain(day)).map(|unit| unit.unit_id).next()
    }

    /// Name with the kind of the unit that has a code on a day.
    pub(crate) fn full_name(&self, code: &UnitCode, day: Day) -> Option<&str> {
        let periods = self.periods_of_code.get(code)?;
        let mut units = periods.iter().filter_map(|&number| self.units.get(number));
        units.find(|unit| unit.days.contain(day)).map(|unit| unit.full_name.as_str())
    }

    /// Name of the province of a district or commune during its period.
    pub(crate) fn province_name(&self, unit: &UnitData) -> Option<&str> {
        if unit.tier == Tier::Province {
            return None;
        }
        let periods = self.periods_of_code.get(&unit.province)?;
        let day = reference_day(unit.days);
        let mut provinces = periods.iter().filter_map(|&number| self.units.get(number));
        provinces.find(|province| province.days.contain(day)).map(|province| province.full_name.as_str())
    }

    pub(crate) fn centre_number(&self, id: &CentreId) -> Option<CentreNumber> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn centre(&self, number: CentreNumber) -> Option<&CentreData> {
        self.centres.get(number as usize)
    }

    /// The unit of a centre and the units above it on a day, from the bottom up. Empty when the unit does not exist
    /// on the day.
    pub(crate) fn units_of(&self, centre: CentreNumber, day: Day) -> Vec<i64> {
        let mut chain = Vec::with_capacity(3);
        let mut next = self.units_of_centres.get(centre as usize).copied().flatten();
        while let Some(unit_id) = next {
            // Three tiers exist; the bound only keeps a circle in the data from running forever.
            let Some(period) = self.period_on(unit_id, day).filter(|_| chain.len() < 8) else { break };
            chain.push(unit_id);
            next = self.parents.get(period).copied().flatten();
        }
        chain
    }

    /// The same units as they stand on the day.
    pub(crate) fn chain_of(&self, centre: CentreNumber, day: Day) -> Vec<&UnitData> {
        let chain = self.units_of(centre, day).into_iter();
        chain.filter_map(|unit_id| self.units.get(self.period_on(unit_id, day)?)).collect()
    }

    /// For every unit of a day, the centres in it and in the units below, that work on the day.
    pub(crate) fn tree_on(&self, day: Day) -> HashMap<i64, Vec<CentreNumber>> {
        let mut tree: HashMap<i64, Vec<CentreNumber>> = HashMap::new();
        for (number, centre) in (0..).zip(&self.centres) {
            if centre.days.contain(day) {
                for unit_id in self.units_of(number, day) {
                    tree.entry(unit_id).or_default().push(number);
                }
            }
        }
        tree
    }

    /// Every period in it, of units and of centres.
    pub(crate) fn periods(&self) -> impl Iterator<Item = Days> {
        self.units.iter().map(|unit| unit.days).chain(self.centres.iter().map(|centre| centre.days))
    }

    fn period_on(&self, unit_id: i64, day: Day) -> Option<usize> {
        let periods = self.periods_of_unit.get(&unit_id)?;
        periods
            .iter()
            .copied()
            .find(|&number| self.units.get(number).is_some_and(|unit| unit.days.contain(day)))
    }
}

/// A day on which to look up what a period refers to: its first, or else its last, or else the far future. The
/// catalogue resolves codes in the same way.
fn reference_day(days: Days) -> Day {
    match (days.from, days.to) {
        (Day::MIN, Day::MAX) => Day::MAX - 1,
        (Day::MIN, to) => to - 1,
        (from, _) => from,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn unit(unit_id: i64, code: &str, parent: Option<&str>, from: Day, to: Day) -> UnitData {
        let parse = |code: &str| code.parse().expect("a unit code");
        UnitData {
            unit_id,
            code: parse(code),
            parent: parent.map(parse),
            days: Days { from, to },
            tier: Tier::Province,
            kind: "tỉnh".to_owned(),
            name: String::new(),
            full_name: String::new(),
            province: parse("42"),
            former_keys: Vec::new(),
            other_name: None,
            formed_from: None,
        }
    }

    pub(crate) fn centre(row_id: i64, id: &str, unit: &str, from: Day, to: Day) -> CentreData {
        CentreData {
            row_id,
            id: id.parse().expect("a centre id"),
            unit: unit.parse().expect("a unit code"),
            days: Days { from, to },
            name: String::new(),
            points: Vec::new(),
        }
    }

    #[test]
    fn a_merger_moves_centres_from_the_day_on() {
        const MERGER: Day = 100;
        let places = Places::new(
            vec![
                unit(1, "42", None, Day::MIN, Day::MAX),
                unit(2, "436", Some("42"), Day::MIN, MERGER),
                unit(3, "18073", Some("436"), Day::MIN, MERGER),
                // The code goes on under another unit, straight below the province.
                unit(4, "18073", Some("42"), MERGER, Day::MAX),
            ],
            vec![
                centre(10, "p42", "42", Day::MIN, Day::MAX),
                centre(11, "c18073", "18073", 0, MERGER),
                centre(12, "c18073-2025", "18073", MERGER, Day::MAX),
            ],
            Vec::new(),
        );
        let on = |code: &str, day: Day| {
            let tree = places.tree_on(day);
            let unit_id = places.unit_on(&code.parse().expect("a code"), day);
            let centres = unit_id.and_then(|unit_id| tree.get(&unit_id)).cloned().unwrap_or_default();
            centres.iter().filter_map(|&number| Some(places.centre(number)?.row_id)).collect::<Vec<_>>()
        };
        assert_eq!(on("42", 50), [10, 11]);
        assert_eq!(on("436", 50), [11]);
        assert_eq!(on("18073", 50), [11]);
        assert_eq!(on("42", MERGER), [10, 12]);
        assert_eq!(on("436", MERGER), [0_i64; 0]);
        assert_eq!(on("18073", MERGER), [12]);
    }

    #[test]
    fn a_circle_of_units_ends() {
        let places = Places::new(
            vec![unit(1, "01", Some("02"), 0, 10), unit(2, "02", Some("01"), 0, 10)],
            vec![centre(1, "x", "01", 0, 10)],
            Vec::new(),
        );
        assert_eq!(places.units_of(0, 5).len(), 8);
    }
}
