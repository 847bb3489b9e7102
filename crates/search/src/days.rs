//! Days as numbers, ranges of days, and the stretches of time in which nothing changes.

use chrono::{Datelike, NaiveDate};
use motcua_catalogue::Period;
use serde::{Deserialize, Serialize};

/// A day as a number that only this crate sees.
pub(crate) type Day = i32;

/// Number of a day.
pub(crate) fn day_of(date: NaiveDate) -> Day {
    date.num_days_from_ce()
}

/// Half-open range of days; unknown bounds are the ends of the number range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Days {
    pub(crate) from: Day,
    pub(crate) to: Day,
}

impl Days {
    pub(crate) fn of(period: Period) -> Self {
        Self {
            from: period.valid_from().map_or(Day::MIN, day_of),
            to: period.valid_to().map_or(Day::MAX, day_of),
        }
    }

    /// The period again.
    pub(crate) fn period(self) -> Period {
        let from = if self.from == Day::MIN { None } else { NaiveDate::from_num_days_from_ce_opt(self.from) };
        let to = if self.to == Day::MAX { None } else { NaiveDate::from_num_days_from_ce_opt(self.to) };
        Period::new(from, to).unwrap_or(Period::ALWAYS)
    }

    pub(crate) fn contain(self, day: Day) -> bool {
        self.from <= day && day < self.to
    }
}

/// The days on which anything begins or ends. Between two of them nothing changes, so whatever was worked out for one
/// day holds for the whole stretch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Epochs(Vec<Day>);

impl Epochs {
    pub(crate) fn of(ranges: impl Iterator<Item = Days>) -> Self {
        let mut bounds: Vec<Day> = ranges
            .flat_map(|days| [days.from, days.to])
            .filter(|&day| day != Day::MIN && day != Day::MAX)
            .collect();
        bounds.sort_unstable();
        bounds.dedup();
        Self(bounds)
    }

    /// The first days of the stretches that begin after one day and up to another.
    pub(crate) fn between(&self, after: Day, to: Day) -> &[Day] {
        let from = self.at(after);
        self.0.get(from..self.at(to).max(from)).unwrap_or_default()
    }

    /// Number of the stretch in which a day lies.
    pub(crate) fn at(&self, day: Day) -> usize {
        self.0.partition_point(|&bound| bound <= day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_survive_the_way_there_and_back() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        for period in [
            Period::ALWAYS,
            Period::since(day("2021-03-01")),
            Period::until(day("2025-07-01")),
            Period::new(Some(day("2021-03-01")), Some(day("2021-03-02"))).expect("a period"),
        ] {
            assert_eq!(Days::of(period).period(), period);
        }
    }

    #[test]
    fn an_epoch_ends_where_something_begins_or_ends() {
        let epochs = Epochs::of([Days { from: 10, to: 20 }, Days { from: Day::MIN, to: 15 }].into_iter());
        assert_eq!([9, 10, 14, 15, 19, 20].map(|day| epochs.at(day)), [0, 1, 1, 2, 2, 3]);
    }
}
