//! Words of rules, in the forms in which queries are compared with them.

use crate::analysis::{folded, normal, push_exact, words};

/// A word of a rule, an alias or a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    /// The word as written, lower case.
    pub(crate) shown: String,
    pub(crate) exact: String,
    pub(crate) folded: String,
}

impl Word {
    pub(crate) fn new(text: &str) -> Self {
        let mut exact = String::with_capacity(text.len() + 2);
        push_exact(text, &mut exact);
        Self { shown: text.to_lowercase(), folded: folded(text), exact }
    }

    /// Whether it was written with diacritics. Without any, nothing contradicts them.
    pub(crate) fn is_marked(&self) -> bool {
        self.exact != self.folded
    }

    /// Whether a word typed as `self` may be the word `other` of a rule.
    pub(crate) fn may_be(&self, other: &Self) -> bool {
        self.folded == other.folded && (!self.is_marked() || self.exact == other.exact)
    }
}

/// The words of a text.
pub(crate) fn words_of(text: &str) -> Vec<Word> {
    let text = normal(text);
    words(&text).filter_map(|range| text.get(range)).map(Word::new).collect()
}
