//! `GET /api/v1/statistics/indicator`: the official figure beside the honest one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::figures::{INDICATOR_DECIDED_ON, IndicatorRules, OnlineIndicator, Share};
use motcua_catalogue::{Tier, UnitCode};
use motcua_http::{AppState, Problem, Query, QueryParams, QueryReader};
use motcua_search::CoverageRequest;

use crate::csv::{Format, FormatParam, Sheet, answer, cell, read_format, wanted};
use crate::parameter::AsOfParam;
use crate::place::NamedRecords;
use crate::view::code::{Code, TierCode};
use crate::view::figure::{OnlineIndicatorView, ShareView};

/// The unit.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListIndicatorsParams {
    /// Code of a unit. Without it, every province of the day.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    /// Gives the units directly below it as well.
    #[param(value_type = Option<bool>, example = false)]
    below: bool,
    #[param(ignore)]
    format: Option<Format>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for ListIndicatorsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            unit: query.parse("unit"),
            below: query.flag("below"),
            format: read_format(query),
            as_of: query.as_of(),
        }
    }
}

/// The official figure of some units.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IndicatorList {
    /// The units: the one asked for first, then those below it by code; or the provinces by code.
    items: Vec<UnitIndicatorView>,
    /// The rules by which points are given.
    rules: IndicatorRulesView,
    /// Whether the day lies before QĐ 766/QĐ-TTg was decided (2022-06-23): the figure was not official then, and is only
    /// reckoned back to compare.
    #[schema(example = true)]
    before_decision: bool,
    /// Day on which they were counted.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

/// Rules of the official figure, as the site's configuration has them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IndicatorRulesView {
    /// Points for full marks; null where the site names none, because sources differ.
    #[schema(required, example = 4)]
    points: Option<u32>,
    /// Share from which full marks are given, in percent.
    #[schema(minimum = 1, maximum = 100, example = 80)]
    full_marks_percent: u32,
    /// Where the rules were taken from.
    #[schema(example = "Quyết định 766/QĐ-TTg, theo nguồn thứ cấp")]
    source: String,
}

impl From<&IndicatorRules> for IndicatorRulesView {
    fn from(rules: &IndicatorRules) -> Self {
        Self {
            points: rules.points,
            full_marks_percent: rules.full_marks_percent,
            source: rules.source.clone(),
        }
    }
}

/// The official figure of a unit beside the honest one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitIndicatorView {
    /// Code of the unit.
    #[schema(example = "42")]
    code: String,
    /// Its name on the day.
    #[schema(example = "Tỉnh Hà Tĩnh")]
    name: String,
    /// Its tier.
    tier: TierCode,
    /// The official figure; null for a district, for which the sources have no formula.
    #[schema(required)]
    official: Option<OnlineIndicatorView>,
    /// Points for `official.online`, with two decimals; null where the site's rules name no points.
    #[schema(required, example = 3.2)]
    points: Option<f64>,
    /// The honest share online: every pair of procedure and centre counts, what is unknown in the denominator.
    honest: ShareView,
}

/// List the official figure beside the honest one
///
/// Group 3.1 of QĐ 766/QĐ-TTg (share of procedures offered online) as secondary sources describe it: it counts a
/// procedure as online when one centre of the unit offers it so. The honest share counts every centre.
#[utoipa::path(
    get,
    path = "/api/v1/statistics/indicator",
    tag = "statistics",
    params(ListIndicatorsParams, FormatParam, AsOfParam),
    responses(
        (status = 200, description = "The figures.", content(
            (IndicatorList = "application/json", example = json!({
                "items": [{
                    "code": "42", "name": "Tỉnh Hà Tĩnh", "tier": "province",
                    "official": {
                        "online": {"numerator": 9, "denominator": 10, "percent": 90.0},
                        "full": {"numerator": 5, "denominator": 9, "percent": 55.6},
                        "offline_only": 1, "unmarked": 3, "by_old_levels": 9
                    },
                    "points": null,
                    "honest": {"numerator": 412, "denominator": 1240, "percent": 33.2}
                }],
                "rules": {"points": null, "full_marks_percent": 80, "source": "Quyết định 766/QĐ-TTg, theo nguồn thứ cấp"},
                "before_decision": true,
                "as_of": "2021-03-01"
            })),
            (String = "text/csv")
        )),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn list_indicators(
    State(state): State<AppState>,
    Query(params): Query<ListIndicatorsParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ListIndicatorsParams { unit, below, format, as_of } = params;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("unit", unit.as_ref()).await?;
    named.finish()?;
    let mut units = Vec::new();
    if let Some(code) = &unit {
        units.extend(state.catalogue.unit(code, as_of).await?);
    }
    if unit.is_none() || below {
        let mut inside = state.catalogue.units_below(unit.as_ref(), as_of).await?;
        inside.sort_by(|a, b| a.stored.record.code.cmp(&b.stored.record.code));
        units.extend(inside);
    }
    let codes: Vec<UnitCode> = units.iter().map(|unit| unit.stored.record.code.clone()).collect();
    let figures: Vec<(Option<OnlineIndicator>, Share)> = state
        .figures(move |engine| {
            let of = |code: &UnitCode| {
                let request = CoverageRequest { unit: Some(code.clone()), ..CoverageRequest::on(as_of) };
                (engine.online_indicator(code, as_of), engine.coverage(&request).total.online())
            };
            codes.iter().map(of).collect()
        })
        .await?;
    let rules = &state.site.indicator;
    let view = |(unit, (official, honest)): (&motcua_catalogue::UnitAt, (Option<OnlineIndicator>, Share))| {
        let record = &unit.stored.record;
        UnitIndicatorView {
            code: record.code.to_string(),
            name: record.full_name.clone(),
            tier: Code(record.tier),
            official: official.map(Into::into),
            points: official.and_then(|official| rules.score(official.online)),
            honest: honest.into(),
        }
    };
    let list = IndicatorList {
        items: units.iter().zip(figures).map(view).collect(),
        rules: rules.into(),
        before_decision: as_of < INDICATOR_DECIDED_ON,
        as_of,
        notice: state.site.notice(),
    };
    Ok(answer(wanted(format, &headers), list, sheet))
}

fn sheet(list: &IndicatorList) -> Sheet {
    let own = ["as_of", "code", "name", "tier"].map(str::to_owned);
    let official = ShareView::columns("official").into_iter().chain(ShareView::columns("official_full"));
    let honest = ShareView::columns("honest");
    let columns = own.into_iter().chain(official).chain(["points".to_owned()]).chain(honest);
    let columns = columns.chain(["before_decision".to_owned()]);
    let mut sheet = Sheet::new("chi-so-truc-tuyen", columns);
    for unit in &list.items {
        let tier: Tier = unit.tier.0;
        let own = [list.as_of.to_string(), unit.code.clone(), unit.name.clone(), tier.as_str().to_owned()];
        let cells = |share: Option<ShareView>| share.map_or_else(Default::default, ShareView::cells);
        let official = unit.official.as_ref();
        let online = cells(official.map(|official| official.online));
        let full = cells(official.map(|official| official.full));
        let row = own.into_iter().chain(online).chain(full).chain([cell(unit.points)]);
        sheet.row(row.chain(unit.honest.cells()).chain([list.before_decision.to_string()]));
    }
    sheet
}
