//! The ways of filing and their order.

use std::cmp::Ordering;

use super::responsible::{question, responsible_tiers};
use super::{
    FeesFrom, FilingAnswer, FilingCandidate, FilingCase, FilingDesk, NoResponsible, PaperPoint, Relation,
    SiteOnDay, TimeLimitFrom,
};
use crate::availability::{
    Availability, AvailabilityChannel, BoundaryFree, Checklist, Offered, PointState, is_web_address,
};
use crate::fee::Fee;
use crate::filing::Point;
use crate::level::{Level, Tier};
use crate::procedure::{Channel, Method};
use crate::read::AvailabilityAt;

/// How a dossier gets to the centre, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WayKind {
    /// Online from end to end.
    FullyOnline,
    /// Sent online; something is still done at the desk or on paper.
    PartlyOnline,
    /// By post.
    Post,
    /// At the desk.
    Desk,
}

impl WayKind {
    /// Every kind, the best first.
    pub const ALL: [Self; 4] = [Self::FullyOnline, Self::PartlyOnline, Self::Post, Self::Desk];

    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullyOnline => "fully_online",
            Self::PartlyOnline => "partly_online",
            Self::Post => "post",
            Self::Desk => "desk",
        }
    }

    /// The channel whose time limit and fees count.
    #[must_use]
    pub fn method(self) -> Method {
        match self {
            Self::FullyOnline | Self::PartlyOnline => Method::Online,
            Self::Post => Method::Postal,
            Self::Desk => Method::InPerson,
        }
    }
}

/// What a fact of a way comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOrigin {
    /// The centre's listing.
    Listing,
    /// The case of the procedure.
    Case,
    /// The procedure.
    Procedure,
}

impl WayOrigin {
    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Case => "case",
            Self::Procedure => "procedure",
        }
    }
}

/// One way of filing at one centre.
#[derive(Debug, Clone, PartialEq)]
pub struct FilingWay {
    /// How.
    pub kind: WayKind,
    /// Where: place of the centre in the answer's `desks`.
    pub desk: usize,
    /// Address of the online form, for online ways whose listing has one.
    pub link: Option<String>,
    /// Time limit; absent where no source says.
    pub time_limit: Option<TimeLimitFrom>,
    /// Fees in force on the day; absent where no source says.
    pub fees: Option<FeesFrom>,
    /// Whether a source names this channel. Where neither procedure nor listing names any, the desk is assumed: every
    /// centre that offers a procedure has one.
    pub is_stated: bool,
}

impl FilingCase {
    /// Applies the rules.
    ///
    /// 1. *Responsible* are the centres of the place's own units at the tiers that carry the procedure out (see
    ///    [`TierBasis`](super::TierBasis)). Where the place is coarser than the lowest of these, it is asked for and
    ///    nothing but the tiers that are settled is answered.
    /// 2. *Alternatives* are centres of the same province whose listing says province or nation, and of other provinces
    ///    whose listing says nation. What says nothing or none is no alternative.
    /// 3. A centre gives *ways* only where its listing for the case says that it is offered. No, unknown and no listing
    ///    give none.
    /// 4. An *online* way needs a known level at which a dossier can be sent, claimed, and not denied by the check-list:
    ///    the weaker of the two counts. It is *fully* online at mức độ 4 or toàn trình, if the check-list (where there is
    ///    one) allows that level and leaves no point at the desk or half-way; else *partly*.
    /// 5. *Post* needs the channel in the procedure or in the listing. The *desk* is a way unless channels are named and
    ///    it is not among them.
    /// 6. *Order*: kind of way; then the responsible centres, then others of the place, then the rest; then the nearer
    ///    site, unknown distances last; then the same province; then the centre's id. A centre has at most one way of a
    ///    kind, so the order is total.
    #[must_use]
    pub fn answer(&self) -> FilingAnswer {
        let tiers = responsible_tiers(&self.procedure, self.place.has_districts, &self.listed_tiers);
        let (tiers, basis, mut none) = match tiers {
            Ok((tiers, basis)) => (tiers, Some(basis), None),
            Err(why) => (Vec::new(), None, Some(why)),
        };
        let ask = question(&self.place, &tiers);
        let mut desks: Vec<FilingDesk> =
            self.candidates.iter().filter_map(|candidate| self.desk(candidate, &tiers)).collect();
        if ask.is_some() {
            desks.retain(|desk| !desk.relation.is_elsewhere());
        }
        desks.sort_by(before);
        if none.is_none() && ask.is_none() && !desks.iter().any(|desk| desk.relation == Relation::Responsible)
        {
            none = Some(NoResponsible::NoCentre);
        }
        let own = self.candidates.iter().filter(|candidate| self.lies_in_chain(candidate));
        let mut ways: Vec<FilingWay> =
            desks.iter().enumerate().flat_map(|(place, desk)| self.ways_of(place, desk)).collect();
        ways.sort_by(|a, b| {
            let desks = (desks.get(a.desk), desks.get(b.desk));
            a.kind.cmp(&b.kind).then_with(|| match desks {
                (Some(a), Some(b)) => before(a, b),
                _ => Ordering::Equal,
            })
        });
        FilingAnswer {
            cases: self.choices(own),
            tiers,
            basis,
            none,
            ask,
            desks,
            ways,
            originals: self.originals(),
            knows_dossier: !self.procedure.details.dossier.is_empty(),
        }
    }

