use std::collections::{BTreeMap, HashMap, HashSet};

use super::*;
use crate::sample::fingerprint;
use crate::{Availability, EntityKind, Level, Offered, Scheme, SourceKind};

fn all() -> Vec<Command> {
    records().expect("the bundle is sound").collect()
}

fn listings(commands: &[Command]) -> impl Iterator<Item = &Availability> {
    commands.iter().filter_map(|command| match command {
        Command::Availability(record) => Some(&**record),
        _ => None,
    })
}

#[test]
fn the_province_is_whole_in_both_orders() {
    let commands = all();
    let units: Vec<_> = commands
        .iter()
        .filter_map(|command| if let Command::Unit(unit) = command { Some(unit) } else { None })
        .collect();
    let count = |tier, day: &str| {
        let day: NaiveDate = day.parse().expect("a day in the test");
        units.iter().filter(|unit| unit.tier == tier && unit.period.contains(day)).count()
    };
    assert_eq!(
        [Tier::Province, Tier::District, Tier::Commune].map(|tier| count(tier, "2021-03-01")),
        [1, 13, 216]
    );
    assert_eq!(
        [Tier::Province, Tier::District, Tier::Commune].map(|tier| count(tier, "2026-11-23")),
        [1, 0, 69]
    );
    let unchanged: Vec<_> =
        units.iter().filter(|unit| unit.continues).map(|unit| unit.full_name.as_str()).collect();
    assert_eq!(unchanged, ["Tỉnh Hà Tĩnh", "Xã Sơn Kim 1", "Xã Sơn Kim 2"]);

    let successions: Vec<_> = commands
        .iter()
        .filter_map(|command| if let Command::Succession(one) = command { Some(one) } else { None })
        .collect();
    assert_eq!(successions.len(), 219);
    // Phường Đại Nài was split; the old phường Trần Phú went to Thành Sen although a new Trần Phú exists.
    let targets = |old: &str| -> Vec<_> {
        let of = successions.iter().filter(|one| one.predecessor.as_str() == old);
        of.filter_map(|one| one.successor.as_ref().map(crate::UnitCode::as_str)).collect()
    };
    assert_eq!(targets("18082").len(), 2);
    let old_tran_phu = units.iter().find(|unit| {
        unit.name == "Trần Phú" && unit.parent.as_ref().is_some_and(|code| code.as_str() == "436")
    });
    assert_eq!(targets(old_tran_phu.expect("it was there").code.as_str()), ["18073"]);
}

#[test]
fn there_is_a_centre_for_every_unit() {
    let commands = all();
    let centres: Vec<_> = commands
        .iter()
        .filter_map(|command| if let Command::Centre(centre) = command { Some(centre) } else { None })
        .collect();
    let mut ids: HashMap<char, usize> = HashMap::new();
    for centre in &centres {
        let kind = if centre.id.as_str().ends_with("-2025") {
            'n'
        } else {
            centre.id.as_str().chars().next().unwrap_or('?')
        };
        *ids.entry(kind).or_default() += 1;
        assert_eq!(centre.source.kind, SourceKind::Sample);
        assert!(centre.portal.as_deref().is_some_and(crate::is_web_address));
    }
    assert_eq!(ids, HashMap::from([('p', 1), ('d', 13), ('c', 216), ('n', 69)]));
    let name =
        |id: &str| centres.iter().find(|centre| centre.id.as_str() == id).map(|centre| centre.name.as_str());
    assert_eq!(name("p42"), Some("Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh"));
    assert_eq!(name("d439"), Some("Trung tâm Hành chính công huyện Hương Sơn"));
    assert_eq!(name("d436"), Some("Trung tâm Hành chính công thành phố Hà Tĩnh"));
    assert_eq!(name("c18073-2025"), Some("Trung tâm Phục vụ hành chính công phường Thành Sen"));
}

#[test]
fn every_listing_keeps_the_rules_and_says_that_it_is_made_up() {
    let commands = all();
    let centres: HashMap<_, _> = commands
        .iter()
        .filter_map(|command| {
            if let Command::Centre(centre) = command { Some((&centre.id, centre.period)) } else { None }
        })
        .collect();
    let procedures: HashSet<_> = commands
        .iter()
        .filter_map(|command| if let Command::Procedure(one) = command { Some(&one.code) } else { None })
        .collect();
    let mut keys = HashSet::new();
    for listing in listings(&commands) {
        listing
            .check()
            .unwrap_or_else(|error| panic!("{} at {}: {error}", listing.procedure, listing.centre));
        assert_eq!(listing.source.kind, SourceKind::Sample);
        assert!(keys.insert((&listing.procedure, &listing.centre, listing.period.valid_from())));
        assert!(procedures.contains(&listing.procedure));
        let centre = centres.get(&listing.centre).expect("its centre is in the sample");
        let inside =
            centre.valid_to().is_none_or(|end| listing.period.valid_to().is_some_and(|to| to <= end))
                && centre
                    .valid_from()
                    .is_none_or(|start| listing.period.valid_from().is_some_and(|from| start <= from));
        assert!(inside, "{} at {} reaches beyond the centre", listing.procedure, listing.centre);
    }
}

