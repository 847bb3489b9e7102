//! What the last word may become while it is still being typed.

use super::QueryWord;
use crate::knowledge::Word;
use crate::language::Language;
use crate::lexicon::{Lexicon, WordId};

/// How many words an unfinished one is taken for.
const MOST: usize = 12;

/// How many of them are likely enough to be tried alone.
const LIKELY: usize = 3;

/// What the last word may become.
#[derive(Debug, Default)]
pub(super) struct Completions {
    /// Words that names have after the word before, each tried alone, the likeliest first.
    pub(super) likely: Vec<Word>,
    /// All of them, where the word as it stands is none.
    pub(super) all: Vec<WordId>,
}

/// Finds them for the last word of a query. A word that is complete as it stands is taken for another only where names
/// never have it there, or much less.
pub(super) fn of(query: &[QueryWord], language: &Language) -> Completions {
    let lexicon = &language.lexicon;
    let Some((last, before)) = query.split_last().filter(|(last, _)| last.unfinished && !last.weak) else {
        return Completions::default();
    };
    let prefix = last.word.folded.as_str();
    if prefix.is_empty() || prefix.len() > 7 || prefix.bytes().any(|byte| byte.is_ascii_digit()) {
        return Completions::default();
    }
    let own = lexicon.word(prefix).filter(|&word| lexicon.count(word) > 0);
    let previous = before.last().and_then(|word| lexicon.word(&word.word.folded));
    let after = |word: WordId| previous.map_or(0, |previous| lexicon.pair(previous, word));
    let as_it_stands = own.map_or(0, after);
    let mut longer: Vec<(u32, u32, WordId)> = lexicon
        .beginning(prefix)
        .filter(|&word| {
            Some(word) != own && lexicon.count(word) > 0 && keeps_marks(&last.word, word, lexicon)
        })
        .map(|word| (after(word), lexicon.count(word), word))
        .collect();
    longer.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| lexicon.text(a.2).cmp(lexicon.text(b.2))));
    longer.truncate(MOST);
    let likely = longer
        .iter()
        .filter(|(pair, _, _)| {
            *pair > 0 && (as_it_stands == 0 || *pair >= 3 * as_it_stands || prefix.len() <= 2)
        })
        .take(LIKELY)
        .filter_map(|(_, _, word)| word_after(*word, before, last, lexicon))
        .collect();
    let all = if own.is_none() { longer.iter().map(|(_, _, word)| *word).collect() } else { Vec::new() };
    Completions { likely, all }
}

/// Whether some form of a longer word begins with what was typed, marks included: đo may become đóng, not dân.
fn keeps_marks(typed: &Word, longer: WordId, lexicon: &Lexicon) -> bool {
    if !typed.is_marked() {
        return true;
    }
    let bare = |text: &str| -> String { text.chars().filter(|c| c.is_alphabetic()).collect() };
    let prefix = bare(&typed.exact);
    let forms = lexicon.words.get(longer as usize).map(|word| word.forms.as_slice()).unwrap_or_default();
    forms.iter().any(|&form| {
        lexicon.exacts.get(form as usize).is_some_and(|form| form.count > 0 && begins(&form.exact, &prefix))
    })
}

/// Letters may still get their own marks (o becomes ô), but those typed stay.
fn begins(exact: &str, prefix: &str) -> bool {
    let mut letters = exact.chars();
    prefix.chars().all(|typed| {
        letters.next().is_some_and(|letter| {
            letter == typed
                || (typed.is_ascii() && crate::analysis::folded(&letter.to_string()) == typed.to_string())
        })
    })
}

/// The word as it is written after the word before.
fn word_after(word: WordId, before: &[QueryWord], typed: &QueryWord, lexicon: &Lexicon) -> Option<Word> {
    let marked = typed.word.is_marked() || before.iter().any(|word| word.word.is_marked());
    if !marked {
        return Some(Word::new(lexicon.text(word)));
    }
    let forms = lexicon.words.get(word as usize)?.forms.as_slice();
    let previous = before.last().and_then(|word| lexicon.exact(&word.word.exact));
    let fits = |form: &&u32| previous.is_some_and(|previous| lexicon.exact_pair(previous, **form) > 0);
    let form = forms.iter().find(fits).or(forms.first())?;
    lexicon.exacts.get(*form as usize).map(|form| Word::new(&form.shown))
}
