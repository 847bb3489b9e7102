//! The legal texts whose words the levels use, with their dates of force.

use chrono::NaiveDate;

use crate::level::Scheme;
use crate::period::Period;

/// A legal text (văn bản quy phạm pháp luật) as far as a scheme of levels needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegalText {
    /// Number, such as `42/2022/NĐ-CP`.
    pub number: &'static str,
    /// The articles that define or use the levels.
    pub articles: &'static str,
    /// Day on which it was signed. Its words cannot have been used before.
    pub signed_on: NaiveDate,
    /// First day of force.
    pub in_force_from: NaiveDate,
    /// First day on which it is no longer in force; absent while it is.
    pub in_force_to: Option<NaiveDate>,
    /// Whether the days of force were read in the text itself or a copy of it. Where not, they are the days that are
    /// commonly given, and pages say so.
    pub days_checked: bool,
}

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => panic!("not a day of the calendar"),
    }
}

/// From this day on một phần needs a published reason (NĐ 224/2026/NĐ-CP Art. 14), in whatever words it is given.
pub const REASON_REQUIRED_FROM: NaiveDate = day(2026, 7, 1);

/// First day on which NĐ 42/2022/NĐ-CP and no longer NĐ 43/2011/NĐ-CP holds.
const ND42_FROM: NaiveDate = day(2022, 8, 15);

impl Scheme {
    /// The text that the scheme comes from.
    #[must_use]
    pub fn legal_text(self) -> LegalText {
        match self {
            Self::Nd43 => LegalText {
                number: "43/2011/NĐ-CP",
                articles: "Điều 3",
                signed_on: day(2011, 6, 13),
                in_force_from: day(2011, 8, 1),
                in_force_to: Some(ND42_FROM),
                days_checked: false,
            },
            Self::Nd42 => LegalText {
                number: "42/2022/NĐ-CP",
                articles: "Điều 11",
                signed_on: day(2022, 6, 24),
                in_force_from: ND42_FROM,
                in_force_to: Some(REASON_REQUIRED_FROM),
                days_checked: false,
            },
            // Art. 90(2)(b) repeals NĐ 42/2022/NĐ-CP.
            Self::Nd224 => LegalText {
                number: "224/2026/NĐ-CP",
                articles: "Điều 14",
                signed_on: day(2026, 6, 24),
                in_force_from: REASON_REQUIRED_FROM,
                in_force_to: None,
                days_checked: true,
            },
        }
    }

    /// The days on which the text is in force.
    #[must_use]
    pub fn in_force(self) -> Period {
        let text = self.legal_text();
        Period::new(Some(text.in_force_from), text.in_force_to).unwrap_or(Period::since(text.in_force_from))
    }

    /// The scheme in force on a day; before the first one there was none.
    #[must_use]
    pub fn on(day: NaiveDate) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.in_force().contains(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_scheme_is_in_force_on_every_day_since_2011() {
        assert_eq!(Scheme::on(day(2011, 7, 31)), None);
        for (on, scheme) in [
            (day(2011, 8, 1), Scheme::Nd43),
            (day(2021, 3, 1), Scheme::Nd43),
            (day(2022, 8, 14), Scheme::Nd43),
            (day(2022, 8, 15), Scheme::Nd42),
            (day(2026, 6, 30), Scheme::Nd42),
            (day(2026, 7, 1), Scheme::Nd224),
        ] {
            assert_eq!(Scheme::on(on), Some(scheme), "{on}");
        }
        for pair in Scheme::ALL.windows(2) {
            assert_eq!(pair[0].legal_text().in_force_to, Some(pair[1].legal_text().in_force_from));
            assert!(pair[0].legal_text().signed_on < pair[1].legal_text().signed_on);
        }
    }
}
