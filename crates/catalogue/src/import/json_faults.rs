//! What is wrong with a line of NDJSON, said of its keys.

use serde_json::{Map, Value};

use super::row_refusal::{RowRefusal, control, shown};
use crate::portal::Line;

const SEE: &str = "xem các khóa trong docs/file-formats.md";

/// Reads a line.
pub(super) fn read(text: &str) -> Result<Line, Vec<RowRefusal>> {
    // A list would be taken for the values of the keys in their order.
    if !text.trim_start().starts_with('{') {
        let remedy = "viết mỗi dòng là một đối tượng { … }";
        return Err(vec![RowRefusal::new(
            "",
            shown(text.trim()),
            "dòng không phải một đối tượng JSON",
            remedy,
        )]);
    }
    serde_json::from_str(text).map_err(|error| of(text, &error))
}

/// The control characters of a line that was read, by key.
pub(super) fn control_characters(text: &str) -> Vec<RowRefusal> {
    // They stand as escapes, but for those from U+007F on.
    let has_escapes = ["\\u00", "\\b", "\\f"].into_iter().any(|escape| text.contains(escape));
    if !has_escapes && control::first_in(text).is_none() {
        return Vec::new();
    }
    let Ok(line) = serde_json::from_str::<Map<String, Value>>(text) else { return Vec::new() };
    line.iter()
        .filter_map(|(key, value)| Some(control::refusal(key, &text_of(value), control_in(value)?)))
        .collect()
}

/// The first control character of the texts of a value.
fn control_in(value: &Value) -> Option<char> {
    match value {
        Value::String(text) => control::first_in(text),
        Value::Array(values) => values.iter().find_map(control_in),
        Value::Object(parts) => {
            parts.iter().find_map(|(key, value)| control::first_in(key).or_else(|| control_in(value)))
        }
        _ => None,
    }
}

/// A value as it is written, a text without its quotation marks.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Everything that is wrong with a line that could not be read.
fn of(text: &str, error: &serde_json::Error) -> Vec<RowRefusal> {
    let line = match serde_json::from_str::<Map<String, Value>>(text) {
        Ok(line) => line,
        Err(syntax) => {
            let reason = if syntax.is_eof() {
                "dòng JSON bị cắt giữa chừng".to_owned()
            } else {
                format!("JSON sai cú pháp ở byte thứ {} của dòng", syntax.column())
            };
            return vec![RowRefusal::new("", around(text, syntax.column()), reason, "sửa lại dòng này")];
        }
    };
    // Every key has a default, so that a key that cannot be read alone is one of those at fault.
    let faults: Vec<RowRefusal> = line
        .into_iter()
        .filter_map(|(key, value)| {
            let alone = Value::Object(Map::from_iter([(key.clone(), value.clone())]));
            let error = serde_json::from_value::<Line>(alone).err()?;
            Some(of_key(&key, &value, &error.to_string()))
        })
        .collect();
    if !faults.is_empty() {
        return faults;
    }
    let message = error.to_string();
    let key = quoted(&message);
    vec![if message.starts_with("duplicate field") {
        RowRefusal::new(key, "", format!("khóa “{key}” xuất hiện hai lần"), "giữ lại một")
    } else {
        RowRefusal::new("", "", "dòng không đúng định dạng", SEE)
    }]
}

fn of_key(key: &str, value: &Value, message: &str) -> RowRefusal {
    let value = shown(&text_of(value));
    let inner = quoted(message);
    let (reason, remedy) = if message.starts_with("unknown field") {
        let place = if inner == key { String::new() } else { format!("trong “{key}”, ") };
        let reason = format!("{place}khóa “{inner}” không có trong định dạng");
        (reason, "bỏ khóa này hoặc sửa tên khóa; xem docs/file-formats.md".to_owned())
    } else if message.starts_with("missing field") {
        (format!("trong “{key}” thiếu khóa “{inner}”"), format!("điền khóa “{inner}”"))
    } else if matches!(key, "valid_from" | "valid_to") {
        ("không phải một ngày hợp lệ".to_owned(), "viết năm-tháng-ngày, ví dụ 2021-03-01".to_owned())
    } else if let Some(types) = message.strip_prefix("invalid type: ") {
        let (given, wanted) = types.split_once(", expected ").unwrap_or((types, ""));
        let wanted = wanted.split(" at line ").next().unwrap_or_default();
        (format!("giá trị là {}, không phải {}", given_type(given), wanted_type(wanted)), SEE.to_owned())
    } else if message.starts_with("unknown variant") {
        (format!("giá trị “{inner}” không có trong danh mục"), SEE.to_owned())
    } else if message.contains("OneOrMany") {
        ("giá trị không phải chuỗi hay danh sách chuỗi".to_owned(), SEE.to_owned())
    } else {
        ("giá trị không đúng dạng".to_owned(), SEE.to_owned())
    };
    RowRefusal::new(key, value, reason, remedy)
}