    fn lies_in_chain(&self, candidate: &FilingCandidate) -> bool {
        self.place.chain().any(|code| *code == candidate.centre.unit.code)
    }

    /// The centre as the answer shows it; none where it has nothing to do with the place.
    fn desk(&self, candidate: &FilingCandidate, tiers: &[Tier]) -> Option<FilingDesk> {
        let listing = self.listing_of(candidate);
        let relation = self.relation(candidate, listing, tiers)?;
        let record = listing.map(|at| &at.stored.record);
        let mut sites: Vec<SiteOnDay> = candidate
            .centre
            .stored
            .record
            .sites
            .iter()
            .map(|site| SiteOnDay {
                hours: site.hours_on(self.as_of),
                metres: self.from.zip(Point::of(site.lat, site.lon)).map(|(from, to)| from.metres_to(to)),
                site: site.clone(),
            })
            .collect();
        sites.sort_by_key(|site| site.metres.unwrap_or(u32::MAX));
        Some(FilingDesk {
            centre: candidate.centre.clone(),
            relation,
            derived: record.and_then(Availability::derived_level),
            paper: record.map(|record| paper(record.checklist)).unwrap_or_default(),
            listing: listing.cloned(),
            sites,
        })
    }

    fn relation(
        &self,
        candidate: &FilingCandidate,
        listing: Option<&AvailabilityAt>,
        tiers: &[Tier],
    ) -> Option<Relation> {
        if self.lies_in_chain(candidate) {
            let is_responsible = tiers.contains(&candidate.centre.stored.record.tier);
            // A centre of another tier that does not list the procedure has nothing to do with it.
            return match (is_responsible, listing) {
                (true, _) => Some(Relation::Responsible),
                (false, Some(_)) => Some(Relation::Local),
                (false, None) => None,
            };
        }
        let listing = &listing?.stored.record;
        let top = candidate.centre.ancestors.first().unwrap_or(&candidate.centre.unit);
        match (listing.offered, listing.boundary_free, top.code == *self.place.province()) {
            (Offered::Yes, BoundaryFree::Province | BoundaryFree::Nation, true) => Some(Relation::Province),
            (Offered::Yes, BoundaryFree::Nation, false) => Some(Relation::Nation),
            _ => None,
        }
    }

    /// The ways that a centre gives.
    fn ways_of(&self, place: usize, desk: &FilingDesk) -> Vec<FilingWay> {
        let Some(record) = desk.listing.as_ref().map(|at| &at.stored.record) else { return Vec::new() };
        if record.offered != Offered::Yes {
            return Vec::new();
        }
        let named = |method: Method| {
            record.channels.iter().any(|channel| channel.method == method)
                || self.procedure.details.channels.iter().any(|channel| channel.method == method)
        };
        let names_none = !Method::ALL.into_iter().any(named);
        let mut kinds = Vec::with_capacity(3);
        kinds.extend(online_kind(record));
        if named(Method::Postal) {
            kinds.push(WayKind::Post);
        }
        // A listing that only gives the address of its online form says nothing about the desk.
        if named(Method::InPerson) || names_none || self.procedure.details.channels.is_empty() {
            kinds.push(WayKind::Desk);
        }
        kinds
            .into_iter()
            .map(|kind| {
                let here = record.channels.iter().find(|channel| channel.method == kind.method());
                FilingWay {
                    kind,
                    desk: place,
                    link: here
                        .and_then(|channel| channel.link.clone())
                        .filter(|link| kind.method() == Method::Online && is_web_address(link)),
                    time_limit: self.time_limit(kind.method(), here),
                    fees: self.fees(kind.method(), here),
                    is_stated: named(kind.method()),
                }
            })
            .collect()
    }

