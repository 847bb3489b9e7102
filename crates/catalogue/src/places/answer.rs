//! From readings to the answer: the units of the day, through which former units, and whether to ask.

use chrono::NaiveDate;

use super::atlas::{Atlas, Node};
use super::law;
use super::question::ask;
use super::reading::{Reading, Readings};
use super::resolution::{Candidate, Fate, FormerUnit, MOST_CANDIDATES, PlaceOutcome, Resolution};
use super::segment::Lexer;
use crate::code::UnitCode;
use crate::level::Tier;
use crate::period::Period;
use crate::read::UnitName;
use crate::unit::Extent;

pub(super) fn answer(lexer: &Lexer<'_>, found: Readings, day: NaiveDate, within: &[UnitCode]) -> Resolution {
    let atlas = lexer.atlas;
    let Readings { mut readings, is_doubtful, read } = found;
    if !within.is_empty() {
        for reading in &mut readings {
            reading.present.retain(|&node| lies_within(atlas, node, within));
        }
    }
    // A unit of a day that never came, or one outside the answers given, means nothing here.
    readings.retain(|reading| !reading.present.is_empty() || within.is_empty());
    // A later unit is only meant where nothing of the day or before is named so.
    let is_later = |reading: &Reading| {
        let (unit, knot) = (atlas.unit(reading.node), atlas.knot(reading.node));
        let begins_later = |period: Period| period.valid_from().is_some_and(|from| from > day);
        // One in between began nobody knows when; before its end, what the catalogue knows of the day comes first.
        let ends_later = |period: Period| period.valid_to().is_some_and(|to| to > day);
        let is_between = knot.is_some_and(|knot| knot.is_between);
        unit.is_some_and(|unit| begins_later(unit.period) || (is_between && ends_later(unit.period)))
    };
    if readings.iter().any(|reading| !is_later(reading)) {
        readings.retain(|reading| !is_later(reading));
    }
    // Units of the day first, then what stands for few.
    readings.sort_by_key(|reading| (!atlas.holds(reading.node, day), reading.present.len()));
    let mut present: Vec<Node> = Vec::new();
    for node in readings.iter().flat_map(|reading| &reading.present) {
        if !present.contains(node) {
            present.push(*node);
        }
    }
    let is_certain = !is_doubtful
        && readings.iter().all(|reading| reading.whole)
        && readings.iter().any(|reading| !reading.is_former_key);
    let outcome = match present.as_slice() {
        [] if readings.is_empty() => PlaceOutcome::None,
        [_] if is_certain => PlaceOutcome::One,
        // Whoever answered the question with this very unit has confirmed it; a province alone has not.
        [only] if atlas.unit(*only).is_some_and(|unit| within.contains(&unit.code)) => PlaceOutcome::One,
        _ => PlaceOutcome::Ask,
    };
    let question = (outcome == PlaceOutcome::Ask).then(|| ask(atlas, &present, &readings));
    let describer = Describer { atlas };
    let mut formers: Vec<FormerUnit> = Vec::new();
    let mut former_nodes: Vec<Vec<Node>> = Vec::new();
    let is_former = |reading: &&Reading| !atlas.holds(reading.node, day) || reading.is_former_key;
    for reading in readings.iter().filter(is_former).take(MOST_CANDIDATES) {
        if let Some(former) = describer.former(reading) {
            formers.push(former);
            former_nodes.push(reading.present.clone());
        }
    }
    let candidates = present
        .iter()
        .take(MOST_CANDIDATES)
        .filter_map(|&node| {
            let through = former_nodes.iter().enumerate().filter(|(_, nodes)| nodes.contains(&node));
            describer.candidate(node, through.map(|(place, _)| place).collect())
        })
        .collect();
    let (read, left_out) = quotes(lexer, &read);
    Resolution { outcome, candidates, total: present.len(), formers, question, read, left_out }
}

fn lies_within(atlas: &Atlas, node: Node, within: &[UnitCode]) -> bool {
    atlas.unit(node).is_some_and(|unit| within.contains(&unit.code) || within.contains(&unit.province))
}

