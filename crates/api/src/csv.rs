//! Answers as a table: CSV that a spreadsheet opens as it is meant.

use axum::Json;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::IntoParams;

use motcua_http::QueryReader;

/// Form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
}

/// Documentation of the parameter that chooses the form.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its documentation is used")]
pub(crate) struct FormatParam {
    /// Form of the answer: `json` or `csv`. Without it, the `Accept` header decides. The table has the same numbers:
    /// UTF-8 with a byte-order mark, lines end in CRLF, and a cell that a spreadsheet would take for a formula begins
    /// with `'`.
    #[param(pattern = "^(json|csv)$", example = "json")]
    format: Option<String>,
}

/// Reads the parameter.
pub(crate) fn read_format(query: &mut QueryReader<'_>) -> Option<Format> {
    query.choice("format", "json or csv", |code| match code {
        "json" => Some(Format::Json),
        "csv" => Some(Format::Csv),
        _ => None,
    })
}

/// The form that a request wants: the parameter's, else CSV where `Accept` names it.
pub(crate) fn wanted(format: Option<Format>, headers: &HeaderMap) -> Format {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let csv = accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/csv"));
    format.unwrap_or(if csv { Format::Csv } else { Format::Json })
}

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Sheet {
    name: &'static str,
    text: String,
}

impl Sheet {
    /// A table with its columns; `name` becomes the name of the file.
    pub(crate) fn new(name: &'static str, columns: impl IntoIterator<Item = String>) -> Self {
        let mut sheet = Self { name, text: String::from('\u{feff}') };
        sheet.row(columns);
        sheet
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            push_cell(&mut self.text, &cell);
        }
        self.text.push_str("\r\n");
    }
}

fn push_cell(text: &mut String, cell: &str) {
    // A formula would run in the spreadsheet of whoever opens the file; a tab or a line end before it does not help.
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if cell.contains([',', '"', '\n', '\r', ';']) {
        text.push('"');
        text.push_str(guard);
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(guard);
        text.push_str(cell);
    }
}

impl IntoResponse for Sheet {
    fn into_response(self) -> Response {
        let file = format!("attachment; filename=\"{}.csv\"", self.name);
        let headers: [(HeaderName, HeaderValue); 2] = [
            (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
            (
                CONTENT_DISPOSITION,
                HeaderValue::try_from(file).unwrap_or(HeaderValue::from_static("attachment")),
            ),
        ];
        (headers, self.text).into_response()
    }
}

/// The answer in the form wanted; caches keep the two apart.
pub(crate) fn answer<T: Serialize>(format: Format, view: T, sheet: impl FnOnce(&T) -> Sheet) -> Response {
    let mut response = match format {
        Format::Json => Json(view).into_response(),
        Format::Csv => sheet(&view).into_response(),
    };
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
    response
}

/// A cell of something that may be absent.
pub(crate) fn cell<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_become_formulas_or_break_out() {
        let mut sheet = Sheet::new("x", ["tên", "số"].map(str::to_owned));
        sheet.row(["=1+1", "-5"].map(str::to_owned));
        sheet.row(["xã \"A\", huyện B", "@x\ny"].map(str::to_owned));
        assert_eq!(sheet.text, "\u{feff}tên,số\r\n'=1+1,'-5\r\n\"xã \"\"A\"\", huyện B\",\"'@x\ny\"\r\n");
    }

    #[test]
    fn the_parameter_wins_over_the_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(wanted(None, &headers), Format::Json);
        headers.insert(ACCEPT, HeaderValue::from_static("text/html, text/csv;q=0.9"));
        assert_eq!(wanted(None, &headers), Format::Csv);
        assert_eq!(wanted(Some(Format::Json), &headers), Format::Json);
    }
}
