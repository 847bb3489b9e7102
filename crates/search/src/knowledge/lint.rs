//! Looking the word lists over against a catalogue: rules that lead nowhere.

use std::collections::HashSet;

use super::phrase::PhraseKind;
use super::{Knowledge, RulePlace, shown};
use crate::state::State;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rule has no effect.
    Useless,
    /// The rule may be meant otherwise.
    Doubtful,
}

/// Something in the lists that does not fit the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// File and line.
    pub at: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub message: String,
}

/// The names of a catalogue, for looking rules over.
#[derive(Debug)]
pub(crate) struct CatalogueNames {
    codes: HashSet<String>,
    /// Folded words of titles.
    words: HashSet<String>,
}

impl CatalogueNames {
    pub(crate) fn new(state: &State) -> Self {
        let codes = state.view.table.entries.iter().map(|entry| entry.data.code.to_string()).collect();
        let lexicon = &state.language.lexicon;
        let words =
            lexicon.words.iter().filter(|word| word.titles > 0).map(|word| word.text.clone()).collect();
        Self { codes, words }
    }
}

impl Knowledge {
    /// Rules that lead to codes or words that a catalogue does not have, by file and line.
    pub(crate) fn check(&self, names: &CatalogueNames) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut add = |at: &RulePlace, severity, message: String| {
            found.push((at.file.to_string(), at.line, Finding { at: at.to_string(), severity, message }));
        };
        let mut last_code = None;
        for alias in &self.aliases {
            if last_code != Some(&alias.code) && !names.codes.contains(alias.code.as_str()) {
                add(&alias.at, Severity::Useless, format!("no procedure has the code {}", alias.code));
            }
            last_code = Some(&alias.code);
        }
        for bet in self.best_bets.values().flatten() {
            for code in bet.codes.iter().filter(|code| !names.codes.contains(code.as_str())) {
                let query = shown(&bet.query);
                add(&bet.at, Severity::Useless, format!("“{query}” leads to {code}, which no procedure has"));
            }
        }
        let nowhere = RulePlace { file: "demand.toml".into(), line: 0 };
        let mut demand: Vec<_> = self.demand.keys().collect();
        demand.sort();
        for code in demand.into_iter().filter(|code| !names.codes.contains(code.as_str())) {
            add(&nowhere, Severity::Useless, format!("no procedure has the code {code}"));
        }
        for phrase in self
            .phrases
            .all
            .iter()
            .filter(|phrase| matches!(phrase.kind, PhraseKind::Everyday | PhraseKind::English))
        {
            for mean in &phrase.mean {
                let lost: Vec<&str> = mean
                    .iter()
                    .filter(|word| !names.words.contains(&word.folded))
                    .map(|word| word.shown.as_str())
                    .collect();
                if !lost.is_empty() {
                    let message = format!(
                        "“{}” means “{}”, but no title has {}",
                        shown(&phrase.say),
                        shown(mean),
                        lost.join(", ")
                    );
                    add(&phrase.at, Severity::Doubtful, message);
                }
            }
        }
        found.sort_by(|a, b| (&a.0, a.1, &a.2.message).cmp(&(&b.0, b.1, &b.2.message)));
        found.into_iter().map(|(_, _, finding)| finding).collect()
    }
}
