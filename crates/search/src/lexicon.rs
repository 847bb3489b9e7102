//! The words of the catalogue's names, with how often they occur and what they follow. Spelling, completion and the
//! weight of a word are read off it.

use std::collections::HashMap;

use crate::knowledge::Word;

/// Number of a folded word.
pub(crate) type WordId = u32;

/// Number of an exact word.
pub(crate) type ExactId = u32;

/// No word.
pub(crate) const NO_WORD: u32 = u32::MAX;

/// A folded word.
#[derive(Debug, Default)]
pub(crate) struct FoldedWord {
    pub(crate) text: String,
    /// In how many names it stands, repeats within one included.
    pub(crate) count: u32,
    /// Of how many entries the title has it.
    pub(crate) titles: u32,
    /// Its forms with diacritics, the most frequent first once the lexicon is complete.
    pub(crate) forms: Vec<ExactId>,
}

/// A word with its diacritics.
#[derive(Debug)]
pub(crate) struct ExactWord {
    /// As most texts write it, lower case.
    pub(crate) shown: String,
    pub(crate) exact: String,
    pub(crate) count: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    by_folded: HashMap<String, WordId>,
    by_exact: HashMap<String, ExactId>,
    pub(crate) words: Vec<FoldedWord>,
    pub(crate) exacts: Vec<ExactWord>,
    pairs: HashMap<(WordId, WordId), u32>,
    exact_pairs: HashMap<(ExactId, ExactId), u32>,
    /// Words in the order of their letters.
    sorted: Vec<WordId>,
    pub(crate) entries: u32,
    rarities: Vec<f32>,
}

impl Lexicon {
    /// Adds the words of a name; `weight` tells how much it says about the language.
    pub(crate) fn learn(&mut self, words: &[Word], weight: u32) -> Vec<(WordId, ExactId)> {
        let ids: Vec<(WordId, ExactId)> = words.iter().map(|word| self.intern(word, weight)).collect();
        for pair in ids.windows(2) {
            if let [(a, exact_a), (b, exact_b)] = pair {
                *self.pairs.entry((*a, *b)).or_default() += weight;
                *self.exact_pairs.entry((*exact_a, *exact_b)).or_default() += weight;
            }
        }
        ids
    }

    fn intern(&mut self, word: &Word, weight: u32) -> (WordId, ExactId) {
        let id = match self.by_folded.get(&word.folded) {
            Some(&id) => id,
            None => {
                let id = u32::try_from(self.words.len()).unwrap_or(NO_WORD);
                self.words.push(FoldedWord { text: word.folded.clone(), ..FoldedWord::default() });
                self.by_folded.insert(word.folded.clone(), id);
                id
            }
        };
        let exact = match self.by_exact.get(&word.exact) {
            Some(&exact) => exact,
            None => {
                let exact = u32::try_from(self.exacts.len()).unwrap_or(NO_WORD);
                let (shown, key) = (word.shown.clone(), word.exact.clone());
                self.exacts.push(ExactWord { shown, exact: key, count: 0 });
                self.by_exact.insert(word.exact.clone(), exact);
                if let Some(folded) = self.words.get_mut(id as usize) {
                    folded.forms.push(exact);
                }
                exact
            }
        };
        if let Some(folded) = self.words.get_mut(id as usize) {
            folded.count += weight;
        }
        if let Some(form) = self.exacts.get_mut(exact as usize) {
            form.count += weight;
        }
        (id, exact)
    }

    /// Notes that a title has a word.
    pub(crate) fn count_title(&mut self, word: WordId) {
        if let Some(word) = self.words.get_mut(word as usize) {
            word.titles += 1;
        }
    }

    /// Ends learning.
    pub(crate) fn complete(&mut self, entries: usize) {
        self.entries = u32::try_from(entries).unwrap_or(u32::MAX);
        let exacts = &self.exacts;
        let key = |exact: &ExactId| {
            exacts.get(*exact as usize).map(|form| (std::cmp::Reverse(form.count), &form.shown))
        };
        for word in &mut self.words {
            word.forms.sort_by(|a, b| key(a).cmp(&key(b)));
        }
        let mut sorted: Vec<WordId> = (0..).take(self.words.len()).collect();
        sorted.sort_by(|a, b| self.text(*a).cmp(self.text(*b)));
        self.sorted = sorted;
        self.rarities = (0..).take(self.words.len()).map(|word| self.rarity(Some(word))).collect();
    }

    pub(crate) fn word(&self, folded: &str) -> Option<WordId> {
        self.by_folded.get(folded).copied()
    }

    pub(crate) fn exact(&self, exact: &str) -> Option<ExactId> {
        self.by_exact.get(exact).copied()
    }

    pub(crate) fn text(&self, word: WordId) -> &str {
        self.words.get(word as usize).map_or("", |word| &word.text)
    }

    pub(crate) fn count(&self, word: WordId) -> u32 {
        self.words.get(word as usize).map_or(0, |word| word.count)
    }

    /// How often one word follows another, without diacritics.
    pub(crate) fn pair(&self, a: WordId, b: WordId) -> u32 {
        self.pairs.get(&(a, b)).copied().unwrap_or(0)
    }

    /// How often one word follows another, with diacritics.
    pub(crate) fn exact_pair(&self, a: ExactId, b: ExactId) -> u32 {
        self.exact_pairs.get(&(a, b)).copied().unwrap_or(0)
    }

    /// The form of a word that is written most.
    pub(crate) fn usual_form(&self, word: WordId) -> Option<&ExactWord> {
        let form = self.words.get(word as usize)?.forms.first()?;
        self.exacts.get(*form as usize)
    }

    /// The words that begin with some letters.
    pub(crate) fn beginning(&self, prefix: &str) -> impl Iterator<Item = WordId> + '_ {
        let from = self.sorted.partition_point(|&word| self.text(word) < prefix);
        let rest = self.sorted.get(from..).unwrap_or_default();
        let count = rest.partition_point(|&word| self.text(word).starts_with(prefix));
        rest.get(..count).unwrap_or_default().iter().copied()
    }

    /// Weight of a word by its rarity in titles. A word that no title has is as rare as can be.
    pub(crate) fn rarity(&self, word: Option<WordId>) -> f32 {
        let titles = word.and_then(|word| self.words.get(word as usize)).map_or(0, |word| word.titles);
        let (all, with) = (self.entries.max(1) as f32, titles as f32);
        (1.0 + (all - with + 0.5).max(0.5) / (with + 0.5)).ln()
    }
}

impl Lexicon {
    /// [`rarity`](Self::rarity) of a known word, worked out before.
    pub(crate) fn rarity_of(&self, word: WordId) -> f32 {
        self.rarities.get(word as usize).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::words_of;

    #[test]
    fn words_pairs_and_beginnings_are_known() {
        let mut lexicon = Lexicon::default();
        lexicon.learn(&words_of("đăng ký khai sinh"), 1);
        lexicon.learn(&words_of("Đăng kí khai tử"), 1);
        lexicon.complete(2);
        let word = |text: &str| lexicon.word(text).expect("known");
        assert_eq!(lexicon.pair(word("dang"), word("ki")), 2, "ký and kí are one word");
        assert_eq!(lexicon.pair(word("ki"), word("dang")), 0);
        assert_eq!(lexicon.usual_form(word("dang")).map(|form| form.shown.as_str()), Some("đăng"));
        let beginning: Vec<&str> = lexicon.beginning("k").map(|word| lexicon.text(word)).collect();
        assert_eq!(beginning, ["khai", "ki"]);
        assert_eq!(lexicon.word("xyz"), None);
    }
}
