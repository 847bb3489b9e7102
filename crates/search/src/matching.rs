//! Which texts match a query, and how well.
//!
//! Word by word, and within a word form by form: for each the postings are read once and scored into one number per
//! text. With some thousand texts this is faster than walking all words side by side, and it leaves everything at hand
//! that a ranking may ask for: which words were found, and what they weigh.

use std::io;

use crate::analysis::word_key;
use crate::query::{Query, QueryWord};
use crate::schema::TextField;
use crate::table::{EntryNumber, Table};
use crate::text_index::{Posting, TextIndex};
use crate::weights::{
    CODE_SCORE, PREFIX_WEIGHT, PREFIX_WORDS, SOME_WORDS_BASE, SOME_WORDS_FLOOR, field_weight,
};

/// What a query found, by entry. Kept by each thread and used again.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    scores: Vec<f32>,
    /// How many words were found.
    found: Vec<u8>,
    /// Weight of the words found, by rarity.
    weights: Vec<f32>,
    /// Best score of the word at hand.
    best: Vec<f32>,
    postings: Vec<Posting>,
    words: u8,
    all_weights: f32,
    /// Words to mark, by [`word_key`].
    pub(crate) marks: Vec<u64>,
    /// Whether a code was asked for and found.
    pub(crate) by_code: bool,
}

/// A way in which a word may stand in a text.
struct Form {
    field: TextField,
    term: String,
    weight: f32,
}

impl Matches {
    /// Finds what matches a query that is not empty.
    pub(crate) fn find(&mut self, query: &Query, text: &TextIndex, table: &Table) -> io::Result<()> {
        self.reset(text.len());
        if let Some((code, whole)) = &query.code {
            let codes = table.codes.find(code);
            self.by_code = !codes.is_empty();
            if !(self.by_code && *whole) {
                self.find_words(&query.words, text)?;
            }
            for (how, entry) in codes {
                self.put_first(entry, CODE_SCORE * f32::from(4 - how as u8));
            }
            return Ok(());
        }
        self.find_words(&query.words, text)
    }

    /// Score of an entry that has every word.
    pub(crate) fn all_words(&self, entry: EntryNumber) -> Option<f32> {
        let entry = entry as usize;
        let score = *self.scores.get(entry)?;
        (score > 0.0 && *self.found.get(entry)? >= self.words).then_some(score)
    }

    /// Score of an entry that has enough of the words; `floor` comes from [`floor`](Self::floor).
    pub(crate) fn some_words(&self, entry: EntryNumber, floor: f32) -> Option<f32> {
        let entry = entry as usize;
        let (score, weight) = (*self.scores.get(entry)?, *self.weights.get(entry)?);
        if score <= 0.0 || weight < floor {
            return None;
        }
        let share = (weight / self.all_weights.max(f32::MIN_POSITIVE)).min(1.0);
        Some(score * (SOME_WORDS_BASE + (1.0 - SOME_WORDS_BASE) * share))
    }

    /// How much an entry must have found, given the entries that may be shown.
    pub(crate) fn floor(&self, candidates: impl Iterator<Item = EntryNumber>) -> f32 {
        let weights = candidates.filter_map(|entry| self.weights.get(entry as usize).copied());
        SOME_WORDS_FLOOR * weights.fold(0.0, f32::max)
    }

    fn reset(&mut self, entries: usize) {
        for numbers in [&mut self.scores, &mut self.weights, &mut self.best] {
            numbers.clear();
            numbers.resize(entries, 0.0);
        }
        self.found.clear();
        self.found.resize(entries, 0);
        self.words = 0;
        self.all_weights = 0.0;
        self.marks.clear();
        self.by_code = false;
    }

    fn put_first(&mut self, entry: EntryNumber, score: f32) {
        let entry = entry as usize;
        if let (Some(known), Some(found)) = (self.scores.get_mut(entry), self.found.get_mut(entry)) {
            // The same entry may answer a code in several ways; the best counts.
            *known = known.max(score);
            *found = u8::MAX;
        }
        if let Some(weight) = self.weights.get_mut(entry) {
            *weight = f32::MAX;
        }
    }

    fn find_words(&mut self, words: &[QueryWord], text: &TextIndex) -> io::Result<()> {
        for word in words {
            let forms = self.forms(word, text)?;
            self.find_word(&forms, text)?;
        }
        Ok(())
    }

    fn forms(&mut self, word: &QueryWord, text: &TextIndex) -> io::Result<Vec<Form>> {
        let mut forms = Vec::with_capacity(TextField::COUNT);
        self.marks.push(word_key(&word.folded));
        if word.unfinished && word.folded.len() >= 2 && !text.knows(&word.folded)? {
            let mut longer = text.words_beginning(TextField::NameFolded, &word.folded, PREFIX_WORDS)?;
            if longer.is_empty() {
                longer = text.words_beginning(TextField::BodyFolded, &word.folded, PREFIX_WORDS)?;
            }
            for term in longer {
                self.marks.push(word_key(&term));
                for field in TextField::ALL.into_iter().filter(|field| !field.is_exact()) {
                    let weight = field_weight(field) * PREFIX_WEIGHT;
                    forms.push(Form { field, term: term.clone(), weight });
                }
            }
            return Ok(forms);
        }
        for field in TextField::ALL {
            let term = if field.is_exact() { &word.exact } else { &word.folded };
            forms.push(Form { field, term: term.clone(), weight: field_weight(field) });
        }
        Ok(forms)
    }

    /// A word counts once in a text, in its best form: a word of the name also stands in the body, and adding both up
    /// would reward long bodies.
    fn find_word(&mut self, forms: &[Form], text: &TextIndex) -> io::Result<()> {
        let mut postings = std::mem::take(&mut self.postings);
        for form in forms {
            text.postings(form.field, &form.term, &mut postings)?;
            let weight = form.weight * text.rarity(postings.len());
            for &posting in &postings {
                let score = weight * text.saturation(form.field, posting);
                if let Some(best) = self.best.get_mut(posting.0 as usize) {
                    *best = best.max(score);
                }
            }
        }
        self.postings = postings;
        let texts = self.best.iter().filter(|best| **best > 0.0).count();
        let rarity = text.rarity(texts);
        self.words = self.words.saturating_add(1);
        self.all_weights += rarity;
        let columns = self.scores.iter_mut().zip(&mut self.weights).zip(&mut self.found).zip(&mut self.best);
        for (((score, weight), found), best) in columns {
            if *best > 0.0 {
                *score += *best;
                *weight += rarity;
                *found += 1;
                *best = 0.0;
            }
        }
        Ok(())
    }
}
