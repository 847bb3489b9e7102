//! From a request to its answer.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use motcua_catalogue::UnitCode;

use crate::answer::{Matching, SearchAnswer};
use crate::conditions::{Conditions, Failed};
use crate::days::{Day, day_of};
use crate::error::SearchError;
use crate::facets::Counter;
use crate::levels::LevelSpread;
use crate::ranking::{Factors, Likeness, Ranking};
use crate::reading::{Context, Reading};
use crate::request::SearchRequest;
use crate::scope::{Scope, ScopeLevels};
use crate::state::State;
use crate::table::{EntryNumber, Row};

/// Texts whose names are compared word by word. The others follow them.
const COMPARED: usize = 256;

/// Time after which no further names are compared. It takes a hundredth of it on any machine that serves; only on one that
/// hangs does a search end with what it has.
const BUDGET: Duration = Duration::from_millis(250);

/// From this share on, every word that says something was found.
const WHOLE: f32 = 0.93;

thread_local! {
    /// Memory that a search needs and the next one on the same thread uses again.
    static RANKING: RefCell<Ranking> = RefCell::default();
}

/// Answers a request from one state of the catalogue.
pub(crate) fn answer(state: &State, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
    let day = day_of(request.as_of);
    let context = Context {
        language: &state.language,
        codes: &state.view.table.codes,
        places: &state.view.places,
        day,
    };
    let started = Instant::now();
    let reading = Reading::of(&request.text, request.verbatim, context);
    RANKING.with_borrow_mut(|ranking| Search::new(state, request, &reading, (day, started)).answer(ranking))
}

#[path = "search_hits.rs"]
mod hits;

struct Search<'a> {
    state: &'a State,
    request: &'a SearchRequest,
    reading: &'a Reading,
    day: Day,
    started: Instant,
    scope: Scope,
    levels: Arc<ScopeLevels>,
    conditions: Conditions,
}

/// Why an entry stands where it does, the last first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Rest,
    Words,
    BestBet,
    Code,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Words => "words",
            Self::BestBet => "best_bet",
            Self::Code => "code",
        }
    }
}

/// An entry that satisfies everything.
#[derive(Debug, Clone, Copy)]
struct Found {
    stage: Stage,
    score: f32,
    coverage: f32,
    entry: EntryNumber,
    likeness: Option<Likeness>,
    /// The first entry of the same procedure at several tiers.
    leader: EntryNumber,
}

/// An entry while it is looked at.
#[derive(Debug, Clone, Copy)]
struct Looked {
    entry: EntryNumber,
    coverage: f32,
    failed: Failed,
}

/// Entries that stand first whatever their words, with their order among each other.
type Pinned = Vec<(EntryNumber, Stage, f32)>;

impl<'a> Search<'a> {
    fn new(
        state: &'a State,
        request: &'a SearchRequest,
        reading: &'a Reading,
        (day, started): (Day, Instant),
    ) -> Self {
        let (view, filters) = (&state.view, &request.filters);
        state.remember_day(day);
        let scope = view.scope(filters.centre.as_ref(), filters.unit.as_ref(), day);
        let levels = view.levels(scope, day);
        let conditions = Conditions::new(filters, &view.table, &levels, scope, day);
        Self { state, request, reading, day, started, scope, levels, conditions }
    }

    fn answer(&self, ranking: &mut Ranking) -> Result<SearchAnswer, SearchError> {
        if self.reading.is_empty() {
            return self.everything(ranking);
        }
        let pinned = self.pinned();
        let by_code = pinned.iter().any(|(_, stage, _)| *stage == Stage::Code);
        let only_code = by_code && self.reading.code.as_ref().is_some_and(|(_, whole)| *whole);
        let only_places = self.reading.variants.is_empty() && self.reading.code.is_none();
        if only_places {
            return self.everything(ranking);
        }
        let mut looked = Vec::new();
        let mut best = 0.0;
        if !only_code {
            ranking.find(&self.reading.variants, &self.state.text, &self.state.language)?;
            (looked, best) = self.look(ranking);
            if ranking.needs_bodies(best) {
                ranking.find_in_bodies(&self.state.text)?;
                (looked, best) = self.look(ranking);
            }
        }
        let floor = best * self.state.language.knowledge.weights.shown_share;
        looked.retain(|looked| looked.coverage >= floor);
        for &(entry, ..) in &pinned {
            if !looked.iter().any(|looked| looked.entry == entry)
                && let Some(failed) = self.check(entry)
            {
                looked.push(Looked { entry, coverage: 1.0, failed });
            }
        }
        let mut counter = Counter::new(&self.state.view.table, self.state.view.listings.ids.len());
        for looked in &looked {
            if let Some(row) = self.row(looked.entry) {
                counter.count(&self.state.view.table, row, looked.failed);
            }
        }
        looked.retain(|looked| looked.failed == Failed::NONE);
        let found = self.rank(looked, &pinned, ranking);
        let matching = match () {
            () if by_code => Matching::Code,
            () if best >= WHOLE => Matching::AllWords,
            () => Matching::SomeWords,
        };
        self.finish(matching, &found, &counter, ranking)
    }

