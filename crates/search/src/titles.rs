//! The names of procedures as sequences of words, with what ranking wants to know of each procedure: built anew with
//! every change of the catalogue or of the word lists, and read only.

use std::collections::HashMap;
use std::ops::Range;

use motcua_catalogue::{Scope, Tier, UnitCode};

use crate::analysis::words;
use crate::document::tiers_of;
use crate::knowledge::{Knowledge, Word, words_of};
use crate::lexicon::{ExactId, Lexicon, WordId};
use crate::table::{Entry, EntryNumber, Table};

/// What a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NameKind {
    /// The title without "Thủ tục", parentheses and code.
    Core,
    /// The core up to its first comma.
    Head,
    /// The whole title.
    Whole,
    /// An alias.
    Alias,
}

impl NameKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Core => "title",
            Self::Head => "title_head",
            Self::Whole => "whole_title",
            Self::Alias => "alias",
        }
    }
}

/// One name of an entry.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) kind: NameKind,
    words: Range<u32>,
    /// Weight of all its words by rarity.
    pub(crate) mass: f32,
}

/// What ranking knows of an entry besides its names.
#[derive(Debug, Clone)]
pub(crate) struct Traits {
    names: Range<u32>,
    /// Bit by place in [`Knowledge::actions`]; the plain action has its bit where no other is named.
    pub(crate) actions: u16,
    /// Product of the factors that no query changes.
    pub(crate) factor: f32,
    /// Factor for being one province's own, taken back where that province is named.
    pub(crate) is_local: bool,
    /// The province whose own it is.
    pub(crate) province: Option<UnitCode>,
    /// Entries of the same procedure at several tiers share this number.
    pub(crate) group: u32,
    /// Weight of the title's core, smaller for shorter titles; for ordering before names are compared.
    pub(crate) core_mass: f32,
}

/// Every name of every entry.
#[derive(Debug, Default)]
pub(crate) struct Titles {
    names: Vec<Name>,
    words: Vec<(WordId, ExactId)>,
    traits: Vec<Traits>,
    /// Entries with an alias that has a word, by its folded and by its exact form.
    of_alias_word: HashMap<WordId, Vec<EntryNumber>>,
    of_alias_exact: HashMap<ExactId, Vec<EntryNumber>>,
    pub(crate) group_sizes: Vec<u16>,
}

impl Titles {
    /// Reads the names of a table and the aliases of the word lists, and learns the words of both.
    pub(crate) fn new(table: &Table, knowledge: &Knowledge) -> (Self, Lexicon) {
        let mut lexicon = Lexicon::default();
        let mut titles = Self::default();
        for phrase in &knowledge.phrases.all {
            let english = phrase.kind == crate::knowledge::PhraseKind::English;
            lexicon.learn(&phrase.say, u32::from(!english));
            for mean in &phrase.mean {
                lexicon.learn(mean, 1);
            }
        }
        let mut aliases: HashMap<&str, Vec<&crate::knowledge::Alias>> = HashMap::new();
        for alias in &knowledge.aliases {
            aliases.entry(alias.code.as_str()).or_default().push(alias);
        }
        let mut groups: HashMap<String, u32> = HashMap::new();
        for (number, entry) in (0..).zip(&table.entries) {
            let names_from = titles.names.len();
            let title = Title::of(&entry.data.name);
            titles.add_title(&title, &mut lexicon);
            let own = aliases.get(entry.data.code.as_str()).map(Vec::as_slice).unwrap_or_default();
            for alias in own {
                let ids = lexicon.learn(&words_of(&alias.text), u32::from(!alias.english));
                for (word, exact) in &ids {
                    note(titles.of_alias_word.entry(*word).or_default(), number);
                    note(titles.of_alias_exact.entry(*exact).or_default(), number);
                }
                titles.add(NameKind::Alias, &ids);
            }
            let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            let group = match title.group_key(entry) {
                Some(key) => *groups.entry(key).or_insert(next),
                None => *groups.entry(format!("\u{0}{number}")).or_insert(next),
            };
            let province = match entry.data.scope {
                Scope::Local => province_in(&entry.data.local_agencies, knowledge),
                _ => None,
            };
            titles.traits.push(Traits {
                names: as_u32(names_from)..as_u32(titles.names.len()),
                actions: actions_of(&title.core, knowledge),
                factor: factor_of(entry, knowledge, !own.is_empty()),
                is_local: entry.data.scope == Scope::Local,
                province,
                group,
                core_mass: 0.0,
            });
        }
        lexicon.complete(table.entries.len());
        titles.weigh(&lexicon);
        titles.group_sizes = vec![0; groups.len()];
        for traits in &titles.traits {
            if let Some(size) = titles.group_sizes.get_mut(traits.group as usize) {
                *size = size.saturating_add(1);
            }
        }
        (titles, lexicon)
    }

