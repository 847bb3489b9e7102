//! Service centres and their sites.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::code::{CentreId, UnitCode};
use crate::level::Tier;
use crate::period::Period;
use crate::source::Source;

/// Service centre (trung tâm phục vụ hành chính công, bộ phận tiếp nhận và trả kết quả).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Centre {
    /// Permanent id.
    pub id: CentreId,
    /// From when to when it worked.
    #[serde(default)]
    pub period: Period,
    /// Name.
    pub name: String,
    /// Tier it belongs to.
    pub tier: Tier,
    /// Code of its unit during its period.
    pub unit: UnitCode,
    /// Where it receives dossiers, at least one.
    #[serde(default)]
    pub sites: Vec<Site>,
    /// Address of its portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// Remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Further columns of the source.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// Where the record comes from.
    pub source: Source,
}

/// Site (điểm tiếp nhận) of a centre. What is not known stays absent and is shown as such.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Site {
    /// Name of the site where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Street address or seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Telephone numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Weekly hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<OpeningHours>,
    /// Days that differ from the weekly hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<HoursException>,
    /// Latitude in degrees (WGS 84).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Longitude in degrees (WGS 84).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
}

/// Opening hours of one weekday; a day may have several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawHours")]
pub struct OpeningHours {
    /// 1 Monday to 7 Sunday (ISO 8601).
    pub weekday: u8,
    /// `HH:MM`.
    pub opens: String,
    /// `HH:MM`, after `opens`.
    pub closes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHours {
    weekday: u8,
    opens: String,
    closes: String,
}

impl TryFrom<RawHours> for OpeningHours {
    type Error = String;

    fn try_from(raw: RawHours) -> Result<Self, String> {
        let clock =
            |text: &str| chrono::NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() == 5);
        let (Some(opens), Some(closes)) = (clock(&raw.opens), clock(&raw.closes)) else {
            return Err(format!("{} to {} is not a pair of times HH:MM", raw.opens, raw.closes));
        };
        if !(1..=7).contains(&raw.weekday) || closes <= opens {
            return Err(format!("weekday {} from {} to {} cannot be", raw.weekday, raw.opens, raw.closes));
        }
        Ok(Self { weekday: raw.weekday, opens: raw.opens, closes: raw.closes })
    }
}

/// A day on which the hours differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursException {
    /// The day.
    pub day: NaiveDate,
    /// Hours on that day; empty when closed.
    #[serde(default)]
    pub hours: Vec<OpeningHours>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
