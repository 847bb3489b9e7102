//! Putting misspelt words right, by what Vietnamese writers confuse and by which words follow each other in names.
//!
//! Edit distance alone is no help: a syllable has some sixteen neighbours at distance one. So a word is doubted only if
//! names do not have it, or never beside its neighbours; and it is replaced only by one that fits them better.

use super::glued::take_apart;
use super::syllable::{confusions, differ_in_hook_and_tilde, is_one_edit_apart, is_syllable};
use super::{Context, Correction, CorrectionKind, QueryWord};
use crate::gazetteer::Gazetteer;
use crate::knowledge::Word;
use crate::language::Language;
use crate::lexicon::{Lexicon, WordId};

/// Cost of reading a word as another one that is confused with it.
const CONFUSED: f32 = 1.2;
/// Cost of reading other marks into a word.
const OTHER_MARKS: f32 = 0.9;
/// The same for a word that names have with its own marks, unless it is the tone that half the country does not hear.
const OTHER_WORD: f32 = 1.4;
/// Cost of a letter too many, too few, wrong or swapped.
const MISTYPED: f32 = 2.4;
/// Cost of a word that no name has.
const UNKNOWN: f32 = 4.0;
/// Cost of two words that never follow each other.
const UNSEEN: f32 = 2.0;
/// Cost of two words that follow each other only with other marks.
const SEEN_OTHERWISE: f32 = 1.5;
/// Cost of a word that questions put anywhere.
const FREE: f32 = 0.6;
/// How much a replacement must gain.
const LEAST_GAIN: f32 = 0.5;
/// How often names must have a replacement beside its neighbour where what was typed is a syllable too.
const LEAST_PAIRS: u32 = 2;
/// Candidates of one word that are looked at.
const MOST_CANDIDATES: usize = 12;

/// One way in which a word may be meant.
#[derive(Debug, Clone)]
struct Candidate {
    word: Word,
    id: Option<WordId>,
    cost: f32,
    /// A replacement counts only where a neighbour supports it.
    is_typed: bool,
    /// Whether what was typed may well be meant: a syllable as the language has them.
    doubtful: bool,
    /// Whether its marks are known: those that were typed, and those of a replacement for a word with marks.
    has_marks: bool,
}

/// Puts words right.
pub(super) fn repair(query: &mut Vec<QueryWord>, context: Context<'_>, corrections: &mut Vec<Correction>) {
    let language = context.language;
    take_apart(query, language, corrections);
    let candidates: Vec<Vec<Candidate>> = query.iter().map(|word| candidates(word, language)).collect();
    let Some(chosen) = best_path(query, &candidates, &language.lexicon) else { return };
    for (word, chosen) in query.iter_mut().zip(chosen) {
        if chosen.is_typed {
            continue;
        }
        corrections.push(Correction {
            kind: CorrectionKind::Spelling,
            typed: word.word.shown.clone(),
            read: chosen.word.shown.clone(),
        });
        word.word = chosen.word;
        word.unfinished = false;
    }
}

pub(super) fn is_known(word: &Word, lexicon: &Lexicon) -> bool {
    lexicon.word(&word.folded).is_some_and(|id| lexicon.count(id) > 0)
}

/// Words that are left as they are, whatever stands beside them.
pub(super) fn is_settled(word: &QueryWord, gazetteer: &Gazetteer, lexicon: &Lexicon) -> bool {
    word.fixed
        || word.word.folded.len() < 2
        || word.word.folded.bytes().any(|byte| byte.is_ascii_digit())
        || !word.word.folded.is_ascii()
        || (!is_known(&word.word, lexicon) && gazetteer.begins_a_name(&word.word))
}

