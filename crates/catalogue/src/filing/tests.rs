//! Each rule of filing by a small example, and the order of ways by properties.

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::availability::Availability;
use crate::centre::Centre;
use crate::read::{Stored, UnitAt, UnitName};
use crate::unit::UnitPeriod;

const THEN: &str = "2021-03-01";
const NOW: &str = "2026-11-02";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn stored<T>(record: T) -> Stored<T> {
    Stored { id: 1, version: 1, changed_at: DateTime::UNIX_EPOCH, record }
}

fn source() -> Value {
    json!({"kind": "dataset", "citation": "test"})
}

fn name(code: &str) -> UnitName {
    UnitName { code: code.parse().expect("a code"), full_name: format!("Nơi {code}") }
}

/// The chain of a unit by the codes of the tests: 42 (province), 436 and 437 (districts), five digits (communes).
fn above(code: &str, has_districts: bool) -> Vec<UnitName> {
    let province = if code.starts_with('1') && code.len() == 5 { "42" } else { "40" };
    match (code.len(), has_districts) {
        (2, _) => Vec::new(),
        (3, _) | (_, false) => vec![name(if code.len() == 3 { "42" } else { province })],
        (_, true) => vec![name(province), name("436")],
    }
}

fn place(code: &str, has_districts: bool) -> FilingPlace {
    let ancestors = above(code, has_districts);
    let province = ancestors.first().map_or(code, |unit| unit.code.as_str()).to_owned();
    let tier = ["province", "district", "", "commune"][code.len() - 2];
    let record: UnitPeriod = serde_json::from_value(json!({
        "code": code, "period": {}, "tier": tier, "kind": "xã", "name": code, "full_name": format!("Nơi {code}"),
        "province": province, "source": source(),
    }))
    .expect("a unit");
    let below = match (code.len(), has_districts) {
        (2, true) => vec![name("436"), name("437")],
        (2, false) | (3, _) => vec![name("18070"), name("18073")],
        _ => Vec::new(),
    };
    FilingPlace { unit: UnitAt { unit_id: 1, stored: stored(record), ancestors }, below, has_districts }
}

fn procedure(tiers: &[&str], details: &Value) -> Procedure {
    serde_json::from_value(json!({
        "code": "1.001193", "name": "Đăng ký khai sinh", "fields": ["ho-tich"], "tiers": tiers,
        "details": details, "source": source(),
    }))
    .expect("a procedure")
}

/// A centre `c<unit>` with its one site, and what it says.
fn candidate(unit: &str, has_districts: bool, sites: &Value, listings: &[Value]) -> FilingCandidate {
    let tier = ["province", "district", "", "commune"][unit.len() - 2];
    let id = format!("c{unit}");
    let centre: Centre = serde_json::from_value(json!({
        "id": id, "name": format!("Một cửa {unit}"), "tier": tier, "unit": unit, "sites": sites, "source": source(),
    }))
    .expect("a centre");
    let centre = CentreAt { stored: stored(centre), unit: name(unit), ancestors: above(unit, has_districts) };
    let listings = listings.iter().map(|listing| {
        let mut record = json!({
            "procedure": "1.001193", "centre": id, "period": {"valid_from": "2020-01-01"}, "source": source(),
        });
        for (key, value) in listing.as_object().cloned().unwrap_or_default() {
            record[key] = value;
        }
        let record: Availability = serde_json::from_value(record).expect("a listing");
        AvailabilityAt {
            stored: stored(record),
            procedure_name: String::new(),
            centre_name: String::new(),
            centre_tier: centre.stored.record.tier,
            unit: name(unit),
            parent_unit: None,
        }
    });
    FilingCandidate { listings: listings.collect(), centre }
}

fn at(lat: f64, lon: f64) -> Value {
    json!([{"lat": lat, "lon": lon}])
}

fn here() -> Value {
    at(18.34, 105.90)
}

fn case(procedure: Procedure, place: FilingPlace, candidates: Vec<FilingCandidate>) -> FilingCase {
    let mut listed_tiers: Vec<Tier> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.listings.is_empty()) {
        listed_tiers.push(candidate.centre.stored.record.tier);
    }
    FilingCase {
        procedure,
        case: None,
        as_of: if place.has_districts { day(THEN) } else { day(NOW) },
        place,
        from: Point::new(18.34, 105.90),
        listed_tiers,
        candidates,
    }
}