    pub(crate) fn traits(&self, entry: EntryNumber) -> Option<&Traits> {
        self.traits.get(entry as usize)
    }

    /// The names of an entry.
    pub(crate) fn names(&self, traits: &Traits) -> &[Name] {
        self.names.get(range(&traits.names)).unwrap_or_default()
    }

    /// The words of a name.
    pub(crate) fn words(&self, name: &Name) -> &[(WordId, ExactId)] {
        self.words.get(range(&name.words)).unwrap_or_default()
    }

    /// Entries that have a word in an alias.
    pub(crate) fn with_alias_word(&self, word: WordId) -> &[EntryNumber] {
        self.of_alias_word.get(&word).map_or(&[], Vec::as_slice)
    }

    /// Entries that have a word in an alias with these diacritics.
    pub(crate) fn with_alias_exact(&self, exact: ExactId) -> &[EntryNumber] {
        self.of_alias_exact.get(&exact).map_or(&[], Vec::as_slice)
    }

    fn add_title(&mut self, title: &Title, lexicon: &mut Lexicon) {
        let core = lexicon.learn(&title.core, 1);
        let whole =
            if title.whole.len() == title.core.len() { None } else { Some(lexicon.learn(&title.whole, 1)) };
        let mut seen: Vec<WordId> = whole.as_ref().unwrap_or(&core).iter().map(|(word, _)| *word).collect();
        seen.sort_unstable();
        seen.dedup();
        for word in seen {
            lexicon.count_title(word);
        }
        self.add(NameKind::Core, &core);
        if let Some(head) = core.get(..title.head).filter(|head| head.len() >= 3 && head.len() < core.len()) {
            let head = head.to_vec();
            self.add(NameKind::Head, &head);
        }
        if let Some(whole) = whole {
            self.add(NameKind::Whole, &whole);
        }
    }

    fn add(&mut self, kind: NameKind, words: &[(WordId, ExactId)]) {
        let from = as_u32(self.words.len());
        self.words.extend_from_slice(words);
        self.names.push(Name { kind, words: from..as_u32(self.words.len()), mass: 0.0 });
    }

    fn weigh(&mut self, lexicon: &Lexicon) {
        let rarity = |word: &(WordId, ExactId)| lexicon.rarity_of(word.0);
        for name in &mut self.names {
            name.mass = self.words.get(range(&name.words)).unwrap_or_default().iter().map(rarity).sum();
        }
        for traits in &mut self.traits {
            traits.core_mass = self.names.get(traits.names.start as usize).map_or(0.0, |name| name.mass);
        }
    }
}

/// Adds an entry to an ascending list that may have it as its last.
fn note(entries: &mut Vec<EntryNumber>, entry: EntryNumber) {
    if entries.last() != Some(&entry) {
        entries.push(entry);
    }
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// A title taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Title {
    pub(crate) core: Vec<Word>,
    /// How many words of the core stand before its first comma.
    pub(crate) head: usize,
    pub(crate) whole: Vec<Word>,
}

