//! The filters of a request, and what a text fails of them.

use crate::bitmap::Bitmap;
use crate::days::Day;
use crate::document::{applicant_bits, tier_bits};
use crate::request::Filters;
use crate::scope::{Scope, ScopeLevels};
use crate::table::{Row, Table};

/// Which conditions on facets an entry fails, bit by bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed(u8);

impl Failed {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const FIELD: Self = Self(1);
    pub(crate) const TIER: Self = Self(2);
    pub(crate) const APPLICANT: Self = Self(4);
    pub(crate) const LEVEL: Self = Self(8);

    /// Whether it fails nothing, or nothing but this.
    pub(crate) fn at_most(self, one: Self) -> bool {
        self.0 & !one.0 == 0
    }

    fn add(&mut self, one: Self) {
        self.0 |= one.0;
    }
}

/// The filters of a request in the numbers of one state.
pub(crate) struct Conditions {
    day: Day,
    fields: Option<Vec<u16>>,
    tiers: Option<u8>,
    applicants: Option<u16>,
    /// Procedures offered in the place, where the filters name one.
    offered: Option<Bitmap>,
    /// Procedures offered at the level, where the filters name one.
    at_level: Option<Bitmap>,
}

impl Conditions {
    pub(crate) fn new(
        filters: &Filters,
        table: &Table,
        levels: &ScopeLevels,
        scope: Scope,
        day: Day,
    ) -> Self {
        let fields = filters.fields.iter().filter_map(|slug| table.field_number(slug)).collect();
        let offered = || levels.procedures_in(|code| code.state().is_offered());
        let at_level = filters.level.map(|wanted| {
            levels.procedures_in(|code| code.state().level().is_some_and(|level| wanted.matches(level)))
        });
        Self {
            day,
            fields: (!filters.fields.is_empty()).then_some(fields),
            tiers: (!filters.tiers.is_empty()).then(|| tier_bits(&filters.tiers)),
            applicants: (!filters.applicants.is_empty()).then(|| applicant_bits(&filters.applicants)),
            offered: (scope != Scope::Nation).then(offered),
            at_level,
        }
    }

    /// Whether an entry may be shown at all, and if so what it fails.
    pub(crate) fn check(&self, table: &Table, row: &Row) -> Option<Failed> {
        if !row.days.contain(self.day) || !self.offered.as_ref().is_none_or(|set| set.contains(row.procedure))
        {
            return None;
        }
        let mut failed = Failed::NONE;
        if self.tiers.is_some_and(|wanted| wanted & row.tiers == 0) {
            failed.add(Failed::TIER);
        }
        if self.applicants.is_some_and(|wanted| wanted & row.applicants == 0) {
            failed.add(Failed::APPLICANT);
        }
        if self.at_level.as_ref().is_some_and(|set| !set.contains(row.procedure)) {
            failed.add(Failed::LEVEL);
        }
        if let Some(wanted) = &self.fields
            && !table.fields_of(row).iter().any(|field| wanted.contains(field))
        {
            failed.add(Failed::FIELD);
        }
        Some(failed)
    }
}
