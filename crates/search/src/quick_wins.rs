//! Quick wins: which procedures would raise the figures most, and who shows that it can be done.

use std::collections::HashMap;

use chrono::NaiveDate;
use motcua_catalogue::figures::{Coverage, Share};
use motcua_catalogue::{ProcedureCode, Tier, UnitCode};

use crate::coverage::{ProcedureRow, coverage_of_tally, entries_on, gain, procedure_table};
use crate::days::{Day, day_of};
use crate::engine::Engine;
use crate::scope::Scope;
use crate::view::View;

/// How many of each kind are named.
const MOST: usize = 10;

/// A procedure that could be offered online at more centres of a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickWin {
    /// Code of the procedure.
    pub code: ProcedureCode,
    /// Its name.
    pub name: String,
    /// Tier of the centres.
    pub tier: Tier,
    /// How many listings of the place would have to change: pairs that are not online there, without those that are
    /// said not to be offered.
    pub listings: u64,
    /// How the place's centres of the tier have it now.
    pub here: Coverage,
    /// The evidence: centres of the same tier that offer it online already, in the place and elsewhere in the catalogue.
    pub online_centres: u64,
    /// How many of those lie outside the place.
    pub online_elsewhere: u64,
    /// Out of how many centres of the tier in the catalogue that it concerns.
    pub concerned_centres: u64,
    /// What it would add to the share named by the list that it stands in.
    pub effect: Share,
}

/// The procedures of a place that would raise its figures most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuickWins {
    /// For the honest share: all listings of the procedure at the tier go online. First comes what would raise it most if the
    /// place's listings followed in the proportion in which the tier's centres have gone online already: a large effect
    /// that one centre in a hundred shows to be possible is no quick win. Equals go by code.
    pub honest: Vec<QuickWin>,
    /// For the official figure: one listing goes online, of a procedure that is online nowhere in the place yet. Each adds the
    /// same, so the largest proportion of centres that are online already comes first, then the code.
    pub official: Vec<QuickWin>,
}

impl Engine {
    /// The quick wins of a unit, or of the whole country, on a day; at most ten of each kind. A procedure is only named
    /// where a centre of the same tier offers it online already, and never where its record says that it is done offline
    /// only. The first answer takes tens of milliseconds.
    #[must_use]
    pub fn quick_wins(&self, unit: Option<&UnitCode>, as_of: NaiveDate) -> QuickWins {
        quick_wins(&self.view(), unit, day_of(as_of))
    }
}

fn quick_wins(view: &View, unit: Option<&UnitCode>, day: Day) -> QuickWins {
    let here = procedure_table(view, view.scope(None, unit, day), day);
    let nation = procedure_table(view, Scope::Nation, day);
    let everywhere: HashMap<(u32, Tier), &ProcedureRow> =
        nation.rows.iter().map(|row| ((row.procedure, row.tier), row)).collect();
    let entries = entries_on(view, day);
    let whole: u64 = here.rows.iter().map(|row| coverage_of_tally(&row.tally).pairs()).sum();
    let is_commune = unit.is_some_and(|unit| unit.tier() == Tier::Commune);
    // The official figure is defined for provinces and communes only.
    let has_formula = unit.is_some_and(|unit| matches!(unit.tier(), Tier::Province | Tier::Commune));
    let mut wins = QuickWins::default();
    let mut procedures = 0;
    for of_procedure in here.rows.chunk_by(|a, b| a.procedure == b.procedure) {
        let Some(entry) = of_procedure.first().and_then(|row| entries.get(&row.procedure)) else { continue };
        let counts_officially = !is_commune || has_tier(entry.data.tiers, Tier::Commune);
        procedures += u64::from(counts_officially);
        if entry.data.offline_only == Some(true) {
            continue;
        }
        let mut best: Option<QuickWin> = None;
        let mut online_here = 0;
        for row in of_procedure {
            let own = coverage_of_tally(&row.tally);
            let all = everywhere.get(&(row.procedure, row.tier)).map(|row| coverage_of_tally(&row.tally));
            let online = own.counts.online();
            online_here += online;
            let (online_centres, concerned_centres) =
                all.map_or((online, own.pairs()), |all| (all.counts.online(), all.pairs()));
            let listings = own.pairs() - online - own.counts.not_offered;
            if online_centres == 0 || listings == 0 {
                continue;
            }
            let win = QuickWin {
                code: entry.data.code.clone(),
                name: entry.data.name.clone(),
                tier: row.tier,
                listings,
                here: own,
                online_centres,
                online_elsewhere: online_centres - online,
                concerned_centres,
                effect: gain(listings, Share::of(0, whole)),
            };
            if best.as_ref().is_none_or(|best| best.online_centres < win.online_centres) {
                best = Some(win.clone());
            }
            wins.honest.push(win);
        }
        if let Some(win) = best.filter(|_| online_here == 0 && counts_officially && has_formula) {
            wins.official.push(QuickWin { listings: 1, ..win });
        }
    }
    for win in &mut wins.official {
        win.effect = Share::of(1, procedures);
    }
    wins.honest.sort_by(|a, b| {
        evidence(b, b.listings).compare(evidence(a, a.listings)).then_with(|| a.code.cmp(&b.code))
    });
    wins.official.sort_by(|a, b| evidence(b, 1).compare(evidence(a, 1)).then_with(|| a.code.cmp(&b.code)));
    wins.honest.truncate(MOST);
    wins.official.truncate(MOST);
    wins
}

/// So many listings, in the proportion in which the tier's centres are online already.
fn evidence(win: &QuickWin, listings: u64) -> Share {
    Share::of(listings * win.online_centres, win.concerned_centres)
}

fn has_tier(bits: u8, tier: Tier) -> bool {
    bits & crate::document::tier_bits(&[tier]) != 0
}

#[cfg(test)]
#[path = "quick_wins_tests.rs"]
mod tests;
