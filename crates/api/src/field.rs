//! `GET /api/v1/fields`: the coded list of fields.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use motcua_http::{AppState, OffsetPage, PageInfo, Problem, Query, QueryParams, QueryReader};

use crate::parameter::{AsOfParam, PageParams};
use crate::view::part::{FieldView, views};

#[derive(Debug)]
pub(crate) struct ListFieldsParams {
    as_of: NaiveDate,
    page: OffsetPage,
}

impl QueryParams for ListFieldsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { as_of: query.as_of(), page: query.offset_page() }
    }
}

/// Fields of government.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldList {
    /// The fields.
    items: Vec<FieldView>,
    /// Place of this answer in the whole list.
    page: PageInfo,
    /// Day that was asked for.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

/// List fields
///
/// The fields of government (lĩnh vực) that procedures belong to, with the keys that the filter `field` takes. The
/// list is the same on every day.
#[utoipa::path(
    get,
    path = "/api/v1/fields",
    tag = "fields",
    params(AsOfParam, PageParams),
    responses((status = 200, description = "The fields.", body = FieldList, example = json!({
        "items": [{"key": "ho-tich", "name": "Hộ tịch"}],
        "page": {"next_cursor": null, "total": 1},
        "as_of": "2021-03-01"
    })))
)]
pub(crate) async fn list_fields(
    State(state): State<AppState>,
    Query(ListFieldsParams { as_of, page }): Query<ListFieldsParams>,
) -> Result<Json<FieldList>, Problem> {
    let fields = state.catalogue.fields().await?;
    let total = u64::try_from(fields.len()).unwrap_or(u64::MAX);
    let skip = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    let items: Vec<FieldView> = views(fields.into_iter().skip(skip).take(size).collect());
    Ok(Json(FieldList { page: page.info(items.len(), total), items, as_of, notice: state.site.notice() }))
}
