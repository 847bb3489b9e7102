//! The words of all variants, each once, as bits; and the share of a query that some bits cover.

use std::collections::HashMap;

use super::evidence::Bits;
use crate::analysis::word_key;
use crate::knowledge::Weights;
use crate::language::Language;
use crate::lexicon::{ExactId, WordId};
use crate::marks::Mark;
use crate::reading::{Variant, VariantWord};

/// Distinct words of all variants together; further variants are left out.
pub(crate) const MOST_SLOTS: usize = 64;

/// Combinations of bits whose coverage is kept; a power of two.
const KNOWN: usize = 1024;

/// No pair.
pub(crate) const NO_PAIR: u8 = u8::MAX;

/// A distinct word.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) word: VariantWord,
    /// Words of names that it may be.
    pub(crate) ids: Vec<WordId>,
    /// Its form with diacritics, where it was written with some that names know.
    pub(crate) exact: Option<ExactId>,
    /// Weight by rarity.
    pub(crate) weight: f32,
}

/// A variant in terms of slots.
#[derive(Debug)]
pub(crate) struct VariantPlan {
    /// Slot and weight of each word.
    pub(crate) words: Vec<(u8, f32)>,
    pub(crate) total: f32,
    /// Number and weight of each pair of neighbours.
    pub(crate) pairs: Vec<(u8, f32)>,
    pub(crate) pair_total: f32,
    /// Its slots as bits.
    pub(crate) mask: u64,
    pub(crate) weight: f32,
    marks: Vec<Mark>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) slots: Vec<Slot>,
    pub(crate) variants: Vec<VariantPlan>,
    /// Pairs of slots that some variant has as neighbours.
    pub(crate) pairs: HashMap<(u8, u8), u8>,
    /// Slots of words that say something.
    content: u64,
    /// Coverage by bits, each in the one place that they have: most texts have the same few combinations.
    known: Vec<(Bits, f32)>,
}

impl Plan {
    pub(crate) fn make(&mut self, variants: &[Variant], language: &Language) {
        self.slots.clear();
        self.variants.clear();
        self.pairs.clear();
        self.known.clear();
        self.known.resize(KNOWN, (Bits::default(), 0.0));
        self.content = 0;
        for variant in variants {
            let before = self.slots.len();
            if !self.add(variant, language) {
                self.slots.truncate(before);
                break;
            }
        }
        if self.content == 0 {
            // Nothing but words of questions: then they are what is asked for.
            self.content = u64::MAX;
        }
    }

    fn add(&mut self, variant: &Variant, language: &Language) -> bool {
        let weak = language.knowledge.weights.weak_word;
        let all_weak = variant.words.iter().all(|word| word.weak);
        let mut words: Vec<(u8, f32)> = Vec::with_capacity(variant.words.len());
        let mut marks = Vec::new();
        for word in &variant.words {
            let Some(slot) = self.slot(word, language) else { return false };
            let Some(known) = self.slots.get(usize::from(slot)) else { return false };
            let is_weak = word.weak && !all_weak;
            if !is_weak {
                self.content |= 1 << slot;
                let exact = known.exact.map(|_| word_key(&word.word.exact));
                marks.push(Mark { key: word_key(&word.word.folded), exact });
                marks.extend(
                    word.or.iter().map(|&id| Mark { key: word_key(language.lexicon.text(id)), exact: None }),
                );
            }
            words.push((slot, known.weight * if is_weak { weak } else { 1.0 }));
        }
        let mut pairs = Vec::new();
        for (pair, words) in variant.words.windows(2).zip(words.windows(2)) {
            if let [(a, weight_a), (b, weight_b)] = words {
                let next = u8::try_from(self.pairs.len()).unwrap_or(NO_PAIR);
                let number = *self.pairs.entry((*a, *b)).or_insert(next);
                if usize::from(number) < MOST_SLOTS {
                    // A small word beside another says little about it, but a whole wording is more than its words.
                    let is_weak = pair.iter().any(|word| word.weak) && !all_weak;
                    pairs.push((number, if is_weak { weight_a.min(*weight_b) } else { weight_a + weight_b }));
                }
            }
        }
        // A word typed twice counts once.
        let mut seen = 0_u64;
        words.retain(|(slot, _)| {
            let is_new = seen & (1 << slot) == 0;
            seen |= 1 << slot;
            is_new
        });
        self.variants.push(VariantPlan {
            total: words.iter().map(|(_, weight)| weight).sum::<f32>().max(f32::MIN_POSITIVE),
            words,
            pair_total: pairs.iter().map(|(_, weight)| weight).sum(),
            pairs,
            mask: seen,
            weight: variant.weight,
            marks,
        });
        true
    }

    fn slot(&mut self, word: &VariantWord, language: &Language) -> Option<u8> {
        let known = self.slots.iter().position(|slot| slot.word.word == word.word && slot.word.or == word.or);
        if let Some(known) = known {
            return u8::try_from(known).ok();
        }
        if self.slots.len() == MOST_SLOTS {
            return None;
        }
        let lexicon = &language.lexicon;
        let own = lexicon.word(&word.word.folded);
        let mut ids: Vec<WordId> = own.into_iter().collect();
        ids.extend(word.or.iter().filter(|id| Some(**id) != own));
        let exact =
            if word.word.is_marked() && word.or.is_empty() { lexicon.exact(&word.word.exact) } else { None };
        let exact =
            exact.filter(|&exact| lexicon.exacts.get(exact as usize).is_some_and(|form| form.count > 0));
        // An unfinished word is as rare as the most frequent word that it may become.
        let weight = match ids.as_slice() {
            [] => lexicon.rarity(None),
            ids => ids.iter().map(|&id| lexicon.rarity(Some(id))).fold(f32::MAX, f32::min),
        };
        self.slots.push(Slot { word: word.clone(), ids, exact, weight });
        u8::try_from(self.slots.len() - 1).ok()
    }

    /// The share of the query that some bits cover, by the variant that they cover best.
    pub(crate) fn coverage(&mut self, bits: Bits, weights: &Weights) -> Option<f32> {
        if (bits.name | bits.contradicted | bits.near | bits.body) & self.content == 0 {
            return None;
        }
        let place = bits.place(KNOWN);
        if let Some((known, coverage)) = self.known.get(place)
            && *known == bits
        {
            return Some(*coverage);
        }
        let mut best = 0.0_f32;
        for variant in &self.variants {
            let mut covered = 0.0;
            for &(slot, weight) in &variant.words {
                covered += weight * bits.credit(1 << slot, weights);
            }
            best = best.max(variant.weight * covered / variant.total);
        }
        if let Some(slot) = self.known.get_mut(place) {
            *slot = (bits, best);
        }
        Some(best)
    }

    pub(crate) fn marks(&self, variant: usize) -> &[Mark] {
        self.variants.get(variant).map_or(&[], |variant| variant.marks.as_slice())
    }

    pub(crate) fn word_weights(&self, variant: usize) -> Vec<(String, f32)> {
        let Some(variant) = self.variants.get(variant) else { return Vec::new() };
        let named = |(slot, weight): &(u8, f32)| {
            let slot = self.slots.get(usize::from(*slot))?;
            Some((slot.word.word.shown.clone(), *weight))
        };
        variant.words.iter().filter_map(named).collect()
    }
}
