//! `GET /api/v1/units/{code}`: one administrative unit, or what became of it.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use motcua_catalogue::{UnitAt, UnitCode, UnitHistory, UnitPeriod};
use motcua_http::{AppState, Path, Problem, ProblemKind, Query, QueryParams, QueryReader};

use crate::parameter::AsOfParam;
use crate::view::part::views;
use crate::view::unit::{SuccessionView, UnitContext, UnitPeriodView, UnitView};

#[derive(Debug)]
pub(crate) struct FindUnitParams {
    as_of: NaiveDate,
}

impl QueryParams for FindUnitParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { as_of: query.as_of() }
    }
}

/// Problem (RFC 9457) of a code that no unit has on the day, but one had or will have on another.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its documentation is used")]
pub(crate) struct GoneUnitProblem {
    /// Address of the problem's type.
    #[schema(rename = "type", format = "uri-reference", example = "/problems/gone")]
    kind: &'static str,
    /// What the type means.
    title: &'static str,
    /// HTTP status.
    #[schema(minimum = 410, maximum = 410, example = 410)]
    status: u16,
    /// What is special about this occurrence.
    detail: String,
    /// Path that was asked for.
    #[schema(format = "uri-reference", example = "/api/v1/units/436")]
    instance: String,
    /// Id of the request, also in the `X-Request-Id` header.
    #[schema(example = "5f1c2a90-00002a")]
    request_id: String,
    /// When the unit existed, and under which codes and names.
    periods: Vec<UnitPeriodView>,
    /// What it was formed from.
    predecessors: Vec<SuccessionView>,
    /// What became of it. More than one, or the extent `part`, means that it was split: ask which part is meant.
    successors: Vec<SuccessionView>,
}

/// Find one administrative unit
///
/// The unit that has the code on the day, with its periods, predecessors and successors. A code that no unit has on
/// that day, but one had before or will have after, gives 410 with what became of that unit: a link from before a
/// merger still leads on.
#[utoipa::path(
    get,
    path = "/api/v1/units/{code}",
    tag = "units",
    params(("code" = String, Path, description = "Code of the unit, with its leading zeros.", example = "42"), AsOfParam),
    responses(
        (status = 200, description = "The unit.", body = UnitView, example = json!({
            "as_of": "2021-03-01",
            "code": "18070",
            "name": "Phường Trần Phú",
            "short_name": "Trần Phú",
            "kind": "phường",
            "tier": "commune",
            "ancestors": [{"code": "42", "name": "Tỉnh Hà Tĩnh"}, {"code": "436", "name": "Thành phố Hà Tĩnh"}],
            "period": {"valid_from": null, "valid_to": "2025-07-01"},
            "lat": null,
            "lon": null,
            "periods": [{
                "code": "18070", "name": "Phường Trần Phú", "kind": "phường", "parent": "436",
                "period": {"valid_from": null, "valid_to": "2025-07-01"}
            }],
            "predecessors": [],
            "successors": [{
                "unit": {"code": "18073", "name": "Phường Thành Sen"}, "tier": "commune",
                "effective_on": "2025-07-01", "extent": "whole", "derived": false
            }],
            "source": {"kind": "dataset", "citation": "Danh mục đơn vị hành chính", "retrieved_on": null},
            "version": 1,
            "changed_at": "2021-03-01T00:00:00Z"
        })),
        (status = 404, description = "No unit ever had this code."),
        (status = 410, description = "No unit has this code on the day, but one had or will have it: what became of it.",
            body = GoneUnitProblem, content_type = "application/problem+json", example = json!({
            "type": "/problems/gone",
            "title": "This unit no longer exists, or does not exist yet, on the day asked for",
            "status": 410,
            "detail": "436 was the code of Thành phố Hà Tĩnh on another day than 2026-11-23",
            "instance": "/api/v1/units/436",
            "request_id": "5f1c2a90-00002a",
            "periods": [{
                "code": "436", "name": "Thành phố Hà Tĩnh", "kind": "thành phố", "parent": "42",
                "period": {"valid_from": null, "valid_to": "2025-07-01"}
            }],
            "predecessors": [],
            "successors": [{
                "unit": {"code": "18073", "name": "Phường Thành Sen"}, "tier": "commune",
                "effective_on": "2025-07-01", "extent": "part", "derived": true
            }]
        }))
    )
)]
pub(crate) async fn find_unit(
    State(state): State<AppState>,
    Path(code): Path<UnitCode>,
    Query(params): Query<FindUnitParams>,
) -> Result<Json<UnitView>, Problem> {
    let as_of = params.as_of;
    if let Some(unit) = state.catalogue.unit(&code, as_of).await? {
        let history = state.catalogue.unit_history(unit.unit_id).await?;
        let context = UnitContext { as_of, notice: state.site.notice(), history };
        return Ok(Json(UnitView::new(unit, context)));
    }
    let ever = state.catalogue.units_ever(&code).await?;
    let Some(unit) = nearest(&ever, as_of) else {
        return Err(Problem::not_found(format!("no unit ever had the code {code}")));
    };
    let history = state.catalogue.unit_history(unit.unit_id).await?;
    Err(gone(unit, history, as_of))
}