fn candidates(word: &QueryWord, language: &Language) -> Vec<Candidate> {
    let lexicon = &language.lexicon;
    let known = is_known(&word.word, lexicon);
    let typed = Candidate {
        id: lexicon.word(&word.word.folded),
        cost: if known || word.weak { 0.0 } else { UNKNOWN },
        word: word.word.clone(),
        is_typed: true,
        doubtful: (!known || word.word.is_marked()) && !is_syllable(&word.word),
        has_marks: word.word.is_marked(),
    };
    let mut all = vec![typed];
    if word.weak || is_settled(word, &language.gazetteer, lexicon) {
        return all;
    }
    if word.unfinished && !known && lexicon.beginning(&word.word.folded).next().is_some() {
        // It may still become one of these.
        return all;
    }
    if word.word.is_marked() {
        other_marks(&word.word, lexicon, &mut all);
    }
    confused(&word.word, lexicon, &mut all);
    // Marks that no name writes so betray a slip even where the bare letters are a word: thên for thiên.
    let is_written_so = !word.word.is_marked() || lexicon.exact(&word.word.exact).is_some();
    if !known || !is_written_so {
        mistyped(&word.word, lexicon, &mut all);
    }
    all.truncate(MOST_CANDIDATES);
    all
}

/// The same letters with other marks, as names write them.
fn other_marks(typed: &Word, lexicon: &Lexicon, all: &mut Vec<Candidate>) {
    let Some(id) = lexicon.word(&typed.folded) else { return };
    let is_word = lexicon.exact(&typed.exact).is_some();
    let forms = lexicon.words.get(id as usize).map(|word| word.forms.as_slice()).unwrap_or_default();
    for form in forms.iter().take(5).filter_map(|&form| lexicon.exacts.get(form as usize)) {
        if form.exact != typed.exact && form.count > 0 {
            let cost = if is_word && !differ_in_hook_and_tilde(&form.exact, &typed.exact) {
                OTHER_WORD
            } else {
                OTHER_MARKS
            };
            push(all, &form.shown, cost, lexicon);
        }
    }
}

fn confused(typed: &Word, lexicon: &Lexicon, all: &mut Vec<Candidate>) {
    for other in confusions(&typed.exact) {
        if let Some(form) = lexicon.exact(&other).and_then(|form| lexicon.exacts.get(form as usize))
            && form.count > 0
            && (typed.is_marked() || form.exact.is_ascii())
        {
            push(all, &form.shown, CONFUSED, lexicon);
        }
    }
    for other in confusions(&typed.folded) {
        let Some(id) = lexicon.word(&other).filter(|&id| lexicon.count(id) > 1) else { continue };
        if typed.is_marked() {
            let Some(form) = lexicon.usual_form(id) else { continue };
            push(all, &form.shown, CONFUSED + OTHER_MARKS, lexicon);
        } else {
            push(all, &other, CONFUSED, lexicon);
        }
    }
}

/// A letter too many, too few, wrong or swapped.
fn mistyped(typed: &Word, lexicon: &Lexicon, all: &mut Vec<Candidate>) {
    if typed.folded.len() < 3 {
        return;
    }
    for (id, word) in (0..).zip(&lexicon.words) {
        if word.count > 1
            && word.text.len() > 1
            && is_one_edit_apart(typed.folded.as_bytes(), word.text.as_bytes())
        {
            let shown =
                if typed.is_marked() { lexicon.usual_form(id).map(|form| form.shown.clone()) } else { None };
            push(all, &shown.unwrap_or_else(|| word.text.clone()), MISTYPED, lexicon);
            if all.len() >= MOST_CANDIDATES {
                return;
            }
        }
    }
}

fn push(all: &mut Vec<Candidate>, shown: &str, cost: f32, lexicon: &Lexicon) {
    let word = Word::new(shown);
    if all.iter().all(|known| known.word.exact != word.exact) {
        let (has_marks, doubtful) =
            all.first().map_or((false, false), |typed| (typed.has_marks, typed.doubtful));
        all.push(Candidate {
            id: lexicon.word(&word.folded),
            word,
            cost,
            is_typed: false,
            doubtful,
            has_marks,
        });
    }
}

