//! `GET /api/v1/centres/{id}/revisions`: list what a centre said before.

use axum::Json;
use axum::extract::State;

use motcua_catalogue::{Centre, CentreId, RevisionKey};
use motcua_http::{AppState, Path, Problem, Query};

use crate::parameter::{PageParams, RevisionParams};
use crate::view::revision::RevisionList;

/// List what a centre said before
///
/// Every published state of the centre: what it said, between which moments, who changed it and why.
#[utoipa::path(
    get,
    path = "/api/v1/centres/{id}/revisions",
    tag = "centres",
    params(("id" = String, Path, description = "Id of the centre.", example = "p42"), PageParams),
    responses(
        (status = 200, description = "The states, newest first.", body = RevisionList, example = json!({
            "items": [{
                "sequence": 4711, "key": "p42", "version": 1, "actor_kind": "program", "actor": "import", "reason": null,
                "shown_from": "2021-03-01T00:00:00Z", "shown_to": null, "changed": [],
                "record": {
                    "id": "p42", "name": "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh", "tier": "province", "unit": "42",
                    "period": {"valid_from": "2017-07-13", "valid_to": null}, "sites": [], "portal": null, "note": null,
                    "source": {"kind": "dataset", "citation": "centres.csv", "retrieved_on": null}
                }
            }],
            "page": {"next_cursor": null, "total": 1}
        })),
        (status = 404, description = "No centre ever had this id.")
    )
)]
pub(crate) async fn list_centre_revisions(
    State(state): State<AppState>,
    Path(id): Path<CentreId>,
    Query(RevisionParams { page }): Query<RevisionParams>,
) -> Result<Json<RevisionList>, Problem> {
    let found = state.catalogue.revisions(&RevisionKey::Centre(id.clone()), &page.request()).await?;
    let list = RevisionList::of::<Centre>(found, &page, state.site.notice())?;
    list.map(Json).ok_or_else(|| Problem::not_found(format!("no centre ever had this id: {id}")))
}
