//! One procedure at every centre of a place on a day: what each says, from memory.

use std::collections::HashSet;

use chrono::NaiveDate;
use motcua_catalogue::{BoundaryFree, CentreId, Point, ProcedureCode, Site, Tier, UnitCode, UnitName};

use crate::days::{Day, day_of};
use crate::engine::Engine;
use crate::levels::{LevelCounts, LevelSpread, ListingState};
use crate::listings::StateCode;
use crate::places::{CentreData, CentreNumber};
use crate::state::State;

/// What one centre says about a procedure on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct CentreLevel {
    /// The centre.
    pub centre: CentreId,
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier: Tier,
    /// The units in which it lies on the day, from the province down to its own.
    pub units: Vec<UnitName>,
    /// What it says; of two cases the weakest, as everywhere. Absent where it does not list the procedure.
    pub state: Option<ListingState>,
    /// Where one may file from; of two cases the widest.
    pub boundary_free: BoundaryFree,
}

/// One procedure over the centres of one province.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvinceLevels {
    /// The province.
    pub province: UnitName,
    /// Its centres that list the procedure, by level.
    pub spread: LevelSpread,
    /// How many centres work there on the day at a tier that the procedure concerns: see [`concerned_tiers`].
    pub centres: u64,
}

/// Tiers that a procedure concerns at a place, from the top: its own, and those at which some centre of the place lists
/// it. What centres of other tiers leave out is no gap.
#[must_use]
pub fn concerned_tiers(own: &[Tier], centres: &[CentreLevel]) -> Vec<Tier> {
    concerned(own, centres.iter().filter(|centre| centre.state.is_some()).map(|centre| centre.tier))
}

fn concerned(own: &[Tier], listing: impl Iterator<Item = Tier>) -> Vec<Tier> {
    let listing: HashSet<Tier> = listing.collect();
    Tier::ALL.into_iter().filter(|tier| own.contains(tier) || listing.contains(tier)).collect()
}

impl Engine {
    /// What every centre of a unit and of the units below it says about a procedure on a day: by tier from the top, then
    /// by the name of the unit above, then by the name of its own unit. `None` where no unit has the code on the day.
    #[must_use]
    pub fn centres_of_procedure(
        &self,
        code: &ProcedureCode,
        unit: &UnitCode,
        as_of: NaiveDate,
    ) -> Option<Vec<CentreLevel>> {
        centres(&self.state(), code, unit, day_of(as_of))
    }

    /// A procedure on a day, province by province, by name. `own` are the tiers that carry it out, as it says itself.
    #[must_use]
    pub fn provinces_of_procedure(
        &self,
        code: &ProcedureCode,
        own: &[Tier],
        as_of: NaiveDate,
    ) -> Vec<ProvinceLevels> {
        provinces(&self.state(), code, own, day_of(as_of))
    }
}

fn centres(state: &State, code: &ProcedureCode, unit: &UnitCode, day: Day) -> Option<Vec<CentreLevel>> {
    let look = Look::new(state, code, day);
    let unit_id = state.view.places.unit_on(unit, day)?;
    let numbers = state.view.centres_in(unit_id, day);
    let mut centres: Vec<CentreLevel> = numbers.iter().filter_map(|&number| look.centre(number)).collect();
    let key = |unit: Option<&UnitName>| {
        unit.map(|unit| motcua_catalogue::text::sort_key(&unit.full_name)).unwrap_or_default()
    };
    centres.sort_by_cached_key(|centre| {
        let mut upwards = centre.units.iter().rev();
        let (own, above) = (key(upwards.next()), key(upwards.next()));
        (centre.tier, above, own, centre.centre.to_string())
    });
    Some(centres)
}

fn provinces(state: &State, code: &ProcedureCode, own: &[Tier], day: Day) -> Vec<ProvinceLevels> {
    let look = Look::new(state, code, day);
    let units = state.view.places.units.iter();
    let provinces = units.filter(|unit| unit.tier == Tier::Province && unit.days.contain(day));
    let mut all: Vec<ProvinceLevels> = provinces
        .map(|province| {
            let numbers = state.view.centres_in(province.unit_id, day);
            let mut counts = LevelCounts::default();
            let tier = |number: CentreNumber| Some(state.view.places.centre(number)?.unit.tier());
            let mut listing = HashSet::new();
            for &number in &numbers {
                if let Some((said, _)) = look.at(number) {
                    counts.add(said.state(), 1);
                    listing.extend(tier(number));
                }
            }
            let tiers = concerned(own, listing.into_iter());
            let is_concerned =
                |number: &&CentreNumber| tier(**number).is_some_and(|tier| tiers.contains(&tier));
            ProvinceLevels {
                province: UnitName { code: province.code.clone(), full_name: province.full_name.clone() },
                spread: LevelSpread::of(counts),
                centres: numbers.iter().filter(is_concerned).count() as u64,
            }
        })
        .collect();
    all.sort_by_cached_key(|levels| motcua_catalogue::text::sort_key(&levels.province.full_name));
    all
}

