//! How a new unit's centre comes by its first listings: the rule, and nothing else.
//!
//! For one procedure (and case) the centres of all former units are asked what they said on the eve. The same answer
//! everywhere goes on. Where they differ, the weakest is shown until somebody decides, and where only parts of units
//! went into the new one, nothing is known. `docs/reorganise.md` has the rule as a table.

use chrono::NaiveDate;

use crate::availability::{
    Availability, AvailabilityChannel, BoundaryFree, Checklist, Offered, PartialReason,
};
use crate::code::CentreId;
use crate::legal_text::REASON_REQUIRED_FROM;
use crate::level::{Level, OnlineLevel, Scheme};
use crate::proactive::ProactiveLevel;
use crate::work::{WorkFinding, WorkKind};

/// What the centre of a former unit, or of the unit itself where it goes on, said on the eve.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Predecessor<'a> {
    /// Whether its whole unit went to the new one. A part can weaken, but it cannot carry.
    pub(crate) is_whole: bool,
    /// Its listing; one without counts as unknown.
    pub(crate) listing: Option<&'a Availability>,
}

/// What came of the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The same everywhere.
    Carried,
    /// They differ, and the weakest is shown.
    Weakened,
    /// Nothing is known of the new centre.
    Unknown,
}

/// A listing for the new centre.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// What came of the answers.
    pub(crate) outcome: Outcome,
    /// The question that is left.
    pub(crate) task: Option<WorkKind>,
    /// Whether it is offered.
    pub(crate) offered: Offered,
    /// How far online.
    pub(crate) level: Option<OnlineLevel>,
    /// Whether the level was converted.
    pub(crate) converted: bool,
    /// Ways to file, where all agree.
    pub(crate) channels: Vec<AvailabilityChannel>,
    /// Interaction points, where all agree.
    pub(crate) checklist: Checklist,
    /// Reason for một phần, where those with the level shown agree.
    pub(crate) partial_reason: Option<PartialReason>,
    /// Proactive level, where all agree.
    pub(crate) proactive: Option<ProactiveLevel>,
    /// Reach, where all agree.
    pub(crate) boundary_free: BoundaryFree,
    /// Announcing decision, where all agree.
    pub(crate) decision: Option<String>,
    /// Evidence, where all agree.
    pub(crate) evidence: Vec<String>,
    /// How many details were left out because they differ: channels, check-list, reach, decision, evidence.
    pub(crate) dropped: u32,
    /// First day on which one of the former listings would have ended anyway.
    pub(crate) ends: Option<NaiveDate>,
    /// Whether one of them is made up.
    pub(crate) is_sample: bool,
}

/// How much an answer promises. Levels of one scheme stand above an offer without a level, by their rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    NotOffered,
    Unknown,
    WithoutLevel,
    Level(OnlineLevel),
}

impl Strength {
    fn of(listing: Option<&Availability>) -> Self {
        let Some(listing) = listing else { return Self::Unknown };
        match (listing.offered, listing.level) {
            (Offered::No, _) => Self::NotOffered,
            (Offered::Unknown, _) => Self::Unknown,
            (Offered::Yes, None) => Self::WithoutLevel,
            (Offered::Yes, Some(level)) => Self::Level(level),
        }
    }

    /// The weaker of two answers; levels of different schemes cannot be compared, so nothing is known.
    fn weaker(self, other: Self) -> Self {
        match (self, other) {
            (Self::Level(a), Self::Level(b)) if a.scheme() != b.scheme() => Self::Unknown,
            (Self::Level(a), Self::Level(b)) => Self::Level(if a.rank() <= b.rank() { a } else { b }),
            (a, b) => a.min(b),
        }
    }

    fn offered(self) -> (Offered, Option<OnlineLevel>) {
        match self {
            Self::NotOffered => (Offered::No, None),
            Self::Unknown => (Offered::Unknown, None),
            Self::WithoutLevel => (Offered::Yes, None),
            Self::Level(level) => (Offered::Yes, Some(level)),
        }
    }
}

/// The weakest of some answers, in whatever order they come.
fn weakest(strengths: &[Strength]) -> Strength {
    let lowest = strengths.iter().copied().filter(|one| !matches!(one, Strength::Level(_))).min();
    let levels = strengths.iter().copied().filter(|one| matches!(one, Strength::Level(_)));
    // An answer below every level decides before schemes are compared.
    lowest.or_else(|| levels.reduce(Strength::weaker)).unwrap_or(Strength::Unknown)
}

