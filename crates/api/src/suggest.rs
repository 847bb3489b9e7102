//! `GET /api/v1/suggest`: completions of what is being typed.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_http::{AppState, Problem, Query, QueryParams, QueryReader};
use motcua_search::{Suggestion, SuggestionTarget};

use crate::parameter::AsOfParam;

/// Longest text that is completed, in characters.
const LONGEST_TEXT: usize = 200;

/// Completions in an answer: as many as a phone shows above its keyboard, and well below two kilobytes.
const MOST: usize = 8;

/// What is being typed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestParams {
    /// What has been typed so far, from two letters on, with or without diacritics.
    #[param(rename = "q", value_type = Option<String>, max_length = 200, example = "khai si")]
    text: Option<String>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for SuggestParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { text: query.text("q", LONGEST_TEXT), as_of: query.as_of() }
    }
}

/// Completions, the likeliest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestAnswer {
    /// The completions, at most eight.
    items: Vec<SuggestionView>,
    /// Day on which procedures, centres and places were looked at.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
}

/// A completion.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SuggestionView {
    /// What to show, and to search for.
    #[schema(example = "Đăng ký khai sinh")]
    text: String,
    /// What it is: `procedure` (by its official name), `words` (to search for), `centre`, `unit`.
    #[schema(example = "procedure", pattern = "^(procedure|words|centre|unit)$")]
    kind: &'static str,
    /// Code of the procedure or unit, id of the centre; absent for words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "1.001193")]
    code: Option<String>,
}

impl From<Suggestion> for SuggestionView {
    fn from(suggestion: Suggestion) -> Self {
        let kind = suggestion.target.as_str();
        let code = match suggestion.target {
            SuggestionTarget::Procedure(code) => Some(code.into()),
            SuggestionTarget::Words => None,
            SuggestionTarget::Centre(id) => Some(id.into()),
            SuggestionTarget::Unit(code) => Some(code.into()),
        };
        Self { text: suggestion.text, kind, code }
    }
}

/// Complete a query
///
/// Completes what somebody is typing into a search box: official names, names that people use, centres and places, from
/// two letters on. Fewer letters give no completion.
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    tag = "procedures",
    params(SuggestParams, AsOfParam),
    responses((status = 200, description = "The completions, the likeliest first.", body = SuggestAnswer, example = json!({
        "items": [
            {"text": "Đăng ký khai sinh", "kind": "procedure", "code": "1.001193"},
            {"text": "làm giấy khai sinh", "kind": "words"}
        ],
        "as_of": "2021-03-01"
    })))
)]
pub(crate) async fn suggest_queries(
    State(state): State<AppState>,
    Query(SuggestParams { text, as_of }): Query<SuggestParams>,
) -> Result<Json<SuggestAnswer>, Problem> {
    let found = state.engine.suggest(text.as_deref().unwrap_or_default(), as_of, MOST)?;
    Ok(Json(SuggestAnswer { items: found.into_iter().map(Into::into).collect(), as_of }))
}