/// The first name in back quotes.
fn quoted(message: &str) -> &str {
    message.split('`').nth(1).unwrap_or_default()
}

fn given_type(given: &str) -> &'static str {
    let names = [
        ("null", "null"),
        ("boolean", "true hoặc false"),
        ("integer", "số"),
        ("floating", "số"),
        ("string", "chuỗi"),
        ("sequence", "danh sách"),
        ("map", "đối tượng"),
    ];
    names.iter().find(|(start, _)| given.starts_with(start)).map_or("kiểu khác", |(_, name)| name)
}

fn wanted_type(wanted: &str) -> &'static str {
    match wanted {
        "a string" => "chuỗi",
        "a sequence" => "danh sách",
        "a boolean" => "true hoặc false",
        "a map" => "đối tượng",
        _ if wanted.starts_with("struct") => "đối tượng",
        _ if wanted.starts_with(['u', 'i']) && wanted.ends_with(|c: char| c.is_ascii_digit()) => "số nguyên",
        _ => "kiểu đã định",
    }
}

/// The text before and after a place of a line.
fn around(text: &str, column: usize) -> String {
    let text = text.trim_end();
    let mut start = column.saturating_sub(20).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    text[start..].chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(String, String, String)> {
        let tell = |fault: RowRefusal| (fault.column, fault.value, fault.reason);
        read(text).expect_err("something is wrong").into_iter().map(tell).collect()
    }

    fn one(text: &str) -> (String, String, String) {
        let mut all = faults(text);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    fn said(column: &str, value: &str, reason: &str) -> (String, String, String) {
        (column.to_owned(), value.to_owned(), reason.to_owned())
    }

    #[test]
    fn the_key_at_fault_is_named_with_its_value() {
        assert_eq!(
            one(r#"{"code":"1.001193","nmae":"Thủ tục"}"#),
            said("nmae", "Thủ tục", "khóa “nmae” không có trong định dạng")
        );
        assert_eq!(one(r#"{"name":5}"#), said("name", "5", "giá trị là số, không phải chuỗi"));
        assert_eq!(one(r#"{"agency":"Bộ"}"#), said("agency", "Bộ", "giá trị là chuỗi, không phải danh sách"));
        assert_eq!(
            one(r#"{"valid_from":"2021-13-01"}"#),
            said("valid_from", "2021-13-01", "không phải một ngày hợp lệ")
        );
        assert_eq!(
            one(r#"{"documents":[{"name":"a","colour":1}]}"#).2,
            "trong “documents”, khóa “colour” không có trong định dạng"
        );
        assert_eq!(one(r#"{"keywords":7}"#).2, "giá trị không phải chuỗi hay danh sách chuỗi");
        assert_eq!(one(r#"{"code":"a","code":"b"}"#).2, "khóa “code” xuất hiện hai lần");
        let both = faults(r#"{"name":5,"steps":[]}"#);
        assert_eq!(both.len(), 2, "{both:?}");
    }

    #[test]
    fn control_characters_are_told_by_key() {
        let told = |text: &str| -> Vec<(String, String, String)> {
            let tell = |fault: RowRefusal| (fault.column, fault.value, fault.reason);
            control_characters(text).into_iter().map(tell).collect()
        };
        assert_eq!(
            told(r#"{"code":"1.001193","name":"Thủ\u0000tục"}"#),
            [said("name", "Thủ␀tục", "có ký tự điều khiển U+0000")]
        );
        assert_eq!(
            told(r#"{"documents":[{"name":"a\bc"}]}"#).pop().map(|fault| (fault.0, fault.2)),
            Some(("documents".to_owned(), "có ký tự điều khiển U+0008".to_owned()))
        );
        assert_eq!(told("{\"name\":\"a\u{7f}\"}"), [said("name", "a␡", "có ký tự điều khiển U+007F")]);
        // Line ends, tabs, letters written as escapes, and a backslash before what looks like an escape are none.
        assert!(told(r#"{"steps":"a\n\tb\u00e0 \\u0000 \\b"}"#).is_empty());
    }

    #[test]
    fn lines_that_are_no_objects_are_told() {
        assert_eq!(one("[]").2, "dòng không phải một đối tượng JSON");
        assert_eq!(one(r#"{"code": "#).2, "dòng JSON bị cắt giữa chừng");
        assert!(one(r#"{"code" 5}"#).2.starts_with("JSON sai cú pháp"));
        assert!(around("ộộộộộộộộộộộộộộộộ", 31).starts_with('ộ'));
    }
}
