//! Where to file: finds in memory which centres may be of use, and lets the catalogue's rules judge them.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use motcua_catalogue::{
    BoundaryFree, FilingAnswer, FilingCase, FilingPlace, Level, OnlineLevel, Point, ProcedureAt,
    ProcedureCode, Tier, UnitCode,
};
use tokio::task::spawn_blocking;

use crate::days::{Day, day_of};
use crate::engine::Engine;
use crate::error::SearchError;
use crate::level_map::{CentreLevel, Look, metres_to};
use crate::levels::ListingState;
use crate::places::CentreNumber;
use crate::state::State;

/// Who asks, and from where.
#[derive(Debug, Clone, PartialEq)]
pub struct FilingQuestion {
    /// The unit in which they live or have their seat.
    pub unit: UnitCode,
    /// The case of the procedure, where they chose one.
    pub case: Option<String>,
    /// The day.
    pub as_of: NaiveDate,
    /// Where they stand; without it distances begin at the unit's own point. It is used for distances alone and kept
    /// nowhere.
    pub standing: Option<Point>,
}

/// Where to file a dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct Filing {
    /// The unit that was asked about.
    pub place: FilingPlace,
    /// What the rules say.
    pub answer: FilingAnswer,
    /// Whether the chosen case exists.
    pub knows_case: bool,
    /// Whether distances could be measured from somewhere.
    pub measures: bool,
    /// How many centres elsewhere take dossiers from this place; the answer has at most [`MOST_ALTERNATIVES`] of them.
    /// Where only some cases are offered so, a centre is counted for any of them.
    pub alternatives: u64,
    /// Where it is not offered at this place: who offers it, those of the same province first, then by distance. At most
    /// [`MOST_ALTERNATIVES`].
    pub elsewhere: Vec<Offerer>,
    /// How many centres that are.
    pub elsewhere_total: u64,
}

/// A centre elsewhere that offers a procedure.
#[derive(Debug, Clone, PartialEq)]
pub struct Offerer {
    /// The centre and what it says.
    pub centre: CentreLevel,
    /// Metres to it as the crow flies; absent where either end is not known.
    pub metres: Option<u32>,
    /// Whether it lies in the same province.
    pub is_in_province: bool,
}

/// How many centres elsewhere are named at most.
pub const MOST_ALTERNATIVES: usize = 10;

/// How many of them are the nearest of those that claim to be fully online, whatever their distance: for these the
/// distance matters least.
const FULLY_ONLINE_FIRST: usize = 3;

/// A centre elsewhere that offers the procedure.
struct Found {
    number: CentreNumber,
    row_id: i64,
    state: ListingState,
    boundary: BoundaryFree,
    is_in_province: bool,
    /// Metres, the largest number where unknown.
    metres: u32,
    id: String,
}

impl Engine {
    /// Where and how a procedure may be filed. `None` where no unit has the code on the day.
    ///
    /// Which of the country's centres may be of use is found in memory; what the answer names is read from the
    /// catalogue.
    pub async fn filing(
        &self,
        procedure: &ProcedureAt,
        question: &FilingQuestion,
    ) -> Result<Option<Filing>, SearchError> {
        let as_of = question.as_of;
        let catalogue = self.catalogue();
        let Some(place) = catalogue.filing_place(&question.unit, as_of).await? else { return Ok(None) };
        let record = &place.unit.stored.record;
        let from = question.standing.or_else(|| Point::of(record.lat, record.lon));
        let ground = Ground {
            state: self.state(),
            code: procedure.stored.record.code.clone(),
            day: day_of(as_of),
            from,
        };
        let near = ground.search(&place, |search, place, day| {
            let (mut found, listed_tiers) = search.in_province(place, day);
            found.extend(search.nationwide(place, &found));
            found.retain(Found::takes_from_elsewhere);
            let alternatives: Vec<&Found> = found.iter().collect();
            (pick(&alternatives), alternatives.len() as u64, listed_tiers)
        });
        let (further, alternatives, listed_tiers) = near.await?;
        let candidates = catalogue.filing_candidates(procedure, &place, &further, as_of).await?;
        let case = FilingCase {
            procedure: procedure.stored.record.clone(),
            case: question.case.clone(),
            as_of,
            place,
            from,
            listed_tiers,
            candidates,
        };
        let answer = case.answer();
        let (elsewhere, elsewhere_total) = if answer.ask.is_none() && !answer.is_offered_here() {
            let everywhere = ground.search(&case.place, |search, place, day| {
                let found = search.everywhere(place, day);
                (search.name_nearest(&found), found.len() as u64)
            });
            everywhere.await?
        } else {
            (Vec::new(), 0)
        };
        Ok(Some(Filing {
            alternatives: if answer.ask.is_some() { 0 } else { alternatives },
            elsewhere,
            elsewhere_total,
            knows_case: case.knows_case(),
            measures: from.is_some(),
            place: case.place,
            answer,
        }))
    }
}

impl Found {
    fn takes_from_elsewhere(&self) -> bool {
        match self.boundary {
            BoundaryFree::Nation => true,
            BoundaryFree::Province => self.is_in_province,
            BoundaryFree::None | BoundaryFree::Unknown => false,
        }
    }

