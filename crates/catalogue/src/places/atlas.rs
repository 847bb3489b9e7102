//! Every unit that ever was, and how one leads to another in time. Works on places in one list; nothing is looked up by
//! code after it is built.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::record::{Between, PlaceLink, PlaceUnit};
use super::text::{key, words};
use super::{kinds, law};
use crate::code::UnitCode;
use crate::level::Tier;
use crate::period::Period;
use crate::read::Moved;
use crate::unit::Extent;

/// Place of a unit period in the atlas.
pub(super) type Node = u32;

/// Units end a few times in a century; the bound only keeps a circle in the data from running forever.
const GENERATIONS: usize = 8;

/// What is known of one unit period beyond its record.
#[derive(Debug, Default)]
pub(super) struct Knot {
    /// The unit above during the period.
    pub(super) parent: Option<Node>,
    /// The province during the period.
    pub(super) province: Option<Node>,
    /// Further units above, of times that the catalogue has no period for.
    pub(super) also_above: Vec<Node>,
    /// Where it went when it ended.
    pub(super) next: Vec<Node>,
    /// What went into it when it began.
    pub(super) before: Vec<Node>,
    /// Whether all of it went to the one unit in `next`.
    pub(super) whole: bool,
    /// Whether the source does not say where it went; `next` then holds where its neighbours went.
    pub(super) unknown: bool,
    /// What the records say: places in [`Atlas::links`].
    pub(super) links: Vec<u32>,
    /// Whether it stands for a unit that only existed between known periods.
    pub(super) is_between: bool,
}

/// The present units that a unit of any day leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Present {
    pub(super) nodes: Vec<Node>,
    /// Whether all of it went to the only one.
    pub(super) whole: bool,
    /// Whether the day lies before the unit itself, so that its predecessors stand for it.
    pub(super) is_later: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Atlas {
    pub(super) units: Vec<PlaceUnit>,
    pub(super) knots: Vec<Knot>,
    pub(super) links: Vec<PlaceLink>,
    by_code: HashMap<UnitCode, Vec<Node>>,
    by_unit: HashMap<i64, Vec<Node>>,
}

impl Atlas {
    pub(super) fn new(units: Vec<PlaceUnit>, links: Vec<PlaceLink>) -> Self {
        let mut atlas = Self::default();
        for unit in units {
            let node = atlas.add(unit, false);
            atlas.index_code(node);
        }
        atlas.links = links;
        atlas.set_above();
        atlas.add_between();
        atlas.follow_communes();
        atlas.follow_upwards();
        atlas.look_back();
        atlas
    }

    pub(super) fn unit(&self, node: Node) -> Option<&PlaceUnit> {
        self.units.get(node as usize)
    }

    pub(super) fn knot(&self, node: Node) -> Option<&Knot> {
        self.knots.get(node as usize)
    }

    /// Every unit period that ever had a code.
    pub(super) fn with_code(&self, code: &UnitCode) -> &[Node] {
        self.by_code.get(code).map_or(&[], Vec::as_slice)
    }

    /// Whether a unit period holds on a day.
    pub(super) fn holds(&self, node: Node, day: NaiveDate) -> bool {
        self.unit(node).is_some_and(|unit| unit.period.contains(day))
            && self.knot(node).is_some_and(|knot| !knot.is_between)
    }

    /// The units of a day that a unit leads to.
    pub(super) fn present(&self, node: Node, day: NaiveDate) -> Present {
        if self.holds(node, day) {
            return Present { nodes: vec![node], whole: true, is_later: false };
        }
        let Some(unit) = self.unit(node) else {
            return Present { nodes: Vec::new(), whole: false, is_later: false };
        };
        let begins_later = unit.period.valid_from().is_some_and(|from| from > day)
            || (self.knot(node).is_some_and(|knot| knot.is_between)
                && unit.period.valid_to().is_some_and(|to| to > day));
        self.walk(node, day, begins_later)
    }

