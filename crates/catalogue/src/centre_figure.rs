//! What a centre reports of its own work, month by month.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::code::{CentreId, InvalidId};
use crate::figures::Share;
use crate::source::Source;
use crate::time_limit::Quantity;

/// Working figures (số liệu giải quyết hồ sơ) of one centre in one month. What is not known stays absent and is never
/// taken for zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CentreFigure {
    /// The centre.
    pub centre: CentreId,
    /// The month.
    pub month: Month,
    /// Dossiers received in the month (tiếp nhận).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<u32>,
    /// How many of those came online (tiếp nhận trực tuyến).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_online: Option<u32>,
    /// Dossiers resolved in the month, whenever they were received (đã giải quyết).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<u32>,
    /// How many of those were resolved within their time limit, or before it (đúng hạn, trước hạn).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time: Option<u32>,
    /// How many of those were resolved after it (quá hạn).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<u32>,
    /// Satisfaction in percent, 0 to 100 with one decimal, as the source measured it (mức độ hài lòng).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Quantity>,
    /// Where the figures come from.
    pub source: Source,
}

impl CentreFigure {
    /// Says which rule the figures break, if they do.
    pub fn check(&self) -> Result<(), &'static str> {
        let exceeds = |part: Option<u32>, whole: Option<u32>| part.zip(whole).is_some_and(|(p, w)| p > w);
        let late = self.on_time.zip(self.overdue).map(|(on_time, overdue)| on_time.saturating_add(overdue));
        let numbers = [self.received, self.received_online, self.resolved, self.on_time, self.overdue];
        if numbers.iter().all(Option::is_none) && self.satisfaction.is_none() {
            return Err(NOTHING);
        }
        if exceeds(self.received_online, self.received) {
            return Err(MORE_ONLINE);
        }
        if exceeds(self.on_time, self.resolved) || exceeds(self.overdue, self.resolved) {
            return Err(MORE_IN_TIME);
        }
        if exceeds(late, self.resolved) {
            return Err(MORE_IN_TIME);
        }
        if self.satisfaction.is_some_and(|percent| percent.tenths() > 1000) {
            return Err(MORE_SATISFIED);
        }
        Ok(())
    }

    /// Share of the resolved dossiers that were in time; `None` where either is not known.
    #[must_use]
    pub fn on_time_share(&self) -> Option<Share> {
        Some(Share::of(self.on_time?.into(), self.resolved?.into()))
    }

    /// Share of the received dossiers that came online; `None` where either is not known.
    #[must_use]
    pub fn online_share(&self) -> Option<Share> {
        Some(Share::of(self.received_online?.into(), self.received?.into()))
    }
}

pub(crate) const NOTHING: &str = "the month has no figure at all";
pub(crate) const MORE_ONLINE: &str = "more dossiers came online than were received";
pub(crate) const MORE_IN_TIME: &str = "more dossiers were in time or overdue than were resolved";
pub(crate) const MORE_SATISFIED: &str = "the satisfaction is above 100 percent";

/// A calendar month, `2021-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(NaiveDate);

impl Month {
    /// The month in which a day lies.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.0
    }

    /// The first day after it.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.0.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

impl FromStr for Month {
    type Err = InvalidId;

    fn from_str(value: &str) -> Result<Self, InvalidId> {
        let day = NaiveDate::parse_from_str(&format!("{value}-01"), "%Y-%m-%d").ok();
        day.filter(|day| value.len() == 7 && (1945..=2200).contains(&day.year())).map(Self).ok_or_else(|| {
            InvalidId { what: "month", value: value.to_owned(), expected: "a month such as 2021-03" }
        })
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidId;

    fn try_from(value: String) -> Result<Self, InvalidId> {
        value.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceKind;

    fn figure() -> CentreFigure {
        CentreFigure {
            centre: "p42".parse().expect("an id"),
            month: "2021-02".parse().expect("a month"),
            received: Some(100),
            received_online: Some(40),
            resolved: Some(120),
            on_time: Some(114),
            overdue: Some(6),
            satisfaction: Some(Quantity::from_tenths(985)),
            source: Source { kind: SourceKind::Sample, citation: "thử".to_owned(), retrieved_on: None },
        }
    }

    #[test]
    fn impossible_figures_are_named() {
        let with = |change: fn(&mut CentreFigure)| {
            let mut figure = figure();
            change(&mut figure);
            figure.check()
        };
        assert_eq!(with(|_| ()), Ok(()));
        assert_eq!(with(|f| f.received_online = Some(101)), Err(MORE_ONLINE));
        assert_eq!(with(|f| f.on_time = Some(121)), Err(MORE_IN_TIME));
        assert_eq!(with(|f| f.overdue = Some(7)), Err(MORE_IN_TIME));
        assert_eq!(with(|f| f.satisfaction = Some(Quantity::from_tenths(1001))), Err(MORE_SATISFIED));
        assert_eq!(with(|f| (f.on_time, f.overdue) = (None, Some(120))), Ok(()));
        assert_eq!(
            with(|f| {
                (f.received, f.received_online, f.resolved) = (None, None, None);
                (f.on_time, f.overdue, f.satisfaction) = (None, None, None);
            }),
            Err(NOTHING)
        );
    }

    #[test]
    fn shares_need_both_numbers() {
        let mut figure = figure();
        assert_eq!(figure.on_time_share(), Some(Share::of(114, 120)));
        assert_eq!(figure.online_share(), Some(Share::of(40, 100)));
        figure.received = None;
        assert_eq!(figure.online_share(), None);
    }

    #[test]
    fn months_read_back() {
        let month: Month = "2021-12".parse().expect("a month");
        assert_eq!(month.to_string(), "2021-12");
        assert_eq!(month.end().to_string(), "2022-01-01");
        assert_eq!(Month::of(month.first_day()), month);
        for bad in ["2021-13", "2021-1", "12-2021", "2021-12-01", "", "1021-01"] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
