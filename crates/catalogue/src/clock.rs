//! The one place that reads the clock; everything else takes times as parameters.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// The present moment.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one module that may read the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The day in Asia/Ho_Chi_Minh at a moment. Vietnam has been at UTC+7 without summer time since 1975.
#[must_use]
pub fn day_in_vietnam(at: DateTime<Utc>) -> NaiveDate {
    let offset = FixedOffset::east_opt(7 * 3600).expect("seven hours are a valid offset");
    at.with_timezone(&offset).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_seventeen_utc() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time in the test");
        assert_eq!(day_in_vietnam(at("2026-06-30T16:59:59Z")).to_string(), "2026-06-30");
        assert_eq!(day_in_vietnam(at("2026-06-30T17:00:00Z")).to_string(), "2026-07-01");
    }
}
