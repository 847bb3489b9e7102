//! The ways in which a text may be meant: every way to take it apart into units that lie in one another, with the
//! present units that each leads to.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::atlas::{Atlas, Node};
use super::segment::{Age, Lexer, Named, Segment};
use super::text::Marks;
use crate::level::Tier;

/// Parts that name a unit in one address: a name may stand twice.
const MOST_PARTS: usize = 5;

/// Ways to take a text apart that are looked at. Addresses have a handful.
const MOST_WAYS: usize = 400;

/// One unit that the text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// The unit, of any day.
    pub(super) node: Node,
    /// The units of the day that it leads to, as far as the rest of the text leaves them open.
    pub(super) present: Vec<Node>,
    /// Whether it is all in the only one of them.
    pub(super) whole: bool,
    /// Whether only the key of a former name speaks for it.
    pub(super) is_former_key: bool,
}

/// Every reading of a text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Readings {
    pub(super) readings: Vec<Reading>,
    /// Whether something of the text speaks against all of them, or was left out: then it is asked even where there is
    /// only one.
    pub(super) is_doubtful: bool,
    /// The words that were read.
    pub(super) read: std::ops::Range<usize>,
}

/// How strictly parts are compared.
#[derive(Debug, Clone, Copy)]
struct Pass {
    /// Least agreement of diacritics for a part that has any.
    marks: Marks,
    with_other_kinds: bool,
    with_joined: bool,
}

/// From the strictest on; the first with a reading decides.
const PASSES: [Pass; 5] = [
    Pass { marks: Marks::Equal, with_other_kinds: false, with_joined: false },
    Pass { marks: Marks::Agree, with_other_kinds: false, with_joined: false },
    Pass { marks: Marks::Agree, with_other_kinds: false, with_joined: true },
    Pass { marks: Marks::Differ, with_other_kinds: false, with_joined: true },
    Pass { marks: Marks::Differ, with_other_kinds: true, with_joined: true },
];

/// Passes whose readings contradict what was typed.
const DOUBTFUL_FROM: usize = 3;

/// Reads a text on a day.
pub(super) fn read(lexer: &Lexer<'_>, day: NaiveDate) -> Readings {
    let count = lexer.words.len();
    let segments: Vec<Vec<Segment>> = (0..count).map(|place| lexer.at(place)).collect();
    let reader =
        Reader { atlas: lexer.atlas, day, segments: &segments, marked: lexer.is_written_with_marks() };
    for (number, pass) in PASSES.iter().enumerate() {
        let readings = reader.range(0..count, *pass);
        if !readings.is_empty() {
            return Readings { readings, is_doubtful: number >= DOUBTFUL_FROM, read: 0..count };
        }
    }
    in_part(lexer, &reader)
}

/// Reads the end of a text, then its beginning, where it cannot be read as a whole: a house and a street stand before,
/// anything after.
fn in_part(lexer: &Lexer<'_>, reader: &Reader<'_>) -> Readings {
    let count = lexer.words.len();
    let breaks =
        |place: usize| lexer.words.get(place).is_some_and(|word| word.after_break) || lexer.kind_at(place);
    for start in (1..count).filter(|&place| breaks(place)) {
        if let Some(mut readings) = reader.best(start..count) {
            let apart = lexer.words.get(start).is_some_and(|word| word.after_break);
            let is_street = !(0..start).any(|place| lexer.kind_at(place));
            let is_doubtful = !(apart && is_street && lexer.kind_at(start));
            // Two parts that contradict each other: either may be the one that is meant.
            if !is_street {
                readings.extend(reader.best(0..start).unwrap_or_default());
            }
            return Readings { readings, is_doubtful, read: start..count };
        }
    }
    for end in (1..count).rev() {
        if let Some(readings) = reader.best(0..end).filter(|_| breaks(end) || lexer.kind_at(0)) {
            return Readings { readings, is_doubtful: true, read: 0..end };
        }
    }
    Readings { is_doubtful: true, ..Readings::default() }
}

struct Reader<'a> {
    atlas: &'a Atlas,
    day: NaiveDate,
    segments: &'a [Vec<Segment>],
    /// Whether the text is written with diacritics, so that a word without means itself.
    marked: bool,
}

