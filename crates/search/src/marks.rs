//! Showing where words were found: in a name and in an excerpt of a body.

use std::ops::Range;

use crate::analysis::{push_exact, push_folded, word_key, words};
use crate::answer::Snippet;
use crate::table::{Entry, NameWord};

/// Length of an excerpt in characters, about two lines.
const SNIPPET_CHARS: usize = 160;

/// A word to mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// [`word_key`] of its folded form.
    pub(crate) key: u64,
    /// The same of its exact form, where it was written with diacritics: đá marks no đã.
    pub(crate) exact: Option<u64>,
}

impl Mark {
    /// A word with whatever diacritics.
    #[cfg(test)]
    pub(crate) fn folded(folded: &str) -> Self {
        Self { key: word_key(folded), exact: None }
    }

    /// Whether a word of a text with a folded key is this one.
    fn is(self, key: u64, word: &str) -> bool {
        self.key == key
            && self.exact.is_none_or(|exact| {
                let mut form = String::new();
                push_exact(word, &mut form);
                word_key(&form) == exact
            })
    }
}

/// Byte ranges of a name's words that are among those asked for.
pub(crate) fn in_name(entry: &Entry, wanted: &[Mark]) -> Vec<Range<usize>> {
    let range = |word: &NameWord| word.start as usize..word.end as usize;
    let text = |word: &NameWord| entry.data.name.get(range(word)).unwrap_or_default();
    let is_wanted = |word: &&NameWord| wanted.iter().any(|mark| mark.is(word.key, text(word)));
    entry.words.iter().filter(is_wanted).map(range).collect()
}

/// The words asked for that the name does not have.
pub(crate) fn not_in_name(entry: &Entry, wanted: &[Mark]) -> Vec<Mark> {
    wanted.iter().copied().filter(|mark| !entry.words.iter().any(|word| word.key == mark.key)).collect()
}

/// The part of a body in which most of the `missing` words stand, with every word of `wanted` marked.
pub(crate) fn excerpt(body: &str, missing: &[Mark], wanted: &[Mark]) -> Option<Snippet> {
    let mut folded = String::new();
    let mut hits: Vec<(u64, Range<usize>)> = Vec::new();
    for range in words(body) {
        folded.clear();
        push_folded(body.get(range.clone())?, &mut folded);
        let key = word_key(&folded);
        if wanted.iter().any(|mark| mark.is(key, body.get(range.clone()).unwrap_or_default())) {
            hits.push((key, range));
        }
    }
    let first = best_window(&hits, missing)?;
    let Range { start: start_of_hit, end: end_of_hit } = hits.get(first)?.1.clone();
    // A line is the smallest piece that can be understood; begin with it unless it is long.
    let line_start = body.get(..start_of_hit)?.rfind('\n').map_or(0, |place| place + 1);
    let before = body.get(line_start..start_of_hit)?;
    let start = match before.char_indices().rev().nth(SNIPPET_CHARS / 3) {
        None => line_start,
        Some((far, _)) => {
            line_start + far + before.get(far..)?.find(char::is_whitespace).map_or(0, |space| space + 1)
        }
    };
    let rest = body.get(start..)?;
    let end = match rest.char_indices().nth(SNIPPET_CHARS) {
        None => body.len(),
        Some((cut, _)) => {
            let space = rest.get(..cut)?.rfind(char::is_whitespace).map(|place| start + place);
            space.filter(|&place| place >= end_of_hit).unwrap_or(start + cut)
        }
    };
    let text = body.get(start..end)?.trim_end();
    let end = start + text.len();
    let marks = hits
        .into_iter()
        .map(|(_, range)| range)
        .filter(|range| range.start >= start && range.end <= end)
        .map(|range| range.start - start..range.end - start)
        .collect();
    Some(Snippet {
        // Line ends have one byte, as spaces do: the marks stay right.
        text: text.replace(['\n', '\t'], " "),
        marks,
        cut_before: start > 0,
        cut_after: end < body.trim_end().len(),
    })
}

/// Number of the hit at which the richest stretch of text begins; the first of equals.
fn best_window(hits: &[(u64, Range<usize>)], missing: &[Mark]) -> Option<usize> {
    let is_missing = |key: &u64| missing.iter().any(|mark| mark.key == *key);
    // Vietnamese takes about one and a third bytes a character; the window need not be exact.
    const WINDOW_BYTES: usize = SNIPPET_CHARS;
    let mut best: Option<(usize, usize)> = None;
    for (number, (_, start)) in hits.iter().enumerate().filter(|(_, (key, _))| is_missing(key)) {
        let window =
            hits.iter().skip(number).take_while(|(_, range)| range.end <= start.start + WINDOW_BYTES);
        let mut seen: Vec<u64> = Vec::new();
        for (key, _) in window {
            if is_missing(key) && !seen.contains(key) {
                seen.push(*key);
            }
        }
        if best.is_none_or(|(_, most)| seen.len() > most) {
            best = Some((number, seen.len()));
        }
    }
    best.map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(folded: &[&str]) -> Vec<Mark> {
        folded.iter().map(|word| Mark::folded(word)).collect()
    }

    #[test]
    fn the_excerpt_is_the_part_with_most_of_the_missing_words() {
        let body = format!(
            "Nộp tờ khai.\n{}\nGiấy chứng sinh do cơ sở y tế cấp; tờ khai theo mẫu.\nHết.",
            "Bước tiếp theo là chờ. ".repeat(30)
        );
        let wanted = keys(&["giay", "chung", "sinh", "khai"]);
        let snippet = excerpt(&body, &keys(&["giay", "chung", "sinh"]), &wanted).expect("found");
        assert!(snippet.text.starts_with("Giấy chứng sinh"), "{}", snippet.text);
        let marked: Vec<&str> = snippet.marks.iter().map(|range| &snippet.text[range.clone()]).collect();
        assert_eq!(marked, ["Giấy", "chứng", "sinh", "khai"]);
        assert!(snippet.cut_before && !snippet.cut_after);
        assert_eq!(excerpt(&body, &keys(&["khong"]), &keys(&["khong"])), None);
    }

    proptest! {
        #[test]
        fn marks_lie_in_the_excerpt(body in "([a-e]{1,3}|ế|đ|ộ|[ \\n.]){0,400}") {
            let body = crate::analysis::normal(&body);
            let wanted = keys(&["a", "b", "ab", "e", "d"]);
            if let Some(snippet) = excerpt(&body, &wanted, &wanted) {
                prop_assert!(snippet.text.chars().count() <= SNIPPET_CHARS);
                prop_assert!(!snippet.marks.is_empty());
                for range in snippet.marks {
                    prop_assert!(snippet.text.get(range).is_some());
                }
            }
        }
    }
}
