//! When a site is open on one day.

use chrono::{Datelike, NaiveDate};

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
    fn without_hours_nothing_is_known() {
        let unknown = Site { hours: Vec::new(), ..site() };
        assert_eq!(unknown.hours_on(day("2021-03-01")), HoursOn::Unknown);
        assert_eq!(
            unknown.hours_on(day("2021-03-08")),
            HoursOn::Closed { reason: Some("Nghỉ bù".to_owned()) }
        );
    }
}
