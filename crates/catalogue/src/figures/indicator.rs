//! The official figure: group 3.1 of QĐ 766/QĐ-TTg, as secondary sources describe it.

use chrono::NaiveDate;

use crate::figures::share::Share;

/// Day on which QĐ 766/QĐ-TTg was decided. On days before it the figure is only reckoned back, to compare.
pub const INDICATOR_DECIDED_ON: NaiveDate = match NaiveDate::from_ymd_opt(2022, 6, 23) {
    Some(day) => day,
    None => panic!("not a day of the calendar"),
};

/// How the official figure is turned into points. The decision's own text was not at hand when this was written, and
/// sources differ on the points, so the numbers are a site's configuration and their source is shown with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorRules {
    /// Points for full marks; `None` where the site names none, and then no points are shown.
    pub points: Option<u32>,
    /// Share from which full marks are given, in percent, 1 to 100.
    pub full_marks_percent: u32,
    /// Where the rules were taken from.
    pub source: String,
}

impl Default for IndicatorRules {
    fn default() -> Self {
        Self {
            points: None,
            full_marks_percent: 80,
            source:
                "Quyết định 766/QĐ-TTg ngày 23/6/2022, nhóm 3.1, theo nguồn thứ cấp; chưa đối chiếu với văn \
                     bản gốc"
                    .to_owned(),
        }
    }
}

impl IndicatorRules {
    /// Points for a share, with two decimals: in proportion up to the share of full marks, and no more than full marks.
    #[must_use]
    pub fn score(&self, share: Share) -> Option<f64> {
        let points = f64::from(self.points?);
        let reached = f64::from(share.permille()?) / (f64::from(self.full_marks_percent.max(1)) * 10.0);
        Some((points * reached.min(1.0) * 100.0).round() / 100.0)
    }
}

/// Share of procedures offered online (tỷ lệ thủ tục hành chính được cung cấp trực tuyến), QĐ 766 group 3.1, of a
/// province or a commune. It counts procedures and not pairs, and where centres differ the highest counts: read it only
/// beside [`Coverage`](super::Coverage).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnlineIndicator {
    /// Province: procedures that some centre in it offers at một phần or toàn trình ÷ procedures that concern some centre in
    /// it. Commune: procedures of the commune tier that a centre of that commune offers so ÷ procedures of the commune
    /// tier that concern it. Mức độ 3 counts as một phần and mức độ 4 as toàn trình: practice, not law.
    pub online: Share,
    /// Procedures offered at toàn trình (or mức độ 4) ÷ procedures that may be offered so. Which may is recorded nowhere:
    /// those that the national record marks as "offline only" are left out, all others stay in.
    pub full: Share,
    /// How many procedures were left out of [`full`](Self::full) because of that mark.
    pub offline_only: u64,
    /// How many procedures in the denominator of [`full`](Self::full) have no record of that mark at all.
    pub unmarked: u64,
    /// How many procedures count in [`online`](Self::online) by a level of NĐ 43/2011 alone.
    pub by_old_levels: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_grow_up_to_the_share_of_full_marks() {
        let rules = IndicatorRules { points: Some(4), ..IndicatorRules::default() };
        let score = |n| rules.score(Share::of(n, 100)).expect("points");
        for (share, points) in [(0, 0.0), (40, 2.0), (79, 3.95), (80, 4.0), (100, 4.0)] {
            assert!((score(share) - points).abs() < 0.001, "{share}: {}", score(share));
        }
        assert_eq!(rules.score(Share::of(0, 0)), None);
        assert_eq!(IndicatorRules::default().score(Share::of(1, 2)), None, "no points are made up");
    }
}
