//! A text as it may be counted: what was asked, and nothing about who asked.

use crate::analysis::{normal, words};
use crate::codes::TypedCode;
use crate::knowledge::Word;

/// Longer texts tell stories, and stories have people in them.
const MOST_WORDS: usize = 12;

/// Numbers with more digits may belong to somebody.
const MOST_DIGITS: usize = 3;

/// The form under which a search text is counted: lower case, without punctuation, numbers of more than three digits as `#`,
/// at most twelve words. `None` for what is not counted: codes, mail addresses, texts without a letter.
#[must_use]
pub fn counted_text(text: &str) -> Option<String> {
    let text = normal(text);
    if text.contains('@') || TypedCode::whole(&text).is_some() {
        return None;
    }
    let mut counted = String::new();
    for range in words(&text).take(MOST_WORDS) {
        let word = Word::new(text.get(range)?);
        if !counted.is_empty() {
            counted.push(' ');
        }
        let digits = word.folded.bytes().filter(u8::is_ascii_digit).count();
        counted.push_str(if digits > MOST_DIGITS { "#" } else { &word.shown });
    }
    counted.chars().any(char::is_alphabetic).then_some(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_point_to_a_person_is_not_counted() {
        assert_eq!(counted_text("  Khai sinh, con THỨ 2? ").as_deref(), Some("khai sinh con thứ 2"));
        assert_eq!(counted_text("tra cứu cccd 042099001234").as_deref(), Some("tra cứu cccd #"));
        assert_eq!(counted_text("gọi 0912.345.678 giúp").as_deref(), Some("gọi # 345 678 giúp"));
        assert_eq!(counted_text("hồ sơ của an@example.vn"), None);
        assert_eq!(counted_text("1.001193"), None);
        assert_eq!(counted_text("??"), None);
        assert_eq!(counted_text(&"một ".repeat(30)).map(|text| text.split(' ').count()), Some(12));
    }
}
