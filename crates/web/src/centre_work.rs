//! What a centre reports of its own work: the latest month, and the months before it.

use chrono::Datelike;
use motcua_catalogue::{CentreFigure, Quantity, Stored};

use crate::address::Address;
use crate::charts::StepChart;
use crate::figure_words::share;
use crate::l10n::L10n;
use crate::offer::source_words;

/// Months that the page knows.
pub(crate) const MONTHS: u32 = 24;

/// Working figures of a centre.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WorkView {
    /// The latest month.
    pub latest: MonthView,
    /// Share in time by month; absent where fewer than two months have one.
    pub chart: Option<StepChart>,
    /// Every month, the latest first.
    pub months: Vec<MonthView>,
    /// The same as a file.
    pub file: Address,
}

/// One month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MonthView {
    /// `02/2021`.
    pub month: String,
    pub received: Option<u64>,
    /// Dossiers that came online, with their share.
    pub online: Option<String>,
    pub resolved: Option<u64>,
    /// Dossiers in time, with their share.
    pub on_time: Option<String>,
    pub overdue: Option<u64>,
    pub satisfaction: Option<String>,
    pub source: String,
}

impl WorkView {
    /// The view; none where nothing is known. `figures` stand latest first.
    pub(crate) fn new(l10n: &L10n, figures: &[Stored<CentreFigure>], file: Address) -> Option<Self> {
        let months: Vec<MonthView> =
            figures.iter().map(|figure| MonthView::new(l10n, &figure.record)).collect();
        let points: Vec<_> = figures
            .iter()
            .rev()
            .map(|figure| {
                let day = figure.record.month.first_day();
                let share = figure.record.on_time_share().unwrap_or_default();
                (i64::from(day.num_days_from_ce()), day.format("%m/%Y").to_string(), share)
            })
            .collect();
        let title = l10n.t("centre-work-chart").to_string();
        Some(Self {
            latest: months.first()?.clone(),
            chart: StepChart::new("dung-han", title, &points),
            months,
            file,
        })
    }
}

impl MonthView {
    fn new(l10n: &L10n, figure: &CentreFigure) -> Self {
        // A number whose whole is not known stands alone.
        let part = |number: Option<u32>, of: Option<motcua_catalogue::figures::Share>| {
            let alone = || number.map(|number| l10n.t("count").arg("n", u64::from(number)).to_string());
            of.map(|of| share(l10n, of)).or_else(alone)
        };
        let percent = |percent: Quantity| format!("{}%", percent.to_string().replace('.', ","));
        Self {
            month: figure.month.first_day().format("%m/%Y").to_string(),
            received: figure.received.map(u64::from),
            online: part(figure.received_online, figure.online_share()),
            resolved: figure.resolved.map(u64::from),
            on_time: part(figure.on_time, figure.on_time_share()),
            overdue: figure.overdue.map(u64::from),
            satisfaction: figure.satisfaction.map(percent),
            source: source_words(l10n, &figure.source),
        }
    }
}
