//! Texts of a realistic length and vocabulary, put together from titles of papers, results and legal texts: the binary
//! carries no running text of real procedures.

use crate::sample::rule::{Dice, key};
use crate::{Procedure, Step};

/// Bytes of text that a procedure has in all: about as many as the national catalogue's full records have on average.
const BYTES: usize = 4_600;

/// Neighbours in the book share the field, so their papers fit.
const NEIGHBOURS: usize = 6;

/// The order of steps of a procedure.
pub(super) fn steps(base: &[Procedure], place: usize, seed: u64) -> Vec<Step> {
    let Some(procedure) = base.get(place) else { return Vec::new() };
    let mut dice = Dice::of(&[seed, key("text"), key(procedure.code.as_str())]);
    let around = base.get(place.saturating_sub(NEIGHBOURS)..(place + NEIGHBOURS + 1).min(base.len()));
    let around = around.unwrap_or_default();
    let papers: Vec<&str> =
        around.iter().flat_map(|one| &one.details.dossier).map(|item| item.name.as_str()).collect();
    let laws: Vec<&str> = around
        .iter()
        .flat_map(|one| &one.details.legal_basis)
        .filter_map(|text| text.title.as_deref())
        .collect();
    let outcomes: Vec<&str> =
        around.iter().flat_map(|one| &one.details.results).map(|result| result.name.as_str()).collect();
    let names: Vec<&str> = around.iter().map(|one| one.name.as_str()).collect();

    let mut left = BYTES.saturating_sub(carried(procedure));
    let mut steps = Vec::new();
    while left > 0 {
        let text = step(steps.len() + 1, &mut dice, [&papers, &laws, &outcomes, &names]);
        left = left.saturating_sub(text.len());
        steps.push(Step { text });
    }
    steps
}

/// Bytes of text that the procedure has without steps.
fn carried(procedure: &Procedure) -> usize {
    let details = &procedure.details;
    let papers: usize = details.dossier.iter().map(|item| item.name.len()).sum();
    let laws: usize =
        details.legal_basis.iter().filter_map(|text| text.title.as_ref()).map(String::len).sum();
    let results: usize = details.results.iter().map(|result| result.name.len()).sum();
    procedure.name.len() + papers + laws + results
}

fn step(number: usize, dice: &mut Dice, [papers, laws, outcomes, names]: [&[&str]; 4]) -> String {
    let mut pick = |from: &[&str], otherwise: &'static str| -> String {
        dice.pick(from).map_or_else(|| otherwise.to_owned(), |text| (*text).to_owned())
    };
    let subject = pick(names, "thủ tục hành chính");
    let first = pick(papers, "đơn đề nghị");
    let second = pick(papers, "giấy tờ kèm theo");
    let law = pick(laws, "quy định của pháp luật");
    let outcome = pick(outcomes, "văn bản trả lời");
    match number % 4 {
        1 => format!(
            "Bước {number}: Người nộp chuẩn bị {first}; {second}, theo {law}, để thực hiện {subject}."
        ),
        2 => format!(
            "Bước {number}: Bộ phận một cửa kiểm tra {first} và {second}, rồi hẹn ngày trả {outcome}."
        ),
        3 => format!(
            "Bước {number}: Cơ quan giải quyết đối chiếu {first} với {law}; nếu thiếu thì yêu cầu {second}."
        ),
        _ => format!(
            "Bước {number}: Người nộp nhận {outcome} tại nơi đã nộp {first} hoặc trực tuyến ({subject})."
        ),
    }
}
