//! Coverage over time.

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate};
use motcua_catalogue::Scheme;
use motcua_catalogue::figures::{Coverage, Share};

use crate::coverage::coverage;
use crate::coverage_request::CoverageRequest;
use crate::days::{Day, day_of};
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

/// Coverage from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Series {
    /// The days, oldest first. The first one is where the series begins, which need not be a change.
    pub points: Vec<SeriesPoint>,
    /// Whether it begins later than was asked for, because it would have been too long.
    pub is_cut: bool,
    /// The first day on which some centre has said something, where points before it are without any record.
    pub recorded_from: Option<NaiveDate>,
    /// Days on which the words for levels change by law or units are reorganised, oldest first: what lies before and what
    /// lies after is not to be compared directly.
    pub breaks: Vec<NaiveDate>,
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

impl SeriesPoint {
    /// Whether some centre says something on the day. Where none does, there is no share, not even one of nought.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.coverage.counts.total() > 0
    }

    /// The honest share online; none where nothing is recorded.
    #[must_use]
    pub fn online(&self) -> Option<Share> {
        self.is_recorded().then(|| self.coverage.online())
    }

    fn is_as(&self, other: &Self) -> bool {
        self.coverage == other.coverage && self.centres == other.centres
    }
}

impl Engine {
    /// The most points that a series can have.
    pub const LONGEST_SERIES: usize = 121;

    /// Coverage from one day to another. With more than [`LONGEST_SERIES`](Self::LONGEST_SERIES) points, the latest are
    /// kept and the series is cut; so it is where changes of the whole catalogue on too many days would have to be looked
    /// through. The first answer works every day out: call it from a thread that may block.
    #[must_use]
    pub fn coverage_series(&self, request: &SeriesRequest) -> Series {
        series(&self.view(), request)
    }
}

/// Changes of the catalogue that are looked at for one series: most of them are elsewhere.
const MOST_LOOKED_AT: usize = 400;

/// The series that a request asks for.
pub(crate) fn series(view: &Arc<View>, request: &SeriesRequest) -> Series {
    let at = |day| point(view, request, day);
    let (points, is_cut) = match request.step {
        SeriesStep::Month => {
            let days = months(request.from, request.to);
            let skipped = days.len().saturating_sub(Engine::LONGEST_SERIES);
            (days.into_iter().skip(skipped).map(at).collect(), skipped > 0)
        }
        SeriesStep::Change => {
            let between = view.epochs().between(day_of(request.from), day_of(request.to));
            changes(request.from, between, request.to, at)
        }
    };
    let begin = points.windows(2).find(|pair| matches!(pair, [a, b] if !a.is_recorded() && b.is_recorded()));
    let recorded_from = match (points.first(), begin) {
        (Some(first), Some([before, after])) if !first.is_recorded() => {
            let days = view.epochs().between(day_of(before.day), day_of(after.day));
            Some(turn(days, after.day, |day| at(day).is_recorded()))
        }
        _ => None,
    };
    let breaks = breaks(view, &points, at);
    Series { points, is_cut, recorded_from, breaks }
}

