//! Time limits for handling a dossier.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::fold;

/// Unit of a time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Working day (ngày làm việc).
    WorkingDay,
    /// Calendar day (ngày).
    Day,
    /// Hour (giờ).
    Hour,
    /// Month (tháng).
    Month,
    /// Year (năm).
    Year,
}

impl TimeUnit {
    /// Every unit, in the order used for lists.
    pub const ALL: [Self; 5] = [Self::WorkingDay, Self::Day, Self::Hour, Self::Month, Self::Year];

    /// The Vietnamese words that the national catalogue prints.
    #[must_use]
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::WorkingDay => "Ngày làm việc",
            Self::Day => "Ngày",
            Self::Hour => "Giờ",
            Self::Month => "Tháng",
            Self::Year => "Năm",
        }
    }
}

/// A whole or half number of units, kept exactly: the national catalogue has 7.5 working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Quantity(u32);

impl Quantity {
    /// Makes a quantity from tenths of a unit.
    #[must_use]
    pub fn from_tenths(tenths: u32) -> Self {
        Self(tenths)
    }

    /// Tenths of a unit.
    #[must_use]
    pub fn tenths(self) -> u32 {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, tenth) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        if whole.is_empty() || whole.len() > 6 || tenth.len() != 1 {
            return None;
        }
        let whole: u32 = whole.bytes().all(|b| b.is_ascii_digit()).then(|| whole.parse().ok())??;
        let tenth: u32 = tenth.parse().ok()?;
        Some(Self(whole * 10 + tenth))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}", self.0 / 10),
            tenth => write!(f, "{}.{tenth}", self.0 / 10),
        }
    }
}

impl From<Quantity> for f64 {
    fn from(quantity: Quantity) -> Self {
        Self::from(quantity.0) / 10.0
    }
}

impl TryFrom<f64> for Quantity {
    type Error = String;

    fn try_from(value: f64) -> Result<Self, String> {
        let text = value.to_string();
        Self::parse(&text).ok_or_else(|| format!("{text} is not a quantity with at most one decimal"))
    }
}

/// Time limit (thời hạn giải quyết): a number and a unit, or the original wording where it is not one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum TimeLimit {
    /// A number of units.
    Counted {
        /// How many.
        quantity: Quantity,
        /// Of what.
        unit: TimeUnit,
    },
    /// The wording as published, such as "Chậm nhất là ngay trước khi tàu rời cảng".
    Worded {
        /// The original wording.
        wording: String,
    },
}

impl TimeLimit {
    /// Reads a published time limit: `5 Ngày làm việc`, `01 Giờ`, `7.5 Ngày làm việc`. What does not parse is kept
    /// word for word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::counted(text.trim()).unwrap_or_else(|| Self::Worded { wording: text.trim().to_owned() })
    }

    fn counted(text: &str) -> Option<Self> {
        let (number, words) = text.split_once(char::is_whitespace)?;
        let quantity = Quantity::parse(number)?;
        let words = fold(words.trim());
        let unit = TimeUnit::ALL.into_iter().find(|unit| fold(unit.vietnamese()) == words)?;
        Some(Self::Counted { quantity, unit })
    }
}

impl fmt::Display for TimeLimit {
    /// The Vietnamese wording of the national catalogue; parsing it gives the same time limit again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counted { quantity, unit } => write!(f, "{quantity} {}", unit.vietnamese()),
            Self::Worded { wording } => f.write_str(wording),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_limits_parse_to_number_and_unit() {
        let counted = |tenths, unit| TimeLimit::Counted { quantity: Quantity::from_tenths(tenths), unit };
        assert_eq!(TimeLimit::parse("5 Ngày làm việc"), counted(50, TimeUnit::WorkingDay));
        assert_eq!(TimeLimit::parse("01 Giờ"), counted(10, TimeUnit::Hour));
        assert_eq!(TimeLimit::parse("17.5 Ngày làm việc"), counted(175, TimeUnit::WorkingDay));
        assert_eq!(TimeLimit::parse("3 Tháng"), counted(30, TimeUnit::Month));
    }

    #[test]
    fn wording_without_a_number_is_kept() {
        let wording = "Không phải trả kết quả cho người nộp thuế";
        assert_eq!(TimeLimit::parse(wording), TimeLimit::Worded { wording: wording.to_owned() });
        assert_eq!(TimeLimit::parse("10 Ngày làm").to_string(), "10 Ngày làm");
    }

    #[test]
    fn json_keeps_half_days() {
        let limit = TimeLimit::parse("7.5 Ngày làm việc");
        let json = serde_json::to_string(&limit).expect("serialises");
        assert_eq!(json, r#"{"quantity":7.5,"unit":"working_day"}"#);
        assert_eq!(serde_json::from_str::<TimeLimit>(&json).expect("reads back"), limit);
    }
}
