//! The view against a naive reading of the same listings.

use std::collections::BTreeMap;

use motcua_catalogue::{BoundaryFree, LevelFilter, Listing, Offered, OnlineLevel, Period};
use proptest::prelude::*;

use super::*;
use crate::days::Days;
use crate::document::EntryData;
use crate::levels::{LevelCounts, LevelSpread, ListingState};
use crate::listings::{ProcedureIds, StateCode};
use crate::places::tests::{centre, unit};
use crate::table::Entry;

const END: Day = 740_100;
const START: Day = 740_000;

#[derive(Debug, Clone)]
struct Case {
    centre: i64,
    listing: Listing,
}

fn days() -> impl Strategy<Value = Days> {
    (START..END, 1..60_i32, 0..4_u8).prop_map(|(from, length, open)| Days {
        from: if open & 1 == 0 { from } else { Day::MIN },
        to: if open & 2 == 0 { from + length } else { Day::MAX },
    })
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    let levels: Vec<Option<OnlineLevel>> = OnlineLevel::all().map(Some).chain([None, None, None]).collect();
    let case = (1..7_i64, 100..112_i64, days(), proptest::sample::select(levels), 0..3_usize, any::<bool>());
    let case = case.prop_map(|(centre, procedure_id, days, level, answer, case)| {
        let offered = if level.is_some() { Offered::Yes } else { Offered::ALL[answer] };
        let (period, boundary_free) = (days.period(), BoundaryFree::Unknown);
        Case { centre, listing: Listing { procedure_id, case, offered, level, period, boundary_free } }
    });
    proptest::collection::vec(case, 0..80)
}

fn places() -> Places {
    let middle = START + 50;
    Places::new(
        vec![
            unit(1, "01", None, Day::MIN, Day::MAX),
            unit(2, "02", None, Day::MIN, Day::MAX),
            unit(3, "101", Some("01"), Day::MIN, middle),
            unit(4, "10001", Some("101"), Day::MIN, middle),
            unit(5, "10002", Some("101"), Day::MIN, middle),
            unit(5, "10002", Some("02"), middle, Day::MAX),
        ],
        vec![
            centre(1, "p01", "01", Day::MIN, Day::MAX),
            centre(2, "p02", "02", START + 20, Day::MAX),
            centre(3, "d101", "101", Day::MIN, middle),
            centre(4, "c10001", "10001", Day::MIN, middle),
            centre(5, "c10002", "10002", Day::MIN, Day::MAX),
            centre(6, "late", "01", END - 30, Day::MAX),
        ],
        Vec::new(),
    )
}

fn view_of(cases: &[Case], texts: &BTreeMap<i64, Days>) -> View {
    let mut listings = Listings::default();
    for row_id in 1..7 {
        let of_centre: Vec<Listing> =
            cases.iter().filter(|case| case.centre == row_id).map(|case| case.listing).collect();
        listings.set_centre(row_id, &of_centre);
    }
    let entries = texts.iter().map(|(&procedure_id, &days)| {
        Arc::new(Entry::new(EntryData {
            record_id: procedure_id + 1000,
            procedure_id,
            code: format!("1.000{procedure_id}").parse().expect("a code"),
            name: format!("Thủ tục {procedure_id}"),
            fields: Vec::new(),
            tiers: 0,
            applicants: 0,
            days,
            scope: motcua_catalogue::Scope::National,
            local_agencies: String::new(),
            agencies: Vec::new(),
            offline_only: None,
        }))
    });
    let mut ids: ProcedureIds = std::mem::take(&mut listings.ids);
    let table = Table::new(entries.collect(), Vec::new(), &mut ids);
    listings.ids = ids;
    View::new(Arc::new(table), Arc::new(places()), Arc::new(listings))
}

/// The centres of a scope on a day, written out by hand.
fn centres_of(scope: &str, day: Day) -> Vec<i64> {
    let before = day < START + 50;
    let mut centres = match scope {
        "nation" => vec![1, 2, 3, 4, 5, 6],
        "01" if before => vec![1, 3, 4, 5, 6],
        "01" => vec![1, 6],
        "02" if before => vec![2],
        "02" => vec![2, 5],
        "101" if before => vec![3, 4, 5],
        "10002" => vec![5],
        "p01" => vec![1],
        _ => vec![],
    };
    centres.retain(|centre| match centre {
        2 => day >= START + 20,
        3 | 4 => before,
        6 => day >= END - 30,
        _ => true,
    });
    centres
}

