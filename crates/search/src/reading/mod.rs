//! What somebody typed, read as a code, as places and as words, with every way in which the words may be meant.
//!
//! The steps, in this order: code, place names, keystrokes of an input method, spelling, rewriting by rules, completion of
//! the last word. Each change is kept, so that it can be shown and undone.

mod completion;
mod glued;
mod keystrokes;
mod spelling;
mod syllable;
mod variants;

use std::ops::Range;

use motcua_catalogue::Tier;

use crate::analysis::{normal, words};
use crate::codes::{CodeIndex, TypedCode};
use crate::days::Day;
use crate::gazetteer::NamedPlace;
use crate::knowledge::{Knowledge, Word, shown, stands_at};
use crate::language::Language;
use crate::lexicon::Lexicon;
use crate::places::Places;

pub(crate) use variants::{Variant, VariantWord};

/// Longer texts are cut: nobody types them, and somebody might send them.
pub(crate) const LONGEST_TEXT_CHARS: usize = 200;

/// Further words are left out.
pub(crate) const MOST_WORDS: usize = 32;

/// A text as the engine understands it.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The text in NFC, cut.
    pub(crate) text: String,
    /// A code, and whether the text is nothing else.
    pub(crate) code: Option<(TypedCode, bool)>,
    /// Places named in it. They are not searched as words.
    pub(crate) places: Vec<NamedPlace>,
    /// Where the places stand in the text, in bytes.
    pub(crate) place_ranges: Vec<Range<usize>>,
    /// What was put right.
    pub(crate) corrections: Vec<Correction>,
    /// The ways in which the words may be meant, the likeliest first. Empty where there are no words.
    pub(crate) variants: Vec<Variant>,
    /// The tier that is named.
    pub(crate) tier: Option<Tier>,
}

/// Something that was put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) kind: CorrectionKind,
    /// As typed.
    pub(crate) typed: String,
    /// As read.
    pub(crate) read: String,
}

/// Why something was put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CorrectionKind {
    /// Keystrokes of Telex or VNI that no input method turned into letters.
    Keystrokes,
    /// A misspelling.
    Spelling,
    /// Words written together.
    Glued,
}

impl CorrectionKind {
    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keystrokes => "keystrokes",
            Self::Spelling => "spelling",
            Self::Glued => "glued",
        }
    }
}

/// A word of the query while it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryWord {
    pub(crate) word: Word,
    /// Whether it belongs to a question or a form.
    pub(crate) weak: bool,
    /// Whether the user may still be typing it.
    pub(crate) unfinished: bool,
    /// Whether nothing may be read into it: an abbreviation, a number, an English word.
    pub(crate) fixed: bool,
}

/// What reading needs of one state.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) language: &'a Language,
    pub(crate) codes: &'a CodeIndex,
    pub(crate) places: &'a Places,
    pub(crate) day: Day,
}

impl Reading {
    /// Reads a text. `verbatim` takes it as it stands: no place, no correction, no rule.
    pub(crate) fn of(text: &str, verbatim: bool, context: Context<'_>) -> Self {
        let mut text = normal(text);
        if let Some((cut, _)) = text.char_indices().nth(LONGEST_TEXT_CHARS) {
            text.truncate(cut);
        }
        let mut reading = Self { text, ..Self::default() };
        let rest = reading.read_code(context.codes);
        let (typed, ranges) = words_in(&rest);
        let mut query = mark(typed, &rest, &ranges, context.language);
        if verbatim {
            reading.variants = variants::literal(&query);
            return reading;
        }
        reading.take_places(&mut query, &ranges, context);
        let as_typed = query.clone();
        keystrokes::decode(&mut query, context.language, &mut reading.corrections);
        spelling::repair(&mut query, context, &mut reading.corrections);
        weaken(&mut query, context.language);
        let plain: Vec<Word> = query.iter().map(|word| word.word.clone()).collect();
        reading.tier = tier_in(&plain, &context.language.knowledge);
        reading.variants = variants::of(&query, context.language);
        if !reading.corrections.is_empty() {
            let weight = context.language.knowledge.weights.uncorrected_variant;
            variants::add_uncorrected(&mut reading.variants, &as_typed, weight);
        }
        reading
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.code.is_none() && self.variants.is_empty() && self.places.is_empty()
    }

    /// The text as it was read, where that differs from what was typed.
    pub(crate) fn corrected_text(&self) -> Option<String> {
        if self.corrections.is_empty() {
            return None;
        }
        self.variants.first().map(Variant::text)
    }