    fn channel(&self, method: Method) -> Option<&Channel> {
        self.procedure.details.channels.iter().find(|channel| channel.method == method)
    }

    fn chosen_case(&self) -> Option<&crate::procedure::Case> {
        let chosen = self.case.as_ref()?;
        self.procedure.details.cases.iter().find(|case| case.code == *chosen)
    }

    /// The listing's own, else the case's, else the channel's, else the procedure's.
    fn time_limit(&self, method: Method, here: Option<&AvailabilityChannel>) -> Option<TimeLimitFrom> {
        let listing =
            here.and_then(|channel| channel.time_limit.clone()).map(|limit| (limit, WayOrigin::Listing));
        let case = || Some((self.chosen_case()?.time_limit.clone()?, WayOrigin::Case));
        let channel = || Some((self.channel(method)?.time_limit.clone()?, WayOrigin::Procedure));
        let whole = || Some((self.procedure.details.time_limit.clone()?, WayOrigin::Procedure));
        listing.or_else(case).or_else(channel).or_else(whole)
    }

    /// The listing's own, else the case's, else the channel's: each time those in force on the day, if there are any.
    fn fees(&self, method: Method, here: Option<&AvailabilityChannel>) -> Option<FeesFrom> {
        let in_force = |fees: &[Fee], origin| {
            let fees: Vec<Fee> = fees.iter().filter(|fee| fee.period.contains(self.as_of)).cloned().collect();
            (!fees.is_empty()).then_some((fees, origin))
        };
        let listing = here.and_then(|channel| in_force(&channel.fees, WayOrigin::Listing));
        let case = || in_force(&self.chosen_case()?.fees, WayOrigin::Case);
        let channel = || in_force(&self.channel(method)?.fees, WayOrigin::Procedure);
        listing.or_else(case).or_else(channel)
    }
}

/// Which kind of online way a listing gives, if any: rule 4 of [`FilingCase::answer`].
fn online_kind(record: &Availability) -> Option<WayKind> {
    let claimed = record.level.filter(|level| level.is_online())?;
    let derived = record.derived_level().map(|derived| derived.level);
    if derived.is_some_and(|derived| !derived.is_online()) {
        return None;
    }
    // An assessed sending at the desk denies the way even where the rest was not assessed.
    if record.checklist.submit == Some(PointState::Desk) {
        return None;
    }
    let is_top = matches!(claimed.level(), Level::Four | Level::Full)
        && derived.is_none_or(|derived| derived.rank() >= claimed.rank());
    let all_online = !record
        .checklist
        .states()
        .into_iter()
        .any(|state| matches!(state, Some(PointState::Desk | PointState::Partly)));
    Some(if is_top && all_online { WayKind::FullyOnline } else { WayKind::PartlyOnline })
}

/// The points that are not online, or not known to be.
fn paper(checklist: Checklist) -> Vec<PaperPoint> {
    Checklist::POINTS
        .into_iter()
        .zip(checklist.states())
        .filter(|(_, state)| !matches!(state, Some(PointState::Online | PointState::NotApplicable)))
        .map(|(point, state)| PaperPoint { point, state })
        .collect()
}

/// Order of centres: rule 6 of [`FilingCase::answer`] without the kind.
fn before(a: &FilingDesk, b: &FilingDesk) -> Ordering {
    let group = |desk: &FilingDesk| desk.relation.min(Relation::Province);
    let distance = |desk: &FilingDesk| desk.metres().unwrap_or(u32::MAX);
    let id = |desk: &FilingDesk| desk.centre.stored.record.id.to_string();
    (group(a), distance(a), a.relation)
        .cmp(&(group(b), distance(b), b.relation))
        .then_with(|| id(a).cmp(&id(b)))
}
