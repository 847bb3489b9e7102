//! What people do to words when they type them: leave out diacritics, mistype, stop early, abbreviate.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::random::Random;

/// Fewest letters of a word that is mistyped: below it every search engine takes a typo for another word.
const MISTYPED_LETTERS: usize = 4;

/// Abbreviations in everyday use by offices and citizens, and what they stand for.
const ABBREVIATIONS: [(&str, &str); 22] = [
    ("ubnd", "ủy ban nhân dân"),
    ("ubnd", "uỷ ban nhân dân"),
    ("gcn", "giấy chứng nhận"),
    ("gpxd", "giấy phép xây dựng"),
    ("gplx", "giấy phép lái xe"),
    ("qsdđ", "quyền sử dụng đất"),
    ("sdđ", "sử dụng đất"),
    ("đkkd", "đăng ký kinh doanh"),
    ("đk", "đăng ký"),
    ("bhxh", "bảo hiểm xã hội"),
    ("bhyt", "bảo hiểm y tế"),
    ("bhtn", "bảo hiểm thất nghiệp"),
    ("tnhh", "trách nhiệm hữu hạn"),
    ("attp", "an toàn thực phẩm"),
    ("tthc", "thủ tục hành chính"),
    ("htx", "hợp tác xã"),
    ("dn", "doanh nghiệp"),
    ("qđ", "quyết định"),
    ("hđ", "hợp đồng"),
    ("tp", "thành phố"),
    ("vlxd", "vật liệu xây dựng"),
    ("gp", "giấy phép"),
];

/// The words of a name in lower case, without the punctuation around them.
pub(crate) fn words(name: &str) -> Vec<String> {
    name.split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Without diacritics, đ as d.
pub(crate) fn fold(text: &str) -> String {
    text.nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .map(|letter| match letter {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

/// Consecutive words, from `fewest` to `most` of them, or all where there are fewer; none where there is no word.
pub(crate) fn excerpt<'a>(
    words: &'a [String],
    fewest: usize,
    most: usize,
    random: &mut Random,
) -> Option<&'a [String]> {
    let wanted = fewest + random.below(most + 1 - fewest);
    let length = wanted.min(words.len());
    let start = random.below(words.len() + 1 - length);
    words.get(start..start + length).filter(|part| !part.is_empty())
}

/// The words with one slip in one of them; none where no word is long enough.
pub(crate) fn mistype(words: &[String], random: &mut Random) -> Option<String> {
    let long: Vec<usize> = (0..words.len())
        .filter(|place| words.get(*place).is_some_and(|word| word.chars().count() >= MISTYPED_LETTERS))
        .collect();
    let place = *random.pick(&long)?;
    let mut changed = words.to_vec();
    let word = changed.get_mut(place)?;
    let mistyped = slip(word, random)?;
    if mistyped == *word {
        return None;
    }
    *word = mistyped;
    Some(changed.join(" "))
}

/// One letter left out, doubled or replaced, or two neighbours exchanged; never the first letter.
fn slip(word: &str, random: &mut Random) -> Option<String> {
    let mut letters: Vec<char> = word.chars().collect();
    let place = 1 + random.below(letters.len().checked_sub(1)?);
    match random.below(4) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, *letters.get(place)?),
        2 => *letters.get_mut(place)? = char::from(b'a' + u8::try_from(random.below(26)).ok()?),
        _ => {
            // Words of one or two letters do not come here, so that the first stays where it is.
            let neighbour = if place + 1 < letters.len() { place + 1 } else { place - 1 };
            letters.swap(place, neighbour);
        }
    }
    Some(letters.into_iter().collect())
}

/// The words, the last one only begun; none where it has but one letter.
pub(crate) fn begin_last(words: &[String], random: &mut Random) -> Option<String> {
    let (last, before) = words.split_last()?;
    let letters = last.chars().count();
    let kept = 1 + random.below(letters.checked_sub(1).filter(|rest| *rest > 0)?);
    let begun: String = last.chars().take(kept).collect();
    Some(before.iter().cloned().chain([begun]).collect::<Vec<_>>().join(" "))
}

