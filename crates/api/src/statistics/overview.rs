//! `GET /api/v1/statistics`: how far online a place is, in groups.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{Scheme, Tier};
use motcua_http::{AppState, OffsetPage, PageInfo, Problem, Query, QueryParams, QueryReader};
use motcua_search::{CoverageAnswer, CoverageBy, CoverageGroup};

use crate::csv::{Format, FormatParam, Sheet, answer, cell, read_format, wanted};
use crate::parameter::{AsOfParam, PageParams};
use crate::statistics::SelectionParams;
use crate::view::code::{Code, TierCode};
use crate::view::figure::{CoverageView, ShareSpreadView};

/// How the pairs are put into groups.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShowStatisticsParams {
    /// What a group is: `centre`, `tier`, `unit` (the units directly below the place, or the provinces; what the place's
    /// own centres offer is a group of its own), `field`, `agency` (that carries the procedures out). Without it, `unit`.
    #[param(value_type = Option<String>, pattern = "^(centre|tier|unit|field|agency)$", example = "unit")]
    by: CoverageBy,
    #[param(ignore)]
    selection: SelectionParams,
    #[param(ignore)]
    format: Option<Format>,
    #[param(ignore)]
    as_of: NaiveDate,
    #[param(ignore)]
    page: OffsetPage,
}

impl QueryParams for ShowStatisticsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let by = query.choice("by", "centre, tier, unit, field or agency", |code| {
            CoverageBy::ALL.into_iter().find(|by| by.as_str() == code)
        });
        Self {
            by: by.unwrap_or(CoverageBy::Unit),
            selection: SelectionParams::read(query),
            format: read_format(query),
            as_of: query.as_of(),
            page: query.offset_page(),
        }
    }
}

/// Figures of a place on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsView {
    /// Day on which they were counted.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
    /// All pairs together.
    total: CoverageView,
    /// Centres that work on the day.
    #[schema(example = 230)]
    centres: u64,
    /// Procedures that make at least one pair.
    #[schema(example = 1243)]
    procedures: u64,
    /// How the share online differs between the groups, those of the place's own centres apart; null without groups.
    #[schema(required)]
    spread: Option<ShareSpreadView>,
    /// The groups, the weakest share online first, then by key. A procedure in several fields, or of several agencies,
    /// counts in each.
    items: Vec<CoverageGroupView>,
    /// Place of this answer in the whole list.
    page: PageInfo,
}

/// Figures of one group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageGroupView {
    /// Code of the unit, id of the centre, code of the tier, key of the field or agency.
    #[schema(example = "18070")]
    key: String,
    /// Name on the day; null for a tier.
    #[schema(required, example = "Phường Trần Phú")]
    name: Option<String>,
    /// Tier of the unit or centre.
    #[schema(required)]
    tier: Option<TierCode>,
    /// Whether it stands for the place's own centres beside the units below it.
    #[schema(example = false)]
    own: bool,
    /// Its pairs.
    figures: CoverageView,
}

impl CoverageGroupView {
    fn new(group: &CoverageGroup, name: Option<String>, scheme: Option<Scheme>) -> Self {
        Self {
            key: group.key.clone(),
            name,
            tier: group.tier.map(Code),
            own: group.is_own,
            figures: CoverageView::new(&group.coverage, scheme),
        }
    }
}

