//! The JSON form of a problem.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use motcua_catalogue::InvalidId;

/// A problem (RFC 9457), as `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Address of the problem's type; a page there explains it in both languages.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/problems/invalid-parameter")]
    pub kind: String,
    /// What the type means, the same for every occurrence.
    #[schema(example = "A parameter has a value that cannot be used")]
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    pub status: u16,
    /// What is special about this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "tier: \"city\" is not a tier")]
    pub detail: Option<String>,
    /// Path that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri-reference", example = "/api/v1/centres")]
    pub instance: Option<String>,
    /// Id of the request, also in the `X-Request-Id` header; name it when you report a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "5f1c2a90-00002a")]
    pub request_id: Option<String>,
    /// The parameters at fault, all of them at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<ParameterError>,
    /// Further members that some types have.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extensions: Map<String, Value>,
}

/// One parameter at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ParameterError {
    /// Its name.
    #[schema(example = "tier")]
    pub parameter: String,
    /// Where it stands.
    #[serde(rename = "in")]
    pub location: Location,
    /// Its value as given, cut after 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "city")]
    pub value: Option<String>,
    /// What is wrong with it, for programs.
    pub code: ErrorCode,
    /// What is wrong with it, in words.
    #[schema(example = "\"city\" is not a tier")]
    pub reason: String,
    /// What to send instead.
    #[schema(example = "use ministry, province, district, commune or other")]
    pub remedy: String,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ParameterLocation)]
pub enum Location {
    /// After the question mark.
    Query,
    /// In the path.
    Path,
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ParameterErrorCode)]
pub enum ErrorCode {
    /// The operation does not know the parameter.
    Unknown,
    /// It is given more than once.
    Repeated,
    /// The value does not have the form asked for, or is not in the list.
    Malformed,
    /// The value is too small, too large or too long.
    OutOfRange,
    /// The cursor belongs to another list, other filters or another day.
    ForeignCursor,
    /// The cursor is from before the change log was restored from a copy: the list has to be begun anew.
    AnotherLog,
    /// The value has the right form, but names nothing that exists on any day.
    NoSuchRecord,
    /// The parameter does not go together with another one.
    Conflict,
}

impl ParameterError {
    /// A parameter that the operation does not know.
    pub(crate) fn unknown(name: &str, value: &str, known: &[&str]) -> Self {
        let remedy = match known {
            [] => "leave it out: this address takes no parameters".to_owned(),
            known => format!("leave it out or use one of {}", known.join(", ")),
        };
        Self {
            parameter: cut(name),
            location: Location::Query,
            value: Some(cut(value)),
            code: ErrorCode::Unknown,
            reason: "this parameter does not exist here".to_owned(),
            remedy,
        }
    }

    /// A parameter after the question mark that has the right form, but names nothing that exists on any day. `what`
    /// completes "no …", such as "unit ever had this code".
    #[must_use]
    pub fn no_such_record(name: &str, value: &str, what: &str, remedy: &str) -> Self {
        Self {
            parameter: cut(name),
            location: Location::Query,
            value: Some(cut(value)),
            code: ErrorCode::NoSuchRecord,
            reason: format!("no {what}"),
            remedy: remedy.to_owned(),
        }
    }

    /// An identifier or a value of a coded list that does not have its form.
    #[must_use]
    pub fn malformed(location: Location, name: &str, error: &InvalidId) -> Self {
        Self {
            parameter: cut(name),
            location,
            value: Some(cut(&error.value)),
            code: ErrorCode::Malformed,
            reason: format!("{:?} is not a {}", cut(&error.value), error.what),
            remedy: format!("use {}", error.expected),
        }
    }
}

/// A client's text, short enough to be sent back.
pub(crate) fn cut(text: &str) -> String {
    const LONGEST: usize = 100;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
