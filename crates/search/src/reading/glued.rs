//! Words written together: `capdoi giaypheplaixe`.

use super::spelling::{is_known, is_settled};
use super::{Correction, CorrectionKind, QueryWord};
use crate::knowledge::Word;
use crate::language::Language;
use crate::lexicon::{Lexicon, WordId};

/// Words of fewer letters are too short to be two written together.
const SHORTEST_GLUED: usize = 5;
/// Longest run of letters that is taken apart.
const LONGEST_GLUED: usize = 40;

/// Takes words apart that were written together: `capdoi giaypheplaixe`.
pub(super) fn take_apart(query: &mut Vec<QueryWord>, language: &Language, corrections: &mut Vec<Correction>) {
    let mut place = 0;
    while place < query.len() {
        let parts = query.get(place).and_then(|word| {
            let length = word.word.folded.len();
            let may_be = !is_settled(word, &language.gazetteer, &language.lexicon)
                && !is_known(&word.word, &language.lexicon)
                && !has_doubled_letter(&word.word, &language.lexicon)
                && (SHORTEST_GLUED..=LONGEST_GLUED).contains(&length);
            if may_be { split(&word.word, &language.lexicon) } else { None }
        });
        let (Some(parts), Some(whole)) = (parts, query.get(place).cloned()) else {
            place += 1;
            continue;
        };
        corrections.push(Correction {
            kind: CorrectionKind::Glued,
            typed: whole.word.shown.clone(),
            read: crate::knowledge::shown(&parts),
        });
        let count = parts.len();
        let words =
            parts.into_iter().map(|word| QueryWord { word, weak: false, unfinished: false, fixed: false });
        query.splice(place..=place, words);
        query.truncate(super::MOST_WORDS);
        place += count;
    }
}

/// Whether a key was held too long, which is a matter of spelling: `vùùng` is no `vù ùng`.
fn has_doubled_letter(word: &Word, lexicon: &Lexicon) -> bool {
    let letters: Vec<char> = word.shown.chars().collect();
    letters.windows(2).enumerate().filter(|(_, pair)| pair.first() == pair.last()).any(|(place, _)| {
        let without: String =
            letters.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, letter)| letter).collect();
        is_known(&Word::new(&without), lexicon)
    })
}

/// The words that stand together in one, if each follows the one before in names.
fn split(glued: &Word, lexicon: &Lexicon) -> Option<Vec<Word>> {
    let letters: Vec<char> = glued.shown.chars().collect();
    let folded = glued.folded.as_bytes();
    if letters.len() != folded.len() {
        return None;
    }
    // By end: the best way to get there as (times a pair was seen, fewest words first), the word before its last.
    let mut best: Vec<Option<(u32, u32, usize, WordId)>> = vec![None; folded.len() + 1];
    for end in 1..=folded.len() {
        for start in end.saturating_sub(7)..end {
            let Some(text) = glued.folded.get(start..end) else { continue };
            if text.len() < 2 && text != "i" {
                continue;
            }
            // A word inside is written with i or y; its own form decides.
            let piece: String = letters.get(start..end)?.iter().collect();
            let word = Word::new(&piece);
            let Some(id) = lexicon.word(&word.folded).filter(|&id| lexicon.count(id) > 1) else { continue };
            let (words, seen) = if start == 0 {
                (1, u32::MAX)
            } else {
                let Some((words, seen, _, before)) = best.get(start).copied().flatten() else { continue };
                let pair = lexicon.pair(before, id);
                if pair == 0 {
                    continue;
                }
                (words + 1, seen.min(pair))
            };
            let better = best.get(end).copied().flatten().is_none_or(|(known, known_seen, _, _)| {
                (words, std::cmp::Reverse(seen)) < (known, std::cmp::Reverse(known_seen))
            });
            if better && let Some(slot) = best.get_mut(end) {
                *slot = Some((words, seen, start, id));
            }
        }
    }
    let mut parts = Vec::new();
    let mut end = folded.len();
    while end > 0 {
        let (_, _, start, _) = best.get(end).copied().flatten()?;
        let piece: String = letters.get(start..end)?.iter().collect();
        parts.push(Word::new(&piece));
        end = start;
    }
    parts.reverse();
    (parts.len() > 1).then_some(parts)
}
