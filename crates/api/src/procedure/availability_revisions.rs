//! `GET /api/v1/procedures/{code}/availability/revisions`: what a centre said before about a procedure.

use axum::Json;
use axum::extract::State;
use utoipa::IntoParams;

use motcua_catalogue::{Availability, CentreId, ProcedureCode, RevisionKey};
use motcua_http::{
    AppState, ErrorCode, Location, ParameterError, Path, PlacePage, Problem, Query, QueryParams, QueryReader,
};

use crate::parameter::PageParams;
use crate::view::revision::RevisionList;

/// Whose listing.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AvailabilityRevisionParams {
    /// Id of the centre. Required.
    #[param(value_type = String, example = "c18070")]
    centre: Option<CentreId>,
    /// Code of the case; without it, the procedure as a whole.
    #[param(example = "1.001193.02")]
    case: Option<String>,
    #[param(ignore)]
    page: PlacePage,
}

impl QueryParams for AvailabilityRevisionParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { centre: query.parse("centre"), case: query.text("case", LONGEST_CASE), page: query.page() }
    }
}

/// Longest code of a case, in characters.
const LONGEST_CASE: usize = 100;

/// List what a centre said before about a procedure
///
/// Every published state of every listing of the procedure at the centre: what readers saw, between which moments, who
/// changed it and why. `shown_from` and `shown_to` are moments at which it was published; the days for which it holds
/// stand in `record.period`.
#[utoipa::path(
    get,
    path = "/api/v1/procedures/{code}/availability/revisions",
    tag = "procedures",
    params(
        ("code" = String, Path, description = "Code of the procedure exactly as published.", example = "1.001193"),
        AvailabilityRevisionParams,
        PageParams
    ),
    responses(
        (status = 200, description = "The states, newest first.", body = RevisionList, example = json!({
            "items": [{
                "sequence": 4711, "key": "1.001193/c18070@2021-01-01", "version": 2, "actor_kind": "program", "actor": "import",
                "reason": "đối chiếu Quyết định 3005/QĐ-UBND", "shown_from": "2021-03-01T00:00:00Z",
                "shown_to": null, "changed": ["level"],
                "record": {
                    "procedure": "1.001193", "case": null, "centre": "c18070", "offered": "yes", "level": "4",
                    "scheme": "nd43-2011", "converted": false, "proactive": null, "channels": [],
                    "checklist": {
                        "find": null, "sign_in": null, "submit": null, "pay": null, "follow": null, "receive": null,
                        "complain": null
                    },
                    "partial_reason": null, "boundary_free": "unknown",
                    "period": {"valid_from": "2021-01-01", "valid_to": null}, "decision": "3005/QĐ-UBND", "evidence": [],
                    "assurance": {"assured_on": null, "assured_by": null, "review_due": null},
                    "source": {"kind": "decision", "citation": "Quyết định 3005/QĐ-UBND", "retrieved_on": null}
                }
            }],
            "page": {"next_cursor": null, "total": 1}
        })),
        (status = 404, description = "The centre never said anything about this procedure.")
    )
)]
pub(crate) async fn list_availability_revisions(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(AvailabilityRevisionParams { centre, case, page }): Query<AvailabilityRevisionParams>,
) -> Result<Json<RevisionList>, Problem> {
    let Some(centre) = centre else {
        return Err(Problem::parameters(vec![ParameterError {
            parameter: "centre".into(),
            location: Location::Query,
            value: None,
            code: ErrorCode::Malformed,
            reason: "a listing belongs to a centre, and none is named".into(),
            remedy: "name it: ?centre=p42".into(),
        }]));
    };
    let key = RevisionKey::Availability { procedure: code.clone(), case, centre: centre.clone() };
    let found = state.catalogue.revisions(&key, &page.request()).await?;
    let list = RevisionList::of::<Availability>(found, &page, state.site.notice())?;
    list.map(Json)
        .ok_or_else(|| Problem::not_found(format!("the centre {centre} never said anything about {code}")))
}