/// Applies the rule to one procedure and case. `None` where no centre had a listing: there is nothing to say.
pub(crate) fn carry(predecessors: &[Predecessor<'_>], effective: NaiveDate) -> Option<Verdict> {
    let listings: Vec<&Availability> = predecessors.iter().filter_map(|one| one.listing).collect();
    if listings.is_empty() {
        return None;
    }
    let strengths: Vec<Strength> = predecessors.iter().map(|one| Strength::of(one.listing)).collect();
    let first = strengths.first().copied().unwrap_or(Strength::Unknown);
    let is_same = strengths.iter().all(|strength| *strength == first);
    let only_parts = predecessors.iter().all(|one| !one.is_whole);
    let nobody_knew = is_same && first == Strength::Unknown;

    let shown = if only_parts { Strength::Unknown } else { weakest(&strengths) };
    let (outcome, task) = match (only_parts && !nobody_knew, is_same, shown) {
        (true, _, _) => (Outcome::Unknown, Some(WorkKind::OnlyParts)),
        (false, true, _) => (Outcome::Carried, None),
        (false, false, Strength::Unknown) => (Outcome::Unknown, Some(WorkKind::LevelDiffers)),
        (false, false, _) => (Outcome::Weakened, Some(WorkKind::LevelDiffers)),
    };
    let (offered, level) = shown.offered();
    let mut verdict = Verdict {
        outcome,
        task,
        offered,
        level,
        converted: false,
        channels: Vec::new(),
        checklist: Checklist::default(),
        partial_reason: None,
        proactive: None,
        boundary_free: BoundaryFree::Unknown,
        decision: None,
        evidence: Vec::new(),
        dropped: 0,
        // A listing that ends on the day ends with its centre, which says nothing of how long it would have held.
        ends: listings
            .iter()
            .filter_map(|listing| listing.period.valid_to())
            .filter(|end| *end > effective)
            .min(),
        is_sample: listings.iter().any(|listing| listing.source.kind == crate::SourceKind::Sample),
    };
    if offered == Offered::Yes {
        add_details(&mut verdict, &listings);
    }
    Some(verdict.on(effective))
}

fn add_details(verdict: &mut Verdict, listings: &[&Availability]) {
    let mut dropped = 0;
    verdict.channels = agreed(listings, &mut dropped, |one| &one.channels);
    verdict.checklist = agreed(listings, &mut dropped, |one| &one.checklist);
    verdict.boundary_free = agreed(listings, &mut dropped, |one| &one.boundary_free);
    verdict.proactive = agreed(listings, &mut dropped, |one| &one.proactive);
    verdict.decision = agreed(listings, &mut dropped, |one| &one.decision);
    verdict.evidence = agreed(listings, &mut dropped, |one| &one.evidence);
    verdict.dropped = dropped;
    let Some(level) = verdict.level else { return };
    let with_level: Vec<&&Availability> = listings.iter().filter(|one| one.level == Some(level)).collect();
    // One doubtful statement makes the level doubtful.
    verdict.converted = with_level.iter().any(|one| one.converted);
    let mut reasons = with_level.iter().map(|one| &one.partial_reason);
    let reason = reasons.next().cloned().flatten();
    if reasons.all(|other| *other == reason) {
        verdict.partial_reason = reason;
        return;
    }
    verdict.dropped += 1;
    if level.scheme() == Scheme::Nd224 && level.level() == Level::Partial {
        // Which of several reasons holds is not for us to say.
        verdict.drop_level();
    }
}

impl Verdict {
    /// Một phần may not be published without its reason from 1 July 2026 on, in whatever words it is given.
    fn on(mut self, effective: NaiveDate) -> Self {
        let is_partial = self.level.is_some_and(|level| level.level() == Level::Partial);
        if is_partial && self.partial_reason.is_none() && effective >= REASON_REQUIRED_FROM {
            self.drop_level();
        }
        self
    }

    /// Leaves the offer and takes the level away until somebody gives its reason.
    fn drop_level(&mut self) {
        self.level = None;
        self.converted = false;
        self.outcome = Outcome::Weakened;
        self.task.get_or_insert(WorkKind::ReasonDiffers);
    }
}

/// A detail that all listings have alike; otherwise none, and one more that was dropped.
fn agreed<T: Clone + Default + PartialEq>(
    listings: &[&Availability],
    dropped: &mut u32,
    detail: impl Fn(&Availability) -> &T,
) -> T {
    let mut details = listings.iter().map(|listing| detail(listing));
    let Some(first) = details.next() else { return T::default() };
    if details.all(|other| other == first) {
        return first.clone();
    }
    *dropped += 1;
    T::default()
}

/// What a centre said, for a task.
pub(crate) fn finding(centre: &CentreId, listing: Option<&Availability>) -> WorkFinding {
    let (offered, level) = Strength::of(listing).offered();
    WorkFinding { centre: centre.clone(), offered, level }
}

#[cfg(test)]
mod tests;
