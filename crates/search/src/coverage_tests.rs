//! Coverage against a naive count of the same records.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use motcua_catalogue::figures::ListingState;
use motcua_catalogue::{BoundaryFree, Field, Listing, Offered, OnlineLevel, Period, UnitCode};
use proptest::prelude::*;

use super::*;
use crate::days::Days;
use crate::document::EntryData;
use crate::indicator::indicator;
use crate::listings::Listings;
use crate::places::Places;
use crate::places::tests::{centre, unit};
use crate::table::Table;

const START: Day = 740_000;
const MIDDLE: Day = START + 50;
const END: Day = 740_100;

#[derive(Debug, Clone)]
struct Text {
    procedure: i64,
    tiers: u8,
    reach: Reach,
    fields: Vec<&'static str>,
    agencies: Vec<&'static str>,
    offline_only: Option<bool>,
    days: Days,
}

#[derive(Debug, Clone)]
struct Row {
    centre: i64,
    listing: Listing,
}

/// Two provinces; a district with two communes that end, one commune that moves to the other province.
fn places() -> Places {
    Places::new(
        vec![
            unit(1, "01", None, Day::MIN, Day::MAX),
            unit(2, "02", None, Day::MIN, Day::MAX),
            unit(3, "101", Some("01"), Day::MIN, MIDDLE),
            unit(4, "10001", Some("101"), Day::MIN, MIDDLE),
            unit(5, "10002", Some("101"), Day::MIN, MIDDLE),
            unit(5, "10002", Some("02"), MIDDLE, Day::MAX),
        ],
        vec![
            centre(1, "p01", "01", Day::MIN, Day::MAX),
            centre(2, "p02", "02", START + 20, Day::MAX),
            centre(3, "d101", "101", Day::MIN, MIDDLE),
            centre(4, "c10001", "10001", Day::MIN, MIDDLE),
            centre(5, "c10002", "10002", Day::MIN, Day::MAX),
        ],
        Vec::new(),
    )
}

/// Id, row id, tier, and the units in which it lies on a day, written out by hand.
fn centres_on(day: Day) -> Vec<(&'static str, i64, Tier, Vec<&'static str>)> {
    let before = day < MIDDLE;
    let mut all = vec![("p01", 1, Tier::Province, vec!["01"])];
    if day >= START + 20 {
        all.push(("p02", 2, Tier::Province, vec!["02"]));
    }
    if before {
        all.push(("d101", 3, Tier::District, vec!["101", "01"]));
        all.push(("c10001", 4, Tier::Commune, vec!["10001", "101", "01"]));
    }
    let moved = if before { vec!["10002", "101", "01"] } else { vec!["10002", "02"] };
    all.push(("c10002", 5, Tier::Commune, moved));
    all
}

fn view_of(texts: &[Text], rows: &[Row]) -> View {
    let mut listings = Listings::default();
    for row_id in 1..6 {
        let own: Vec<Listing> =
            rows.iter().filter(|row| row.centre == row_id).map(|row| row.listing).collect();
        listings.set_centre(row_id, &own);
    }
    let slug = |text: &&str| text.parse::<Slug>().expect("a key");
    let entries = texts.iter().map(|text| {
        Arc::new(Entry::new(EntryData {
            record_id: text.procedure,
            procedure_id: text.procedure,
            code: format!("1.000{}", text.procedure).parse().expect("a code"),
            name: format!("Thủ tục {}", text.procedure),
            fields: text.fields.iter().map(slug).collect(),
            tiers: text.tiers,
            applicants: 0,
            days: text.days,
            scope: text.reach,
            local_agencies: String::new(),
            agencies: text.agencies.iter().map(slug).collect(),
            offline_only: text.offline_only,
        }))
    });
    let fields = ["dat-dai", "ho-tich"].map(|key| Field { slug: slug(&key), name: key.to_owned() });
    let mut ids = std::mem::take(&mut listings.ids);
    let table = Table::new(entries.collect(), fields.to_vec(), &mut ids);
    listings.ids = ids;
    View::new(Arc::new(table), Arc::new(places()), Arc::new(listings))
}