/// Show statistics of a place
///
/// How far the procedures of a place can be done online on a day: every pair of a procedure and a centre that it
/// concerns, by level, with the share online, the weakest group and the spread. `online` has what nobody has said in its
/// denominator; the official figure, in which the best centre counts for all, is `/api/v1/statistics/indicator`. As CSV,
/// the whole list with the total first.
#[utoipa::path(
    get,
    path = "/api/v1/statistics",
    tag = "statistics",
    params(SelectionParams, ShowStatisticsParams, FormatParam, AsOfParam, PageParams),
    responses(
        (status = 200, description = "The figures.", content(
            (StatisticsView = "application/json", example = json!({
                "as_of": "2021-03-01",
                "total": {
                    "pairs": 10, "offered": 8,
                    "levels": [{"level": "2", "scheme": "nd43-2011", "count": 4}, {"level": "4", "scheme": "nd43-2011", "count": 4}],
                    "offered_without_level": 0, "not_offered": 0, "unknown": 1, "not_listed": 1,
                    "online": {"numerator": 4, "denominator": 10, "percent": 40.0},
                    "full": {"numerator": 4, "denominator": 10, "percent": 40.0},
                    "in_scheme": null
                },
                "centres": 2,
                "procedures": 5,
                "spread": {
                    "groups": 1,
                    "weakest": {"key": "436", "share": {"numerator": 4, "denominator": 10, "percent": 40.0}},
                    "lower_quartile": {"numerator": 4, "denominator": 10, "percent": 40.0},
                    "median": {"numerator": 4, "denominator": 10, "percent": 40.0},
                    "upper_quartile": {"numerator": 4, "denominator": 10, "percent": 40.0},
                    "best": {"key": "436", "share": {"numerator": 4, "denominator": 10, "percent": 40.0}},
                    "gap_points": 0.0
                },
                "items": [{
                    "key": "436", "name": "Thành phố Hà Tĩnh", "tier": "district", "own": false,
                    "figures": {
                        "pairs": 10, "offered": 8,
                        "levels": [{"level": "2", "scheme": "nd43-2011", "count": 4}, {"level": "4", "scheme": "nd43-2011", "count": 4}],
                        "offered_without_level": 0, "not_offered": 0, "unknown": 1, "not_listed": 1,
                        "online": {"numerator": 4, "denominator": 10, "percent": 40.0},
                        "full": {"numerator": 4, "denominator": 10, "percent": 40.0},
                        "in_scheme": null
                    }
                }],
                "page": {"next_cursor": null, "total": 1}
            })),
            (String = "text/csv")
        )),
        (status = 410, description = "The unit or centre named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn show_statistics(
    State(state): State<AppState>,
    Query(params): Query<ShowStatisticsParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ShowStatisticsParams { by, selection, format, as_of, page } = params;
    selection.check(&state, as_of).await?;
    let request = selection.request(as_of, Some(by));
    let found = state.figures(move |engine| engine.coverage(&request)).await?;
    let format = wanted(format, &headers);
    let groups = match format {
        Format::Json => part(&found, &page),
        Format::Csv => &found.groups,
    };
    let names = match by {
        CoverageBy::Agency => {
            state.catalogue.agency_names(groups.iter().map(|group| group.key.as_str())).await?
        }
        _ => Default::default(),
    };
    let view = |group: &CoverageGroup| {
        let name = group.name.clone().or_else(|| names.get(&group.key).cloned());
        CoverageGroupView::new(group, name, selection.scheme())
    };
    let statistics = StatisticsView {
        as_of,
        notice: state.site.notice(),
        total: CoverageView::new(&found.total, selection.scheme()),
        centres: found.centres,
        procedures: found.procedures,
        spread: found.spread.clone().map(Into::into),
        items: groups.iter().map(view).collect(),
        page: page.info(groups.len(), found.groups.len() as u64),
    };
    Ok(answer(format, statistics, sheet))
}

fn part<'a>(found: &'a CoverageAnswer, page: &OffsetPage) -> &'a [CoverageGroup] {
    let from = (page.offset as usize).min(found.groups.len());
    let to = from.saturating_add(page.size as usize).min(found.groups.len());
    found.groups.get(from..to).unwrap_or_default()
}

fn sheet(statistics: &StatisticsView) -> Sheet {
    let own = ["as_of", "key", "name", "tier", "own"].map(str::to_owned);
    let mut sheet = Sheet::new("thong-ke", own.into_iter().chain(CoverageView::columns()));
    let day = statistics.as_of.to_string();
    let total = [day.clone(), "total".to_owned(), String::new(), String::new(), "false".to_owned()];
    sheet.row(total.into_iter().chain(statistics.total.cells()));
    for group in &statistics.items {
        let tier: Option<Tier> = group.tier.map(|tier| tier.0);
        let own = [
            day.clone(),
            group.key.clone(),
            cell(group.name.as_ref()),
            cell(tier.map(Tier::as_str)),
            group.own.to_string(),
        ];
        sheet.row(own.into_iter().chain(group.figures.cells()));
    }
    sheet
}
