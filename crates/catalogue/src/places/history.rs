//! What became of a unit and what it came from, and what a code is on a day: the only place that tells it. Addresses,
//! answers, redirects and readings of names all ask here.

use chrono::NaiveDate;

use super::PlaceResolver;
use super::answer::Describer;
use super::atlas::{Atlas, Node};
use super::record::PlaceUnit;
use super::resolution::Fate;
use crate::code::UnitCode;
use crate::level::Tier;
use crate::read::Moved;
use crate::unit::Extent;

/// What a code is on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeState {
    /// A unit has it.
    Holds,
    /// The unit that had it last is over, and all of it went to one unit of the day.
    Moved(Moved<UnitCode>),
    /// The unit that had it last is over: it was split, or nobody recorded what became of it.
    Over,
    /// A unit will have it.
    Later,
    /// No unit ever had it.
    Never,
}

/// A unit with what it came from and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitHistory {
    /// Every period of the unit, oldest first.
    pub periods: Vec<PlaceUnit>,
    /// What it was formed from: `unit` of each names the predecessor, `extent` how much of that one came here.
    pub predecessors: Vec<Fate>,
    /// What became of it.
    pub successors: Vec<Fate>,
}

impl PlaceResolver {
    /// What a code is on a day. Where several units had it in turn, the last one that is over counts.
    #[must_use]
    pub fn code_state(&self, code: &UnitCode, day: NaiveDate) -> CodeState {
        let atlas = &self.atlas;
        let nodes = atlas.with_code(code);
        if nodes.iter().any(|&node| atlas.holds(node, day)) {
            return CodeState::Holds;
        }
        // A unit that the catalogue has a period for comes before one that only existed in between.
        let ended = |node: &Node| {
            let end = atlas.unit(*node)?.period.valid_to().filter(|end| *end <= day)?;
            Some((end, !atlas.knot(*node)?.is_between, *node))
        };
        match nodes.iter().filter_map(ended).max() {
            Some((_, _, node)) => atlas.moved(node, day).map_or(CodeState::Over, CodeState::Moved),
            None if nodes.is_empty() => CodeState::Never,
            None => CodeState::Later,
        }
    }

    /// The unit of a day that the unit which had a code on another day is, or that all of it went to.
    #[must_use]
    pub fn moved(&self, code: &UnitCode, then: NaiveDate, day: NaiveDate) -> Option<Moved<UnitCode>> {
        self.atlas.moved(self.atlas.unit_on(code, then)?, day)
    }

    /// What became of a unit, and what it came from. Empty for a unit that is not known here.
    #[must_use]
    pub fn history(&self, unit_id: i64) -> UnitHistory {
        let atlas = &self.atlas;
        let describer = Describer { atlas };
        let mut nodes: Vec<Node> = atlas.periods(unit_id).to_vec();
        nodes.sort_by_key(|&node| atlas.unit(node).and_then(|unit| unit.period.valid_from()));
        let is_other = |fate: &Fate| {
            let code = fate.unit.as_ref().map(|unit| &unit.code);
            code.and_then(|code| atlas.unit_on(code, fate.effective_on))
                .and_then(|node| atlas.unit(node))
                .is_none_or(|unit| unit.unit_id != unit_id)
        };
        let mut successors: Vec<Fate> = Vec::new();
        let mut predecessors: Vec<Fate> = Vec::new();
        for &node in &nodes {
            successors.extend(describer.fates(node).into_iter().filter(is_other));
            predecessors.extend(origins(atlas, &describer, node));
        }
        let periods = nodes.iter().filter_map(|&node| atlas.unit(node)).cloned().collect();
        UnitHistory { periods, predecessors, successors }
    }
}

/// What went into a unit when one of its periods began.
fn origins(atlas: &Atlas, describer: &Describer<'_>, node: Node) -> Vec<Fate> {
    let (Some(unit), Some(knot)) = (atlas.unit(node), atlas.knot(node)) else { return Vec::new() };
    let mut origins = Vec::with_capacity(knot.before.len());
    for &before in &knot.before {
        let (Some(former), Some(way)) = (atlas.unit(before), atlas.knot(before)) else { continue };
        // The units above those that went into a commune are told by them, and so are units in between.
        let is_above = unit.tier == Tier::Commune && former.tier != Tier::Commune;
        if former.unit_id == unit.unit_id || is_above || way.is_between {
            continue;
        }
        let leads_here = |link: &&super::PlaceLink| {
            let to = link.successor.as_ref().and_then(|code| atlas.unit_on(code, link.effective_on));
            to == Some(node)
        };
        let mut links = way.links.iter().filter_map(|&number| atlas.links.get(number as usize));
        let link = links.find(leads_here);
        let Some(effective_on) = link.map(|link| link.effective_on).or(former.period.valid_to()) else {
            continue;
        };
        let derived = if way.whole { Extent::Whole } else { Extent::Part };
        origins.push(Fate {
            unit: describer.name(before),
            tier: Some(former.tier),
            effective_on,
            extent: link.map_or(derived, |link| link.extent),
            derived: link.is_none(),
            resolution: match link {
                Some(link) => atlas.resolution(link),
                None => super::resolution_of(unit.tier, &unit.province, effective_on)
                    .filter(|_| unit.tier == Tier::Province),
            },
            remark: link.and_then(|link| link.remark.clone()),
            formed_from: None,
            source: link.map(|link| link.source.clone()),
        });
    }
    origins
}
