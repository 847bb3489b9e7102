//! Text with the words that were searched for marked, cut into pieces so that no mark-up ever comes from data.

use std::ops::Range;

use motcua_search::Snippet;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The text.
    pub text: String,
    /// Whether it was searched for.
    pub marked: bool,
}

impl Piece {
    fn new(text: &str, marked: bool) -> Self {
        Self { text: text.to_owned(), marked }
    }
}

/// Cuts a text at its marks. A mark that does not fall between characters, or overlaps the one before, is dropped.
pub(crate) fn pieces(text: &str, marks: &[Range<usize>]) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(marks.len() * 2 + 1);
    let mut done = 0;
    for mark in marks {
        let (Some(before), Some(marked)) = (text.get(done..mark.start), text.get(mark.clone())) else {
            continue;
        };
        if marked.is_empty() {
            continue;
        }
        if !before.is_empty() {
            pieces.push(Piece::new(before, false));
        }
        pieces.push(Piece::new(marked, true));
        done = mark.end;
    }
    if let Some(rest) = text.get(done..).filter(|rest| !rest.is_empty()) {
        pieces.push(Piece::new(rest, false));
    }
    pieces
}

/// Cuts a text at its backticks; what stands between two of them is marked.
pub(crate) fn code_pieces(text: &str) -> Vec<Piece> {
    text.split('`')
        .enumerate()
        .filter(|(_, piece)| !piece.is_empty())
        .map(|(place, piece)| Piece::new(piece, place % 2 == 1))
        .collect()
}

/// Cuts an excerpt, with dots where text was left out.
pub(crate) fn snippet_pieces(snippet: &Snippet) -> Vec<Piece> {
    let mut out = Vec::new();
    if snippet.cut_before {
        out.push(Piece::new("… ", false));
    }
    out.extend(pieces(&snippet.text, &snippet.marks));
    if snippet.cut_after {
        out.push(Piece::new(" …", false));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect()
    }

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "one mark is meant")]
    fn marks_cut_and_never_lose_text() {
        let text = "Đăng ký khai sinh";
        assert_eq!(joined(&pieces(text, &[])), text);
        let start = text.find("khai").expect("there");
        assert_eq!(joined(&pieces(text, &[start..text.len()])), "Đăng ký [khai sinh]");
        assert_eq!(joined(&pieces(text, &[0..1])), text, "within the first letter");
        assert_eq!(joined(&pieces(text, &[start..start + 4, start + 2..start + 6])), "Đăng ký [khai] sinh");
        assert_eq!(joined(&pieces(text, &[500..600])), text);
    }
}
