//! The words for what the catalogue refuses, in Vietnamese, for whoever imports a file.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::availability::InconsistentAvailability;
use crate::change::EntityKind;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::refusal::Rule;

/// What is said of a broken rule: the column that it is about, what is wrong, what to do.
pub(super) fn broken(rule: Rule) -> (&'static str, &'static str, &'static str) {
    match rule {
        Rule::TierOfCode => (
            "level",
            "cấp không khớp với số chữ số của mã",
            "sửa level hoặc code: tỉnh 2 chữ số, huyện 3, xã 5",
        ),
        Rule::TierOfUnit => (
            "kind",
            "cấp của trung tâm không phải cấp của đơn vị hành chính",
            "sửa kind hoặc unit_code: tỉnh 2 chữ số, huyện 3, xã 5",
        ),
        Rule::PortalAddress => (
            "portal",
            "không phải địa chỉ http hoặc https",
            "dùng địa chỉ đầy đủ, ví dụ https://dichvucong.gov.vn/…",
        ),
        Rule::ExtentAndSuccessor => (
            "step2",
            "step2 là unresolved khi và chỉ khi không ghi đơn vị mới",
            "điền new_code, hoặc đặt step2 là unresolved và để trống new_code",
        ),
        Rule::FieldTwice => ("sectors", "một lĩnh vực được ghi hai lần", "giữ lại một"),
        Rule::FirstDayOfCalendar => ("effective_on", "không phải một ngày hợp lệ", "sửa ngày sáp nhập"),
        Rule::CaseCode => (
            "case",
            "mã trường hợp dài quá 64 ký tự, có khoảng trắng hoặc có dấu #, /, @",
            "sửa mã trường hợp, ví dụ 1.001193.01",
        ),
        Rule::MonthNotOver => {
            ("month", "tháng này chưa kết thúc", "nhập sau khi hết tháng, hoặc sửa lại tháng")
        }
        Rule::NoFigure => {
            ("received", "tháng này không có số liệu nào", "điền ít nhất một cột số liệu, hoặc bỏ dòng này")
        }
        Rule::MoreOnlineThanReceived => (
            "received_online",
            "số hồ sơ trực tuyến lớn hơn số hồ sơ tiếp nhận",
            "sửa received_online hoặc received",
        ),
        Rule::MoreInTimeThanResolved => (
            "on_time",
            "số hồ sơ đúng hạn và quá hạn lớn hơn số hồ sơ đã giải quyết",
            "sửa on_time, overdue hoặc resolved",
        ),
        Rule::MoreThanSatisfied => {
            ("satisfaction", "mức độ hài lòng lớn hơn 100 %", "viết phần trăm từ 0 đến 100")
        }
        Rule::NoPeriod => (
            "valid_from",
            "không ghi ngày bắt đầu, hoặc loại dữ liệu này không có thời gian hiệu lực",
            "điền valid_from",
        ),
        Rule::EndsBeforeItBegins => (
            "valid_to",
            "ngày hết hiệu lực không sau ngày bắt đầu hiệu lực",
            "sửa valid_from hoặc valid_to; ngày hết hiệu lực là ngày đầu tiên không còn hiệu lực",
        ),
    }
}

pub(super) fn span(period: Period) -> String {
    let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
    match (period.valid_from(), period.valid_to()) {
        (Some(from), Some(to)) => format!("từ {} đến trước {}", day(from), day(to)),
        (Some(from), None) => format!("từ {}, chưa có ngày hết", day(from)),
        (None, Some(to)) => format!("đến trước {}", day(to)),
        (None, None) => "không ghi ngày".to_owned(),
    }
}

/// Asks about a record that the newer edition of a list no longer has.
pub(super) fn gone(key: &LogKey, files: &BTreeSet<String>) -> String {
    let day = |day: &NaiveDate| day.format("%d/%m/%Y").to_string();
    let since = |from: &Option<NaiveDate>| {
        from.as_ref().map_or_else(String::new, |from| format!(" từ {}", day(from)))
    };
    let what = match key {
        LogKey::Unit { code, from } => format!("đơn vị hành chính {code}{}", since(from)),
        LogKey::Succession { predecessor, successor: Some(successor), on } => {
            format!("dòng “{predecessor} nhập vào {successor} ngày {}”", day(on))
        }
        LogKey::Succession { predecessor, successor: None, on } => {
            format!("dòng “{predecessor} thôi tồn tại ngày {}, chưa rõ nhập vào đâu”", day(on))
        }
        LogKey::Centre(id) => format!("trung tâm {id}"),
        LogKey::Availability { procedure, case, centre, from } => {
            let case = case.as_ref().map_or_else(String::new, |case| format!(", trường hợp {case},"));
            format!("thủ tục {procedure}{case} tại trung tâm {centre}{}", since(from))
        }
        LogKey::CentreFigure { centre, month } => format!("số liệu tháng {month} của trung tâm {centre}"),
        other => format!("bản ghi {other}"),
    };
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    format!(
        "Bản mới của danh sách ({}) không còn {what}. Bản ghi đang có là sai và cần rút, hay vẫn đúng và giữ lại?",
        files.join(", ")
    )
}

