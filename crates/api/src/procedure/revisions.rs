//! `GET /api/v1/procedures/{code}/revisions`: list what a procedure said before.

use axum::Json;
use axum::extract::State;

use motcua_catalogue::{Procedure, ProcedureCode, RevisionKey};
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
                "sequence": 4711, "key": "1.001193@-", "version": 1, "actor_kind": "program", "actor": "import", "reason": null,
                "shown_from": "2021-03-01T00:00:00Z", "shown_to": null, "changed": [],
                "record": {
                    "code": "1.001193", "name": "Thủ tục đăng ký khai sinh", "fields": ["ho-tich"],
                    "agencies": [{"role": "implementing", "key": "uy-ban-nhan-dan-cap-xa"}], "tiers": ["commune"],
                    "tiers_inferred": false, "applicants": [{"code": "citizen", "name": "Công dân Việt Nam"}],
                    "other_applicants": [], "scope": "national", "period": {"valid_from": null, "valid_to": null},
                    "complete": false, "kind": null, "description": null, "decision": null, "steps": [], "channels": [],
                    "time_limit": null, "fee_notes": [], "cases": [], "dossier": [], "dossier_wording": null, "results": [],
                    "conditions": null, "legal_basis": [], "keywords": [], "related": [], "events": [],
                    "receiving_address": null, "published_level": null, "offline_only": null, "boundary_free": null,
                    "source": {"kind": "dataset", "citation": "procedures.ndjson", "retrieved_on": null}
                }
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
    let list = RevisionList::of::<Procedure>(found, &page, state.site.notice())?;
    list.map(Json).ok_or_else(|| Problem::not_found(format!("no procedure ever had this code: {code}")))
}