/// Some of the words around one of the usual abbreviations, abbreviated; none where none fits.
pub(crate) fn abbreviate(words: &[String], random: &mut Random) -> Option<String> {
    let mut fitting = Vec::new();
    for (short, expansion) in ABBREVIATIONS {
        let expansion: Vec<&str> = expansion.split(' ').collect();
        let found = words.windows(expansion.len()).position(|part| part.iter().eq(expansion.iter()));
        fitting.extend(found.map(|start| (short, start, start + expansion.len())));
    }
    let &(short, start, end) = random.pick(&fitting)?;
    let from = start - random.below(start.min(2) + 1);
    let to = end + random.below(words.len().saturating_sub(end).min(3) + 1);
    let before = words.get(from..start)?.iter().map(String::as_str);
    let after = words.get(end..to)?.iter().map(String::as_str);
    Some(before.chain([short]).chain(after).collect::<Vec<_>>().join(" "))
}

/// The words, two to four of them replaced by their first letters; none where there are fewer than three.
pub(crate) fn initials(words: &[String], random: &mut Random) -> Option<String> {
    let length = (2 + random.below(3)).min(words.len().checked_sub(1).filter(|rest| *rest >= 2)?);
    let start = random.below(words.len() + 1 - length);
    let short: String =
        words.get(start..start + length)?.iter().filter_map(|word| word.chars().next()).collect();
    let before = words.get(start.saturating_sub(2)..start)?.iter().cloned();
    let after = words.get(start + length..(start + length + 2).min(words.len()))?.iter().cloned();
    Some(before.chain([short]).chain(after).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::{abbreviate, begin_last, excerpt, fold, initials, mistype, words};
    use crate::random::Random;

    const NAME: &str = "Cấp Giấy chứng nhận đủ điều kiện (an toàn thực phẩm) đối với cơ sở, hộ gia đình";

    #[test]
    fn words_lose_punctuation_and_capitals() {
        assert_eq!(words("Đăng ký (lại) – khai sinh,"), ["đăng", "ký", "lại", "khai", "sinh"]);
    }

    #[test]
    fn folding_leaves_plain_letters() {
        assert_eq!(fold("đăng ký ở Ủy ban, Đường"), "dang ky o Uy ban, Duong");
    }

    #[test]
    fn excerpts_are_consecutive_words() {
        let words = words(NAME);
        let whole = words.join(" ");
        let mut random = Random::new(1);
        for _ in 0..500 {
            let part = excerpt(&words, 2, 7, &mut random).expect("there are words");
            assert!((2..=7).contains(&part.len()));
            assert!(whole.contains(&part.join(" ")));
        }
        assert!(excerpt(&[], 1, 2, &mut random).is_none());
    }

    #[test]
    fn a_typo_is_in_one_place() {
        let words = words(NAME);
        let mut random = Random::new(2);
        let mut made = 0;
        for _ in 0..500 {
            let Some(part) = excerpt(&words, 2, 7, &mut random) else { continue };
            let Some(mistyped) = mistype(part, &mut random) else { continue };
            made += 1;
            let before: Vec<char> = part.join(" ").chars().collect();
            let after: Vec<char> = mistyped.chars().collect();
            assert_ne!(before, after);
            assert!(before.len().abs_diff(after.len()) <= 1);
            let head = before.iter().zip(&after).take_while(|(left, right)| left == right).count();
            let rest = before.len().min(after.len()) - head;
            let tail = before.iter().rev().zip(after.iter().rev()).take_while(|(left, right)| left == right);
            let tail = tail.take(rest).count();
            let longer = before.len().max(after.len());
            assert!(longer - head - tail <= 2, "{before:?} {after:?}");
        }
        assert!(made > 300, "{made}");
    }

    #[test]
    fn a_begun_word_is_shorter() {
        let mut random = Random::new(3);
        for _ in 0..100 {
            let begun = begin_last(&words("khai sinh"), &mut random).expect("a long last word");
            assert!("khai sinh".starts_with(&begun) && begun.len() >= 6 && begun != "khai sinh", "{begun}");
        }
        assert!(begin_last(&words("loại a"), &mut random).is_none());
    }

    #[test]
    fn abbreviations_stand_for_their_words() {
        let mut random = Random::new(4);
        for _ in 0..100 {
            let short = abbreviate(&words(NAME), &mut random).expect("the name has two");
            assert!(short.contains("gcn") || short.contains("attp"), "{short}");
        }
        assert!(abbreviate(&words("khai sinh"), &mut random).is_none());
        assert_eq!(initials(&words("khai sinh"), &mut random), None);
        let short = initials(&words("đăng ký khai sinh"), &mut random).expect("enough words");
        assert!(short.split(' ').count() < 4, "{short}");
    }
}