impl Title {
    pub(crate) fn of(name: &str) -> Self {
        let (mut core, mut whole) = (Vec::new(), Vec::new());
        let mut head = None;
        let mut depth = 0_usize;
        let mut last = 0;
        for range in words(name) {
            for c in name.get(last..range.start).unwrap_or_default().chars() {
                match c {
                    '(' | '[' => depth += 1,
                    ')' | ']' => depth = depth.saturating_sub(1),
                    ',' | ';' | '/' | ':' if depth == 0 && !core.is_empty() && head.is_none() => {
                        head = Some(core.len());
                    }
                    _ => {}
                }
            }
            last = range.end;
            let Some(word) = name.get(range.clone()).map(Word::new) else { continue };
            if is_code_digit(name, &range) {
                continue;
            }
            if depth == 0 {
                core.push(word.clone());
            }
            whole.push(word);
        }
        let skip = leading_form_words(&core);
        let head = head.unwrap_or(core.len()).saturating_sub(skip);
        core.drain(..skip);
        if whole.len() > skip {
            whole.drain(..skip);
        }
        if core.is_empty() {
            core.clone_from(&whole);
        }
        Self { core, head, whole }
    }

    /// What the titles of one procedure at several tiers have in common; `None` for what is only of one place.
    fn group_key(&self, entry: &Entry) -> Option<String> {
        if matches!(entry.data.scope, Scope::Local | Scope::Internal) {
            return None;
        }
        let folded: Vec<&str> = self.whole.iter().map(|word| word.folded.as_str()).collect();
        let mut key = String::new();
        let mut place = 0;
        while let Some(word) = folded.get(place) {
            match tier_wording(folded.get(place..).unwrap_or_default()) {
                0 => {
                    key.push_str(word);
                    key.push(' ');
                    place += 1;
                }
                length => place += length,
            }
        }
        // A short title is no sign of the same procedure.
        (key.split(' ').count() > 3).then_some(key)
    }
}

/// Words at the beginning of a title that say nothing: "Thủ tục (hành chính)".
fn leading_form_words(core: &[Word]) -> usize {
    const FORMS: [&[&str]; 2] = [&["thu", "tuc", "hanh", "chinh"], &["thu", "tuc"]];
    let begins = |form: &&&[&str]| {
        core.len() > form.len() && core.iter().zip(**form).all(|(word, wanted)| word.folded == **wanted)
    };
    FORMS.iter().find(begins).map_or(0, |form| form.len())
}

/// Whether a word is part of a code that stands in a title, as in `(1.010733)`.
fn is_code_digit(name: &str, word: &Range<usize>) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(text) = name.get(word.clone()) else { return false };
    let after = name.get(word.end..).unwrap_or_default();
    let before = name.get(..word.start).unwrap_or_default();
    (text.len() == 1
        && digits(text)
        && after.strip_prefix('.').and_then(|rest| rest.get(..6)).is_some_and(digits))
        || (text.len() == 6 && digits(text) && before.ends_with('.'))
}

/// How many words at the beginning say at which tier: "thực hiện tại cấp xã", "cấp trung ương".
fn tier_wording(words: &[&str]) -> usize {
    let mut place = 0;
    for lead in [&["thuc", "hien"][..], &["tai"], &["o"]] {
        if words.get(place..).is_some_and(|rest| rest.starts_with(lead)) {
            place += lead.len();
        }
    }
    if words.get(place) != Some(&"cap") {
        return 0;
    }
    match (words.get(place + 1), words.get(place + 2)) {
        (Some(&"trung"), Some(&"uong")) => place + 3,
        (Some(&("tinh" | "huyen" | "xa" | "bo")), _) => place + 2,
        _ => 0,
    }
}

