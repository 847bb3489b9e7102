//! `GET /api/v1/centres/{id}/figures`: what a centre reports of its own work.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{CentreFigure, CentreId, Stored};
use motcua_http::{AppState, Path, Problem, Query, QueryParams, QueryReader};

use crate::centre::find::centre_ever;
use crate::csv::{Format, FormatParam, Sheet, answer, cell, read_format, wanted};
use crate::parameter::AsOfParam;
use crate::view::figure::ShareView;
use crate::view::part::{SourceView, views};

/// Months in an answer where a request does not say.
const MONTHS: u32 = 24;

/// Which months.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListCentreFiguresParams {
    /// How many months at most, the latest first; 24 where it is not given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 120, example = 12)]
    months: u32,
    #[param(ignore)]
    format: Option<Format>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for ListCentreFiguresParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            months: query.number("months", 1..=120).unwrap_or(MONTHS),
            format: read_format(query),
            as_of: query.as_of(),
        }
    }
}

/// Working figures of a centre.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreFigureList {
    /// The months that were over on the day and of which something is known, the latest first.
    items: Vec<CentreFigureView>,
    /// The day.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

/// Working figures of a centre in a month. Null is not known, and never zero.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreFigureView {
    /// The month.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2021-02")]
    month: String,
    /// Dossiers received (tiếp nhận).
    #[schema(required, example = 1200)]
    received: Option<u32>,
    /// How many of those came online (trực tuyến).
    #[schema(required, example = 480)]
    received_online: Option<u32>,
    /// Dossiers resolved (đã giải quyết), whenever they were received.
    #[schema(required, example = 1150)]
    resolved: Option<u32>,
    /// How many of those were in time (đúng hạn).
    #[schema(required, example = 1139)]
    on_time: Option<u32>,
    /// How many of those were late (quá hạn).
    #[schema(required, example = 11)]
    overdue: Option<u32>,
    /// Satisfaction in percent, as the source measured it (hài lòng).
    #[schema(required, minimum = 0, maximum = 100, example = 98.5)]
    satisfaction_percent: Option<f64>,
    /// Share of the received dossiers that came online; null where either is not known.
    #[schema(required)]
    online_share: Option<ShareView>,
    /// Share of the resolved dossiers that were in time; null where either is not known.
    #[schema(required)]
    on_time_share: Option<ShareView>,
    /// Where the figures come from.
    source: SourceView,
    /// Version of the record, raised by every change.
    #[schema(minimum = 1, example = 1)]
    version: u32,
    /// When the record last changed.
    changed_at: DateTime<Utc>,
}

impl From<Stored<CentreFigure>> for CentreFigureView {
    fn from(stored: Stored<CentreFigure>) -> Self {
        let Stored { version, changed_at, record, .. } = stored;
        Self {
            online_share: record.online_share().map(Into::into),
            on_time_share: record.on_time_share().map(Into::into),
            month: record.month.to_string(),
            received: record.received,
            received_online: record.received_online,
            resolved: record.resolved,
            on_time: record.on_time,
            overdue: record.overdue,
            satisfaction_percent: record.satisfaction.map(Into::into),
            source: record.source.into(),
            version,
            changed_at,
        }
    }
}

/// List the working figures of a centre
///
/// Month by month: dossiers received, received online, resolved, in time and overdue, and satisfaction, as the centre or
/// its province reported them. Only months that were over on the day.
#[utoipa::path(
    get,
    path = "/api/v1/centres/{id}/figures",
    tag = "statistics",
    params(
        ("id" = String, Path, description = "Id of the centre.", example = "p42"),
        ListCentreFiguresParams,
        FormatParam,
        AsOfParam
    ),
    responses(
        (status = 200, description = "The figures.", content(
            (CentreFigureList = "application/json", example = json!({
                "items": [{
                    "month": "2021-02",
                    "received": 1200, "received_online": 480, "resolved": 1150, "on_time": 1139, "overdue": 11,
                    "satisfaction_percent": 98.5,
                    "online_share": {"numerator": 480, "denominator": 1200, "percent": 40.0},
                    "on_time_share": {"numerator": 1139, "denominator": 1150, "percent": 99.0},
                    "source": {"kind": "dataset", "citation": "Báo cáo tháng 02/2021", "retrieved_on": null},
                    "version": 1,
                    "changed_at": "2021-03-01T00:00:00Z"
                }],
                "as_of": "2021-03-01"
            })),
            (String = "text/csv")
        )),
        (status = 404, description = "No centre ever had this id.")
    )
)]
pub(crate) async fn list_centre_figures(
    State(state): State<AppState>,
    Path(id): Path<CentreId>,
    Query(params): Query<ListCentreFiguresParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ListCentreFiguresParams { months, format, as_of } = params;
    centre_ever(&state.catalogue, &id).await?;
    let figures = state.catalogue.centre_figures(&id, as_of, months).await?;
    let list = CentreFigureList { items: views(figures), as_of, notice: state.site.notice() };
    Ok(answer(wanted(format, &headers), list, sheet))
}

fn sheet(list: &CentreFigureList) -> Sheet {
    let columns = [
        "month",
        "received",
        "received_online",
        "resolved",
        "on_time",
        "overdue",
        "satisfaction",
        "source_kind",
        "source_citation",
    ];
    let mut sheet = Sheet::new("so-lieu-trung-tam", columns.map(str::to_owned));
    for month in &list.items {
        let numbers = [month.received, month.received_online, month.resolved, month.on_time, month.overdue];
        let source = [month.source.kind.0.as_str().to_owned(), month.source.citation.clone()];
        let own = std::iter::once(month.month.clone()).chain(numbers.map(cell));
        sheet.row(own.chain([cell(month.satisfaction_percent)]).chain(source));
    }
    sheet
}
