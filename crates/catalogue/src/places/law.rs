//! The resolutions behind the order of units of 1 July 2025, for successions that do not name their own.

use chrono::NaiveDate;

use crate::code::UnitCode;
use crate::level::Tier;

/// Resolutions of the National Assembly's Standing Committee of June 2025 on the communes, by the code that the
/// province has since then. Numbers as in the list of signed texts on chinhphu.vn, compared with two other lists.
const COMMUNES: [(&str, u16); 34] = [
    ("01", 1656),
    ("04", 1657),
    ("08", 1684),
    ("11", 1661),
    ("12", 1670),
    ("14", 1681),
    ("15", 1673),
    ("19", 1683),
    ("20", 1672),
    ("22", 1679),
    ("24", 1658),
    ("25", 1676),
    ("31", 1669),
    ("33", 1666),
    ("37", 1674),
    ("38", 1686),
    ("40", 1678),
    ("42", 1665),
    ("44", 1680),
    ("46", 1675),
    ("48", 1659),
    ("51", 1677),
    ("52", 1664),
    ("56", 1667),
    ("66", 1660),
    ("68", 1671),
    ("75", 1662),
    ("79", 1685),
    ("80", 1682),
    ("82", 1663),
    ("86", 1687),
    ("91", 1654),
    ("92", 1668),
    ("96", 1655),
];

/// The resolution by which units of a tier went over to a province on a day; none where it is not known for certain.
#[must_use]
pub fn resolution_of(tier: Tier, province: &UnitCode, effective_on: NaiveDate) -> Option<String> {
    if Some(effective_on) != NaiveDate::from_ymd_opt(2025, 7, 1) {
        return None;
    }
    match tier {
        Tier::Province => Some("Nghị quyết 202/2025/QH15".to_owned()),
        Tier::Commune => COMMUNES
            .iter()
            .find(|(code, _)| *code == province.as_str())
            .map(|(_, number)| format!("Nghị quyết {number}/NQ-UBTVQH15")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_named() {
        let code = |text: &str| text.parse::<UnitCode>().expect("a code");
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let named = |tier, province, on| resolution_of(tier, &code(province), day(on));
        assert_eq!(named(Tier::Commune, "42", "2025-07-01").as_deref(), Some("Nghị quyết 1665/NQ-UBTVQH15"));
        assert_eq!(named(Tier::Commune, "42", "2020-01-01"), None);
        assert_eq!(named(Tier::District, "42", "2025-07-01"), None);
        assert_eq!(named(Tier::Commune, "02", "2025-07-01"), None);
    }
}