impl Reader<'_> {
    fn best(&self, range: std::ops::Range<usize>) -> Option<Vec<Reading>> {
        let passes = PASSES.iter().take(DOUBTFUL_FROM);
        passes.map(|pass| self.range(range.clone(), *pass)).find(|readings| !readings.is_empty())
    }

    /// Every reading that takes up a range of words.
    fn range(&self, range: std::ops::Range<usize>, pass: Pass) -> Vec<Reading> {
        let mut found = Found::default();
        let mut parts = Vec::with_capacity(MOST_PARTS);
        self.take_apart(&range, range.start, pass, &mut parts, &mut found);
        found.readings
    }

    fn take_apart<'s>(
        &'s self,
        range: &std::ops::Range<usize>,
        place: usize,
        pass: Pass,
        parts: &mut Vec<Part<'s>>,
        found: &mut Found,
    ) {
        if place == range.end {
            found.ways += 1;
            self.meanings(parts, found);
            return;
        }
        for segment in self.segments.get(place).into_iter().flatten() {
            let end = place + segment.words;
            if end > range.end || found.ways >= MOST_WAYS {
                continue;
            }
            if segment.named.is_empty() {
                self.take_apart(range, end, pass, parts, found);
                continue;
            }
            if parts.len() == MOST_PARTS || (segment.is_joined && !pass.with_joined) {
                continue;
            }
            let part = self.part(segment, pass);
            if !part.nodes.is_empty() {
                parts.push(part);
                self.take_apart(range, end, pass, parts, found);
                parts.pop();
            }
        }
    }

    fn part<'s>(&'s self, segment: &'s Segment, pass: Pass) -> Part<'s> {
        let least = match pass.marks {
            Marks::Equal if segment.is_marked || self.marked => Marks::Equal,
            Marks::Equal => Marks::Agree,
            marks => marks,
        };
        let fits = |named: &&Named| {
            let age = match segment.age {
                Age::Any => true,
                Age::Former => !self.atlas.holds(named.node, self.day),
                Age::Present => self.atlas.holds(named.node, self.day),
            };
            named.marks >= least && (named.kind_fits || pass.with_other_kinds) && age
        };
        let named: Vec<&Named> = segment.named.iter().filter(fits).collect();
        let mut nodes: Vec<Node> = named.iter().map(|named| named.node).collect();
        nodes.sort_unstable();
        Part { named, nodes }
    }

    /// Takes each part as the unit that is meant, and the others as units in which it lies or lay.
    fn meanings(&self, parts: &[Part<'_>], found: &mut Found) {
        for (place, part) in parts.iter().enumerate() {
            for named in &part.named {
                if let Some(reading) = self.meaning(parts, place, named) {
                    found.add(reading);
                }
            }
        }
    }

    fn meaning(&self, parts: &[Part<'_>], place: usize, named: &Named) -> Option<Reading> {
        let node = named.node;
        let others = || parts.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, part)| part);
        let mut present = self.atlas.present(node, self.day);
        if parts.len() > 1 {
            let mut above = self.atlas.above(node);
            above.extend(self.atlas.knot(node).into_iter().flat_map(|knot| &knot.also_above));
            // A present unit may be written with the district or province in which its parts used to lie.
            if self.atlas.holds(node, self.day) {
                for before in self.atlas.knot(node).into_iter().flat_map(|knot| &knot.before) {
                    above.extend(self.atlas.above(*before));
                    above.extend(self.atlas.knot(*before).into_iter().flat_map(|knot| &knot.also_above));
                }
            }
            let is_province = self.atlas.unit(node).is_some_and(|unit| unit.tier == Tier::Province);
            for part in others() {
                if above.iter().any(|node| part.names(*node)) || (is_province && part.names(node)) {
                    continue;
                }
                // A former unit may be written with what it has come to, or with the province of today.
                let is_named = |to: Node| part.names(to) && self.same_tier(to, node);
                present.nodes.retain(|to| {
                    *to != node
                        && (is_named(*to) || self.atlas.above(*to).iter().any(|above| part.names(*above)))
                });
                if present.nodes.is_empty() {
                    return None;
                }
            }
        }
        let whole = present.whole && !present.is_later;
        Some(Reading { node, present: present.nodes, whole, is_former_key: named.is_former_key })
    }

    fn same_tier(&self, one: Node, other: Node) -> bool {
        let tier = |node| self.atlas.unit(node).map(|unit| unit.tier);
        tier(one) == tier(other)
    }
}

struct Part<'a> {
    named: Vec<&'a Named>,
    /// The units, in order.
    nodes: Vec<Node>,
}

impl Part<'_> {
    fn names(&self, node: Node) -> bool {
        self.nodes.binary_search(&node).is_ok()
    }
}

#[derive(Default)]
struct Found {
    readings: Vec<Reading>,
    seen: HashSet<(Node, Vec<Node>, bool)>,
    ways: usize,
}

impl Found {
    fn add(&mut self, reading: Reading) {
        let key = (reading.node, reading.present.clone(), reading.is_former_key);
        if self.seen.insert(key) {
            self.readings.push(reading);
        }
    }
}
