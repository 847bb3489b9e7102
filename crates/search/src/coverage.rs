//! Coverage: the catalogue's figures for a place, a day and a selection of procedures, worked out from memory.
//!
//! What is counted is defined in [`motcua_catalogue::figures`]; this module only counts. Two tables are worked out and
//! kept for each stretch of time in which nothing changes: one row for each procedure and tier over the centres of a
//! place, and one row for each centre. Everything else is a sum of their rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use moka::sync::Cache;
use motcua_catalogue::figures::{Coverage, LevelCounts, Share, ShareSpread, UnitShare};
use motcua_catalogue::{CentreId, Scope as Reach, Slug, Tier, UnitCode};

use crate::bitmap::Bitmap;
use crate::coverage_request::{CoverageAnswer, CoverageBy, CoverageGroup, CoverageRequest};
use crate::days::{Day, day_of};
use crate::document::tier_bits;
use crate::engine::Engine;
use crate::listings::{STATES, StateCode, for_each_state};
use crate::places::{CentreNumber, UnitData};
use crate::scope::Scope;
use crate::table::Entry;
use crate::view::View;

/// Tiers that centres have, by their place in the tables.
const CENTRE_TIERS: [Tier; 3] = [Tier::Province, Tier::District, Tier::Commune];

/// Pairs by state; the last place counts those that are not listed.
pub(crate) type Tally = [u32; STATES + 1];

const NOT_LISTED: usize = STATES;

/// Pairs of one procedure at the centres of one tier.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProcedureRow {
    pub(crate) procedure: u32,
    pub(crate) tier: Tier,
    pub(crate) tally: Tally,
}

/// Pairs of a place, a row for each procedure and tier that has any.
#[derive(Debug, Default)]
pub(crate) struct ProcedureTable {
    pub(crate) rows: Vec<ProcedureRow>,
    centres: [u32; CENTRE_TIERS.len()],
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    epoch: usize,
    scope: Scope,
    tier: Option<Tier>,
    field: Option<Slug>,
    agency: Option<Slug>,
    by: Option<CoverageBy>,
}

/// Memory for tables and for answers each.
const CACHE_BYTES: u64 = 24 << 20;

/// What was worked out already.
pub(crate) struct FigureCaches {
    tables: Cache<(usize, Scope), Arc<ProcedureTable>>,
    answers: Cache<Key, Arc<CoverageAnswer>>,
}

impl FigureCaches {
    pub(crate) fn new() -> Self {
        let bytes = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let table = move |_: &(usize, Scope), table: &Arc<ProcedureTable>| {
            bytes(64 + table.rows.len() * size_of::<ProcedureRow>())
        };
        let answer = move |_: &Key, answer: &Arc<CoverageAnswer>| bytes(512 + answer.groups.len() * 512);
        Self {
            tables: Cache::builder().max_capacity(CACHE_BYTES).weigher(table).build(),
            answers: Cache::builder().max_capacity(CACHE_BYTES).weigher(answer).build(),
        }
    }
}

impl Engine {
    /// Coverage of a place on a day. From memory, and kept for as long as nothing changes; the first answer for the whole
    /// country takes tens of milliseconds, so call it for that from a thread that may block.
    #[must_use]
    pub fn coverage(&self, request: &CoverageRequest) -> Arc<CoverageAnswer> {
        coverage(&self.view(), request)
    }

    /// Whether a centre that works on a day lies outside a unit that exists on it: together they select nothing.
    #[must_use]
    pub fn lies_outside(&self, centre: &CentreId, unit: &UnitCode, as_of: NaiveDate) -> bool {
        let (view, day) = (self.view(), day_of(as_of));
        let is_there = |centre, unit| view.scope(centre, unit, day) != Scope::Nowhere;
        is_there(Some(centre), None) && is_there(None, Some(unit)) && !is_there(Some(centre), Some(unit))
    }
}

/// The coverage that a request asks for.
pub(crate) fn coverage(view: &View, request: &CoverageRequest) -> Arc<CoverageAnswer> {
    let day = day_of(request.as_of);
    let key = Key {
        epoch: view.epochs().at(day),
        scope: view.scope(request.centre.as_ref(), request.unit.as_ref(), day),
        tier: request.tier,
        field: request.field.clone(),
        agency: request.agency.clone(),
        by: request.by,
    };
    view.figures.answers.get_with_by_ref(&key, || Arc::new(work_out(view, &key, day)))
}

