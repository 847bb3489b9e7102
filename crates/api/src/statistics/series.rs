//! `GET /api/v1/statistics/series`: the figures of a place over time.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{Months, NaiveDate};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_http::{AppState, ErrorCode, Location, ParameterError, Problem, Query, QueryParams, QueryReader};
use motcua_search::{SeriesPoint, SeriesRequest, SeriesStep};

use crate::csv::{Format, FormatParam, Sheet, answer, read_format, wanted};
use crate::parameter::AsOfParam;
use crate::statistics::SelectionParams;
use crate::view::figure::CoverageView;

/// The days of a series.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListStatisticsSeriesParams {
    /// First day. Without it, two years before the last.
    #[param(value_type = Option<String>, example = "2020-01-01")]
    from: NaiveDate,
    /// Last day. Without it, the day `as_of`.
    #[param(value_type = Option<String>, example = "2021-03-01")]
    to: NaiveDate,
    /// Which days between: `month` (the first of every month) or `change` (every day on which the figures differ from those
    /// of the day before). Without it, `month`. With more than 121 days, the latest are given, and `cut` is true.
    #[param(value_type = Option<String>, pattern = "^(month|change)$", example = "month")]
    step: SeriesStep,
    #[param(ignore)]
    selection: SelectionParams,
    #[param(ignore)]
    format: Option<Format>,
}

impl QueryParams for ListStatisticsSeriesParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let selection = SelectionParams::read(query);
        let step = query.choice("step", "month or change", |code| {
            SeriesStep::ALL.into_iter().find(|step| step.as_str() == code)
        });
        let as_of = query.as_of();
        let to = query.day("to").unwrap_or(as_of);
        let from = query.day("from").unwrap_or_else(|| to.checked_sub_months(Months::new(24)).unwrap_or(to));
        if from > to {
            query.fault(ParameterError {
                parameter: "from".to_owned(),
                location: Location::Query,
                value: Some(from.to_string()),
                code: ErrorCode::Conflict,
                reason: format!("it lies after the last day, {to}"),
                remedy: "use a day that is not after `to`".to_owned(),
            });
        }
        Self { from, to, step: step.unwrap_or(SeriesStep::Month), selection, format: read_format(query) }
    }
}

/// Figures of a place over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsSeries {
    /// The days, oldest first. The first is where the series begins, which need not be a change.
    items: Vec<SeriesPointView>,
    /// Whether the series begins later than `from`, because it would have more than 121 days, or because the whole catalogue
    /// changed on too many days to look through for `step=change`. Ask again with the first day as `to` for what lies before.
    #[schema(example = false)]
    cut: bool,
    /// The first day on which some centre of the selection has said something, where the series begins before it: on the
    /// days before there is no share. Null otherwise.
    #[schema(required, example = "2020-12-01")]
    recorded_from: Option<NaiveDate>,
    /// Days on which the words for levels change by law or units are reorganised, oldest first. The figures on both sides
    /// of such a day are not to be compared directly.
    #[schema(example = json!(["2022-08-15"]))]
    breaks: Vec<NaiveDate>,
    /// The last day.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

/// Figures of one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesPointView {
    /// The day.
    #[schema(example = "2021-03-01")]
    day: NaiveDate,
    /// Centres that work on it.
    #[schema(example = 230)]
    centres: u64,
    /// The pairs.
    figures: CoverageView,
}

/// List the figures of a place over time
///
/// The total of `/api/v1/statistics` on several days. A unit is the one that has the code on each day: where none has it,
/// there are no centres and no pairs on that day. Where no centre has said anything yet, `percent` is null.
#[utoipa::path(
    get,
    path = "/api/v1/statistics/series",
    tag = "statistics",
    params(SelectionParams, ListStatisticsSeriesParams, FormatParam, AsOfParam),
    responses(
        (status = 200, description = "The figures.", content(
            (StatisticsSeries = "application/json", example = json!({
                "items": [{
                    "day": "2021-03-01",
                    "centres": 2,
                    "figures": {
                        "pairs": 10, "offered": 8,
                        "levels": [{"level": "2", "scheme": "nd43-2011", "count": 4}, {"level": "4", "scheme": "nd43-2011", "count": 4}],
                        "offered_without_level": 0, "not_offered": 0, "unknown": 1, "not_listed": 1,
                        "online": {"numerator": 4, "denominator": 10, "percent": 40.0},
                        "full": {"numerator": 4, "denominator": 10, "percent": 40.0},
                        "in_scheme": null
                    }
                }],
                "cut": false,
                "recorded_from": null,
                "breaks": [],
                "as_of": "2021-03-01"
            })),
            (String = "text/csv")
        )),
        (status = 410, description = "The unit or centre named does not exist on the last day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn list_statistics_series(
    State(state): State<AppState>,
    Query(params): Query<ListStatisticsSeriesParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ListStatisticsSeriesParams { from, to, step, selection, format } = params;
    selection.check(&state, to).await?;
    let request = SeriesRequest { coverage: selection.request(to, None), from, to, step };
    let found = state.figures(move |engine| engine.coverage_series(&request)).await?;
    let view = |point: &SeriesPoint| {
        let figures = CoverageView::new(&point.coverage, selection.scheme());
        if point.is_recorded() { figures } else { figures.without_shares() }
    };
    let items = found
        .points
        .into_iter()
        .map(|point| SeriesPointView { day: point.day, centres: point.centres, figures: view(&point) })
        .collect();
    let series = StatisticsSeries {
        items,
        cut: found.is_cut,
        recorded_from: found.recorded_from,
        breaks: found.breaks,
        as_of: to,
        notice: state.site.notice(),
    };
    Ok(answer(wanted(format, &headers), series, sheet))
}

fn sheet(series: &StatisticsSeries) -> Sheet {
    let own = ["day", "centres"].map(str::to_owned);
    let mut sheet = Sheet::new("thong-ke-theo-thoi-gian", own.into_iter().chain(CoverageView::columns()));
    for point in &series.items {
        let own = [point.day.to_string(), point.centres.to_string()];
        sheet.row(own.into_iter().chain(point.figures.cells()));
    }
    sheet
}