/// The words that were read, and those that were not, as they stand in the text.
fn quotes(lexer: &Lexer<'_>, read: &std::ops::Range<usize>) -> (String, Vec<String>) {
    let quote = |range: std::ops::Range<usize>| {
        let words = lexer.words.get(range)?;
        let text = lexer.text.get(words.first()?.bytes.0..words.last()?.bytes.1)?;
        Some(text.to_owned())
    };
    let count = lexer.words.len();
    let left_out = [quote(0..read.start), quote(read.end..count)].into_iter().flatten().collect();
    (quote(read.clone()).unwrap_or_default(), left_out)
}

/// Tells of units in words and codes instead of places in the atlas.
pub(super) struct Describer<'a> {
    pub(super) atlas: &'a Atlas,
}

impl Describer<'_> {
    fn candidate(&self, node: Node, through: Vec<usize>) -> Option<Candidate> {
        let unit = self.atlas.unit(node)?;
        Some(Candidate {
            code: unit.code.clone(),
            full_name: unit.full_name.clone(),
            kind: unit.kind.clone(),
            tier: unit.tier,
            ancestors: self.ancestors(node),
            fates: self.fates(node),
            through,
        })
    }

    fn former(&self, reading: &Reading) -> Option<FormerUnit> {
        let node = reading.node;
        let (unit, knot) = (self.atlas.unit(node)?, self.atlas.knot(node)?);
        Some(FormerUnit {
            code: unit.code.clone(),
            full_name: unit.full_name.clone(),
            tier: unit.tier,
            ancestors: self.ancestors(node),
            period: unit.period,
            fates: self.fates(node),
            is_unknown: knot.unknown,
            is_between: knot.is_between,
            is_older_name: reading.is_former_key,
        })
    }

    fn ancestors(&self, node: Node) -> Vec<UnitName> {
        self.atlas.above(node).into_iter().rev().filter_map(|above| self.name(above)).collect()
    }

    pub(super) fn name(&self, node: Node) -> Option<UnitName> {
        let unit = self.atlas.unit(node)?;
        Some(UnitName { code: unit.code.clone(), full_name: unit.full_name.clone() })
    }

    /// What became of a unit: by its records, or else by where it leads.
    pub(super) fn fates(&self, node: Node) -> Vec<Fate> {
        let (Some(unit), Some(knot)) = (self.atlas.unit(node), self.atlas.knot(node)) else {
            return Vec::new();
        };
        let Some(end) = unit.period.valid_to() else { return Vec::new() };
        let links = knot.links.iter().filter_map(|&number| self.atlas.links.get(number as usize));
        let mut fates: Vec<Fate> = Vec::with_capacity(knot.links.len());
        for link in links {
            let to = link.successor.as_ref().and_then(|code| self.atlas.unit_on(code, link.effective_on));
            let successor = to.and_then(|to| self.atlas.unit(to));
            let fate = Fate {
                unit: to.and_then(|to| self.name(to)),
                tier: successor.map(|unit| unit.tier),
                effective_on: link.effective_on,
                extent: link.extent,
                derived: false,
                resolution: self.atlas.resolution(link),
                remark: link.remark.clone(),
                formed_from: successor
                    .filter(|_| link.extent == Extent::Part)
                    .and_then(|unit| unit.formed_from.clone()),
                source: Some(link.source.clone()),
            };
            if !fates.iter().any(|known| known.unit.is_some() && known.unit == fate.unit) {
                fates.push(fate);
            }
        }
        if !fates.is_empty() || knot.unknown {
            return fates;
        }
        let extent = if knot.whole { Extent::Whole } else { Extent::Part };
        let derived = |&to: &Node| {
            let successor = self.atlas.unit(to)?;
            let resolution = (unit.tier == Tier::Province && successor.unit_id != unit.unit_id)
                .then(|| law::resolution_of(Tier::Province, &successor.province, end));
            Some(Fate {
                unit: self.name(to),
                tier: Some(successor.tier),
                effective_on: end,
                extent,
                derived: true,
                resolution: resolution.flatten(),
                remark: None,
                formed_from: None,
                source: None,
            })
        };
        knot.next.iter().filter_map(derived).collect()
    }
}
