//! The time of a site: its clock, which tests can fix, and the day that it shows.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use motcua_catalogue::clock;

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A fixed moment, for tests and for figures that must repeat.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// This moment.
    #[must_use]
    pub fn now(self) -> DateTime<Utc> {
        match self {
            Self::System => clock::now(),
            Self::Fixed(moment) => moment,
        }
    }

    /// The calendar day in Vietnam.
    #[must_use]
    pub fn today(self) -> NaiveDate {
        clock::day_in_vietnam(self.now())
    }
}

/// The day that a site shows when a request names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SiteDate {
    /// Whatever day it is in Vietnam.
    #[default]
    Today,
    /// One day, as the bundled sample has.
    Fixed(NaiveDate),
}

/// A text that names no site date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a date such as 2021-03-01 nor the word today")]
pub struct InvalidSiteDate(String);

impl SiteDate {
    /// The day by a clock.
    #[must_use]
    pub fn day(self, clock: Clock) -> NaiveDate {
        match self {
            Self::Today => clock.today(),
            Self::Fixed(day) => day,
        }
    }
}

impl FromStr for SiteDate {
    type Err = InvalidSiteDate;

    fn from_str(text: &str) -> Result<Self, InvalidSiteDate> {
        let text = text.trim();
        if text == "today" {
            return Ok(Self::Today);
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|_| text.len() == 10)
            .map(Self::Fixed)
            .ok_or_else(|| InvalidSiteDate(text.to_owned()))
    }
}

impl TryFrom<String> for SiteDate {
    type Error = InvalidSiteDate;

    fn try_from(text: String) -> Result<Self, InvalidSiteDate> {
        text.parse()
    }
}

impl From<SiteDate> for String {
    fn from(date: SiteDate) -> Self {
        date.to_string()
    }
}

impl fmt::Display for SiteDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Today => f.write_str("today"),
            Self::Fixed(day) => write!(f, "{day}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_changes_at_midnight_in_vietnam() {
        let moment = |text: &str| Clock::Fixed(text.parse().expect("a moment"));
        assert_eq!(moment("2025-06-30T16:59:59Z").today().to_string(), "2025-06-30");
        assert_eq!(moment("2025-06-30T17:00:00Z").today().to_string(), "2025-07-01");
    }

    #[test]
    fn site_dates_read_back() {
        for text in ["today", "2021-03-01"] {
            assert_eq!(text.parse::<SiteDate>().expect("a site date").to_string(), text);
        }
        assert!("1/3/2021".parse::<SiteDate>().is_err());
        assert!("2021-02-30".parse::<SiteDate>().is_err());
    }
}