/// The pairs of a place on a day, by procedure and tier.
pub(crate) fn procedure_table(view: &View, scope: Scope, day: Day) -> Arc<ProcedureTable> {
    let key = (view.epochs().at(day), scope);
    view.figures.tables.get_with(key, || Arc::new(ProcedureTable::new(&Counting::new(view, day), scope)))
}

fn work_out(view: &View, key: &Key, day: Day) -> CoverageAnswer {
    let table = procedure_table(view, key.scope, day);
    let selected = Selection::new(view, key, day);
    let wanted_tier = |tier: Tier| key.tier.is_none_or(|wanted| wanted == tier);
    let rows = || table.rows.iter().filter(|row| wanted_tier(row.tier) && selected.has(row.procedure));
    let mut answer = CoverageAnswer::default();
    let mut total = [0; NOT_LISTED + 1];
    let mut last = None;
    for row in rows() {
        add(&mut total, &row.tally);
        if last.replace(row.procedure) != Some(row.procedure) {
            answer.procedures += 1;
        }
    }
    answer.total = coverage_of(&total);
    let centres = CENTRE_TIERS.into_iter().zip(table.centres).filter(|(tier, _)| wanted_tier(*tier));
    answer.centres = centres.map(|(_, centres)| u64::from(centres)).sum();
    answer.groups = match key.by {
        None => Vec::new(),
        Some(CoverageBy::Tier) => {
            let mut by_tier: BTreeMap<Tier, Sum> = BTreeMap::new();
            rows().for_each(|row| by_tier.entry(row.tier).or_default().add(&row.tally));
            let group = |(tier, sum): (Tier, Sum)| sum.group(tier.as_str().to_owned(), None, Some(tier));
            by_tier.into_iter().map(group).collect()
        }
        Some(CoverageBy::Field | CoverageBy::Agency) => by_procedure(view, key, day, rows()),
        Some(CoverageBy::Centre | CoverageBy::Unit) => by_place(view, key, day, &selected),
    };
    answer.groups.retain(|group| group.coverage.pairs() > 0);
    answer
        .groups
        .sort_by(|a, b| a.coverage.online().compare(b.coverage.online()).then_with(|| a.key.cmp(&b.key)));
    let others = answer.groups.iter().filter(|group| !group.is_own);
    answer.spread = ShareSpread::of(
        others.map(|group| UnitShare { code: group.key.clone(), share: group.coverage.online() }),
    );
    answer
}

/// Groups by a property of procedures.
fn by_procedure<'a>(
    view: &View,
    key: &Key,
    day: Day,
    rows: impl Iterator<Item = &'a ProcedureRow>,
) -> Vec<CoverageGroup> {
    let entries = entries_on(view, day);
    let mut sums: BTreeMap<&Slug, Sum> = BTreeMap::new();
    for row in rows {
        let Some(entry) = entries.get(&row.procedure) else { continue };
        let slugs = if key.by == Some(CoverageBy::Field) { &entry.data.fields } else { &entry.data.agencies };
        for slug in slugs {
            sums.entry(slug).or_default().add(&row.tally);
        }
    }
    let name = |slug: &Slug| {
        let field = view.table.fields.iter().find(|field| &field.slug == slug);
        field.filter(|_| key.by == Some(CoverageBy::Field)).map(|field| field.name.clone())
    };
    sums.into_iter().map(|(slug, sum)| sum.group(slug.to_string(), name(slug), None)).collect()
}

/// Groups by centre, or by the unit below the place in which a centre lies.
fn by_place(view: &View, key: &Key, day: Day, selected: &Selection) -> Vec<CoverageGroup> {
    let counting = Counting::new(view, day).only(selected);
    let units: HashMap<i64, &UnitData> = view
        .places
        .units
        .iter()
        .filter(|unit| unit.days.contain(day))
        .map(|unit| (unit.unit_id, unit))
        .collect();
    let mut groups = Vec::new();
    let mut by_unit: BTreeMap<i64, (Sum, bool)> = BTreeMap::new();
    for seat in seats(view, key.scope, day) {
        if key.tier.is_some_and(|wanted| wanted != seat.tier) {
            continue;
        }
        let tally = counting.of_centre(&seat);
        if key.by == Some(CoverageBy::Centre) {
            let Some(centre) = view.places.centre(seat.centre) else { continue };
            let mut sum = Sum::default();
            sum.add(&tally);
            groups.push(sum.group(centre.id.to_string(), Some(centre.name.clone()), Some(seat.tier)));
            continue;
        }
        let (unit_id, is_own) = seat.below(key.scope);
        let (sum, own) = by_unit.entry(unit_id).or_default();
        sum.add(&tally);
        *own = is_own;
    }
    for (unit_id, (sum, is_own)) in by_unit {
        let Some(unit) = units.get(&unit_id) else { continue };
        let group = sum.group(unit.code.to_string(), Some(unit.full_name.clone()), Some(unit.tier));
        groups.push(CoverageGroup { is_own, ..group });
    }
    groups
}

