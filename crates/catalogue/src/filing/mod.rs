//! Where a dossier may be filed, and which way is best for the one who files it: pure rules over what was read.
//!
//! [`FilingCase::answer`] applies them. `responsible.rs` says which tiers carry a procedure out and what must be asked
//! first, `cases.rs` which listing of a centre counts, `ways.rs` which ways there are and in which order, `hours.rs` and
//! `point.rs` when and how far.

mod cases;
mod hours;
mod point;
mod responsible;
#[cfg(test)]
mod tests;
mod ways;

use chrono::NaiveDate;

use crate::availability::{BoundaryFree, Offered, PointState};
use crate::centre::Site;
use crate::derived::DerivedLevel;
use crate::fee::Fee;
use crate::level::Tier;
use crate::procedure::{DossierItem, Procedure};
use crate::read::{AvailabilityAt, CentreAt};
use crate::time_limit::TimeLimit;

pub use cases::FilingCaseChoice;
pub use hours::HoursOn;
pub use point::Point;
pub use responsible::{AskUnit, FilingPlace, NoResponsible, TierBasis};
pub use ways::{FilingWay, WayKind, WayOrigin};

/// A centre that may be of use, with all that it says about the procedure on the day.
#[derive(Debug, Clone, PartialEq)]
pub struct FilingCandidate {
    /// The centre.
    pub centre: CentreAt,
    /// Its listings of the procedure and of its cases that hold on the day.
    pub listings: Vec<AvailabilityAt>,
}

/// Everything that the rules look at.
#[derive(Debug, Clone, PartialEq)]
pub struct FilingCase {
    /// The procedure as it holds on the day.
    pub procedure: Procedure,
    /// The case that the one who files chose.
    pub case: Option<String>,
    /// The day.
    pub as_of: NaiveDate,
    /// Where the one who files lives, or has the seat.
    pub place: FilingPlace,
    /// Where distances begin; without it they are not known.
    pub from: Option<Point>,
    /// Tiers of the province's centres that list the procedure in any way.
    pub listed_tiers: Vec<Tier>,
    /// The centres of the place and of the units above it, and others that may be of use.
    pub candidates: Vec<FilingCandidate>,
}

/// How a centre stands to the place, the nearest relation first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// It is the centre of the place at a tier that carries the procedure out.
    Responsible,
    /// It is a centre of the place at another tier.
    Local,
    /// It lies elsewhere in the province and takes dossiers from the whole province or country.
    Province,
    /// It lies in another province and takes dossiers from the whole country.
    Nation,
}

impl Relation {
    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Local => "local",
            Self::Province => "province",
            Self::Nation => "nation",
        }
    }

    /// Whether it is a boundary-free alternative (phi địa giới) and not a centre of the place itself.
    #[must_use]
    pub fn is_elsewhere(self) -> bool {
        matches!(self, Self::Province | Self::Nation)
    }
}

/// A site on the day.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteOnDay {
    /// The site.
    pub site: Site,
    /// Its hours on the day.
    pub hours: HoursOn,
    /// How far it is in metres as the crow flies; absent where either end is not known.
    pub metres: Option<u32>,
}

/// An interaction point that is not online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperPoint {
    /// Its name in [`Checklist::POINTS`](crate::Checklist::POINTS).
    pub point: &'static str,
    /// [`PointState::Partly`] or [`PointState::Desk`]; absent where nobody has assessed it.
    pub state: Option<PointState>,
}

/// A centre of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FilingDesk {
    /// The centre.
    pub centre: CentreAt,
    /// How it stands to the place.
    pub relation: Relation,
    /// What it says about the chosen case, or about the procedure as a whole; absent where it says nothing.
    pub listing: Option<AvailabilityAt>,
    /// The level that its check-list allows, in the scheme of the claim.
    pub derived: Option<DerivedLevel>,
    /// Its sites, the nearest first; those at an unknown distance last, in the record's order.
    pub sites: Vec<SiteOnDay>,
    /// The points that are not online, or not known to be.
    pub paper: Vec<PaperPoint>,
}

impl FilingDesk {
    /// What it says: offered, not offered, or unknown; absent where it has no listing.
    #[must_use]
    pub fn offered(&self) -> Option<Offered> {
        self.listing.as_ref().map(|at| at.stored.record.offered)
    }

    /// Where one may file from; unknown where nobody has said.
    #[must_use]
    pub fn boundary_free(&self) -> BoundaryFree {
        self.listing.as_ref().map_or(BoundaryFree::Unknown, |at| at.stored.record.boundary_free)
    }

    /// Metres to its nearest site; absent where no distance is known.
    #[must_use]
    pub fn metres(&self) -> Option<u32> {
        self.sites.first().and_then(|site| site.metres)
    }
}

/// Where to file, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct FilingAnswer {
    /// The tiers that carry the procedure out on the day, from the top; empty where `none` says why.
    pub tiers: Vec<Tier>,
    /// What the tiers follow from.
    pub basis: Option<TierBasis>,
    /// Why no centre is responsible; absent where one is, or where a question comes first.
    pub none: Option<NoResponsible>,
    /// The question to ask before the responsible centre can be named.
    pub ask: Option<AskUnit>,
    /// The cases to choose from, where what is offered depends on the case and none is chosen.
    pub cases: Vec<FilingCaseChoice>,
    /// Every centre that the answer speaks of: the responsible ones, then the others of the place, then the
    /// alternatives, each nearest first.
    pub desks: Vec<FilingDesk>,
    /// The ways, best first. Each names its centre by its place in `desks`.
    pub ways: Vec<FilingWay>,
    /// The dossier items of which the source names originals, in the record's order: whether these are handed in or only
    /// shown it does not say.
    pub originals: Vec<DossierItem>,
    /// Whether the procedure's dossier is known at all.
    pub knows_dossier: bool,
}

impl FilingAnswer {
    /// The centres responsible for the place, whatever they say.
    pub fn responsible(&self) -> impl Iterator<Item = &FilingDesk> {
        self.desks.iter().filter(|desk| desk.relation == Relation::Responsible)
    }

    /// Whether a centre of the place itself offers it.
    #[must_use]
    pub fn is_offered_here(&self) -> bool {
        self.desks.iter().any(|desk| !desk.relation.is_elsewhere() && desk.offered() == Some(Offered::Yes))
    }
}

/// A time limit and what says so.
pub type TimeLimitFrom = (TimeLimit, WayOrigin);

/// Fees and what says so.
pub type FeesFrom = (Vec<Fee>, WayOrigin);
