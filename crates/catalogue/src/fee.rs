//! Money and fees.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::period::Period;

/// An amount of money in whole đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Dong(i64);

impl Dong {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);

    /// Makes an amount; refuses negative ones and ones beyond 10¹² đồng, which no fee reaches.
    #[must_use]
    pub fn new(amount: i64) -> Option<Self> {
        (0..=1_000_000_000_000).contains(&amount).then_some(Self(amount))
    }

    /// The amount in đồng.
    #[must_use]
    pub fn amount(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Dong {
    type Error = String;

    fn try_from(amount: i64) -> Result<Self, String> {
        Self::new(amount).ok_or_else(|| format!("{amount} is not an amount between 0 and 10^12 đồng"))
    }
}

impl From<Dong> for i64 {
    fn from(dong: Dong) -> Self {
        dong.0
    }
}

impl fmt::Display for Dong {
    /// Vietnamese notation with dots: `1.025.000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// Fee or charge (phí, lệ phí).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Whole đồng; absent where the source names no amount in đồng.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Dong>,
    /// The amount as published where it is not a number of đồng ("10 USD").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// When it is due, as published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Who is exempt or pays less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<String>,
    /// The text that sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
    /// When it holds.
    #[serde(default, skip_serializing_if = "is_always")]
    pub period: Period,
}

fn is_always(period: &Period) -> bool {
    *period == Period::ALWAYS
}

/// Reads an amount as the national catalogue prints it: `Miễn phí`, `30,000 đồng`, `1100 VNĐ`,
/// `50,000 Việt Nam Đồng`. Anything else, such as an amount in USD, gives `None`.
#[must_use]
pub fn parse_amount(text: &str) -> Option<Dong> {
    let folded = crate::text::fold(text.trim());
    if folded == "mien phi" {
        return Some(Dong::ZERO);
    }
    let (number, currency) = folded.split_once(' ')?;
    if !matches!(currency.trim(), "dong" | "vnd" | "viet nam dong") {
        return None;
    }
    let groups: Vec<&str> = number.split(',').collect();
    let grouped = groups.len() == 1
        || (groups[1..].iter().all(|group| group.len() == 3) && (1..=3).contains(&groups[0].len()));
    let digits = groups.concat();
    if !grouped || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Dong::new(digits.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_amounts_become_whole_dong() {
        assert_eq!(parse_amount("Miễn phí"), Some(Dong::ZERO));
        assert_eq!(parse_amount("30,000 đồng").map(Dong::amount), Some(30_000));
        assert_eq!(parse_amount("105,000,000 VNĐ").map(Dong::amount), Some(105_000_000));
        assert_eq!(parse_amount("1100 VNĐ").map(Dong::amount), Some(1100));
        assert_eq!(parse_amount("50,000 Việt Nam Đồng").map(Dong::amount), Some(50_000));
    }

    #[test]
    fn what_is_not_dong_stays_words() {
        for text in ["10 USD", "Theo quy định", "1,5 đồng", "", "1,000,00 đồng"] {
            assert_eq!(parse_amount(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_print_with_dots() {
        assert_eq!(Dong::new(1_025_000).expect("in range").to_string(), "1.025.000");
        assert_eq!(Dong::new(500).expect("in range").to_string(), "500");
        assert!(Dong::new(-1).is_none());
    }
}