    fn everything(&self, ranking: &Ranking) -> Result<SearchAnswer, SearchError> {
        let table = &self.state.view.table;
        let mut counter = Counter::new(table, self.state.view.listings.ids.len());
        let mut entries: Vec<(u32, EntryNumber)> = Vec::new();
        for (entry, row) in (0..).zip(&table.rows) {
            let Some(failed) = self.conditions.check(table, row) else { continue };
            counter.count(table, row, failed);
            if failed == Failed::NONE {
                entries.push((row.rank, entry));
            }
        }
        entries.sort_unstable();
        let found: Vec<Found> = entries
            .into_iter()
            .map(|(_, entry)| Found {
                stage: Stage::Rest,
                score: 0.0,
                coverage: 0.0,
                entry,
                likeness: None,
                leader: entry,
            })
            .collect();
        self.finish(Matching::Everything, &found, &counter, ranking)
    }

    /// Entries that a code or a best bet puts first.
    fn pinned(&self) -> Pinned {
        let table = &self.state.view.table;
        let mut pinned: Pinned = Vec::new();
        if let Some((code, _)) = &self.reading.code {
            for (how, entry) in table.codes.find(code) {
                let order = f32::from(how as u8);
                match pinned.iter_mut().find(|(known, ..)| *known == entry) {
                    // The same entry may answer a code in several ways; the best counts.
                    Some((_, _, known)) => *known = known.min(order),
                    None => pinned.push((entry, Stage::Code, order)),
                }
            }
        }
        if self.request.verbatim {
            return pinned;
        }
        let knowledge = &self.state.language.knowledge;
        // As typed, or with abbreviations and English written out.
        let bet =
            self.reading.variants.iter().take(2).find_map(|variant| knowledge.best_bet(&variant.content()));
        for (order, code) in (0_u8..).zip(bet.into_iter().flat_map(|bet| &bet.codes)) {
            for entry in table.codes.exactly(code.as_str()) {
                if !pinned.iter().any(|(known, ..)| *known == entry) {
                    pinned.push((entry, Stage::BestBet, f32::from(order)));
                }
            }
        }
        pinned
    }

    /// Looks at every text; the best share is that of the texts that may be shown.
    fn look(&self, ranking: &mut Ranking) -> (Vec<Looked>, f32) {
        let table = &self.state.view.table;
        let weights = &self.state.language.knowledge.weights;
        let mut looked = Vec::new();
        let mut best = 0.0_f32;
        for (entry, row) in (0..).zip(&table.rows) {
            let Some(coverage) = ranking.coverage(entry, weights) else { continue };
            // Where it cannot reach the floor any more, conditions need no look.
            if coverage < best * weights.shown_share {
                continue;
            }
            let Some(failed) = self.conditions.check(table, row) else { continue };
            if failed == Failed::NONE {
                best = best.max(coverage);
            }
            looked.push(Looked { entry, coverage, failed });
        }
        (looked, best)
    }

