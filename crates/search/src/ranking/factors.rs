//! What a procedure is, as factors of its score.

use motcua_catalogue::{Tier, UnitCode};

use crate::bitmap::Bitmap;
use crate::document::tier_bits;
use crate::knowledge::Knowledge;
use crate::table::Row;
use crate::titles::{Traits, plain_action};

/// What a query says besides its words.
#[derive(Debug)]
pub(crate) struct Factors<'a> {
    knowledge: &'a Knowledge,
    actions: u16,
    plain: u16,
    tier: Option<u8>,
    provinces: Vec<UnitCode>,
    /// Procedures that the named place offers.
    offered: Option<Bitmap>,
}

/// One factor, for explaining.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// What it is about.
    pub name: &'static str,
    /// The factor; 1 changes nothing.
    pub value: f32,
}

impl<'a> Factors<'a> {
    pub(crate) fn new(
        knowledge: &'a Knowledge,
        (actions, tier): (u16, Option<Tier>),
        provinces: Vec<UnitCode>,
        offered: Option<Bitmap>,
    ) -> Self {
        let tier = tier.map(|tier| tier_bits(&[tier]));
        Self { knowledge, actions, plain: plain_action(knowledge), tier, provinces, offered }
    }

    /// The product of all factors.
    pub(crate) fn of(&self, row: &Row, traits: &Traits) -> f32 {
        traits.factor * self.action(traits) * self.locality(traits) * self.tier(row) * self.offered(row)
    }

    /// The factors one by one.
    pub(crate) fn list(&self, row: &Row, traits: &Traits) -> Vec<Factor> {
        let all = [
            ("procedure", traits.factor),
            ("action", self.action(traits)),
            ("locality", self.locality(traits)),
            ("tier", self.tier(row)),
            ("offered_here", self.offered(row)),
        ];
        all.into_iter()
            .filter(|(_, value)| *value != 1.0)
            .map(|(name, value)| Factor { name, value })
            .collect()
    }

    fn action(&self, traits: &Traits) -> f32 {
        let weights = &self.knowledge.weights;
        if self.actions == 0 {
            return if traits.actions & self.plain != 0 {
                weights.plain_action
            } else {
                weights.special_action
            };
        }
        if traits.actions & self.actions != 0 { weights.same_action } else { weights.other_action }
    }

    fn locality(&self, traits: &Traits) -> f32 {
        let weights = &self.knowledge.weights;
        if !traits.is_local {
            return 1.0;
        }
        let is_here = traits.province.as_ref().is_some_and(|province| self.provinces.contains(province));
        if is_here { weights.local_here } else { weights.local }
    }

    fn tier(&self, row: &Row) -> f32 {
        let weights = &self.knowledge.weights;
        match self.tier {
            None => 1.0,
            Some(tier) if row.tiers & tier != 0 => weights.named_tier,
            Some(_) if row.tiers == 0 => 1.0,
            Some(_) => weights.unnamed_tier,
        }
    }

    fn offered(&self, row: &Row) -> f32 {
        match &self.offered {
            Some(offered) if offered.contains(row.procedure) => self.knowledge.weights.offered_here,
            _ => 1.0,
        }
    }
}
