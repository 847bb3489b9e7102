//! Periods in the database: unknown bounds are the first and the last day that a date column can hold.

use chrono::NaiveDate;
use sea_orm::DbErr;

use crate::period::Period;

/// Stands for "no beginning known".
pub(crate) fn beginning() -> NaiveDate {
    NaiveDate::from_ymd_opt(1, 1, 1).expect("the first day of year 1 exists")
}

/// Stands for "no end known".
pub(crate) fn end() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).expect("the last day of year 9999 exists")
}

/// The two columns of a period.
pub(crate) fn columns(period: Period) -> (NaiveDate, NaiveDate) {
    (period.valid_from().unwrap_or_else(beginning), period.valid_to().unwrap_or_else(end))
}

/// The period behind two columns.
pub(crate) fn period(valid_from: NaiveDate, valid_to: NaiveDate) -> Result<Period, DbErr> {
    let from = (valid_from != beginning()).then_some(valid_from);
    let to = (valid_to != end()).then_some(valid_to);
    Period::new(from, to).map_err(|error| DbErr::Type(error.to_string()))
}

/// A day on which to look up what a period refers to: its first day, or else its last one, or else the far future.
pub(crate) fn reference_day(period: Period) -> NaiveDate {
    period
        .valid_from()
        .or_else(|| period.valid_to().and_then(|to| to.pred_opt()))
        .unwrap_or_else(|| end().pred_opt().unwrap_or_else(end))
}
