//! Sets of small numbers.

/// A set of numbers below a fixed bound, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bitmap {
    blocks: Vec<u64>,
}

impl Bitmap {
    /// The empty set of numbers below `bound`.
    pub(crate) fn below(bound: usize) -> Self {
        Self { blocks: vec![0; bound.div_ceil(64)] }
    }

    /// Adds a number; numbers above the bound make room for themselves.
    pub(crate) fn insert(&mut self, number: u32) {
        let block = number as usize / 64;
        if block >= self.blocks.len() {
            self.blocks.resize(block + 1, 0);
        }
        if let Some(bits) = self.blocks.get_mut(block) {
            *bits |= 1 << (number % 64);
        }
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        self.blocks.get(number as usize / 64).is_some_and(|bits| bits & (1 << (number % 64)) != 0)
    }

    /// Adds every number of another set.
    pub(crate) fn add_all(&mut self, other: &Self) {
        if self.blocks.len() < other.blocks.len() {
            self.blocks.resize(other.blocks.len(), 0);
        }
        for (mine, theirs) in self.blocks.iter_mut().zip(&other.blocks) {
            *mine |= theirs;
        }
    }

    /// Removes every number that another set does not have.
    pub(crate) fn keep_common(&mut self, other: &Self) {
        for (place, mine) in self.blocks.iter_mut().enumerate() {
            *mine &= other.blocks.get(place).copied().unwrap_or(0);
        }
    }

    /// How many numbers both sets have.
    pub(crate) fn count_common(&self, other: &Self) -> u64 {
        self.blocks
            .iter()
            .zip(&other.blocks)
            .map(|(mine, theirs)| u64::from((mine & theirs).count_ones()))
            .sum()
    }

    /// How many numbers it has.
    pub(crate) fn count(&self) -> u64 {
        self.blocks.iter().map(|bits| u64::from(bits.count_ones())).sum()
    }

    /// Memory in bytes.
    pub(crate) fn size_bytes(&self) -> usize {
        self.blocks.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behaves_like_a_set(left in proptest::collection::btree_set(0_u32..500, 0..60),
                              right in proptest::collection::btree_set(0_u32..900, 0..60)) {
            let fill = |numbers: &BTreeSet<u32>| {
                let mut bitmap = Bitmap::below(500);
                numbers.iter().for_each(|&number| bitmap.insert(number));
                bitmap
            };
            let (mut a, b) = (fill(&left), fill(&right));
            prop_assert_eq!(a.count_common(&b), left.intersection(&right).count() as u64);
            a.add_all(&b);
            for number in 0..1000 {
                prop_assert_eq!(a.contains(number), left.contains(&number) || right.contains(&number));
            }
        }
    }
}
