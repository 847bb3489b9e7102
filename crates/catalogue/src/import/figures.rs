//! Working figures of centres: a table with one row for each centre and month.

use chrono::NaiveDate;

use super::cell::{self, Faults};
use super::merge::Merging;
use super::row_refusal::RowRefusal;
use super::table::{Record, Table};
use super::words::broken;
use crate::centre_figure::{CentreFigure, Month, Reported};
use crate::command::Command;
use crate::refusal::Rule;
use crate::time_limit::Quantity;

/// The columns: standard name and Vietnamese alias. The first two are required.
pub(crate) const COLUMNS: [(&str, &str); 11] = [
    ("centre", "mã trung tâm"),
    ("month", "tháng"),
    ("received", "tiếp nhận"),
    ("received_online", "tiếp nhận trực tuyến"),
    ("resolved", "đã giải quyết"),
    ("on_time", "đúng hạn"),
    ("overdue", "quá hạn"),
    ("satisfaction", "hài lòng (%)"),
    ("source_kind", "loại nguồn"),
    ("source_citation", "nguồn"),
    ("source_retrieved_on", "ngày lấy nguồn"),
];

/// Standard name of a column, given by that name or by its alias in any capitals, with or without marks.
fn standard(name: &str) -> Option<&'static str> {
    let folded = crate::text::fold(name);
    COLUMNS
        .iter()
        .find(|(standard, alias)| folded == *standard || folded == crate::text::fold(alias))
        .map(|(standard, _)| *standard)
}

fn has(table: &Table, wanted: &str) -> bool {
    table.header().iter().any(|name| standard(name) == Some(wanted))
}

/// Whether a table is one of figures.
pub(super) fn is_one(table: &Table) -> bool {
    COLUMNS.iter().take(2).all(|(wanted, _)| has(table, wanted))
}

/// Refuses a table that is not one of figures.
pub(super) fn check_header(table: &Table) -> Result<(), String> {
    if let Some(unknown) = table.header().iter().find(|name| standard(name).is_none()) {
        return Err(format!("không có cột nào tên là “{unknown}” trong bảng số liệu của trung tâm"));
    }
    for (wanted, alias) in COLUMNS.iter().take(2) {
        if !has(table, wanted) {
            return Err(format!("thiếu cột “{wanted}” ({alias})"));
        }
    }
    Ok(())
}

/// Gives the columns of a table their standard names; refuses two names of one column.
pub(super) fn rename(table: &mut Table) -> Result<(), String> {
    table.rename(standard)
}

/// A row as a command; everything that is wrong with it is told at once. `today` says which months are over.
pub(super) fn command(record: &Record, file: &str, today: NaiveDate) -> Result<Command, Vec<RowRefusal>> {
    let mut faults = Faults::default();
    let centre = faults.keep(cell::id(record, "centre", "mã trung tâm, ví dụ p42 hoặc c18073-2025"));
    let month = faults.keep(month(record));
    let mut number = |column: &str| faults.keep(count(record, column)).flatten();
    let (received, received_online) = (number("received"), number("received_online"));
    let (resolved, on_time, overdue) = (number("resolved"), number("on_time"), number("overdue"));
    let satisfaction = faults.keep(percent(record, "satisfaction")).flatten();
    let source = faults.keep(cell::source(record, file));
    let reported = Reported { received, received_online, resolved, on_time, overdue, satisfaction };
    let is_readable = faults.0.is_empty();
    for rule in reported.faults(month, today) {
        // A number that cannot be read is a number all the same.
        if is_readable || rule != Rule::NoFigure {
            let (column, reason, remedy) = broken(rule);
            faults.0.push(RowRefusal::new(column, record.get(column).unwrap_or_default(), reason, remedy));
        }
    }
    let command = (|| {
        Some(Command::CentreFigure(CentreFigure {
            centre: centre?,
            month: month?,
            received,
            received_online,
            resolved,
            on_time,
            overdue,
            satisfaction,
            source: source?,
        }))
    })();
    faults.finish(command)
}

/// A month, `2021-03` or `03/2021`.
pub(super) fn month(record: &Record) -> Result<Month, RowRefusal> {
    let text = cell::required(record, "month")?;
    let turned = text.split_once('/').map(|(month, year)| format!("{year}-{month:0>2}"));
    turned.as_deref().unwrap_or(text).parse().map_err(|_| {
        RowRefusal::new("month", text, "không phải một tháng", "viết năm-tháng, ví dụ 2021-03, hoặc 03/2021")
    })
}

/// A whole number without separators: `1.200` may be twelve hundred or one and a fifth, so it is not guessed.
fn count(record: &Record, column: &str) -> Result<Option<u32>, RowRefusal> {
    let Some(text) = record.get(column) else { return Ok(None) };
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse::<u32>().ok().filter(|_| digits).map(Some).ok_or_else(|| {
        RowRefusal::new(
            column,
            text,
            "không phải số nguyên không âm",
            "viết chữ số liền nhau, không dấu chấm hay dấu phẩy, ví dụ 1200",
        )
    })
}

/// A percentage with at most one decimal, `95`, `95,5` or `95.5`, with or without its sign.
fn percent(record: &Record, column: &str) -> Result<Option<Quantity>, RowRefusal> {
    let Some(text) = record.get(column) else { return Ok(None) };
    let number = text.trim_end_matches('%').trim().replace(',', ".");
    let plain = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value = number.parse::<f64>().ok().filter(|_| plain);
    value.and_then(|value| Quantity::try_from(value).ok()).map(Some).ok_or_else(|| {
        RowRefusal::new(
            column,
            text,
            "không phải phần trăm với nhiều nhất một chữ số thập phân",
            "viết ví dụ 95,5",
        )
    })
}

/// What a row comes to beside the stored figures of the month.
pub(super) fn merge(merging: &mut Merging<'_>, own: &mut CentreFigure, stored: &CentreFigure) {
    merging.keep("received", &mut own.received, &stored.received);
    merging.keep("received_online", &mut own.received_online, &stored.received_online);
    merging.keep("resolved", &mut own.resolved, &stored.resolved);
    merging.keep("on_time", &mut own.on_time, &stored.on_time);
    merging.keep("overdue", &mut own.overdue, &stored.overdue);
    merging.keep("satisfaction", &mut own.satisfaction, &stored.satisfaction);
    merging.source(own, stored, |figure| &mut figure.source, |figure| &figure.source);
}
