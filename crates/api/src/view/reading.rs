//! How a text was read, in JSON.

use serde::Serialize;
use utoipa::ToSchema;

use motcua_search::{
    Explanation, Factor, HitExplanation, LikenessExplanation, PlaceUnit, ReadAs, ReadCorrection, ReadPlace,
    StepExplanation, VariantExplanation,
};

use crate::view::code::{Code, TierCode};
use crate::view::part::{UnitNameView, views};

/// How the text was read where that is not as it stands. `verbatim=true` undoes all of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadAsView {
    /// The words that were searched, where some were put right; else null.
    #[schema(required, example = "công chứng viên")]
    corrected: Option<String>,
    /// What was put right.
    corrections: Vec<CorrectionView>,
    /// Places that were named. They are not searched as words; what they offer stands higher.
    places: Vec<NamedPlaceView>,
    /// The text without its places; null where none was named.
    #[schema(required)]
    without_places: Option<String>,
}

/// A word that was put right.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectionView {
    /// Why: `keystrokes` (Telex or VNI), `spelling`, `glued` (words written together).
    #[schema(example = "spelling", pattern = "^(keystrokes|spelling|glued)$")]
    kind: &'static str,
    /// As typed.
    #[schema(example = "trứng")]
    typed: String,
    /// As read.
    #[schema(example = "chứng")]
    read: String,
}

/// A place that was named in the text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedPlaceView {
    /// As typed.
    #[schema(example = "Ninh Thuận")]
    typed: String,
    /// The units of the day that it may be: one, several of the same name, or none that the catalogue knows.
    units: Vec<UnitNameView>,
}

impl ReadAsView {
    /// The view; absent where the text was read as it stands.
    pub(crate) fn of(read_as: ReadAs) -> Option<Self> {
        let ReadAs { corrected, corrections, places, without_places } = read_as;
        if corrections.is_empty() && places.is_empty() {
            return None;
        }
        Some(Self { corrected, corrections: views(corrections), places: views(places), without_places })
    }
}

impl From<ReadCorrection> for CorrectionView {
    fn from(ReadCorrection { kind, typed, read }: ReadCorrection) -> Self {
        Self { kind: kind.as_str(), typed, read }
    }
}

impl From<ReadPlace> for NamedPlaceView {
    fn from(ReadPlace { typed, units }: ReadPlace) -> Self {
        Self { typed, units: views(units) }
    }
}

impl From<PlaceUnit> for UnitNameView {
    fn from(PlaceUnit { code, full_name }: PlaceUnit) -> Self {
        Self { code: code.into(), name: full_name }
    }
}

/// How the text was read in full. Its parts may change with the engine; do not build on them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplanationView {
    /// The text in Unicode NFC, cut to the longest that is read.
    text: String,
    /// Whether a code was recognised.
    has_code: bool,
    /// Actions that were named, such as `reissue`.
    actions: Vec<String>,
    /// The tier that was named.
    #[schema(required)]
    tier: Option<TierCode>,
    /// Whether an editor has set the first results of this text.
    best_bet: bool,
    /// The ways in which the text was tried, the likeliest first.
    variants: Vec<VariantView>,
}

/// A way in which the text was tried.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VariantView {
    /// Its words.
    text: String,
    /// Its factor.
    weight: f32,
    /// Its words with their weights by rarity.
    words: Vec<WordWeightView>,
    /// What was replaced to get there.
    steps: Vec<ReadStepView>,
}

/// A word with its weight.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WordWeightView {
    /// The word.
    word: String,
    /// Its weight.
    weight: f32,
}

/// A replacement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadStepView {
    /// Why, such as `everyday` or `abbreviation`.
    why: &'static str,
    /// What was replaced.
    from: String,
    /// What by.
    to: String,
    /// File and line of the rule; null where no rule did it.
    #[schema(required)]
    rule: Option<String>,
}

impl From<Explanation> for ExplanationView {
    fn from(explanation: Explanation) -> Self {
        let Explanation { text, has_code, actions, tier, best_bet, variants } = explanation;
        Self { text, has_code, actions, tier: tier.map(Code), best_bet, variants: views(variants) }
    }
}

impl From<VariantExplanation> for VariantView {
    fn from(VariantExplanation { text, weight, words, steps }: VariantExplanation) -> Self {
        let words = words.into_iter().map(|(word, weight)| WordWeightView { word, weight }).collect();
        Self { text, weight, words, steps: views(steps) }
    }
}

impl From<StepExplanation> for ReadStepView {
    fn from(StepExplanation { why, from, to, rule }: StepExplanation) -> Self {
        Self { why, from, to, rule }
    }
}

/// What a score is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitExplanationView {
    /// Why it stands where it does: `code`, `best_bet`, `words`, or `rest` where names were not compared word by word.
    #[schema(example = "words", pattern = "^(code|best_bet|words|rest)$")]
    stage: &'static str,
    /// Share of the query that it covers.
    coverage: f32,
    /// How its best name fits; null where names were not compared.
    #[schema(required)]
    likeness: Option<LikenessView>,
    /// Factors of the procedure.
    factors: Vec<FactorView>,
    /// The product of all.
    score: f32,
}

/// How a name fits a way of reading.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LikenessView {
    /// Number of the variant, from 0.
    variant: usize,
    /// What the name is: `title`, `title_head`, `whole_title` or `alias`.
    #[schema(example = "title", pattern = "^(title|title_head|whole_title|alias)$")]
    name_kind: &'static str,
    /// The name.
    name: String,
    /// Share of the query found.
    coverage: f32,
    /// Share of neighbours that stay neighbours.
    order: f32,
    /// Share of the name that was asked for.
    fill: f32,
    /// Score of the name alone.
    score: f32,
}

/// A factor of a score.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactorView {
    /// What it is about.
    name: &'static str,
    /// The factor.
    value: f32,
}

impl From<HitExplanation> for HitExplanationView {
    fn from(explanation: HitExplanation) -> Self {
        let HitExplanation { stage, coverage, likeness, factors, score } = explanation;
        let factors = factors.into_iter().map(|Factor { name, value }| FactorView { name, value }).collect();
        Self { stage, coverage, likeness: likeness.map(Into::into), factors, score }
    }
}

impl From<LikenessExplanation> for LikenessView {
    fn from(likeness: LikenessExplanation) -> Self {
        let LikenessExplanation { variant, name_kind, name, coverage, order, fill, score } = likeness;
        Self { variant, name_kind, name, coverage, order, fill, score }
    }
}
