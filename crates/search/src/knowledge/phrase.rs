//! Rules that say the same in other words.

use std::collections::HashMap;

use super::RulePlace;
use super::fold::Word;

/// Why a phrase may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PhraseKind {
    /// An abbreviation for its full form.
    Abbreviation,
    /// A full form for the abbreviation that titles use.
    Contraction,
    /// An abbreviation with other meanings.
    Guess,
    /// English words for Vietnamese ones.
    English,
    /// Everyday words for official ones.
    Everyday,
    /// Official words for others that mean the same.
    Synonym,
}

impl PhraseKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Abbreviation => "abbreviation",
            Self::Contraction => "contraction",
            Self::Guess => "guess",
            Self::English => "english",
            Self::Everyday => "everyday",
            Self::Synonym => "synonym",
        }
    }
}

/// One phrase and what it may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) kind: PhraseKind,
    pub(crate) say: Vec<Word>,
    /// Best first.
    pub(crate) mean: Vec<Vec<Word>>,
    /// One of these must stand elsewhere in the query.
    pub(crate) when: Vec<Vec<Word>>,
    /// None of these may.
    pub(crate) unless: Vec<Vec<Word>>,
    pub(crate) at: RulePlace,
}

/// Where a phrase stands in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PhraseMatch<'a> {
    pub(crate) start: usize,
    pub(crate) phrase: &'a Phrase,
}

impl PhraseMatch<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.phrase.say.len()
    }
}

/// All phrases, found by their first word.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    pub(crate) all: Vec<Phrase>,
    by_first: HashMap<String, Vec<u32>>,
}

impl Phrases {
    pub(crate) fn new(all: Vec<Phrase>) -> Self {
        let mut by_first: HashMap<String, Vec<u32>> = HashMap::new();
        for (number, phrase) in (0..).zip(&all) {
            if let Some(first) = phrase.say.first() {
                by_first.entry(first.folded.clone()).or_default().push(number);
            }
        }
        Self { all, by_first }
    }

    /// Every phrase that stands in a query and whose context allows it: the longest first, then from the left.
    pub(crate) fn find<'a>(&'a self, query: &[Word]) -> Vec<PhraseMatch<'a>> {
        let mut found = Vec::new();
        for (start, word) in query.iter().enumerate() {
            for &number in self.by_first.get(&word.folded).into_iter().flatten() {
                let Some(phrase) = self.all.get(number as usize) else { continue };
                if stands_at(query, start, &phrase.say) && context_allows(query, start, phrase) {
                    found.push(PhraseMatch { start, phrase });
                }
            }
        }
        found
            .sort_by_key(|found| (std::cmp::Reverse(found.phrase.say.len()), found.start, found.phrase.kind));
        found
    }

    /// Whether a word begins some phrase of a kind and is all of it.
    pub(crate) fn knows_word(&self, word: &Word, kinds: &[PhraseKind]) -> bool {
        let numbers = self.by_first.get(&word.folded).into_iter().flatten();
        let mut phrases = numbers.filter_map(|&number| self.all.get(number as usize));
        phrases.any(|phrase| phrase.say.len() == 1 && kinds.contains(&phrase.kind))
    }
}

/// Whether a phrase stands at a place of a query.
pub(crate) fn stands_at(query: &[Word], start: usize, phrase: &[Word]) -> bool {
    let Some(part) = query.get(start..start + phrase.len()) else { return false };
    part.iter().zip(phrase).all(|(typed, wanted)| typed.may_be(wanted))
}

fn context_allows(query: &[Word], start: usize, phrase: &Phrase) -> bool {
    if phrase.when.is_empty() && phrase.unless.is_empty() {
        return true;
    }
    let outside = start..start + phrase.say.len();
    let stands = |words: &Vec<Word>| {
        (0..query.len()).any(|place| {
            let overlaps = place < outside.end && outside.start < place + words.len();
            !overlaps && stands_at(query, place, words)
        })
    };
    (phrase.when.is_empty() || phrase.when.iter().any(stands)) && !phrase.unless.iter().any(stands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::words_of;

    fn phrase(kind: PhraseKind, say: &str, when: &[&str], unless: &[&str]) -> Phrase {
        let all = |texts: &[&str]| texts.iter().map(|text| words_of(text)).collect();
        Phrase {
            kind,
            say: words_of(say),
            mean: vec![words_of("ý nghĩa")],
            when: all(when),
            unless: all(unless),
            at: RulePlace::default(),
        }
    }

    fn found(phrases: &Phrases, query: &str) -> Vec<(usize, usize)> {
        phrases.find(&words_of(query)).iter().map(|found| (found.start, found.end())).collect()
    }

    #[test]
    fn phrases_are_found_with_and_without_diacritics_the_longest_first() {
        let phrases = Phrases::new(vec![
            phrase(PhraseKind::Everyday, "sổ đỏ", &[], &[]),
            phrase(PhraseKind::Everyday, "sang tên sổ đỏ", &[], &[]),
        ]);
        assert_eq!(found(&phrases, "sang ten so do nha"), [(0, 4), (2, 4)]);
        assert_eq!(found(&phrases, "làm sổ đỏ"), [(1, 3)]);
        assert_eq!(found(&phrases, "số đo"), [], "other marks are other words");
    }

    #[test]
    fn context_decides_between_meanings() {
        let phrases = Phrases::new(vec![
            phrase(PhraseKind::Everyday, "sang tên", &["đất", "sổ"], &["xe"]),
            phrase(PhraseKind::Everyday, "mất", &[], &["mất bao lâu"]),
        ]);
        assert_eq!(found(&phrases, "sang tên đất"), [(0, 2)]);
        assert_eq!(found(&phrases, "sang tên"), []);
        assert_eq!(found(&phrases, "sang tên đất xe"), []);
        assert_eq!(found(&phrases, "bố mất"), [(1, 2)]);
    }
}