fn point(view: &Arc<View>, request: &SeriesRequest, day: NaiveDate) -> SeriesPoint {
    let answer = coverage(view, &CoverageRequest { as_of: day, by: None, ..request.coverage.clone() });
    SeriesPoint { day, coverage: answer.total.clone(), centres: answer.centres }
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

/// The days on which something changed here, oldest first, and whether older ones were left out. `between` are the days on
/// which something may have. The last day stays, to say up to when the series goes.
fn changes(
    from: NaiveDate,
    between: &[Day],
    to: NaiveDate,
    at: impl Fn(NaiveDate) -> SeriesPoint,
) -> (Vec<SeriesPoint>, bool) {
    let between = between.iter().rev().filter_map(|day| NaiveDate::from_num_days_from_ce_opt(*day));
    let inner = between.filter(|day| from < *day && *day < to);
    let days = std::iter::once(to).chain(inner).chain((from < to).then_some(from));
    let mut points = Vec::new();
    let mut is_cut = false;
    // The point that begins with the oldest day seen so far.
    let mut oldest: Option<SeriesPoint> = None;
    for (looked_at, day) in days.enumerate() {
        if looked_at == MOST_LOOKED_AT {
            is_cut = true;
            break;
        }
        let point = at(day);
        if let Some(later) = oldest.take()
            && (later.day == to || !later.is_as(&point))
        {
            points.push(later);
            if points.len() == Engine::LONGEST_SERIES {
                is_cut = true;
                break;
            }
        }
        oldest = Some(point);
    }
    points.extend(oldest);
    points.reverse();
    (points, is_cut)
}

/// Days between points that make those before and those after hard to compare.
fn breaks(view: &View, points: &[SeriesPoint], at: impl Fn(NaiveDate) -> SeriesPoint) -> Vec<NaiveDate> {
    let schemes = Scheme::ALL.map(|scheme| scheme.legal_text().in_force_from);
    let mut days = Vec::new();
    for pair in points.windows(2) {
        let [before, after] = pair else { continue };
        if !before.is_recorded() || !after.is_recorded() {
            continue;
        }
        days.extend(schemes.iter().filter(|day| before.day < **day && **day <= after.day));
        // Where units are merged or split, most centres end with them.
        if is_reorganised(before.centres, after.centres) {
            let between = view.epochs().between(day_of(before.day), day_of(after.day));
            days.push(turn(between, after.day, |day| is_reorganised(before.centres, at(day).centres)));
        }
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// Whether one number of centres is less than half of the other.
fn is_reorganised(before: u64, after: u64) -> bool {
    before.min(after) > 0 && before.min(after) * 2 < before.max(after)
}

/// The first of some days on which something holds that holds on all later ones; the last day where it holds on none.
fn turn(days: &[Day], last: NaiveDate, holds: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    let date = |day: &Day| NaiveDate::from_num_days_from_ce_opt(*day);
    let place = days.partition_point(|day| !date(day).is_some_and(&holds));
    days.get(place).and_then(date).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::figures::ListingState;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn months_begin_on_their_first_day() {
        let shown = |from, to| months(day(from), day(to)).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            shown("2020-12-15", "2021-03-01"),
            ["2020-12-15", "2021-01-01", "2021-02-01", "2021-03-01"]
        );
        assert_eq!(shown("2021-03-01", "2021-03-01"), ["2021-03-01"]);
    }

    /// Days after the first of January 2020 on which something changed here, out of every day.
    fn changed(days: i32, here: impl Fn(i32) -> u64) -> (Vec<(i32, u64)>, bool) {
        let first = day_of(day("2020-01-01"));
        let at = |day: NaiveDate| {
            let mut coverage = Coverage::default();
            coverage.counts.add(ListingState::Offered, here(day_of(day) - first));
            SeriesPoint { day, coverage, centres: 1 }
        };
        let date = |number: i32| NaiveDate::from_num_days_from_ce_opt(first + number).expect("a date");
        let between: Vec<Day> = (1..=days).map(|number| first + number).collect();
        let (points, is_cut) = changes(date(0), &between, date(days), at);
        let shown = points.iter().map(|point| (day_of(point.day) - first, point.coverage.counts.total()));
        (shown.collect(), is_cut)
    }

    #[test]
    fn changes_elsewhere_cost_no_change_here() {
        // Of 300 changes in the catalogue three are here: none of them is lost.
        let (points, is_cut) = changed(300, |number| u64::from(number >= 7) + u64::from(number >= 150));
        assert_eq!((points, is_cut), (vec![(0, 0), (7, 1), (150, 2), (300, 2)], false));
        assert_eq!(changed(0, |_| 5), (vec![(0, 5)], false));
        assert_eq!(changed(1, |number| number as u64), (vec![(0, 0), (1, 1)], false));
    }

    #[test]
    fn a_series_that_is_too_long_says_that_it_is_cut() {
        let (points, is_cut) = changed(200, |number| number as u64);
        assert!(is_cut);
        assert_eq!((points.len(), points[0], points[120]), (121, (80, 80), (200, 200)));
        let (points, is_cut) = changed(120, |number| number as u64);
        assert_eq!((points.len(), points[0], is_cut), (121, (0, 0), false));
        // Too many days to look through: the first point is where looking ended, not a change.
        let (points, is_cut) = changed(1000, |number| u64::from(number >= 900));
        assert_eq!((points, is_cut), (vec![(601, 0), (900, 1), (1000, 1)], true));
    }

    #[test]
    fn a_turn_is_found_to_the_day() {
        let first = day_of(day("2025-06-01"));
        let days: Vec<Day> = (0..60).map(|number| first + number).collect();
        let found = turn(&days, day("2025-08-01"), |on| on >= day("2025-07-01"));
        assert_eq!(found, day("2025-07-01"));
        assert_eq!(turn(&[], day("2025-08-01"), |_| true), day("2025-08-01"));
        assert!(is_reorganised(230, 70) && is_reorganised(2, 5));
        assert!(!is_reorganised(2, 4) && !is_reorganised(0, 9) && !is_reorganised(100, 60));
    }
}