/// The actions that the beginning of a title names.
fn actions_of(core: &[Word], knowledge: &Knowledge) -> u16 {
    /// Further back in a title stands what is acted on.
    const BEGINNING: usize = 9;
    let beginning = core.get(..BEGINNING).unwrap_or(core);
    let mut bits = actions_in(beginning, knowledge);
    // "Cấp, cấp lại …" names the plain action by its bare verb.
    let bare = matches!(
        (beginning.first().map(|word| word.folded.as_str()), beginning.get(1).map(|word| word.folded.as_str())),
        (Some("cap"), next) if !matches!(next, Some("lai" | "doi" | "moi" | "ban"))
    );
    if bits == 0 || bare {
        bits |= plain_action(knowledge);
    }
    bits
}

/// Bit of the plain action.
pub(crate) fn plain_action(knowledge: &Knowledge) -> u16 {
    (0..)
        .zip(&knowledge.actions)
        .filter(|(_, action)| action.is_plain)
        .fold(0, |bits, (place, _)| bits | 1 << place)
}

/// The actions named in some words, the longest wording at each place.
pub(crate) fn actions_in(words: &[Word], knowledge: &Knowledge) -> u16 {
    let mut bits = 0;
    let mut place = 0;
    while place < words.len() {
        let mut longest = 0;
        let mut bit = 0;
        for (number, action) in (0..16).zip(&knowledge.actions) {
            for say in &action.says {
                if say.len() > longest && crate::knowledge::stands_at(words, place, say) {
                    longest = say.len();
                    bit = 1 << number;
                }
            }
        }
        bits |= bit;
        place += longest.max(1);
    }
    bits
}

fn factor_of(entry: &Entry, knowledge: &Knowledge, has_aliases: bool) -> f32 {
    let weights = &knowledge.weights;
    let of_tier = |tier: Tier| match tier {
        Tier::Commune => weights.commune,
        Tier::District => weights.district,
        Tier::Province => weights.province,
        Tier::Ministry => weights.ministry,
        Tier::Other => weights.other_tier,
    };
    let tier = tiers_of(entry.data.tiers).map(of_tier).fold(0.0, f32::max);
    let mut factor = if tier > 0.0 { tier } else { 1.0 };
    if entry.data.scope == Scope::Internal {
        factor *= weights.internal;
    }
    let class = knowledge.demand.get(&entry.data.code).copied().unwrap_or(0);
    factor *= 1.0 + weights.demand_step * f32::from(class.min(3));
    if has_aliases {
        factor *= weights.with_aliases;
    }
    factor
}

/// The province whose name stands in a text.
fn province_in(text: &str, knowledge: &Knowledge) -> Option<UnitCode> {
    let words = words_of(text);
    let stands =
        |name: &Vec<Word>| (0..words.len()).any(|place| crate::knowledge::stands_at(&words, place, name));
    knowledge
        .provinces
        .iter()
        .find(|province| province.names.iter().any(stands))
        .map(|province| province.now.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &[Word]) -> String {
        words.iter().map(|word| word.shown.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_title_has_a_core_and_a_head() {
        let title = Title::of("Thủ tục cấp, cấp lại Giấy phép (trừ trường hợp A, B) (1.010733)");
        assert_eq!(text(&title.core), "cấp cấp lại giấy phép");
        assert_eq!(title.head, 1);
        assert_eq!(text(&title.whole), "cấp cấp lại giấy phép trừ trường hợp a b");
        assert_eq!(text(&Title::of("Thủ tục").core), "thủ tục");
        assert_eq!(text(&Title::of("(A)").core), "a");
        let open = Title::of("Đăng ký (không đóng ngoặc");
        assert_eq!(text(&open.core), "đăng ký");
    }

    #[test]
    fn tiers_in_titles_are_recognised() {
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        assert_eq!(tier_wording(&words("thuc hien tai cap trung uong")), 6);
        assert_eq!(tier_wording(&words("cap xa")), 2);
        assert_eq!(tier_wording(&words("cap lai")), 0);
    }
}