fn date(day: Day) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(day).expect("a day")
}

/// What one centre says of one procedure on a day, if it says anything.
fn said(rows: &[Row], centre: i64, procedure: i64, day: Day) -> Option<ListingState> {
    let states: Vec<ListingState> = rows
        .iter()
        .filter(|row| row.centre == centre && row.listing.procedure_id == procedure)
        .filter(|row| row.listing.period.contains(date(day)))
        .map(|row| ListingState::of(&row.listing))
        .collect();
    let levels = || states.iter().filter_map(|state| state.level());
    let newest = levels().map(OnlineLevel::scheme).max();
    let weakest = levels().filter(|level| Some(level.scheme()) == newest).min_by_key(|level| level.rank());
    weakest.map(ListingState::Level).or_else(|| {
        [ListingState::Offered, ListingState::Unknown, ListingState::NotOffered]
            .into_iter()
            .find(|state| states.contains(state))
    })
}

/// The groups of every way of grouping, by walking through all pairs one by one.
fn naive(
    (texts, rows): (&[Text], &[Row]),
    request: &CoverageRequest,
    day: Day,
) -> (Coverage, BTreeMap<String, Coverage>) {
    let (mut total, mut groups) = (Coverage::default(), BTreeMap::<String, Coverage>::new());
    let unit = request.unit.as_ref().map(UnitCode::as_str);
    for (id, row_id, tier, units) in centres_on(day) {
        let place = unit.is_none_or(|unit| units.contains(&unit));
        let own = request.centre.as_ref().is_none_or(|centre| centre.as_str() == id);
        if !place || !own || request.tier.is_some_and(|wanted| wanted != tier) {
            continue;
        }
        for text in texts.iter().filter(|text| text.days.contain(day)) {
            let has = |all: &[&str], wanted: &Option<Slug>| {
                wanted.as_ref().is_none_or(|wanted| all.contains(&wanted.as_str()))
            };
            if !has(&text.fields, &request.field) || !has(&text.agencies, &request.agency) {
                continue;
            }
            let state = said(rows, row_id, text.procedure, day);
            let concerns = text.reach == Reach::National && text.tiers & tier_bits(&[tier]) != 0;
            if state.is_none() && !concerns {
                continue;
            }
            let keys: BTreeSet<String> = match request.by {
                None => BTreeSet::new(),
                Some(CoverageBy::Centre) => [id.to_owned()].into(),
                Some(CoverageBy::Tier) => [tier.as_str().to_owned()].into(),
                Some(CoverageBy::Field) => text.fields.iter().map(ToString::to_string).collect(),
                Some(CoverageBy::Agency) => text.agencies.iter().map(ToString::to_string).collect(),
                Some(CoverageBy::Unit) => {
                    let above = unit.and_then(|unit| units.iter().position(|known| *known == unit));
                    let at = match (request.centre.is_some(), above) {
                        (true, _) => 0,
                        (false, Some(above)) => above.saturating_sub(1),
                        (false, None) => units.len() - 1,
                    };
                    [units[at].to_owned()].into()
                }
            };
            for coverage in std::iter::once(&mut total).chain(groups_of(&mut groups, &keys)) {
                match state {
                    Some(state) => coverage.counts.add(state, 1),
                    None => coverage.not_listed += 1,
                }
            }
        }
    }
    (total, groups)
}

fn groups_of<'a>(
    groups: &'a mut BTreeMap<String, Coverage>,
    keys: &BTreeSet<String>,
) -> impl Iterator<Item = &'a mut Coverage> {
    for key in keys {
        groups.entry(key.clone()).or_default();
    }
    groups.iter_mut().filter(|(key, _)| keys.contains(*key)).map(|(_, coverage)| coverage)
}

fn days() -> impl Strategy<Value = Days> {
    (START..END, 1..70_i32, 0..4_u8).prop_map(|(from, length, open)| Days {
        from: if open & 1 == 0 { from } else { Day::MIN },
        to: if open & 2 == 0 { from + length } else { Day::MAX },
    })
}