/// What is said of something that is not there, and what it is called.
pub(super) fn missing(kind: EntityKind, key: &str) -> (String, &'static str) {
    let thing = match kind {
        EntityKind::Procedure => "thủ tục",
        EntityKind::Centre => "trung tâm",
        EntityKind::Unit => "đơn vị hành chính",
        EntityKind::Field => "lĩnh vực",
        EntityKind::Agency => "cơ quan",
        _ => "bản ghi",
    };
    // The same code may have been there on other days.
    let when = if kind == EntityKind::Unit { "vào ngày đó " } else { "" };
    (format!("{when}không có {thing} mã {key}"), thing)
}

/// Suggests the code that a spreadsheet may have shortened: `1.00001` was `1.000010`.
pub(super) fn lost_zero(code: &str) -> String {
    let shortened = code.split_once('.').is_some_and(|(head, tail)| {
        head.len() == 1 && (1..6).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit())
    });
    if shortened {
        format!(" (bảng tính có thể đã bỏ số 0 ở cuối: {code:0<8}?)")
    } else {
        String::new()
    }
}

pub(super) fn inconsistent(
    rule: &InconsistentAvailability,
    first_filled: impl Fn(&[&'static str]) -> &'static str,
) -> (&'static str, String, String) {
    use InconsistentAvailability as Rule;
    let (column, reason, remedy) = match rule {
        Rule::LevelWithoutOffer => {
            ("level", "có mức độ nhưng không ghi là có cung cấp", "đặt offered là yes, hoặc bỏ mức độ")
        }
        Rule::PartialWithoutReason => (
            "partial_reason",
            "từ 01/07/2026 “một phần” phải có lý do (NĐ 224/2026/NĐ-CP, Điều 14)",
            "điền partial_reason, partial_clause và partial_text",
        ),
        Rule::EmptyReason => (
            "partial_text",
            "lý do “một phần” thiếu căn cứ hoặc thiếu lời giải thích",
            "điền partial_clause (điều, khoản của luật chuyên ngành) và partial_text",
        ),
        Rule::SchemeNotYetSigned(scheme) => {
            let text = scheme.legal_text();
            let day = text.signed_on.format("%d/%m/%Y");
            return (
                "scheme",
                format!("NĐ {} đến ngày {day} mới ký, sau ngày bắt đầu hiệu lực của dòng này", text.number),
                "dùng khung của văn bản đang có vào ngày đó, hoặc sửa valid_from".to_owned(),
            );
        }
        Rule::ProactiveOutOfPlace => (
            "proactive",
            "mức độ chủ động (NĐ 224/2026/NĐ-CP, Điều 16) chỉ có khi có cung cấp, từ 01/07/2026",
            "bỏ mức độ chủ động, hoặc tách dòng từ ngày 2026-07-01",
        ),
        Rule::ReasonWithoutPartial => (
            "partial_reason",
            "có lý do “một phần” nhưng mức độ không phải một phần",
            "bỏ lý do, hoặc sửa mức độ",
        ),
        Rule::NothingConverted => (
            "converted",
            "ghi là mức quy đổi nhưng không có mức độ, hoặc mức theo NĐ 43/2011 là mức gốc",
            "bỏ dấu quy đổi, hoặc điền mức độ theo nd42-2022 hay nd224-2026",
        ),
        Rule::NoFirstDay => {
            ("valid_from", "thiếu ngày bắt đầu hiệu lực", "điền valid_from, ví dụ 2021-01-01")
        }
        Rule::UnsafeLink(_) => (
            first_filled(&["online_link", "channels"]),
            "không phải địa chỉ http hoặc https",
            "dùng địa chỉ đầy đủ, ví dụ https://dichvucong.gov.vn/…",
        ),
        Rule::DuplicateChannel(_) => {
            (first_filled(&["methods", "channels"]), "một cách thức được ghi hai lần", "giữ lại một")
        }
    };
    (column, reason.to_owned(), remedy.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_said_in_plain_words() {
        assert_eq!(missing(EntityKind::Unit, "11111").0, "vào ngày đó không có đơn vị hành chính mã 11111");
        assert_eq!(missing(EntityKind::Procedure, "1.00001").0, "không có thủ tục mã 1.00001");
    }

    #[test]
    fn every_rule_is_worded_in_vietnamese() {
        for rule in Rule::ALL {
            let (column, reason, remedy) = broken(rule);
            assert!(!column.is_empty() && !reason.is_ascii() && !remedy.is_ascii(), "{rule:?}");
        }
    }
}