#[test]
fn levels_spread_as_they_plausibly_were() {
    let commands = all();
    let mut counts: BTreeMap<(char, &str), BTreeMap<String, usize>> = BTreeMap::new();
    for listing in listings(&commands) {
        let id = listing.centre.as_str();
        let kind = if id.ends_with("-2025") { 'n' } else { id.chars().next().unwrap_or('?') };
        let scheme = if listing.period.valid_from() < Some(ND42) {
            "nd43"
        } else if listing.period.valid_from() < Some(ND224) {
            "nd42"
        } else {
            "nd224"
        };
        let answer = match (listing.offered, listing.level) {
            (Offered::Yes, Some(level)) => level.level().as_str().to_owned(),
            (Offered::Yes, None) => "unrated".to_owned(),
            (offered, _) => offered.as_str().to_owned(),
        };
        *counts.entry((kind, scheme)).or_default().entry(answer).or_default() += 1;
    }
    println!("{counts:#?}");
    let share = |group: (char, &str), answer: &str| {
        let group = &counts[&group];
        100 * group.get(answer).copied().unwrap_or(0) / group.values().sum::<usize>()
    };
    let at_province = |level| share(('p', "nd43"), level);
    assert!((35..60).contains(&at_province("2")) && (20..35).contains(&at_province("3")));
    assert!((14..25).contains(&at_province("4")));
    assert!((55..80).contains(&share(('d', "nd43"), "2")) && share(('d', "nd43"), "4") >= 1);
    assert!((60..90).contains(&share(('c', "nd43"), "2")) && share(('c', "nd43"), "3") >= 4);
    for group in counts.keys() {
        for answer in ["unknown", "unrated"] {
            assert!(counts[group].get(answer).is_some_and(|count| *count > 0), "{group:?} {answer}");
        }
    }
    for level in ["1", "2", "3", "4"] {
        for tier in ['p', 'd', 'c'] {
            assert!(counts[&(tier, "nd43")].contains_key(level), "{tier} {level}");
        }
    }
}

#[test]
fn each_tier_offers_about_as_much_as_it_did() {
    let commands = all();
    let mut offers: HashMap<&str, HashSet<_>> = HashMap::new();
    for listing in listings(&commands) {
        offers.entry(listing.centre.as_str()).or_default().insert(&listing.procedure);
    }
    let count = |id: &str| offers[id].len();
    println!(
        "p42 {} d436 {} c18073 {} c18073-2025 {}",
        count("p42"),
        count("d436"),
        count("c18073"),
        count("c18073-2025")
    );
    assert!((1_000..=1_400).contains(&count("p42")));
    assert!((230..=310).contains(&count("d436")));
    assert!((150..=220).contains(&count("c18073")));
    assert!((300..=450).contains(&count("c18073-2025")));
    assert!(count("c18073-2025") > count("c18073"));
}

#[test]
fn partly_online_under_the_new_decree_has_a_reason() {
    let commands = all();
    let partial = listings(&commands).filter(|listing| {
        listing.level.is_some_and(|level| level.scheme() == Scheme::Nd224 && level.level() == Level::Partial)
    });
    assert!(partial.filter(|listing| listing.partial_reason.is_some()).count() > 1_000);
}

#[test]
fn procedures_carry_facts_only() {
    for command in all() {
        let Command::Procedure(procedure) = command else { continue };
        let details = &procedure.details;
        assert!(details.steps.is_empty() && details.description.is_none() && details.conditions.is_none());
        assert!(details.dossier.iter().all(|item| item.name.chars().count() <= 200));
    }
}

#[test]
fn the_district_tier_ends_with_the_districts() {
    let mut periods: HashMap<String, Vec<Procedure>> = HashMap::new();
    for command in all() {
        if let Command::Procedure(procedure) = command {
            periods.entry(procedure.code.to_string()).or_default().push(*procedure);
        }
    }
    let founding = &periods["1.001612"];
    assert_eq!(founding.len(), 2);
    assert!(founding[0].tiers.contains(&Tier::District) && !founding[1].tiers.contains(&Tier::District));
    assert!(!founding[0].period.overlaps(founding[1].period));
    assert_eq!(periods["1.001193"].len(), 1);
}

#[test]
fn records_come_after_what_they_refer_to_and_are_counted() {
    let stream = records().expect("the bundle is sound");
    let total = stream.total();
    let kinds: Vec<EntityKind> = stream.map(|command| command.entity()).collect();
    assert_eq!(kinds.len() as u64, total);
    let order = [
        EntityKind::Unit,
        EntityKind::Succession,
        EntityKind::Field,
        EntityKind::Agency,
        EntityKind::Procedure,
        EntityKind::Centre,
        EntityKind::Availability,
    ];
    assert!(kinds.iter().map(|kind| order.iter().position(|known| known == kind)).is_sorted());
    println!("{total} records");
}

#[test]
fn the_rule_is_fixed() {
    let first = fingerprint(records().expect("the bundle is sound"));
    assert_eq!(first, fingerprint(records().expect("the bundle is sound")));
    println!("{first}");
}
