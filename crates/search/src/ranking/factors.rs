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
        tier: Option<Tier>,
        provinces: Vec<UnitCode>,
        offered: Option<Bitmap>,
    ) -> Self {
        let tier = tier.map(|tier| tier_bits(&[tier]));
        Self { knowledge, plain: plain_action(knowledge), tier, provinces, offered }
    }

    /// The product of all factors; `actions` are those that the way of reading names.
    pub(crate) fn of(&self, row: &Row, traits: &Traits, actions: u16) -> f32 {
        traits.factor
            * self.action(traits, actions)
            * self.locality(traits)
            * self.tier(row)
            * self.offered(row)
    }

    /// The factors one by one.
    pub(crate) fn list(&self, row: &Row, traits: &Traits, actions: u16) -> Vec<Factor> {
        let all = [
            ("procedure", traits.factor),
            ("action", self.action(traits, actions)),
            ("locality", self.locality(traits)),
            ("tier", self.tier(row)),
            ("offered_here", self.offered(row)),
        ];
        all.into_iter()
            .filter(|(_, value)| *value != 1.0)
            .map(|(name, value)| Factor { name, value })
            .collect()
    }

    fn action(&self, traits: &Traits, actions: u16) -> f32 {
        let weights = &self.knowledge.weights;
        if actions == 0 {
            return if traits.actions & self.plain != 0 {
                weights.plain_action
            } else {
                weights.special_action
            };
        }
        if traits.actions & actions != 0 {
            return weights.same_action;
        }
        if traits.actions & self.akin(actions) != 0 { weights.akin_action } else { weights.other_action }
    }

    /// The actions of the families of some actions.
    fn akin(&self, actions: u16) -> u16 {
        let all = || (0..16).zip(&self.knowledge.actions);
        all().fold(0, |bits, (place, action)| {
            let is_akin =
                all().any(|(other, named)| actions & (1 << other) != 0 && named.family == action.family);
            bits | u16::from(is_akin) << place
        })
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
