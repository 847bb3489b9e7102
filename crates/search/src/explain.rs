//! Telling how a query was read and what a score is made of, for editors and staff.

use crate::ranking::{Factor, Likeness, Ranking};
use crate::reading::Reading;

/// How a text was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// The text in NFC, cut to the longest that is read.
    pub text: String,
    /// Whether a code was recognised.
    pub has_code: bool,
    /// Actions that were named, such as reissue.
    pub actions: Vec<String>,
    /// The tier that was named.
    pub tier: Option<motcua_catalogue::Tier>,
    /// Whether a best bet answers this text.
    pub best_bet: bool,
    /// The ways in which the text was tried, the likeliest first.
    pub variants: Vec<VariantExplanation>,
}

/// A way in which a text was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantExplanation {
    /// Its words.
    pub text: String,
    /// Its factor.
    pub weight: f32,
    /// Its words with their weights by rarity.
    pub words: Vec<(String, f32)>,
    /// What was replaced to get there.
    pub steps: Vec<StepExplanation>,
}

/// A replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepExplanation {
    /// Why: abbreviation, english, everyday, synonym, contraction, guess, completion or as_typed.
    pub why: &'static str,
    /// What was replaced.
    pub from: String,
    /// What by.
    pub to: String,
    /// File and line of the rule.
    pub rule: Option<String>,
}

/// What the score of a hit is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct HitExplanation {
    /// Why it stands where it does: code, best_bet, words, or rest for hits that were not compared word by word.
    pub stage: &'static str,
    /// Share of the query that it covers, before names are compared.
    pub coverage: f32,
    /// How the best name fits; absent where names were not compared.
    pub likeness: Option<LikenessExplanation>,
    /// Factors of the procedure.
    pub factors: Vec<Factor>,
    /// The product of all.
    pub score: f32,
}

/// How a name fits a way of reading.
#[derive(Debug, Clone, PartialEq)]
pub struct LikenessExplanation {
    /// Number of the variant, from 0.
    pub variant: usize,
    /// What the name is: title, title_head, whole_title or alias.
    pub name_kind: &'static str,
    /// The name.
    pub name: String,
    /// Share of the query found.
    pub coverage: f32,
    /// Share of neighbours that stay neighbours.
    pub order: f32,
    /// Share of the name that was asked for.
    pub fill: f32,
    /// Score of the name alone.
    pub score: f32,
}

impl Explanation {
    pub(crate) fn new(reading: &Reading, ranking: &Ranking, actions: Vec<String>, best_bet: bool) -> Self {
        let variants = reading
            .variants
            .iter()
            .enumerate()
            .map(|(number, variant)| VariantExplanation {
                text: variant.text(),
                weight: variant.weight,
                words: ranking.word_weights(number),
                steps: variant
                    .steps
                    .iter()
                    .map(|step| StepExplanation {
                        why: step.why,
                        from: step.from.clone(),
                        to: step.to.clone(),
                        rule: step.at.clone(),
                    })
                    .collect(),
            })
            .collect();
        Self {
            text: reading.text.clone(),
            has_code: reading.code.is_some(),
            actions,
            tier: reading.tier,
            best_bet,
            variants,
        }
    }
}

impl LikenessExplanation {
    pub(crate) fn new(likeness: &Likeness, name: String) -> Self {
        Self {
            variant: likeness.variant,
            name_kind: likeness.name.as_str(),
            name,
            coverage: likeness.coverage,
            order: likeness.order,
            fill: likeness.fill,
            score: likeness.score,
        }
    }
}
