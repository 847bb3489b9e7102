//! `GET /api/v1/centres/{id}/revisions`: list what a centre said before.

use axum::Json;
use axum::extract::State;

use motcua_catalogue::{CentreId, RevisionKey};
use motcua_http::{AppState, Path, Problem, Query};

use crate::parameter::NoParams;
use crate::view::revision::RevisionList;

/// List what a centre said before
///
/// Every published state of the centre: what it said, between which moments, who changed it and why.
#[utoipa::path(
    get,
    path = "/api/v1/centres/{id}/revisions",
    tag = "centres",
    params(("id" = String, Path, description = "Id of the centre.", example = "p42")),
    responses(
        (status = 200, description = "The states, newest first.", body = RevisionList, example = json!({
            "items": [{
                "sequence": 4711, "key": "p42", "version": 1, "actor": "import", "reason": null,
                "shown_from": "2021-03-01T00:00:00Z", "shown_to": null, "changed": [], "record": {}
            }],
            "total": 1
        })),
        (status = 404, description = "No centre ever had this id.")
    )
)]
pub(crate) async fn list_centre_revisions(
    State(state): State<AppState>,
    Path(id): Path<CentreId>,
    Query(NoParams): Query<NoParams>,
) -> Result<Json<RevisionList>, Problem> {
    let revisions = state.catalogue.revisions(&RevisionKey::Centre(id.clone())).await?;
    if revisions.is_empty() {
        return Err(Problem::not_found(format!("no centre ever had this id: {id}")));
    }
    Ok(Json(RevisionList::new(revisions, state.site.notice())))
}
