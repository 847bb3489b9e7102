//! Statistics: how far online a place is on a day, by tier, unit and field, over time, and what would help most.

mod parts;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use chrono::Months;
use motcua_catalogue::figures::{IndicatorRules, OnlineIndicator, Share};
use motcua_catalogue::{Slug, Tier};
use motcua_http::{AppState, ErrorCode, Location, ParameterError, Problem, Query, QueryParams, QueryReader};
use motcua_search::{
    CoverageAnswer, CoverageBy, CoverageRequest, QuickWin, QuickWins, Series, SeriesRequest, SeriesStep,
};

use crate::address::Address;
use crate::charts::{StackChart, StepChart};
use crate::figure_words::{points, share};
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::{Page, place_in_view, show};
use crate::words;

use parts::{CountTable, OfficialView, SeriesRow, WinView};

/// How many months back the series goes.
const MONTHS: u32 = 24;

/// How many units the chart draws; the table names all of them.
const BARS: usize = 12;

/// How many units, and fields, the tables name; the files have all of them.
const ROWS: usize = 100;

/// How many fields the table names.
const FIELDS: usize = 15;

/// Order of the units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Weakest,
    Strongest,
    Code,
}

impl Order {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Weakest, "weakest", "statistics-sort-weakest"),
        (Self::Strongest, "strongest", "statistics-sort-strongest"),
        (Self::Code, "code", "statistics-sort-code"),
    ];
}

/// Parameters of the page.
pub(crate) struct StatisticsParams {
    pub(crate) tier: Option<Tier>,
    pub(crate) field: Option<Slug>,
    pub(crate) order: Order,
    pub(crate) view: View,
}

impl QueryParams for StatisticsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let tier = query.choice("tier", "province, district or commune", |code| {
            [Tier::Province, Tier::District, Tier::Commune].into_iter().find(|tier| tier.as_str() == code)
        });
        let order = query.choice("sort", "weakest, strongest or code", |given| {
            Order::ALL.into_iter().find(|(_, code, _)| *code == given).map(|(order, ..)| order)
        });
        Self {
            tier,
            field: query.parse("field"),
            order: order.unwrap_or(Order::Weakest),
            view: View::read(query),
        }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/statistics.html")]
pub(crate) struct StatisticsPage {
    pub frame: Frame,
    pub intro: String,
    /// Filters in force, each with the address without it.
    pub filters: Vec<Link>,
    /// Absent where there is nothing to count.
    pub figures: Option<Figures>,
}

/// Everything that is counted.
pub(crate) struct Figures {
    pub online: String,
    pub online_note: String,
    pub official: OfficialView,
    pub spread: Option<SpreadWords>,
    pub unsaid: String,
    pub tiers_chart: StackChart,
    pub tiers: CountTable,
    pub units: Option<Units>,
    pub fields: CountTable,
    pub fields_more: Option<String>,
    pub series_title: String,
    pub series_chart: Option<StepChart>,
    /// What is to be known of it: where it begins, and what is not to be compared.
    pub series_notes: Vec<String>,
    pub series: Vec<SeriesRow>,
    pub wins: Vec<Wins>,
    pub files: Vec<Link>,
}

/// The weakest unit, and how the units differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpreadWords {
    pub weakest: Link,
    pub weakest_share: String,
    pub gap: String,
    pub quartiles: String,
}

/// The units below the place.
pub(crate) struct Units {
    pub title: String,
    pub orders: Vec<SortLink>,
    pub chart: StackChart,
    pub chart_note: Option<String>,
    pub table: CountTable,
    pub more: Option<String>,
}

/// What would help one figure most.
pub(crate) struct Wins {
    pub title: String,
    /// None where nothing would.
    pub items: Vec<WinView>,
}

/// A way to sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortLink {
    pub label: String,
    pub href: Address,
    pub chosen: bool,
}

/// What the engine counted.
pub(crate) struct Counted {
    pub tiers: Arc<CoverageAnswer>,
    pub units: Arc<CoverageAnswer>,
    pub fields: Arc<CoverageAnswer>,
    pub series: Series,
    pub indicator: Option<OnlineIndicator>,
    pub wins: QuickWins,
}

