//! A text as parts that name units: kind, name, and what is said of its age.

use super::atlas::{Atlas, Node};
use super::kinds::KindWord;
use super::names::{LONGEST_NAME, Names};
use super::text::{Marks, Word, joined, key, marks};

/// A unit that a part may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) node: Node,
    /// How the diacritics agree.
    pub(super) marks: Marks,
    /// Whether the kind agrees; so it does where none is given.
    pub(super) kind_fits: bool,
    /// Whether the name is known only as that of a unit which had gone into this one.
    pub(super) is_former_key: bool,
}

/// What a part says of the age of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    Any,
    /// "cũ".
    Former,
    /// "mới".
    Present,
}

/// A part of a text that names a unit, or words between such parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// Words that it takes.
    pub(super) words: usize,
    /// Units that it may name; none for words in between.
    pub(super) named: Vec<Named>,
    /// Whether it names the kind.
    pub(super) has_kind: bool,
    /// Whether its name carries diacritics.
    pub(super) is_marked: bool,
    /// Whether its name is written in one word or apart, unlike the unit's.
    pub(super) is_joined: bool,
    pub(super) age: Age,
}

/// Words between parts that say nothing.
const BETWEEN: [&[&str]; 12] = [
    &["thuoc"],
    &["tai"],
    &["o"],
    &["cua"],
    &["ubnd"],
    &["ui", "ban", "nhan", "dan"],
    &["viet", "nam"],
    &["vn"],
    &["nuoc", "viet", "nam"],
    &["ma"],
    &["ma", "so"],
    &["nay", "la"],
];

/// What is needed to take a text apart.
pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) words: &'a [Word],
    pub(super) atlas: &'a Atlas,
    pub(super) names: &'a Names,
    pub(super) kinds: &'a [KindWord],
}

impl Lexer<'_> {
    /// Everything that may begin at a word.
    pub(super) fn at(&self, place: usize) -> Vec<Segment> {
        let mut found = self.between(place);
        let code = self.code(place);
        // A known code of five digits is no number of a ward: 00001 is not Phường 1.
        if code.is_some() && self.words.get(place).is_some_and(|word| self.quote(word).len() == 5) {
            found.extend(code);
            return found;
        }
        found.extend(code);
        self.names_at(place, place, None, &mut found);
        for form in self.kinds {
            if let Some((length, kinds)) = self.words.get(place..).and_then(|rest| form.at(rest)) {
                self.names_at(place, place + length, Some(kinds), &mut found);
            }
        }
        found
    }

    /// Whether a kind stands at a word.
    pub(super) fn kind_at(&self, place: usize) -> bool {
        self.words.get(place..).is_some_and(|rest| self.kinds.iter().any(|form| form.at(rest).is_some()))
    }

    /// Whether the text is written with diacritics: some word has them, and no kind is written out without.
    pub(super) fn is_written_with_marks(&self) -> bool {
        let bare_kind = |place: usize| {
            let Some(rest) = self.words.get(place..) else { return false };
            self.kinds.iter().any(|form| {
                form.is_whole()
                    && form
                        .at(rest)
                        .is_some_and(|(length, _)| rest.iter().take(length).all(|word| !word.is_marked))
            })
        };
        self.words.iter().any(|word| word.is_marked) && !(0..self.words.len()).any(bare_kind)
    }

    fn between(&self, place: usize) -> Vec<Segment> {
        let Some(rest) = self.words.get(place..) else { return Vec::new() };
        let is = |(typed, wanted): (&Word, &&str)| {
            // Tây is a part of names and no "tại".
            typed.folded == **wanted
                && !matches!(self.quote(typed), "Tây" | "tây" | "TÂY" | "Tay" | "tay" | "TAY")
        };
        let stands = |words: &&[&str]| rest.len() >= words.len() && rest.iter().zip(words.iter()).all(is);
        let skip = |words: &&[&str]| Segment {
            words: words.len(),
            named: Vec::new(),
            has_kind: false,
            is_marked: false,
            is_joined: false,
            age: Age::Any,
        };
        BETWEEN.iter().filter(|words| stands(words)).map(skip).collect()
    }

    fn quote(&self, word: &Word) -> &str {
        self.text.get(word.bytes.0..word.bytes.1).unwrap_or_default()
    }

    /// A code: five digits anywhere, two or three where the text is nothing else.
    fn code(&self, place: usize) -> Option<Segment> {
        let word = self.words.get(place)?;
        let typed = self.quote(word);
        let alone =
            place + 1 == self.words.len() && self.words.iter().take(place).all(|word| word.folded == "ma");
        if typed.len() != 5 && !alone {
            return None;
        }
        let nodes = self.atlas.with_code(&typed.parse().ok()?);
        let named = nodes.iter().map(|&node| Named {
            node,
            marks: Marks::Equal,
            kind_fits: true,
            is_former_key: false,
        });
        let named: Vec<Named> = named.collect();
        (!named.is_empty()).then_some(Segment {
            words: 1,
            named,
            has_kind: true,
            is_marked: false,
            is_joined: false,
            age: Age::Any,
        })
    }

    fn names_at(&self, start: usize, from: usize, kinds: Option<&[&str]>, found: &mut Vec<Segment>) {
        for length in 1..=LONGEST_NAME {
            let Some(typed) = self.words.get(from..from + length) else { return };
            let (exact, loose) = (self.names.with_key(&key(typed)), self.names.with_joined(&joined(typed)));
            let of = |numbers: &[u32], is_joined: bool| -> Vec<Named> {
                numbers.iter().filter_map(|&number| self.named(number, typed, kinds, is_joined)).collect()
            };
            let age = self.words.get(from + length).and_then(age_of);
            let mut put = |named: Vec<Named>, is_joined: bool| {
                if named.is_empty() {
                    return;
                }
                let segment = Segment {
                    words: from + length - start,
                    named,
                    has_kind: kinds.is_some(),
                    is_marked: typed.iter().any(|word| word.is_marked),
                    is_joined,
                    age: Age::Any,
                };
                if let Some(age) = age {
                    found.push(Segment { words: segment.words + 1, age, ..segment.clone() });
                }
                found.push(segment);
            };
            // Keys of former names are only known in one word, so they stand beside names that agree word by word.
            let former: Vec<u32> = loose
                .iter()
                .copied()
                .filter(|&number| self.names.name(number).is_some_and(|name| name.marked.is_none()))
                .collect();
            let strict: Vec<u32> = exact.iter().copied().chain(former.iter().copied()).collect();
            put(of(&strict, false), false);
            if loose.len() > former.len() + exact.len() || (exact.is_empty() && loose.len() > former.len()) {
                put(of(loose, true), true);
            }
        }
    }

    fn named(&self, number: u32, typed: &[Word], kinds: Option<&[&str]>, is_joined: bool) -> Option<Named> {
        let name = self.names.name(number)?;
        let agreement = match &name.marked {
            None => Marks::Equal,
            Some(_) if is_joined => Marks::Agree,
            Some(marked) => marks(typed, marked),
        };
        Some(Named {
            node: name.node,
            marks: agreement,
            kind_fits: kinds.is_none_or(|kinds| kinds.contains(&&*name.kind)),
            is_former_key: name.marked.is_none(),
        })
    }
}

fn age_of(word: &Word) -> Option<Age> {
    match word.marked.as_str() {
        "cu\u{303}" | "cu" => Some(Age::Former),
        "mơi\u{301}" | "moi" => Some(Age::Present),
        _ => None,
    }
}
