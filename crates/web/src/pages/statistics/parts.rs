//! Tables, files and the official figure of the statistics page.

use chrono::{Datelike, NaiveDate};
use motcua_catalogue::figures::{Coverage, INDICATOR_DECIDED_ON, IndicatorRules, OnlineIndicator, Share};
use motcua_search::{QuickWin, Series, SeriesPoint};

use super::StatisticsParams;
use crate::address::Address;
use crate::charts::StepPoint;
use crate::figure_words::{Category, percent, share};
use crate::frame::Frame;
use crate::l10n::L10n;
use crate::listing::Link;
use crate::words;

/// A named coverage.
pub(crate) struct Row<'a> {
    pub label: String,
    pub href: Option<Address>,
    pub coverage: &'a Coverage,
}

/// What a chart draws of rows.
pub(crate) fn bars<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> Vec<(String, &'a Coverage)> {
    rows.map(|row| (row.label.clone(), row.coverage)).collect()
}

/// Counts by category, one row for each group: the numbers of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CountTable {
    /// Names of the categories that occur.
    pub columns: Vec<String>,
    pub rows: Vec<CountRow>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountRow {
    pub label: String,
    pub href: Option<Address>,
    /// Share online with its numbers.
    pub online: String,
    pub pairs: u64,
    /// Name of the category and count, in the order of the columns.
    pub counts: Vec<(String, u64)>,
}

impl CountTable {
    /// The table of some rows.
    pub(crate) fn new<'a>(l10n: &L10n, rows: impl Iterator<Item = &'a Row<'a>> + Clone) -> Self {
        let used: Vec<Category> = Category::all()
            .filter(|category| rows.clone().any(|row| category.count(row.coverage) > 0))
            .collect();
        let named = |category: &Category| category.label(l10n);
        Self {
            columns: used.iter().map(named).collect(),
            rows: rows
                .map(|row| CountRow {
                    label: row.label.clone(),
                    href: row.href.clone(),
                    online: share(l10n, row.coverage.online()),
                    pairs: row.coverage.pairs(),
                    counts: used
                        .iter()
                        .map(|category| (named(category), category.count(row.coverage)))
                        .collect(),
                })
                .collect(),
        }
    }
}

/// The official figure in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfficialView {
    /// The figure, or why there is none.
    pub online: String,
    /// What is to be known of it.
    pub notes: Vec<String>,
}

impl OfficialView {
    /// Words for the figure of a unit; `None` where there is none for the place or the selection.
    pub(crate) fn new(
        l10n: &L10n,
        rules: &IndicatorRules,
        found: Option<&OnlineIndicator>,
        as_of: NaiveDate,
    ) -> Self {
        let Some(found) = found else {
            return Self { online: l10n.t("statistics-official-none").to_string(), notes: Vec::new() };
        };
        let mut notes = Vec::new();
        if as_of < INDICATOR_DECIDED_ON {
            notes.push(l10n.t("statistics-official-early").arg("date", words::date(as_of)).to_string());
        }
        notes.push(l10n.t("statistics-official-note").to_string());
        if let Some(points) = rules.score(found.online) {
            let points = format!("{points:.2}").replace('.', ",");
            let most = u64::from(rules.points.unwrap_or_default());
            notes.push(
                l10n.t("statistics-official-points").arg("points", points).arg("most", most).to_string(),
            );
        }
        notes.push(
            l10n.t("statistics-official-rules")
                .arg("percent", u64::from(rules.full_marks_percent))
                .arg("source", &rules.source)
                .to_string(),
        );
        notes.push(
            l10n.t("statistics-official-full")
                .arg("share", share(l10n, found.full))
                .arg("offline", found.offline_only)
                .arg("unmarked", found.unmarked)
                .to_string(),
        );
        if found.by_old_levels > 0 {
            notes.push(l10n.t("statistics-official-old").arg("n", found.by_old_levels).to_string());
        }
        Self { online: share(l10n, found.online), notes }
    }
}

/// One day of the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeriesRow {
    pub day: String,
    pub centres: u64,
    pub pairs: u64,
    /// Absent where nothing is recorded.
    pub online: Option<u64>,
    pub percent: String,
}

