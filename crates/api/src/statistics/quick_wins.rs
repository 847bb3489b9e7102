//! `GET /api/v1/statistics/quick-wins`: which procedures would raise the figures most.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{Tier, UnitCode};
use motcua_http::{AppState, Problem, Query, QueryParams, QueryReader};
use motcua_search::QuickWin;

use crate::csv::{Format, FormatParam, Sheet, answer, cell, read_format, wanted};
use crate::parameter::AsOfParam;
use crate::place::NamedRecords;
use crate::view::availability::ProcedureNameView;
use crate::view::code::{Code, TierCode};
use crate::view::figure::{CoverageView, ShareView};
use crate::view::part::views;

/// The place.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuickWinsParams {
    /// Code of a unit: its centres and those of the units below it. Without it, the whole country.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    #[param(ignore)]
    format: Option<Format>,
    #[param(ignore)]
    as_of: NaiveDate,
}

impl QueryParams for ListQuickWinsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { unit: query.parse("unit"), format: read_format(query), as_of: query.as_of() }
    }
}

/// Procedures that would raise the figures most.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuickWinList {
    /// For the honest share: every listing of the procedure at the tier goes online. First comes what would raise it most if
    /// the place followed in the proportion in which the tier's centres have gone online already.
    items: Vec<QuickWinView>,
    /// For the official figure: one listing goes online, of a procedure that is online nowhere in the place yet. Each adds the
    /// same; the largest proportion of centres that are online already comes first.
    official: Vec<QuickWinView>,
    /// Day on which they were looked at.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

/// A procedure that could be offered online at more centres.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuickWinView {
    /// The procedure.
    procedure: ProcedureNameView,
    /// Tier of the centres.
    tier: TierCode,
    /// How many listings of the place would change.
    #[schema(example = 40)]
    listings: u64,
    /// What that adds: `percent` is in percentage points of the figure.
    effect: ShareView,
    /// The evidence: centres of the same tier in the whole catalogue that offer it online already.
    #[schema(example = 176)]
    online_centres: u64,
    /// How many of those lie outside the place.
    #[schema(example = 0)]
    online_elsewhere: u64,
    /// Out of how many centres of the tier in the catalogue that it concerns.
    #[schema(example = 229)]
    concerned_centres: u64,
    /// How the place's centres of the tier have it now.
    here: CoverageView,
}

impl From<QuickWin> for QuickWinView {
    fn from(win: QuickWin) -> Self {
        Self {
            procedure: ProcedureNameView { code: win.code.into(), name: win.name },
            tier: Code(win.tier),
            listings: win.listings,
            effect: win.effect.into(),
            online_centres: win.online_centres,
            online_elsewhere: win.online_elsewhere,
            concerned_centres: win.concerned_centres,
            here: CoverageView::new(&win.here, None),
        }
    }
}

/// List quick wins
///
/// At most ten procedures that would raise the honest share, and ten that would raise the official figure, of a place most.
/// A procedure is only named where a centre of the same tier offers it online already, and never where its record says
/// that it is done offline only.
#[utoipa::path(
    get,
    path = "/api/v1/statistics/quick-wins",
    tag = "statistics",
    params(ListQuickWinsParams, FormatParam, AsOfParam),
    responses(
        (status = 200, description = "The procedures.", content(
            (QuickWinList = "application/json", example = json!({
                "items": [{
                    "procedure": {"code": "1.001193", "name": "Thủ tục đăng ký khai sinh"},
                    "tier": "commune",
                    "listings": 6,
                    "effect": {"numerator": 6, "denominator": 100, "percent": 6.0},
                    "online_centres": 4,
                    "online_elsewhere": 0,
                    "concerned_centres": 10,
                    "here": {
                        "pairs": 10, "offered": 8,
                        "levels": [{"level": "2", "scheme": "nd43-2011", "count": 4}, {"level": "4", "scheme": "nd43-2011", "count": 4}],
                        "offered_without_level": 0, "not_offered": 0, "unknown": 1, "not_listed": 1,
                        "online": {"numerator": 4, "denominator": 10, "percent": 40.0},
                        "full": {"numerator": 4, "denominator": 10, "percent": 40.0},
                        "in_scheme": null
                    }
                }],
                "official": [],
                "as_of": "2021-03-01"
            })),
            (String = "text/csv")
        )),
        (status = 410, description = "The unit named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn list_quick_wins(
    State(state): State<AppState>,
    Query(params): Query<ListQuickWinsParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ListQuickWinsParams { unit, format, as_of } = params;
    let mut named = NamedRecords::new(&state, as_of);
    named.unit("unit", unit.as_ref()).await?;
    named.finish()?;
    let wins = state.figures(move |engine| engine.quick_wins(unit.as_ref(), as_of)).await?;
    let list = QuickWinList {
        items: views(wins.honest),
        official: views(wins.official),
        as_of,
        notice: state.site.notice(),
    };
    Ok(answer(wanted(format, &headers), list, sheet))
}

fn sheet(list: &QuickWinList) -> Sheet {
    let own = ["as_of", "figure", "code", "name", "tier", "listings"].map(str::to_owned);
    let effect = ShareView::columns("effect");
    let evidence = ["online_centres", "online_elsewhere", "concerned_centres"].map(str::to_owned);
    let mut sheet = Sheet::new("viec-nen-lam-truoc", own.into_iter().chain(effect).chain(evidence));
    for (figure, wins) in [("honest", &list.items), ("official", &list.official)] {
        for win in wins {
            let tier: Tier = win.tier.0;
            let own = [
                list.as_of.to_string(),
                figure.to_owned(),
                win.procedure.code.clone(),
                win.procedure.name.clone(),
                cell(Some(tier.as_str())),
                win.listings.to_string(),
            ];
            let evidence = [win.online_centres, win.online_elsewhere, win.concerned_centres];
            let evidence = evidence.map(|centres| centres.to_string());
            sheet.row(own.into_iter().chain(win.effect.cells()).chain(evidence));
        }
    }
    sheet
}
