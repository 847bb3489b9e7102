//! Judged queries as NDJSON, one a line.

use serde::{Deserialize, Serialize};

/// A query with what it should find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The text as typed.
    pub q: String,
    /// What is special about it, such as typo or question.
    pub kind: String,
    /// What should be found.
    pub expect: Vec<Judgement>,
    /// The text of which this one is a variant, where both must find the same first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// For readers of the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A procedure with its grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Code.
    pub code: String,
    /// 3 exactly meant, 2 nearly as good, 1 related.
    pub rel: u8,
}

/// Why a file of judged queries cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct JudgedError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// Reads a set. Empty lines are passed over; every fault is told at once.
pub fn read_judged(text: &str) -> Result<Vec<Judged>, Vec<JudgedError>> {
    let (mut set, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match read_line(line) {
            Ok(judged) => set.push(judged),
            Err(message) => faults.push(JudgedError { line: number, message }),
        }
    }
    if set.is_empty() && faults.is_empty() {
        faults.push(JudgedError { line: 1, message: "there is no judged query".to_owned() });
    }
    if faults.is_empty() { Ok(set) } else { Err(faults) }
}

fn read_line(line: &str) -> Result<Judged, String> {
    let judged: Judged =
        serde_json::from_str(line).map_err(|error| format!("not a judged query: {error}"))?;
    if judged.q.trim().is_empty() {
        return Err("q is empty".to_owned());
    }
    if judged.kind.is_empty() || !judged.kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        return Err(format!("kind “{}” must be lower-case letters and _", judged.kind));
    }
    if judged.expect.is_empty() {
        return Err("expect names no procedure".to_owned());
    }
    if let Some(wrong) = judged.expect.iter().find(|expected| !(1..=3).contains(&expected.rel)) {
        return Err(format!("rel of {} is {}; it must be 1, 2 or 3", wrong.code, wrong.rel));
    }
    Ok(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = r#"{"q":"khai sinh","kind":"exact","expect":[{"code":"1.001193","rel":3}]}

{"q":"","kind":"exact","expect":[{"code":"1.001193","rel":3}]}
{"q":"a","kind":"exact","expect":[{"code":"1.001193","rel":4}]}
nothing"#;
        let faults = read_judged(text).expect_err("faulty");
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(read_judged(text.lines().next().unwrap_or_default()).expect("sound").len(), 1);
        assert!(read_judged("\n").is_err());
    }
}
