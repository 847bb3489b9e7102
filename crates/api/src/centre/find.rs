//! `GET /api/v1/centres/{id}`: one centre.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use utoipa::IntoParams;

use motcua_catalogue::{Catalogue, CentreAt, CentreId, Scheme};
use motcua_http::{AppState, Path, Problem, Query, QueryParams, QueryReader, moved_permanently};

use crate::parameter::AsOfParam;
use crate::view::centre::{CentreContext, CentreView};
use crate::view::code::SchemeCode;

/// What to show with the centre.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindCentreParams {
    /// Say the counts by level in the words of this scheme as well, in `in_scheme`, converted ones told apart.
    #[param(value_type = Option<SchemeCode>, example = "nd42-2022")]
    scheme: Option<Scheme>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for FindCentreParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { scheme: query.parse("scheme"), as_of: query.as_of() }
    }
}

/// Find one centre
///
/// A service centre with its sites, hours and the number of its procedures by level on the day. Ids are permanent: a
/// centre that has closed leads with 301 to the one that took its place, where there is exactly one of the same tier;
/// else it is found as it was, as one that has not opened yet is, and `active` says so.
#[utoipa::path(
    get,
    path = "/api/v1/centres/{id}",
    tag = "centres",
    params(("id" = String, Path, description = "Id of the centre.", example = "p42"), FindCentreParams, AsOfParam),
    responses(
        (status = 200, description = "The centre.", body = CentreView, example = json!({
            "as_of": "2021-03-01",
            "id": "p42",
            "name": "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh",
            "tier": "province",
            "unit": {"code": "42", "name": "Tỉnh Hà Tĩnh"},
            "ancestors": [],
            "period": {"valid_from": null, "valid_to": null},
            "active": true,
            "sites": [{
                "name": null, "address": null, "phones": [], "email": null,
                "hours": [{"weekday": 1, "opens": "07:30", "closes": "11:30"}], "exceptions": [], "lat": null, "lon": null
            }],
            "portal": "https://dvc.example/p42",
            "note": null,
            "procedures": {
                "levels": [
                    {"level": "3", "scheme": "nd43-2011", "count": 700},
                    {"level": "4", "scheme": "nd43-2011", "count": 400}
                ],
                "offered_without_level": 12, "unknown": 0, "not_offered": 3, "online": 1100
            },
            "source": {"kind": "sample", "citation": "dữ liệu mẫu", "retrieved_on": null},
            "version": 1,
            "changed_at": "2021-03-01T00:00:00Z"
        })),
        (status = 301, description = "The centre has closed; the only one that took its place is named in `Location`."),
        (status = 404, description = "No centre ever had this id.")
    )
)]
pub(crate) async fn find_centre(
    State(state): State<AppState>,
    Path(id): Path<CentreId>,
    Query(params): Query<FindCentreParams>,
    RawQuery(parameters): RawQuery,
) -> Result<Response, Problem> {
    let as_of = params.as_of;
    let centre = centre_ever(&state.catalogue, &id).await?;
    if let Some(moved) = state.engine.moved_centre(&centre, as_of).await? {
        return Ok(moved_permanently(&format!("/api/v1/centres/{}", moved.to), parameters.as_deref()));
    }
    let procedures = state.engine.centre_summary(&id, as_of);
    let context = CentreContext { as_of, notice: state.site.notice(), procedures, scheme: params.scheme };
    Ok(Json(CentreView::new(centre, context)).into_response())
}

/// The centre with an id, or the problem that there never was one.
pub(crate) async fn centre_ever(catalogue: &Catalogue, id: &CentreId) -> Result<CentreAt, Problem> {
    let found = catalogue.centre(id).await?;
    found.ok_or_else(|| Problem::not_found(format!("no centre ever had the id {id}")))
}
