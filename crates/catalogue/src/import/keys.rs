//! Rows that name records by their keys alone: those that were mistakes and are to be taken out.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::FileKind;
use super::cell::{self, Faults};
use super::row_refusal::{RowRefusal, shown};
use super::table::{Record, Table};
use super::units::two_tiers;
use super::{availability, centres, figures, mergers, units};
use crate::code::{ProcedureCode, UnitCode};
use crate::command::Command;
use crate::log_key::LogKey;

const UNIT_CODE: &str = "mã đơn vị, giữ các số 0 ở đầu";
const CENTRE_ID: &str = "mã trung tâm, ví dụ p42 hoặc c18073-2025";

/// Refuses a table that lacks a column of the keys of its kind, or has a column that the kind does not have.
pub(super) fn check_header(kind: FileKind, table: &Table) -> Result<(), String> {
    match kind {
        FileKind::Units => table.check(&["code", "valid_from"], units::is_column),
        FileKind::Mergers => table.check(&["old_code", "new_code"], mergers::is_column),
        FileKind::Centres => table.check(&["id"], centres::is_column),
        FileKind::Figures => figures::check_header(table),
        FileKind::Availability | FileKind::Procedures => availability::check_header(table),
    }
}

/// A row of a table as the withdrawal of the record that it names.
pub(super) fn of_record(kind: FileKind, record: &Record) -> Result<Command, Vec<RowRefusal>> {
    let mut faults = Faults::default();
    let key = match kind {
        FileKind::Units => {
            let code: Option<UnitCode> = faults.keep(cell::id(record, "code", UNIT_CODE));
            let from = faults.keep(cell::date(record, "valid_from"));
            code.zip(from).map(|(code, from)| LogKey::Unit { code, from })
        }
        FileKind::Mergers => {
            let column = if record.get("old_code").is_some() { "old_code" } else { "old_district_code" };
            let predecessor = faults.keep(cell::id(record, column, UNIT_CODE));
            let successor = faults.keep(cell::optional_id(record, "new_code", UNIT_CODE));
            let on = faults.keep(cell::date(record, "effective_on"));
            predecessor.zip(successor).zip(on).map(|((predecessor, successor), on)| LogKey::Succession {
                predecessor,
                successor,
                on: on.unwrap_or_else(two_tiers),
            })
        }
        FileKind::Centres => faults.keep(cell::id(record, "id", CENTRE_ID)).map(LogKey::Centre),
        FileKind::Figures => {
            let centre = faults.keep(cell::id(record, "centre", CENTRE_ID));
            let month = faults.keep(figures::month(record));
            centre.zip(month).map(|(centre, month)| LogKey::CentreFigure { centre, month })
        }
        FileKind::Availability | FileKind::Procedures => {
            let procedure = faults.keep(cell::procedure_code(record, "procedure"));
            let centre = faults.keep(cell::id(record, "centre", CENTRE_ID));
            let from = faults.keep(cell::date(record, "valid_from"));
            let case = record.get("case").map(str::to_owned);
            procedure.zip(centre).zip(from).map(|((procedure, centre), from)| LogKey::Availability {
                procedure,
                case,
                centre,
                from,
            })
        }
    };
    faults.finish(key.map(|key| Command::Withdraw { key }))
}

/// A line of NDJSON as the withdrawal of the text of a procedure that it names by `code` and `valid_from`.
pub(super) fn of_line(text: &str) -> Result<Command, Vec<RowRefusal>> {
    let line: Map<String, Value> = serde_json::from_str(text).map_err(|_| {
        let remedy = "viết mỗi dòng là một đối tượng { … } có code và valid_from";
        vec![RowRefusal::new("", shown(text.trim()), "dòng không phải một đối tượng JSON", remedy)]
    })?;
    let mut faults = Faults::default();
    let code = line.get("code").and_then(Value::as_str).unwrap_or_default();
    let code: Option<ProcedureCode> = faults.keep(code.parse().map_err(|_| {
        RowRefusal::new("code", code, "không phải mã thủ tục", "dùng mã đã công bố, ví dụ 1.001193")
    }));
    let from = faults.keep(match line.get("valid_from") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let day = value.as_str().and_then(|day| day.parse::<NaiveDate>().ok());
            day.map(Some).ok_or_else(|| {
                let shown = shown(&value.to_string());
                RowRefusal::new("valid_from", shown, "không phải một ngày hợp lệ", "viết năm-tháng-ngày")
            })
        }
    });
    let key = code.zip(from).map(|(code, from)| LogKey::Procedure { code, from });
    faults.finish(key.map(|key| Command::Withdraw { key }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_text_of_a_procedure_by_code_and_first_day() {
        let key = |text: &str| match of_line(text) {
            Ok(Command::Withdraw { key }) => Ok(key.to_string()),
            Ok(other) => panic!("{other:?}"),
            Err(refusals) => Err(refusals.into_iter().map(|refusal| refusal.column).collect::<Vec<_>>()),
        };
        assert_eq!(
            key(r#"{"code":"1.001193","valid_from":"2026-01-01"}"#),
            Ok("1.001193@2026-01-01".to_owned())
        );
        assert_eq!(key(r#"{"code":"1.001193","name":"x"}"#), Ok("1.001193@-".to_owned()));
        assert_eq!(
            key(r#"{"code":"","valid_from":7}"#),
            Err(vec!["code".to_owned(), "valid_from".to_owned()])
        );
        assert_eq!(key("[]"), Err(vec![String::new()]));
    }
}