    /// The text as typed without its places.
    pub(crate) fn without_places(&self) -> Option<String> {
        if self.place_ranges.is_empty() {
            return None;
        }
        let mut text = self.text.clone();
        for range in self.place_ranges.iter().rev() {
            if text.get(range.clone()).is_some() {
                text.replace_range(range.clone(), " ");
            }
        }
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Finds a code; returns what is left of the text.
    fn read_code(&mut self, codes: &CodeIndex) -> String {
        if let Some(code) = TypedCode::whole(&self.text) {
            self.code = Some((code, true));
            return self.text.clone();
        }
        match TypedCode::in_text(&self.text, codes) {
            Some((range, code)) => {
                self.code = Some((code, false));
                let (before, after) = (
                    self.text.get(..range.start).unwrap_or_default(),
                    self.text.get(range.end..).unwrap_or_default(),
                );
                format!("{before} {after}")
            }
            None => self.text.clone(),
        }
    }

    fn take_places(&mut self, query: &mut Vec<QueryWord>, ranges: &[Range<usize>], context: Context<'_>) {
        let plain: Vec<Word> = query.iter().map(|word| word.word.clone()).collect();
        let lexicon = &context.language.lexicon;
        let places = context.language.gazetteer.find(&plain, context.places, lexicon, context.day);
        for place in &places {
            let first = ranges.get(place.words.start).map_or(0, |range| range.start);
            let last = ranges.get(place.words.end.saturating_sub(1)).map_or(first, |range| range.end);
            self.place_ranges.push(first..last);
        }
        for place in places.iter().rev() {
            query.drain(place.words.clone());
        }
        // A name of a place is finished as soon as it is recognised; what stood before it is finished too.
        if places.last().is_some_and(|place| place.words.end == plain.len())
            && let Some(last) = query.last_mut()
        {
            last.unfinished = false;
        }
        self.places = places;
    }
}

/// The words of a text and where they stand.
fn words_in(text: &str) -> (Vec<Word>, Vec<Range<usize>>) {
    words(text)
        .take(MOST_WORDS)
        .filter_map(|range| Some((Word::new(text.get(range.clone())?), range)))
        .filter(|(word, _)| !word.folded.is_empty())
        .unzip()
}

fn mark(typed: Vec<Word>, text: &str, ranges: &[Range<usize>], language: &Language) -> Vec<QueryWord> {
    use crate::knowledge::PhraseKind::{Abbreviation, English, Guess};
    let phrases = &language.knowledge.phrases;
    let mut query: Vec<QueryWord> = typed
        .into_iter()
        .zip(ranges)
        .map(|(word, range)| {
            let has_digits = word.folded.bytes().any(|byte| byte.is_ascii_digit());
            let has_letters = word.folded.bytes().any(|byte| byte.is_ascii_alphabetic());
            let fixed = (has_digits && !has_letters)
                || phrases.knows_word(&word, &[Abbreviation, Guess, English])
                || (!word.is_marked() && language.knowledge.english.contains(&word.folded));
            QueryWord { word, weak: false, unfinished: range.end == text.len(), fixed }
        })
        .collect();
    weaken(&mut query, language);
    query
}

/// Notes which words belong to questions and forms.
fn weaken(query: &mut [QueryWord], language: &Language) {
    let knowledge = &language.knowledge;
    let is_english = is_english(query, knowledge);
    for word in query.iter_mut() {
        word.weak = is_weak(&word.word, knowledge, &language.lexicon)
            || (is_english && knowledge.weak.contains(&word.word.exact));
    }
    let plain: Vec<Word> = query.iter().map(|word| word.word.clone()).collect();
    for place in 0..plain.len() {
        // A tier that is named counts as a tier; as words its name would find whatever has a commune in it.
        let tiers = knowledge.tier_words.iter().flat_map(|words| &words.says);
        let phrases = knowledge.weak_phrases.iter().chain(tiers);
        let longest = phrases.filter(|phrase| stands_at(&plain, place, phrase)).map(Vec::len).max();
        for word in query.iter_mut().skip(place).take(longest.unwrap_or(0)) {
            word.weak = true;
        }
    }
}

/// Whether a text is English: half of its words or more are, and none has Vietnamese marks. Then my, on and to are small
/// words, and not Mỹ, ơn and tờ.
fn is_english(query: &[QueryWord], knowledge: &Knowledge) -> bool {
    let english = query.iter().filter(|word| knowledge.english.contains(&word.word.folded)).count();
    2 * english >= query.len() && query.iter().all(|word| !word.word.is_marked())
}

/// Without diacritics a word is one of the weak ones if titles mostly mean that one by it.
fn is_weak(word: &Word, knowledge: &Knowledge, lexicon: &Lexicon) -> bool {
    if knowledge.weak.contains(&word.exact) {
        if word.is_marked() {
            return true;
        }
        // An English or a bare Vietnamese word: weak unless titles use the letters for something else.
    } else if word.is_marked() || !knowledge.weak_folded.contains(&word.folded) {
        return false;
    }
    match lexicon.word(&word.folded).and_then(|id| lexicon.usual_form(id)) {
        Some(form) => knowledge.weak.contains(&form.exact),
        None => true,
    }
}

fn tier_in(query: &[Word], knowledge: &Knowledge) -> Option<Tier> {
    let stands = |say: &Vec<Word>| (0..query.len()).any(|place| stands_at(query, place, say));
    knowledge.tier_words.iter().find(|words| words.says.iter().any(stands)).map(|words| words.tier)
}

/// Words as text.
pub(crate) fn text_of(query: &[QueryWord]) -> String {
    shown(&query.iter().map(|word| word.word.clone()).collect::<Vec<_>>())
}
