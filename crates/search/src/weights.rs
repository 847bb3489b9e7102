//! The numbers of the ranking, each with its reason. Change one only with a measurement in hand.

use crate::schema::TextField;

/// How much a word counts in a field. A word of the name says most, and with the right diacritics a little more than
/// without; the body holds most words of the language, so one of them there says little. (Trial rankers over the
/// national catalogue: 3.2, 2.6, 1.3, 1.2, 0.9.)
pub(crate) fn field_weight(field: TextField) -> f32 {
    match field {
        TextField::NameExact => 3.2,
        TextField::NameFolded => 2.6,
        TextField::FieldFolded => 1.3,
        TextField::ResultFolded => 1.2,
        TextField::BodyFolded => 0.9,
    }
}

/// Saturation of repeated words in BM25.
pub(crate) const K1: f32 = 1.2;

/// How much a field's length counts in BM25. Names are long because they carry conditions in parentheses, not because
/// they are about many things; with the usual 0.75 a short niche name beats the procedure that everybody means.
pub(crate) fn length_weight(field: TextField) -> f32 {
    match field {
        TextField::NameExact | TextField::NameFolded => 0.4,
        TextField::FieldFolded | TextField::ResultFolded => 0.3,
        TextField::BodyFolded => 0.75,
    }
}

/// What a word counts that only begins with what was typed.
pub(crate) const PREFIX_WEIGHT: f32 = 0.8;

/// How many words an unfinished one is taken for, the most frequent first.
pub(crate) const PREFIX_WORDS: usize = 12;

/// Where no text has every word: the share of the weight of the rarest-words-count-most sum that a text must reach,
/// measured against the best text, to be shown at all.
pub(crate) const SOME_WORDS_FLOOR: f32 = 0.6;

/// A text with part of the words keeps this share of its score, and earns the rest by the share of words it has.
pub(crate) const SOME_WORDS_BASE: f32 = 0.35;

/// A code that was asked for stands above whatever the other words find.
pub(crate) const CODE_SCORE: f32 = 10_000.0;