    fn claims_fully_online(&self) -> bool {
        let level = self.state.level().map(OnlineLevel::level);
        matches!(level, Some(Level::Four | Level::Full))
    }
}

/// What a search works on, to be taken to a thread that may block: thousands of centres may have to be looked at.
struct Ground {
    state: Arc<State>,
    code: ProcedureCode,
    day: Day,
    from: Option<Point>,
}

impl Ground {
    async fn search<T: Send + 'static>(
        &self,
        place: &FilingPlace,
        work: impl FnOnce(&Search<'_>, &FilingPlace, Day) -> T + Send + 'static,
    ) -> Result<T, SearchError> {
        let (state, code, place) = (Arc::clone(&self.state), self.code.clone(), place.clone());
        let (day, from) = (self.day, self.from);
        let worked = spawn_blocking(move || {
            let look = Look::new(&state, &code, day);
            work(&Search { state: &state, look: &look, from }, &place, day)
        });
        Ok(worked.await?)
    }
}

/// What is needed to look for centres.
struct Search<'a> {
    state: &'a State,
    look: &'a Look<'a>,
    from: Option<Point>,
}

impl Search<'_> {
    /// The centres of the province outside the place and the units above it that offer the procedure, in no order; and
    /// the tiers of the province's centres that list it in any way.
    fn in_province(&self, place: &FilingPlace, day: Day) -> (Vec<Found>, Vec<Tier>) {
        let places = &self.state.view.places;
        let chain: Vec<&UnitCode> = place.chain().collect();
        let (mut found, mut listed_tiers) = (Vec::new(), Vec::new());
        for number in self.province(place, day) {
            let Some(centre) = places.centre(number).filter(|_| self.look.at(number).is_some()) else {
                continue;
            };
            let tier = centre.unit.tier();
            if !listed_tiers.contains(&tier) {
                listed_tiers.push(tier);
            }
            if !chain.contains(&&centre.unit) {
                found.extend(self.found(number, true));
            }
        }
        (found, listed_tiers)
    }

    /// The centres of other provinces that offer the procedure to the whole country.
    fn nationwide(&self, place: &FilingPlace, in_province: &[Found]) -> Vec<Found> {
        let places = &self.state.view.places;
        let chain: Vec<&UnitCode> = place.chain().collect();
        let near: HashSet<CentreNumber> = in_province.iter().map(|found| found.number).collect();
        let is_near = |number: CentreNumber| {
            near.contains(&number)
                || places.centre(number).is_some_and(|centre| chain.contains(&&centre.unit))
        };
        let others = self.look.nationwide().iter().copied().filter(|number| !is_near(*number));
        let found = others.filter_map(|number| self.found(number, false));
        found.filter(|found| found.boundary == BoundaryFree::Nation).collect()
    }

    /// Every centre outside the place and the units above it that offers the procedure.
    fn everywhere(&self, place: &FilingPlace, day: Day) -> Vec<Found> {
        let (mut found, _) = self.in_province(place, day);
        let inside: HashSet<CentreNumber> = self.province(place, day).into_iter().collect();
        let numbers = (0..).zip(&self.state.view.places.centres).map(|(number, _)| number);
        let others = numbers.filter(|number| !inside.contains(number));
        found.extend(others.filter_map(|number| self.found(number, false)));
        found
    }

    /// The nearest of them, those of the province first.
    fn name_nearest(&self, found: &[Found]) -> Vec<Offerer> {
        let mut nearest: Vec<&Found> = found.iter().collect();
        nearest.sort_by_key(|found| (!found.is_in_province, found.metres, &found.id));
        let named = nearest.into_iter().take(MOST_ALTERNATIVES).filter_map(|found| {
            Some(Offerer {
                centre: self.look.centre(found.number)?,
                metres: (found.metres != u32::MAX).then_some(found.metres),
                is_in_province: found.is_in_province,
            })
        });
        named.collect()
    }

    fn province(&self, place: &FilingPlace, day: Day) -> Vec<CentreNumber> {
        let view = &self.state.view;
        let province = view.places.unit_on(place.province(), day);
        province.map(|province| view.centres_in(province, day)).unwrap_or_default()
    }

    /// A centre, if it offers the procedure.
    fn found(&self, number: CentreNumber, is_in_province: bool) -> Option<Found> {
        let (said, boundary) = self.look.at(number)?;
        let centre = self.state.view.places.centre(number).filter(|_| said.state().is_offered())?;
        Some(Found {
            number,
            row_id: centre.row_id,
            state: said.state(),
            boundary,
            is_in_province,
            metres: metres_to(self.from, centre).unwrap_or(u32::MAX),
            id: centre.id.to_string(),
        })
    }
}

/// Row ids of the alternatives to name: the nearest that claim to be fully online, then the nearest.
fn pick(alternatives: &[&Found]) -> Vec<i64> {
    let mut nearest: Vec<&Found> = alternatives.to_vec();
    nearest.sort_by_key(|found| (found.metres, !found.is_in_province, &found.id));
    let online = nearest.iter().filter(|found| found.claims_fully_online()).take(FULLY_ONLINE_FIRST);
    let mut picked: Vec<i64> = online.map(|found| found.row_id).collect();
    for found in nearest {
        if picked.len() < MOST_ALTERNATIVES && !picked.contains(&found.row_id) {
            picked.push(found.row_id);
        }
    }
    picked
}
