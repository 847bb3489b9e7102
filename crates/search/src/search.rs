//! From a request to its answer.

use std::cell::RefCell;
use std::cmp::Ordering;

use crate::answer::{Hit, HitField, Matching, SearchAnswer};
use crate::bitmap::Bitmap;
use crate::days::{Day, day_of};
use crate::document::{applicant_bits, applicants_of, tier_bits, tiers_of};
use crate::error::SearchError;
use crate::facets::Counter;
use crate::levels::LevelSpread;
use crate::listings::StateCode;
use crate::marks;
use crate::matching::Matches;
use crate::query::Query;
use crate::request::{Filters, SearchRequest};
use crate::scope::{Scope, ScopeLevels};
use crate::state::State;
use crate::table::{EntryNumber, Row, Table};

thread_local! {
    /// Memory that a search needs and the next one on the same thread uses again.
    static MATCHES: RefCell<Matches> = RefCell::default();
}

/// Answers a request from one state of the catalogue.
pub(crate) fn answer(state: &State, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
    let query = Query::read(&request.text);
    MATCHES.with_borrow_mut(|matches| {
        if !query.is_empty() {
            matches.find(&query, &state.text, &state.view.table)?;
        }
        Search::new(state, request, &query, matches).answer()
    })
}

/// Which conditions on facets an entry fails, bit by bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed(u8);

impl Failed {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const FIELD: Self = Self(1);
    pub(crate) const TIER: Self = Self(2);
    pub(crate) const APPLICANT: Self = Self(4);
    pub(crate) const LEVEL: Self = Self(8);

    /// Whether it fails nothing, or nothing but this.
    pub(crate) fn at_most(self, one: Self) -> bool {
        self.0 & !one.0 == 0
    }

    fn add(&mut self, one: Self) {
        self.0 |= one.0;
    }
}

/// The filters of a request in the numbers of one state.
struct Conditions {
    day: Day,
    fields: Option<Vec<u16>>,
    tiers: Option<u8>,
    applicants: Option<u16>,
    /// Procedures offered in the place, where the filters name one.
    offered: Option<Bitmap>,
    /// Procedures offered at the level, where the filters name one.
    at_level: Option<Bitmap>,
}

impl Conditions {
    fn new(filters: &Filters, table: &Table, levels: &ScopeLevels, scope: Scope, day: Day) -> Self {
        let fields = filters.fields.iter().filter_map(|slug| table.field_number(slug)).collect();
        let offered = || levels.procedures_in(|code| code.state().is_offered());
        let at_level = filters.level.map(|wanted| {
            levels.procedures_in(|code| code.state().level().is_some_and(|level| wanted.matches(level)))
        });
        Self {
            day,
            fields: (!filters.fields.is_empty()).then_some(fields),
            tiers: (!filters.tiers.is_empty()).then(|| tier_bits(&filters.tiers)),
            applicants: (!filters.applicants.is_empty()).then(|| applicant_bits(&filters.applicants)),
            offered: (scope != Scope::Nation).then(offered),
            at_level,
        }
    }

    /// Whether an entry may be shown at all, and if so what it fails.
    fn check(&self, table: &Table, row: &Row) -> Option<Failed> {
        if !row.days.contain(self.day) || !self.offered.as_ref().is_none_or(|set| set.contains(row.procedure))
        {
            return None;
        }
        let mut failed = Failed::NONE;
        if self.tiers.is_some_and(|wanted| wanted & row.tiers == 0) {
            failed.add(Failed::TIER);
        }
        if self.applicants.is_some_and(|wanted| wanted & row.applicants == 0) {
            failed.add(Failed::APPLICANT);
        }
        if self.at_level.as_ref().is_some_and(|set| !set.contains(row.procedure)) {
            failed.add(Failed::LEVEL);
        }
        if let Some(wanted) = &self.fields
            && !table.fields_of(row).iter().any(|field| wanted.contains(field))
        {
            failed.add(Failed::FIELD);
        }
        Some(failed)
    }
}

struct Search<'a> {
    state: &'a State,
    request: &'a SearchRequest,
    query: &'a Query,
    matches: &'a Matches,
    scope: Scope,
    levels: std::sync::Arc<ScopeLevels>,
    conditions: Conditions,
}

/// An entry that satisfies everything.
#[derive(Debug, Clone, Copy)]
struct Found {
    score: f32,
    entry: EntryNumber,
}

impl<'a> Search<'a> {
    fn new(state: &'a State, request: &'a SearchRequest, query: &'a Query, matches: &'a Matches) -> Self {
        let (view, filters) = (&state.view, &request.filters);
        let day = day_of(request.as_of);
        state.remember_day(day);
        let scope = view.scope(filters.centre.as_ref(), filters.unit.as_ref(), day);
        let levels = view.levels(scope, day);
        let conditions = Conditions::new(filters, &view.table, &levels, scope, day);
        Self { state, request, query, matches, scope, levels, conditions }
    }

