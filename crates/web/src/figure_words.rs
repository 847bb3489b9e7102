//! Figures as the pages word them: shares, and the categories into which pairs fall.

use motcua_catalogue::figures::{Coverage, ListingState, Share};
use motcua_catalogue::{Level, OnlineLevel, Scheme};

use crate::l10n::L10n;
use crate::spread::state_view;

/// `33,2%`; a dash where there is nothing to take a share of.
pub(crate) fn percent(share: Share) -> String {
    share.permille().map_or_else(|| "–".to_owned(), |tenths| format!("{},{}%", tenths / 10, tenths % 10))
}

/// `33,2% (412/1.240)`: a percentage never stands alone.
pub(crate) fn share(l10n: &L10n, share: Share) -> String {
    if share.denominator == 0 {
        return l10n.t("unknown-info").to_string();
    }
    let percent = percent(share);
    l10n.t("figure-share")
        .arg("percent", percent)
        .arg("n", share.numerator)
        .arg("of", share.denominator)
        .to_string()
}

/// `12,5` percentage points.
pub(crate) fn points(points: f64) -> String {
    format!("{points:.1}").replace('.', ",")
}

/// What a pair of procedure and centre can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// Listed: what the centre says.
    Said(ListingState),
    /// Not listed: nobody has said anything.
    NotListed,
}

impl Category {
    /// Every category, from fully online to what nobody has said; schemes newest first within a level of reach.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let mut levels: Vec<OnlineLevel> = OnlineLevel::all().collect();
        levels.sort_by_key(|level| {
            std::cmp::Reverse(match level.level() {
                Level::Four | Level::Full => 4,
                Level::Three | Level::Partial => 3,
                Level::Two => 2,
                Level::One => 1,
                Level::None => 0,
            })
        });
        let states = [ListingState::Offered, ListingState::NotOffered, ListingState::Unknown];
        levels
            .into_iter()
            .map(|level| Self::Said(ListingState::Level(level)))
            .chain(states.map(Self::Said))
            .chain([Self::NotListed])
    }

    /// How many pairs are of it.
    pub(crate) fn count(self, coverage: &Coverage) -> u64 {
        let counts = &coverage.counts;
        match self {
            Self::Said(ListingState::Level(level)) => {
                counts.levels.iter().find(|(known, _)| *known == level).map_or(0, |(_, count)| *count)
            }
            Self::Said(ListingState::Offered) => counts.offered_without_level,
            Self::Said(ListingState::Unknown) => counts.unknown,
            Self::Said(ListingState::NotOffered) => counts.not_offered,
            Self::NotListed => coverage.not_listed,
        }
    }

    /// Its name, a level with its scheme.
    pub(crate) fn label(self, l10n: &L10n) -> String {
        match self {
            Self::NotListed => l10n.t("figure-not-listed").to_string(),
            Self::Said(ListingState::Unknown) => l10n.t("figure-unknown").to_string(),
            Self::Said(state) => {
                let view = state_view(l10n, state);
                if view.scheme.is_empty() { view.label } else { format!("{} ({})", view.label, view.scheme) }
            }
        }
    }

    /// Id of its pattern, so that charts read without colour. Levels of two schemes that stand on one page differ.
    pub(crate) fn pattern(self) -> &'static str {
        let Self::Said(state) = self else { return "p-blank" };
        let level = match state {
            ListingState::Level(level) => level,
            ListingState::Offered => return "p-grid",
            ListingState::Unknown => return "p-dash",
            ListingState::NotOffered => return "p-cross",
        };
        match (level.level(), level.scheme()) {
            (Level::Four, _) => "p-solid",
            (Level::Full, Scheme::Nd224) => "p-solid-h",
            (Level::Full, _) => "p-solid-v",
            (Level::Three, _) => "p-diag",
            (Level::Partial, Scheme::Nd224) => "p-diag-wide",
            (Level::Partial, _) => "p-diag-back",
            (Level::Two, _) => "p-dots",
            (Level::One, _) => "p-dots-few",
            (Level::None, _) => "p-rings",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn shares_are_written_the_vietnamese_way_with_their_numbers() {
        assert_eq!(percent(Share::of(1, 3)), "33,3%");
        assert_eq!(share(L10n::vi(), Share::of(412, 1240)), "33,2% (412/1.240)");
        assert_eq!(share(L10n::vi(), Share::of(0, 0)), "chưa có thông tin");
        assert_eq!(points(12.54), "12,5");
    }

    #[test]
    fn every_pair_is_in_exactly_one_category() {
        let all: Vec<Category> = Category::all().collect();
        assert_eq!(all.len(), OnlineLevel::all().count() + 4);
        let mut coverage = Coverage { not_listed: 5, ..Coverage::default() };
        for (count, level) in (1..).zip(OnlineLevel::all()) {
            coverage.counts.add(ListingState::Level(level), count);
        }
        for state in [ListingState::Offered, ListingState::Unknown, ListingState::NotOffered] {
            coverage.counts.add(state, 7);
        }
        let sum: u64 = all.iter().map(|category| category.count(&coverage)).sum();
        assert_eq!(sum, coverage.pairs());
        let labels: BTreeSet<String> = all.iter().map(|category| category.label(L10n::vi())).collect();
        assert_eq!(labels.len(), all.len(), "every category has a name of its own");
    }

    #[test]
    fn patterns_tell_levels_of_one_scheme_apart() {
        for scheme in Scheme::ALL {
            let own = OnlineLevel::all().filter(|level| level.scheme() == scheme);
            let own: Vec<&str> =
                own.map(|level| Category::Said(ListingState::Level(level)).pattern()).collect();
            assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len(), "{own:?}");
        }
    }
}
