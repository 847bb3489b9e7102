//! Comparing the names of one procedure with every reading of the query.

use super::evidence::Bits;
use super::plan::{NO_PAIR, Plan, VariantPlan};
use crate::knowledge::Weights;
use crate::language::Language;
use crate::lexicon::WordId;
use crate::table::EntryNumber;
use crate::titles::{Name, NameKind};

/// How well the best name fits the best reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Likeness {
    /// From 0 to somewhat above 1.
    pub(crate) score: f32,
    /// Number of the variant.
    pub(crate) variant: usize,
    pub(crate) name: NameKind,
    /// Place of the name among those of the procedure.
    pub(crate) name_number: usize,
    /// Share of the query that was found.
    pub(crate) coverage: f32,
    /// Share of its neighbours that are neighbours in the name.
    pub(crate) order: f32,
    /// Share of the name that was asked for.
    pub(crate) fill: f32,
}

/// Memory for comparing.
#[derive(Debug, Default)]
pub(crate) struct Comparer {
    /// Slots by word.
    slots: Vec<u64>,
    touched: Vec<WordId>,
    /// Weight of each word of the name at hand with the slots it matches.
    seen: Vec<(f32, u64)>,
}

/// What a name has of the query's words, whatever the variant.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    words: u64,
    contradicted: u64,
    pairs: u64,
    gap_pairs: u64,
}

impl Comparer {
    pub(crate) fn prepare(&mut self, plan: &Plan, language: &Language) {
        for &word in &self.touched {
            if let Some(slots) = self.slots.get_mut(word as usize) {
                *slots = 0;
            }
        }
        self.touched.clear();
        if self.slots.len() < language.lexicon.words.len() {
            self.slots.resize(language.lexicon.words.len(), 0);
        }
        for (number, slot) in plan.slots.iter().enumerate() {
            for &word in &slot.ids {
                if let Some(slots) = self.slots.get_mut(word as usize) {
                    *slots |= 1 << number;
                    self.touched.push(word);
                }
            }
        }
    }

    /// Compares every name of an entry with every variant; the best pair counts.
    pub(crate) fn compare(
        &mut self,
        plan: &Plan,
        entry: EntryNumber,
        bits: Bits,
        language: &Language,
    ) -> Option<Likeness> {
        let weights = &language.knowledge.weights;
        let traits = language.titles.traits(entry)?;
        let mut best: Option<Likeness> = None;
        for (number, name) in language.titles.names(traits).iter().enumerate() {
            let found = self.scan(plan, name, language);
            if found.words == 0 && !(number == 0 && best.is_none()) {
                continue;
            }
            for (variant_number, variant) in plan.variants.iter().enumerate() {
                if found.words & variant.mask == 0 && number > 0 {
                    continue;
                }
                let likeness = self.against(variant, name, found, bits, weights).map(|likeness| Likeness {
                    variant: variant_number,
                    name_number: number,
                    ..likeness
                });
                if let Some(likeness) = likeness
                    && best.is_none_or(|best| likeness.score > best.score)
                {
                    best = Some(likeness);
                }
            }
        }
        best
    }

    /// Reads a name once.
    fn scan(&mut self, plan: &Plan, name: &Name, language: &Language) -> Found {
        self.seen.clear();
        let mut found = Found::default();
        let (mut last, mut before_last) = (0_u64, 0_u64);
        for &(word, exact) in language.titles.words(name) {
            let candidates = self.slots.get(word as usize).copied().unwrap_or(0);
            let mut matched = 0;
            let mut rest = candidates;
            while rest != 0 {
                let slot = rest.trailing_zeros();
                rest &= rest - 1;
                let wanted = plan.slots.get(slot as usize).and_then(|slot| slot.exact);
                if wanted.is_none_or(|wanted| wanted == exact) {
                    matched |= 1 << slot;
                } else {
                    found.contradicted |= 1 << slot;
                }
            }
            found.words |= matched;
            if matched != 0 {
                found.pairs |= pairs_between(plan, last, matched);
                found.gap_pairs |= pairs_between(plan, before_last, matched);
            }
            self.seen.push((language.lexicon.rarity_of(word), matched));
            before_last = last;
            last = matched;
        }
        found.contradicted &= !found.words;
        found
    }

    fn against(
        &self,
        variant: &VariantPlan,
        name: &Name,
        found: Found,
        bits: Bits,
        weights: &Weights,
    ) -> Option<Likeness> {
        let mut covered = 0.0;
        for &(slot, weight) in &variant.words {
            let slot = 1_u64 << slot;
            let credit = if found.words & slot != 0 {
                1.0
            } else if bits.name & slot != 0 {
                weights.other_name
            } else if found.contradicted & slot != 0 {
                weights.contradicted
            } else {
                bits.credit(slot, weights)
            };
            covered += weight * credit;
        }
        let coverage = covered / variant.total;
        if coverage <= 0.0 {
            return None;
        }
        let order = if variant.pairs.is_empty() {
            1.0
        } else {
            let mut ordered = 0.0;
            for &(pair, weight) in &variant.pairs {
                if found.pairs & (1 << pair) != 0 {
                    ordered += weight;
                } else if found.gap_pairs & (1 << pair) != 0 {
                    ordered += weight * weights.gap_pair;
                }
            }
            ordered / variant.pair_total.max(f32::MIN_POSITIVE)
        };
        let filled: f32 =
            self.seen.iter().filter(|(_, slots)| slots & variant.mask != 0).map(|(weight, _)| weight).sum();
        let fill = filled / name.mass.max(f32::MIN_POSITIVE);
        let mut score = coverage.powf(weights.coverage_power)
            * (weights.base_share + weights.order_share * order + weights.fill_share * fill)
            * variant.weight
            * factor_of(name.kind, weights);
        if variant.pairs.len() > 1 && variant.pairs.iter().all(|(pair, _)| found.pairs & (1 << pair) != 0) {
            score *= weights.whole_wording;
        }
        if coverage > 0.999 && order > 0.999 && fill > 0.999 {
            // A whole title outweighs what kind of procedure it is; an alias may be one of several.
            score *= if name.kind == NameKind::Alias { weights.exact_alias } else { weights.exact_name };
        }
        Some(Likeness { score, variant: 0, name: name.kind, name_number: 0, coverage, order, fill })
    }
}

fn pairs_between(plan: &Plan, first: u64, second: u64) -> u64 {
    let mut pairs = 0;
    let mut rest_first = first;
    while rest_first != 0 {
        let a = rest_first.trailing_zeros();
        rest_first &= rest_first - 1;
        let mut rest_second = second;
        while rest_second != 0 {
            let b = rest_second.trailing_zeros();
            rest_second &= rest_second - 1;
            let number = plan.pairs.get(&(a as u8, b as u8)).copied().unwrap_or(NO_PAIR);
            if usize::from(number) < 64 {
                pairs |= 1 << number;
            }
        }
    }
    pairs
}

fn factor_of(kind: NameKind, weights: &Weights) -> f32 {
    match kind {
        NameKind::Core => 1.0,
        NameKind::Head => weights.title_head,
        NameKind::Whole => weights.whole_title,
        NameKind::Alias => weights.alias,
    }
}