/// The unit that had the code last before a day; where there is none, the first that will have it. `units` stand
/// latest first.
fn nearest(units: &[UnitAt], day: NaiveDate) -> Option<&UnitAt> {
    let begun = |unit: &&UnitAt| unit.stored.record.period.valid_from().is_none_or(|from| from <= day);
    units.iter().find(begun).or_else(|| units.last())
}

fn gone(unit: &UnitAt, history: UnitHistory, as_of: NaiveDate) -> Problem {
    let UnitPeriod { code, full_name, .. } = &unit.stored.record;
    let periods: Vec<UnitPeriodView> =
        history.periods.into_iter().map(|period| period.record.into()).collect();
    let predecessors: Vec<SuccessionView> = views(history.predecessors);
    let successors: Vec<SuccessionView> = views(history.successors);
    Problem::new(ProblemKind::Gone)
        .with_detail(format!("{code} was the code of {full_name} on another day than {as_of}"))
        .with_extension("periods", json(&periods))
        .with_extension("predecessors", json(&predecessors))
        .with_extension("successors", json(&successors))
}

fn json<T: Serialize>(list: &[T]) -> Value {
    // Lists of texts, numbers and days always become JSON.
    serde_json::to_value(list).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use motcua_catalogue::{
        Extent, Period, Source, SourceKind, Stored, SuccessionEnd, Tier, UnitName, UnitPeriod,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date in the test")
    }

    fn unit(id: i64, name: &str, period: Period) -> UnitAt {
        let code: UnitCode = "18070".parse().expect("a code");
        let record = UnitPeriod {
            code,
            period,
            tier: Tier::Commune,
            kind: "phường".into(),
            name: name.into(),
            full_name: format!("Phường {name}"),
            parent: None,
            province: "42".parse().expect("a code"),
            continues: false,
            lat: None,
            lon: None,
            extra: std::collections::BTreeMap::new(),
            source: Source {
                kind: SourceKind::Sample, citation: "dữ liệu mẫu".into(), retrieved_on: None
            },
        };
        let changed_at = DateTime::UNIX_EPOCH;
        UnitAt { unit_id: id, stored: Stored { id, version: 1, changed_at, record }, ancestors: Vec::new() }
    }

    #[test]
    fn a_former_unit_is_preferred_to_a_future_one() {
        let future = unit(3, "Mới", Period::since(day("2030-01-01")));
        let former = unit(2, "Trần Phú", Period::until(day("2025-07-01")));
        let units = [future.clone(), former];
        assert_eq!(nearest(&units, day("2026-01-01")).map(|unit| unit.unit_id), Some(2));
        assert_eq!(nearest(&[future], day("2026-01-01")).map(|unit| unit.unit_id), Some(3));
        assert!(nearest(&[], day("2026-01-01")).is_none());
    }

    #[test]
    fn a_gone_unit_names_its_successors() {
        let former = unit(2, "Trần Phú", Period::until(day("2025-07-01")));
        let successor = SuccessionEnd {
            unit: Some(UnitName {
                code: "18073".parse().expect("a code"),
                full_name: "Phường Thành Sen".into(),
            }),
            tier: Some(Tier::Commune),
            effective_on: day("2025-07-01"),
            extent: Extent::Whole,
            derived: false,
        };
        let history = UnitHistory {
            periods: vec![former.stored.clone()],
            predecessors: vec![],
            successors: vec![successor],
        };
        let problem = gone(&former, history, day("2026-01-01"));
        let body = serde_json::to_value(problem.body(None, None)).expect("serialises");
        assert_eq!((&body["status"], &body["type"]), (&410.into(), &"/problems/gone".into()));
        assert_eq!(body["successors"][0]["unit"]["name"], "Phường Thành Sen");
        assert_eq!(body["periods"][0]["period"]["valid_to"], "2025-07-01");
        assert_eq!(body["predecessors"], serde_json::json!([]));
    }
}
