//! Finding procedures by their code, in whatever form it was typed.

use std::collections::HashMap;
use std::ops::Range;

use motcua_catalogue::ProcedureCode;

use crate::table::EntryNumber;

/// Fewer digits are a number in a text rather than the beginning of a code.
const SHORTEST_PREFIX: usize = 4;

/// How well a code answers what was typed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CodeMatch {
    /// The code as published.
    Exact,
    /// The same digits: `1001193` for `1.001193`.
    Digits,
    /// The national code of the suffixed one that was typed, or another edition of it.
    Base,
    /// The code begins with what was typed.
    Prefix,
}

/// The codes of a table.
#[derive(Debug, Default)]
pub(crate) struct CodeIndex {
    exact: HashMap<String, Vec<EntryNumber>>,
    /// Digits of the base code, sorted.
    digits: Vec<(String, EntryNumber)>,
}

impl CodeIndex {
    /// Indexes codes; their places are the entries' numbers.
    pub(crate) fn new<'a>(codes: impl Iterator<Item = &'a ProcedureCode>) -> Self {
        let mut index = Self::default();
        for (number, code) in (0..).zip(codes) {
            index.exact.entry(code.as_str().to_ascii_lowercase()).or_default().push(number);
            index.digits.push((digits_of(code.base()), number));
        }
        index.digits.sort();
        index
    }

    /// Entries whose code is exactly this, apart from the case of letters.
    pub(crate) fn exactly(&self, code: &str) -> impl Iterator<Item = EntryNumber> {
        self.exact.get(&code.to_ascii_lowercase()).into_iter().flatten().copied()
    }

    /// Whether some code has exactly these digits.
    fn has_digits(&self, digits: &str) -> bool {
        let from = self.digits.partition_point(|(known, _)| known.as_str() < digits);
        self.digits.get(from).is_some_and(|(known, _)| known == digits)
    }

    /// Entries that a typed code means, each with how well it answers. An entry may occur more than once.
    pub(crate) fn find(&self, typed: &TypedCode) -> Vec<(CodeMatch, EntryNumber)> {
        let mut found: Vec<_> = self.exactly(&typed.raw).map(|number| (CodeMatch::Exact, number)).collect();
        let from = self.digits.partition_point(|(digits, _)| digits.as_str() < typed.digits.as_str());
        for (digits, number) in self.digits.iter().skip(from) {
            if !digits.starts_with(&typed.digits) {
                break;
            }
            let how = match (digits.len() == typed.digits.len(), typed.suffixed) {
                (true, false) => CodeMatch::Digits,
                (true, true) => CodeMatch::Base,
                (false, false) => CodeMatch::Prefix,
                // A suffix says that the code before it is complete.
                (false, true) => continue,
            };
            found.push((how, *number));
        }
        found
    }
}

/// A text, or a word of it, that reads like a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypedCode {
    raw: String,
    digits: String,
    suffixed: bool,
}

impl TypedCode {
    /// Reads a whole text as a code or as its beginning: `1.001193`, `1001193`, `1 001193`, `1,001193`,
    /// `1.012753.H19`, `1.0011`.
    pub(crate) fn whole(text: &str) -> Option<Self> {
        let raw = text.trim();
        let compact: String =
            raw.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
        let code = Self::read(raw, &compact)?;
        (code.digits.len() >= SHORTEST_PREFIX).then_some(code)
    }

    /// Finds a complete code within a text, with where it stands. A number without its dot may be a year, an amount or
    /// the number of a decree, so it counts only where some procedure has these very digits.
    pub(crate) fn in_text(text: &str, codes: &CodeIndex) -> Option<(Range<usize>, Self)> {
        let pieces: Vec<(usize, &str)> = pieces(text).collect();
        for (number, &(start, piece)) in pieces.iter().enumerate() {
            let trimmed = piece.trim_matches(|c: char| !c.is_alphanumeric());
            let at = start + piece.find(trimmed).unwrap_or(0);
            if let Some(code) = Self::dotted(trimmed) {
                return Some((at..at + trimmed.len(), code));
            }
            if trimmed.len() == 7 && all_digits(trimmed) && codes.has_digits(trimmed) {
                return Some((at..at + trimmed.len(), Self::read(trimmed, trimmed)?));
            }
            // "1 001193"
            if let Some(&(next_start, next)) = pieces.get(number + 1) {
                let digits = next.trim_end_matches(|c: char| !c.is_alphanumeric());
                let joined = format!("{trimmed}{digits}");
                if trimmed.len() == 1 && digits.len() == 6 && all_digits(&joined) && codes.has_digits(&joined)
                {
                    return Some((at..next_start + digits.len(), Self::read(&joined, &joined)?));
                }
            }
        }
        None
    }

