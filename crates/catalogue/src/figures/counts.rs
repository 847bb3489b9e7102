//! How far online: the state of one listing, and counts over many.

use crate::availability::Offered;
use crate::level::{Level, OnlineLevel, Scheme};
use crate::read::Listing;

/// What a centre says about a procedure on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListingState {
    /// Offered at a level.
    Level(OnlineLevel),
    /// Offered; how far online is not known.
    Offered,
    /// Listed, but nobody has said whether it is offered.
    Unknown,
    /// Not offered.
    NotOffered,
}

impl ListingState {
    /// The state of a listing.
    #[must_use]
    pub fn of(listing: &Listing) -> Self {
        match (listing.offered, listing.level) {
            (Offered::Yes, Some(level)) => Self::Level(level),
            (Offered::Yes, None) => Self::Offered,
            (Offered::Unknown, _) => Self::Unknown,
            (Offered::No, _) => Self::NotOffered,
        }
    }

    /// Whether the centre offers the procedure.
    #[must_use]
    pub fn is_offered(self) -> bool {
        matches!(self, Self::Level(_) | Self::Offered)
    }

    /// The level, where it is known.
    #[must_use]
    pub fn level(self) -> Option<OnlineLevel> {
        match self {
            Self::Level(level) => Some(level),
            _ => None,
        }
    }
}

/// Counts by level. What is counted (procedures of a centre, centres for a procedure) depends on who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LevelCounts {
    /// Offered at a level, oldest scheme and lowest level first; only levels that occur.
    pub levels: Vec<(OnlineLevel, u64)>,
    /// Offered, how far online is not known.
    pub offered_without_level: u64,
    /// Listed without saying whether offered.
    pub unknown: u64,
    /// Not offered.
    pub not_offered: u64,
}

impl LevelCounts {
    /// How many are offered, at whatever level.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.levels.iter().map(|(_, count)| count).sum::<u64>() + self.offered_without_level
    }

    /// How many there are of everything.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.offered() + self.unknown + self.not_offered
    }

    /// How many of them can be sent online (mức độ 3, 4, một phần, toàn trình). Unknown never counts.
    #[must_use]
    pub fn online(&self) -> u64 {
        self.levels.iter().filter(|(level, _)| level.is_online()).map(|(_, count)| count).sum()
    }

    /// How many of them are online from end to end (mức độ 4, toàn trình).
    #[must_use]
    pub fn full(&self) -> u64 {
        self.levels.iter().filter(|(level, _)| is_full(*level)).map(|(_, count)| count).sum()
    }

    /// The same in the words of one scheme: what was stated in them, and apart from it what practice puts in the place of
    /// levels of other schemes.
    #[must_use]
    pub fn in_scheme(&self, scheme: Scheme) -> InScheme {
        let mut stated: Vec<(OnlineLevel, u64)> =
            OnlineLevel::all().filter(|level| level.scheme() == scheme).map(|level| (level, 0)).collect();
        let mut converted = stated.clone();
        let mut unsayable = 0;
        for &(level, count) in &self.levels {
            let (counts, said) = match level.scheme() == scheme {
                true => (&mut stated, Some(level)),
                false => (&mut converted, level.practice_in(scheme)),
            };
            match counts.iter_mut().find(|(known, _)| Some(*known) == said) {
                Some((_, known)) => *known += count,
                None => unsayable += count,
            }
        }
        InScheme { stated, converted, unsayable }
    }

    /// Adds to the count of a state. States may come in any order.
    pub fn add(&mut self, state: ListingState, count: u64) {
        match state {
            ListingState::Level(level) => match self.levels.binary_search_by_key(&level, |(known, _)| *known)
            {
                Ok(place) => {
                    if let Some((_, known)) = self.levels.get_mut(place) {
                        *known += count;
                    }
                }
                Err(place) => self.levels.insert(place, (level, count)),
            },
            ListingState::Offered => self.offered_without_level += count,
            ListingState::Unknown => self.unknown += count,
            ListingState::NotOffered => self.not_offered += count,
        }
    }
}

/// Counts in the words of one scheme. A converted level is practice, not law (NĐ 43/2011/NĐ-CP and the later decrees test
/// different things), so the two are never added up here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InScheme {
    /// Stated in the words of the scheme: every level, lowest first, also those that do not occur.
    pub stated: Vec<(OnlineLevel, u64)>,
    /// Stated in other words and converted.
    pub converted: Vec<(OnlineLevel, u64)>,
    /// Stated in other words that the scheme cannot say: not online was mức độ 1 or 2.
    pub unsayable: u64,
}

/// Whether a level is the highest of its scheme: mức độ 4, toàn trình. That both are the same is practice and not law.
#[must_use]
pub fn is_full(level: OnlineLevel) -> bool {
    matches!(level.level(), Level::Four | Level::Full)
}

/// Counts of centres by the level at which they offer one procedure, with both ends of the range.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LevelSpread {
    /// Centres by level.
    pub counts: LevelCounts,
    /// The scheme in whose words both ends are given: the one that most centres use, the newer of two equals. Levels
    /// of two schemes cannot be compared.
    pub scheme: Option<Scheme>,
    /// The highest level of that scheme at which a centre offers it.
    pub highest: Option<OnlineLevel>,
    /// The lowest level of that scheme at which a centre offers it. Centres without a known level are not in it:
    /// look at the counts before calling it the weakest of all.
    pub weakest: Option<OnlineLevel>,
}

impl LevelSpread {
    /// Finds both ends of counts.
    #[must_use]
    pub fn of(counts: LevelCounts) -> Self {
        let used = |scheme: Scheme| -> u64 {
            counts.levels.iter().filter(|(level, _)| level.scheme() == scheme).map(|(_, count)| count).sum()
        };
        // `max_by_key` returns the last of equals, and the schemes stand oldest first.
        let scheme =
            Scheme::ALL.into_iter().filter(|&scheme| used(scheme) > 0).max_by_key(|&scheme| used(scheme));
        let in_scheme =
            || counts.levels.iter().map(|(level, _)| *level).filter(|level| Some(level.scheme()) == scheme);
        let highest = in_scheme().max_by_key(|level| level.rank());
        let weakest = in_scheme().min_by_key(|level| level.rank());
        Self { scheme, highest, weakest, counts }
    }
}
