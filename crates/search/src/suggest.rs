//! Completing what is being typed: official names, names that citizens use, centres and places.
//!
//! Every text stands in one sorted list by each of its beginnings of words, folded. What was typed is a range of that
//! list; the heaviest texts of the range are shown.

use motcua_catalogue::{CentreId, ProcedureCode, Tier, UnitCode};

use crate::analysis::{normal, push_folded, words};
use crate::days::{Day, Days};
use crate::document::tiers_of;
use crate::knowledge::{Knowledge, PhraseKind, Word, words_of};
use crate::places::Places;
use crate::table::Table;
use crate::titles::Titles;

/// Words of a text by which it is found; further ones stand too far back.
const WORDS_OF_TEXT: usize = 8;

/// Longest text shown, in characters.
const LONGEST_TEXT_CHARS: usize = 90;

/// Fewer letters are no beginning yet.
const LEAST_LETTERS: usize = 2;

/// Texts of a range that are looked at closely.
const LOOKED_AT: usize = 128;

/// A completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What to show and to search for.
    pub text: String,
    /// What it is.
    pub target: SuggestionTarget,
}

/// What a completion leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuggestionTarget {
    /// A procedure by its official name.
    Procedure(ProcedureCode),
    /// Words to search for.
    Words,
    /// A centre.
    Centre(CentreId),
    /// A place.
    Unit(UnitCode),
}

impl SuggestionTarget {
    /// The code used in the API.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Procedure(_) => "procedure",
            Self::Words => "words",
            Self::Centre(_) => "centre",
            Self::Unit(_) => "unit",
        }
    }
}

#[derive(Debug)]
struct Text {
    suggestion: Suggestion,
    /// Folded words, separated by spaces.
    folded: String,
    days: Days,
    weight: f32,
}

/// Every text.
#[derive(Debug, Default)]
pub(crate) struct Suggestions {
    texts: Vec<Text>,
    /// Text and where in its folded words a word begins, in the order of what follows from there.
    beginnings: Vec<(u32, u16)>,
}

impl Suggestions {
    pub(crate) fn new(table: &Table, places: &Places, titles: &Titles, knowledge: &Knowledge) -> Self {
        let mut suggestions = Self::default();
        suggestions.add_procedures(table, titles);
        suggestions.add_words(table, knowledge);
        suggestions.add_places(places);
        let texts = &suggestions.texts;
        suggestions.beginnings.sort_by(|a, b| rest_of(texts, *a).cmp(rest_of(texts, *b)));
        suggestions
    }