    /// Puts entries in their order.
    fn rank(&self, looked: Vec<Looked>, pinned: &Pinned, ranking: &mut Ranking) -> Vec<Found> {
        let language = &self.state.language;
        let weights = &language.knowledge.weights;
        let factors = self.factors();
        let mut found: Vec<Found> = looked
            .into_iter()
            .map(|Looked { entry, coverage, .. }| {
                let traits = language.titles.traits(entry);
                let factor = match (self.row(entry), traits) {
                    (Some(row), Some(traits)) => factors.of(row, traits, self.actions(0)),
                    _ => 1.0,
                };
                // A long title has room for many words; how many more it has than was asked for is seen later.
                let length = traits.map_or(1.0, |traits| 1.0 / (1.0 + traits.core_mass / 200.0));
                let score = coverage.powf(weights.coverage_power) * factor * length;
                Found { stage: Stage::Rest, score, coverage, entry, likeness: None, leader: entry }
            })
            .collect();
        let by_score = |a: &Found, b: &Found| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry));
        if found.len() > COMPARED {
            found.select_nth_unstable_by(COMPARED - 1, by_score);
        }
        for one in found.iter_mut().take(COMPARED) {
            if self.started.elapsed() > BUDGET {
                break;
            }
            let (Some(row), Some(traits)) = (self.row(one.entry), language.titles.traits(one.entry)) else {
                continue;
            };
            one.likeness = ranking.likeness(one.entry, language);
            one.stage = Stage::Words;
            let (variant, score) =
                one.likeness.map_or((0, 0.0), |likeness| (likeness.variant, likeness.score));
            one.score = score * factors.of(row, traits, self.actions(variant));
        }
        for &(entry, stage, order) in pinned {
            if let Some(one) = found.iter_mut().find(|one| one.entry == entry) {
                if one.likeness.is_none() {
                    one.likeness = ranking.likeness(entry, language);
                }
                one.stage = stage;
                one.score = 1_000.0 - order;
            }
        }
        self.lead(&mut found);
        let scores: HashMap<EntryNumber, (Stage, f32)> =
            found.iter().map(|one| (one.entry, (one.stage, one.score))).collect();
        found.sort_unstable_by(|a, b| self.order(a, b, &scores));
        found
    }

    /// Puts the tiers of one procedure together, behind the one that fits best.
    fn lead(&self, found: &mut [Found]) {
        let titles = &self.state.language.titles;
        let group_of = |entry: EntryNumber| titles.traits(entry).map(|traits| traits.group);
        let mut leaders: HashMap<u32, (Stage, f32, EntryNumber)> = HashMap::new();
        for one in found.iter() {
            let Some(group) = group_of(one.entry) else { continue };
            if titles.group_sizes.get(group as usize).is_none_or(|&size| size < 2) || one.stage == Stage::Rest
            {
                continue;
            }
            let leader = leaders.entry(group).or_insert((one.stage, one.score, one.entry));
            let is_better = (one.stage, one.score) > (leader.0, leader.1)
                || ((one.stage, one.score) == (leader.0, leader.1)
                    && self.code(one.entry) < self.code(leader.2));
            if is_better {
                *leader = (one.stage, one.score, one.entry);
            }
        }
        for one in found.iter_mut().filter(|one| one.stage != Stage::Rest) {
            if let Some((_, _, leader)) = group_of(one.entry).and_then(|group| leaders.get(&group)) {
                one.leader = *leader;
            }
        }
    }

    /// Best first, the tiers of one procedure together; then by code, then by name, so that no two entries are equal.
    fn order(&self, a: &Found, b: &Found, scores: &HashMap<EntryNumber, (Stage, f32)>) -> Ordering {
        let of_leader =
            |found: &Found| scores.get(&found.leader).copied().unwrap_or((found.stage, found.score));
        let by_leader = || {
            let ((stage_a, score_a), (stage_b, score_b)) = (of_leader(a), of_leader(b));
            stage_b.cmp(&stage_a).then(score_b.total_cmp(&score_a))
        };
        let rank = |entry: EntryNumber| self.row(entry).map(|row| row.rank);
        by_leader()
            .then_with(|| self.code(a.leader).cmp(&self.code(b.leader)))
            .then_with(|| rank(a.leader).cmp(&rank(b.leader)))
            .then_with(|| (b.entry == b.leader).cmp(&(a.entry == a.leader)))
            .then_with(|| b.stage.cmp(&a.stage))
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| self.code(a.entry).cmp(&self.code(b.entry)))
            .then_with(|| rank(a.entry).cmp(&rank(b.entry)))
    }

    /// The province of today in which the place of the filters lies.
    fn chosen_province(&self) -> Option<UnitCode> {
        let places = &self.state.view.places;
        let filters = &self.request.filters;
        let centre = filters.centre.as_ref().and_then(|id| places.centre(places.centre_number(id)?));
        let code = filters.unit.as_ref().or(centre.map(|centre| &centre.unit))?;
        let unit = places.units.iter().find(|unit| unit.code == *code && unit.days.contain(self.day))?;
        Some(self.state.language.gazetteer.province_now(&unit.province).clone())
    }

    /// Bits of the actions that a way of reading names.
    fn actions(&self, variant: usize) -> u16 {
        self.reading.variants.get(variant).map_or(0, |variant| variant.actions)
    }

    fn factors(&self) -> Factors<'a> {
        let places = &self.reading.places;
        let mut provinces: Vec<UnitCode> =
            places.iter().flat_map(|place| place.provinces.iter().cloned()).collect();
        // A place that was chosen counts as one that was named.
        provinces.extend(self.chosen_province());
        provinces.dedup();
        // A name that several units share offers nothing in particular.
        let unit = match places.first().map(|place| place.units.as_slice()) {
            Some([unit]) => Some(unit),
            _ => None,
        };
        let offered = unit.map(|unit| {
            let scope = self.state.view.scope(None, Some(unit), self.day);
            self.state.view.levels(scope, self.day).procedures_in(|code| code.state().is_offered())
        });
        Factors::new(&self.state.language.knowledge, self.reading.tier, provinces, offered)
    }

    fn row(&self, entry: EntryNumber) -> Option<&'a Row> {
        self.state.view.table.rows.get(entry as usize)
    }

    fn code(&self, entry: EntryNumber) -> Option<&'a motcua_catalogue::ProcedureCode> {
        self.state.view.table.entries.get(entry as usize).map(|entry| &entry.data.code)
    }

    fn check(&self, entry: EntryNumber) -> Option<Failed> {
        self.conditions.check(&self.state.view.table, self.row(entry)?)
    }
}

/// Levels of one procedure, of the centres of a unit or of all.
pub(crate) fn spread(state: &State, procedure: u32, scope: Scope, day: Day) -> LevelSpread {
    state.remember_day(day);
    state.view.levels(scope, day).spread_of(procedure)
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
