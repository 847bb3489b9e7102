//! `GET /api/v1/centres`: the centres on a day.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{CentreFilter, Tier, UnitCode};
use motcua_http::{AppState, PageInfo, PlacePage, Problem, Query, QueryParams, QueryReader};

use crate::parameter::{AsOfParam, PageParams};
use crate::place::NamedRecords;
use crate::view::centre::CentreSummary;
use crate::view::code::TierCode;
use crate::view::part::views;

/// Filters on centres.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListCentresParams {
    /// Only this tier.
    #[param(value_type = Option<TierCode>, example = "district")]
    tier: Option<Tier>,
    /// Code of a unit: only centres of this unit and of the units below it on the day.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    #[param(ignore)]
    as_of: NaiveDate,
    #[param(ignore)]
    page: PlacePage,
}

impl QueryParams for ListCentresParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            tier: query.parse("tier"),
            unit: query.parse("unit"),
            as_of: query.as_of(),
            page: query.page(),
        }
    }
}

/// Centres that work on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreList {
    /// The centres.
    items: Vec<CentreSummary>,
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

/// List centres
///
/// The service centres that work on a day: of the province, the districts (until 30 June 2025) and the communes.
#[utoipa::path(
    get,
    path = "/api/v1/centres",
    tag = "centres",
    params(ListCentresParams, AsOfParam, PageParams),
    responses(
        (status = 200, description = "The centres.", body = CentreList, example = json!({
            "items": [{
                "id": "p42",
                "name": "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh",
                "tier": "province",
                "unit": {"code": "42", "name": "Tỉnh Hà Tĩnh"},
                "ancestors": [],
                "period": {"valid_from": null, "valid_to": null},
                "source": {"kind": "dataset", "citation": "Danh bạ một cửa Hà Tĩnh", "retrieved_on": null}
            }],
            "page": {"next_cursor": null, "total": 1},
            "as_of": "2021-03-01"
        })),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn list_centres(
    State(state): State<AppState>,
    Query(params): Query<ListCentresParams>,
) -> Result<Json<CentreList>, Problem> {
    let ListCentresParams { tier, unit, as_of, page } = params;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("unit", unit.as_ref()).await?;
    named.finish()?;
    let list = state.catalogue.centres(&CentreFilter { as_of, tier, unit }, &page.request()).await?;
    Ok(Json(CentreList {
        page: page.info(list.next, list.total),
        items: views(list.items),
        as_of,
        notice: state.site.notice(),
    }))
}