/// `GET /vi/thong-ke`.
pub(crate) async fn show_statistics(
    State(state): State<AppState>,
    Query(params): Query<StatisticsParams>,
) -> Page {
    let l10n = L10n::vi();
    let view = &params.view;
    let field = match &params.field {
        Some(key) => Some(field_name(&state, key).await?),
        None => None,
    };
    if let (Some(centre), Some(unit)) = (view.centre(), view.unit())
        && state.engine.lies_outside(&centre, &unit, view.as_of)
    {
        return Err(Problem::parameters(vec![ParameterError {
            parameter: "centre".to_owned(),
            location: Location::Query,
            value: Some(centre.to_string()),
            code: ErrorCode::Conflict,
            reason: format!("it lies outside the unit {unit} on {}", view.as_of),
            remedy: "leave out unit or centre, or name the unit in which the centre lies".to_owned(),
        }]));
    }
    let here = view
        .carried
        .to(Address::new("/vi/thong-ke"))
        .maybe("tier", params.tier.map(Tier::as_str))
        .maybe("field", params.field.as_ref().map(Slug::as_str));
    let place = place_in_view(&state, view, &here).await?;
    let name =
        place.as_ref().map_or_else(|| l10n.t("statistics-nation").to_string(), |place| place.name.clone());
    let title = l10n.t("statistics-title").arg("place", &name).to_string();
    let mut frame = Frame::new(&state.site, view, &here, title);
    frame.description = l10n.t("statistics-description").arg("place", &name).to_string();
    frame.place = place;
    let way = vec![frame.last_crumb()];
    let frame = frame.within(Part::None, way);
    let figures = if frame.former().is_some() {
        None
    } else {
        let counted = count(&state, &params).await?;
        (counted.tiers.total.pairs() > 0)
            .then(|| figures(l10n, &state.site.indicator, &params, &frame, &here, &counted))
    };
    let page = StatisticsPage {
        intro: l10n
            .t("statistics-intro")
            .arg("place", &name)
            .arg("date", words::date(view.as_of))
            .to_string(),
        filters: filters(l10n, &params, field.as_deref(), &here),
        figures,
        frame,
    };
    show(&page)
}

/// The name of a field; a problem where there is none with the key.
async fn field_name(state: &AppState, key: &Slug) -> Result<String, Problem> {
    let fields = state.catalogue.fields().await?;
    let field = fields.into_iter().find(|field| field.slug == *key);
    field.map(|field| field.name).ok_or_else(|| {
        Problem::parameters(vec![ParameterError::no_such_record(
            "field",
            key.as_str(),
            "field has this key",
            "choose a field on the page",
        )])
    })
}

async fn count(state: &AppState, params: &StatisticsParams) -> Result<Counted, Problem> {
    let as_of = params.view.as_of;
    let request = CoverageRequest {
        unit: params.view.unit(),
        centre: params.view.centre(),
        tier: params.tier,
        field: params.field.clone(),
        ..CoverageRequest::on(as_of)
    };
    let unfiltered = params.tier.is_none() && params.field.is_none() && request.centre.is_none();
    state
        .figures(move |engine| {
            let by = |by| engine.coverage(&CoverageRequest { by: Some(by), ..request.clone() });
            let series = SeriesRequest {
                coverage: request.clone(),
                from: as_of.checked_sub_months(Months::new(MONTHS)).unwrap_or(as_of),
                to: as_of,
                step: SeriesStep::Month,
            };
            Counted {
                tiers: by(CoverageBy::Tier),
                units: by(CoverageBy::Unit),
                fields: by(CoverageBy::Field),
                series: engine.coverage_series(&series),
                indicator: request
                    .unit
                    .as_ref()
                    .filter(|_| unfiltered)
                    .and_then(|unit| engine.online_indicator(unit, as_of)),
                wins: if unfiltered {
                    engine.quick_wins(request.unit.as_ref(), as_of)
                } else {
                    QuickWins::default()
                },
            }
        })
        .await
}

