//! `GET /api/v1/centres/{id}/procedures`: what a centre offers, and how far online.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{AvailabilityFilter, CentreId, LevelFilter, Offered, Scheme};
use motcua_http::{AppState, PageInfo, Path, PlacePage, Problem, Query, QueryParams, QueryReader};

use crate::centre::find::centre_ever;
use crate::parameter::{AsOfParam, PageParams};
use crate::place::gone_centre;
use crate::procedure::availability::read_offered;
use crate::view::availability::{AvailabilityView, Wording};
use crate::view::code::{OfferedCode, SchemeCode};

/// Filters on the listings of a centre.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListCentreProceduresParams {
    /// Only this level: `4`, `partial`, or with its scheme `nd43-2011:4`.
    #[param(value_type = Option<String>, example = "nd43-2011:4")]
    level: Option<LevelFilter>,
    /// Only this answer.
    #[param(value_type = Option<OfferedCode>, example = "yes")]
    offered: Option<Offered>,
    /// Say each level in the words of this scheme as well, in `in_scheme`, marked as converted.
    #[param(value_type = Option<SchemeCode>, example = "nd42-2022")]
    scheme: Option<Scheme>,
    #[param(ignore)]
    as_of: NaiveDate,
    #[param(ignore)]
    page: PlacePage,
}

impl QueryParams for ListCentreProceduresParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            level: query.parse("level"),
            offered: read_offered(query),
            scheme: query.parse("scheme"),
            as_of: query.as_of(),
            page: query.page(),
        }
    }
}

/// Listings of a centre.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreProcedureList {
    /// The listings.
    items: Vec<AvailabilityView>,
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

/// List the procedures of a centre
///
/// One item per procedure and case that the centre lists on the day, with its level in the words of its scheme and
/// where the fact comes from. To search among them by words, use `GET /api/v1/procedures?centre=`.
#[utoipa::path(
    get,
    path = "/api/v1/centres/{id}/procedures",
    tag = "centres",
    params(
        ("id" = String, Path, description = "Id of the centre.", example = "p42"),
        ListCentreProceduresParams,
        AsOfParam,
        PageParams
    ),
    responses(
        (status = 200, description = "The listings.", body = CentreProcedureList, example = json!({
            "items": [{
                "procedure": {"code": "1.001193", "name": "Thủ tục đăng ký khai sinh"},
                "case": null,
                "centre": {
                    "id": "c18070", "name": "Bộ phận Tiếp nhận và Trả kết quả phường Trần Phú", "tier": "commune",
                    "unit": {"code": "18070", "name": "Phường Trần Phú"},
                    "parent_unit": {"code": "436", "name": "Thành phố Hà Tĩnh"}
                },
                "offered": "yes",
                "level": null,
                "scheme": null,
                "online": null,
                "converted": false,
                "derived": null,
                "level_warning": null,
                "in_scheme": null,
                "proactive": null,
                "channels": [],
                "checklist": {
                    "find": null, "sign_in": null, "submit": null, "pay": null, "follow": null, "receive": null,
                    "complain": null
                },
                "partial_reason": null,
                "reason_missing": false,
                "boundary_free": "unknown",
                "period": {"valid_from": "2021-01-01", "valid_to": "2025-07-01"},
                "decision": null,
                "evidence": [],
                "assurance": {"assured_on": null, "assured_by": null, "review_due": null},
                "source": {"kind": "sample", "citation": "dữ liệu mẫu", "retrieved_on": null},
                "version": 1,
                "changed_at": "2021-03-01T00:00:00Z"
            }],
            "page": {"next_cursor": null, "total": 1},
            "as_of": "2021-03-01"
        })),
        (status = 404, description = "No centre ever had this id."),
        (status = 410, description = "The centre does not work on the day, but did or will on another: what became of its unit.")
    )
)]
pub(crate) async fn list_centre_procedures(
    State(state): State<AppState>,
    Path(id): Path<CentreId>,
    Query(params): Query<ListCentreProceduresParams>,
) -> Result<Json<CentreProcedureList>, Problem> {
    let ListCentreProceduresParams { level, offered, scheme, as_of, page } = params;
    let centre = centre_ever(&state.catalogue, &id).await?;
    if !centre.stored.record.period.contains(as_of) {
        return Err(gone_centre(&state.catalogue, &state.engine, centre, as_of).await?);
    }
    let filter = AvailabilityFilter { centre: Some(id), level, offered, ..AvailabilityFilter::on(as_of) };
    let list = state.catalogue.availability(&filter, &page.request()).await?;
    Ok(Json(CentreProcedureList {
        page: page.info(list.next, list.total),
        items: Wording { as_of, scheme }.views(list.items),
        as_of,
        notice: state.site.notice(),
    }))
}
