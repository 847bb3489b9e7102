//! `GET /api/v1/units`: the administrative units on a day.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{Tier, UnitCode};
use motcua_http::{AppState, PageInfo, PlacePage, Problem, Query, QueryParams, QueryReader};

use crate::parameter::{AsOfParam, PageParams};
use crate::place::NamedRecords;
use crate::view::code::TierCode;
use crate::view::part::views;
use crate::view::unit::UnitSummary;

/// Filters on units.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListUnitsParams {
    /// Only this tier: `province`, `district` or `commune`.
    #[param(value_type = Option<TierCode>, example = "province")]
    tier: Option<Tier>,
    /// Code of a unit: only the units directly below it on the day.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    parent: Option<UnitCode>,
    #[param(ignore)]
    as_of: NaiveDate,
    #[param(ignore)]
    page: PlacePage,
}

impl QueryParams for ListUnitsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            tier: query.parse("tier"),
            parent: query.parse("parent"),
            as_of: query.as_of(),
            page: query.page(),
        }
    }
}

/// Units on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitList {
    /// The units.
    items: Vec<UnitSummary>,
    /// Place of this answer in the whole list.
    page: PageInfo,
    /// Day on which they were looked at.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

/// List administrative units
///
/// The provinces, districts (until 30 June 2025) and communes as they stand on a day, in the order of the Vietnamese
/// alphabet.
#[utoipa::path(
    get,
    path = "/api/v1/units",
    tag = "units",
    params(ListUnitsParams, AsOfParam, PageParams),
    responses(
        (status = 200, description = "The units.", body = UnitList, example = json!({
            "items": [{
                "code": "436",
                "name": "Thành phố Hà Tĩnh",
                "short_name": "Hà Tĩnh",
                "kind": "thành phố",
                "tier": "district",
                "ancestors": [{"code": "42", "name": "Tỉnh Hà Tĩnh"}],
                "period": {"valid_from": null, "valid_to": "2025-07-01"},
                "source": {"kind": "dataset", "citation": "Danh mục đơn vị hành chính", "retrieved_on": null}
            }],
            "page": {"next_cursor": null, "total": 1},
            "as_of": "2021-03-01"
        })),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn list_units(
    State(state): State<AppState>,
    Query(params): Query<ListUnitsParams>,
) -> Result<Json<UnitList>, Problem> {
    let ListUnitsParams { tier, parent, as_of, page } = params;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("parent", parent.as_ref()).await?;
    named.finish()?;
    let list = state.catalogue.units(tier, parent.as_ref(), as_of, &page.request()).await?;
    Ok(Json(UnitList {
        page: page.info(list.next, list.total),
        items: views(list.items),
        as_of,
        notice: state.site.notice(),
    }))
}