/// Words and charts for what was counted.
pub(crate) fn figures(
    l10n: &L10n,
    rules: &IndicatorRules,
    params: &StatisticsParams,
    frame: &Frame,
    here: &Address,
    counted: &Counted,
) -> Figures {
    let total = &counted.tiers.total;
    let tier_name = |key: &str| {
        let tier = Tier::ALL.into_iter().find(|tier| tier.as_str() == key);
        tier.map_or_else(|| key.to_owned(), |tier| l10n.t(words::tier_key(tier)).to_string())
    };
    let mut by_tier: Vec<_> = counted.tiers.groups.iter().collect();
    by_tier.sort_by_key(|group| Tier::ALL.into_iter().position(|tier| tier.as_str() == group.key));
    let tiers: Vec<parts::Row<'_>> = by_tier
        .iter()
        .map(|group| parts::Row {
            label: tier_name(&group.key),
            href: Some(here.clone().with("tier", &group.key)),
            coverage: &group.coverage,
        })
        .collect();
    let whole = parts::Row { label: l10n.t("statistics-total").to_string(), href: None, coverage: total };
    // With a single tier, the total would only say the same once more.
    let whole = (tiers.len() > 1).then_some(whole);
    let bars = parts::bars(whole.iter().chain(&tiers));
    let fields = counted.fields.groups.iter().take(FIELDS).map(|group| parts::Row {
        label: group.name.clone().unwrap_or_else(|| group.key.clone()),
        href: Some(here.clone().with("field", &group.key)),
        coverage: &group.coverage,
    });
    let fields: Vec<parts::Row<'_>> = fields.collect();
    let files = parts::files(l10n, params, here);
    let rest = counted.fields.groups.len().saturating_sub(fields.len());
    Figures {
        online: share(l10n, total.online()),
        online_note: l10n
            .t("statistics-online-note")
            .arg("centres", counted.tiers.centres)
            .arg("procedures", counted.tiers.procedures)
            .to_string(),
        official: OfficialView::new(l10n, rules, counted.indicator.as_ref(), params.view.as_of),
        spread: spread_words(l10n, frame, counted),
        unsaid: share(l10n, Share::of(total.unknown(), total.pairs())),
        tiers_chart: StackChart::new(l10n, "cap", l10n.t("statistics-tiers-chart").to_string(), &bars),
        tiers: CountTable::new(l10n, whole.iter().chain(&tiers)),
        units: units(l10n, params, frame, here, counted),
        fields: CountTable::new(l10n, fields.iter()),
        fields_more: (rest > 0).then(|| l10n.t("statistics-more").arg("n", rest).to_string()),
        series_title: l10n.t("statistics-series-caption").arg("n", u64::from(MONTHS)).to_string(),
        series_chart: series_chart(l10n, &counted.series),
        series_notes: parts::series_notes(l10n, &counted.series),
        series: parts::series_rows(l10n, &counted.series.points),
        wins: wins(l10n, frame, counted),
        files,
    }
}

fn series_chart(l10n: &L10n, series: &Series) -> Option<StepChart> {
    let points = parts::step_points(&series.points);
    let breaks: Vec<i64> = series.breaks.iter().map(|day| parts::day_number(*day)).collect();
    let chart = StepChart::new("thoi-gian", l10n.t("statistics-series-chart").to_string(), &points)?;
    Some(chart.with_breaks(&points, &breaks))
}

fn wins(l10n: &L10n, frame: &Frame, counted: &Counted) -> Vec<Wins> {
    let list = |key: &str, wins: &[QuickWin]| Wins {
        title: l10n.t(key).to_string(),
        items: wins.iter().map(|win| WinView::new(l10n, frame, win)).collect(),
    };
    let QuickWins { honest, official } = &counted.wins;
    // What is online at the only centre is online in the place: both lists would name the same.
    if counted.tiers.centres == 1 && !honest.is_empty() && !official.is_empty() {
        return vec![list("statistics-wins-both", honest)];
    }
    let mut wins = Vec::new();
    if !honest.is_empty() {
        wins.push(list("statistics-wins-honest", honest));
    }
    // Nothing to do with one centre is an answer as well, where the figure is reckoned at all.
    if !official.is_empty() || (counted.indicator.is_some() && !honest.is_empty()) {
        wins.push(list("statistics-wins-official", official));
    }
    wins
}

