//! `GET /api/v1/procedures/{code}/availability`: who offers a procedure, and how far online.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{AvailabilityFilter, LevelFilter, Offered, ProcedureCode, Scheme, Tier, UnitCode};
use motcua_http::{AppState, PageInfo, Path, PlacePage, Problem, Query, QueryParams, QueryReader};

use crate::parameter::{AsOfParam, PageParams};
use crate::place::NamedRecords;
use crate::procedure::find::procedure_on;
use crate::view::availability::{AvailabilityView, Wording};
use crate::view::code::{OfferedCode, SchemeCode, TierCode};

/// Filters on the listings of a procedure.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAvailabilityParams {
    /// Code of a unit: only centres of this unit and of the units below it on the day.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    /// Only centres of this tier.
    #[param(value_type = Option<TierCode>, example = "commune")]
    tier: Option<Tier>,
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

impl QueryParams for ListAvailabilityParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            unit: query.parse("unit"),
            tier: query.parse("tier"),
            level: query.parse("level"),
            offered: read_offered(query),
            scheme: query.parse("scheme"),
            as_of: query.as_of(),
            page: query.page(),
        }
    }
}

/// Reads the filter `offered`.
pub(crate) fn read_offered(query: &mut QueryReader<'_>) -> Option<Offered> {
    query.choice("offered", "yes, no or unknown", |code| {
        Offered::ALL.into_iter().find(|offered| offered.as_str() == code)
    })
}

/// Listings of a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailabilityList {
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

/// List who offers a procedure
///
/// One item per centre and case on the day: whether the centre offers it, how far online (`level` in the words of
/// `scheme`), with which links, time limits and fees of its own, and where the fact comes from. A centre that does not
/// appear has no listing: nothing is known about it.
#[utoipa::path(
    get,
    path = "/api/v1/procedures/{code}/availability",
    tag = "procedures",
    params(
        ("code" = String, Path, description = "Code of the procedure as published.", example = "1.001193"),
        ListAvailabilityParams,
        AsOfParam,
        PageParams
    ),
    responses(
        (status = 200, description = "The listings.", body = AvailabilityList, example = json!({
            "items": [{
                "procedure": {"code": "1.001193", "name": "Thủ tục đăng ký khai sinh"},
                "case": null,
                "centre": {
                    "id": "c18070", "name": "Bộ phận Tiếp nhận và Trả kết quả phường Trần Phú", "tier": "commune",
                    "unit": {"code": "18070", "name": "Phường Trần Phú"},
                    "parent_unit": {"code": "436", "name": "Thành phố Hà Tĩnh"}
                },
                "offered": "yes",
                "level": "3",
                "scheme": "nd43-2011",
                "online": true,
                "converted": false,
                "derived": {"level": "3", "scheme": "nd43-2011", "deciding_point": "pay"},
                "level_warning": null,
                "in_scheme": null,
                "proactive": null,
                "channels": [{"method": "online", "link": "https://dvc.example/p42", "time_limit": null, "fees": []}],
                "checklist": {
                    "find": "online", "sign_in": "online", "submit": "online", "pay": "desk", "follow": "online",
                    "receive": "desk", "complain": "online"
                },
                "partial_reason": null,
                "reason_missing": false,
                "boundary_free": "unknown",
                "period": {"valid_from": "2021-01-01", "valid_to": null},
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
        (status = 404, description = "No procedure has this code on the day."),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn list_availability(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<ListAvailabilityParams>,
) -> Result<Json<AvailabilityList>, Problem> {
    let ListAvailabilityParams { unit, tier, level, offered, scheme, as_of, page } = params;
    let procedure = procedure_on(&state.catalogue, &code, as_of).await?;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("unit", unit.as_ref()).await?;
    named.finish()?;
    let filter = AvailabilityFilter {
        procedure: Some(procedure.stored.record.code),
        unit,
        tier,
        level,
        offered,
        ..AvailabilityFilter::on(as_of)
    };
    let list = state.catalogue.availability(&filter, &page.request()).await?;
    Ok(Json(AvailabilityList {
        page: page.info(list.next, list.total),
        items: Wording { as_of, scheme }.views(list.items),
        as_of,
        notice: state.site.notice(),
    }))
}
