//! Every name of every unit, by its keys.

use std::collections::{HashMap, HashSet};

use super::atlas::{Atlas, Node};
use super::kinds;
use super::text::{joined, key, marked, words};
use crate::level::Tier;

/// Longest name, in words.
pub(super) const LONGEST_NAME: usize = 7;

/// Names that people have for a province besides its own.
const USUAL: [(&str, &str); 9] = [
    ("Hồ Chí Minh", "HCM"),
    ("Hồ Chí Minh", "TPHCM"),
    ("Hồ Chí Minh", "Sài Gòn"),
    ("Hà Nội", "HN"),
    ("Thừa Thiên Huế", "Huế"),
    ("Đắk Lắk", "Đắc Lắc"),
    ("Đắk Lắk", "Daklak"),
    ("Đắk Nông", "Đắc Nông"),
    ("Bà Rịa - Vũng Tàu", "BRVT"),
];

/// A name of a unit.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) node: Node,
    /// Kind that goes with it.
    pub(super) kind: Box<str>,
    /// Its marked words; none for the key of a former name, which does not tell them.
    pub(super) marked: Option<Box<str>>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<Name>,
    by_key: HashMap<String, Vec<u32>>,
    by_joined: HashMap<String, Vec<u32>>,
}

impl Names {
    pub(super) fn new(atlas: &Atlas) -> Self {
        let mut names = Self::default();
        let recorded = recorded(atlas);
        for (node, unit) in (0..).zip(&atlas.units) {
            names.add(node, &unit.kind, &unit.name);
            if let Some((kind, name)) = unit.other_name.as_deref().and_then(kinds::split) {
                let differs = key(&words(name)) != key(&words(&unit.name)) || kind != unit.kind;
                if differs {
                    names.add(node, kind, name);
                }
            }
            let parent = atlas.knot(node).and_then(|knot| knot.parent);
            for (kind, name) in unit.former_keys.iter().filter_map(|key| kinds::split_joined(key)) {
                let key = joined(&words(name));
                // A unit that has a record of its own is found by that, and its record says where it went.
                if parent.is_some_and(|parent| recorded.contains(&(parent, kind, key.clone()))) {
                    continue;
                }
                let number = names.push(Name { node, kind: kind.into(), marked: None });
                names.by_joined.entry(key).or_default().push(number);
            }
            if unit.tier == Tier::Province {
                for (_, usual) in USUAL.iter().filter(|(name, _)| *name == unit.name) {
                    names.add(node, &unit.kind, usual);
                }
            }
        }
        names
    }

    pub(super) fn name(&self, number: u32) -> Option<&Name> {
        self.names.get(number as usize)
    }

    /// Names with these folded words.
    pub(super) fn with_key(&self, key: &str) -> &[u32] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    /// Names that are the same when written in one, with the keys of former names.
    pub(super) fn with_joined(&self, key: &str) -> &[u32] {
        self.by_joined.get(key).map_or(&[], Vec::as_slice)
    }

    fn push(&mut self, name: Name) -> u32 {
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name);
        number
    }

    fn add(&mut self, node: Node, kind: &str, name: &str) {
        let words = words(name);
        if words.is_empty() || words.len() > LONGEST_NAME {
            return;
        }
        let number = self.push(Name { node, kind: kind.into(), marked: Some(marked(&words)) });
        self.by_key.entry(key(&words)).or_default().push(number);
        self.by_joined.entry(joined(&words)).or_default().push(number);
    }
}

/// Every commune, by the unit above it, its kind and the key of its name in one.
fn recorded(atlas: &Atlas) -> HashSet<(Node, &str, String)> {
    let mut recorded = HashSet::new();
    for (node, unit) in (0..).zip(&atlas.units) {
        if let Some(knot) = atlas.knot(node).filter(|knot| !knot.is_between)
            && let Some(parent) = knot.parent
        {
            recorded.insert((parent, unit.kind.as_str(), joined(&words(&unit.name))));
        }
    }
    recorded
}