    /// The unit of a day that a unit of an earlier one is, or that all of it went to.
    pub(super) fn moved(&self, node: Node, day: NaiveDate) -> Option<Moved<UnitCode>> {
        let former = self.unit(node)?;
        let present = self.present(node, day);
        let [to] = present.nodes.as_slice() else { return None };
        if !present.whole || present.is_later {
            return None;
        }
        let (mut since, mut at) = (former.period.valid_from().unwrap_or(day), node);
        for _ in 0..GENERATIONS {
            if at == *to {
                break;
            }
            since = self.unit(at)?.period.valid_to()?;
            at = *self.knot(at)?.next.first()?;
        }
        Some(Moved { former: former.full_name.clone(), to: self.unit(*to)?.code.clone(), since })
    }

    /// Every period of a unit.
    pub(super) fn periods(&self, unit_id: i64) -> &[Node] {
        self.by_unit.get(&unit_id).map_or(&[], Vec::as_slice)
    }

    fn walk(&self, node: Node, day: NaiveDate, backwards: bool) -> Present {
        let mut present = Present { nodes: Vec::new(), whole: true, is_later: backwards };
        let mut seen: HashSet<Node> = HashSet::new();
        let mut layer = vec![node];
        for _ in 0..GENERATIONS {
            let mut after = Vec::new();
            for node in layer {
                if self.holds(node, day) {
                    if !present.nodes.contains(&node) {
                        present.nodes.push(node);
                    }
                    continue;
                }
                let Some(knot) = self.knot(node) else { continue };
                let ways = if backwards { &knot.before } else { &knot.next };
                present.whole &= if backwards { ways.len() == 1 } else { knot.whole };
                after.extend(ways.iter().copied().filter(|way| seen.insert(*way)));
            }
            if after.is_empty() {
                break;
            }
            layer = after;
        }
        present.whole &= present.nodes.len() == 1;
        present
    }

    /// The units above one during its period, the nearest first.
    pub(super) fn above(&self, node: Node) -> Vec<Node> {
        let mut above = Vec::with_capacity(2);
        let mut next = self.knot(node).and_then(|knot| knot.parent);
        while let Some(parent) = next.filter(|parent| above.len() < 4 && !above.contains(parent)) {
            above.push(parent);
            next = self.knot(parent).and_then(|knot| knot.parent);
        }
        if let Some(province) = self.knot(node).and_then(|knot| knot.province)
            && province != node
            && !above.contains(&province)
        {
            above.push(province);
        }
        above
    }

