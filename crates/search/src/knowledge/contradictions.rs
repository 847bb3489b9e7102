//! Rules that contradict each other: the same phrase twice, and circles.

use std::collections::{HashMap, HashSet};

use super::phrase::{Phrase, PhraseKind};
use super::read::KnowledgeFault;
use super::{RulePlace, shown};

/// The same phrase of one kind with the same context twice: nobody would know which rule counts.
pub(super) fn find_repeats(phrases: &[Phrase], faults: &mut Vec<KnowledgeFault>) {
    let mut first: HashMap<(PhraseKind, String, String), &RulePlace> = HashMap::new();
    for phrase in phrases.iter().filter(|phrase| phrase.kind != PhraseKind::Contraction) {
        let context = format!("{:?} {:?}", phrase.when, phrase.unless);
        let key = (phrase.kind, shown(&phrase.say), context);
        if let Some(before) = first.insert(key, &phrase.at) {
            faults.push(KnowledgeFault {
                file: phrase.at.file.to_string(),
                line: phrase.at.line,
                message: format!(
                    "“{}” already stands at {before}; put both meanings into one rule, or give them a context (when, unless)",
                    shown(&phrase.say)
                ),
            });
        }
    }
}

/// Everyday words that lead back to themselves by way of others: rules are applied once, so a circle has no meaning, and
/// its editor meant something else.
pub(super) fn find_circles(phrases: &[Phrase], faults: &mut Vec<KnowledgeFault>) {
    let everyday = || phrases.iter().filter(|phrase| phrase.kind == PhraseKind::Everyday);
    let by_say: HashMap<String, &Phrase> = everyday().map(|phrase| (shown(&phrase.say), phrase)).collect();
    for phrase in everyday() {
        let start = shown(&phrase.say);
        let mut waiting: Vec<String> = phrase.mean.iter().map(|mean| shown(mean)).collect();
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(mean) = waiting.pop() {
            if mean == start {
                faults.push(KnowledgeFault {
                    file: phrase.at.file.to_string(),
                    line: phrase.at.line,
                    message: format!("“{start}” leads back to itself by way of the rules that it leads to"),
                });
                break;
            }
            if let Some(next) = by_say.get(&mean)
                && seen.insert(mean)
            {
                waiting.extend(next.mean.iter().map(|mean| shown(mean)));
            }
        }
    }
}
