//! Which tiers carry a procedure out at a place, and what must be asked before one centre can be named.

use crate::code::UnitCode;
use crate::level::Tier;
use crate::procedure::Procedure;
use crate::read::{UnitAt, UnitName};

/// A place on a day, as the rules see it.
#[derive(Debug, Clone, PartialEq)]
pub struct FilingPlace {
    /// The unit with those above it.
    pub unit: UnitAt,
    /// The units directly below it.
    pub below: Vec<UnitName>,
    /// Whether its province has districts on the day. None has since 1 July 2025.
    pub has_districts: bool,
}

impl FilingPlace {
    /// Tier of the unit itself.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.unit.stored.record.tier
    }

    /// Code of the province.
    #[must_use]
    pub fn province(&self) -> &UnitCode {
        &self.unit.stored.record.province
    }

    /// Codes of the units in which the place lies, from the province down to itself.
    pub fn chain(&self) -> impl Iterator<Item = &UnitCode> {
        let above = self.unit.ancestors.iter().map(|unit| &unit.code);
        above.chain(std::iter::once(&self.unit.stored.record.code))
    }
}

/// What the responsible tiers follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierBasis {
    /// The procedure names them.
    Procedure,
    /// The procedure's record infers them from an agency's name.
    Inferred,
    /// The procedure names none that exists on the day: they are those whose centres list it.
    Listings,
}

impl TierBasis {
    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Inferred => "inferred",
            Self::Listings => "listings",
        }
    }
}

/// Why no centre of the place is responsible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResponsible {
    /// It is done by a ministry or another central agency, at an office of its own.
    Central,
    /// It was done by the district tier, which has ended, and no centre lists it.
    TierEnded,
    /// The procedure names no tier, and no centre of the province lists it.
    TierUnknown,
    /// The tier is known, but no centre of that tier works there on the day.
    NoCentre,
}

impl NoResponsible {
    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::TierEnded => "tier_ended",
            Self::TierUnknown => "tier_unknown",
            Self::NoCentre => "no_centre",
        }
    }
}

/// The question to ask where the place is coarser than the tier that carries the procedure out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskUnit {
    /// The lowest tier whose unit must be known.
    pub tier: Tier,
    /// The units directly below the place, to choose from.
    pub choices: Vec<UnitName>,
}

/// Tiers that carry a procedure out on a day, from the top, and what they follow from.
///
/// Those that the procedure names, without the district where there are none on the day. A procedure may name several
/// (who files decides between them), and then each is responsible. Where it names none that exists, those whose
/// centres list it (`listed`) stand in. A procedure of central agencies alone has none.
pub(super) fn responsible_tiers(
    procedure: &Procedure,
    has_districts: bool,
    listed: &[Tier],
) -> Result<(Vec<Tier>, TierBasis), NoResponsible> {
    const LOCAL: [Tier; 3] = [Tier::Province, Tier::District, Tier::Commune];
    let exists = |tier: &Tier| *tier != Tier::District || has_districts;
    let named: Vec<Tier> = LOCAL.into_iter().filter(|tier| procedure.tiers.contains(tier)).collect();
    if named.is_empty() && !procedure.tiers.is_empty() {
        return Err(NoResponsible::Central);
    }
    let existing: Vec<Tier> = named.iter().copied().filter(exists).collect();
    if !existing.is_empty() {
        let basis = if procedure.tiers_inferred { TierBasis::Inferred } else { TierBasis::Procedure };
        return Ok((existing, basis));
    }
    let listed: Vec<Tier> = LOCAL.into_iter().filter(|tier| listed.contains(tier) && exists(tier)).collect();
    match (listed.is_empty(), named.is_empty()) {
        (false, _) => Ok((listed, TierBasis::Listings)),
        (true, true) => Err(NoResponsible::TierUnknown),
        (true, false) => Err(NoResponsible::TierEnded),
    }
}

/// The question to ask, where the place is coarser than the lowest of the tiers. One step at a time: a province with
/// districts is asked for the district first.
pub(super) fn question(place: &FilingPlace, tiers: &[Tier]) -> Option<AskUnit> {
    let lowest = tiers.iter().max().copied()?;
    (place.tier() < lowest && !place.below.is_empty())
        .then(|| AskUnit { tier: lowest, choices: place.below.clone() })
}