/// Ways as `kind centre`, in order.
fn ways(answer: &FilingAnswer) -> Vec<String> {
    let name = |way: &FilingWay| {
        let centre = &answer.desks[way.desk].centre.stored.record;
        format!("{} {}", way.kind.as_str(), centre.id)
    };
    answer.ways.iter().map(name).collect()
}

fn commune() -> Procedure {
    procedure(&["commune"], &json!({}))
}

fn full() -> Value {
    json!({"offered": "yes", "level": {"scheme": "nd42-2022", "level": "full"}, "boundary_free": "province"})
}

fn partial() -> Value {
    json!({"offered": "yes", "level": {"scheme": "nd42-2022", "level": "partial"}, "boundary_free": "province"})
}

const ALL_ONLINE: [&str; 7] = ["online"; 7];

fn checklist(states: [&str; 7]) -> Value {
    let points = crate::Checklist::POINTS.into_iter().zip(states);
    points.map(|(point, state)| (point.to_owned(), json!(state))).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn the_commune_of_the_place_is_responsible_for_its_tier() {
    let answer = case(
        commune(),
        place("18070", true),
        vec![
            candidate("18070", true, &here(), &[partial()]),
            candidate("436", true, &here(), &[]),
            candidate("42", true, &here(), &[]),
        ],
    )
    .answer();
    let responsible: Vec<_> =
        answer.responsible().map(|desk| desk.centre.stored.record.id.as_str()).collect();
    assert_eq!(responsible, ["c18070"]);
    assert_eq!(answer.desks.len(), 1, "centres of other tiers that say nothing have no part in it");
    assert_eq!(ways(&answer), ["partly_online c18070", "desk c18070"]);
}

#[test]
fn the_district_is_responsible_until_the_tier_ends() {
    let district = || procedure(&["district"], &json!({}));
    let before = vec![candidate("436", true, &here(), &[full()]), candidate("18070", true, &here(), &[])];
    let answer = case(district(), place("18070", true), before).answer();
    assert_eq!((answer.tiers.as_slice(), answer.basis), (&[Tier::District][..], Some(TierBasis::Procedure)));
    assert_eq!(answer.responsible().next().map(|desk| desk.centre.unit.code.as_str()), Some("436"));

    // Since 1 July 2025 nobody is, unless a centre of today lists it.
    let silent = vec![candidate("18070", false, &here(), &[])];
    let answer = case(district(), place("18070", false), silent).answer();
    assert_eq!((answer.none, answer.ask), (Some(NoResponsible::TierEnded), None));
    let listed = vec![candidate("18070", false, &here(), &[full()])];
    let answer = case(district(), place("18070", false), listed).answer();
    assert_eq!((answer.tiers.as_slice(), answer.basis), (&[Tier::Commune][..], Some(TierBasis::Listings)));
    assert_eq!(ways(&answer), ["fully_online c18070", "desk c18070"]);
}

#[test]
fn a_ministry_has_no_centre_here_and_an_unknown_tier_is_said() {
    let none = |tiers: &[&str]| {
        let candidates = vec![candidate("18070", true, &here(), &[])];
        let answer = case(procedure(tiers, &json!({})), place("18070", true), candidates).answer();
        assert!(answer.ways.is_empty() && answer.ask.is_none());
        answer.none
    };
    assert_eq!(none(&["ministry"]), Some(NoResponsible::Central));
    assert_eq!(none(&["ministry", "other"]), Some(NoResponsible::Central));
    assert_eq!(none(&[]), Some(NoResponsible::TierUnknown));
    assert_eq!(none(&["district"]), Some(NoResponsible::NoCentre), "the tier is known, its centre is not");
}

#[test]
fn a_place_that_is_too_coarse_is_asked_about_step_by_step() {
    let ask = |tiers: &[&str], code: &str, has_districts: bool| {
        let own = candidate(code, has_districts, &here(), &[full()]);
        let elsewhere = candidate("18628", has_districts, &here(), &[full()]);
        let answer =
            case(procedure(tiers, &json!({})), place(code, has_districts), vec![own, elsewhere]).answer();
        let ask = answer.ask.clone().map(|ask| {
            let choices: Vec<_> = ask.choices.iter().map(|unit| unit.code.to_string()).collect();
            (ask.tier, choices)
        });
        (ask, answer.none, ways(&answer))
    };
    let (asked, none, ways) = ask(&["commune"], "42", true);
    assert_eq!(asked, Some((Tier::Commune, vec!["436".to_owned(), "437".to_owned()])));
    assert_eq!(none, None, "nobody is missing before the question is answered");
    assert!(
        !ways.iter().any(|way| way.contains("c18628")),
        "nothing elsewhere is offered meanwhile: {ways:?}"
    );
    assert_eq!(ask(&["commune"], "436", true).0.map(|(_, choices)| choices.len()), Some(2));
    assert_eq!(
        ask(&["commune"], "42", false).0.map(|(_, choices)| choices),
        Some(vec!["18070".into(), "18073".into()])
    );
    assert_eq!(ask(&["district"], "42", true).0.map(|(tier, _)| tier), Some(Tier::District));
    assert_eq!(ask(&["district"], "436", true).0, None);
    assert_eq!(ask(&["province"], "42", true).0, None);
    // Two tiers: the province's centre is settled, the commune's has to be asked for.
    let (asked, _, ways) = ask(&["province", "commune"], "42", true);
    assert_eq!(asked.map(|(tier, _)| tier), Some(Tier::Commune));
    assert_eq!(ways, ["fully_online c42", "desk c42"]);
}

#[test]
fn boundary_free_centres_are_alternatives_inside_the_province_and_beyond_it() {
    let says = |boundary: &str| {
        let mut listing = full();
        listing["boundary_free"] = json!(boundary);
        vec![listing]
    };
    let answer = case(
        commune(),
        place("18070", true),
        vec![
            candidate("18070", true, &here(), &[partial()]),
            candidate("18601", true, &at(18.30, 105.90), &says("province")),
            candidate("18602", true, &at(18.31, 105.90), &says("nation")),
            candidate("18603", true, &here(), &says("none")),
            candidate("18604", true, &here(), &says("unknown")),
            candidate("20601", true, &at(18.33, 105.90), &says("province")),
            candidate("20602", true, &at(18.32, 105.90), &says("nation")),
        ],
    )
    .answer();
    let found: Vec<_> =
        answer.desks.iter().map(|desk| (desk.centre.unit.code.as_str(), desk.relation)).collect();
    assert_eq!(
        found,
        [
            ("18070", Relation::Responsible),
            ("20602", Relation::Nation),
            ("18602", Relation::Province),
            ("18601", Relation::Province),
        ],
        "nearest first; another province's own boundary ends at it"
    );
}

#[test]
fn ways_stand_from_online_to_the_nearest_desk() {
    let details = json!({"channels": [{"method": "online"}, {"method": "in_person"}, {"method": "postal"}]});
    let answer = case(
        procedure(&["commune"], &details),
        place("18070", true),
        vec![
            candidate("18070", true, &at(18.50, 105.90), &[partial()]),
            candidate("18601", true, &at(18.35, 105.90), &[full()]),
            candidate("18602", true, &json!([]), &[full()]),
        ],
    )
    .answer();
    assert_eq!(
        ways(&answer),
        [
            "fully_online c18601",
            "fully_online c18602",
            "partly_online c18070",
            "post c18070",
            "post c18601",
            "post c18602",
            "desk c18070",
            "desk c18601",
            "desk c18602",
        ],
        "the responsible centre first though it is farther; an unknown distance last"
    );
    assert!(answer.ways.iter().all(|way| way.is_stated));
    assert_eq!(answer.desks.last().and_then(FilingDesk::metres), None);
}

#[test]
fn equal_ways_stand_by_the_centres_id() {
    let both = vec![
        candidate("18602", true, &here(), &[full()]),
        candidate("18601", true, &here(), &[full()]),
        candidate("18070", true, &here(), &[json!({"offered": "no"})]),
    ];
    let answer = case(commune(), place("18070", true), both).answer();
    assert_eq!(ways(&answer)[..2], ["fully_online c18601", "fully_online c18602"]);
}

#[test]
fn no_unknown_and_no_listing_are_no_way() {
    for listings in [vec![json!({"offered": "no"})], vec![json!({"offered": "unknown"})], Vec::new()] {
        let own = candidate("18070", true, &here(), &listings);
        let answer = case(commune(), place("18070", true), vec![own]).answer();
        assert!(answer.ways.is_empty(), "{listings:?}");
        assert!(!answer.is_offered_here());
        assert_eq!(answer.responsible().count(), 1, "it is named all the same");
        assert_eq!(answer.none, None);
    }
    // An alternative that does not say that it offers it is none, whatever it says of boundaries.
    let vague = json!({"offered": "unknown", "boundary_free": "nation"});
    let answer =
        case(commune(), place("18070", true), vec![candidate("18601", true, &here(), &[vague])]).answer();
    assert!(answer.desks.is_empty());
}

#[test]
fn an_unknown_level_is_never_online() {
    let offered = json!({
        "offered": "yes", "channels": [{"method": "online", "link": "https://dvc.example/x"}],
    });
    let answer =
        case(commune(), place("18070", true), vec![candidate("18070", true, &here(), &[offered])]).answer();
    assert_eq!(ways(&answer), ["desk c18070"]);
    assert!(!answer.ways[0].is_stated, "no source names the desk");
    assert_eq!(answer.ways[0].link, None);
}

#[test]
fn the_weaker_of_claim_and_check_list_decides() {
    let kind = |level: Value, states: [&str; 7]| {
        let listing = json!({"offered": "yes", "level": level, "checklist": checklist(states)});
        let own = candidate("18070", true, &here(), &[listing]);
        let answer = case(commune(), place("18070", true), vec![own]).answer();
        answer.ways.first().map(|way| way.kind)
    };
    let four = || json!({"scheme": "nd43-2011", "level": "4"});
    let three = || json!({"scheme": "nd43-2011", "level": "3"});
    let mut states = ALL_ONLINE;
    assert_eq!(kind(four(), states), Some(WayKind::FullyOnline));
    assert_eq!(kind(three(), states), Some(WayKind::PartlyOnline), "the claim is weaker");
    // Mức độ 4 allows that the result is collected; the way is then not online from end to end.
    states[5] = "desk";
    assert_eq!(kind(four(), states), Some(WayKind::PartlyOnline));
    states[3] = "desk";
    assert_eq!(kind(four(), states), Some(WayKind::PartlyOnline), "the check-list allows mức độ 3");
    states[2] = "desk";
    assert_eq!(kind(four(), states), Some(WayKind::Desk), "nothing can be sent");
    states[2] = "partly";
    assert_eq!(kind(json!({"scheme": "nd42-2022", "level": "full"}), states), Some(WayKind::PartlyOnline));
    let two = json!({"scheme": "nd43-2011", "level": "2"});
    assert_eq!(kind(two, ALL_ONLINE), Some(WayKind::Desk), "more than claimed is not assumed");
}

#[test]
fn what_stays_on_paper_is_every_point_that_is_not_online() {
    let mut states = ALL_ONLINE;
    (states[3], states[5], states[4]) = ("not_applicable", "desk", "partly");
    let mut list = checklist(states);
    list.as_object_mut().expect("an object").remove("complain");
    let listing =
        json!({"offered": "yes", "level": {"scheme": "nd43-2011", "level": "3"}, "checklist": list});
    let details = json!({"dossier": [
        {"name": "Giấy chứng sinh", "originals": 1}, {"name": "Căn cước công dân", "copies": 1},
    ]});
    let own = candidate("18070", true, &here(), &[listing]);
    let answer = case(procedure(&["commune"], &details), place("18070", true), vec![own]).answer();
    let paper: Vec<_> = answer.desks[0].paper.iter().map(|point| (point.point, point.state)).collect();
    assert_eq!(
        paper,
        [("follow", Some(PointState::Partly)), ("receive", Some(PointState::Desk)), ("complain", None)]
    );
    let originals: Vec<_> = answer.originals.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(originals, ["Giấy chứng sinh"]);
    assert!(answer.knows_dossier);
}

#[test]
fn the_listing_s_time_and_fees_go_before_the_procedure_s() {
    let details = json!({
        "time_limit": {"quantity": 9, "unit": "day"},
        "channels": [
            {"method": "online", "time_limit": {"quantity": 3, "unit": "day"}, "fees": [{"amount": 8000}]},
            {"method": "in_person", "fees": [{"amount": 9000, "period": {"valid_to": "2020-01-01"}}]},
        ],
    });
    let listing = json!({
        "offered": "yes", "level": {"scheme": "nd43-2011", "level": "4"},
        "channels": [{"method": "online", "link": "https://dvc.example/x", "time_limit": {"quantity": 2, "unit": "day"}}],
    });
    let own = candidate("18070", true, &here(), &[listing]);
    let answer = case(procedure(&["commune"], &details), place("18070", true), vec![own]).answer();
    let told = |way: &FilingWay| {
        let time = way.time_limit.as_ref().map(|(limit, from)| (limit.to_string(), from.as_str()));
        let fees =
            way.fees.as_ref().map(|(fees, from)| (fees[0].amount.map(crate::Dong::amount), from.as_str()));
        (time, fees)
    };
    let [online, desk] = answer.ways.as_slice() else { panic!("{:?}", ways(&answer)) };
    assert_eq!(told(online), (Some(("2 Ngày".into(), "listing")), Some((Some(8000), "procedure"))));
    assert_eq!(online.link.as_deref(), Some("https://dvc.example/x"));
    assert_eq!(told(desk), (Some(("9 Ngày".into(), "procedure")), None), "a fee that ended is none");
}

#[test]
fn cases_are_asked_for_where_they_differ() {
    let of = |code: &str, mut listing: Value| {
        listing["case"] = json!(code);
        listing
    };
    let details = json!({
        "cases": [
            {"code": "1.001193.01", "name": "Trong nước"},
            {"code": "1.001193.02", "name": "Có yếu tố nước ngoài", "time_limit": {"quantity": 5, "unit": "day"}},
        ],
        "dossier": [
            {"name": "Chung", "originals": 1},
            {"name": "Riêng", "originals": 1, "group": "Có yếu tố nước ngoài"},
        ],
    });
    let make = |listings: &[Value]| {
        let own = candidate("18070", true, &here(), listings);
        case(procedure(&["commune"], &details), place("18070", true), vec![own])
    };
    let differing = [of("1.001193.02", json!({"offered": "no"})), of("1.001193.01", full())];
    let mut filing = make(&differing);
    let answer = filing.answer();
    let choices: Vec<_> = answer.cases.iter().map(|case| case.name.as_deref().unwrap_or("")).collect();
    assert_eq!(choices, ["Trong nước", "Có yếu tố nước ngoài"]);
    assert!(answer.ways.is_empty(), "nothing is guessed");

    filing.case = Some("1.001193.01".to_owned());
    let answer = filing.answer();
    assert_eq!(ways(&answer), ["fully_online c18070", "desk c18070"]);
    let originals: Vec<_> = answer.originals.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(originals, ["Chung"], "what another case asks for is left out");
    assert!(answer.cases.is_empty() && filing.knows_case());
    filing.case = Some("1.001193.02".to_owned());
    assert!(filing.answer().ways.is_empty());
    filing.case = Some("1.001193.99".to_owned());
    assert!(!filing.knows_case());

    // Equal answers need no question, and the whole procedure answers for a case without one of its own.
    let answer = make(&[of("1.001193.01", full()), of("1.001193.02", full())]).answer();
    assert!(answer.cases.is_empty());
    assert_eq!(ways(&answer), ["fully_online c18070", "desk c18070"]);
    let mut whole = make(&[full()]);
    whole.case = Some("1.001193.02".to_owned());
    let answer = whole.answer();
    let time = answer.ways[0].time_limit.as_ref().map(|(limit, from)| (limit.to_string(), from.as_str()));
    assert_eq!(time, Some(("5 Ngày".into(), "case")));
}

#[test]
fn without_a_point_no_distance_is_claimed() {
    let mut filing = case(
        commune(),
        place("18070", true),
        vec![candidate("18601", true, &here(), &[full()]), candidate("18070", true, &here(), &[full()])],
    );
    filing.from = None;
    let answer = filing.answer();
    assert!(answer.desks.iter().all(|desk| desk.metres().is_none()));
    assert_eq!(ways(&answer)[0], "fully_online c18070");
}

#[test]
fn sites_stand_nearest_first_with_the_hours_of_the_day() {
    let sites = json!([
        {"name": "xa", "lat": 18.9, "lon": 105.9},
        {"name": "gần", "lat": 18.34, "lon": 105.91, "hours": [{"weekday": 1, "opens": "07:30", "closes": "11:30"}]},
        {"name": "không rõ"},
    ]);
    let answer =
        case(commune(), place("18070", true), vec![candidate("18070", true, &sites, &[full()])]).answer();
    let names: Vec<_> = answer.desks[0].sites.iter().filter_map(|site| site.site.name.as_deref()).collect();
    assert_eq!(names, ["gần", "xa", "không rõ"]);
    // 01/03/2021 was a Monday.
    assert!(matches!(&answer.desks[0].sites[0].hours, HoursOn::Open { spans, .. } if spans.len() == 1));
    assert_eq!(answer.desks[0].sites[2].hours, HoursOn::Unknown);
}

fn any_listing() -> impl Strategy<Value = Option<Value>> {
    let offered = proptest::sample::select(vec!["yes", "yes", "no", "unknown"]);
    let level = proptest::sample::select(vec![
        None,
        Some(("nd43-2011", "2")),
        Some(("nd43-2011", "3")),
        Some(("nd43-2011", "4")),
        Some(("nd42-2022", "partial")),
        Some(("nd42-2022", "full")),
    ]);
    let boundary = proptest::sample::select(vec!["unknown", "none", "province", "nation"]);
    let state = proptest::sample::select(vec!["online", "partly", "desk", "not_applicable"]);
    let states = proptest::option::of(proptest::array::uniform7(state));
    (any::<bool>(), offered, level, boundary, states).prop_map(|(there, offered, level, boundary, states)| {
        let mut listing = json!({"offered": offered, "boundary_free": boundary});
        if let Some((scheme, level)) = level.filter(|_| offered == "yes") {
            listing["level"] = json!({"scheme": scheme, "level": level});
        }
        if let Some(states) = states {
            listing["checklist"] = checklist(states);
        }
        there.then_some(listing)
    })
}

fn any_candidates() -> impl Strategy<Value = Vec<FilingCandidate>> {
    let units = vec!["42", "436", "18070", "18601", "18602", "18603", "20601", "20602"];
    let site = proptest::option::of((0..4_i32, 0..4_i32));
    proptest::sample::subsequence(units, 0..=8)
        .prop_shuffle()
        .prop_flat_map(move |units| {
            let count = units.len();
            let said = proptest::collection::vec((any_listing(), site.clone()), count);
            (Just(units), said)
        })
        .prop_map(|(units, said)| {
            let made = units.into_iter().zip(said).map(|(unit, (listing, site))| {
                let sites = site.map_or(json!([]), |(lat, lon)| {
                    at(18.0 + f64::from(lat) / 10.0, 105.0 + f64::from(lon) / 10.0)
                });
                candidate(unit, true, &sites, listing.as_slice())
            });
            made.collect()
        })
}

proptest! {
    #[test]
    fn the_order_is_total_and_nothing_unknown_is_a_way(
        candidates in any_candidates(),
        tiers in proptest::sample::subsequence(vec!["ministry", "province", "district", "commune"], 0..=4),
        unit in proptest::sample::select(vec!["42", "436", "18070"]),
        turn in 0..8_usize,
    ) {
        let filing = case(procedure(&tiers, &json!({})), place(unit, true), candidates);
        let answer = filing.answer();
        // The order in which centres were read makes no difference.
        let mut turned = filing.clone();
        let count = turned.candidates.len().max(1);
        turned.candidates.rotate_left(turn % count);
        turned.candidates.reverse();
        prop_assert_eq!(ways(&turned.answer()), ways(&answer));
        let mut seen = std::collections::HashSet::new();
        for way in ways(&answer) {
            prop_assert!(seen.insert(way), "twice the same way");
        }
        prop_assert!(answer.ways.is_sorted_by_key(|way| way.kind));
        for way in &answer.ways {
            let desk = &answer.desks[way.desk];
            prop_assert_eq!(desk.offered(), Some(Offered::Yes));
            if way.kind.method() == crate::Method::Online {
                let level = desk.listing.as_ref().and_then(|at| at.stored.record.level);
                prop_assert!(level.is_some_and(crate::OnlineLevel::is_online));
                prop_assert!(desk.derived.is_none_or(|derived| derived.level.is_online()));
            }
            if way.kind == WayKind::FullyOnline {
                prop_assert!(desk.paper.iter().all(|point| point.state.is_none()));
            }
            if desk.relation.is_elsewhere() {
                prop_assert!(answer.ask.is_none());
                prop_assert!(matches!(desk.boundary_free(), BoundaryFree::Province | BoundaryFree::Nation));
            }
        }
        // Among ways of one kind: the place's own first, then by distance.
        for pair in answer.ways.windows(2).filter(|pair| pair[0].kind == pair[1].kind) {
            let (a, b) = (&answer.desks[pair[0].desk], &answer.desks[pair[1].desk]);
            let group = |desk: &FilingDesk| desk.relation.min(Relation::Province);
            prop_assert!(group(a) <= group(b));
            if group(a) == group(b) {
                prop_assert!(a.metres().unwrap_or(u32::MAX) <= b.metres().unwrap_or(u32::MAX));
            }
        }
    }
}
