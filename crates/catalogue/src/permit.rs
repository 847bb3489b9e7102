//! Permits: by what right somebody writes. The writing transaction asks for one and checks every row against it.

use std::collections::BTreeSet;

use crate::actor::Actor;
use crate::change::EntityKind;
use crate::code::{CentreId, UnitCode};

/// By what right somebody writes. It can be made in two ways only: for a program of this house, which may write
/// everything, and by the policy of accounts (`clippy.toml` keeps everybody else from it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    actor: Actor,
    reach: Reach,
    rights: BTreeSet<Right>,
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Make change sets and send them to be reviewed.
    Propose,
    /// Approve change sets, or send them back.
    Approve,
    /// Publish change sets.
    Publish,
    /// Undo runs.
    Undo,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 4] = [Self::Propose, Self::Approve, Self::Publish, Self::Undo];
}

/// Which records somebody may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    Everything,
    /// Records of some kinds that belong to some centres, or to some units and what lies below them.
    Within {
        /// Kinds of records.
        kinds: BTreeSet<EntityKind>,
        /// Centres.
        centres: BTreeSet<CentreId>,
        /// Units; centres of these and of all units below are within reach.
        units: BTreeSet<UnitCode>,
    },
}

impl Permit {
    /// Permit of a program of this house: import, sample, reorganisation, jobs.
    #[must_use]
    pub fn program(name: &'static str) -> Self {
        Self::operator(Actor::program(name))
    }

    /// Permit of whoever runs commands on the machine itself, and may do there what the programs may.
    #[must_use]
    pub fn operator(actor: Actor) -> Self {
        Self { actor, reach: Reach::Everything, rights: Right::ALL.into() }
    }

    /// Permit that the policy of accounts grants. Nobody else may call this.
    #[must_use]
    pub fn granted(actor: Actor, reach: Reach, rights: impl IntoIterator<Item = Right>) -> Self {
        Self { actor, reach, rights: rights.into_iter().collect() }
    }

    /// Who holds it.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether it includes a right.
    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Which records it reaches.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// What a record belongs to, for a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Belongs {
    /// To a centre.
    Centre(CentreId),
    /// To a unit, on a day.
    Unit(UnitCode, chrono::NaiveDate),
    /// To nobody in particular: the national list, a coded list, facts about the site.
    Nobody,
}
