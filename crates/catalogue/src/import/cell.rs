//! Reading cells: each function says what is wrong and what to do.

use std::str::FromStr;

use chrono::NaiveDate;

use super::row_refusal::RowRefusal;
use super::table::Record;
use crate::code::{InvalidId, ProcedureCode};
use crate::period::Period;
use crate::source::{Source, SourceKind};

/// Collects what is wrong with a row, so that all of it is said at once.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<RowRefusal>);

impl Faults {
    /// Keeps a value, or notes what is wrong with it.
    pub(super) fn keep<T>(&mut self, result: Result<T, RowRefusal>) -> Option<T> {
        result.map_err(|refusal| self.0.push(refusal)).ok()
    }

    /// The command if nothing was wrong.
    pub(super) fn finish<T>(self, command: Option<T>) -> Result<T, Vec<RowRefusal>> {
        match command {
            Some(command) if self.0.is_empty() => Ok(command),
            _ => Err(self.0),
        }
    }
}

/// A cell that must be filled.
pub(super) fn required<'a>(record: &'a Record, column: &str) -> Result<&'a str, RowRefusal> {
    record.get(column).ok_or_else(|| RowRefusal::new(column, "", "ô trống", "điền giá trị cho cột này"))
}

/// A date, `2021-03-01` or `01/03/2021`.
pub(super) fn date(record: &Record, column: &str) -> Result<Option<NaiveDate>, RowRefusal> {
    let Some(text) = record.get(column) else { return Ok(None) };
    let parsed = NaiveDate::from_str(text).or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y"));
    let sensible = parsed.ok().filter(|day| (1945..=2200).contains(&chrono::Datelike::year(day)));
    sensible.map(Some).ok_or_else(|| {
        RowRefusal::new(
            column,
            text,
            "không phải một ngày hợp lệ",
            "viết năm-tháng-ngày, ví dụ 2021-03-01, hoặc 01/03/2021",
        )
    })
}

/// The two columns of a period.
pub(super) fn period(record: &Record) -> Result<Period, RowRefusal> {
    let (from, to) = (date(record, "valid_from")?, date(record, "valid_to")?);
    Period::new(from, to).map_err(|_| {
        RowRefusal::new(
            "valid_to",
            record.exact("valid_to").unwrap_or_default(),
            "ngày hết hiệu lực không sau ngày bắt đầu",
            "sửa một trong hai ngày",
        )
    })
}

/// An identifier that must be there.
pub(super) fn id<T: FromStr<Err = InvalidId>>(
    record: &Record,
    column: &str,
    remedy: &str,
) -> Result<T, RowRefusal> {
    let text = required(record, column)?;
    text.parse().map_err(|_| RowRefusal::new(column, text, "không đúng dạng", remedy))
}

/// The code of a procedure, exactly as it stands: ` 1.014325` is another procedure than `1.014325`.
pub(super) fn procedure_code(record: &Record, column: &str) -> Result<ProcedureCode, RowRefusal> {
    let text = record.exact(column).map_or_else(|| required(record, column), Ok)?;
    text.parse().map_err(|_| {
        RowRefusal::new(column, text, "không đúng dạng", "mã thủ tục, ví dụ 1.001193, để ở dạng văn bản")
    })
}

/// An identifier that may be absent.
pub(super) fn optional_id<T: FromStr<Err = InvalidId>>(
    record: &Record,
    column: &str,
    remedy: &str,
) -> Result<Option<T>, RowRefusal> {
    if record.get(column).is_none() { Ok(None) } else { id(record, column, remedy).map(Some) }
}

/// A coordinate in degrees.
pub(super) fn degrees(record: &Record, column: &str, limit: f64) -> Result<Option<f64>, RowRefusal> {
    let Some(text) = record.get(column) else { return Ok(None) };
    let value = f64::from_str(text).ok().filter(|value| value.is_finite() && value.abs() <= limit);
    value
        .map(Some)
        .ok_or_else(|| RowRefusal::new(column, text, "không phải tọa độ", "viết số thập phân, ví dụ 18.3420"))
}

/// A yes or no; no where empty.
pub(super) fn flag(record: &Record, column: &str) -> Result<bool, RowRefusal> {
    match record.get(column).map(crate::text::fold).as_deref() {
        None | Some("0" | "no" | "false" | "khong") => Ok(false),
        Some("1" | "yes" | "true" | "co" | "x") => Ok(true),
        Some(_) => Err(RowRefusal::new(
            column,
            record.exact(column).unwrap_or_default(),
            "không phải có hay không",
            "viết 1 hoặc 0",
        )),
    }
}

/// A code of a fixed list, or one of its Vietnamese names.
pub(super) fn choice<T: Copy>(
    record: &Record,
    column: &str,
    choices: &[(&str, T)],
) -> Result<Option<T>, RowRefusal> {
    let Some(text) = record.get(column) else { return Ok(None) };
    let folded = crate::text::fold(text);
    let found = choices.iter().find(|(name, _)| crate::text::fold(name) == folded);
    found.map(|(_, value)| Some(*value)).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        RowRefusal::new(
            column,
            text,
            "không có trong danh mục",
            format!("dùng một trong: {}", names.join(", ")),
        )
    })
}

/// JSON in a cell.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    record: &Record,
    column: &str,
) -> Result<Option<T>, RowRefusal> {
    let Some(text) = record.get(column) else { return Ok(None) };
    serde_json::from_str(text).map(Some).map_err(|error| {
        RowRefusal::new(
            column,
            text,
            format!("JSON không đúng định dạng (ở byte thứ {})", error.column()),
            "sửa lại, hoặc để trống",
        )
    })
}

/// Columns that say where a row comes from.
pub(super) const SOURCE_COLUMNS: [&str; 3] = ["source_kind", "source_citation", "source_retrieved_on"];

/// The source of a row; the file itself where the row names none.
pub(super) fn source(record: &Record, file: &str) -> Result<Source, RowRefusal> {
    let kinds: Vec<(&str, SourceKind)> =
        SourceKind::ALL.into_iter().map(|kind| (kind.as_str(), kind)).collect();
    let kind = choice(record, "source_kind", &kinds)?.unwrap_or(SourceKind::Dataset);
    let citation = record.get("source_citation").map_or_else(|| format!("Tệp {file}"), str::to_owned);
    Ok(Source { kind, citation, retrieved_on: date(record, "source_retrieved_on")? })
}
