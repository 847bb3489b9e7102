//! What a search finds.

use std::ops::Range;

use motcua_catalogue::{Applicant, OnlineLevel, Period, ProcedureCode, Slug, Tier, UnitCode};

use crate::explain::{Explanation, HitExplanation};
use crate::levels::{LevelSpread, ListingState};
use crate::reading::CorrectionKind;

/// Hits and counts for one request.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchAnswer {
    /// How the text was matched.
    pub matching: Matching,
    /// How many procedures satisfy text and filters.
    pub total: u64,
    /// The requested part of them, best first. The same request on the same catalogue gives the same order.
    pub hits: Vec<Hit>,
    /// Counts by property.
    pub facets: Facets,
    /// How the text was read, where that is not as it stands.
    pub read_as: ReadAs,
    /// How the text was read in full; absent unless asked for.
    pub explanation: Option<Explanation>,
}

/// How a text was read. Everything in it can be undone by a verbatim request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadAs {
    /// The words that were searched, where some were put right.
    pub corrected: Option<String>,
    /// What was put right.
    pub corrections: Vec<ReadCorrection>,
    /// The places that were named. They were not searched as words; what they offer stands higher.
    pub places: Vec<ReadPlace>,
    /// The text without its places, where there are some.
    pub without_places: Option<String>,
}

/// Something that was put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCorrection {
    /// Why.
    pub kind: CorrectionKind,
    /// As typed.
    pub typed: String,
    /// As read.
    pub read: String,
}

/// A place named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPlace {
    /// As typed.
    pub typed: String,
    /// The units of the day that it may be; none where the catalogue does not know the place.
    pub units: Vec<PlaceUnit>,
}

/// A unit that a name may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceUnit {
    /// Code.
    pub code: UnitCode,
    /// Name with the kind.
    pub full_name: String,
}

/// How the text of a request was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// There was no text: every procedure, in the order of names.
    Everything,
    /// The text is, or contains, the code of a procedure; the procedures with that code come first.
    Code,
    /// The best hits have every word that says something, in one of the ways in which the text may be meant.
    AllWords,
    /// No procedure has every word: these have the most and rarest of them.
    SomeWords,
}

/// A procedure that was found, as it stands on the day of the request.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Id of the procedure, the same in every period.
    pub procedure_id: i64,
    /// Row id of the text that holds on the day.
    pub record_id: i64,
    /// Code.
    pub code: ProcedureCode,
    /// Name.
    pub name: String,
    /// Byte ranges of the name's words that were asked for, in order and apart from each other.
    pub name_marks: Vec<Range<usize>>,
    /// Where words were found in the text below the name. Absent when every word stands in the name, and when not
    /// asked for.
    pub snippet: Option<Snippet>,
    /// Its fields, the main one first.
    pub fields: Vec<HitField>,
    /// Tiers that carry it out.
    pub tiers: Vec<Tier>,
    /// For whom it is.
    pub applicants: Vec<Applicant>,
    /// How far online in the place that the filters name: the centre, the unit, or the whole country.
    pub levels: LevelSpread,
    /// What the filtered centre says; absent without a filter on the centre.
    pub at_centre: Option<ListingState>,
    /// When this text of the procedure holds.
    pub period: Period,
    /// How well it matches, comparable within one answer only.
    pub score: f32,
    /// The same procedure at another tier that stands before it in the list; absent on the first of them.
    pub same_as: Option<ProcedureCode>,
    /// What the score is made of; absent unless asked for.
    pub explanation: Option<HitExplanation>,
}

/// Field of a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitField {
    /// Key.
    pub slug: Slug,
    /// Name.
    pub name: String,
}

/// Excerpt of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The excerpt.
    pub text: String,
    /// Byte ranges of the words that were asked for, in order and apart from each other.
    pub marks: Vec<Range<usize>>,
    /// Whether text before it was left out.
    pub cut_before: bool,
    /// Whether text after it was left out.
    pub cut_after: bool,
}

/// Counts of procedures by property. The count of a property disregards the filter on that property itself, so that it
/// tells what choosing another value would give.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facets {
    /// By field, the most frequent first, then by name. Only fields that occur.
    pub fields: Vec<FieldCount>,
    /// By tier, from the top. Only tiers that occur.
    pub tiers: Vec<TierCount>,
    /// By level, oldest scheme and lowest level first: procedures that some centre of the place offers at that level.
    /// A procedure may count at several levels.
    pub levels: Vec<LevelCount>,
    /// The same for offered without a known level, unknown and not offered.
    pub states: Vec<StateCount>,
    /// By applicant, in the order of [`Applicant::all`]. Only those that occur.
    pub applicants: Vec<ApplicantCount>,
}

/// Count of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldCount {
    /// Key.
    pub slug: Slug,
    /// Name.
    pub name: String,
    /// Procedures.
    pub count: u64,
}

/// Count of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierCount {
    /// The tier.
    pub tier: Tier,
    /// Procedures.
    pub count: u64,
}

/// Count of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelCount {
    /// The level in its scheme.
    pub level: OnlineLevel,
    /// Procedures.
    pub count: u64,
}

/// Count of a state other than a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: ListingState,
    /// Procedures.
    pub count: u64,
}

/// Count of an applicant group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplicantCount {
    /// The group.
    pub applicant: Applicant,
    /// Procedures.
    pub count: u64,
}
