//! `GET /api/v1/procedures/{code}/revisions`: list what a procedure said before.

use axum::Json;
use axum::extract::State;

use motcua_catalogue::{ProcedureCode, RevisionKey};
use motcua_http::{AppState, Path, Problem, Query};

use crate::parameter::{PageParams, RevisionParams};
use crate::view::revision::RevisionList;

/// List what a procedure said before
///
/// Every published state of every dated text of the procedure: what it said, between which moments, who changed it
/// and why. Nothing published is overwritten or deleted.
#[utoipa::path(
    get,
    path = "/api/v1/procedures/{code}/revisions",
    tag = "procedures",
    params(("code" = String, Path, description = "Code of the procedure exactly as published.", example = "1.001193"), PageParams),
    responses(
        (status = 200, description = "The states, newest first.", body = RevisionList, example = json!({
            "items": [{
                "sequence": 4711, "key": "1.001193@-", "version": 1, "actor": "import", "reason": null,
                "shown_from": "2021-03-01T00:00:00Z", "shown_to": null, "changed": [], "record": {}
            }],
            "page": {"next_cursor": null, "total": 1}
        })),
        (status = 404, description = "No procedure ever had this code.")
    )
)]
pub(crate) async fn list_procedure_revisions(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(RevisionParams { page }): Query<RevisionParams>,
) -> Result<Json<RevisionList>, Problem> {
    let found = state.catalogue.revisions(&RevisionKey::Procedure(code.clone()), &page.request()).await?;
    let list = RevisionList::new(found, &page, state.site.notice());
    list.map(Json).ok_or_else(|| Problem::not_found(format!("no procedure ever had this code: {code}")))
}
