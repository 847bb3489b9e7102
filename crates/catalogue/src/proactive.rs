//! Proactive levels: another scheme with the numbers 1 to 4, which is never mixed with how far online a service is.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::code::InvalidId;

/// Level of a proactive service (mức độ dịch vụ công chủ động, NĐ 224/2026/NĐ-CP Art. 16). It says how much the authority
/// does unasked, not how far a dossier can be filed online, and has nothing in common with mức độ 1 to 4 of
/// NĐ 43/2011/NĐ-CP but the numbers: the types keep them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProactiveLevel {
    /// Reminds.
    #[serde(rename = "1")]
    Remind,
    /// Reminds and prepares the dossier.
    #[serde(rename = "2")]
    Prepare,
    /// Recommends the best option as well.
    #[serde(rename = "3")]
    Recommend,
    /// Carries it out automatically as well.
    #[serde(rename = "4")]
    Automatic,
}

impl ProactiveLevel {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Remind, Self::Prepare, Self::Recommend, Self::Automatic];

    /// Name of the scheme, written beside the number wherever it leaves the catalogue.
    pub const SCHEME: &'static str = "nd224-2026-proactive";

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remind => "1",
            Self::Prepare => "2",
            Self::Recommend => "3",
            Self::Automatic => "4",
        }
    }
}

impl FromStr for ProactiveLevel {
    type Err = InvalidId;

    fn from_str(value: &str) -> Result<Self, InvalidId> {
        Self::ALL.into_iter().find(|level| level.as_str() == value).ok_or_else(|| InvalidId {
            what: "proactive level",
            value: value.to_owned(),
            expected: "1, 2, 3 or 4",
        })
    }
}
