//! Quick wins of a small place, worked out by hand.

use motcua_catalogue::{BoundaryFree, Listing, Offered, OnlineLevel, Period, Scope as Reach};
use std::sync::Arc;

use super::*;
use crate::days::Days;
use crate::document::{EntryData, tier_bits};
use crate::listings::Listings;
use crate::places::Places;
use crate::places::tests::{centre, unit};
use crate::table::{Entry, Table};

/// Two provinces with two and one communes.
fn view(offline_only: &[i64], rows: &[(i64, i64, &str)]) -> View {
    let (min, max) = (Day::MIN, Day::MAX);
    let places = Places::new(
        vec![
            unit(1, "01", None, min, max),
            unit(2, "02", None, min, max),
            unit(3, "10001", Some("01"), min, max),
            unit(4, "10002", Some("01"), min, max),
            unit(5, "10003", Some("02"), min, max),
        ],
        vec![
            centre(3, "c10001", "10001", min, max),
            centre(4, "c10002", "10002", min, max),
            centre(5, "c10003", "10003", min, max),
        ],
        Vec::new(),
    );
    let mut listings = Listings::default();
    for row_id in 3..6 {
        let own: Vec<Listing> = rows
            .iter()
            .filter(|row| row.0 == row_id)
            .map(|(_, procedure_id, level)| {
                let filter: Option<motcua_catalogue::LevelFilter> = level.parse().ok();
                let level =
                    OnlineLevel::all().find(|level| filter.is_some_and(|filter| filter.matches(*level)));
                let offered = if level.is_some() { Offered::Yes } else { Offered::No };
                Listing {
                    procedure_id: *procedure_id,
                    case: false,
                    offered,
                    level,
                    boundary_free: BoundaryFree::Unknown,
                    period: Period::ALWAYS,
                }
            })
            .collect();
        listings.set_centre(row_id, &own);
    }
    let entries = (101..105).map(|procedure_id| {
        Arc::new(Entry::new(EntryData {
            record_id: procedure_id,
            procedure_id,
            code: format!("1.000{procedure_id}").parse().expect("a code"),
            name: format!("Thủ tục {procedure_id}"),
            fields: Vec::new(),
            tiers: tier_bits(&[Tier::Commune]),
            applicants: 0,
            days: Days::of(Period::ALWAYS),
            scope: Reach::National,
            local_agencies: String::new(),
            agencies: Vec::new(),
            offline_only: offline_only.contains(&procedure_id).then_some(true),
        }))
    });
    let mut ids = std::mem::take(&mut listings.ids);
    let table = Table::new(entries.collect(), Vec::new(), &mut ids);
    listings.ids = ids;
    View::new(Arc::new(table), Arc::new(places), Arc::new(listings))
}

fn shown(wins: &[QuickWin]) -> Vec<(&str, u64, u64, u64, Share)> {
    let one = |win: &'_ QuickWin| (win.listings, win.online_centres, win.online_elsewhere, win.effect);
    wins.iter()
        .map(|win| {
            let (listings, centres, elsewhere, effect) = one(win);
            (win.code.as_str(), listings, centres, elsewhere, effect)
        })
        .collect()
}

#[test]
fn what_others_of_the_same_tier_do_already_comes_first() {
    let view = view(
        &[104],
        &[
            // 101: online elsewhere only, at a desk in one commune here.
            (5, 101, "nd43-2011:4"),
            (3, 101, "nd43-2011:2"),
            // 102: online in one commune here, said not to be offered in the other.
            (3, 102, "nd43-2011:3"),
            (4, 102, "no"),
            // 103: online nowhere. 104: online elsewhere, but marked as offline only.
            (5, 104, "nd43-2011:4"),
        ],
    );
    let wins = quick_wins(&view, Some(&"01".parse().expect("a code")), 740_000);
    assert_eq!(shown(&wins.honest), [("1.000101", 2, 1, 1, Share::of(2, 8))]);
    assert_eq!(shown(&wins.official), [("1.000101", 1, 1, 1, Share::of(1, 4))]);
    assert_eq!(wins.honest[0].here.not_listed, 1);
    let commune = quick_wins(&view, Some(&"10002".parse().expect("a code")), 740_000);
    // Here 102 is said not to be offered: nothing to win there.
    assert_eq!(shown(&commune.official), [("1.000101", 1, 1, 1, Share::of(1, 4))]);
    let elsewhere = quick_wins(&view, Some(&"10003".parse().expect("a code")), 740_000);
    assert_eq!(shown(&elsewhere.honest), [("1.000102", 1, 1, 1, Share::of(1, 4))]);
    assert_eq!(quick_wins(&view, Some(&"99".parse().expect("a code")), 740_000), QuickWins::default());
}

#[test]
fn a_large_effect_that_hardly_anybody_shows_to_be_possible_comes_later() {
    // 101 could change at two communes here and is online at one of three; 102 at one, and is online at two of three.
    let view = view(
        &[],
        &[
            (5, 101, "nd43-2011:4"),
            (3, 102, "nd43-2011:3"),
            (5, 102, "nd43-2011:3"),
            (5, 103, "nd43-2011:4"),
            (3, 103, "nd43-2011:4"),
        ],
    );
    let wins = quick_wins(&view, Some(&"01".parse().expect("a code")), 740_000);
    let codes: Vec<_> = wins.honest.iter().map(|win| (win.code.as_str(), win.concerned_centres)).collect();
    // Two thirds each: equals go by code.
    assert_eq!(codes, [("1.000101", 3), ("1.000102", 3), ("1.000103", 3)]);
}