fn unit_link(frame: &Frame, key: &str, name: &str) -> Link {
    let href = frame.to("/vi/thong-ke").without("centre").with("unit", key);
    Link { label: name.to_owned(), href }
}

fn spread_words(l10n: &L10n, frame: &Frame, counted: &Counted) -> Option<SpreadWords> {
    let spread = counted.units.spread.as_ref().filter(|spread| spread.units > 1)?;
    let name = |key: &str| {
        let group = counted.units.groups.iter().find(|group| group.key == key && !group.is_own);
        group.and_then(|group| group.name.clone()).unwrap_or_else(|| key.to_owned())
    };
    Some(SpreadWords {
        weakest: unit_link(frame, &spread.weakest.code, &name(&spread.weakest.code)),
        weakest_share: share(l10n, spread.weakest.share),
        gap: l10n
            .t("statistics-gap")
            .arg("points", points(spread.gap_points()))
            .arg("unit", name(&spread.best.code))
            .arg("share", share(l10n, spread.best.share))
            .to_string(),
        quartiles: l10n
            .t("statistics-quartiles")
            .arg("lower", crate::figure_words::percent(spread.lower_quartile))
            .arg("median", crate::figure_words::percent(spread.median))
            .arg("upper", crate::figure_words::percent(spread.upper_quartile))
            .arg("n", spread.units)
            .to_string(),
    })
}

fn units(
    l10n: &L10n,
    params: &StatisticsParams,
    frame: &Frame,
    here: &Address,
    counted: &Counted,
) -> Option<Units> {
    if !counted.units.groups.iter().any(|group| !group.is_own) || params.view.centre().is_some() {
        return None;
    }
    let mut groups: Vec<_> = counted.units.groups.iter().collect();
    match params.order {
        Order::Weakest => {}
        Order::Strongest => groups.reverse(),
        Order::Code => groups.sort_by(|a, b| a.key.cmp(&b.key)),
    }
    let rows: Vec<parts::Row<'_>> = groups
        .iter()
        .take(ROWS)
        .map(|group| {
            let name = group.name.clone().unwrap_or_else(|| group.key.clone());
            if group.is_own {
                let label = l10n.t("statistics-own").arg("unit", &name).to_string();
                return parts::Row { label, href: None, coverage: &group.coverage };
            }
            let link = unit_link(frame, &group.key, &name);
            parts::Row { label: link.label, href: Some(link.href), coverage: &group.coverage }
        })
        .collect();
    let drawn = rows.len().min(BARS);
    let rest = groups.len().saturating_sub(rows.len());
    let orders = Order::ALL.into_iter().map(|(order, code, key)| SortLink {
        label: l10n.t(key).to_string(),
        href: here.clone().with("sort", code).at("don-vi"),
        chosen: order == params.order,
    });
    Some(Units {
        title: l10n.t("statistics-units").arg("n", groups.len()).to_string(),
        orders: orders.collect(),
        chart: StackChart::new(
            l10n,
            "don-vi-bieu-do",
            l10n.t("statistics-units-chart").to_string(),
            &parts::bars(rows.iter().take(drawn)),
        )
        .with_folded_legend(l10n.t("statistics-legend").to_string()),
        chart_note: (drawn < groups.len())
            .then(|| l10n.t("statistics-units-drawn").arg("n", drawn).arg("of", groups.len()).to_string()),
        table: CountTable::new(l10n, rows.iter()),
        more: (rest > 0).then(|| l10n.t("statistics-more").arg("n", rest).to_string()),
    })
}

fn filters(l10n: &L10n, params: &StatisticsParams, field: Option<&str>, here: &Address) -> Vec<Link> {
    let tier = params.tier.map(|tier| Link {
        label: l10n.t(words::tier_key(tier)).to_string(),
        href: here.clone().without("tier"),
    });
    let field = field.map(|name| Link {
        label: l10n.t("statistics-filter-field").arg("field", name).to_string(),
        href: here.clone().without("field"),
    });
    tier.into_iter().chain(field).collect()
}
