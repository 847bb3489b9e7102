//! `GET /api/v1/places`: from what people write to the units of a day.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use utoipa::IntoParams;

use motcua_catalogue::UnitCode;
use motcua_http::{AppState, ErrorCode, Location, ParameterError, Problem, Query, QueryParams, QueryReader};

use crate::parameter::AsOfParam;
use crate::view::place::PlaceAnswer;

/// Longest text that is read, in characters.
const LONGEST_TEXT: usize = 200;

/// What somebody wrote.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ResolvePlaceParams {
    /// The text: a name of today or of before, with or without kind, district, province and diacritics, or a code.
    #[param(rename = "q", value_type = String, max_length = 200, example = "P.Nam Hà, TP Hà Tĩnh")]
    text: Option<String>,
    /// Answers to questions before: codes of units of the day, or of provinces in which it lies. Repeat it for several.
    #[param(value_type = Option<Vec<String>>, example = json!(["42"]))]
    within: Vec<UnitCode>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for ResolvePlaceParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let is_absent = query.raw("q").is_none();
        let text = query.text("q", LONGEST_TEXT);
        if is_absent {
            query.fault(ParameterError {
                parameter: "q".to_owned(),
                location: Location::Query,
                value: None,
                code: ErrorCode::Malformed,
                reason: "there is nothing to look for".to_owned(),
                remedy: "send the name, the address or the code of a place".to_owned(),
            });
        }
        Self { text, within: query.parse_list("within"), as_of: query.as_of() }
    }
}

/// Find what a text means
///
/// Leads what people write to the units of the day: names of today and from before mergers, with or without kind,
/// district, province and diacritics, in any usual order and spelling, and codes. Never a silent guess: `outcome` is
/// `one` only where every way to read the text leads to the same unit entirely. Names that several units have or had,
/// and units that were split, are asked about: answer with the `within` of a choice.
#[utoipa::path(
    get,
    path = "/api/v1/places",
    tag = "units",
    params(ResolvePlaceParams, AsOfParam),
    responses((status = 200, description = "The unit, or the question.", body = PlaceAnswer, example = json!({
        "outcome": "one",
        "items": [{
            "code": "18073", "name": "Phường Thành Sen", "kind": "phường", "tier": "commune", "current": true,
            "ancestors": [{"code": "42", "name": "Tỉnh Hà Tĩnh"}], "successors": [], "through": [0]
        }],
        "total": 1,
        "question": null,
        "former": [{
            "code": "18073", "name": "Phường Nam Hà", "tier": "commune",
            "ancestors": [{"code": "42", "name": "Tỉnh Hà Tĩnh"}, {"code": "436", "name": "Thành phố Hà Tĩnh"}],
            "period": {"valid_from": null, "valid_to": "2025-07-01"},
            "successors": [{
                "unit": {"code": "18073", "name": "Phường Thành Sen"}, "tier": "commune",
                "effective_on": "2025-07-01", "extent": "whole", "derived": false,
                "resolution": "Nghị quyết 1665/NQ-UBTVQH15", "remark": null
            }],
            "fate_unknown": false, "in_between": false, "older_name": false
        }],
        "read_as": {"text": "P.Nam Hà, TP Hà Tĩnh", "left_out": []},
        "as_of": "2026-11-28"
    })))
)]
pub(crate) async fn resolve_place(
    State(state): State<AppState>,
    Query(params): Query<ResolvePlaceParams>,
) -> Result<Json<PlaceAnswer>, Problem> {
    let ResolvePlaceParams { text, within, as_of } = params;
    let found = state.engine.resolve_place(text.as_deref().unwrap_or_default(), as_of, &within);
    Ok(Json(PlaceAnswer::new(found, as_of, state.site.notice())))
}
