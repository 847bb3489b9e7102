//! Vietnamese text as words: the same for documents and for what users type.
//!
//! Text is brought to NFC first ([`normal`]), then cut into syllables ([`words`]). A syllable has an exact form (lower
//! case, diacritics kept) and a folded form (no diacritics, đ as d). Offsets always point into the NFC text.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Raised whenever the words of a text would come out differently, so that indexes are rebuilt.
pub(crate) const ANALYSIS_VERSION: u32 = 1;

/// Longer runs of letters are no words of any language here; they are skipped everywhere.
const LONGEST_WORD_BYTES: usize = 100;

/// The form in which texts are stored and cut: Unicode NFC. Some systems write Vietnamese decomposed, and then every
/// syllable would fall apart.
pub(crate) fn normal(text: &str) -> String {
    motcua_catalogue::text::nfc(text)
}

/// The words of an NFC text: runs of letters and digits.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { text, place: 0 }
}

/// See [`words`].
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    text: &'a str,
    place: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let rest = self.text.get(self.place..)?;
            let start = self.place + rest.find(char::is_alphanumeric)?;
            let tail = self.text.get(start..)?;
            let length = tail.find(|c: char| !belongs_to_word(c)).unwrap_or(tail.len());
            self.place = start + length;
            if length <= LONGEST_WORD_BYTES {
                return Some(start..start + length);
            }
        }
    }
}

/// Marks that NFC could not join to their letter stay with the word.
fn belongs_to_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// Appends the exact form of a word: lower case, with two letters that stand for Vietnamese ones in old texts set
/// right (ð for đ, ƣ for ư).
pub(crate) fn push_exact(word: &str, out: &mut String) {
    for c in word.chars() {
        push_lower(c, &mut |lower| out.push(lower));
    }
}

/// Appends the folded form of a word: lower case, no diacritics, đ as d.
pub(crate) fn push_folded(word: &str, out: &mut String) {
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
            continue;
        }
        push_lower(c, &mut |lower| {
            decompose_canonical(lower, |part| {
                if part == 'đ' {
                    out.push('d');
                } else if !is_combining_mark(part) {
                    out.push(part);
                }
            });
        });
    }
}

fn push_lower(c: char, push: &mut impl FnMut(char)) {
    match c {
        'ð' | 'Ð' => push('đ'),
        'ƣ' | 'Ƣ' => push('ư'),
        _ => c.to_lowercase().for_each(push),
    }
}

/// Number that stands for a folded word where texts are compared often. It is the same in every process.
pub(crate) fn word_key(folded: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    folded.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forms(text: &str) -> Vec<(String, String)> {
        let text = normal(text);
        words(&text)
            .map(|range| {
                let (mut exact, mut folded) = (String::new(), String::new());
                push_exact(&text[range.clone()], &mut exact);
                push_folded(&text[range], &mut folded);
                (exact, folded)
            })
            .collect()
    }

    fn folded(text: &str) -> Vec<String> {
        forms(text).into_iter().map(|(_, folded)| folded).collect()
    }

    #[test]
    fn decomposed_text_gives_the_same_words() {
        use unicode_normalization::UnicodeNormalization;
        let text = "Hòa giải tranh chấp đất đai – Nghị định 123/2015/NĐ-CP";
        let decomposed: String = text.nfd().collect();
        assert_eq!(forms(text), forms(&decomposed));
        assert_eq!(
            folded(text),
            ["hoa", "giai", "tranh", "chap", "dat", "dai", "nghi", "dinh", "123", "2015", "nd", "cp"]
        );
    }

    #[test]
    fn both_letters_d_and_old_letters_are_known() {
        assert_eq!(
            forms("Đăng ðược đƣợc ĐẶC"),
            [
                ("đăng".to_owned(), "dang".to_owned()),
                ("được".to_owned(), "duoc".to_owned()),
                ("được".to_owned(), "duoc".to_owned()),
                ("đặc".to_owned(), "dac".to_owned()),
            ]
        );
    }

    #[test]
    fn every_vietnamese_letter_folds_to_ascii() {
        let letters = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";
        for letter in letters.chars().chain(letters.to_uppercase().chars()) {
            let [word] = folded(&letter.to_string()).try_into().expect("one word");
            assert!(word.len() == 1 && word.is_ascii(), "{letter} became {word}");
        }
    }

    #[test]
    fn endless_letters_are_no_word() {
        assert_eq!(folded(&format!("một {} hai", "x".repeat(101))), ["mot", "hai"]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_at_letters_without_panic(text in "\\PC{0,80}") {
            let text = normal(&text);
            let mut last = 0;
            for range in words(&text) {
                prop_assert!(range.start >= last && range.end > range.start);
                last = range.end;
                let (mut exact, mut folded) = (String::new(), String::new());
                push_exact(&text[range.clone()], &mut exact);
                push_folded(&text[range], &mut folded);
                prop_assert!(!exact.is_empty());
            }
        }
    }
}
