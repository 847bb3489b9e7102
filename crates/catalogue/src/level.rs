//! Tiers, and how far a procedure can be done online.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::code::InvalidId;

/// Tier that carries a procedure out (cấp thực hiện). The district tier ended on 1 July 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Ministry or central agency (cấp trung ương).
    Ministry,
    /// Province (cấp tỉnh).
    Province,
    /// District (cấp huyện), until 30 June 2025.
    District,
    /// Commune (cấp xã).
    Commune,
    /// Another agency (cơ quan khác).
    Other,
}

impl Tier {
    /// Every tier, from the top.
    pub const ALL: [Self; 5] = [Self::Ministry, Self::Province, Self::District, Self::Commune, Self::Other];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ministry => "ministry",
            Self::Province => "province",
            Self::District => "district",
            Self::Commune => "commune",
            Self::Other => "other",
        }
    }
}

/// The legal text whose words a level uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scheme {
    /// Nghị định 43/2011/NĐ-CP: mức độ 1 to 4.
    #[serde(rename = "nd43-2011")]
    Nd43,
    /// Nghị định 42/2022/NĐ-CP: một phần, toàn trình.
    #[serde(rename = "nd42-2022")]
    Nd42,
    /// Nghị định 224/2026/NĐ-CP: một phần (with a published reason), toàn trình.
    #[serde(rename = "nd224-2026")]
    Nd224,
}

impl Scheme {
    /// Every scheme, oldest first.
    pub const ALL: [Self; 3] = [Self::Nd43, Self::Nd42, Self::Nd224];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nd43 => "nd43-2011",
            Self::Nd42 => "nd42-2022",
            Self::Nd224 => "nd224-2026",
        }
    }

    /// The levels that exist in the scheme, lowest first.
    #[must_use]
    pub fn levels(self) -> &'static [Level] {
        match self {
            Self::Nd43 => &[Level::One, Level::Two, Level::Three, Level::Four],
            Self::Nd42 | Self::Nd224 => &[Level::None, Level::Partial, Level::Full],
        }
    }
}

/// How far a procedure can be done online (mức độ). It means nothing without its [`Scheme`]: see [`OnlineLevel`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Checked, and not provided online (chưa cung cấp trực tuyến).
    #[serde(rename = "none")]
    None,
    /// Mức độ 1: full information.
    #[serde(rename = "1")]
    One,
    /// Mức độ 2: forms to download.
    #[serde(rename = "2")]
    Two,
    /// Mức độ 3: filled in and sent online, paid and collected at the office.
    #[serde(rename = "3")]
    Three,
    /// Mức độ 4: paid online as well.
    #[serde(rename = "4")]
    Four,
    /// Một phần: partly online.
    #[serde(rename = "partial")]
    Partial,
    /// Toàn trình: online from end to end.
    #[serde(rename = "full")]
    Full,
}

impl Level {
    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
            Self::Four => "4",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }
}

/// A level in the words of a scheme. The pair is checked: mức độ 4 does not exist in NĐ 42/2022.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "RawOnlineLevel")]
pub struct OnlineLevel {
    scheme: Scheme,
    level: Level,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOnlineLevel {
    scheme: Scheme,
    level: Level,
}

/// A level that its scheme does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the scheme {} has no level {}", scheme.as_str(), level.as_str())]
pub struct NoSuchLevel {
    /// The scheme asked for.
    pub scheme: Scheme,
    /// The level that it does not have.
    pub level: Level,
}

impl TryFrom<RawOnlineLevel> for OnlineLevel {
    type Error = NoSuchLevel;

    fn try_from(raw: RawOnlineLevel) -> Result<Self, NoSuchLevel> {
        Self::new(raw.scheme, raw.level)
    }
}

impl OnlineLevel {
    /// Pairs a level with its scheme.
    pub fn new(scheme: Scheme, level: Level) -> Result<Self, NoSuchLevel> {
        if scheme.levels().contains(&level) {
            Ok(Self { scheme, level })
        } else {
            Err(NoSuchLevel { scheme, level })
        }
    }

    /// Every level of every scheme, oldest scheme and lowest level first.
    pub fn all() -> impl Iterator<Item = Self> {
        Scheme::ALL
            .into_iter()
            .flat_map(|scheme| scheme.levels().iter().map(move |&level| Self { scheme, level }))
    }

    /// The legal text whose words these are.
    #[must_use]
    pub fn scheme(self) -> Scheme {
        self.scheme
    }

    /// The level.
    #[must_use]
    pub fn level(self) -> Level {
        self.level
    }

    /// Whether a dossier can be sent online at this level: mức độ 3 and 4, một phần, toàn trình.
    #[must_use]
    pub fn is_online(self) -> bool {
        matches!(self.level, Level::Three | Level::Four | Level::Partial | Level::Full)
    }

    /// Rank for "highest" and "weakest" within one scheme, 0 the lowest. Ranks of two schemes are not comparable.
    #[must_use]
    pub fn rank(self) -> usize {
        self.scheme.levels().iter().position(|&level| level == self.level).unwrap_or(0)
    }
}

impl fmt::Display for OnlineLevel {
    /// `nd43-2011:4`, the form accepted by `level=` filters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme.as_str(), self.level.as_str())
    }
}

/// Reads the code of an enumeration that stands in a fixed list.
macro_rules! parse_from_list {
    ($name:ident, $what:literal, $expected:literal, $all:expr) => {
        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(value: &str) -> Result<Self, InvalidId> {
                $all.into_iter().find(|item: &Self| item.as_str() == value).ok_or_else(|| InvalidId {
                    what: $what,
                    value: value.to_owned(),
                    expected: $expected,
                })
            }
        }
    };
}

parse_from_list!(Tier, "tier", "ministry, province, district, commune or other", Tier::ALL);
parse_from_list!(Scheme, "scheme", "nd43-2011, nd42-2022 or nd224-2026", Scheme::ALL);
parse_from_list!(
    Level,
    "level",
    "1, 2, 3, 4, partial, full or none",
    [Level::None, Level::One, Level::Two, Level::Three, Level::Four, Level::Partial, Level::Full]
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_never_travels_in_a_foreign_scheme() {
        assert!(OnlineLevel::new(Scheme::Nd43, Level::Four).is_ok());
        assert!(OnlineLevel::new(Scheme::Nd42, Level::Four).is_err());
        assert!(OnlineLevel::new(Scheme::Nd43, Level::Full).is_err());
        assert!(serde_json::from_str::<OnlineLevel>(r#"{"scheme":"nd224-2026","level":"3"}"#).is_err());
        assert!(serde_json::from_str::<OnlineLevel>(r#"{"level":"3"}"#).is_err());
    }

    #[test]
    fn codes_read_back() {
        for level in OnlineLevel::all() {
            assert_eq!(level.level().as_str().parse(), Ok(level.level()));
            assert_eq!(level.scheme().as_str().parse(), Ok(level.scheme()));
        }
        assert!("5".parse::<Level>().is_err());
    }
}
