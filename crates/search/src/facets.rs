//! Counting what was found by field, tier, applicant and level.

use motcua_catalogue::{Applicant, Tier};

use crate::answer::{ApplicantCount, Facets, FieldCount, LevelCount, StateCount, TierCount};
use crate::bitmap::Bitmap;
use crate::conditions::Failed;
use crate::levels::ListingState;
use crate::scope::ScopeLevels;
use crate::table::{Row, Table};

/// Counts while entries are looked at.
#[derive(Debug)]
pub(crate) struct Counter {
    fields: Vec<u32>,
    tiers: [u32; 8],
    applicants: [u32; 16],
    /// Procedures that satisfy everything but a condition on the level.
    procedures: Bitmap,
}

impl Counter {
    pub(crate) fn new(table: &Table, procedures: usize) -> Self {
        Self {
            fields: vec![0; table.fields.len()],
            tiers: [0; 8],
            applicants: [0; 16],
            procedures: Bitmap::below(procedures),
        }
    }

    /// Counts an entry wherever it fails nothing but the condition on that very property.
    pub(crate) fn count(&mut self, table: &Table, row: &Row, failed: Failed) {
        if failed.at_most(Failed::FIELD) {
            for &field in table.fields_of(row) {
                if let Some(count) = self.fields.get_mut(usize::from(field)) {
                    *count += 1;
                }
            }
        }
        if failed.at_most(Failed::TIER) {
            count_bits(&mut self.tiers, u32::from(row.tiers));
        }
        if failed.at_most(Failed::APPLICANT) {
            count_bits(&mut self.applicants, u32::from(row.applicants));
        }
        if failed.at_most(Failed::LEVEL) {
            self.procedures.insert(row.procedure);
        }
    }

    /// The counts in their order.
    pub(crate) fn facets(&self, table: &Table, levels: &ScopeLevels) -> Facets {
        let mut fields: Vec<_> =
            self.fields.iter().zip(&table.fields).filter(|(count, _)| **count > 0).collect();
        fields.sort_by(|(a, field_a), (b, field_b)| b.cmp(a).then_with(|| field_a.slug.cmp(&field_b.slug)));
        let named = fields.into_iter().map(|(&count, field)| FieldCount {
            slug: field.slug.clone(),
            name: field.name.clone(),
            count: u64::from(count),
        });
        let tiers = Tier::ALL.into_iter().zip(self.tiers).filter(|(_, count)| *count > 0);
        let applicants = Applicant::all().zip(self.applicants).filter(|(_, count)| *count > 0);
        let mut facets = Facets {
            fields: named.collect(),
            tiers: tiers.map(|(tier, count)| TierCount { tier, count: u64::from(count) }).collect(),
            applicants: applicants
                .map(|(applicant, count)| ApplicantCount { applicant, count: u64::from(count) })
                .collect(),
            ..Facets::default()
        };
        for (code, procedures) in levels.states() {
            let count = procedures.count_common(&self.procedures);
            match code.state() {
                _ if count == 0 => {}
                ListingState::Level(level) => facets.levels.push(LevelCount { level, count }),
                state => facets.states.push(StateCount { state, count }),
            }
        }
        facets
    }
}

fn count_bits(counts: &mut [u32], mut bits: u32) {
    while bits != 0 {
        if let Some(count) = counts.get_mut(bits.trailing_zeros() as usize) {
            *count += 1;
        }
        bits &= bits - 1;
    }
}
