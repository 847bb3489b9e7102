//! Units, centres and fields that a request names: whether they exist on the day, and what became of them where not.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use motcua_catalogue::places::UnitHistory;
use motcua_catalogue::{Catalogue, CentreAt, CentreId, Slug, UnitAt, UnitCode};
use motcua_http::{AppState, ParameterError, Problem, ProblemKind};
use motcua_search::Engine;

use crate::view::part::{PeriodView, UnitNameView, views};
use crate::view::unit::{SuccessionView, UnitPeriodView};

/// Problem (RFC 9457) of a unit or centre that does not exist on the day, but did or will on another.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its documentation is used")]
pub(crate) struct GoneProblem {
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
    #[schema(format = "uri-reference", example = "/api/v1/centres")]
    instance: String,
    /// Id of the request, also in the `X-Request-Id` header.
    #[schema(example = "5f1c2a90-00002a")]
    request_id: String,
    /// The centre, where one was named; the other members are then about its unit.
    #[schema(nullable = false)]
    centre: Option<GoneCentreView>,
    /// When the unit existed, and under which codes and names.
    periods: Vec<UnitPeriodView>,
    /// What the unit was formed from.
    predecessors: Vec<SuccessionView>,
    /// What became of the unit. More than one, or the extent `part`, means that it was split: ask which part is meant.
    successors: Vec<SuccessionView>,
}

/// A centre that does not work on the day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoneCentreView {
    /// Permanent id.
    #[schema(example = "c18070")]
    id: String,
    /// Name.
    #[schema(example = "Bộ phận Tiếp nhận và Trả kết quả phường Trần Phú")]
    name: String,
    /// Its unit while it worked.
    unit: UnitNameView,
    /// When it worked.
    period: PeriodView,
}

/// The example of the problem in the contract.
pub(crate) fn gone_example() -> Value {
    json!({
        "type": ProblemKind::Gone.type_uri(),
        "title": ProblemKind::Gone.row().title_en,
        "status": 410,
        "detail": "436 was the code of Thành phố Hà Tĩnh on another day than 2026-11-23",
        "instance": "/api/v1/centres",
        "request_id": "5f1c2a90-00002a",
        "periods": [{
            "code": "436", "name": "Thành phố Hà Tĩnh", "kind": "thành phố", "parent": "42",
            "period": {"valid_from": null, "valid_to": "2025-07-01"}
        }],
        "predecessors": [],
        "successors": [{
            "unit": {"code": "18073", "name": "Phường Thành Sen"}, "tier": "commune",
            "effective_on": "2025-07-01", "extent": "part", "derived": true, "resolution": null, "remark": null
        }]
    })
}

/// Checks what the filters of a list name, so that a name from another day leads on instead of to an empty list.
pub(crate) struct NamedRecords<'a> {
    catalogue: &'a Catalogue,
    engine: &'a Engine,
    as_of: NaiveDate,
    errors: Vec<ParameterError>,
    gone: Option<Problem>,
}

impl<'a> NamedRecords<'a> {
    /// Nothing checked yet.
    pub(crate) fn new(state: &'a AppState, as_of: NaiveDate) -> Self {
        let (catalogue, engine) = (&state.catalogue, &state.engine);
        Self { catalogue, engine, as_of, errors: Vec::new(), gone: None }
    }

    /// Checks a parameter that names a unit.
    pub(crate) async fn unit(&mut self, parameter: &str, code: Option<&UnitCode>) -> Result<(), Problem> {
        let Some(code) = code else { return Ok(()) };
        // The engine knows from memory; what it does not know may be newer than it.
        if self.engine.has_unit(code, self.as_of) || self.catalogue.unit(code, self.as_of).await?.is_some() {
            return Ok(());
        }
        match gone_unit(self.catalogue, self.engine, code, self.as_of).await? {
            Some(gone) => {
                self.gone.get_or_insert(gone);
            }
            None => self.errors.push(ParameterError::no_such_record(
                parameter,
                code.as_str(),
                "unit ever had this code",
                "use a code that /api/v1/units lists on the day",
            )),
        }
        Ok(())
    }

    /// Checks a parameter that names a centre.
    pub(crate) async fn centre(&mut self, parameter: &str, id: Option<&CentreId>) -> Result<(), Problem> {
        let Some(id) = id.filter(|id| !self.engine.has_centre(id, self.as_of)) else { return Ok(()) };
        match self.catalogue.centre(id).await? {
            Some(centre) if centre.stored.record.period.contains(self.as_of) => {}
            Some(centre) => {
                let gone = gone_centre(self.catalogue, self.engine, centre, self.as_of).await?;
                self.gone.get_or_insert(gone);
            }
            None => self.errors.push(ParameterError::no_such_record(
                parameter,
                id.as_str(),
                "centre ever had this id",
                "use an id that /api/v1/centres lists on the day",
            )),
        }
        Ok(())
    }