fn texts() -> impl Strategy<Value = Vec<Text>> {
    let one = (
        days(),
        0..32_u8,
        proptest::sample::select(Reach::ALL.to_vec()),
        proptest::sample::subsequence(vec!["dat-dai", "ho-tich"], 0..=2),
        proptest::sample::subsequence(vec!["so-tu-phap", "ubnd-xa"], 0..=2),
        proptest::sample::select(vec![None, Some(true), Some(false)]),
    );
    proptest::collection::vec(one, 0..9).prop_map(|all| {
        let text = |(procedure, (days, tiers, reach, fields, agencies, offline_only))| Text {
            procedure,
            tiers,
            reach,
            fields,
            agencies,
            offline_only,
            days,
        };
        (100..).zip(all).map(text).collect()
    })
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let levels: Vec<Option<OnlineLevel>> = OnlineLevel::all().map(Some).chain([None; 5]).collect();
    let row = (1..6_i64, 100..110_i64, days(), proptest::sample::select(levels), 0..3_usize, any::<bool>());
    let row = row.prop_map(|(centre, procedure_id, days, level, answer, case)| {
        let offered = if level.is_some() { Offered::Yes } else { Offered::ALL[answer] };
        Row {
            centre,
            listing: Listing {
                procedure_id,
                case,
                offered,
                level,
                boundary_free: BoundaryFree::Unknown,
                period: days.period(),
            },
        }
    });
    proptest::collection::vec(row, 0..60)
}

