//! Administrative units and what became of them.

use serde::{Deserialize, Serialize};

use crate::code::UnitCode;
use crate::level::Tier;
use crate::period::Period;
use crate::source::Source;
use chrono::NaiveDate;

/// Administrative unit (đơn vị hành chính) as it stands during one period: its code, kind, name and parent are dated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitPeriod {
    /// Code in this period.
    pub code: UnitCode,
    /// When the unit had this code, kind, name and parent.
    pub period: Period,
    /// Province, district or commune.
    pub tier: Tier,
    /// Kind as written in Vietnamese, lower case: tỉnh, thành phố trực thuộc trung ương, huyện, quận, thị xã,
    /// thành phố, xã, phường, thị trấn, đặc khu.
    pub kind: String,
    /// Name without the kind: `Thành Sen`.
    pub name: String,
    /// Name with the kind: `Phường Thành Sen`.
    pub full_name: String,
    /// Code of the unit above in the same period; none for a province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitCode>,
    /// Code of the province.
    pub province: UnitCode,
    /// Whether this is the same unit as the one that had the code on the day before: it was left as it was, or only
    /// renamed. A unit formed by a merger is a new one even when it takes over a code.
    #[serde(default)]
    pub continues: bool,
    /// Latitude in degrees (WGS 84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Longitude in degrees (WGS 84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Whatever else the source gives, by column name: area, population, seat, former names, doubts.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub extra: std::collections::BTreeMap<String, String>,
    /// Where the record comes from.
    pub source: Source,
}

/// How much of a unit went to its successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The whole unit.
    Whole,
    /// A part of it; the rest went elsewhere.
    Part,
    /// The source does not say what became of it.
    Unknown,
}

impl Extent {
    /// Every extent.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Part, Self::Unknown];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
            Self::Unknown => "unknown",
        }
    }
}

/// Succession (sáp nhập, chia tách): what became of a unit on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// Code that the former unit had on the day before.
    pub predecessor: UnitCode,
    /// Code of the unit it went to, on the day itself; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<UnitCode>,
    /// First day of the new order.
    pub effective_on: NaiveDate,
    /// How much of it went there.
    pub extent: Extent,
    /// Whether this successor is taken when no more is known. Never used to answer silently.
    #[serde(default)]
    pub is_default: bool,
    /// Further columns of the source: names, steps in between.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub extra: std::collections::BTreeMap<String, String>,
    /// Where the record comes from.
    pub source: Source,
}
