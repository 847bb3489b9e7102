//! Which tier offers which procedure.

use crate::sample::rule::{Dice, key};
use crate::{Procedure, Tier};

/// Procedures at each commune, district and provincial centre; the rest stays with the ministries.
const AT_COMMUNE: usize = 197;
const AT_DISTRICT: usize = 290;
const AT_PROVINCE: usize = 1_900;

/// The procedures dealt to the tiers, each to one.
#[derive(Debug)]
pub(super) struct Deal {
    commune: Vec<usize>,
    district: Vec<usize>,
    province: Vec<usize>,
}

impl Deal {
    /// Deals: first to the communes and districts what communes carry out, then to the provinces what these carry
    /// out, then whatever is left. The seed decides among equals.
    pub(super) fn of(procedures: &[Procedure], seed: u64) -> Self {
        let mut left = shuffled(procedures.len(), seed, "tier");
        let mut take = |count: usize, tier: Tier| {
            let fits = |place: &usize| procedures.get(*place).is_some_and(|one| one.tiers.contains(&tier));
            let (mut taken, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|place| fits(place));
            let further = taken.split_off(count.min(taken.len()));
            left = further.into_iter().chain(rest).collect();
            let missing = count - taken.len();
            taken.extend(left.drain(..missing.min(left.len())));
            taken.sort_unstable();
            taken
        };
        let commune = take(AT_COMMUNE, Tier::Commune);
        let district = take(AT_DISTRICT, Tier::Commune);
        let province = take(AT_PROVINCE, Tier::Province);
        Self { commune, district, province }
    }

    /// The procedures at each centre of a tier.
    pub(super) fn at(&self, tier: Tier) -> &[usize] {
        match tier {
            Tier::Commune => &self.commune,
            Tier::District => &self.district,
            Tier::Province => &self.province,
            Tier::Ministry | Tier::Other => &[],
        }
    }

    /// The tier of each procedure.
    pub(super) fn tiers(&self, procedures: usize) -> Vec<Tier> {
        let mut tiers = vec![Tier::Ministry; procedures];
        for tier in [Tier::Commune, Tier::District, Tier::Province] {
            for place in self.at(tier) {
                if let Some(dealt) = tiers.get_mut(*place) {
                    *dealt = tier;
                }
            }
        }
        tiers
    }
}

/// The numbers below a count in an order that the seed decides.
pub(super) fn shuffled(count: usize, seed: u64, what: &str) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_cached_key(|place| Dice::of(&[seed, key(what), u64::try_from(*place).unwrap_or(0)]).roll());
    order
}
