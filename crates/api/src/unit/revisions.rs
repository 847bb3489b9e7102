//! `GET /api/v1/units/{code}/revisions`: list what a unit was recorded as before.

use axum::Json;
use axum::extract::State;

use motcua_catalogue::{RevisionKey, UnitCode, UnitPeriod};
use motcua_http::{AppState, Path, Problem, Query};

use crate::parameter::{PageParams, RevisionParams};
use crate::view::revision::RevisionList;

/// List what a unit was recorded as before
///
/// Every published state of every period of the units that ever had the code: what was recorded, between which
/// moments, who changed it and why. For what became of a unit, see `GET /api/v1/units/{code}`.
#[utoipa::path(
    get,
    path = "/api/v1/units/{code}/revisions",
    tag = "units",
    params(("code" = String, Path, description = "Code of the unit, with its leading zeros.", example = "18070"), PageParams),
    responses(
        (status = 200, description = "The states, newest first.", body = RevisionList, example = json!({
            "items": [{
                "sequence": 4711, "key": "18070@-", "version": 1, "actor_kind": "program", "actor": "import", "reason": null,
                "shown_from": "2021-03-01T00:00:00Z", "shown_to": null, "changed": [],
                "record": {
                    "code": "18070", "name": "Phường Trần Phú", "short_name": "Trần Phú", "kind": "phường", "tier": "commune",
                    "parent": "436", "province": "42", "continues": false,
                    "period": {"valid_from": null, "valid_to": "2025-07-01"}, "lat": null, "lon": null,
                    "source": {"kind": "dataset", "citation": "units.csv", "retrieved_on": null}
                }
            }],
            "page": {"next_cursor": null, "total": 1}
        })),
        (status = 404, description = "No unit ever had this code.")
    )
)]
pub(crate) async fn list_unit_revisions(
    State(state): State<AppState>,
    Path(code): Path<UnitCode>,
    Query(RevisionParams { page }): Query<RevisionParams>,
) -> Result<Json<RevisionList>, Problem> {
    let found = state.catalogue.revisions(&RevisionKey::Unit(code.clone()), &page.request()).await?;
    let list = RevisionList::of::<UnitPeriod>(found, &page, state.site.notice())?;
    list.map(Json).ok_or_else(|| Problem::not_found(format!("no unit ever had this code: {code}")))
}
