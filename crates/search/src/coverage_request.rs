//! What coverage is asked for, and what is answered.

use chrono::NaiveDate;
use motcua_catalogue::figures::{Coverage, ShareSpread};
use motcua_catalogue::{CentreId, Slug, Tier, UnitCode};

/// What coverage is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRequest {
    /// The day on which texts, centres and listings are looked at.
    pub as_of: NaiveDate,
    /// Only centres of this unit and of the units below it.
    pub unit: Option<UnitCode>,
    /// Only this centre.
    pub centre: Option<CentreId>,
    /// Only centres of this tier.
    pub tier: Option<Tier>,
    /// Only procedures in this field.
    pub field: Option<Slug>,
    /// Only procedures that this agency carries out.
    pub agency: Option<Slug>,
    /// How the pairs are put into groups; none where only the total is wanted.
    pub by: Option<CoverageBy>,
}

impl CoverageRequest {
    /// The whole country on a day, ungrouped.
    #[must_use]
    pub fn on(as_of: NaiveDate) -> Self {
        Self { as_of, unit: None, centre: None, tier: None, field: None, agency: None, by: None }
    }
}

/// What groups are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CoverageBy {
    /// One group for each centre.
    Centre,
    /// One for each tier of the centres.
    Tier,
    /// One for each unit directly below the place, with all centres in it; and one for the centres of the place itself.
    Unit,
    /// One for each field. A procedure in several fields counts in each.
    Field,
    /// One for each agency that carries procedures out. A procedure of several counts in each.
    Agency,
}

impl CoverageBy {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Centre, Self::Tier, Self::Unit, Self::Field, Self::Agency];

    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Centre => "centre",
            Self::Tier => "tier",
            Self::Unit => "unit",
            Self::Field => "field",
            Self::Agency => "agency",
        }
    }
}

/// Coverage of a place on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoverageAnswer {
    /// All pairs together.
    pub total: Coverage,
    /// Centres of the selection that work on the day.
    pub centres: u64,
    /// Procedures that make at least one pair.
    pub procedures: u64,
    /// The groups, the weakest share online first, ties by key; those without any pair are left out.
    pub groups: Vec<CoverageGroup>,
    /// How the share online differs between the groups; the group of the place itself is not in it.
    pub spread: Option<ShareSpread>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageGroup {
    /// Code of the unit, id of the centre, code of the tier, key of the field or agency.
    pub key: String,
    /// Its name on the day; absent for tiers and agencies, which the engine knows by key alone.
    pub name: Option<String>,
    /// Tier of the unit or centre.
    pub tier: Option<Tier>,
    /// Whether it is the group of the place's own centres among those of the units below it.
    pub is_own: bool,
    /// Its pairs.
    pub coverage: Coverage,
}
