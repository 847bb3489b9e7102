//! A part of a whole, and how parts differ between units.

use std::cmp::Ordering;

/// A part of a whole. Both numbers always travel together: a percentage alone hides how many it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many.
    pub numerator: u64,
    /// Out of how many.
    pub denominator: u64,
}

impl Share {
    /// So many out of so many.
    #[must_use]
    pub fn of(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// The share in tenths of a percent, rounded half up; `None` where there is nothing to take a share of.
    #[must_use]
    pub fn permille(self) -> Option<u32> {
        let whole = u128::from(self.denominator);
        let tenths = (u128::from(self.numerator) * 2000 + whole).checked_div(2 * whole)?;
        u32::try_from(tenths).ok()
    }

    /// The share in percent with one decimal; `None` where there is nothing to take a share of.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        self.permille().map(|tenths| f64::from(tenths) / 10.0)
    }

    /// Compares by size, exactly; shares of nothing come after all others.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match (self.denominator, other.denominator) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Greater,
            (_, 0) => Ordering::Less,
            (mine, theirs) => (u128::from(self.numerator) * u128::from(theirs))
                .cmp(&(u128::from(other.numerator) * u128::from(mine))),
        }
    }
}

/// Share of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitShare {
    /// Code or id.
    pub code: String,
    /// Its share.
    pub share: Share,
}

/// How a share differs between units: the weakest, the quartiles, the best, and the gap. Units without anything to take
/// a share of are not in it. The quartiles are shares of real units (nearest rank), not values in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareSpread {
    /// How many units it is about.
    pub units: u64,
    /// The unit with the smallest share; of equals the one with the smallest code.
    pub weakest: UnitShare,
    /// A quarter of the units have at most this.
    pub lower_quartile: Share,
    /// Half of the units have at most this.
    pub median: Share,
    /// Three quarters of the units have at most this.
    pub upper_quartile: Share,
    /// The unit with the largest share; of equals the one with the smallest code.
    pub best: UnitShare,
}

impl ShareSpread {
    /// The spread over some units; `None` where no unit has a share.
    #[must_use]
    pub fn of(units: impl IntoIterator<Item = UnitShare>) -> Option<Self> {
        let mut units: Vec<UnitShare> = units.into_iter().filter(|unit| unit.share.denominator > 0).collect();
        units.sort_by(|a, b| a.share.compare(b.share).then_with(|| a.code.cmp(&b.code)));
        // The nearest rank of a quarter, a half, three quarters: the smallest unit with that part at or below it.
        let at_quarter = |quarter: usize| {
            let rank = (units.len() * quarter).div_ceil(4).max(1);
            units.get(rank - 1).map(|unit| unit.share)
        };
        let top = units.last()?.share;
        let best = units.iter().find(|unit| unit.share.compare(top) == Ordering::Equal)?;
        Some(Self {
            units: units.len() as u64,
            weakest: units.first()?.clone(),
            lower_quartile: at_quarter(1)?,
            median: at_quarter(2)?,
            upper_quartile: at_quarter(3)?,
            best: best.clone(),
        })
    }

    /// The best less the weakest, in percentage points with one decimal.
    #[must_use]
    pub fn gap_points(&self) -> f64 {
        let tenths = |share: Share| share.permille().unwrap_or(0);
        f64::from(tenths(self.best.share).saturating_sub(tenths(self.weakest.share))) / 10.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_half_up_and_of_nothing_is_none() {
        assert_eq!(Share::of(1, 3).permille(), Some(333));
        assert_eq!(Share::of(2, 3).permille(), Some(667));
        assert_eq!(Share::of(1, 2000).permille(), Some(1));
        assert_eq!(Share::of(0, 5).percent(), Some(0.0));
        assert_eq!(Share::of(7, 8).percent(), Some(87.5));
        assert_eq!(Share::of(0, 0).percent(), None);
        assert_eq!(Share::of(u64::MAX, u64::MAX).permille(), Some(1000));
    }

    fn units(shares: &[(&str, u64, u64)]) -> Option<ShareSpread> {
        let unit = |&(code, n, d): &(&str, u64, u64)| UnitShare { code: code.into(), share: Share::of(n, d) };
        ShareSpread::of(shares.iter().map(unit))
    }

    #[test]
    fn the_weakest_unit_is_named_and_ties_go_by_code() {
        let spread = units(&[("c", 1, 2), ("b", 0, 4), ("a", 0, 9), ("e", 3, 4), ("d", 6, 8), ("x", 0, 0)])
            .expect("some");
        assert_eq!((spread.units, spread.weakest.code.as_str(), spread.best.code.as_str()), (5, "a", "d"));
        assert_eq!((spread.lower_quartile, spread.median), (Share::of(0, 4), Share::of(1, 2)));
        assert_eq!(spread.upper_quartile, Share::of(6, 8));
        assert!((spread.gap_points() - 75.0).abs() < f64::EPSILON);
        assert_eq!(units(&[("x", 0, 0)]), None);
        let one = units(&[("x", 1, 4)]).expect("one");
        assert_eq!((one.lower_quartile, one.upper_quartile), (Share::of(1, 4), Share::of(1, 4)));
    }

    #[test]
    fn shares_compare_exactly() {
        assert_eq!(Share::of(1, 3).compare(Share::of(333, 1000)), Ordering::Greater);
        assert_eq!(Share::of(2, 6).compare(Share::of(1, 3)), Ordering::Equal);
        assert_eq!(Share::of(0, 0).compare(Share::of(9, 9)), Ordering::Greater);
    }
}
