//! Who offers what how far online, in eight bytes a listing.

use std::collections::HashMap;
use std::sync::Arc;

use motcua_catalogue::{BoundaryFree, Listing, OnlineLevel, Scheme};

use crate::days::{Day, Days};
use crate::levels::ListingState;

/// How many states there are: ten levels, offered, unknown, not offered.
pub(crate) const STATES: usize = 13;

/// State of a listing as a number below [`STATES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StateCode(u8);

impl StateCode {
    /// Offered, level unknown.
    const OFFERED: u8 = 10;
    const UNKNOWN: u8 = 11;
    const NOT_OFFERED: u8 = 12;

    pub(crate) fn of(state: ListingState) -> Self {
        Self(match state {
            ListingState::Level(level) => OnlineLevel::all()
                .position(|known| known == level)
                .and_then(|place| u8::try_from(place).ok())
                .unwrap_or(Self::OFFERED),
            ListingState::Offered => Self::OFFERED,
            ListingState::Unknown => Self::UNKNOWN,
            ListingState::NotOffered => Self::NOT_OFFERED,
        })
    }

    /// The code with a number, if there is one.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        (usize::from(number) < STATES).then_some(Self(number))
    }

    pub(crate) fn number(self) -> u8 {
        self.0
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..Self::NOT_OFFERED + 1).map(Self)
    }

    pub(crate) fn state(self) -> ListingState {
        match OnlineLevel::all().nth(usize::from(self.0)) {
            Some(level) => ListingState::Level(level),
            None if self.0 == Self::OFFERED => ListingState::Offered,
            None if self.0 == Self::UNKNOWN => ListingState::Unknown,
            None => ListingState::NotOffered,
        }
    }

    /// What a centre says about a procedure of which it says two things, as for two cases: the weakest documented
    /// level of the newest scheme; without a level, that it is offered; else that this is unknown; else that it is not.
    pub(crate) fn merge(self, other: Self) -> Self {
        if self.weight() <= other.weight() { self } else { other }
    }

    /// The smallest wins in [`merge`](Self::merge).
    fn weight(self) -> u8 {
        match self.state().level().map(OnlineLevel::scheme) {
            Some(Scheme::Nd224) => self.0,
            Some(Scheme::Nd42) => self.0 + 20,
            Some(Scheme::Nd43) => self.0 + 40,
            None => self.0 + 60,
        }
    }
}

/// A listing: procedure, state, where one may file from, period. Bits: 32 procedure, 4 state, 2 boundary, 26 period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record(u64);

impl Record {
    pub(crate) const LARGEST_PERIOD: u32 = (1 << 26) - 1;

    pub(crate) fn new(procedure: u32, state: StateCode, boundary: BoundaryFree, period: u32) -> Self {
        let boundary = BoundaryFree::ALL.into_iter().position(|known| known == boundary).unwrap_or(0) as u64;
        let period = u64::from(period & Self::LARGEST_PERIOD);
        Self(u64::from(procedure) << 32 | u64::from(state.0) << 28 | boundary << 26 | period)
    }

    /// Reads the bits again; refuses a state that does not exist.
    pub(crate) fn from_bits(bits: u64) -> Option<Self> {
        let record = Self(bits);
        StateCode::from_number(record.state().0).map(|_| record)
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn procedure(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(crate) fn state(self) -> StateCode {
        StateCode((self.0 >> 28 & 0xf) as u8)
    }

    pub(crate) fn boundary(self) -> BoundaryFree {
        BoundaryFree::ALL.get((self.0 >> 26 & 0x3) as usize).copied().unwrap_or_default()
    }

    pub(crate) fn period(self) -> u32 {
        self.0 as u32 & Self::LARGEST_PERIOD
    }
}

/// Numbers of procedures: dense, given once, never given again.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProcedureIds {
    ids: Vec<i64>,
    numbers: HashMap<i64, u32>,
}

impl ProcedureIds {
    pub(crate) fn from_ids(ids: impl IntoIterator<Item = i64>) -> Self {
        let mut known = Self::default();
        for id in ids {
            known.number_or_new(id);
        }
        known
    }

    pub(crate) fn number(&self, id: i64) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    pub(crate) fn number_or_new(&mut self, id: i64) -> u32 {
        *self.numbers.entry(id).or_insert_with(|| {
            self.ids.push(id);
            u32::try_from(self.ids.len() - 1).unwrap_or(u32::MAX)
        })
    }