/// A working centre of a place.
struct Seat {
    centre: CentreNumber,
    row_id: i64,
    tier: Tier,
    /// Its unit and those above it, from the bottom up.
    units: Vec<i64>,
}

impl Seat {
    /// The unit directly below a place in which it lies, and whether it is the place itself.
    fn below(&self, scope: Scope) -> (i64, bool) {
        let own = self.units.first().copied().unwrap_or_default();
        match scope {
            Scope::Nation => (self.units.last().copied().unwrap_or_default(), false),
            Scope::Unit(place) => match self.units.iter().position(|unit| *unit == place) {
                Some(0) | None => (own, true),
                Some(above) => (self.units.get(above - 1).copied().unwrap_or(own), false),
            },
            Scope::Centre(_) | Scope::Nowhere => (own, false),
        }
    }
}

/// The centres of a place that work on a day and whose unit exists on it.
fn seats(view: &View, scope: Scope, day: Day) -> impl Iterator<Item = Seat> {
    (0..).zip(&view.places.centres).filter_map(move |(number, centre)| {
        let candidate = match scope {
            Scope::Nowhere => false,
            Scope::Centre(only) => only == number,
            Scope::Nation | Scope::Unit(_) => true,
        };
        if !candidate || !centre.days.contain(day) {
            return None;
        }
        let units = view.places.units_of(number, day);
        let lies_there = match scope {
            Scope::Unit(place) => units.contains(&place),
            _ => !units.is_empty(),
        };
        if !lies_there {
            return None;
        }
        Some(Seat { centre: number, row_id: centre.row_id, tier: centre.unit.tier(), units })
    })
}

/// The text of every procedure that has one on a day.
pub(crate) fn entries_on(view: &View, day: Day) -> HashMap<u32, &Arc<Entry>> {
    let rows = view.table.rows.iter().zip(&view.table.entries);
    rows.filter(|(row, _)| row.days.contain(day)).map(|(row, entry)| (row.procedure, entry)).collect()
}

/// The procedures that a request is about.
struct Selection {
    /// Absent where it is about all of them.
    procedures: Option<Bitmap>,
}

impl Selection {
    fn new(view: &View, key: &Key, day: Day) -> Self {
        if key.field.is_none() && key.agency.is_none() {
            return Self { procedures: None };
        }
        let mut procedures = Bitmap::below(view.listings.ids.len());
        for (procedure, entry) in entries_on(view, day) {
            let in_field = key.field.as_ref().is_none_or(|field| entry.data.fields.contains(field));
            let of_agency = key.agency.as_ref().is_none_or(|agency| entry.data.agencies.contains(agency));
            if in_field && of_agency {
                procedures.insert(procedure);
            }
        }
        Self { procedures: Some(procedures) }
    }

    fn has(&self, procedure: u32) -> bool {
        self.procedures.as_ref().is_none_or(|procedures| procedures.contains(procedure))
    }
}

/// What counting on a day needs.
struct Counting<'a> {
    view: &'a View,
    day: Day,
    /// For every period of listings, whether it holds.
    holds: Vec<bool>,
    /// Procedures with a text on the day.
    valid: Bitmap,
    /// By tier: national procedures that concern every centre of it, with their number.
    concern: [(Bitmap, u32); CENTRE_TIERS.len()],
}

impl<'a> Counting<'a> {
    fn new(view: &'a View, day: Day) -> Self {
        let bound = view.listings.ids.len();
        let mut valid = Bitmap::below(bound);
        let mut concern = CENTRE_TIERS.map(|_| (Bitmap::below(bound), 0));
        for (procedure, entry) in entries_on(view, day) {
            valid.insert(procedure);
            if entry.data.scope != Reach::National {
                continue;
            }
            for (tier, (procedures, count)) in CENTRE_TIERS.into_iter().zip(&mut concern) {
                if entry.data.tiers & tier_bits(&[tier]) != 0 {
                    procedures.insert(procedure);
                    *count += 1;
                }
            }
        }
        Self { view, day, holds: view.listings.periods.holding_on(day), valid, concern }
    }

