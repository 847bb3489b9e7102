//! From the texts of the files to what they say, with every fault by file and line.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use motcua_catalogue::{ProcedureCode, UnitCode};
use serde::de::DeserializeOwned;

use super::contradictions::{find_circles, find_repeats};
use super::files::KnowledgeFiles;
use super::phrase::{Phrase, PhraseKind, Phrases};
use super::rules::{
    AbbreviationRule, ActionsFile, AliasRule, BestBetRule, DemandFile, MeaningRule, ProvinceRule, Rules,
    SynonymRule, WordsFile,
};
use super::weights::Weights;
use super::{Action, Alias, BestBet, Knowledge, Province, RulePlace, TierWords, Word, words_of};
use crate::analysis::normal;

/// Longest phrase of a rule, in words.
const LONGEST_PHRASE: usize = 20;

/// Most meanings of one phrase; more would only slow every search down.
const MOST_MEANINGS: usize = 4;

/// What is wrong with one place of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnowledgeFault {
    /// Name of the file.
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: u32,
    /// What is wrong, and what to do.
    pub message: String,
}

impl KnowledgeFault {
    pub(crate) fn of_file(file: &str, message: String) -> Self {
        Self { file: file.to_owned(), line: 0, message }
    }
}

impl fmt::Display for KnowledgeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// Why files of the knowledge are not used.
#[derive(Debug, thiserror::Error)]
#[error("the word lists of the search have {} fault(s), first {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
pub struct KnowledgeError(Vec<KnowledgeFault>);

impl KnowledgeError {
    pub(crate) fn one(fault: KnowledgeFault) -> Self {
        Self(vec![fault])
    }

    /// Every fault, by file and line.
    #[must_use]
    pub fn faults(&self) -> &[KnowledgeFault] {
        &self.0
    }
}

/// One file at a time.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    name: std::sync::Arc<str>,
    /// Where each line ends.
    line_ends: Vec<usize>,
    faults: &'a mut Vec<KnowledgeFault>,
}

impl Reader<'_> {
    fn parse<T: DeserializeOwned>(&mut self) -> Option<T> {
        if normal(self.text) != self.text {
            let line = self.text.lines().position(|line| normal(line) != line).unwrap_or(0);
            self.fault(line_number(line), "the text is not Unicode NFC; save it as NFC".to_owned());
        }
        match toml::from_str(self.text) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let line = error.span().map_or(0, |span| self.line_of(span.start));
                self.fault(line, error.message().trim().replace('\n', "; "));
                None
            }
        }
    }

    fn line_of(&self, offset: usize) -> u32 {
        line_number(self.line_ends.partition_point(|&end| end < offset))
    }

    fn place(&self, offset: usize) -> RulePlace {
        RulePlace { file: std::sync::Arc::clone(&self.name), line: self.line_of(offset) }
    }

    fn fault(&mut self, line: u32, message: String) {
        self.faults.push(KnowledgeFault { file: self.file.to_owned(), line, message });
    }

    /// The phrases of a list, each of which must have words.
    fn phrases(&mut self, texts: &[String], what: &str, at: &RulePlace) -> Vec<Vec<Word>> {
        let mut all = Vec::with_capacity(texts.len());
        for text in texts {
            let words = words_of(text);
            if words.is_empty() || words.len() > LONGEST_PHRASE {
                self.fault(
                    at.line,
                    format!("{what} “{text}” has {} words; give 1 to {LONGEST_PHRASE}", words.len()),
                );
            } else if !all.contains(&words) {
                // Two spellings of a rule may have the same words: e-visa, e visa.
                all.push(words);
            }
        }
        if texts.is_empty() && what != "when" && what != "unless" {
            self.fault(at.line, format!("{what} is empty"));
        }
        all
    }

    fn code(&mut self, code: &str, line: u32) -> Option<ProcedureCode> {
        match code.parse() {
            Ok(code) => Some(code),
            Err(error) => {
                self.fault(line, format!("“{code}” is no code of a procedure: {error}"));
                None
            }
        }
    }
}

