//! `GET /api/v1/procedures/{code}`: one procedure.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use utoipa::IntoParams;

use motcua_catalogue::{Catalogue, ProcedureAt, ProcedureCode, Scheme, UnitCode};
use motcua_http::{AppState, Path, Problem, Query, QueryParams, QueryReader};

use crate::parameter::AsOfParam;
use crate::place::NamedRecords;
use crate::view::code::SchemeCode;
use crate::view::procedure::{ProcedureContext, ProcedureView};

/// What to show with the procedure.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindProcedureParams {
    /// Code of a unit: `levels` is then about the centres of this unit and of the units below it, not about the
    /// whole country.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    /// Say the counts by level in the words of this scheme as well, in `in_scheme`, converted ones told apart.
    #[param(value_type = Option<SchemeCode>, example = "nd42-2022")]
    scheme: Option<Scheme>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for FindProcedureParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { unit: query.parse("unit"), scheme: query.parse("scheme"), as_of: query.as_of() }
    }
}

/// Find one procedure
///
/// The procedure with all its parts as it holds on a day: steps, channels with time limits and fees, cases, dossier,
/// results, conditions, legal basis. A code with a province's suffix (`1.012753.H19`) that has no record of its own
/// gives the national procedure (`1.012753`), as the answer's `code` tells. Irregular codes are published as they are:
/// percent-encode them (`%201.014325`).
#[utoipa::path(
    get,
    path = "/api/v1/procedures/{code}",
    tag = "procedures",
    params(
        ("code" = String, Path, description = "Code of the procedure as published.", example = "1.001193"),
        FindProcedureParams,
        AsOfParam
    ),
    responses(
        (status = 200, description = "The procedure.", body = ProcedureView, example = json!({
            "as_of": "2021-03-01",
            "code": "1.001193",
            "name": "Thủ tục đăng ký khai sinh",
            "fields": [{"key": "ho-tich", "name": "Hộ tịch"}],
            "agencies": [{"role": "implementing", "key": "uy-ban-nhan-dan-cap-xa", "name": "Ủy ban nhân dân cấp xã"}],
            "tiers": ["commune"],
            "tiers_inferred": false,
            "applicants": [{"code": "citizen", "name": "Công dân Việt Nam"}],
            "other_applicants": [],
            "scope": "national",
            "period": {"valid_from": null, "valid_to": null},
            "other_periods": [],
            "levels": {
                "scheme": "nd43-2011", "highest": "4", "weakest": "3",
                "centres": {
                    "levels": [
                        {"level": "3", "scheme": "nd43-2011", "count": 150},
                        {"level": "4", "scheme": "nd43-2011", "count": 30}
                    ],
                    "offered_without_level": 30, "unknown": 6, "not_offered": 0, "online": 180
                }
            },
            "complete": true,
            "kind": null,
            "description": null,
            "decision": "3005/QĐ-UBND",
            "steps": [],
            "channels": [{
                "method": "online",
                "time_limit": {"quantity": 1.0, "unit": "working_day", "wording": "1 Ngày làm việc"},
                "time_quantity_without_unit": null,
                "fees": [{
                    "amount": 0, "wording": null, "condition": "Đăng ký đúng hạn", "exemption": null,
                    "legal_basis": null, "period": {"valid_from": null, "valid_to": null}
                }],
                "note": null
            }],
            "time_limit": null,
            "fee_notes": [],
            "cases": [],
            "dossier": [{
                "group": null, "name": "Tờ khai đăng ký khai sinh theo mẫu", "originals": 1, "copies": 0,
                "required": true, "has_form": true, "form_files": null, "component_code": null
            }],
            "dossier_wording": null,
            "results": [{"name": "Giấy khai sinh", "code": null}],
            "conditions": null,
            "legal_basis": [{"number": "123/2015/NĐ-CP", "title": null, "date": null, "issuer": "Chính phủ"}],
            "keywords": [],
            "related": [],
            "events": ["sinh-con"],
            "receiving_address": null,
            "published_level": null,
            "offline_only": null,
            "boundary_free": null,
            "source": {"kind": "dataset", "citation": "Cơ sở dữ liệu quốc gia về thủ tục hành chính", "retrieved_on": null},
            "version": 1,
            "changed_at": "2021-03-01T00:00:00Z"
        })),
        (status = 404, description = "No procedure has this code on the day."),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn find_procedure(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<FindProcedureParams>,
) -> Result<Json<ProcedureView>, Problem> {
    let as_of = params.as_of;
    let procedure = procedure_on(&state.catalogue, &code, as_of).await?;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("unit", params.unit.as_ref()).await?;
    named.finish()?;
    let levels = state.engine.procedure_levels(&procedure.stored.record.code, params.unit.as_ref(), as_of);
    let context = ProcedureContext { as_of, notice: state.site.notice(), levels, scheme: params.scheme };
    Ok(Json(ProcedureView::new(procedure, context)))
}

/// The procedure that a code means on a day, or the problem that there is none.
pub(crate) async fn procedure_on(
    catalogue: &Catalogue,
    code: &ProcedureCode,
    as_of: NaiveDate,
) -> Result<ProcedureAt, Problem> {
    let found = catalogue.procedure(code, as_of).await?;
    found.ok_or_else(|| {
        Problem::not_found(format!("no procedure has the code {:?} on {as_of}", code.as_str()))
    })
}