    /// Checks a parameter that names fields.
    pub(crate) async fn fields(&mut self, parameter: &str, keys: &[Slug]) -> Result<(), Problem> {
        if keys.iter().all(|key| self.engine.has_field(key)) {
            return Ok(());
        }
        let fields = self.catalogue.fields().await?;
        for key in keys.iter().filter(|key| !fields.iter().any(|field| field.slug == **key)) {
            self.errors.push(ParameterError::no_such_record(
                parameter,
                key.as_str(),
                "field has this key",
                "use a key that /api/v1/fields lists",
            ));
        }
        Ok(())
    }

    /// The problem, where there is one: names that never existed first, all of them at once.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if !self.errors.is_empty() {
            return Err(Problem::parameters(self.errors));
        }
        self.gone.map_or(Ok(()), Err)
    }
}

/// What became of a unit whose code no unit has on the day; absent where no unit ever had it.
pub(crate) async fn gone_unit(
    catalogue: &Catalogue,
    engine: &Engine,
    code: &UnitCode,
    as_of: NaiveDate,
) -> Result<Option<Problem>, Problem> {
    let ever = catalogue.units_ever(code).await?;
    let Some(unit) = nearest(&ever, as_of) else { return Ok(None) };
    let history = engine.unit_history(unit).await?;
    let name = &unit.stored.record.full_name;
    Ok(Some(gone(format!("{code} was the code of {name} on another day than {as_of}"), history)))
}

/// What became of the unit of a centre that does not work on the day.
pub(crate) async fn gone_centre(
    catalogue: &Catalogue,
    engine: &Engine,
    centre: CentreAt,
    as_of: NaiveDate,
) -> Result<Problem, Problem> {
    let CentreAt { stored, unit, .. } = centre;
    let record = stored.record;
    let ever = catalogue.units_ever(&unit.code).await?;
    let own = ever.iter().find(|unit| unit.stored.record.period.overlaps(record.period));
    let history = match own {
        Some(unit) => engine.unit_history(unit).await?,
        None => UnitHistory { periods: Vec::new(), predecessors: Vec::new(), successors: Vec::new() },
    };
    let detail = format!("{} ({}) works on other days than {as_of}", record.id, record.name);
    let view = GoneCentreView {
        id: record.id.into(),
        name: record.name,
        unit: unit.into(),
        period: record.period.into(),
    };
    Ok(gone(detail, history).with_extension("centre", json(&view)))
}

/// The unit that had the code last before a day; where there is none, the first that will have it. `units` stand
/// latest first.
fn nearest(units: &[UnitAt], day: NaiveDate) -> Option<&UnitAt> {
    let begun = |unit: &&UnitAt| unit.stored.record.period.valid_from().is_none_or(|from| from <= day);
    units.iter().find(begun).or_else(|| units.last())
}

fn gone(detail: String, history: UnitHistory) -> Problem {
    let periods: Vec<UnitPeriodView> = views(history.periods);
    let predecessors: Vec<SuccessionView> = views(history.predecessors);
    let successors: Vec<SuccessionView> = views(history.successors);
    Problem::new(ProblemKind::Gone)
        .with_detail(detail)
        .with_extension("periods", json(&periods))
        .with_extension("predecessors", json(&predecessors))
        .with_extension("successors", json(&successors))
}

fn json<T: Serialize + ?Sized>(value: &T) -> Value {
    // Texts, numbers and days always become JSON.
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use motcua_catalogue::places::{Fate, PlaceUnit};
    use motcua_catalogue::{Extent, Period, Source, SourceKind, Stored, Tier, UnitName, UnitPeriod};

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
        let successor = Fate {
            unit: Some(UnitName {
                code: "18073".parse().expect("a code"),
                full_name: "Phường Thành Sen".into(),
            }),
            tier: Some(Tier::Commune),
            effective_on: day("2025-07-01"),
            extent: Extent::Whole,
            derived: false,
            resolution: None,
            remark: None,
            formed_from: None,
            source: None,
        };
        let history = UnitHistory {
            periods: vec![PlaceUnit::new(&former)],
            predecessors: vec![],
            successors: vec![successor],
        };
        let problem = gone("18070 was another's".into(), history);
        let body = serde_json::to_value(problem.body(None, None)).expect("serialises");
        assert_eq!((&body["status"], &body["type"]), (&410.into(), &"/problems/gone".into()));
        assert_eq!(body["successors"][0]["unit"]["name"], "Phường Thành Sen");
        assert_eq!(body["periods"][0]["period"]["valid_to"], "2025-07-01");
        assert_eq!(body["predecessors"], json!([]));
    }
}
