//! The ways in which a query may be meant: as typed, and with abbreviations, English and everyday words replaced.

use super::completion;
use super::{QueryWord, text_of};
use crate::knowledge::{Phrase, PhraseKind, PhraseMatch, Word};
use crate::language::Language;
use crate::lexicon::WordId;

/// Most ways that are tried.
const MOST_VARIANTS: usize = 12;

/// One way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variant {
    pub(crate) words: Vec<VariantWord>,
    pub(crate) weight: f32,
    pub(crate) steps: Vec<Step>,
    /// Bits of the actions that its words name.
    pub(crate) actions: u16,
}

/// A word of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantWord {
    pub(crate) word: Word,
    pub(crate) weak: bool,
    /// Further words that this one may be the beginning of.
    pub(crate) or: Vec<WordId>,
}

/// A replacement by which a variant came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Why: the kind of the rule, or `completion`, `as_typed`.
    pub(crate) why: &'static str,
    pub(crate) from: String,
    pub(crate) to: String,
    /// Where the rule stands.
    pub(crate) at: Option<String>,
}

impl Variant {
    fn of(query: &[QueryWord], weight: f32) -> Self {
        let words = query
            .iter()
            .map(|word| VariantWord { word: word.word.clone(), weak: word.weak, or: Vec::new() })
            .collect();
        Self { words, weight, steps: Vec::new(), actions: 0 }
    }