/// Number of the procedure that a code means; a code that nobody has is tried by its base, as the catalogue does.
pub(crate) fn procedure_number(state: &State, code: &ProcedureCode) -> Option<u32> {
    let table = &state.view.table;
    let by_base = || table.procedures_with_code(&code.base().parse().ok()?).next();
    let id = table.procedures_with_code(code).next().or_else(by_base)?;
    state.view.listings.ids.number(id)
}

/// One procedure on one day.
pub(crate) struct Look<'a> {
    state: &'a State,
    /// None where it has no text on the day: then nobody offers it.
    procedure: Option<u32>,
    day: Day,
}

impl<'a> Look<'a> {
    pub(crate) fn new(state: &'a State, code: &ProcedureCode, day: Day) -> Self {
        let rows = &state.view.table.rows;
        let holds = |number: &u32| rows.iter().any(|row| row.procedure == *number && row.days.contain(day));
        Self { state, procedure: procedure_number(state, code).filter(holds), day }
    }

    /// Centres that take its dossiers from the whole country on some day.
    pub(crate) fn nationwide(&self) -> &'a [CentreNumber] {
        self.procedure.map_or(&[], |procedure| self.state.view.nationwide(procedure))
    }

    /// What a centre says; none where it does not list the procedure or does not work on the day.
    pub(crate) fn at(&self, number: CentreNumber) -> Option<(StateCode, BoundaryFree)> {
        let procedure = self.procedure?;
        let centre = self.state.view.places.centre(number).filter(|centre| centre.days.contain(self.day))?;
        let records = self.state.view.listings.of_centre(centre.row_id);
        let from = records.partition_point(|record| record.procedure() < procedure);
        let own = records.get(from..)?.iter().take_while(|record| record.procedure() == procedure);
        let periods = self.state.view.listings.periods.periods();
        let holds = |period: u32| periods.get(period as usize).is_some_and(|days| days.contain(self.day));
        own.filter(|record| holds(record.period()))
            .map(|record| (record.state(), record.boundary()))
            .reduce(|(state, boundary), (other, further)| (state.merge(other), wider(boundary, further)))
    }

    /// The same with names.
    pub(crate) fn centre(&self, number: CentreNumber) -> Option<CentreLevel> {
        let places = &self.state.view.places;
        let centre = places.centre(number)?;
        let mut chain = places.chain_of(number, self.day);
        chain.reverse();
        let said = self.at(number);
        Some(CentreLevel {
            centre: centre.id.clone(),
            name: centre.name.clone(),
            tier: centre.unit.tier(),
            units: chain
                .into_iter()
                .map(|unit| UnitName { code: unit.code.clone(), full_name: unit.full_name.clone() })
                .collect(),
            state: said.map(|(state, _)| state.state()),
            boundary_free: said.map(|(_, boundary)| boundary).unwrap_or_default(),
        })
    }
}

fn wider(a: BoundaryFree, b: BoundaryFree) -> BoundaryFree {
    let rank = |boundary| BoundaryFree::ALL.into_iter().position(|known| known == boundary);
    if rank(a) >= rank(b) { a } else { b }
}

const MILLIONTHS: f64 = 1e6;

/// Where the sites of a centre stand, in millionths of a degree.
pub(crate) fn points(sites: &[Site]) -> Vec<(i32, i32)> {
    let whole = |degrees: f64| (degrees * MILLIONTHS).round() as i32;
    let known = sites.iter().filter_map(|site| Point::of(site.lat, site.lon));
    known.map(|point| (whole(point.lat()), whole(point.lon()))).collect()
}

/// Metres to the nearest site of a centre; none where nobody knows where it stands.
pub(crate) fn metres_to(from: Option<Point>, centre: &CentreData) -> Option<u32> {
    let from = from?;
    let degrees = |millionths: i32| f64::from(millionths) / MILLIONTHS;
    let points = centre.points.iter().filter_map(|&(lat, lon)| Point::new(degrees(lat), degrees(lon)));
    points.map(|point| from.metres_to(point)).min()
}

#[cfg(test)]
#[path = "level_map_tests.rs"]
mod tests;