fn requests(day: Day) -> Vec<CoverageRequest> {
    let base = CoverageRequest::on(date(day));
    let code = |code: &str| code.parse::<UnitCode>().ok();
    let mut places = vec![base.clone()];
    places.extend(
        ["01", "02", "101", "10002"].map(|unit| CoverageRequest { unit: code(unit), ..base.clone() }),
    );
    places.push(CoverageRequest { centre: "c10002".parse().ok(), ..base.clone() });
    let selections = |place: &CoverageRequest| {
        let place = place.clone();
        [
            place.clone(),
            CoverageRequest { tier: Some(Tier::Commune), ..place.clone() },
            CoverageRequest { field: "ho-tich".parse().ok(), ..place.clone() },
            CoverageRequest { agency: "so-tu-phap".parse().ok(), tier: Some(Tier::Province), ..place },
        ]
    };
    let by = std::iter::once(None).chain(CoverageBy::ALL.map(Some));
    let selected: Vec<_> = places.iter().flat_map(selections).collect();
    by.flat_map(|by| selected.iter().map(move |one| CoverageRequest { by, ..one.clone() })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_figure_is_that_of_a_naive_count(
        texts in texts(),
        rows in rows(),
        probes in proptest::collection::vec(START - 5..END + 70, 1..4),
    ) {
        let view = view_of(&texts, &rows);
        for day in probes {
            for request in requests(day) {
                let answer = coverage(&view, &request);
                let (total, groups) = naive((&texts, &rows), &request, day);
                prop_assert_eq!(&answer.total, &total, "{:?}", request);
                let found: BTreeMap<String, Coverage> =
                    answer.groups.iter().map(|group| (group.key.clone(), group.coverage.clone())).collect();
                prop_assert_eq!(found.len(), answer.groups.len(), "a group stands twice: {:?}", request);
                prop_assert_eq!(&found, &groups, "{:?}", request);
                let in_order = answer.groups.windows(2).all(|two| {
                    let order = two[0].coverage.online().compare(two[1].coverage.online());
                    order.then_with(|| two[0].key.cmp(&two[1].key)).is_lt()
                });
                prop_assert!(in_order, "{:?}", answer.groups);
            }
        }
    }
}

fn text(procedure: i64, tiers: &[Tier]) -> Text {
    Text {
        procedure,
        tiers: tier_bits(tiers),
        reach: Reach::National,
        fields: vec!["ho-tich"],
        agencies: Vec::new(),
        offline_only: Some(false),
        days: Days::of(Period::ALWAYS),
    }
}

fn row(centre: i64, procedure_id: i64, level: &str) -> Row {
    let filter: motcua_catalogue::LevelFilter = level.parse().expect("a level");
    let level = OnlineLevel::all().find(|level| filter.matches(*level));
    let listing = Listing {
        procedure_id,
        case: false,
        offered: Offered::Yes,
        level,
        boundary_free: BoundaryFree::Unknown,
        period: Period::ALWAYS,
    };
    Row { centre, listing }
}

#[test]
fn the_official_figure_counts_the_highest_and_the_honest_one_every_centre() {
    let texts = [
        text(101, &[Tier::Commune]),
        text(102, &[Tier::Commune]),
        Text { offline_only: Some(true), ..text(103, &[Tier::Commune]) },
        Text { offline_only: None, ..text(104, &[Tier::Province]) },
    ];
    let rows = [
        row(4, 101, "nd43-2011:4"),
        row(5, 101, "nd43-2011:1"),
        row(5, 102, "nd42-2022:partial"),
        row(1, 104, "nd43-2011:2"),
    ];
    let view = view_of(&texts, &rows);
    let of = |unit: &str| indicator(&view, &unit.parse().expect("a code"), START);
    let province = of("01").expect("a province");
    assert_eq!(province.online, Share::of(2, 4), "101 and 102 are online at some commune");
    assert_eq!(province.full, Share::of(1, 3), "103 is marked as offline only");
    assert_eq!((province.offline_only, province.unmarked, province.by_old_levels), (1, 1, 1));
    let commune = of("10002").expect("a commune");
    assert_eq!(commune.online, Share::of(1, 3));
    assert_eq!(of("101"), None, "the sources have no formula for districts");
    assert_eq!(of("99"), None);
    let request = CoverageRequest { unit: "01".parse().ok(), ..CoverageRequest::on(date(START)) };
    let honest = coverage(&view, &request).total.clone();
    assert_eq!(
        honest.online(),
        Share::of(2, 7),
        "two communes with three, and the provincial centre with one"
    );
    assert_eq!(honest.not_listed, 3);
}

#[test]
fn a_series_has_a_point_for_every_change_and_no_more() {
    use crate::coverage_series::{SeriesPoint, SeriesRequest, SeriesStep, series};
    let texts = [text(101, &[Tier::Commune])];
    let view = Arc::new(view_of(&texts, &[row(5, 101, "nd43-2011:4")]));
    let base = CoverageRequest { unit: "02".parse().ok(), ..CoverageRequest::on(date(START)) };
    let request =
        |from, to, step| SeriesRequest { coverage: base.clone(), from: date(from), to: date(to), step };
    let found = series(&view, &request(START, END, SeriesStep::Change));
    assert!(!found.is_cut && found.breaks.is_empty(), "{found:?}");
    assert_eq!(found.recorded_from, Some(date(MIDDLE)), "nothing is recorded before");
    let shares: Vec<_> = found.points.iter().map(SeriesPoint::online).collect();
    assert_eq!(shares, [None, None, Some(Share::of(1, 1)), Some(Share::of(1, 1))]);
    let shown: Vec<_> =
        found.points.iter().map(|point| (point.day, point.centres, point.coverage.online())).collect();
    assert_eq!(
        shown,
        [
            (date(START), 0, Share::of(0, 0)),
            (date(START + 20), 1, Share::of(0, 0)),
            (date(MIDDLE), 2, Share::of(1, 1)),
            (date(END), 2, Share::of(1, 1)),
        ]
    );
    let months = series(&view, &request(START, START + 3000, SeriesStep::Month));
    assert!(months.points.len() >= 98 && !months.is_cut);
    let longest = series(&view, &request(START - 9000, START + 3000, SeriesStep::Month));
    assert_eq!((longest.points.len(), longest.is_cut), (Engine::LONGEST_SERIES, true));
    assert_eq!(longest.points.last().map(|point| point.day), Some(date(START + 3000)));
}
