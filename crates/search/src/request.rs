//! What a search asks for.

use chrono::NaiveDate;
use motcua_catalogue::{Applicant, CentreId, LevelFilter, Slug, Tier, UnitCode};

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// What the user typed; empty for everything. Cut after 200 characters.
    pub text: String,
    /// What the answers must satisfy.
    pub filters: Filters,
    /// The day on which texts, centres and levels are looked at.
    pub as_of: NaiveDate,
    /// How many hits to skip.
    pub offset: u32,
    /// How many hits to return.
    pub limit: u32,
    /// Whether hits carry an excerpt of the text in which words were found. It costs more than the rest of a search.
    pub snippets: bool,
    /// Takes the text as it stands: nothing is corrected, no place is taken out, no rule applies.
    pub verbatim: bool,
    /// Whether the answer tells how the text was read and what each score is made of.
    pub explain: bool,
}

impl SearchRequest {
    /// The first ten hits for a text on a day, unfiltered.
    #[must_use]
    pub fn new(text: impl Into<String>, as_of: NaiveDate) -> Self {
        Self {
            text: text.into(),
            filters: Filters::default(),
            as_of,
            offset: 0,
            limit: 10,
            snippets: false,
            verbatim: false,
            explain: false,
        }
    }
}

/// Conditions on the hits. Values of one kind are alternatives, the kinds are all required.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filters {
    /// In one of these fields.
    pub fields: Vec<Slug>,
    /// Carried out by one of these tiers.
    pub tiers: Vec<Tier>,
    /// For one of these applicants.
    pub applicants: Vec<Applicant>,
    /// Offered by a centre of this unit or of a unit below it on the day. A code that no unit has on the day matches
    /// nothing.
    pub unit: Option<UnitCode>,
    /// Offered by this centre on the day. Together with `unit`, the centre must also lie in the unit.
    pub centre: Option<CentreId>,
    /// Offered at this level by the centre, by some centre of the unit, or anywhere where neither is given. An unknown
    /// level matches no level.
    pub level: Option<LevelFilter>,
}
