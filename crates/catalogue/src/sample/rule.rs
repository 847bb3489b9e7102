//! The fixed rule behind everything made up: dice that always fall the same way for the same keys.

/// Numbers that follow from keys alone (SplitMix64). Fast enough for millions, and the same on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice for a combination of keys; their order matters.
    pub(crate) fn of(keys: &[u64]) -> Self {
        let mut dice = Self(0x4D6F_7443_7561_2020);
        for key in keys {
            dice.0 ^= key;
            dice.0 = dice.roll();
        }
        dice
    }

    /// The next number.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The next number below a bound; 0 for the bound 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from((u128::from(self.roll()) * u128::from(bound)) >> 64).unwrap_or(0)
    }

    /// One of some things.
    pub(crate) fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let place = self.below(u32::try_from(things.len()).unwrap_or(u32::MAX));
        things.get(usize::try_from(place).unwrap_or(0))
    }
}

/// Key of a text for [`Dice::of`] (FNV-1a, 64 bits).
pub(crate) fn key(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_keys_give_the_same_numbers() {
        let roll = |keys: &[u64]| Dice::of(keys).roll();
        assert_eq!(roll(&[key("1.001193"), key("c18073")]), roll(&[key("1.001193"), key("c18073")]));
        assert_ne!(roll(&[1, 2]), roll(&[2, 1]));
    }

    #[test]
    fn numbers_spread_evenly_below_a_bound() {
        let mut dice = Dice::of(&[7]);
        let mut counts = [0_u32; 10];
        for _ in 0..10_000 {
            counts[usize::try_from(dice.below(10)).expect("small")] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        assert_eq!(dice.below(0), 0);
        assert!(dice.pick::<u8>(&[]).is_none());
    }
}
