//! Words of names and of what people type, on keys that make spellings of one name equal.

use unicode_normalization::UnicodeNormalization;

/// A word with its two keys and how it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower case without diacritics; `y` after another letter as `i`; numbers without leading zeros.
    pub(super) folded: String,
    /// Lower case with diacritics, the tone behind the letters: `hòa` and `hoà` are one.
    pub(super) marked: String,
    /// Whether it carries a diacritic.
    pub(super) is_marked: bool,
    /// Whether a comma or another separator stands before it.
    pub(super) after_break: bool,
    /// Its first and the byte after its last in the text.
    pub(super) bytes: (usize, usize),
}

/// Separators between parts of an address. A full stop only follows an abbreviation.
const BREAKS: [char; 12] = [',', ';', '-', '–', '—', '/', '\\', '(', ')', '|', '\n', '\t'];

const APOSTROPHES: [char; 7] = ['\'', '’', '‘', '`', '´', 'ʼ', '′'];

/// Longest text that is read, in words: an address has less.
const MOST_WORDS: usize = 48;

/// Short words for kinds that are glued to a name by a capital: `TPHà Tĩnh`.
const GLUED: [&str; 7] = ["TP", "TX", "TT", "P", "Q", "H", "X"];

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut current = Current::default();
    for (place, c) in text.char_indices() {
        if APOSTROPHES.contains(&c) {
            current.joins = !current.letters.is_empty();
            current.is_foreign |= current.joins;
        } else if c.is_alphanumeric() || is_mark(c) {
            let digit = c.is_ascii_digit();
            let splits = digit && current.letters.chars().last().is_some_and(char::is_alphabetic);
            if splits {
                current.finish(&mut words);
            }
            if current.letters.is_empty() {
                current.start = place;
            }
            current.letters.push(c);
            current.joins = false;
            current.end = place + c.len_utf8();
        } else if !(current.joins && c == ' ') {
            current.finish(&mut words);
            current.broken |= BREAKS.contains(&c);
        }
        if words.len() >= MOST_WORDS {
            return words;
        }
    }
    current.finish(&mut words);
    words
}

#[derive(Default)]
struct Current {
    letters: String,
    start: usize,
    end: usize,
    /// An apostrophe stands last: what follows belongs to the word, as in `H'leo`.
    joins: bool,
    /// An apostrophe stands in it: its capitals are its own.
    is_foreign: bool,
    broken: bool,
}

impl Current {
    fn finish(&mut self, words: &mut Vec<Word>) {
        self.joins = false;
        let is_foreign = std::mem::take(&mut self.is_foreign);
        if self.letters.is_empty() {
            return;
        }
        let letters = std::mem::take(&mut self.letters);
        let after_break = std::mem::take(&mut self.broken);
        let cut = glued_kind(&letters).filter(|_| !is_foreign).unwrap_or(0);
        let (kind, rest) = letters.split_at(cut);
        let middle = self.start + cut;
        if !kind.is_empty() {
            words.push(word(kind, after_break, (self.start, middle)));
        }
        words.push(word(rest, after_break && kind.is_empty(), (middle, self.end)));
    }
}

/// Length of a kind's short word before a capitalised name.
fn glued_kind(letters: &str) -> Option<usize> {
    GLUED.iter().map(|kind| kind.len()).find(|&length| {
        let Some((kind, rest)) = letters.split_at_checked(length) else { return false };
        let mut rest = rest.chars();
        GLUED.contains(&kind)
            && rest.next().is_some_and(char::is_uppercase)
            && rest.next().is_some_and(char::is_lowercase)
    })
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn word(letters: &str, after_break: bool, bytes: (usize, usize)) -> Word {
    if letters.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = letters.trim_start_matches('0');
        let number = if number.is_empty() { "0" } else { number };
        let (folded, marked) = (number.to_owned(), number.to_owned());
        return Word { folded, marked, is_marked: false, after_break, bytes };
    }
    let mut folded = String::with_capacity(letters.len());
    let mut quality = String::with_capacity(letters.len());
    let mut tone = None;
    let mut is_marked = false;
    for c in letters.nfd().flat_map(char::to_lowercase) {
        match c {
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => {
                tone = Some(c);
                is_marked = true;
            }
            c if is_mark(c) => {
                quality.push(c);
                is_marked = true;
            }
            'đ' | 'ð' => {
                folded.push('d');
                quality.push('đ');
                is_marked = true;
            }
            'y' if !folded.is_empty() => {
                folded.push('i');
                quality.push('i');
            }
            c => {
                folded.push(c);
                quality.push(c);
            }
        }
    }
    let mut marked: String = quality.nfc().collect();
    marked.extend(tone);
    Word { folded, marked, is_marked, after_break, bytes }
}

/// Key of a name: its folded words with single spaces.
pub(super) fn key(words: &[Word]) -> String {
    let mut key = String::with_capacity(words.len() * 6);
    for word in words {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&word.folded);
    }
    key
}

/// Key of a name written in one, as in a slug: every `y` as `i`.
pub(super) fn joined(words: &[Word]) -> String {
    words.iter().flat_map(|word| word.folded.chars()).map(|c| if c == 'y' { 'i' } else { c }).collect()
}

/// How what was typed agrees with a name of the same folded words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Marks {
    /// Some word carries other diacritics.
    Differ,
    /// Words with diacritics agree, others leave them out.
    Agree,
    /// Every word is the same.
    Equal,
}

/// Compares typed words with the marked words of a name, one string with spaces.
pub(super) fn marks(typed: &[Word], marked: &str) -> Marks {
    let mut agreement = Marks::Equal;
    for (typed, marked) in typed.iter().zip(marked.split(' ')) {
        if typed.marked != marked {
            if typed.is_marked {
                return Marks::Differ;
            }
            agreement = Marks::Agree;
        }
    }
    agreement
}

/// The marked words of a name in one string.
pub(super) fn marked(words: &[Word]) -> Box<str> {
    words.iter().map(|word| word.marked.as_str()).collect::<Vec<_>>().join(" ").into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn spellings_of_one_name_are_equal() {
        let marked_of = |text: &str| marked(&words(text));
        assert_eq!(marked_of("Yên Hòa"), marked_of("Yên Hoà"));
        assert_eq!(marked_of("Mỹ Lý"), marked_of("Mĩ Lí"));
        assert_eq!(marked_of("Kỳ Lợi"), marked_of(&"Kỳ Lợi".nfd().collect::<String>()));
        assert_eq!(marked_of("ĐỨC THỌ"), marked_of("đức thọ"));
        assert_ne!(marked_of("Ia Ly"), marked_of("Ya Ly"));
        assert_ne!(marked_of("Tân An"), marked_of("Tân Ân"));
    }

    #[test]
    fn glued_and_dotted_writings_come_apart() {
        assert_eq!(folded("P.Trần Phú, TP.Hà Tĩnh"), ["p", "tran", "phu", "tp", "ha", "tinh"]);
        assert_eq!(folded("TPHà Tĩnh"), ["tp", "ha", "tinh"]);
        assert_eq!(folded("Q1 P01 Sơn Kim2"), ["q", "1", "p", "1", "son", "kim", "2"]);
        assert_eq!(folded("Ea H'leo, Ia H' Drai"), ["ea", "hleo", "ia", "hdrai"]);
        assert_eq!(folded("''' - .,"), Vec::<String>::new());
    }
}