    /// Its words without those of questions and forms.
    pub(crate) fn content(&self) -> Vec<Word> {
        self.words.iter().filter(|word| !word.weak).map(|word| word.word.clone()).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.words.iter().map(|word| word.word.shown.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// The words as they stand, and nothing else.
pub(super) fn literal(query: &[QueryWord]) -> Vec<Variant> {
    if query.is_empty() { Vec::new() } else { vec![Variant::of(query, 1.0)] }
}

/// Every way, the likeliest first.
pub(super) fn of(query: &[QueryWord], language: &Language) -> Vec<Variant> {
    if query.is_empty() {
        return Vec::new();
    }
    let weights = &language.knowledge.weights;
    let mut all = Ways { all: vec![Variant::of(query, 1.0)] };
    let certain = Rewriting::new(query, language, |kind| {
        matches!(kind, PhraseKind::Abbreviation | PhraseKind::English)
    });
    let expanded = certain.apply_all(query, &[]);
    if !certain.cover.is_empty() {
        all.push(certain.variant(query, &[], weights.certain_variant));
        for (number, found) in certain.cover.iter().enumerate() {
            for meaning in 1..found.phrase.mean.len() {
                let weight = weights.certain_variant * weights.further_meaning.powi(as_i32(meaning));
                all.push(certain.variant(query, &[(number, meaning)], weight));
            }
        }
    }
    if !certain.cover.is_empty() {
        // An everyday wording may have the abbreviation in it.
        let spoken = Rewriting::new(query, language, |kind| kind == PhraseKind::Everyday);
        for found in spoken.cover.iter().filter(|found| certain.overlaps(found)) {
            all.push(Rewriting::single(*found).variant(query, &[], weights.everyday_variant));
        }
    }
    let everyday = Rewriting::new(&expanded, language, |kind| kind == PhraseKind::Everyday);
    let steps = certain.steps(&[]);
    let mut push = |mut variant: Variant| {
        variant.steps.splice(0..0, steps.iter().cloned());
        all.push(variant);
    };
    if !everyday.cover.is_empty() {
        push(everyday.variant(&expanded, &[], weights.everyday_variant));
        for (number, found) in everyday.cover.iter().enumerate() {
            for meaning in 1..found.phrase.mean.len() {
                let weight = weights.everyday_variant * weights.further_meaning.powi(as_i32(meaning));
                push(everyday.variant(&expanded, &[(number, meaning)], weight));
            }
        }
        if everyday.cover.len() > 1 {
            for found in &everyday.cover {
                push(Rewriting::single(*found).variant(&expanded, &[], weights.everyday_variant));
            }
        }
        for found in everyday.left_over.iter().take(3) {
            push(Rewriting::single(*found).variant(&expanded, &[], weights.everyday_variant));
        }
    }
    let soft = Rewriting::new(&expanded, language, |kind| {
        matches!(kind, PhraseKind::Synonym | PhraseKind::Contraction | PhraseKind::Guess)
    });
    for found in soft.cover.iter().chain(&soft.left_over).take(4) {
        let weight = match found.phrase.kind {
            PhraseKind::Guess => weights.guess_variant,
            _ => weights.certain_variant,
        };
        for meaning in 0..found.phrase.mean.len() {
            let weight = weight * weights.further_meaning.powi(as_i32(meaning));
            push(Rewriting::single(*found).variant(&expanded, &[(0, meaning)], weight));
        }
    }
    complete(&mut all, query, language);
    for variant in &mut all.all {
        variant.actions = crate::titles::actions_in(&variant.content(), &language.knowledge);
    }
    all.all
}

/// Adds what was typed before it was corrected, and what that may become.
pub(super) fn add_uncorrected(variants: &mut Vec<Variant>, as_typed: &[QueryWord], weight: f32) {
    if as_typed.is_empty() {
        return;
    }
    let mut variant = Variant::of(as_typed, weight);
    let text = text_of(as_typed);
    variant.steps.push(Step { why: "as_typed", from: String::new(), to: text, at: None });
    let mut all = Ways { all: std::mem::take(variants) };
    all.push(variant);
    *variants = all.all;
}

/// Adds variants in which the unfinished last word is completed.
fn complete(all: &mut Ways, query: &[QueryWord], language: &Language) {
    let completions = completion::of(query, language);
    let Some(last) = query.last().filter(|_| !(completions.likely.is_empty() && completions.all.is_empty()))
    else {
        return;
    };
    let ends_so = |variant: &Variant| variant.words.last().is_some_and(|word| word.word == last.word);
    let weight = language.knowledge.weights.completed_variant;
    for variant in all.all.clone().iter().filter(|variant| ends_so(variant)).take(3) {
        for (rank, word) in completions.likely.iter().enumerate() {
            let mut completed = variant.clone();
            completed.weight *= weight - 0.005 * rank as f32;
            if let Some(slot) = completed.words.last_mut() {
                slot.word = word.clone();
            }
            completed.steps.push(Step {
                why: "completion",
                from: last.word.shown.clone(),
                to: word.shown.clone(),
                at: None,
            });
            all.push(completed);
        }
    }
    for variant in &mut all.all {
        if ends_so(variant)
            && let Some(slot) = variant.words.last_mut()
        {
            slot.or.clone_from(&completions.all);
        }
    }
}

/// Variants without repeats.
struct Ways {
    all: Vec<Variant>,
}

impl Ways {
    fn push(&mut self, variant: Variant) {
        let is_new = self.all.iter().all(|known| known.words != variant.words);
        if is_new && self.all.len() < MOST_VARIANTS && !variant.words.is_empty() {
            self.all.push(variant);
        }
    }
}

/// Rules that apply to a query.
struct Rewriting<'a> {
    /// Rules that are applied together: the longest first, none over another; then by place.
    cover: Vec<PhraseMatch<'a>>,
    /// Rules that another one covers in part.
    left_over: Vec<PhraseMatch<'a>>,
}

impl<'a> Rewriting<'a> {
    fn new(query: &[QueryWord], language: &'a Language, wanted: impl Fn(PhraseKind) -> bool) -> Self {
        let plain: Vec<Word> = query.iter().map(|word| word.word.clone()).collect();
        let mut cover: Vec<PhraseMatch<'_>> = Vec::new();
        let mut left_over = Vec::new();
        for found in language.knowledge.phrases.find(&plain) {
            if !wanted(found.phrase.kind) || !is_useful(found.phrase, language) {
                continue;
            }
            // "ai" in a question asks who.
            let is_weak =
                query.get(found.start..found.end()).is_some_and(|words| words.iter().all(|word| word.weak));
            if found.phrase.kind == PhraseKind::Guess && is_weak {
                continue;
            }
            let overlaps = cover.iter().any(|known| known.start < found.end() && found.start < known.end());
            if overlaps { left_over.push(found) } else { cover.push(found) }
        }
        cover.sort_by_key(|found| found.start);
        Self { cover, left_over }
    }

    /// Whether a rule stands where one of the cover does.
    fn overlaps(&self, found: &PhraseMatch<'_>) -> bool {
        self.cover.iter().any(|known| known.start < found.end() && found.start < known.end())
    }

    fn single(found: PhraseMatch<'a>) -> Self {
        Self { cover: vec![found], left_over: Vec::new() }
    }

    /// The query with every rule of the cover applied; `choices` takes further meanings of some.
    fn apply_all(&self, query: &[QueryWord], choices: &[(usize, usize)]) -> Vec<QueryWord> {
        let mut words = Vec::with_capacity(query.len() + 8);
        let mut place = 0;
        for (number, found) in self.cover.iter().enumerate() {
            words.extend(query.get(place..found.start).unwrap_or_default().iter().cloned());
            words.extend(meaning(found.phrase, number, choices).iter().map(|word| QueryWord {
                word: word.clone(),
                // What a rule puts in is official wording, small words included.
                weak: false,
                unfinished: false,
                fixed: true,
            }));
            place = found.end();
        }
        words.extend(query.get(place..).unwrap_or_default().iter().cloned());
        words.truncate(super::MOST_WORDS);
        words
    }

    fn variant(&self, query: &[QueryWord], choices: &[(usize, usize)], weight: f32) -> Variant {
        let mut variant = Variant::of(&self.apply_all(query, choices), weight);
        variant.steps = self.steps(choices);
        variant
    }

    fn steps(&self, choices: &[(usize, usize)]) -> Vec<Step> {
        let step = |(number, found): (usize, &PhraseMatch<'_>)| Step {
            why: found.phrase.kind.as_str(),
            from: crate::knowledge::shown(&found.phrase.say),
            to: crate::knowledge::shown(meaning(found.phrase, number, choices)),
            at: Some(found.phrase.at.to_string()),
        };
        self.cover.iter().enumerate().map(step).collect()
    }
}

fn meaning<'a>(phrase: &'a Phrase, number: usize, choices: &[(usize, usize)]) -> &'a [Word] {
    let choice = choices.iter().find(|(place, _)| *place == number).map_or(0, |(_, choice)| *choice);
    phrase.mean.get(choice).or(phrase.mean.first()).map(Vec::as_slice).unwrap_or_default()
}

/// A contraction leads only to abbreviations that titles have.
fn is_useful(phrase: &Phrase, language: &Language) -> bool {
    if phrase.kind != PhraseKind::Contraction {
        return true;
    }
    let in_titles = |word: &Word| {
        let id = language.lexicon.word(&word.folded);
        id.and_then(|id| language.lexicon.words.get(id as usize)).is_some_and(|word| word.titles > 0)
    };
    phrase.mean.first().is_some_and(|mean| mean.iter().all(in_titles))
}

fn as_i32(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
