//! What the user typed, read as a code and as words.

use crate::analysis::{normal, push_exact, push_folded, words};
use crate::codes::TypedCode;

/// Longer texts are cut: nobody types them, and somebody might send them.
const LONGEST_TEXT_CHARS: usize = 200;

/// Further words are left out.
const MOST_WORDS: usize = 32;

/// A text as the engine understands it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Query {
    /// A code, and whether the text is nothing else.
    pub(crate) code: Option<(TypedCode, bool)>,
    /// The words besides a code within the text; every word where the whole text may be a code. No word twice.
    pub(crate) words: Vec<QueryWord>,
}

/// A word of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryWord {
    pub(crate) exact: String,
    pub(crate) folded: String,
    /// Whether the user may still be typing it.
    pub(crate) unfinished: bool,
}

impl Query {
    pub(crate) fn read(text: &str) -> Self {
        let mut text = normal(text);
        if let Some((cut, _)) = text.char_indices().nth(LONGEST_TEXT_CHARS) {
            text.truncate(cut);
        }
        if let Some(code) = TypedCode::whole(&text) {
            return Self { code: Some((code, true)), words: words_of(&text) };
        }
        let within = text.split_whitespace().find_map(|word| Some((word, TypedCode::within(word)?)));
        match within {
            Some((word, code)) => {
                Self { code: Some((code, false)), words: words_of(&text.replacen(word, " ", 1)) }
            }
            None => Self { code: None, words: words_of(&text) },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.code.is_none() && self.words.is_empty()
    }
}

fn words_of(text: &str) -> Vec<QueryWord> {
    let mut found: Vec<QueryWord> = Vec::new();
    for range in words(text) {
        let unfinished = range.end == text.len();
        let Some(word) = text.get(range) else { continue };
        let (mut exact, mut folded) = (String::new(), String::new());
        push_exact(word, &mut exact);
        push_folded(word, &mut folded);
        if folded.is_empty() || found.len() == MOST_WORDS {
            continue;
        }
        if !found.iter().any(|known| known.exact == exact) {
            found.push(QueryWord { exact, folded, unfinished });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(text: &str) -> Vec<String> {
        Query::read(text).words.into_iter().map(|word| word.exact).collect()
    }

    #[test]
    fn words_are_read_once_each_and_the_last_may_be_unfinished() {
        let query = Query::read("Khai sinh, khai tử");
        assert_eq!(exact("Khai sinh, khai tử"), ["khai", "sinh", "tử"]);
        assert_eq!(query.words.iter().map(|word| word.unfinished).collect::<Vec<_>>(), [false, false, true]);
        assert!(Query::read("khai sinh ").words.iter().all(|word| !word.unfinished));
    }

    #[test]
    fn a_code_within_a_text_is_not_read_as_words() {
        let query = Query::read("thủ tục 1.001193 ở xã");
        assert!(matches!(query.code, Some((_, false))));
        assert_eq!(exact("thủ tục 1.001193 ở xã"), ["thủ", "tục", "ở", "xã"]);
        assert!(matches!(Query::read("1001193").code, Some((_, true))));
    }

    #[test]
    fn search_syntax_means_nothing() {
        assert_eq!(
            exact("\"số 1: đăng ký\" AND (con* -x ^2"),
            ["số", "1", "đăng", "ký", "and", "con", "x", "2"]
        );
        assert!(Query::read(" … ").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,300}") {
            let query = Query::read(&text);
            prop_assert!(query.words.len() <= MOST_WORDS);
        }
    }
}
