//! A refused row: where, what is wrong, what to do.

pub(super) mod control;

use serde::Serialize;

/// Why a row was refused: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowRefusal {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column or JSON key; empty where the row as a whole is meant.
    pub column: String,
    /// The value as it stands in the file.
    pub value: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub remedy: String,
}

impl RowRefusal {
    /// A refusal of one value. The remedy is a sentence of its own and begins with a capital.
    pub(crate) fn new(
        column: impl Into<String>,
        value: impl Into<String>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            line: 0,
            column: column.into(),
            value: value.into(),
            reason: reason.into(),
            remedy: sentence(&remedy.into()),
        }
    }

    pub(crate) fn at(mut self, line: u64) -> Self {
        self.line = line;
        self
    }
}

/// A text with a capital at its beginning.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 200;

/// A value as it is shown: not whole where it is a long one, and with signs in the place of control characters.
pub(super) fn shown(value: &str) -> String {
    let mut letters = value.chars();
    let mut shown: String = letters.by_ref().take(LONGEST).map(control::sign).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedies_are_sentences_and_long_values_are_cut_between_letters() {
        assert_eq!(RowRefusal::new("a", "b", "c", "điền giá trị").remedy, "Điền giá trị");
        assert_eq!(shown(&"ộ".repeat(300)).chars().count(), LONGEST + 1);
        assert_eq!(shown(&"ộ".repeat(LONGEST)), "ộ".repeat(LONGEST));
        assert_eq!(shown("ộ\0"), "ộ␀");
    }
}