fn line_number(lines_before: usize) -> u32 {
    u32::try_from(lines_before).unwrap_or(u32::MAX).saturating_add(1)
}

/// Reads and checks everything.
pub(super) fn read(files: &KnowledgeFiles) -> Result<Knowledge, KnowledgeError> {
    let mut faults = Vec::new();
    let mut draft = Draft::default();
    for (file, text) in &files.texts {
        let line_ends = text.match_indices('\n').map(|(end, _)| end).collect();
        let mut reader = Reader { file, text, name: file.as_str().into(), line_ends, faults: &mut faults };
        draft.take(&mut reader);
    }
    let knowledge = draft.finish(&mut faults);
    if faults.is_empty() {
        if let Some(knowledge) = knowledge {
            return Ok(Knowledge { digest: digest_of(files), ..knowledge });
        }
        faults.push(KnowledgeFault::of_file("weights.toml", "the file is missing".to_owned()));
    }
    faults.sort();
    Err(KnowledgeError(faults))
}

fn digest_of(files: &KnowledgeFiles) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for (name, text) in &files.texts {
        hasher.update(name.as_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize()
}

#[derive(Default)]
struct Draft {
    weights: Option<Weights>,
    phrases: Vec<Phrase>,
    weak: HashSet<String>,
    weak_folded: HashSet<String>,
    weak_phrases: Vec<Vec<Word>>,
    actions: Vec<Action>,
    tier_words: Vec<TierWords>,
    aliases: Vec<Alias>,
    best_bets: HashMap<String, Vec<BestBet>>,
    demand: HashMap<ProcedureCode, u8>,
    provinces: Vec<Province>,
    english: HashSet<String>,
}

impl Draft {
    fn take(&mut self, reader: &mut Reader<'_>) {
        let folder = reader.file.split_once('/').map_or(reader.file, |(folder, _)| folder);
        match folder {
            "weights.toml" => self.weights = reader.parse(),
            "everyday" => self.meanings(reader, PhraseKind::Everyday),
            "english" => self.meanings(reader, PhraseKind::English),
            "abbreviations" => self.abbreviations(reader),
            "synonyms" => self.synonyms(reader),
            "aliases" => self.aliases(reader),
            "best-bets" => self.best_bets(reader),
            "words.toml" => self.words(reader),
            "actions.toml" => self.actions(reader),
            "provinces.toml" => self.provinces(reader),
            "demand.toml" => self.demand(reader),
            _ => reader.fault(0, "no list has this name; see README.md beside the lists".to_owned()),
        }
    }

    fn meanings(&mut self, reader: &mut Reader<'_>, kind: PhraseKind) {
        let Some(Rules::<MeaningRule> { rules }) = reader.parse() else { return };
        for rule in rules {
            let at = reader.place(rule.span().start);
            let rule = rule.into_inner();
            let say = reader.phrases(&rule.say, "say", &at);
            let mean = reader.phrases(&rule.mean, "mean", &at);
            if mean.len() > MOST_MEANINGS {
                reader.fault(at.line, format!("more than {MOST_MEANINGS} meanings; keep the best"));
            }
            let when = reader.phrases(&rule.when, "when", &at);
            let unless = reader.phrases(&rule.unless, "unless", &at);
            for say in say {
                let is_same = |mean: &Vec<Word>| {
                    mean.len() == say.len() && mean.iter().zip(&say).all(|(a, b)| a.exact == b.exact)
                };
                if mean.iter().any(is_same) {
                    reader.fault(at.line, format!("“{}” means itself", shown(&say)));
                    continue;
                }
                if kind == PhraseKind::English {
                    self.english.extend(say.iter().map(|word| word.folded.clone()));
                }
                let (mean, when, unless, at) = (mean.clone(), when.clone(), unless.clone(), at.clone());
                self.phrases.push(Phrase { kind, say, mean, when, unless, at });
            }
        }
    }

    fn abbreviations(&mut self, reader: &mut Reader<'_>) {
        let Some(Rules::<AbbreviationRule> { rules }) = reader.parse() else { return };
        for rule in rules {
            let at = reader.place(rule.span().start);
            let rule = rule.into_inner();
            let short = reader.phrases(&rule.short, "short", &at);
            let full = reader.phrases(&rule.full, "full", &at);
            let kind = if rule.ambiguous { PhraseKind::Guess } else { PhraseKind::Abbreviation };
            let plain = |kind, say: Vec<Word>, mean| Phrase {
                kind,
                say,
                mean,
                when: Vec::new(),
                unless: Vec::new(),
                at: at.clone(),
            };
            for say in &short {
                self.phrases.push(plain(kind, say.clone(), full.clone()));
            }
            if !rule.ambiguous {
                // Titles abbreviate too.
                for say in &full {
                    self.phrases.push(plain(PhraseKind::Contraction, say.clone(), short.clone()));
                }
            }
        }
    }

    fn synonyms(&mut self, reader: &mut Reader<'_>) {
        let Some(Rules::<SynonymRule> { rules }) = reader.parse() else { return };
        for rule in rules {
            let at = reader.place(rule.span().start);
            let rule = rule.into_inner();
            let same = reader.phrases(&rule.same, "same", &at);
            if same.len() < 2 {
                reader.fault(at.line, "give at least two wordings that mean the same".to_owned());
            }
            for (number, say) in same.iter().enumerate() {
                let others = same.iter().enumerate().filter(|(other, _)| *other != number);
                self.phrases.push(Phrase {
                    kind: PhraseKind::Synonym,
                    say: say.clone(),
                    mean: others.map(|(_, other)| other.clone()).take(MOST_MEANINGS).collect(),
                    when: Vec::new(),
                    unless: Vec::new(),
                    at: at.clone(),
                });
            }
        }
    }

    fn aliases(&mut self, reader: &mut Reader<'_>) {
        let Some(Rules::<AliasRule> { rules }) = reader.parse() else { return };
        for rule in rules {
            let at = reader.place(rule.span().start);
            let rule = rule.into_inner();
            let Some(code) = reader.code(&rule.code, at.line) else { continue };
            if rule.vi.is_empty() && rule.en.is_empty() {
                reader.fault(at.line, "there is no alias in vi or en".to_owned());
            }
            for (texts, english) in [(rule.vi, false), (rule.en, true)] {
                for text in texts {
                    let words = words_of(&text);
                    if words.is_empty() || words.len() > LONGEST_PHRASE {
                        reader
                            .fault(at.line, format!("alias “{text}” must have 1 to {LONGEST_PHRASE} words"));
                        continue;
                    }
                    if english {
                        self.english.extend(words.into_iter().map(|word| word.folded));
                    }
                    self.aliases.push(Alias { code: code.clone(), text, english, at: at.clone() });
                }
            }
        }
    }

    fn best_bets(&mut self, reader: &mut Reader<'_>) {
        let Some(Rules::<BestBetRule> { rules }) = reader.parse() else { return };
        for rule in rules {
            let at = reader.place(rule.span().start);
            let rule = rule.into_inner();
            if rule.why.trim().is_empty() {
                reader.fault(at.line, "a best bet needs its reason (why)".to_owned());
            }
            let codes: Vec<_> = rule.codes.iter().filter_map(|code| reader.code(code, at.line)).collect();
            for query in reader.phrases(&rule.query, "query", &at) {
                let bets = self.best_bets.entry(bet_key(&query)).or_default();
                if let Some(known) = bets.iter().find(|bet| bet.query == query) {
                    reader.fault(at.line, format!("“{}” has a best bet at {}", shown(&query), known.at));
                }
                bets.push(BestBet { query, codes: codes.clone(), at: at.clone() });
            }
        }
    }

    fn words(&mut self, reader: &mut Reader<'_>) {
        let Some(WordsFile { words, phrases }) = reader.parse() else { return };
        for word in words {
            let at = reader.place(word.span().start);
            let [word] = words_of(word.as_ref()).try_into().unwrap_or_else(|_| {
                reader.fault(at.line, format!("“{}” must be one word", word.as_ref()));
                [Word::new("")]
            });
            self.weak.insert(word.exact);
            self.weak_folded.insert(word.folded);
        }
        for phrase in phrases {
            let at = reader.place(phrase.span().start);
            self.weak_phrases.extend(reader.phrases(&[phrase.into_inner()], "phrase", &at));
        }
    }

    fn actions(&mut self, reader: &mut Reader<'_>) {
        let Some(ActionsFile { actions, tiers }) = reader.parse() else { return };
        for action in actions {
            let at = reader.place(action.span().start);
            let action = action.into_inner();
            let says = reader.phrases(&action.say, "say", &at);
            let family = action.family.unwrap_or_else(|| action.name.clone());
            self.actions.push(Action { name: action.name, is_plain: action.plain, family, says });
        }
        for tier in tiers {
            let at = reader.place(tier.span().start);
            let tier = tier.into_inner();
            let says = reader.phrases(&tier.say, "say", &at);
            self.tier_words.push(TierWords { tier: tier.tier, says });
        }
    }

    fn provinces(&mut self, reader: &mut Reader<'_>) {
        let Some(Rules::<ProvinceRule> { rules }) = reader.parse() else { return };
        for rule in rules {
            let at = reader.place(rule.span().start);
            let rule = rule.into_inner();
            let codes: (Result<UnitCode, _>, Result<UnitCode, _>) = (rule.code.parse(), rule.now.parse());
            let (Ok(code), Ok(now)) = codes else {
                reader.fault(at.line, format!("“{}” or “{}” is no code of a unit", rule.code, rule.now));
                continue;
            };
            let mut names = rule.also;
            names.insert(0, rule.name.clone());
            let names = reader.phrases(&names, "name", &at);
            let not = if rule.not.is_empty() { Vec::new() } else { reader.phrases(&rule.not, "not", &at) };
            self.provinces.push(Province { code, now, names, not });
        }
    }

    fn demand(&mut self, reader: &mut Reader<'_>) {
        let Some(DemandFile { often, regularly, sometimes }) = reader.parse() else { return };
        for (class, codes) in [(3, often), (2, regularly), (1, sometimes)] {
            for code in codes {
                let at = reader.place(code.span().start);
                let Some(code) = reader.code(code.as_ref(), at.line) else { continue };
                if self.demand.insert(code.clone(), class).is_some() {
                    reader.fault(at.line, format!("{code} stands here twice"));
                }
            }
        }
    }

    fn finish(self, faults: &mut Vec<KnowledgeFault>) -> Option<Knowledge> {
        find_repeats(&self.phrases, faults);
        find_circles(&self.phrases, faults);
        let mut aliases: BTreeMap<(ProcedureCode, String), &RulePlace> = BTreeMap::new();
        for alias in &self.aliases {
            let key = (alias.code.clone(), shown(&words_of(&alias.text)));
            if let Some(first) = aliases.insert(key, &alias.at) {
                faults.push(KnowledgeFault {
                    file: alias.at.file.to_string(),
                    line: alias.at.line,
                    message: format!("{} already has the alias “{}” at {first}", alias.code, alias.text),
                });
            }
        }
        Some(Knowledge {
            digest: 0,
            weights: self.weights?,
            phrases: Phrases::new(self.phrases),
            weak: self.weak,
            weak_folded: self.weak_folded,
            weak_phrases: self.weak_phrases,
            actions: self.actions,
            tier_words: self.tier_words,
            aliases: self.aliases,
            best_bets: self.best_bets,
            demand: self.demand,
            provinces: self.provinces,
            english: self.english,
        })
    }
}

/// The words of a phrase as they are shown.
pub(crate) fn shown(words: &[Word]) -> String {
    words.iter().map(|word| word.shown.as_str()).collect::<Vec<_>>().join(" ")
}

/// Under which key a best bet is kept: its folded words.
pub(crate) fn bet_key(words: &[Word]) -> String {
    words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
