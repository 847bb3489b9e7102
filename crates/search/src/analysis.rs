//! Vietnamese text as words: the same for documents and for what users type.
//!
//! Text is brought to NFC first ([`normal`]), then cut into syllables ([`words`]). A syllable has an exact form (lower
//! case, diacritics kept, its tone at the end) and a folded form (no diacritics, đ as d). Both write i for the y of
//! `ký`, `lý`, `kỹ`: kí, lí, kĩ are the same words. Offsets always point into the NFC text.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use unicode_normalization::char::{compose, decompose_canonical, is_combining_mark};

/// Raised whenever the words of a text would come out differently, so that indexes are rebuilt.
pub(crate) const ANALYSIS_VERSION: u32 = 2;

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

/// Appends the exact form of a word: lower case; two letters that stand for Vietnamese ones in old texts set right (ð for
/// đ, ƣ for ư); the tone moved to the end as a combining mark, because writers disagree on its letter (hòa, hoà; thủy,
/// thuỷ); i for y after a consonant. It is a key for comparing, not a text to show.
pub(crate) fn push_exact(word: &str, out: &mut String) {
    let start = out.len();
    let mut tone = None;
    for c in word.chars() {
        push_lower(c, &mut |lower| {
            if lower.is_ascii() {
                out.push(lower);
                return;
            }
            let (letter, mark) = without_tone(lower);
            out.push(letter);
            tone = mark.or(tone);
        });
    }
    i_for_y(out, start);
    out.extend(tone);
}

/// Appends the folded form of a word: lower case, no diacritics, đ as d, i for y after a consonant.
pub(crate) fn push_folded(word: &str, out: &mut String) {
    let start = out.len();
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
    i_for_y(out, start);
}

/// The folded form of a word.
pub(crate) fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    push_folded(word, &mut out);
    out
}

fn push_lower(c: char, push: &mut impl FnMut(char)) {
    match c {
        'ð' | 'Ð' => push('đ'),
        'ƣ' | 'Ƣ' => push('ư'),
        _ => c.to_lowercase().for_each(push),
    }
}

/// The five tone marks: grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A letter without its tone, and the tone. The circumflex, breve and horn make other letters and stay.
fn without_tone(letter: char) -> (char, Option<char>) {
    let mut base = None;
    let mut shape = None;
    let mut tone = None;
    decompose_canonical(letter, |part| {
        if TONES.contains(&part) {
            tone = Some(part);
        } else if is_combining_mark(part) {
            shape = Some(part);
        } else {
            base = Some(part);
        }
    });
    let (Some(base), Some(_)) = (base, tone) else {
        // A mark that joined no letter is a tone of its own.
        return (letter, None);
    };
    let bare = shape.map_or(Some(base), |shape| compose(base, shape));
    (bare.unwrap_or(letter), tone)
}

/// Writes i for the y of a syllable that is one onset and y. Other words that end so (cty, uy, y tế) stay.
fn i_for_y(out: &mut String, start: usize) {
    let Some(onset) = out.get(start..).and_then(|word| word.strip_suffix('y')) else { return };
    const ONSETS: [&str; 13] = ["b", "d", "đ", "h", "k", "l", "m", "n", "r", "s", "t", "v", "th"];
    if ONSETS.contains(&onset) {
        out.pop();
        out.push('i');
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

    fn folded_words(text: &str) -> Vec<String> {
        forms(text).into_iter().map(|(_, folded)| folded).collect()
    }

    #[test]
    fn decomposed_text_gives_the_same_words() {
        use unicode_normalization::UnicodeNormalization;
        let text = "Hòa giải tranh chấp đất đai – Nghị định 123/2015/NĐ-CP";
        let decomposed: String = text.nfd().collect();
        assert_eq!(forms(text), forms(&decomposed));
        assert_eq!(
            folded_words(text),
            ["hoa", "giai", "tranh", "chap", "dat", "dai", "nghi", "dinh", "123", "2015", "nd", "cp"]
        );
    }

    #[test]
    fn both_letters_d_and_old_letters_are_known() {
        assert_eq!(
            forms("Đăng ðược đƣợc ĐẶC"),
            [
                ("đăng".to_owned(), "dang".to_owned()),
                ("đươc\u{323}".to_owned(), "duoc".to_owned()),
                ("đươc\u{323}".to_owned(), "duoc".to_owned()),
                ("đăc\u{323}".to_owned(), "dac".to_owned()),
            ]
        );
    }

    #[test]
    fn the_place_of_the_tone_and_i_or_y_make_no_other_word() {
        for (a, b) in [
            ("hòa", "hoà"),
            ("thủy", "thuỷ"),
            ("khỏe", "khoẻ"),
            ("xóa", "xoá"),
            ("quý", "qúy"),
            ("ký", "kí"),
            ("LÝ", "lí"),
            ("kỹ", "kĩ"),
            ("ủy", "uỷ"),
            ("thừơng", "thường"),
        ] {
            assert_eq!(forms(a), forms(b), "{a} {b}");
        }
        assert_eq!(folded_words("dang ky"), folded_words("dang ki"));
        for (a, b) in
            [("cty", "cti"), ("quy", "qui"), ("y", "i"), ("thúy", "thúi"), ("má", "mã"), ("bơ", "bờ")]
        {
            assert_ne!(forms(a), forms(b), "{a} {b}");
        }
    }

    #[test]
    fn every_vietnamese_letter_folds_to_ascii() {
        let letters = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";
        for letter in letters.chars().chain(letters.to_uppercase().chars()) {
            let [word] = folded_words(&letter.to_string()).try_into().expect("one word");
            assert!(word.len() == 1 && word.is_ascii(), "{letter} became {word}");
        }
    }

    #[test]
    fn endless_letters_are_no_word() {
        assert_eq!(folded_words(&format!("một {} hai", "x".repeat(101))), ["mot", "hai"]);
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