    pub(crate) fn ids(&self) -> &[i64] {
        &self.ids
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// The distinct periods of listings. There are few: listings are published together.
#[derive(Debug, Clone, Default)]
pub(crate) struct PeriodTable {
    periods: Vec<Days>,
    numbers: HashMap<Days, u32>,
}

impl PeriodTable {
    pub(crate) fn from_periods(periods: impl IntoIterator<Item = Days>) -> Self {
        let mut table = Self::default();
        for days in periods {
            table.number_or_new(days);
        }
        table
    }

    pub(crate) fn number_or_new(&mut self, days: Days) -> u32 {
        *self.numbers.entry(days).or_insert_with(|| {
            self.periods.push(days);
            u32::try_from(self.periods.len() - 1).unwrap_or(u32::MAX)
        })
    }

    pub(crate) fn periods(&self) -> &[Days] {
        &self.periods
    }

    /// For every period, whether it holds on a day.
    pub(crate) fn holding_on(&self, day: Day) -> Vec<bool> {
        self.periods.iter().map(|days| days.contain(day)).collect()
    }
}

/// Every listing, by centre. Cheap to clone: a clone shares the records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listings {
    pub(crate) ids: ProcedureIds,
    pub(crate) periods: PeriodTable,
    /// By the centre's row id.
    by_centre: HashMap<i64, Arc<[Record]>>,
    count: usize,
}

impl Listings {
    pub(crate) fn from_parts(
        ids: ProcedureIds,
        periods: PeriodTable,
        by_centre: HashMap<i64, Arc<[Record]>>,
    ) -> Self {
        let count = by_centre.values().map(|records| records.len()).sum();
        Self { ids, periods, by_centre, count }
    }

    /// Replaces what one centre says.
    pub(crate) fn set_centre(&mut self, centre_row_id: i64, listings: &[Listing]) {
        let mut records: Vec<Record> = listings
            .iter()
            .map(|listing| {
                let period = self.periods.number_or_new(Days::of(listing.period));
                debug_assert!(period <= Record::LARGEST_PERIOD);
                let state = StateCode::of(ListingState::of(listing));
                let procedure = self.ids.number_or_new(listing.procedure_id);
                Record::new(procedure, state, listing.boundary_free, period)
            })
            .collect();
        records.sort_unstable();
        self.count += records.len();
        let before = if records.is_empty() {
            self.by_centre.remove(&centre_row_id)
        } else {
            self.by_centre.insert(centre_row_id, records.into())
        };
        self.count -= before.map_or(0, |records| records.len());
    }

    /// What a centre says, in order of the procedures' numbers.
    pub(crate) fn of_centre(&self, centre_row_id: i64) -> &[Record] {
        self.by_centre.get(&centre_row_id).map_or(&[], |records| records)
    }

    /// Every centre that says something, in no order.
    pub(crate) fn centres(&self) -> impl Iterator<Item = (i64, &[Record])> {
        self.by_centre.iter().map(|(centre, records)| (*centre, &**records))
    }

    /// How many listings there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }
}

/// Calls `visit` with each procedure of a centre and its one state on a day. `holds` is [`PeriodTable::holding_on`].
pub(crate) fn for_each_state(records: &[Record], holds: &[bool], mut visit: impl FnMut(u32, StateCode)) {
    let mut current: Option<(u32, StateCode)> = None;
    for record in records {
        if !holds.get(record.period() as usize).copied().unwrap_or(false) {
            continue;
        }
        current = match current {
            Some((procedure, state)) if procedure == record.procedure() => {
                Some((procedure, state.merge(record.state())))
            }
            before => {
                if let Some((procedure, state)) = before {
                    visit(procedure, state);
                }
                Some((record.procedure(), record.state()))
            }
        };
    }
    if let Some((procedure, state)) = current {
        visit(procedure, state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use motcua_catalogue::Level;

    fn level(scheme: Scheme, level: Level) -> StateCode {
        StateCode::of(ListingState::Level(OnlineLevel::new(scheme, level).expect("a level")))
    }

    #[test]
    fn every_state_has_a_code() {
        assert_eq!(StateCode::all().count(), STATES);
        assert_eq!(OnlineLevel::all().count(), usize::from(StateCode::OFFERED));
        for code in StateCode::all() {
            assert_eq!(StateCode::of(code.state()), code);
            for boundary in BoundaryFree::ALL {
                let record = Record::new(u32::MAX, code, boundary, Record::LARGEST_PERIOD);
                assert_eq!(Record::from_bits(record.bits()), Some(record));
                assert_eq!(
                    (record.procedure(), record.state(), record.boundary(), record.period()),
                    (u32::MAX, code, boundary, Record::LARGEST_PERIOD)
                );
            }
        }
        assert_eq!(Record::from_bits(0xf << 28), None);
    }

    #[test]
    fn two_statements_make_the_weakest_documented_one() {
        let offered = StateCode::of(ListingState::Offered);
        let unknown = StateCode::of(ListingState::Unknown);
        let not = StateCode::of(ListingState::NotOffered);
        let (three, four) = (level(Scheme::Nd43, Level::Three), level(Scheme::Nd43, Level::Four));
        let partial = level(Scheme::Nd42, Level::Partial);
        for (a, b, merged) in [
            (three, four, three),
            (four, unknown, four),
            (four, offered, four),
            (offered, unknown, offered),
            (unknown, not, unknown),
            (three, partial, partial),
        ] {
            assert_eq!(a.merge(b), merged);
            assert_eq!(b.merge(a), merged);
        }
    }
}
