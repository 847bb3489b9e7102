//! The trail: what the engine took in lately, entry by entry. Where the catalogue's log turns out to have another history,
//! it tells the last entry that both have, and what those that got lost had touched.

use std::collections::VecDeque;

use motcua_catalogue::{Change, EntityKind, LogHash, LogPlace, Slug, Snapshot};

use crate::error::SearchError;

/// What an entry of the log touches, as far as answers depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Touched {
    /// The texts of a procedure.
    Procedure(i64),
    /// What a centre says.
    Listings(i64),
    /// The name of a field.
    Field(Slug),
    /// Units, centres, what became of units.
    Places,
    /// What holds for the whole site.
    Site,
    /// Nothing that the engine keeps.
    Nothing,
}

impl Touched {
    /// What a change touches. Kinds that the engine does not keep touch nothing, also kinds yet to come.
    pub(crate) fn by(change: &Change) -> Self {
        match change.entity {
            EntityKind::Procedure => Self::Procedure(change.subject_id),
            EntityKind::Availability => Self::Listings(change.subject_id),
            EntityKind::Unit | EntityKind::Centre | EntityKind::Succession => Self::Places,
            EntityKind::Field => change.key.parse().map_or(Self::Nothing, Self::Field),
            EntityKind::Site => Self::Site,
            _ => Self::Nothing,
        }
    }
}

/// An entry of the log that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TakenIn {
    pub(crate) sequence: u64,
    pub(crate) hash: LogHash,
    pub(crate) touched: Touched,
}

impl TakenIn {
    pub(crate) fn new(change: &Change) -> Self {
        Self { sequence: change.sequence, hash: change.hash, touched: Touched::by(change) }
    }
}

/// The last entries that were taken in, without a gap, and the place before the first of them.
#[derive(Debug)]
pub(crate) struct Trail {
    base: (u64, LogHash),
    entries: VecDeque<TakenIn>,
    most: usize,
}

impl Trail {
    /// A trail that begins at a place and keeps so many entries.
    pub(crate) fn new(base: &LogPlace, most: usize) -> Self {
        Self { base: (base.sequence, base.hash), entries: VecDeque::new(), most }
    }

    /// Adds what was taken in after the last entry.
    pub(crate) fn extend(&mut self, taken: Vec<TakenIn>) {
        self.entries.extend(taken);
        while self.entries.len() > self.most {
            if let Some(first) = self.entries.pop_front() {
                self.base = (first.sequence, first.hash);
            }
        }
    }

    /// Number of the last entry that is also in the log of a state; none where the trail does not reach back to it.
    pub(crate) async fn last_common(&self, snapshot: &mut Snapshot) -> Result<Option<u64>, SearchError> {
        if snapshot.log_hash(self.base.0).await? != Some(self.base.1) {
            return Ok(None);
        }
        // A hash stands for all entries before it too, so the common ones come first.
        let (mut common, mut other) = (0, self.entries.len());
        while common < other {
            let middle = usize::midpoint(common, other);
            let Some(entry) = self.entries.get(middle) else { break };
            if snapshot.log_hash(entry.sequence).await? == Some(entry.hash) {
                common = middle + 1;
            } else {
                other = middle;
            }
        }
        let last = common.checked_sub(1).and_then(|number| self.entries.get(number));
        Ok(Some(last.map_or(self.base.0, |entry| entry.sequence)))
    }

    /// What the entries after a number touched.
    pub(crate) fn touched_after(&self, sequence: u64) -> impl Iterator<Item = &Touched> {
        let after = self.entries.iter().filter(move |entry| entry.sequence > sequence);
        after.map(|entry| &entry.touched)
    }

    /// Forgets the entries after a number.
    pub(crate) fn cut_after(&mut self, sequence: u64) {
        self.entries.retain(|entry| entry.sequence <= sequence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(sequence: u64) -> TakenIn {
        let id = i64::try_from(sequence).expect("small");
        TakenIn { sequence, hash: LogHash::ORIGIN, touched: Touched::Procedure(id) }
    }

    #[test]
    fn a_trail_keeps_the_last_entries_and_the_place_before_them() {
        let base = format!("{}.5.{}", "0".repeat(32), "0".repeat(64)).parse().expect("a place");
        let mut trail = Trail::new(&base, 3);
        trail.extend((6..=10).map(entry).collect());
        assert_eq!(trail.base.0, 7);
        assert_eq!(
            trail.touched_after(8).collect::<Vec<_>>(),
            [&Touched::Procedure(9), &Touched::Procedure(10)]
        );
        trail.cut_after(8);
        trail.extend(vec![entry(9)]);
        assert_eq!(trail.entries.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [8, 9]);
    }
}
