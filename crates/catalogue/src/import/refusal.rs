//! What is said of a refused row.

use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

use super::figures;
use super::seen::Earlier;
use super::table::Record;
use crate::availability::InconsistentAvailability;
use crate::command::{Command, Refusal};
use crate::period::Period;

/// Why a row was refused: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowRefusal {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column or JSON key; empty where the row as a whole is meant.
    pub column: String,
    /// The value as it stands in the file.
    pub value: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub remedy: String,
}

impl RowRefusal {
    /// A refusal of one value. The remedy is a sentence of its own and begins with a capital.
    pub(crate) fn new(
        column: impl Into<String>,
        value: impl Into<String>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            line: 0,
            column: column.into(),
            value: value.into(),
            reason: reason.into(),
            remedy: sentence(&remedy.into()),
        }
    }

    pub(crate) fn at(mut self, line: u64) -> Self {
        self.line = line;
        self
    }
}

/// A text with a capital at its beginning.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 200;

/// A value as it is shown: not whole where it is a long one.
pub(super) fn shown(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// A row as it stands in its file.
pub(super) enum Raw {
    /// Line of a table.
    Cells(Record),
    /// Line of NDJSON.
    Json(String),
}

impl Raw {
    /// The value of a column or key; none where there is nothing.
    fn get(&self, column: &str) -> Option<String> {
        match self {
            Self::Cells(record) => record.exact(column).map(shown),
            Self::Json(text) => {
                let line: serde_json::Value = serde_json::from_str(text).ok()?;
                match line.get(column)? {
                    serde_json::Value::Null => None,
                    serde_json::Value::String(text) => Some(shown(text)),
                    other => Some(shown(&other.to_string())),
                }
            }
        }
    }
}

/// Where a command comes from.
pub(super) struct Origin {
    line: u64,
    raw: Raw,
    period: Period,
    key: Key,
}

/// What a record is found by: its columns, the one that names it first, and what they are called.
type Key = (&'static [&'static str], &'static str);

impl Origin {
    /// Remembers where a command comes from.
    pub(super) fn new(line: u64, raw: Raw, command: &Command) -> Self {
        let (period, key): (Period, Key) = match command {
            Command::Availability(record) => {
                (record.period, (&["procedure"], "mã thủ tục, trường hợp, trung tâm và từ ngày"))
            }
            Command::Unit(record) => (record.period, (&["code"], "mã đơn vị và từ ngày")),
            Command::Procedure(record) => (record.period, (&["code"], "mã thủ tục và từ ngày")),
            Command::CentreFigure(record) => (
                Period::new(Some(record.month.first_day()), Some(record.month.end())).unwrap_or_default(),
                (&["centre"], "mã trung tâm và tháng"),
            ),
            Command::Centre(record) => (record.period, (&["id", "unit_code"], "mã trung tâm")),
            Command::Succession(_) => {
                (Period::ALWAYS, (&["old_code", "old_district_code"], "mã cũ, mã mới và ngày sáp nhập"))
            }
            _ => (Period::ALWAYS, (&[], "mã")),
        };
        Self { line, raw, period, key }
    }

    /// The refusal of a row that contradicts an earlier one of the run.
    pub(super) fn contradicts(&self, earlier: &Earlier) -> RowRefusal {
        let file = earlier.path.as_deref().and_then(Path::file_name);
        let file = file.map_or_else(String::new, |name| format!(" của tệp {}", name.to_string_lossy()));
        let (column, value) = self.first_filled(self.key.0);
        RowRefusal::new(
            column,
            value,
            format!("trùng khóa với dòng {}{file} nhưng khác nội dung", earlier.line),
            format!("giữ lại một trong hai dòng, hoặc sửa khóa ({}) của một dòng", self.key.1),
        )
        .at(self.line)
    }

    /// The refusal by a rule of the catalogue.
    pub(super) fn refused(&self, refusal: &Refusal) -> RowRefusal {
        let (column, reason, remedy) = match refusal {
            Refusal::Missing { what, key, part } => {
                let (reason, thing) = missing(what, key);
                let hint = if *what == "procedure" { lost_zero(key) } else { String::new() };
                (self.column_of(part), reason, format!("sửa mã, hoặc nhập {thing} này trước{hint}"))
            }
            Refusal::Overlap { stored } => (
                self.first_filled(&["valid_from", "valid_to"]).0,
                format!("thời gian hiệu lực chồng lên bản ghi đã có ({})", span(*stored)),
                "kết thúc bản ghi cũ trước, hoặc sửa valid_from, valid_to".to_owned(),
            ),
            Refusal::BeyondCentre { centre } if self.key.0 == ["centre"] => (
                "month",
                format!("trung tâm không hoạt động trong tháng này ({})", span(*centre)),
                "sửa tháng hoặc mã trung tâm".to_owned(),
            ),
            Refusal::BeyondCentre { centre } => self.beyond(*centre),
            Refusal::Inconsistent(rule) => inconsistent(rule, |columns| self.first_filled(columns).0),
            Refusal::BadText { part } => (
                self.column_of(part),
                "trống hoặc không ở dạng chuẩn Unicode NFC".to_owned(),
                "điền nội dung".to_owned(),
            ),
            Refusal::Contradiction(what) => self.contradiction(what),
            Refusal::Stale { current_version, .. } => {
                ("", format!("bản ghi đã ở phiên bản {current_version}"), "tải lại rồi nhập lại".to_owned())
            }
        };
        let value = self.raw.get(column).unwrap_or_default();
        RowRefusal::new(column, value, reason, remedy).at(self.line)
    }

    /// The first of some columns that is filled, and its value; the first of all where none is.
    fn first_filled(&self, columns: &[&'static str]) -> (&'static str, String) {
        let filled = columns.iter().find_map(|column| Some((*column, self.raw.get(column)?)));
        filled.unwrap_or_else(|| (columns.first().copied().unwrap_or_default(), String::new()))
    }

    /// The column that holds a part of the record.
    fn column_of(&self, part: &'static str) -> &'static str {
        match (part, &self.raw) {
            ("old_code", _) => self.first_filled(&["old_code", "old_district_code"]).0,
            ("fields", Raw::Json(_)) => "sector",
            ("agencies", Raw::Json(_)) => "agency",
            ("source", Raw::Json(_)) => "source",
            ("source", Raw::Cells(_)) => "source_citation",
            _ => part,
        }
    }

    fn beyond(&self, centre: Period) -> (&'static str, String, String) {
        let too_early =
            centre.valid_from().zip(self.period.valid_from()).is_some_and(|(open, own)| own < open);
        let reason = match self.period.valid_to() {
            None if !too_early => "không ghi ngày hết hiệu lực, trong khi trung tâm chỉ hoạt động",
            _ => "vượt ra ngoài thời gian hoạt động của trung tâm,",
        };
        (
            if too_early { "valid_from" } else { "valid_to" },
            format!("{reason} {}", span(centre)),
            "đặt valid_from, valid_to trong thời gian đó".to_owned(),
        )
    }

    fn contradiction(&self, what: &'static str) -> (&'static str, String, String) {
        let is_unit = self.key.0 == ["code"];
        let (column, reason, remedy) = match what {
            "the tier does not fit the number of digits of the code" => (
                "level",
                "cấp không khớp với số chữ số của mã",
                "sửa level hoặc code: tỉnh 2 chữ số, huyện 3, xã 5",
            ),
            "the tier is not that of the centre's unit" => (
                "kind",
                "cấp của trung tâm không phải cấp của đơn vị hành chính",
                "sửa kind hoặc unit_code: tỉnh 2 chữ số, huyện 3, xã 5",
            ),
            "the portal is not an http or https address" => (
                "portal",
                "không phải địa chỉ http hoặc https",
                "dùng địa chỉ đầy đủ, ví dụ https://dichvucong.gov.vn/…",
            ),
            "the extent is unknown where, and only where, no successor is named" => (
                "step2",
                "step2 là unresolved khi và chỉ khi không ghi đơn vị mới",
                "điền new_code, hoặc đặt step2 là unresolved và để trống new_code",
            ),
            "a field is named twice" => ("sectors", "một lĩnh vực được ghi hai lần", "giữ lại một"),
            "a succession cannot happen on the first day of the calendar" => {
                ("effective_on", "không phải một ngày hợp lệ", "sửa ngày sáp nhập")
            }
            other => figures::rule_words(other).unwrap_or((
                if is_unit { "code" } else { "" },
                other,
                "sửa một trong hai giá trị",
            )),
        };
        (column, reason.to_owned(), remedy.to_owned())
    }
}

fn span(period: Period) -> String {
    let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
    match (period.valid_from(), period.valid_to()) {
        (Some(from), Some(to)) => format!("từ {} đến trước {}", day(from), day(to)),
        (Some(from), None) => format!("từ {}, chưa có ngày hết", day(from)),
        (None, Some(to)) => format!("đến trước {}", day(to)),
        (None, None) => "không ghi ngày".to_owned(),
    }
}

/// What is said of something that is not there, and what it is called.
fn missing(what: &str, key: &str) -> (String, &'static str) {
    let thing = match what {
        "procedure" => "thủ tục",
        "centre" => "trung tâm",
        "unit" => "đơn vị hành chính",
        "field" => "lĩnh vực",
        "agency" => "cơ quan",
        _ => "bản ghi",
    };
    // The same code may have been there on other days.
    let when = if what == "unit" { "vào ngày đó " } else { "" };
    (format!("{when}không có {thing} mã {key}"), thing)
}

/// Suggests the code that a spreadsheet may have shortened: `1.00001` was `1.000010`.
fn lost_zero(code: &str) -> String {
    let shortened = code.split_once('.').is_some_and(|(head, tail)| {
        head.len() == 1 && (1..6).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit())
    });
    if shortened {
        format!(" (bảng tính có thể đã bỏ số 0 ở cuối: {code:0<8}?)")
    } else {
        String::new()
    }
}

fn inconsistent(
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
        assert_eq!(missing("unit", "11111").0, "vào ngày đó không có đơn vị hành chính mã 11111");
        assert_eq!(missing("procedure", "1.00001").0, "không có thủ tục mã 1.00001");
    }

    #[test]
    fn remedies_are_sentences_and_long_values_are_cut_between_letters() {
        assert_eq!(RowRefusal::new("a", "b", "c", "điền giá trị").remedy, "Điền giá trị");
        assert_eq!(shown(&"ộ".repeat(300)).chars().count(), LONGEST + 1);
        assert_eq!(shown("ộ"), "ộ");
    }
}
