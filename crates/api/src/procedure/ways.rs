//! `GET /api/v1/procedures/{code}/ways`: where and how to file.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use utoipa::IntoParams;

use motcua_catalogue::{Point, ProcedureCode, UnitCode, UnitName};
use motcua_http::{
    AppState, ErrorCode, Location, ParameterError, Path, Problem, Query, QueryParams, QueryReader,
};
use motcua_search::FilingQuestion;

use crate::parameter::AsOfParam;
use crate::place::NamedRecords;
use crate::procedure::find::procedure_on;
use crate::view::filing::{WaysContext, WaysView};

/// Longest code of a case, in characters.
const LONGEST_CASE: usize = 64;

/// Who files, and from where.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListWaysParams {
    /// Code of the unit in which one lives or has the seat. Without it, or where it is coarser than the procedure needs,
    /// the answer asks.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "18070")]
    unit: Option<UnitCode>,
    /// Code of a case of the procedure.
    #[param(max_length = 64, example = "1.001193.02")]
    case: Option<String>,
    /// Latitude of where one stands, in degrees (WGS 84), together with `lon`: distances then begin there. It is used
    /// for this answer alone and never logged.
    #[param(minimum = -90, maximum = 90, example = 18.3428)]
    lat: Option<f64>,
    /// Longitude of where one stands, together with `lat`.
    #[param(minimum = -180, maximum = 180, example = 105.9057)]
    lon: Option<f64>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for ListWaysParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let params = Self {
            unit: query.parse("unit"),
            case: query.text("case", LONGEST_CASE),
            lat: query.decimal("lat", -90..=90),
            lon: query.decimal("lon", -180..=180),
            as_of: query.as_of(),
        };
        // A half that could not be read is already told.
        let given = (query.raw("lat").is_some(), query.raw("lon").is_some());
        if given.0 != given.1 {
            let (here, missing) = if given.0 { ("lat", "lon") } else { ("lon", "lat") };
            query.fault(ParameterError {
                parameter: here.to_owned(),
                location: Location::Query,
                value: None,
                code: ErrorCode::Conflict,
                reason: "half of a pair of coordinates says nothing".to_owned(),
                remedy: format!("send {missing} as well, or leave out both"),
            });
        }
        params
    }
}

/// List the ways of filing
///
/// Where a procedure may be filed by somebody of a place, and how, best first: fully online, partly online, by post, at
/// the desk of the responsible centre, at the nearest desk elsewhere that takes dossiers from the place. Each way has its
/// link, time limit, fees and distance; each centre its hours on the day and what stays on paper. What nobody has said
/// is no way. Where it is not offered at the place, `elsewhere` says who offers it; where the place or the case must be
/// known first, `ask` or `cases` say so, and nothing is guessed.
#[utoipa::path(
    get,
    path = "/api/v1/procedures/{code}/ways",
    tag = "procedures",
    params(
        ("code" = String, Path, description = "Code of the procedure as published.", example = "1.001193"),
        ListWaysParams,
        AsOfParam
    ),
    responses(
        (status = 200, description = "The ways.", body = WaysView, example = json!({
            "as_of": "2021-03-01",
            "procedure": {"code": "1.001193", "name": "Thủ tục đăng ký khai sinh"},
            "case": null,
            "place": [
                {"code": "42", "name": "Tỉnh Hà Tĩnh"}, {"code": "436", "name": "Thành phố Hà Tĩnh"},
                {"code": "18070", "name": "Phường Trần Phú"}
            ],
            "tiers": ["commune"],
            "tiers_from": "procedure",
            "no_responsible": null,
            "ask": null,
            "cases": [],
            "ways": [{
                "kind": "desk", "centre": "c18070", "relation": "responsible", "level": "2", "scheme": "nd43-2011",
                "derived": {"level": "2", "scheme": "nd43-2011", "deciding_point": "submit"}, "link": null,
                "time_limit": {"quantity": 1.0, "unit": "working_day", "wording": "1 Ngày làm việc"},
                "time_limit_from": "procedure", "fees": null, "fees_from": null, "stated": true, "distance_km": 0.0
            }],
            "centres": [{
                "centre": {
                    "id": "c18070", "name": "Bộ phận Tiếp nhận và Trả kết quả phường Trần Phú", "tier": "commune",
                    "unit": {"code": "18070", "name": "Phường Trần Phú"},
                    "parent_unit": {"code": "436", "name": "Thành phố Hà Tĩnh"}
                },
                "relation": "responsible", "listing": null,
                "paper": [{"point": "submit", "state": "desk"}, {"point": "receive", "state": "desk"}],
                "sites": [{
                    "name": null, "address": "Trụ sở Ủy ban nhân dân phường Trần Phú", "phones": [], "state": "open",
                    "hours": [{"opens": "07:30", "closes": "11:30"}], "reason": null, "distance_km": 0.0
                }]
            }],
            "alternatives_total": 0,
            "elsewhere": [],
            "elsewhere_total": 0,
            "originals": [{"group": null, "name": "Giấy chứng sinh", "originals": 1, "required": null}],
            "dossier_known": true,
            "distances_from": "unit"
        })),
        (status = 404, description = "No procedure has this code on the day."),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn list_ways(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<ListWaysParams>,
) -> Result<Json<WaysView>, Problem> {
    let ListWaysParams { unit, case, lat, lon, as_of } = params;
    let procedure = procedure_on(&state.catalogue, &code, as_of).await?;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("unit", unit.as_ref()).await?;
    named.finish()?;
    let standing = Point::of(lat, lon);
    let context =
        |case| WaysContext { as_of, notice: state.site.notice(), case, is_standing: standing.is_some() };
    let Some(unit) = unit else {
        let provinces = state.catalogue.units_below(None, as_of).await?;
        let names = provinces
            .into_iter()
            .map(|unit| UnitName { code: unit.stored.record.code, full_name: unit.stored.record.full_name });
        refuse_unknown_case(
            case.as_deref(),
            case.as_ref().is_none_or(|case| {
                procedure.stored.record.details.cases.iter().any(|known| known.code == *case)
            }),
        )?;
        return Ok(Json(WaysView::without_place(procedure, names.collect(), context(case))));
    };
    let question = FilingQuestion { unit: unit.clone(), case: case.clone(), as_of, standing };
    let Some(filing) = state.engine.filing(&procedure, &question).await? else {
        // The unit was there a moment ago: it ended with an update in between.
        return Err(Problem::not_found(format!("no unit has the code {unit} on {as_of}")));
    };
    refuse_unknown_case(case.as_deref(), filing.knows_case)?;
    Ok(Json(WaysView::new(procedure, filing, context(case))))
}

fn refuse_unknown_case(case: Option<&str>, is_known: bool) -> Result<(), Problem> {
    let Some(case) = case.filter(|_| !is_known) else { return Ok(()) };
    Err(Problem::parameters(vec![ParameterError::no_such_record(
        "case",
        case,
        "case of the procedure has this code",
        "use a code of the procedure's cases, or leave it out",
    )]))
}