    fn answer(&self) -> Result<SearchAnswer, SearchError> {
        if self.query.is_empty() {
            let (found, counter) = self.collect(|_| Some(0.0));
            return self.finish(Matching::Everything, found, &counter);
        }
        let (found, counter) = self.collect(|entry| self.matches.all_words(entry));
        if !found.is_empty() {
            let matching = if self.matches.by_code { Matching::Code } else { Matching::AllWords };
            return self.finish(matching, found, &counter);
        }
        let rows = (0..).zip(&self.state.view.table.rows);
        let shown =
            rows.filter(|(_, row)| self.conditions.check(&self.state.view.table, row) == Some(Failed::NONE));
        let floor = self.matches.floor(shown.map(|(entry, _)| entry)).max(f32::MIN_POSITIVE);
        let (found, counter) = self.collect(|entry| self.matches.some_words(entry, floor));
        self.finish(Matching::SomeWords, found, &counter)
    }

    fn collect(&self, score: impl Fn(EntryNumber) -> Option<f32>) -> (Vec<Found>, Counter) {
        let table = &self.state.view.table;
        let mut found = Vec::new();
        let mut counter = Counter::new(table, self.state.view.listings.ids.len());
        for (entry, row) in (0..).zip(&table.rows) {
            let Some(score) = score(entry) else { continue };
            let Some(failed) = self.conditions.check(table, row) else { continue };
            counter.count(table, row, failed);
            if failed == Failed::NONE {
                found.push(Found { score, entry });
            }
        }
        (found, counter)
    }

    fn finish(
        &self,
        matching: Matching,
        mut found: Vec<Found>,
        counter: &Counter,
    ) -> Result<SearchAnswer, SearchError> {
        let total = found.len();
        let from = self.request.offset as usize;
        let to = from.saturating_add(self.request.limit as usize).min(total);
        if to > 0 && to < total {
            found.select_nth_unstable_by(to - 1, |a, b| self.order(matching, *a, *b));
        }
        found.truncate(to);
        found.sort_unstable_by(|a, b| self.order(matching, *a, *b));
        let hits = found.get(from.min(to)..).unwrap_or_default().iter().map(|found| self.hit(*found));
        Ok(SearchAnswer {
            matching,
            total: total as u64,
            hits: hits.collect::<Result<_, _>>()?,
            facets: counter.facets(&self.state.view.table, &self.levels),
        })
    }

    /// Best first, then by code, then by name, so that no two entries are equal.
    fn order(&self, matching: Matching, a: Found, b: Found) -> Ordering {
        let table = &self.state.view.table;
        let rank = |found: Found| table.rows.get(found.entry as usize).map(|row| row.rank);
        if matching == Matching::Everything {
            return rank(a).cmp(&rank(b));
        }
        let code = |found: Found| table.entry(found.entry).map(|entry| &entry.data.code);
        b.score.total_cmp(&a.score).then_with(|| code(a).cmp(&code(b))).then_with(|| rank(a).cmp(&rank(b)))
    }

    fn hit(&self, found: Found) -> Result<Hit, SearchError> {
        let table = &self.state.view.table;
        let lost = || SearchError::Damaged("a text that was found is not in the table".to_owned());
        let entry = table.entry(found.entry).ok_or_else(lost)?;
        let row = table.rows.get(found.entry as usize).ok_or_else(lost)?;
        let wanted: &[u64] = if self.query.is_empty() { &[] } else { &self.matches.marks };
        let missing = if self.request.snippets { marks::not_in_name(entry, wanted) } else { Vec::new() };
        let snippet = if missing.is_empty() {
            None
        } else {
            self.state.text.body(found.entry)?.and_then(|body| marks::excerpt(&body, &missing, wanted))
        };
        let fields = table.fields_of(row).iter().filter_map(|&number| table.fields.get(usize::from(number)));
        let at_centre =
            matches!(self.scope, Scope::Centre(_)).then(|| self.levels.only_state_of(row.procedure));
        Ok(Hit {
            procedure_id: entry.data.procedure_id,
            record_id: entry.data.record_id,
            code: entry.data.code.clone(),
            name: entry.data.name.clone(),
            name_marks: marks::in_name(entry, wanted),
            snippet,
            fields: fields
                .map(|field| HitField { slug: field.slug.clone(), name: field.name.clone() })
                .collect(),
            tiers: tiers_of(entry.data.tiers).collect(),
            applicants: applicants_of(entry.data.applicants).collect(),
            levels: self.levels.spread_of(row.procedure),
            at_centre: at_centre.flatten().map(StateCode::state),
            period: entry.data.days.period(),
            score: found.score,
        })
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
