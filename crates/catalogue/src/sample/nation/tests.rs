use std::collections::{HashMap, HashSet};

use super::*;
use crate::sample::fingerprint;
use crate::{EntityKind, SourceKind};

#[test]
fn the_country_has_the_size_that_measurements_use() {
    let stream = records(1).expect("the bundle is sound");
    let total = stream.total();
    let mut counts: HashMap<EntityKind, usize> = HashMap::new();
    let mut text = 0;
    let mut codes = HashSet::new();
    // The listings are left out: the stream would make 2.4 million of them.
    for command in stream.take_while(|command| command.entity() != EntityKind::Availability) {
        *counts.entry(command.entity()).or_default() += 1;
        if let Command::Procedure(procedure) = command {
            text += serde_json::to_string(&procedure).expect("serialises").len();
            assert_eq!(procedure.source.kind, SourceKind::Sample);
            assert!(codes.insert(procedure.code.clone()));
        }
    }
    assert_eq!(counts[&EntityKind::Unit], 63 + 705 + 10_599);
    assert_eq!(counts[&EntityKind::Centre], 63 + 705 + 10_599);
    assert_eq!(counts[&EntityKind::Procedure], PROCEDURES);
    assert_eq!(codes.iter().filter(|code| code.as_str().starts_with("9.")).count(), 725);
    let listings = total - counts.values().sum::<usize>() as u64;
    assert_eq!(listings, 63 * 1_900 + 705 * 290 + 10_599 * 197);
    let mean = text / PROCEDURES;
    println!("{listings} listings, {mean} bytes of JSON per procedure");
    assert!((4_000..12_000).contains(&mean));
}

#[test]
fn listings_keep_the_rules_at_every_tier() {
    let book = Book::open().expect("the bundle is sound");
    let base = procedures(book.procedures, 1).expect("sound codes");
    let deal = Deal::of(&base, 1);
    let source = made_up("thử");
    for (id, tier, count) in
        [("p01", Tier::Province, 1_900), ("d001", Tier::District, 290), ("c00001", Tier::Commune, 197)]
    {
        let desk = Desk::of(&id.parse().expect("an id"), tier);
        let listings: Vec<_> = deal
            .at(tier)
            .iter()
            .map(|place| listing(&Traits::of(&base[*place]), &desk, &span(tier), 1, &source))
            .collect();
        assert_eq!(listings.len(), count);
        assert!(listings.iter().all(|listing| listing.check().is_ok()));
        assert!(listings.iter().map(|listing| &listing.procedure).collect::<HashSet<_>>().len() == count);
    }
}

#[test]
fn every_procedure_has_one_tier() {
    let book = Book::open().expect("the bundle is sound");
    let base = procedures(book.procedures, 7).expect("sound codes");
    let deal = Deal::of(&base, 7);
    let tiers = deal.tiers(base.len());
    let count = |tier| tiers.iter().filter(|dealt| **dealt == tier).count();
    assert_eq!(
        [Tier::Commune, Tier::District, Tier::Province, Tier::Ministry].map(count),
        [197, 290, 1_900, 4_113]
    );
}

#[test]
fn the_seed_decides_everything() {
    let head = |seed| fingerprint(records(seed).expect("the bundle is sound").skip(11_000).take(16_000));
    assert_eq!(head(1), head(1));
    assert_ne!(head(1), head(2));
}
