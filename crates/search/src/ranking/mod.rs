//! Which texts match a query, and how well.
//!
//! Two stages. First every text is looked at, but only for which words of the query it has where: the postings of each
//! word set one bit per text, and the share of the query that a text covers follows from its bits (`evidence.rs`,
//! `plan.rs`). Then the names of the best few hundred are compared with each reading of the query word by word
//! (`similarity.rs`), and what the procedure is counts too (`factors.rs`). Numbers come from `search-index/weights.toml`.

mod evidence;
mod factors;
mod plan;
mod similarity;

use std::io;

use crate::knowledge::Weights;
use crate::language::Language;
use crate::marks::Mark;
use crate::reading::Variant;
use crate::table::EntryNumber;
use crate::text_index::TextIndex;

use evidence::Evidence;
use plan::Plan;
use similarity::Comparer;

pub use factors::Factor;
pub(crate) use factors::Factors;
pub(crate) use similarity::Likeness;

/// With a best text that covers less of the query than this by name, field and results, bodies are searched too.
const BODY_BELOW: f32 = 0.8;

/// Memory of one thread for ranking, used again by its next search.
#[derive(Debug, Default)]
pub(crate) struct Ranking {
    plan: Plan,
    evidence: Evidence,
    comparer: Comparer,
}

impl Ranking {
    /// Looks the words of a reading up in names, fields and results.
    pub(crate) fn find(
        &mut self,
        variants: &[Variant],
        text: &TextIndex,
        language: &Language,
    ) -> io::Result<()> {
        self.plan.make(variants, language);
        self.comparer.prepare(&self.plan, language);
        self.evidence.collect(&self.plan, text, language)
    }

    /// Looks the words up in bodies too.
    pub(crate) fn find_in_bodies(&mut self, text: &TextIndex) -> io::Result<()> {
        self.evidence.collect_bodies(&self.plan, text)
    }

    /// Whether bodies should be searched, given the best share that was covered without them.
    pub(crate) fn needs_bodies(&self, best: f32) -> bool {
        best < BODY_BELOW && !self.evidence.has_bodies
    }

    /// The share of the query that a text covers, by its likeliest reading; `None` where it has nothing but words of
    /// questions and forms.
    pub(crate) fn coverage(&mut self, entry: EntryNumber, weights: &Weights) -> Option<f32> {
        let bits = self.evidence.bits(entry)?;
        self.plan.coverage(bits, weights)
    }

    /// How well the names of a text fit.
    pub(crate) fn likeness(&mut self, entry: EntryNumber, language: &Language) -> Option<Likeness> {
        let bits = self.evidence.bits(entry)?;
        self.comparer.compare(&self.plan, entry, bits, language)
    }

    /// Keys of the words to mark for a variant: its own, and what they may become.
    pub(crate) fn marks(&self, variant: usize) -> &[Mark] {
        self.plan.marks(variant)
    }

    /// The words of the plan with their weights, for explaining.
    pub(crate) fn word_weights(&self, variant: usize) -> Vec<(String, f32)> {
        self.plan.word_weights(variant)
    }
}