fn naive(cases: &[Case], texts: &BTreeMap<i64, Days>, scope: &str, day: Day, procedure: i64) -> LevelCounts {
    let mut counts = LevelCounts::default();
    if !texts.get(&procedure).is_some_and(|days| days.contain(day)) {
        return counts;
    }
    for centre in centres_of(scope, day) {
        let date = Days { from: day, to: day + 1 }.period().valid_from().expect("a day");
        let states: Vec<ListingState> = cases
            .iter()
            .filter(|case| case.centre == centre && case.listing.procedure_id == procedure)
            .filter(|case| case.listing.period.contains(date))
            .map(|case| ListingState::of(&case.listing))
            .collect();
        let newest = states.iter().filter_map(|state| state.level()).map(OnlineLevel::scheme).max();
        let weakest = states
            .iter()
            .filter_map(|state| state.level())
            .filter(|level| Some(level.scheme()) == newest)
            .min_by_key(|level| level.rank());
        let state = match weakest {
            Some(level) => ListingState::Level(level),
            None if states.contains(&ListingState::Offered) => ListingState::Offered,
            None if states.contains(&ListingState::Unknown) => ListingState::Unknown,
            None if states.contains(&ListingState::NotOffered) => ListingState::NotOffered,
            None => continue,
        };
        counts.add(state, 1);
    }
    counts
}

proptest! {
    #[test]
    fn levels_at_every_place_and_day_are_those_of_a_naive_reading(
        cases in cases(),
        texts in proptest::collection::btree_map(100..112_i64, days(), 0..12),
        probes in proptest::collection::vec(START - 5..END + 70, 1..12),
    ) {
        let view = view_of(&cases, &texts);
        for day in probes {
            for scope_name in ["nation", "01", "02", "101", "10002", "p01"] {
                let code = |name: &str| name.parse::<UnitCode>().ok();
                let scope = match scope_name {
                    "nation" => view.scope(None, None, day),
                    "p01" => view.scope(Some(&"p01".parse().expect("an id")), None, day),
                    name => view.scope(None, code(name).as_ref(), day),
                };
                let levels = view.levels(scope, day);
                let mut totals = LevelCounts::default();
                for procedure in 100..112 {
                    let expected = naive(&cases, &texts, scope_name, day, procedure);
                    let number = view.listings.ids.number(procedure).unwrap_or(u32::MAX);
                    let spread = levels.spread_of(number);
                    prop_assert_eq!(&spread, &LevelSpread::of(expected.clone()));
                    for level in OnlineLevel::all() {
                        let filter = LevelFilter { scheme: Some(level.scheme()), level: level.level() };
                        let has = levels.procedures_in(|code: StateCode| {
                            code.state().level().is_some_and(|level| filter.matches(level))
                        });
                        let expected = expected.levels.iter().any(|(known, _)| *known == level);
                        prop_assert_eq!(has.contains(number), expected);
                        if expected { totals.add(ListingState::Level(level), spread.counts.levels.iter().find(|(known, _)| *known == level).map_or(0, |(_, count)| *count)); }
                    }
                    totals.add(ListingState::Offered, expected.offered_without_level);
                    totals.add(ListingState::Unknown, expected.unknown);
                    totals.add(ListingState::NotOffered, expected.not_offered);
                }
                prop_assert_eq!(levels.totals(), totals);
            }
        }
    }
}

#[test]
fn many_records_are_counted_as_few_are() {
    let level = OnlineLevel::all().nth(3).expect("a level");
    let listing = |procedure_id| Listing {
        procedure_id,
        case: false,
        offered: Offered::Yes,
        level: Some(level),
        period: Period::ALWAYS,
        boundary_free: BoundaryFree::Unknown,
    };
    let mut listings = Listings::default();
    let all: Vec<Listing> = (0..3000).map(listing).collect();
    listings.set_centre(1, &all);
    listings.set_centre(2, &all);
    assert_eq!(listings.len(), 6000);
    let mut valid = Bitmap::below(3000);
    (0..2999).for_each(|number| valid.insert(number));
    let centres = [listings.of_centre(1), listings.of_centre(2)];
    let levels = ScopeLevels::new(centres.into_iter(), &listings, &valid, START);
    assert_eq!(levels.totals().levels, [(level, 2 * 2999)]);
    listings.set_centre(2, &[]);
    assert_eq!(listings.len(), 3000);
}