    /// Reads one word as a complete code with its dot.
    fn dotted(word: &str) -> Option<Self> {
        let word = word.replacen(',', ".", 1);
        // Some write the agency's suffix after a dash.
        let word = word.replacen('-', ".", 1);
        let (first, rest) = word.split_once('.')?;
        let six = rest.get(..6)?;
        if first.len() != 1 || !all_digits(six) {
            return None;
        }
        Self::read(&word, &word).filter(|code| code.digits.len() == 7)
    }

    fn read(raw: &str, compact: &str) -> Option<Self> {
        let mut parts = compact.split('.');
        let first = parts.next()?;
        if first.is_empty() || !all_digits(first) {
            return None;
        }
        let mut digits = first.to_owned();
        let mut suffixed = false;
        for part in parts {
            if !suffixed && digits.len() < 7 && all_digits(part) {
                digits.push_str(part);
                continue;
            }
            // Whatever follows seven digits is the agency's suffix.
            if digits.len() != 7 || part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                return None;
            }
            suffixed = true;
        }
        (digits.len() <= 12).then(|| Self { raw: raw.to_owned(), digits, suffixed })
    }
}

/// The parts of a text between spaces, with where they begin.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |piece| (piece.as_ptr() as usize - text.as_ptr() as usize, piece))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn digits_of(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> (CodeIndex, Vec<&'static str>) {
        let codes =
            vec!["1.001193", "1.001194", " 1.014325", "1.014325", "1.012753", "1.012753.H19", "1.0133611"];
        let parsed: Vec<ProcedureCode> = codes.iter().map(|code| code.parse().expect("a code")).collect();
        (CodeIndex::new(parsed.iter()), codes)
    }

    fn find(text: &str) -> Vec<(CodeMatch, &'static str)> {
        let (index, codes) = index();
        let Some(typed) = TypedCode::whole(text) else { return Vec::new() };
        let mut found = index.find(&typed);
        found.sort();
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|(_, number)| seen.insert(*number));
        found.into_iter().map(|(how, number)| (how, codes[number as usize])).collect()
    }

    #[test]
    fn a_code_is_found_in_every_form() {
        assert_eq!(find("1.001193"), [(CodeMatch::Exact, "1.001193")]);
        for form in ["1001193", " 1 001193 ", "1,001193"] {
            assert_eq!(find(form), [(CodeMatch::Digits, "1.001193")], "{form}");
        }
    }

    #[test]
    fn a_suffixed_code_finds_its_base_and_the_other_way_round() {
        assert_eq!(find("1.012753.h19"), [(CodeMatch::Exact, "1.012753.H19"), (CodeMatch::Base, "1.012753")]);
        assert_eq!(
            find("1.012753.000.00.00.H29"),
            [(CodeMatch::Base, "1.012753"), (CodeMatch::Base, "1.012753.H19")]
        );
        assert_eq!(find("1.012753"), [(CodeMatch::Exact, "1.012753"), (CodeMatch::Digits, "1.012753.H19")]);
    }

    #[test]
    fn a_beginning_of_four_digits_is_enough() {
        assert_eq!(find("1.0011"), [(CodeMatch::Prefix, "1.001193"), (CodeMatch::Prefix, "1.001194")]);
        assert_eq!(find("1.00"), []);
    }

    #[test]
    fn an_irregular_code_is_not_the_one_it_resembles() {
        assert_eq!(find("1.014325"), [(CodeMatch::Exact, "1.014325"), (CodeMatch::Digits, " 1.014325")]);
        assert_eq!(find("1.0133611"), [(CodeMatch::Exact, "1.0133611")]);
    }

    #[test]
    fn other_numbers_are_no_codes() {
        for text in ["khai sinh", "123/2015/NĐ-CP", "B2", "", ".", "14 tuổi", "1.001193abc.", "0912345678901"]
        {
            assert_eq!(TypedCode::whole(text), None, "{text}");
        }
        let (index, _) = index();
        let within = |text: &str| TypedCode::in_text(text, &index).map(|(range, _)| text[range].to_owned());
        for (text, code) in [
            ("mã (1.001193) ở xã", "1.001193"),
            ("ma so 1001193", "1001193"),
            ("thủ tục 1 001193", "1 001193"),
            ("tthc 1.012753-H19", "1.012753-H19"),
        ] {
            assert_eq!(within(text).as_deref(), Some(code), "{text}");
        }
        for text in ["năm 2025", "số 7001193", "1.000.000 đồng", "12.345678", "1 2 3"] {
            assert_eq!(within(text), None, "{text}");
        }
    }
}
