//! How far online across many centres: both ends, never the best alone.

use motcua_catalogue::OnlineLevel;
use motcua_search::{LevelSpread, ListingState};

use crate::l10n::L10n;
use crate::words::LevelView;

/// The spread of one procedure over centres, in full.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SpreadView {
    /// What is counted.
    pub title: String,
    /// Each level with its centres, the highest first; then what is not known.
    pub lines: Vec<SpreadLine>,
}

/// Centres at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpreadLine {
    /// The level, or that it is not known.
    pub level: LevelView,
    /// How many centres.
    pub count: u64,
    /// Which end of the spread it is, where it is one.
    pub end: Option<String>,
}

impl SpreadView {
    /// Words for a spread.
    pub(crate) fn new(l10n: &L10n, spread: &LevelSpread, title: String) -> Self {
        let counts = &spread.counts;
        let end = |level: OnlineLevel| {
            if spread.highest == spread.weakest {
                None
            } else if Some(level) == spread.highest {
                Some(l10n.t("procedure-highest").to_string())
            } else if Some(level) == spread.weakest {
                Some(l10n.t("procedure-weakest").to_string())
            } else {
                None
            }
        };
        let mut lines: Vec<SpreadLine> = counts
            .levels
            .iter()
            .rev()
            .map(|&(level, count)| SpreadLine { level: LevelView::of(l10n, level), count, end: end(level) })
            .collect();
        let states = [
            (ListingState::Offered, counts.offered_without_level),
            (ListingState::Unknown, counts.unknown),
            (ListingState::NotOffered, counts.not_offered),
        ];
        for (state, count) in states {
            if count > 0 {
                lines.push(SpreadLine { level: state_view(l10n, state), count, end: None });
            }
        }
        Self { title, lines }
    }
}

/// What a centre says, as a level.
pub(crate) fn state_view(l10n: &L10n, state: ListingState) -> LevelView {
    use motcua_catalogue::Offered;
    match state {
        ListingState::Level(level) => LevelView::of(l10n, level),
        ListingState::Offered => LevelView::of_offer(l10n, Offered::Yes, None),
        ListingState::Unknown => LevelView::unknown(l10n),
        ListingState::NotOffered => LevelView::of_offer(l10n, Offered::No, None),
    }
}

/// One line for a card: `tại 12/13 trung tâm; thấp nhất: Mức độ 2; 1 trung tâm chưa có thông tin`, to stand after the
/// highest level.
pub(crate) fn sentence(l10n: &L10n, spread: &LevelSpread) -> String {
    let counts = &spread.counts;
    let Some(highest) = spread.highest else {
        if counts.offered_without_level > 0 {
            return l10n.t("spread-unlevelled").arg("n", counts.offered_without_level).to_string();
        }
        return l10n.t("spread-none").to_string();
    };
    let at_highest = counts.levels.iter().find(|(level, _)| *level == highest).map_or(0, |(_, count)| *count);
    let others: u64 = counts
        .levels
        .iter()
        .filter(|(level, _)| level.scheme() != highest.scheme())
        .map(|(_, count)| count)
        .sum();
    let total = counts.offered() + counts.unknown;
    let mut parts = Vec::new();
    parts.push(match (total, at_highest == total) {
        (1, _) => l10n.t("spread-one").to_string(),
        (_, true) => l10n.t("spread-all").arg("total", total).to_string(),
        _ => l10n.t("spread-highest").arg("n", at_highest).arg("total", total).to_string(),
    });
    if let Some(weakest) = spread.weakest.filter(|weakest| *weakest != highest) {
        parts.push(l10n.t("spread-weakest").arg("level", LevelView::of(l10n, weakest).label).to_string());
    }
    if others > 0 {
        parts.push(l10n.t("spread-other-schemes").arg("n", others).to_string());
    }
    let unknown = counts.unknown + counts.offered_without_level;
    if unknown > 0 {
        parts.push(l10n.t("spread-unknown").arg("n", unknown).to_string());
    }
    if counts.not_offered > 0 {
        parts.push(l10n.t("spread-not-offered").arg("n", counts.not_offered).to_string());
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::{Level, Scheme};
    use motcua_search::LevelCounts;

    use super::*;

    fn nd43(level: Level) -> OnlineLevel {
        OnlineLevel::new(Scheme::Nd43, level).expect("exists")
    }

    #[test]
    fn the_highest_level_never_stands_alone() {
        let counts = LevelCounts {
            levels: vec![(nd43(Level::Two), 1), (nd43(Level::Four), 11)],
            unknown: 1,
            ..LevelCounts::default()
        };
        let spread = LevelSpread::of(counts);
        assert_eq!(
            sentence(L10n::vi(), &spread),
            "tại 11/13 trung tâm; thấp nhất: Mức độ 2; 1 trung tâm chưa có thông tin"
        );
        let view = SpreadView::new(L10n::vi(), &spread, String::new());
        let labels: Vec<_> = view.lines.iter().map(|line| (line.level.label.as_str(), line.count)).collect();
        assert_eq!(labels, [("Mức độ 4", 11), ("Mức độ 2", 1), ("Chưa có thông tin", 1)]);
    }

    #[test]
    fn nothing_known_is_said() {
        let spread = LevelSpread::of(LevelCounts::default());
        assert_eq!(sentence(L10n::vi(), &spread), "Chưa có thông tin về trung tâm thực hiện thủ tục này.");
    }
}
