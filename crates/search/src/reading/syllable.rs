//! What a Vietnamese syllable is, what writers confuse in it, and how far apart two words are.

use crate::analysis::folded;
use crate::knowledge::Word;

/// Consonants at the beginning that are confused, in groups.
const ONSETS: [&[&str]; 7] = [
    &["s", "x"],
    &["ch", "tr"],
    &["d", "gi", "r", "v"],
    &["l", "n"],
    &["ng", "ngh"],
    &["g", "gh"],
    &["c", "k"],
];

/// Consonants at the end that are confused, in groups.
const CODAS: [&[&str]; 2] = [&["n", "ng", "nh"], &["t", "c", "ch"]];

/// What a word becomes when a consonant at its beginning or end is taken for another. The tone stands at the end of an
/// exact form.
pub(super) fn confusions(text: &str) -> Vec<String> {
    let (body, tone) = without_tone_mark(text);
    let mut others = Vec::new();
    let onset_length = |text: &str| {
        text.char_indices().find(|(_, c)| !is_consonant(*c)).map_or(text.len(), |(place, _)| place)
    };
    for group in ONSETS {
        // The longest spelling counts: "ch" is no "c".
        let Some(onset) =
            group.iter().filter(|onset| body.starts_with(**onset)).max_by_key(|onset| onset.len())
        else {
            continue;
        };
        let rest = body.get(onset.len()..).unwrap_or_default();
        if onset_length(rest) > 0 || rest.is_empty() {
            continue;
        }
        others
            .extend(group.iter().filter(|other| other != &onset).map(|other| format!("{other}{rest}{tone}")));
    }
    for group in CODAS {
        let Some(coda) = group.iter().filter(|coda| body.ends_with(**coda)).max_by_key(|coda| coda.len())
        else {
            continue;
        };
        let rest = body.get(..body.len() - coda.len()).unwrap_or_default();
        if rest.is_empty()
            || rest.chars().all(is_consonant)
            || rest.chars().next_back().is_some_and(is_consonant)
        {
            continue;
        }
        others
            .extend(group.iter().filter(|other| other != &coda).map(|other| format!("{rest}{other}{tone}")));
    }
    others
}

fn is_consonant(c: char) -> bool {
    matches!(c, 'b' | 'c' | 'd' | 'đ' | 'f' | 'g' | 'h' | 'j'..='n' | 'p'..='t' | 'v' | 'w' | 'x' | 'z')
}

/// Whether one letter inserted, left out, exchanged or swapped with the next makes one of the other.
pub(super) fn is_one_edit_apart(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 || a == b {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (rest_short, rest_long) =
        (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    if short.len() < long.len() {
        return rest_long.get(1..) == Some(rest_short);
    }
    if rest_short.get(1..) == rest_long.get(1..) {
        return true;
    }
    match (rest_short, rest_long) {
        ([a1, a2, a_rest @ ..], [b1, b2, b_rest @ ..]) => a1 == b2 && a2 == b1 && a_rest == b_rest,
        _ => false,
    }
}

/// Whether two exact forms differ in nothing but hỏi and ngã.
pub(super) fn differ_in_hook_and_tilde(a: &str, b: &str) -> bool {
    let (hook, tilde) = ('\u{309}', '\u{303}');
    let swapped =
        |a: &str, b: &str| a.strip_suffix(hook).is_some_and(|rest| b.strip_suffix(tilde) == Some(rest));
    swapped(a, b) || swapped(b, a)
}

/// Vowels of Vietnamese rhymes, without tones.
const VOWELS: [&str; 55] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây", "eo",
    "êu", "ia", "iê", "iêu", "iu", "oa", "oai", "oao", "oay", "oă", "oe", "oeo", "oi", "oo", "ôi", "ơi",
    "ua", "uâ", "uây", "uê", "ui", "uô", "uôi", "uơ", "uy", "uya", "uyê", "uyu", "ưa", "ưi", "ươ", "ươi",
    "ươu", "ưu", "yê", "yêu",
];

/// Whether a word is built like a syllable of the language: onset, vowels, coda. With marks its vowels must be ones that
/// the language has; without any, those of some syllable.
pub(super) fn is_syllable(word: &Word) -> bool {
    const ONSETS: [&str; 27] = [
        "ngh", "ng", "nh", "gh", "gi", "kh", "ph", "qu", "th", "tr", "ch", "b", "c", "d", "đ", "g", "h", "k",
        "l", "m", "n", "p", "r", "s", "t", "v", "x",
    ];
    const CODAS: [&str; 9] = ["", "ch", "ng", "nh", "c", "m", "n", "p", "t"];
    let (letters, _) = without_tone_mark(&word.exact);
    let are_vowels = |text: &str| {
        VOWELS.contains(&text) || (!word.is_marked() && VOWELS.iter().any(|vowels| folded(vowels) == text))
    };
    let is_rhyme = |rest: &str| CODAS.iter().any(|coda| rest.strip_suffix(coda).is_some_and(are_vowels));
    is_rhyme(letters) || ONSETS.iter().any(|onset| letters.strip_prefix(onset).is_some_and(is_rhyme))
}

/// The letters of an exact form and its tone, which stands at the end.
fn without_tone_mark(exact: &str) -> (&str, &str) {
    match exact.char_indices().next_back() {
        Some((place, tone)) if !tone.is_alphanumeric() => exact.split_at(place),
        _ => (exact, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_the_language_are_recognised() {
        for word in [
            "giay",
            "nguyen",
            "quyet",
            "thuoc",
            "khuya",
            "uong",
            "y",
            "mit",
            "xinh",
            "huou",
            "mít",
            "đường",
            "Quý",
            "khuỷu",
        ] {
            assert!(is_syllable(&Word::new(word)), "{word}");
        }
        for word in ["giiay", "hnoi", "b2", "fax", "chaunr", "qd", "hnn", "chaư", "péhp"] {
            assert!(!is_syllable(&Word::new(word)), "{word}");
        }
    }

    #[test]
    fn one_edit_is_one_edit() {
        for (a, b) in [("giay", "giayp"), ("giay", "gaiy"), ("giay", "gioy"), ("giay", "giy")] {
            assert!(is_one_edit_apart(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
        for (a, b) in [("giay", "giay"), ("giay", "gi"), ("giay", "yaig"), ("ab", "cd")] {
            assert!(!is_one_edit_apart(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }
}
