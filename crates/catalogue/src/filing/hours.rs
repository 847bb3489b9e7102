//! When a site is open on one day.

use chrono::{Datelike, Days, NaiveDate};

use crate::centre::{OpeningHours, Site};

/// Hours of a site on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoursOn {
    /// Nobody has said.
    Unknown,
    /// Closed all day.
    Closed {
        /// Why, where the day is an exception that says so.
        reason: Option<String>,
    },
    /// Open.
    Open {
        /// From when to when, earliest first.
        spans: Vec<OpeningHours>,
        /// Why the hours differ from the usual ones, where the day is an exception that says so.
        reason: Option<String>,
    },
}

/// How far ahead the next day of opening is looked for, in days.
const LOOK_AHEAD: u64 = 14;

impl Site {
    /// The hours on a day: those of the exception for that day where there is one, else those of its weekday. A site
    /// without weekly hours is unknown on every other day; one with them is closed on the weekdays that they leave out.
    #[must_use]
    pub fn hours_on(&self, day: NaiveDate) -> HoursOn {
        let exception = self.exceptions.iter().find(|exception| exception.day == day);
        let (mut spans, reason) = match exception {
            Some(exception) => (exception.hours.clone(), exception.reason.clone()),
            None if self.hours.is_empty() => return HoursOn::Unknown,
            None => {
                let weekday = day.weekday().number_from_monday();
                let of_day = self.hours.iter().filter(|span| u32::from(span.weekday) == weekday);
                (of_day.cloned().collect(), None)
            }
        };
        if spans.is_empty() {
            return HoursOn::Closed { reason };
        }
        spans.sort_by(|a, b| a.opens.cmp(&b.opens));
        HoursOn::Open { spans, reason }
    }

    /// The first day after a day on which it is open, with its hours, earliest first; exceptions count as on any day.
    /// `None` where nothing within the next 14 days is known to be open.
    #[must_use]
    pub fn opens_after(&self, day: NaiveDate) -> Option<(NaiveDate, Vec<OpeningHours>)> {
        let ahead = (1..=LOOK_AHEAD).filter_map(|days| day.checked_add_days(Days::new(days)));
        ahead
            .filter_map(|day| match self.hours_on(day) {
                HoursOn::Open { spans, .. } => Some((day, spans)),
                HoursOn::Unknown | HoursOn::Closed { .. } => None,
            })
            .next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::HoursException;

    fn span(weekday: u8, opens: &str, closes: &str) -> OpeningHours {
        OpeningHours { weekday, opens: opens.to_owned(), closes: closes.to_owned() }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn site() -> Site {
        let exception = |day: &str, hours, reason: &str| HoursException {
            day: day.parse().expect("a date"),
            hours,
            reason: Some(reason.to_owned()),
        };
        Site {
            hours: vec![span(1, "13:30", "17:00"), span(1, "07:30", "11:30")],
            exceptions: vec![
                exception("2021-03-08", vec![], "Nghỉ bù"),
                exception("2021-03-14", vec![span(7, "08:00", "10:00")], "Làm bù"),
            ],
            ..Site::default()
        }
    }

    #[test]
    fn weekly_hours_hold_on_their_weekday() {
        let monday = site().hours_on(day("2021-03-01"));
        let spans = vec![span(1, "07:30", "11:30"), span(1, "13:30", "17:00")];
        assert_eq!(monday, HoursOn::Open { spans, reason: None });
        assert_eq!(site().hours_on(day("2021-03-02")), HoursOn::Closed { reason: None });
    }

    #[test]
    fn an_exception_goes_before_the_weekday() {
        let closed = HoursOn::Closed { reason: Some("Nghỉ bù".to_owned()) };
        assert_eq!(site().hours_on(day("2021-03-08")), closed);
        let sunday = site().hours_on(day("2021-03-14"));
        let spans = vec![span(7, "08:00", "10:00")];
        assert_eq!(sunday, HoursOn::Open { spans, reason: Some("Làm bù".to_owned()) });
    }

    #[test]
    fn after_a_closed_day_the_next_opening_is_the_first_that_is_known() {
        let opens = |site: &Site, after: &str| site.opens_after(day(after)).map(|(day, _)| day.to_string());
        // A Tuesday is followed by a Monday that is an exception, and that by an open Sunday.
        assert_eq!(opens(&site(), "2021-03-02").as_deref(), Some("2021-03-14"));
        assert_eq!(opens(&site(), "2021-03-16").as_deref(), Some("2021-03-22"));
        let (_, spans) = site().opens_after(day("2021-03-16")).expect("opens");
        assert_eq!(spans.first().map(|span| span.opens.as_str()), Some("07:30"));
        let unknown = Site { hours: Vec::new(), ..site() };
        assert_eq!(opens(&unknown, "2021-03-01").as_deref(), Some("2021-03-14"), "an exception may open it");
        assert_eq!(opens(&unknown, "2021-02-01"), None, "too far ahead to be of use");
        assert_eq!(site().opens_after(NaiveDate::MAX), None);
    }

    #[test]
    fn without_hours_nothing_is_known() {
        let unknown = Site { hours: Vec::new(), ..site() };
        assert_eq!(unknown.hours_on(day("2021-03-01")), HoursOn::Unknown);
        assert_eq!(
            unknown.hours_on(day("2021-03-08")),
            HoursOn::Closed { reason: Some("Nghỉ bù".to_owned()) }
        );
    }
}
