//! Validity periods. Every fact of the catalogue holds between two days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Validity period (thời gian hiệu lực): half-open, `valid_from` is the first day on which the fact holds and
/// `valid_to` the first day on which it no longer does ("hết hiệu lực từ ngày").
///
/// An absent bound means that no bound is known. Bounds are calendar days in Asia/Ho_Chi_Minh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "RawPeriod")]
pub struct Period {
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<NaiveDate>,
}

/// A period that would end before or on the day on which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the period would end on {to}, which is not after its first day {from}")]
pub struct EmptyPeriod {
    /// First day given.
    pub from: NaiveDate,
    /// First day after, as given.
    pub to: NaiveDate,
}

#[derive(Deserialize)]
struct RawPeriod {
    #[serde(default)]
    valid_from: Option<NaiveDate>,
    #[serde(default)]
    valid_to: Option<NaiveDate>,
}

impl TryFrom<RawPeriod> for Period {
    type Error = EmptyPeriod;

    fn try_from(raw: RawPeriod) -> Result<Self, EmptyPeriod> {
        Self::new(raw.valid_from, raw.valid_to)
    }
}

impl Period {
    /// A period without known bounds.
    pub const ALWAYS: Self = Self { valid_from: None, valid_to: None };

    /// Makes a period; refuses one that holds on no day.
    pub fn new(valid_from: Option<NaiveDate>, valid_to: Option<NaiveDate>) -> Result<Self, EmptyPeriod> {
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to <= from
        {
            return Err(EmptyPeriod { from, to });
        }
        Ok(Self { valid_from, valid_to })
    }

    /// A period that began on a day and has no known end.
    #[must_use]
    pub fn since(from: NaiveDate) -> Self {
        Self { valid_from: Some(from), valid_to: None }
    }

    /// A period without a known beginning that ended before a day.
    #[must_use]
    pub fn until(to: NaiveDate) -> Self {
        Self { valid_from: None, valid_to: Some(to) }
    }

    /// First day on which the fact holds; absent where unknown.
    #[must_use]
    pub fn valid_from(self) -> Option<NaiveDate> {
        self.valid_from
    }

    /// First day on which the fact no longer holds; absent where no end is known.
    #[must_use]
    pub fn valid_to(self) -> Option<NaiveDate> {
        self.valid_to
    }

    /// Whether the fact holds on a day.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day < to)
    }

    /// Whether the fact holds on no day on which the other does not.
    #[must_use]
    pub fn is_within(self, outer: Self) -> bool {
        let begins = outer.valid_from.is_none_or(|outer| self.valid_from.is_some_and(|from| outer <= from));
        let ends = outer.valid_to.is_none_or(|outer| self.valid_to.is_some_and(|to| to <= outer));
        begins && ends
    }

    /// Whether the two periods share a day.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let starts_before_end =
            |from: Option<NaiveDate>, to: Option<NaiveDate>| from.zip(to).is_none_or(|(from, to)| from < to);
        starts_before_end(self.valid_from, other.valid_to)
            && starts_before_end(other.valid_from, self.valid_to)
    }

    /// The days of both; nothing where they share none.
    #[must_use]
    pub fn common(self, other: Self) -> Option<Self> {
        let from = self.valid_from.max(other.valid_from);
        let to = match (self.valid_to, other.valid_to) {
            (Some(one), Some(another)) => Some(one.min(another)),
            (one, another) => one.or(another),
        };
        Self::new(from, to).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date in the test")
    }

    #[test]
    fn common_days_are_those_of_both() {
        let from = Period::since(day("2025-07-01"));
        let until = Period::until(day("2026-01-01"));
        assert_eq!(from.common(until), Period::new(from.valid_from(), until.valid_to()).ok());
        assert_eq!(from.common(Period::ALWAYS), Some(from));
        assert_eq!(Period::until(day("2025-07-01")).common(from), None);
    }

    #[test]
    fn the_last_day_is_the_one_before_valid_to() {
        let period = Period::new(Some(day("2021-01-01")), Some(day("2025-07-01"))).expect("a sound period");
        assert!(period.contains(day("2021-01-01")));
        assert!(period.contains(day("2025-06-30")));
        assert!(!period.contains(day("2025-07-01")));
        assert!(!period.contains(day("2020-12-31")));
    }

    #[test]
    fn a_period_without_a_day_is_refused() {
        assert!(Period::new(Some(day("2021-01-01")), Some(day("2021-01-01"))).is_err());
        assert!(
            serde_json::from_str::<Period>(r#"{"valid_from":"2022-01-01","valid_to":"2021-01-01"}"#).is_err()
        );
    }

    #[test]
    fn a_period_lies_within_another_where_each_of_its_days_does() {
        let year = Period::new(Some(day("2021-01-01")), Some(day("2022-01-01"))).expect("a sound period");
        assert!(
            year.is_within(year)
                && year.is_within(Period::ALWAYS)
                && year.is_within(Period::since(day("2020-05-01")))
        );
        assert!(!Period::ALWAYS.is_within(year) && !year.is_within(Period::since(day("2021-01-02"))));
        assert!(!year.is_within(Period::until(day("2021-12-31"))));
    }

    #[test]
    fn neighbours_touch_without_overlapping() {
        let old = Period::until(day("2025-07-01"));
        let new = Period::since(day("2025-07-01"));
        assert!(!old.overlaps(new) && !new.overlaps(old));
        assert!(old.overlaps(Period::ALWAYS) && Period::ALWAYS.overlaps(new));
        assert!(new.overlaps(Period::since(day("2030-01-01"))));
    }
}