    /// Leaves other procedures out.
    fn only(mut self, selected: &Selection) -> Self {
        let Some(wanted) = &selected.procedures else { return self };
        self.valid.keep_common(wanted);
        for (procedures, count) in &mut self.concern {
            procedures.keep_common(wanted);
            *count = u32::try_from(procedures.count()).unwrap_or(u32::MAX);
        }
        self
    }

    fn of_centre(&self, seat: &Seat) -> Tally {
        let mut tally = [0; NOT_LISTED + 1];
        let concern = place_of(seat.tier).and_then(|place| self.concern.get(place));
        let mut listed = 0;
        for_each_state(self.view.listings.of_centre(seat.row_id), &self.holds, |procedure, state| {
            if !self.valid.contains(procedure) {
                return;
            }
            count(&mut tally, state, 1);
            listed += u32::from(concern.is_some_and(|(procedures, _)| procedures.contains(procedure)));
        });
        if let (Some(slot), Some((_, all))) = (tally.last_mut(), concern) {
            *slot = all - listed;
        }
        tally
    }
}

impl ProcedureTable {
    fn new(counting: &Counting<'_>, scope: Scope) -> Self {
        const WIDTH: usize = CENTRE_TIERS.len();
        let bound = counting.view.listings.ids.len();
        let mut tallies: Vec<Tally> = vec![[0; NOT_LISTED + 1]; bound * WIDTH];
        let mut centres = [0_u32; WIDTH];
        for seat in seats(counting.view, scope, counting.day) {
            let Some(place) = place_of(seat.tier) else { continue };
            if let Some(count) = centres.get_mut(place) {
                *count += 1;
            }
            let records = counting.view.listings.of_centre(seat.row_id);
            for_each_state(records, &counting.holds, |procedure, state| {
                if let Some(tally) = tallies.get_mut(procedure as usize * WIDTH + place) {
                    count(tally, state, 1);
                }
            });
        }
        let mut rows = Vec::new();
        for (procedure, of_procedure) in (0..).zip(tallies.chunks_exact(WIDTH)) {
            if !counting.valid.contains(procedure) {
                continue;
            }
            for (place, tier) in CENTRE_TIERS.into_iter().enumerate() {
                let Some(mut tally) = of_procedure.get(place).copied() else { continue };
                let concerns = counting.concern.get(place).is_some_and(|(all, _)| all.contains(procedure));
                let listed: u32 = tally.iter().sum();
                if let (Some(slot), Some(all), true) = (tally.last_mut(), centres.get(place), concerns) {
                    *slot = all.saturating_sub(listed);
                }
                if tally.iter().any(|pairs| *pairs > 0) {
                    rows.push(ProcedureRow { procedure, tier, tally });
                }
            }
        }
        rows.shrink_to_fit();
        Self { rows, centres }
    }
}

/// Place of a tier in the tables.
fn place_of(tier: Tier) -> Option<usize> {
    CENTRE_TIERS.iter().position(|known| *known == tier)
}

fn count(tally: &mut Tally, state: StateCode, pairs: u32) {
    if let Some(slot) = tally.get_mut(usize::from(state.number())) {
        *slot += pairs;
    }
}

fn add(sum: &mut [u64; NOT_LISTED + 1], tally: &Tally) {
    for (slot, pairs) in sum.iter_mut().zip(tally) {
        *slot += u64::from(*pairs);
    }
}

fn coverage_of(sum: &[u64; NOT_LISTED + 1]) -> Coverage {
    let mut counts = LevelCounts::default();
    for (state, &pairs) in StateCode::all().zip(sum).filter(|(_, pairs)| **pairs > 0) {
        counts.add(state.state(), pairs);
    }
    Coverage { counts, not_listed: sum.last().copied().unwrap_or_default() }
}

/// Coverage of one tally.
pub(crate) fn coverage_of_tally(tally: &Tally) -> Coverage {
    let mut sum = [0; NOT_LISTED + 1];
    add(&mut sum, tally);
    coverage_of(&sum)
}

/// A sum of tallies.
#[derive(Debug, Default)]
struct Sum([u64; NOT_LISTED + 1]);

impl Sum {
    fn add(&mut self, tally: &Tally) {
        add(&mut self.0, tally);
    }

    fn group(self, key: String, name: Option<String>, tier: Option<Tier>) -> CoverageGroup {
        CoverageGroup { key, name, tier, is_own: false, coverage: coverage_of(&self.0) }
    }
}

/// What one more pair online adds to a share, in parts of its denominator.
pub(crate) fn gain(pairs: u64, whole: Share) -> Share {
    Share::of(pairs, whole.denominator)
}

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod tests;