/// The cheapest way through the candidates; `None` where it is the text as typed.
fn best_path(
    query: &[QueryWord],
    candidates: &[Vec<Candidate>],
    lexicon: &Lexicon,
) -> Option<Vec<Candidate>> {
    if candidates.iter().all(|of_word| of_word.len() < 2) {
        return None;
    }
    // By word and candidate: the cheapest cost of a path that ends there, and the candidate before.
    let mut costs: Vec<Vec<(f32, usize)>> = Vec::with_capacity(candidates.len());
    for (place, of_word) in candidates.iter().enumerate() {
        let column = of_word
            .iter()
            .map(|candidate| {
                let Some(before) = place.checked_sub(1).and_then(|before| costs.get(before)) else {
                    return (candidate.cost, 0);
                };
                let earlier = candidates.get(place - 1).map(Vec::as_slice).unwrap_or_default();
                let free = query.get(place).is_some_and(|word| word.weak || word.fixed)
                    || query.get(place - 1).is_some_and(|word| word.weak || word.fixed);
                let steps = before.iter().zip(earlier).enumerate().map(|(number, ((cost, _), from))| {
                    let between = if free { FREE } else { pair_cost(from, candidate, lexicon) };
                    (cost + between + candidate.cost, number)
                });
                steps.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((candidate.cost, 0))
            })
            .collect();
        costs.push(column);
    }
    let (mut place, last) = (candidates.len().checked_sub(1)?, costs.last()?);
    let (mut number, best) = last
        .iter()
        .enumerate()
        .min_by(|a, b| a.1.0.total_cmp(&b.1.0))
        .map(|(number, (cost, _))| (number, *cost))?;
    let mut path = Vec::with_capacity(candidates.len());
    loop {
        path.push(candidates.get(place)?.get(number)?.clone());
        if place == 0 {
            break;
        }
        number = costs.get(place)?.get(number)?.1;
        place -= 1;
    }
    path.reverse();
    let as_typed = cost_of_typed(query, candidates, lexicon);
    let changed = path.iter().any(|candidate| !candidate.is_typed);
    (changed && best + LEAST_GAIN <= as_typed && is_supported(query, &path, lexicon)).then_some(path)
}

fn cost_of_typed(query: &[QueryWord], candidates: &[Vec<Candidate>], lexicon: &Lexicon) -> f32 {
    let typed: Vec<&Candidate> = candidates.iter().filter_map(|of_word| of_word.first()).collect();
    let mut cost: f32 = typed.iter().map(|candidate| candidate.cost).sum();
    for (place, pair) in typed.windows(2).enumerate() {
        if let [a, b] = pair {
            let free = query.iter().skip(place).take(2).any(|word| word.weak || word.fixed);
            cost += if free { FREE } else { pair_cost(a, b, lexicon) };
        }
    }
    cost
}

/// Whether each replacement is what its neighbours call for. Letters that are no syllable need one neighbour in whose
/// company names have the replacement; a syllable of the language, which may well be meant, needs all of them.
fn is_supported(query: &[QueryWord], path: &[Candidate], lexicon: &Lexicon) -> bool {
    let seen = |a: &Candidate, b: &Candidate, least: u32| match (a.id, b.id) {
        (Some(a), Some(b)) => lexicon.pair(a, b) >= least,
        _ => false,
    };
    let speaks = |place: usize| query.get(place).is_some_and(|word| !word.weak && !word.fixed);
    path.iter().enumerate().all(|(place, candidate)| {
        if candidate.is_typed || path.len() == 1 {
            return true;
        }
        let before =
            place.checked_sub(1).filter(|&before| speaks(before)).and_then(|before| path.get(before));
        let after = path.get(place + 1).filter(|_| speaks(place + 1));
        let least = if candidate.doubtful { 1 } else { LEAST_PAIRS };
        let before = before.map(|before| seen(before, candidate, least));
        let after = after.map(|after| seen(candidate, after, least));
        let sides = || before.iter().chain(&after).copied();
        if candidate.doubtful {
            sides().any(|seen| seen)
        } else {
            sides().next().is_some() && sides().all(|seen| seen)
        }
    })
}

