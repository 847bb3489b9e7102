//! What a centre reports of its own work, month by month.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::code::{CentreId, InvalidId};
use crate::figures::Share;
use crate::refusal::Rule;
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
    /// The rules that the figures break, every one of them, on a day on which they are given.
    #[must_use]
    pub fn faults(&self, today: NaiveDate) -> Vec<Rule> {
        let &Self { received, received_online, resolved, on_time, overdue, satisfaction, .. } = self;
        let reported = Reported { received, received_online, resolved, on_time, overdue, satisfaction };
        reported.faults(Some(self.month), today)
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

/// The numbers of a month, before it is known whose they are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reported {
    pub(crate) received: Option<u32>,
    pub(crate) received_online: Option<u32>,
    pub(crate) resolved: Option<u32>,
    pub(crate) on_time: Option<u32>,
    pub(crate) overdue: Option<u32>,
    pub(crate) satisfaction: Option<Quantity>,
}

impl Reported {
    /// The rules that they break; without a month, those that need none.
    pub(crate) fn faults(&self, month: Option<Month>, today: NaiveDate) -> Vec<Rule> {
        let exceeds = |part: Option<u32>, whole: Option<u32>| part.zip(whole).is_some_and(|(p, w)| p > w);
        let ended = self.on_time.zip(self.overdue).map(|(on_time, overdue)| on_time.saturating_add(overdue));
        let numbers = [self.received, self.received_online, self.resolved, self.on_time, self.overdue];
        let more_in_time = [self.on_time, self.overdue, ended].iter().any(|n| exceeds(*n, self.resolved));
        let rules = [
            (month.is_some_and(|month| month.end() > today), Rule::MonthNotOver),
            (numbers.iter().all(Option::is_none) && self.satisfaction.is_none(), Rule::NoFigure),
            (exceeds(self.received_online, self.received), Rule::MoreOnlineThanReceived),
            (more_in_time, Rule::MoreInTimeThanResolved),
            (self.satisfaction.is_some_and(|percent| percent.tenths() > 1000), Rule::MoreThanSatisfied),
        ];
        rules.into_iter().filter(|(is_broken, _)| *is_broken).map(|(_, rule)| rule).collect()
    }
}

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

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn impossible_figures_are_named() {
        let with = |change: fn(&mut CentreFigure)| {
            let mut figure = figure();
            change(&mut figure);
            figure.faults(day("2021-03-01"))
        };
        assert_eq!(with(|_| ()), Vec::<Rule>::new());
        assert_eq!(with(|f| f.received_online = Some(101)), [Rule::MoreOnlineThanReceived]);
        assert_eq!(with(|f| f.on_time = Some(121)), [Rule::MoreInTimeThanResolved]);
        assert_eq!(with(|f| f.overdue = Some(7)), [Rule::MoreInTimeThanResolved]);
        assert_eq!(with(|f| f.satisfaction = Some(Quantity::from_tenths(1001))), [Rule::MoreThanSatisfied]);
        assert_eq!(with(|f| (f.on_time, f.overdue) = (None, Some(120))), Vec::<Rule>::new());
        assert_eq!(
            with(|f| {
                (f.received, f.received_online, f.resolved) = (None, None, None);
                (f.on_time, f.overdue, f.satisfaction) = (None, None, None);
            }),
            [Rule::NoFigure]
        );
    }

    #[test]
    fn every_fault_is_named_and_a_month_counts_once_it_is_over() {
        assert_eq!(figure().faults(day("2021-02-28")), [Rule::MonthNotOver]);
        assert!(figure().faults(day("2021-03-01")).is_empty());
        let mut figure = figure();
        (figure.received_online, figure.overdue) = (Some(101), Some(7));
        figure.satisfaction = Some(Quantity::from_tenths(1001));
        let faults = figure.faults(day("2021-02-01"));
        assert_eq!(
            faults,
            [
                Rule::MonthNotOver,
                Rule::MoreOnlineThanReceived,
                Rule::MoreInTimeThanResolved,
                Rule::MoreThanSatisfied
            ]
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