/// What is to be known of a series before it is read.
pub(crate) fn series_notes(l10n: &L10n, series: &Series) -> Vec<String> {
    let said = |key: &str, day: NaiveDate| l10n.t(key).arg("date", words::date(day)).to_string();
    let cut = series.points.first().filter(|_| series.is_cut);
    let cut = cut.map(|first| said("statistics-series-cut", first.day));
    let gap = series.recorded_from.map(|day| said("statistics-series-gap", day));
    let breaks = series.breaks.iter().map(|day| said("statistics-series-break", *day));
    cut.into_iter().chain(gap).chain(breaks).collect()
}

/// The days of a series as rows, the latest first.
pub(crate) fn series_rows(l10n: &L10n, series: &[SeriesPoint]) -> Vec<SeriesRow> {
    let row = |point: &SeriesPoint| SeriesRow {
        day: words::date(point.day),
        centres: point.centres,
        pairs: point.coverage.pairs(),
        online: point.online().map(|share| share.numerator),
        percent: point.online().map_or_else(|| l10n.t("statistics-series-unrecorded").to_string(), percent),
    };
    series.iter().rev().map(row).collect()
}

/// The days of a series as a chart takes them.
pub(crate) fn step_points(series: &[SeriesPoint]) -> Vec<StepPoint> {
    let point = |point: &SeriesPoint| {
        let share = point.online().unwrap_or(Share::of(0, 0));
        (day_number(point.day), words::date(point.day), share)
    };
    series.iter().map(point).collect()
}

/// A day as the charts take it.
pub(crate) fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

/// A quick win in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WinView {
    pub procedure: Link,
    pub code: String,
    pub tier: String,
    pub change: String,
    pub evidence: String,
}

impl WinView {
    /// Words for a quick win.
    pub(crate) fn new(l10n: &L10n, frame: &Frame, win: &QuickWin) -> Self {
        // What rounds to nothing is still something.
        let is_small = win.effect.permille() == Some(0);
        let effect = percent(win.effect);
        let effect = if is_small { "0,1" } else { effect.trim_end_matches('%') };
        let key = if is_small { "statistics-win-small" } else { "statistics-win" };
        let evidence = match win.online_elsewhere {
            0 => l10n.t("statistics-win-evidence"),
            elsewhere => l10n.t("statistics-win-evidence-elsewhere").arg("elsewhere", elsewhere),
        };
        Self {
            procedure: Link {
                label: win.name.clone(),
                href: frame.carried.to(Address::of("/vi/thu-tuc", win.code.as_str())),
            },
            code: win.code.to_string(),
            tier: l10n.t(words::tier_key(win.tier)).to_string(),
            change: l10n.t(key).arg("n", win.listings).arg("points", effect).to_string(),
            evidence: evidence.arg("n", win.online_centres).arg("of", win.concerned_centres).to_string(),
        }
    }
}

/// The same numbers as files.
pub(crate) fn files(l10n: &L10n, params: &StatisticsParams, here: &Address) -> Vec<Link> {
    let of = |path: &str| {
        let mut address = Address::new(path);
        for (name, value) in here.parameters() {
            address = address.with(name, value);
        }
        address.with("format", "csv")
    };
    let unit_only = |path: &str| of(path).without("centre").without("tier").without("field");
    let file = |key: &str, href: Address| Link { label: l10n.t(key).to_string(), href };
    let overview = "/api/v1/statistics";
    let mut files = vec![
        file("statistics-file-tiers", of(overview).with("by", "tier")),
        file("statistics-file-units", of(overview).with("by", "unit")),
        file("statistics-file-fields", of(overview).with("by", "field")),
        file("statistics-file-agencies", of(overview).with("by", "agency")),
        file("statistics-file-centres", of(overview).with("by", "centre")),
        file("statistics-file-series", of("/api/v1/statistics/series")),
    ];
    if params.tier.is_none() && params.field.is_none() && params.view.centre().is_none() {
        files.push(file("statistics-file-official", unit_only("/api/v1/statistics/indicator")));
        files.push(file("statistics-file-wins", unit_only("/api/v1/statistics/quick-wins")));
    }
    files
}
