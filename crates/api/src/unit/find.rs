//! `GET /api/v1/units/{code}`: one administrative unit, or what became of it.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;

use motcua_catalogue::UnitCode;
use motcua_catalogue::places::CodeState;
use motcua_http::{AppState, Path, Problem, Query, QueryParams, QueryReader, moved_permanently};

use crate::parameter::AsOfParam;
use crate::place::gone_unit;
use crate::view::unit::{UnitContext, UnitView};

#[derive(Debug)]
pub(crate) struct FindUnitParams {
    as_of: NaiveDate,
}

impl QueryParams for FindUnitParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { as_of: query.as_of() }
    }
}

/// Find one administrative unit
///
/// The unit that has the code on the day, with its periods, predecessors and successors. A code that no unit has on
/// that day, but one had before or will have after, leads on: with 301 where all of that unit went to one of the day,
/// else with 410 and what became of it.
#[utoipa::path(
    get,
    path = "/api/v1/units/{code}",
    tag = "units",
    params(("code" = String, Path, description = "Code of the unit, with its leading zeros.", example = "42"), AsOfParam),
    responses(
        (status = 200, description = "The unit.", body = UnitView, example = json!({
            "as_of": "2021-03-01",
            "code": "18070",
            "name": "Phường Trần Phú",
            "short_name": "Trần Phú",
            "kind": "phường",
            "tier": "commune",
            "ancestors": [{"code": "42", "name": "Tỉnh Hà Tĩnh"}, {"code": "436", "name": "Thành phố Hà Tĩnh"}],
            "period": {"valid_from": null, "valid_to": "2025-07-01"},
            "lat": null,
            "lon": null,
            "periods": [{
                "code": "18070", "name": "Phường Trần Phú", "kind": "phường", "parent": "436",
                "period": {"valid_from": null, "valid_to": "2025-07-01"}
            }],
            "predecessors": [],
            "successors": [{
                "unit": {"code": "18073", "name": "Phường Thành Sen"}, "tier": "commune",
                "effective_on": "2025-07-01", "extent": "whole", "derived": false,
                "resolution": "Nghị quyết 1665/NQ-UBTVQH15", "remark": null
            }],
            "source": {"kind": "dataset", "citation": "Danh mục đơn vị hành chính", "retrieved_on": null},
            "version": 1,
            "changed_at": "2021-03-01T00:00:00Z"
        })),
        (status = 301, description = "All of the unit that had this code went to the one named in `Location`."),
        (status = 404, description = "No unit ever had this code."),
        (status = 410, description = "No unit has this code on the day, but one had or will have it: what became of it.")
    )
)]
pub(crate) async fn find_unit(
    State(state): State<AppState>,
    Path(code): Path<UnitCode>,
    Query(params): Query<FindUnitParams>,
    RawQuery(parameters): RawQuery,
) -> Result<Response, Problem> {
    let as_of = params.as_of;
    if let Some(unit) = state.catalogue.unit(&code, as_of).await? {
        let history = state.engine.unit_history(&unit).await?;
        let context = UnitContext { as_of, notice: state.site.notice(), history };
        return Ok(Json(UnitView::new(unit, context)).into_response());
    }
    if let CodeState::Moved(moved) = state.engine.code_state(&code, as_of).await? {
        return Ok(moved_permanently(&format!("/api/v1/units/{}", moved.to), parameters.as_deref()));
    }
    let former = gone_unit(&state.catalogue, &state.engine, &code, as_of).await?;
    Err(former.unwrap_or_else(|| Problem::not_found(format!("no unit ever had the code {code}"))))
}