    /// Completions of a text on a day, the likeliest first.
    pub(crate) fn find(&self, typed: &str, day: Day, most: usize) -> Vec<Suggestion> {
        let typed = normal(typed);
        let query = words_of(&typed);
        let mut prefix = String::new();
        for word in &query {
            if !prefix.is_empty() {
                prefix.push(' ');
            }
            prefix.push_str(&word.folded);
        }
        if prefix.len() < LEAST_LETTERS {
            return Vec::new();
        }
        if typed.ends_with(char::is_whitespace) {
            prefix.push(' ');
        }
        let from = self.beginnings.partition_point(|place| rest_of(&self.texts, *place) < prefix.as_str());
        let rest = self.beginnings.get(from..).unwrap_or_default();
        let count = rest.partition_point(|place| rest_of(&self.texts, *place).starts_with(prefix.as_str()));
        let mut found: Vec<(f32, u32)> = rest
            .get(..count)
            .unwrap_or_default()
            .iter()
            .filter_map(|&(number, offset)| {
                let text = self.texts.get(number as usize).filter(|text| text.days.contain(day))?;
                let place = if offset == 0 { 1.0 } else { 0.82 };
                let exact = if text.folded.len() == prefix.len() { 1.3 } else { 1.0 };
                Some((text.weight * place * exact, number))
            })
            .collect();
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1));
        if found.len() > LOOKED_AT {
            found.select_nth_unstable_by(LOOKED_AT, order);
            found.truncate(LOOKED_AT);
        }
        if query.iter().any(Word::is_marked) {
            // Marks that were typed are meant.
            for (weight, number) in &mut found {
                let text = self.texts.get(*number as usize).map(|text| text.suggestion.text.as_str());
                if !has_marks(text.unwrap_or_default(), &query) {
                    *weight *= 0.5;
                }
            }
        }
        found.sort_by(order);
        let mut shown: Vec<Suggestion> = Vec::with_capacity(most);
        let mut seen: Vec<&str> = Vec::with_capacity(most);
        // Names that people use are many; half of the list stays for what they lead to.
        let is_words = |text: &Text| text.suggestion.target == SuggestionTarget::Words;
        let texts = || found.iter().filter_map(|(_, number)| self.texts.get(*number as usize));
        let others = texts().filter(|text| !is_words(text)).count();
        let mut words_left = most - others.min(most / 2);
        for text in texts() {
            if seen.contains(&text.folded.as_str()) || (is_words(text) && words_left == 0) {
                continue;
            }
            words_left -= usize::from(is_words(text));
            seen.push(&text.folded);
            shown.push(text.suggestion.clone());
            if shown.len() == most {
                break;
            }
        }
        shown
    }

    fn add_procedures(&mut self, table: &Table, titles: &Titles) {
        for (number, entry) in (0..).zip(&table.entries) {
            let Some(traits) = titles.traits(number) else { continue };
            let text = shown_title(&entry.data.name);
            let tier = tiers_of(entry.data.tiers).map(tier_weight).fold(0.6, f32::max);
            let local = if traits.is_local { 0.5 } else { 1.0 };
            let length = brevity(&text);
            let suggestion =
                Suggestion { text, target: SuggestionTarget::Procedure(entry.data.code.clone()) };
            self.add(suggestion, entry.data.days, traits.factor * tier * local * length, WORDS_OF_TEXT);
        }
    }

    fn add_words(&mut self, table: &Table, knowledge: &Knowledge) {
        let factor = |code: &ProcedureCode| {
            let demand = knowledge.demand.get(code).copied().unwrap_or(0);
            table.codes.exactly(code.as_str()).next().map(|_| 0.85 + 0.1 * f32::from(demand))
        };
        for alias in knowledge.aliases.iter().filter(|alias| !alias.english) {
            let Some(weight) = factor(&alias.code) else { continue };
            let weight = weight * brevity(&alias.text);
            let suggestion = Suggestion { text: alias.text.clone(), target: SuggestionTarget::Words };
            self.add(suggestion, ALWAYS, weight, WORDS_OF_TEXT);
        }
        // Queries that editors have set are the ones that many people type.
        let mut bets: Vec<String> =
            knowledge.best_bets.values().flatten().map(|bet| crate::knowledge::shown(&bet.query)).collect();
        bets.sort();
        for text in bets.into_iter().filter(|text| text.contains(' ')) {
            let weight = 1.2 * brevity(&text);
            let suggestion = Suggestion { text, target: SuggestionTarget::Words };
            self.add(suggestion, ALWAYS, weight, WORDS_OF_TEXT);
        }
        for phrase in &knowledge.phrases.all {
            if phrase.kind == PhraseKind::Everyday && phrase.when.is_empty() && phrase.say.len() > 1 {
                let text = crate::knowledge::shown(&phrase.say);
                let suggestion = Suggestion { text, target: SuggestionTarget::Words };
                let weight = 0.6 * brevity(&suggestion.text);
                self.add(suggestion, ALWAYS, weight, WORDS_OF_TEXT);
            }
        }
    }

    fn add_places(&mut self, places: &Places) {
        for unit in places.units.iter().filter(|unit| !unit.full_name.is_empty()) {
            let weight = match unit.tier {
                Tier::Province => 0.9,
                Tier::District => 0.5,
                _ => 0.35,
            };
            let text = match places.province_name(unit) {
                Some(province) => format!("{}, {province}", unit.full_name),
                None => unit.full_name.clone(),
            };
            let suggestion = Suggestion { text, target: SuggestionTarget::Unit(unit.code.clone()) };
            self.add(suggestion, unit.days, weight, 3);
        }
        for centre in places.centres.iter().filter(|centre| !centre.name.is_empty()) {
            let suggestion =
                Suggestion { text: centre.name.clone(), target: SuggestionTarget::Centre(centre.id.clone()) };
            self.add(suggestion, centre.days, 0.3, 3);
        }
    }

    fn add(&mut self, suggestion: Suggestion, days: Days, weight: f32, words_of_text: usize) {
        let mut folded = String::with_capacity(suggestion.text.len());
        let mut beginnings = Vec::new();
        for range in words(&suggestion.text) {
            if !folded.is_empty() {
                folded.push(' ');
            }
            beginnings.push(folded.len());
            push_folded(suggestion.text.get(range).unwrap_or_default(), &mut folded);
        }
        let Ok(number) = u32::try_from(self.texts.len()) else { return };
        let places =
            beginnings.into_iter().take(words_of_text).filter_map(|offset| u16::try_from(offset).ok());
        self.beginnings.extend(places.map(|offset| (number, offset)));
        self.texts.push(Text { suggestion, folded, days, weight });
    }
}

