//! Coverage over time.

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate};
use motcua_catalogue::figures::Coverage;

use crate::coverage::coverage;
use crate::coverage_request::CoverageRequest;
use crate::days::day_of;
use crate::engine::Engine;
use crate::view::View;

/// A series of coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRequest {
    /// What is counted; its day and its groups are not looked at. A unit is the one that has its code on each day.
    pub coverage: CoverageRequest,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Which days between.
    pub step: SeriesStep,
}

/// Which days a series has between its first and its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeriesStep {
    /// The first day of every month.
    Month,
    /// Every day on which the coverage differs from the day before.
    Change,
}

impl SeriesStep {
    /// Every step.
    pub const ALL: [Self; 2] = [Self::Month, Self::Change];

    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Change => "change",
        }
    }
}

/// Coverage on a day of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesPoint {
    /// The day.
    pub day: NaiveDate,
    /// All pairs on it.
    pub coverage: Coverage,
    /// Working centres on it.
    pub centres: u64,
}

impl Engine {
    /// The most points that a series can have.
    pub const LONGEST_SERIES: usize = 121;

    /// Coverage from one day to another, oldest first. With more days than [`LONGEST_SERIES`](Self::LONGEST_SERIES),
    /// the latest are kept. The first answer works every day out: call it from a thread that may block.
    #[must_use]
    pub fn coverage_series(&self, request: &SeriesRequest) -> Vec<SeriesPoint> {
        series(&self.view(), request)
    }
}

/// The series that a request asks for.
pub(crate) fn series(view: &Arc<View>, request: &SeriesRequest) -> Vec<SeriesPoint> {
    let days = match request.step {
        SeriesStep::Month => months(request.from, request.to),
        SeriesStep::Change => changes(view, request.from, request.to),
    };
    let skipped = days.len().saturating_sub(Engine::LONGEST_SERIES);
    let last = days.last().copied();
    let mut points: Vec<SeriesPoint> = Vec::new();
    for day in days.into_iter().skip(skipped) {
        let answer = coverage(view, &CoverageRequest { as_of: day, by: None, ..request.coverage.clone() });
        let point = SeriesPoint { day, coverage: answer.total.clone(), centres: answer.centres };
        // Elsewhere something changed on that day. The last day stays, to say up to when the series goes.
        let as_before = points
            .last()
            .is_some_and(|before| before.coverage == point.coverage && before.centres == point.centres);
        if request.step == SeriesStep::Month || !as_before || Some(day) == last {
            points.push(point);
        }
    }
    points
}

/// The first day, the first of every month after it, and the last day.
fn months(from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let mut days = vec![from];
    let mut next = from.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    while let Some(day) = next.filter(|day| *day < to) {
        days.push(day);
        next = day.checked_add_months(Months::new(1));
    }
    if to > from {
        days.push(to);
    }
    days
}

fn changes(view: &View, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let between = view.epochs().between(day_of(from), day_of(to));
    let between = between.iter().filter_map(|day| NaiveDate::from_num_days_from_ce_opt(*day));
    let mut days: Vec<NaiveDate> = std::iter::once(from).chain(between).chain([to]).collect();
    days.dedup();
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_on_their_first_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let shown = |from, to| months(day(from), day(to)).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            shown("2020-12-15", "2021-03-01"),
            ["2020-12-15", "2021-01-01", "2021-02-01", "2021-03-01"]
        );
        assert_eq!(shown("2021-03-01", "2021-03-01"), ["2021-03-01"]);
    }
}