    /// Name of a unit with those above it: `Phường Thành Sen, Tỉnh Hà Tĩnh`.
    pub(super) fn long_name(&self, node: Node) -> String {
        let nodes = std::iter::once(node).chain(self.above(node));
        let names = nodes.filter_map(|node| self.unit(node)).map(|unit| unit.full_name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    /// The resolution behind a link.
    pub(super) fn resolution(&self, link: &PlaceLink) -> Option<String> {
        link.resolution.clone().or_else(|| {
            let successor = self.unit_on(link.successor.as_ref()?, link.effective_on)?;
            let unit = self.unit(successor)?;
            law::resolution_of(unit.tier, &unit.province, link.effective_on)
        })
    }

    /// The unit period that has a code on a day.
    pub(super) fn unit_on(&self, code: &UnitCode, day: NaiveDate) -> Option<Node> {
        self.with_code(code).iter().copied().find(|&node| self.holds(node, day))
    }

    fn add(&mut self, unit: PlaceUnit, is_between: bool) -> Node {
        let node = Node::try_from(self.units.len()).unwrap_or(Node::MAX);
        self.by_unit.entry(unit.unit_id).or_default().push(node);
        self.units.push(unit);
        self.knots.push(Knot { is_between, ..Knot::default() });
        node
    }

    fn index_code(&mut self, node: Node) {
        if let Some(unit) = self.units.get(node as usize) {
            self.by_code.entry(unit.code.clone()).or_default().push(node);
        }
    }

    fn knot_mut(&mut self, node: Node) -> Option<&mut Knot> {
        self.knots.get_mut(node as usize)
    }

    fn set_above(&mut self) {
        for node in self.all() {
            let Some(unit) = self.unit(node) else { continue };
            let day = reference_day(unit.period);
            let parent = unit.parent.as_ref().and_then(|code| self.unit_on(code, day));
            let province = self.unit_on(&unit.province, day);
            if let Some(knot) = self.knot_mut(node) {
                (knot.parent, knot.province) = (parent, province);
            }
        }
    }

    fn all(&self) -> std::ops::Range<Node> {
        0..Node::try_from(self.units.len()).unwrap_or(Node::MAX)
    }

    /// Adds the units that existed only between known periods, with their districts.
    fn add_between(&mut self) {
        let mut districts: HashMap<(Node, String), Node> = HashMap::new();
        for node in self.all() {
            if let (Some(unit), Some(knot)) = (self.unit(node), self.knot(node))
                && unit.tier == Tier::District
                && let Some(province) = knot.province
            {
                districts.entry((province, key(&words(&unit.full_name)))).or_insert(node);
            }
        }
        let mut between: HashMap<(Node, Between), Node> = HashMap::new();
        let mut next_id = self.units.iter().map(|unit| unit.unit_id).max().unwrap_or(0);
        for number in 0..self.links.len() {
            let Some((link, was)) =
                self.links.get(number).and_then(|link| Some((link.clone(), link.between.clone()?)))
            else {
                continue;
            };
            let before = link.effective_on.pred_opt().and_then(|day| self.unit_on(&link.predecessor, day));
            let Some(old) = before else { continue };
            let Some(like) = self.unit(old).cloned() else { continue };
            let Some(province) = self.knot(old).and_then(|knot| knot.province) else { continue };
            let own_district = self.knot(old).and_then(|knot| knot.parent);
            let district = match kinds::split(&was.district) {
                None => own_district,
                Some((kind, name)) => {
                    let wanted = (province, key(&words(&was.district)));
                    let found = districts.get(&wanted).copied();
                    Some(found.unwrap_or_else(|| {
                        next_id += 1;
                        let unit = former(&like, next_id, (kind, name), link.effective_on);
                        let unit = PlaceUnit { parent: None, tier: Tier::District, ..unit };
                        let added = self.add(unit, true);
                        districts.insert(wanted, added);
                        if let Some(knot) = self.knot_mut(added) {
                            (knot.parent, knot.province) = (Some(province), Some(province));
                        }
                        added
                    }))
                }
            };
            if let Some(district) = district.filter(|district| Some(*district) != own_district)
                && let Some(knot) = self.knot_mut(old)
                && !knot.also_above.contains(&district)
            {
                knot.also_above.push(district);
            }
            let same_name = key(&words(&like.full_name)) == key(&words(&was.full_name));
            let Some((kind, name)) = kinds::split(&was.full_name).filter(|_| !same_name) else { continue };
            let known = between.get(&(province, was.clone())).copied();
            let node = known.unwrap_or_else(|| {
                next_id += 1;
                let unit = former(&like, next_id, (kind, name), link.effective_on);
                let added = self.add(PlaceUnit { code: was.code.clone(), ..unit }, true);
                self.index_code(added);
                between.insert((province, was.clone()), added);
                added
            });
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            if let Some(knot) = self.knot_mut(node) {
                (knot.parent, knot.province) = (district, Some(province));
                knot.links.push(number);
                if !knot.before.contains(&old) {
                    knot.before.push(old);
                }
            }
        }
    }

    /// Sets where every unit went by its own records, or by going on under another name or code.
    fn follow_communes(&mut self) {
        let mut by_predecessor: HashMap<(UnitCode, NaiveDate), Vec<u32>> = HashMap::new();
        for (number, link) in (0..).zip(&self.links) {
            by_predecessor.entry((link.predecessor.clone(), link.effective_on)).or_default().push(number);
        }
        for node in self.all() {
            let (Some(unit), Some(knot)) = (self.unit(node), self.knot(node)) else { continue };
            let Some(end) = unit.period.valid_to() else { continue };
            let goes_on = if knot.is_between { None } else { self.period_of(unit.unit_id, end) };
            let links = if knot.is_between {
                knot.links.clone()
            } else {
                by_predecessor.get(&(unit.code.clone(), end)).cloned().unwrap_or_default()
            };
            // A unit that goes on is whole unless its own records say otherwise.
            let mut next: Vec<Node> = goes_on.into_iter().collect();
            let mut whole = true;
            for link in links.iter().filter_map(|&number| self.links.get(number as usize)) {
                whole &= link.extent == Extent::Whole;
                if let Some(to) = link.successor.as_ref().and_then(|code| self.unit_on(code, end))
                    && !next.contains(&to)
                {
                    next.push(to);
                }
            }
            whole &= next.len() == 1;
            let is_commune = unit.tier == Tier::Commune;
            if let Some(knot) = self.knot_mut(node) {
                knot.unknown = next.is_empty() && is_commune;
                (knot.next, knot.whole, knot.links) = (next, whole, links);
            }
        }
    }

    fn period_of(&self, unit_id: i64, day: NaiveDate) -> Option<Node> {
        self.by_unit.get(&unit_id)?.iter().copied().find(|&node| self.holds(node, day))
    }

    /// Sets where provinces and districts went by where their communes did, and, for communes of which nothing is
    /// known, where their neighbours did.
    fn follow_upwards(&mut self) {
        let mut communes: HashMap<Node, Vec<Node>> = HashMap::new();
        for node in self.all() {
            let (Some(unit), Some(knot)) = (self.unit(node), self.knot(node)) else { continue };
            if unit.tier == Tier::Commune {
                let above =
                    knot.parent.into_iter().chain(knot.province.filter(|_| knot.parent != knot.province));
                for above in above.chain(knot.also_above.iter().copied()) {
                    communes.entry(above).or_default().push(node);
                }
            }
        }
        for (above, communes) in &communes {
            let (Some(unit), Some(knot)) = (self.unit(*above), self.knot(*above)) else { continue };
            let Some(end) = unit.period.valid_to() else { continue };
            if !knot.next.is_empty() {
                continue;
            }
            let is_province = unit.tier == Tier::Province;
            let is_between = knot.is_between;
            let mut next: Vec<Node> = Vec::new();
            let mut whole = true;
            for &commune in communes {
                let (Some(own), Some(knot)) = (self.unit(commune), self.knot(commune)) else { continue };
                let goes_on = !knot.is_between && own.period.contains(end);
                let ended = own.period.valid_to() == Some(end);
                if !goes_on && !ended {
                    continue;
                }
                let own_next = if goes_on { std::slice::from_ref(&commune) } else { knot.next.as_slice() };
                whole &= goes_on || knot.whole || is_province;
                for &to in own_next {
                    let to =
                        if is_province { self.knot(to).and_then(|knot| knot.province) } else { Some(to) };
                    if let Some(to) = to.filter(|to| !next.contains(to)) {
                        next.push(to);
                    }
                }
            }
            whole &= next.len() == 1;
            let before = communes.clone();
            if let Some(knot) = self.knots.get_mut(*above as usize) {
                (knot.next, knot.whole) = (next, whole);
                if is_between {
                    knot.before = before;
                }
            }
        }
        for node in self.all() {
            let Some(knot) = self.knot(node).filter(|knot| knot.unknown) else { continue };
            let of_district = knot.parent.and_then(|parent| self.knot(parent)).map(|knot| knot.next.clone());
            if let Some(knot) = self.knot_mut(node) {
                (knot.next, knot.whole) = (of_district.unwrap_or_default(), false);
            }
        }
    }

    /// Sets what went into every unit.
    fn look_back(&mut self) {
        for node in self.all() {
            let Some(knot) = self.knot(node).filter(|knot| !knot.unknown) else { continue };
            for to in knot.next.clone() {
                if let Some(to) = self.knot_mut(to)
                    && !to.before.contains(&node)
                {
                    to.before.push(node);
                }
            }
        }
    }
}

/// A unit in between that ended on a day, otherwise like one of those from which it came.
fn former(like: &PlaceUnit, unit_id: i64, (kind, name): (&str, &str), end: NaiveDate) -> PlaceUnit {
    let mut letters = kind.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    PlaceUnit {
        unit_id,
        period: Period::until(end),
        kind: kind.to_owned(),
        name: name.to_owned(),
        full_name: format!("{capital} {name}"),
        former_keys: Vec::new(),
        other_name: None,
        formed_from: None,
        ..like.clone()
    }
}

/// A day on which to look up what a period refers to: its first, or else its last, or else any.
fn reference_day(period: Period) -> NaiveDate {
    let last = || period.valid_to().and_then(|end| end.pred_opt());
    period.valid_from().or_else(last).unwrap_or(NaiveDate::MAX)
}
