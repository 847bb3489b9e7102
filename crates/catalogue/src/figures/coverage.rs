//! Coverage (mức độ bao phủ): how far online many procedures are at many centres.

use crate::figures::counts::LevelCounts;
use crate::figures::share::Share;
use crate::level::{OnlineLevel, Scheme};

/// Pairs of a procedure and a centre on a day, by what is said of them. [The module](super) says what a pair is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Pairs that a centre lists, by what it says.
    pub counts: LevelCounts,
    /// Pairs that concern the centre by tier and reach of the procedure, and of which it says nothing at all.
    pub not_listed: u64,
}

/// Coverage in the words of one scheme. Nothing is converted: levels of other schemes are told as a number of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InScheme {
    /// Every level of the scheme, lowest first, also those that do not occur.
    pub levels: Vec<(OnlineLevel, u64)>,
    /// Offered at a level of another scheme.
    pub other_schemes: u64,
}

impl Coverage {
    /// Every pair. The denominator of the honest shares.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.counts.total() + self.not_listed
    }

    /// Pairs of which nobody has said whether the procedure is offered: listed as unknown, and not listed.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.counts.unknown + self.not_listed
    }

    /// The honest share online (mức độ 3 and 4, một phần, toàn trình) of all pairs. Whatever is unknown, not listed, not
    /// offered or without a level is in the denominator and never in the numerator.
    #[must_use]
    pub fn online(&self) -> Share {
        Share::of(self.counts.online(), self.pairs())
    }

    /// The honest share from end to end (mức độ 4, toàn trình) of all pairs.
    #[must_use]
    pub fn full(&self) -> Share {
        Share::of(self.counts.full(), self.pairs())
    }

    /// The levels of one scheme.
    #[must_use]
    pub fn in_scheme(&self, scheme: Scheme) -> InScheme {
        let of = |level: OnlineLevel| {
            let known = self.counts.levels.iter().find(|(known, _)| *known == level);
            (level, known.map_or(0, |(_, count)| *count))
        };
        let levels: Vec<_> = OnlineLevel::all().filter(|level| level.scheme() == scheme).map(of).collect();
        let all: u64 = self.counts.levels.iter().map(|(_, count)| count).sum();
        let own: u64 = levels.iter().map(|(_, count)| count).sum();
        InScheme { levels, other_schemes: all - own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::counts::ListingState;
    use crate::level::Level;

    fn level(scheme: Scheme, level: Level) -> ListingState {
        ListingState::Level(OnlineLevel::new(scheme, level).expect("a level"))
    }

    #[test]
    fn unknown_is_in_the_denominator_and_never_in_the_numerator() {
        let mut counts = LevelCounts::default();
        for (state, count) in [
            (level(Scheme::Nd43, Level::Four), 2),
            (level(Scheme::Nd43, Level::Three), 3),
            (level(Scheme::Nd43, Level::Two), 5),
            (level(Scheme::Nd42, Level::Full), 1),
            (level(Scheme::Nd42, Level::None), 7),
            (ListingState::Offered, 11),
            (ListingState::Unknown, 13),
            (ListingState::NotOffered, 17),
        ] {
            counts.add(state, count);
        }
        let coverage = Coverage { counts, not_listed: 19 };
        assert_eq!(coverage.pairs(), 2 + 3 + 5 + 1 + 7 + 11 + 13 + 17 + 19);
        assert_eq!(coverage.unknown(), 32);
        assert_eq!(coverage.online(), Share::of(2 + 3 + 1, 78));
        assert_eq!(coverage.full(), Share::of(2 + 1, 78));
        let old = coverage.in_scheme(Scheme::Nd43);
        assert_eq!(old.levels.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [0, 5, 3, 2]);
        assert_eq!(old.other_schemes, 8);
        assert_eq!(coverage.in_scheme(Scheme::Nd224).other_schemes, 18);
    }
}
