//! What is said of a refused row.

use std::path::Path;

use super::merge::{Emptied, merge};
use super::row_refusal::{RowRefusal, shown};
use super::seen::Earlier;
use super::table::Record;
use super::words::{broken, inconsistent, lost_zero, missing, span};
use crate::change::EntityKind;
use crate::command::Command;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::refusal::{Part, Refusal};

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
            Command::Withdraw { key } => (Period::ALWAYS, named(key)),
            _ => (Period::ALWAYS, (&[], "mã")),
        };
        Self { line, raw, period, key }
    }

    /// Its line.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, column: &str) -> bool {
        match &self.raw {
            Raw::Json(_) => true,
            Raw::Cells(record) => record.has(column),
        }
    }

    /// Completes a command by what is stored and the file has no column for. Lines of NDJSON state whole records.
    pub(super) fn merge(
        &self,
        command: &mut Command,
        stored: Option<&Command>,
    ) -> Result<Emptied, RowRefusal> {
        match &self.raw {
            Raw::Json(_) => Ok(Emptied::new()),
            Raw::Cells(record) => merge(record, command, stored).map_err(|refusal| refusal.at(self.line)),
        }
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

    /// The refusal of a row that repeats one which was refused.
    pub(super) fn repeats(&self, earlier: &Earlier) -> RowRefusal {
        let file = earlier.path.as_deref().and_then(Path::file_name);
        let file = file.map_or_else(String::new, |name| format!(" của tệp {}", name.to_string_lossy()));
        let (column, value) = self.first_filled(self.key.0);
        RowRefusal::new(
            column,
            value,
            format!("lặp lại dòng {}{file}, là dòng bị từ chối", earlier.line),
            "sửa dòng đó, và bỏ dòng lặp lại này",
        )
        .at(self.line)
    }

    /// The refusal by a rule of the catalogue.
    pub(super) fn refused(&self, refusal: &Refusal) -> RowRefusal {
        let (column, reason, remedy) = match refusal {
            Refusal::Missing { kind, key, part } => {
                let (reason, thing) = missing(*kind, key);
                let hint = if *kind == EntityKind::Procedure { lost_zero(key) } else { String::new() };
                (self.column_of(*part), reason, format!("sửa mã, hoặc nhập {thing} này trước{hint}"))
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
            Refusal::BeyondCentre { centre } => {
                self.beyond(*centre, "trung tâm chỉ hoạt động", "hoạt động của trung tâm")
            }
            Refusal::BeyondUnit { unit, held } => self.beyond(
                *held,
                &format!("đơn vị mang mã {unit} chỉ có"),
                &format!("của đơn vị mang mã {unit}"),
            ),
            Refusal::Inconsistent(rule) => inconsistent(rule, |columns| self.first_filled(columns).0),
            Refusal::BadText { part } => (
                self.column_of(*part),
                "trống hoặc không ở dạng chuẩn Unicode NFC".to_owned(),
                "điền nội dung".to_owned(),
            ),
            Refusal::Contradiction { rule } => {
                let (column, reason, remedy) = broken(*rule);
                (column, reason.to_owned(), remedy.to_owned())
            }
            Refusal::NotThere => (
                self.first_filled(self.key.0).0,
                "không có bản ghi nào với khóa này".to_owned(),
                format!("kiểm tra khóa của dòng ({})", self.key.1),
            ),
            Refusal::Needed { by, others } => (
                self.first_filled(self.key.0).0,
                match others {
                    0 => format!("bản ghi này còn được dùng ở nơi khác như trước ({by})"),
                    others => format!(
                        "bản ghi này còn được dùng ở nơi khác như trước ({by} và {others} bản ghi nữa)"
                    ),
                },
                "sửa, kết thúc hoặc rút các bản ghi đó trước, hoặc cùng lúc trong một tệp nhập".to_owned(),
            ),
            Refusal::Forbidden => {
                ("", "không có quyền ghi bản ghi này".to_owned(), "nhờ đơn vị có thẩm quyền ghi".to_owned())
            }
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
    fn column_of(&self, part: Part) -> &'static str {
        match (part, &self.raw) {
            (Part::Predecessor, _) => self.first_filled(&["old_code", "old_district_code"]).0,
            (Part::Successor, _) => "new_code",
            (Part::Parent, _) => "parent_code",
            (Part::Unit, _) => "unit_code",
            (Part::Fields, Raw::Json(_)) => "sector",
            (Part::Agencies, Raw::Json(_)) => "agency",
            (Part::Source, Raw::Json(_)) => "source",
            (Part::Source, Raw::Cells(_)) => "source_citation",
            (part, _) => part.as_str(),
        }
    }

    /// The refusal of a row that reaches beyond what it belongs to, which is worded twice: what it does only for so long,
    /// and whose time it is.
    fn beyond(&self, outer: Period, does: &str, of: &str) -> (&'static str, String, String) {
        let begins = self.period.valid_from();
        let too_early = outer.valid_from().is_some_and(|open| begins.is_none_or(|own| own < open));
        let reason = match (begins, self.period.valid_to()) {
            (None, _) if too_early => format!("không ghi ngày bắt đầu, trong khi {does}"),
            (_, None) if !too_early => format!("không ghi ngày hết hiệu lực, trong khi {does}"),
            _ => format!("vượt ra ngoài thời gian {of},"),
        };
        (
            if too_early { "valid_from" } else { "valid_to" },
            format!("{reason} {}", span(outer)),
            "đặt valid_from, valid_to trong thời gian đó".to_owned(),
        )
    }
}

/// What a record that is named by its key alone is found by.
fn named(key: &LogKey) -> Key {
    match key {
        LogKey::Availability { .. } => (&["procedure"], "mã thủ tục, trường hợp, trung tâm và từ ngày"),
        LogKey::Unit { .. } => (&["code"], "mã đơn vị và từ ngày"),
        LogKey::Procedure { .. } => (&["code"], "mã thủ tục và từ ngày"),
        LogKey::CentreFigure { .. } => (&["centre"], "mã trung tâm và tháng"),
        LogKey::Centre(_) => (&["id"], "mã trung tâm"),
        LogKey::Succession { .. } => (&["old_code", "old_district_code"], "mã cũ, mã mới và ngày sáp nhập"),
        _ => (&[], "mã"),
    }
}
