//! `GET /api/v1/procedures/{code}/map`: one procedure at every unit.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{ProcedureCode, UnitCode};
use motcua_http::{AppState, Path, Problem, Query, QueryParams, QueryReader};
use motcua_search::ProvinceLevels;

use crate::parameter::AsOfParam;
use crate::place::NamedRecords;
use crate::procedure::find::procedure_on;
use crate::view::availability::ProcedureNameView;
use crate::view::filing::MapCentreView;
use crate::view::level::LevelSpreadView;
use crate::view::part::{UnitNameView, views};

/// The place.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MapLevelsParams {
    /// Code of a unit: `items` has every centre of this unit and of the units below it. Without it, `provinces` has
    /// every province.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for MapLevelsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { unit: query.parse("unit"), as_of: query.as_of() }
    }
}

/// One procedure over the centres of a place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LevelMap {
    /// Day on which everything was looked at.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
    /// The procedure.
    procedure: ProcedureNameView,
    /// Code of the unit; null for the whole country.
    #[schema(required, example = "42")]
    unit: Option<String>,
    /// Centres of the place by level, with both ends of the range.
    levels: LevelSpreadView,
    /// Every centre of the unit, also those that do not list the procedure: by tier from the top, then by the unit
    /// above, then by name. Empty for the whole country.
    items: Vec<MapCentreView>,
    /// Every province by name, for the whole country; else empty.
    provinces: Vec<ProvinceLevelsView>,
}

/// One procedure over the centres of a province.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProvinceLevelsView {
    /// The province.
    province: UnitNameView,
    /// Its centres by level.
    levels: LevelSpreadView,
    /// How many centres work there on the day at the tiers that the procedure concerns (its own, and those at which some
    /// centre of the province lists it), whether they list it or not.
    #[schema(example = 216)]
    centres: u64,
}

impl From<ProvinceLevels> for ProvinceLevelsView {
    fn from(levels: ProvinceLevels) -> Self {
        Self {
            province: levels.province.into(),
            levels: LevelSpreadView::said_in(levels.spread, None),
            centres: levels.centres,
        }
    }
}

/// Map a procedure's levels
///
/// How far online one procedure is at every centre of a place on a day, in one answer without pages: made for maps and
/// tables. Centres that say nothing are there too, as `not_listed`.
#[utoipa::path(
    get,
    path = "/api/v1/procedures/{code}/map",
    tag = "procedures",
    params(
        ("code" = String, Path, description = "Code of the procedure as published.", example = "1.001193"),
        MapLevelsParams,
        AsOfParam
    ),
    responses(
        (status = 200, description = "The levels.", body = LevelMap, example = json!({
            "as_of": "2021-03-01",
            "procedure": {"code": "1.001193", "name": "Thủ tục đăng ký khai sinh"},
            "unit": "18070",
            "levels": {
                "scheme": "nd43-2011", "highest": "2", "weakest": "2",
                "centres": {
                    "levels": [{"level": "2", "scheme": "nd43-2011", "count": 1}],
                    "offered_without_level": 0, "unknown": 0, "not_offered": 0, "online": 0
                }
            },
            "items": [{
                "id": "c18070", "name": "Bộ phận Tiếp nhận và Trả kết quả phường Trần Phú", "tier": "commune",
                "units": [
                    {"code": "42", "name": "Tỉnh Hà Tĩnh"}, {"code": "436", "name": "Thành phố Hà Tĩnh"},
                    {"code": "18070", "name": "Phường Trần Phú"}
                ],
                "state": "level", "level": "2", "scheme": "nd43-2011", "boundary_free": "none"
            }],
            "provinces": []
        })),
        (status = 404, description = "No procedure has this code on the day."),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn map_levels(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<MapLevelsParams>,
) -> Result<Json<LevelMap>, Problem> {
    let MapLevelsParams { unit, as_of } = params;
    let procedure = procedure_on(&state.catalogue, &code, as_of).await?;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("unit", unit.as_ref()).await?;
    named.finish()?;
    let record = procedure.stored.record;
    let (code, tiers, place) = (record.code.clone(), record.tiers.clone(), unit.clone());
    let figures = state.figures(move |engine| {
        let levels = engine.procedure_levels(&code, place.as_ref(), as_of);
        match &place {
            Some(unit) => (levels, engine.centres_of_procedure(&code, unit, as_of), Vec::new()),
            None => (levels, None, engine.provinces_of_procedure(&code, &tiers, as_of)),
        }
    });
    let (levels, items, provinces) = figures.await?;
    Ok(Json(LevelMap {
        as_of,
        notice: state.site.notice(),
        procedure: ProcedureNameView { code: record.code.into(), name: record.name },
        unit: unit.map(Into::into),
        levels: LevelSpreadView::said_in(levels, None),
        items: views(items.unwrap_or_default()),
        provinces: views(provinces),
    }))
}