const ALWAYS: Days = Days { from: Day::MIN, to: Day::MAX };

/// Among texts that begin alike, the short one is the usual one.
fn brevity(text: &str) -> f32 {
    1.0 / (1.0 + text.chars().count() as f32 / 60.0)
}

fn tier_weight(tier: Tier) -> f32 {
    match tier {
        Tier::Commune => 1.0,
        Tier::Province | Tier::District => 0.9,
        Tier::Ministry | Tier::Other => 0.7,
    }
}

fn rest_of(texts: &[Text], (number, offset): (u32, u16)) -> &str {
    texts.get(number as usize).and_then(|text| text.folded.get(usize::from(offset)..)).unwrap_or_default()
}

/// A title as a completion shows it: without "Thủ tục" and not endless.
pub(crate) fn shown_title(name: &str) -> String {
    let bare = ["Thủ tục hành chính ", "Thủ tục ", "thủ tục "]
        .into_iter()
        .find_map(|form| name.strip_prefix(form))
        .unwrap_or(name)
        .trim();
    let mut letters = bare.chars();
    let mut text: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    text.push_str(letters.as_str());
    if text.chars().count() <= LONGEST_TEXT_CHARS {
        return text;
    }
    let cut: String = text.chars().take(LONGEST_TEXT_CHARS).collect();
    // A completion must still be a text that finds the procedure; half a word would not.
    let end = cut.rfind(char::is_whitespace).unwrap_or(cut.len());
    cut.get(..end).unwrap_or(&cut).trim_end_matches([',', ';', '(', ' ', '/', ':']).to_owned()
}

/// Whether a text has the words of a query with their marks; the last one may go on.
fn has_marks(text: &str, query: &[Word]) -> bool {
    let text = words_of(text);
    let fits = |start: usize| {
        query.iter().enumerate().all(|(number, typed)| {
            let Some(word) = text.get(start + number) else { return false };
            if number + 1 < query.len() { typed.may_be(word) } else { begins(&word.shown, &typed.shown) }
        })
    };
    (0..text.len()).any(fits)
}

/// Whether a word begins as typed: each letter with the marks that were typed, or with more.
fn begins(word: &str, typed: &str) -> bool {
    let mut letters = word.chars();
    typed.chars().all(|wanted| {
        letters.next().is_some_and(|letter| {
            letter == wanted
                || (wanted.is_ascii() && crate::analysis::folded(&letter.to_string()) == wanted.to_string())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::tests::language;

    fn found(typed: &str) -> Vec<String> {
        let language = language(&[
            "Thủ tục đăng ký khai sinh",
            "Đăng ký khai tử",
            "Cấp đổi giấy phép lái xe",
            "Đăng ký lại khai sinh (cấp xã)",
        ]);
        let found = language.suggestions.find(typed, 0, 4);
        found.into_iter().filter(|one| one.target != SuggestionTarget::Words).map(|one| one.text).collect()
    }

    #[test]
    fn names_are_completed_from_two_letters_on_with_and_without_diacritics() {
        assert_eq!(found("k"), [""; 0]);
        for typed in ["dang ky kh", "đăng ký kh", "Đăng kí kh", "DANG KY KH"] {
            assert_eq!(found(typed), ["Đăng ký khai tử", "Đăng ký khai sinh"], "{typed}");
        }
        assert_eq!(found("giay ph"), ["Cấp đổi giấy phép lái xe"], "from the middle too");
        assert_eq!(found("khai t"), ["Đăng ký khai tử"]);
        assert_eq!(found("khai tu x"), [""; 0]);
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        let long = format!("Thủ tục cấp {}", "giấy phép ".repeat(20));
        let shown = shown_title(&long);
        assert!(shown.chars().count() <= LONGEST_TEXT_CHARS && shown.ends_with("giấy"), "{shown}");
    }
}
