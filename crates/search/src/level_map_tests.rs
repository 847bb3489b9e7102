use motcua_catalogue::{Listing, Offered, OnlineLevel, Period};
use serde_json::json;

use super::*;
use crate::fixture::{Fixture, procedure};
use crate::places::Places;
use crate::places::tests::{centre, unit};
use crate::scope::Scope;

const MERGER: Day = 737_000;

/// A province with a district and two communes, of which one ends; another province.
fn places() -> Places {
    let mut units = vec![
        unit(1, "42", None, Day::MIN, Day::MAX),
        unit(2, "436", Some("42"), Day::MIN, MERGER),
        unit(3, "18070", Some("436"), Day::MIN, MERGER),
        unit(4, "18073", Some("436"), Day::MIN, MERGER),
        unit(4, "18073", Some("42"), MERGER, Day::MAX),
        unit(5, "01", None, Day::MIN, Day::MAX),
    ];
    for unit in &mut units {
        unit.tier = unit.code.tier();
        unit.full_name = format!("Nơi {}", unit.code);
    }
    let ever = |row_id, id, unit| centre(row_id, id, unit, Day::MIN, Day::MAX);
    let mut commune = ever(4, "c18073", "18073");
    commune.points = vec![(18_340_000, 105_900_000)];
    let centres = vec![
        ever(1, "p42", "42"),
        centre(2, "d436", "436", Day::MIN, MERGER),
        centre(3, "c18070", "18070", Day::MIN, MERGER),
        commune,
        ever(5, "p01", "01"),
    ];
    Places::new(units, centres, Vec::new())
}

fn listing(level: Option<usize>, offered: Offered, boundary_free: BoundaryFree) -> Listing {
    Listing {
        procedure_id: 1,
        case: false,
        offered,
        level: level.and_then(|place| OnlineLevel::all().nth(place)),
        period: Period::ALWAYS,
        boundary_free,
    }
}

fn fixture() -> Fixture {
    let text = procedure(1, "1.001193", "Đăng ký khai sinh", &json!({}));
    let says = |row_id, listing| (row_id, vec![listing]);
    Fixture::new(
        vec![vec![text]],
        places(),
        &[
            says(2, listing(None, Offered::No, BoundaryFree::Unknown)),
            says(3, listing(Some(3), Offered::Yes, BoundaryFree::None)),
            (
                4,
                vec![
                    listing(Some(2), Offered::Yes, BoundaryFree::Nation),
                    Listing { case: true, ..listing(Some(1), Offered::Yes, BoundaryFree::Province) },
                ],
            ),
            says(5, listing(None, Offered::Unknown, BoundaryFree::Unknown)),
        ],
    )
}

fn code(text: &str) -> ProcedureCode {
    text.parse().expect("a code")
}

fn on(fixture: &Fixture, unit: &str, day: Day) -> Vec<(String, String)> {
    let unit = unit.parse().expect("a unit code");
    let found = centres(&fixture.state, &code("1.001193.H33"), &unit, day).unwrap_or_default();
    let said = |centre: &CentreLevel| match centre.state {
        Some(ListingState::Level(level)) => level.to_string(),
        Some(other) => format!("{other:?}"),
        None => "-".to_owned(),
    };
    found.iter().map(|centre| (centre.centre.to_string(), said(centre))).collect()
}

#[test]
fn every_centre_of_the_place_is_there_whatever_it_says() {
    let fixture = fixture();
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
    };
    let before = [("p42", "-"), ("d436", "NotOffered"), ("c18070", "nd43-2011:4"), ("c18073", "nd43-2011:2")];
    assert_eq!(on(&fixture, "42", MERGER - 1), pairs(&before));
    assert_eq!(on(&fixture, "436", MERGER - 1), pairs(&before[1..]));
    assert_eq!(on(&fixture, "42", MERGER), pairs(&[before[0], before[3]]));
    assert_eq!(centres(&fixture.state, &code("1.001193"), &"436".parse().expect("a code"), MERGER), None);
}

#[test]
fn of_two_cases_the_weakest_level_and_the_widest_reach_stand() {
    let fixture = fixture();
    let found = centres(&fixture.state, &code("1.001193"), &"18073".parse().expect("a code"), MERGER);
    let found = found.expect("a unit");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].boundary_free, BoundaryFree::Nation);
    let units: Vec<_> = found[0].units.iter().map(|unit| unit.code.as_str()).collect();
    assert_eq!(units, ["42", "18073"]);
}

#[test]
fn the_map_and_the_counts_agree() {
    let fixture = fixture();
    let state = &fixture.state;
    for day in [MERGER - 1, MERGER] {
        for levels in provinces(state, &code("1.001193"), &[Tier::Commune], day) {
            let unit_id = state.view.places.unit_on(&levels.province.code, day).expect("there");
            let number = procedure_number(state, &code("1.001193")).expect("known");
            let counted = crate::search::spread(state, number, Scope::Unit(unit_id), day);
            assert_eq!(levels.spread, counted, "{} on {day}", levels.province.code);
            let listed = centres(state, &code("1.001193"), &levels.province.code, day).expect("there");
            let tiers = concerned_tiers(&[Tier::Commune], &listed);
            let of_tiers = listed.iter().filter(|centre| tiers.contains(&centre.tier)).count();
            assert_eq!(of_tiers as u64, levels.centres);
            let said = listed.iter().filter(|centre| centre.state.is_some()).count() as u64;
            assert_eq!(said, counted.counts.total());
        }
    }
}

#[test]
fn centres_of_tiers_that_the_procedure_does_not_concern_are_not_counted() {
    let fixture = fixture();
    let counted = |own: &[Tier], day| -> Vec<(String, u64)> {
        let all = provinces(&fixture.state, &code("1.001193"), own, day);
        all.into_iter().map(|levels| (levels.province.code.to_string(), levels.centres)).collect()
    };
    let pairs = |first: u64, second: u64| vec![("01".to_owned(), first), ("42".to_owned(), second)];
    // The district says no, which is something; the centre of province 42 says nothing and need not.
    assert_eq!(counted(&[Tier::Commune], MERGER - 1), pairs(1, 3));
    assert_eq!(counted(&[Tier::Commune], MERGER), pairs(1, 1));
    assert_eq!(
        counted(&[Tier::Province, Tier::Commune], MERGER),
        pairs(1, 2),
        "its own tier counts, listed or not"
    );
}

#[test]
fn a_procedure_that_nobody_knows_is_listed_nowhere() {
    let fixture = fixture();
    let found = centres(&fixture.state, &code("9.999999"), &"42".parse().expect("a code"), MERGER);
    assert!(found.expect("a unit").iter().all(|centre| centre.state.is_none()));
}

#[test]
fn distances_are_measured_to_the_nearest_known_site() {
    let fixture = fixture();
    let centre_of = |id: &str| {
        let places = &fixture.state.view.places;
        places
            .centre_number(&id.parse().expect("an id"))
            .and_then(|number| places.centre(number))
            .expect("there")
    };
    let from = Point::new(18.34, 105.91);
    assert_eq!(
        metres_to(from, centre_of("c18073")),
        from.map(|from| { from.metres_to(Point::new(18.34, 105.90).expect("a point")) })
    );
    assert_eq!(metres_to(from, centre_of("p42")), None);
    assert_eq!(metres_to(None, centre_of("c18073")), None);
}
