//! Coverage (mức độ bao phủ): how far online many procedures are at many centres.

use crate::figures::counts::LevelCounts;
use crate::figures::share::Share;

/// Pairs of a procedure and a centre on a day, by what is said of them. [The module](super) says what a pair is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Pairs that a centre lists, by what it says.
    pub counts: LevelCounts,
    /// Pairs that concern the centre by tier and reach of the procedure, and of which it says nothing at all.
    pub not_listed: u64,
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::counts::ListingState;
    use crate::level::{Level, OnlineLevel, Scheme};

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
        let numbers = |counts: &[(OnlineLevel, u64)]| counts.iter().map(|(_, n)| *n).collect::<Vec<_>>();
        let old = coverage.counts.in_scheme(Scheme::Nd43);
        assert_eq!(numbers(&old.stated), [0, 5, 3, 2]);
        // Toàn trình is said as mức độ 4, and stays apart from what was stated as such; "not online" cannot be said.
        assert_eq!((numbers(&old.converted), old.unsayable), (vec![0, 0, 0, 1], 7));
        let new = coverage.counts.in_scheme(Scheme::Nd224);
        assert_eq!(numbers(&new.stated), [0, 0, 0]);
        assert_eq!((numbers(&new.converted), new.unsayable), (vec![5 + 7, 3, 2 + 1], 0));
    }
}
