//! How far online every procedure is at a place on a day.

use crate::bitmap::Bitmap;
use crate::days::Day;
use crate::levels::{LevelCounts, LevelSpread};
use crate::listings::{Listings, Record, STATES, StateCode, for_each_state};

/// Where levels are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// Every centre.
    Nation,
    /// The centres of a unit and of the units below it, by the unit's id.
    Unit(i64),
    /// One centre, by its number.
    Centre(u32),
    /// No centre: a place that does not exist on the day.
    Nowhere,
}

/// How many centres of a scope have a procedure in each state on a day.
#[derive(Debug)]
pub(crate) struct ScopeLevels {
    /// Sorted by procedure, then state.
    counts: Vec<ScopeCount>,
    /// By state: the procedures that some centre has in it.
    by_state: Vec<Option<Bitmap>>,
}

#[derive(Debug, Clone, Copy)]
struct ScopeCount {
    procedure: u32,
    state: StateCode,
    centres: u32,
}

/// Few records are sorted, many are counted in a table with a place for every procedure and state.
const SORT_UP_TO: usize = 4_000;

impl ScopeLevels {
    /// Works out the levels of some centres, each given by its records. Only procedures in `valid` count: without a text
    /// that holds on the day there is nothing to offer.
    pub(crate) fn new<'a>(
        centres: impl Iterator<Item = &'a [Record]> + Clone,
        listings: &Listings,
        valid: &Bitmap,
        day: Day,
    ) -> Self {
        let holds = listings.periods.holding_on(day);
        let size: usize = centres.clone().map(<[Record]>::len).sum();
        let counts = if size <= SORT_UP_TO {
            count_by_sorting(centres, &holds, valid)
        } else {
            count_in_table(centres, &holds, valid, listings.ids.len())
        };
        let mut by_state: Vec<Option<Bitmap>> = vec![None; STATES];
        for count in &counts {
            if let Some(place) = by_state.get_mut(usize::from(count.state.number())) {
                place.get_or_insert_with(|| Bitmap::below(listings.ids.len())).insert(count.procedure);
            }
        }
        Self { counts, by_state }
    }

    /// The procedures that some centre has in one of the states that are wanted.
    pub(crate) fn procedures_in(&self, wanted: impl Fn(StateCode) -> bool) -> Bitmap {
        let mut all = Bitmap::below(0);
        for (state, procedures) in self.states() {
            if wanted(state) {
                all.add_all(procedures);
            }
        }
        all
    }

    /// The states that occur, each with its procedures.
    pub(crate) fn states(&self) -> impl Iterator<Item = (StateCode, &Bitmap)> {
        StateCode::all()
            .zip(&self.by_state)
            .filter_map(|(state, procedures)| Some((state, procedures.as_ref()?)))
    }

    /// Centres by the state in which they have a procedure.
    pub(crate) fn spread_of(&self, procedure: u32) -> LevelSpread {
        let mut counts = LevelCounts::default();
        for count in self.counts_of(procedure) {
            counts.add(count.state.state(), u64::from(count.centres));
        }
        LevelSpread::of(counts)
    }

    /// The state of a procedure where the scope is one centre.
    pub(crate) fn only_state_of(&self, procedure: u32) -> Option<StateCode> {
        self.counts_of(procedure).first().map(|count| count.state)
    }

    /// Procedures by state, each as often as centres have it so.
    pub(crate) fn totals(&self) -> LevelCounts {
        let mut counts = LevelCounts::default();
        for count in &self.counts {
            counts.add(count.state.state(), u64::from(count.centres));
        }
        counts
    }

    /// Memory in bytes.
    pub(crate) fn size_bytes(&self) -> usize {
        let bitmaps: usize = self.by_state.iter().flatten().map(Bitmap::size_bytes).sum();
        size_of::<Self>() + self.counts.len() * size_of::<ScopeCount>() + bitmaps
    }

    fn counts_of(&self, procedure: u32) -> &[ScopeCount] {
        let from = self.counts.partition_point(|count| count.procedure < procedure);
        let rest = self.counts.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|count| count.procedure == procedure)).unwrap_or_default()
    }
}

fn count_by_sorting<'a>(
    centres: impl Iterator<Item = &'a [Record]>,
    holds: &[bool],
    valid: &Bitmap,
) -> Vec<ScopeCount> {
    let mut states = Vec::new();
    for records in centres {
        for_each_state(records, holds, |procedure, state| {
            if valid.contains(procedure) {
                states.push((procedure, state));
            }
        });
    }
    states.sort_unstable();
    let runs = states.chunk_by(|a, b| a == b);
    runs.filter_map(|run| {
        let (procedure, state) = *run.first()?;
        Some(ScopeCount { procedure, state, centres: u32::try_from(run.len()).unwrap_or(u32::MAX) })
    })
    .collect()
}

fn count_in_table<'a>(
    centres: impl Iterator<Item = &'a [Record]>,
    holds: &[bool],
    valid: &Bitmap,
    procedures: usize,
) -> Vec<ScopeCount> {
    let mut table = vec![0_u32; procedures * STATES];
    for records in centres {
        for_each_state(records, holds, |procedure, state| {
            if let Some(count) = table.get_mut(procedure as usize * STATES + usize::from(state.number())) {
                *count += 1;
            }
        });
    }
    let mut counts = Vec::new();
    for (procedure, row) in (0..).zip(table.chunks_exact(STATES)) {
        if !valid.contains(procedure) {
            continue;
        }
        let states = StateCode::all().zip(row).filter(|(_, centres)| **centres > 0);
        counts.extend(states.map(|(state, &centres)| ScopeCount { procedure, state, centres }));
    }
    counts.shrink_to_fit();
    counts
}