fn pair_cost(a: &Candidate, b: &Candidate, lexicon: &Lexicon) -> f32 {
    let (Some(id_a), Some(id_b)) = (a.id, b.id) else { return UNSEEN };
    let folded = lexicon.pair(id_a, id_b);
    if folded == 0 {
        return UNSEEN;
    }
    let by_count = |count: u32| (0.8 - 0.3 * (count as f32).ln()).max(0.0);
    if a.has_marks && b.has_marks {
        let exact = lexicon.exact(&a.word.exact).zip(lexicon.exact(&b.word.exact));
        return match exact.map_or(0, |(a, b)| lexicon.exact_pair(a, b)) {
            0 => SEEN_OTHERWISE,
            count => by_count(count),
        };
    }
    by_count(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::tests::{context, language};

    fn repaired(text: &str) -> String {
        let language = language(&[
            "Bổ nhiệm công chứng viên",
            "Miễn nhiệm công chứng viên",
            "Trung ương và trung tâm",
            "Khai lệ phí trước bạ nhà, đất",
            "Miễn lệ phí trước bạ",
            "Đăng ký thành lập hợp tác xã",
            "Giải thể hợp tác xã",
            "Cấp đổi giấy phép lái xe",
            "Cấp đổi thẻ căn cước công dân",
            "Cấp lại thẻ căn cước công dân",
            "Xác định tình trạng khuyết tật",
            "Cấp mới chứng chỉ hành nghề môi giới bất động sản",
            "Kinh doanh bất động sản",
            "Sửa đổi giấy phép lái xe",
            "Sửa đổi, bổ sung giấy phép lái xe",
            "Sửa đổi giấy chứng nhận",
            "Sửa đổi thẻ",
            "Sửa đổi hợp đồng",
            "Sửa đổi điều lệ",
            "Sửa đổi quyết định",
            "Sửa đổi nội dung",
            "Sửa đổi thông tin",
            "Sửa đổi đăng ký",
            "Sửa đổi giấy tờ",
            "Sữa và sản phẩm từ sữa",
        ]);
        let (typed, ranges) = super::super::words_in(text);
        let mut query = super::super::mark(typed, text, &ranges, &language);
        repair(&mut query, context(&language), &mut Vec::new());
        super::super::text_of(&query)
    }

    #[test]
    fn confused_consonants_are_put_right_where_neighbours_say_so() {
        assert_eq!(repaired("công trứng viên"), "công chứng viên");
        assert_eq!(repaired("cong trung vien"), "cong chung vien");
        assert_eq!(repaired("lệ phí chước bạ"), "lệ phí trước bạ");
        assert_eq!(repaired("thành lập hợp tát xã"), "thành lập hợp tác xã");
        assert_eq!(
            repaired("mô giới bất động sảng"),
            "mô giới bất động sản",
            "one word is enough to find it"
        );
        assert_eq!(repaired("căng cước công dân"), "căn cước công dân");
    }

    #[test]
    fn marks_are_put_right_where_neighbours_say_so() {
        assert_eq!(repaired("sữa đổi giấy phép"), "sửa đổi giấy phép");
        assert_eq!(repaired("sản phẩm từ sữa"), "sản phẩm từ sữa");
    }

    #[test]
    fn mistyped_and_glued_words_are_put_right() {
        assert_eq!(repaired("giayp phep lai xe"), "giay phep lai xe");
        assert_eq!(repaired("capdoi giaypheplaixe"), "cap doi giay phep lai xe");
        assert_eq!(repaired("hop tacs xa"), "hop tac xa");
    }

    #[test]
    fn words_that_nothing_speaks_against_stay() {
        for text in ["trung ương", "chạy grab", "b2 14", "xyz", "khuyết tật", "công chứng viên"] {
            assert_eq!(repaired(text), text);
        }
    }
}
