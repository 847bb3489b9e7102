//! Telex and VNI keystrokes that no input method turned into letters: `ddaawng kys`, `d9a8ng ky1`.

use super::spelling::is_known;
use super::{Correction, CorrectionKind, QueryWord};
use crate::knowledge::Word;
use crate::language::Language;
use crate::lexicon::Lexicon;

/// Keystrokes of longer words are no syllable.
const LONGEST_KEYS: usize = 10;

/// With more words than this, one that could be decoded may be chance.
const FEW_WORDS: usize = 3;

/// Decodes the words of a query if enough of them vote for it.
pub(super) fn decode(query: &mut [QueryWord], language: &Language, corrections: &mut Vec<Correction>) {
    if query.iter().any(|word| word.word.is_marked()) {
        // An input method was on for some words; a vote of the others is not enough against it, but a word that is no
        // word of its own still is.
        return decode_where(query, language, corrections, 2);
    }
    let needed = if query.len() <= FEW_WORDS { 1 } else { 2 };
    decode_where(query, language, corrections, needed);
}

fn decode_where(
    query: &mut [QueryWord],
    language: &Language,
    corrections: &mut Vec<Correction>,
    needed: usize,
) {
    for method in [&vi::TELEX, &vi::VNI] {
        let decoded: Vec<Option<Word>> = query
            .iter()
            .map(|word| if word.fixed { None } else { read(&word.word, method, &language.lexicon) })
            .collect();
        let votes = decoded.iter().flatten().filter(|word| word.folded.len() > 1).count();
        if votes < needed {
            continue;
        }
        for (word, decoded) in query.iter_mut().zip(decoded) {
            let Some(decoded) = decoded else { continue };
            corrections.push(Correction {
                kind: CorrectionKind::Keystrokes,
                typed: word.word.shown.clone(),
                read: decoded.shown.clone(),
            });
            word.word = decoded;
            word.unfinished = false;
        }
        return;
    }
}

/// The word that keystrokes make, if they are no word themselves and make one that names use.
fn read(typed: &Word, method: &vi::methods::Definition, lexicon: &Lexicon) -> Option<Word> {
    let keys = typed.shown.as_str();
    if keys.len() < 2 || keys.len() > LONGEST_KEYS || !keys.is_ascii() {
        return None;
    }
    if is_known(typed, lexicon) || !keys.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut made = String::new();
    vi::transform_buffer(method, keys.chars(), &mut made);
    let made = Word::new(&crate::analysis::normal(&made));
    if !made.is_marked() || made.folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exact = lexicon.exact(&made.exact)?;
    let shown = lexicon.exacts.get(exact as usize).filter(|form| form.count > 0)?.shown.clone();
    Some(Word { shown, ..made })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::tests::language;

    fn decoded(text: &str) -> String {
        let language = language(&[
            "Đăng ký khai sinh",
            "Chuẩn bị giấy phép lái xe hạng B2",
            "Cấp chứng chỉ hành nghề đấu giá",
            "Tạm ngừng kinh doanh công ty",
        ]);
        let (typed, ranges) = super::super::words_in(text);
        let mut query = super::super::mark(typed, text, &ranges, &language);
        decode(&mut query, &language, &mut Vec::new());
        super::super::text_of(&query)
    }

    #[test]
    fn keystrokes_of_both_methods_are_read() {
        assert_eq!(decoded("ddawng kys khai sinh"), "đăng ký khai sinh");
        assert_eq!(decoded("giaasy phesp lasi xe"), "giấy phép lái xe");
        assert_eq!(decoded("d9a8ng ky1 khai sinh"), "đăng ký khai sinh");
        assert_eq!(decoded("ca6p1 chu7ng1 chi3 hanh2 nghe62 d9a6u1 gia1"), "cấp chứng chỉ hành nghề đấu giá");
        assert_eq!(decoded("tam5 ngung72 kinh doanh cong6 ty"), "tạm ngừng kinh doanh công ty");
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in
            ["khai sinh", "giay phep lai xe b2", "cos a1 kt3 h29 ct01 14", "lois her", "đăng ký khai sinh"]
        {
            assert_eq!(decoded(text), text);
        }
    }
}
