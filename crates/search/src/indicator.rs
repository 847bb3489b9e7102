//! The official figure: QĐ 766/QĐ-TTg, group 3.1.

use chrono::NaiveDate;
use motcua_catalogue::figures::{LevelCounts, ListingState, OnlineIndicator, is_full};
use motcua_catalogue::{OnlineLevel, Scheme, Tier, UnitCode};

use crate::coverage::{coverage_of_tally, entries_on, procedure_table};
use crate::days::{Day, day_of};
use crate::document::tier_bits;
use crate::engine::Engine;
use crate::scope::Scope;
use crate::view::View;

impl Engine {
    /// The official figure of a province or commune on a day; `None` for a district, for which the sources have no
    /// formula, and for a code that no unit has on the day.
    #[must_use]
    pub fn online_indicator(&self, unit: &UnitCode, as_of: NaiveDate) -> Option<OnlineIndicator> {
        indicator(&self.view(), unit, day_of(as_of))
    }
}

/// The official figure of a unit: see [`OnlineIndicator`] for what counts.
pub(crate) fn indicator(view: &View, unit: &UnitCode, day: Day) -> Option<OnlineIndicator> {
    let unit_id = view.places.unit_on(unit, day)?;
    let only_commune = match unit.tier() {
        Tier::Province => false,
        Tier::Commune => true,
        _ => return None,
    };
    let table = procedure_table(view, Scope::Unit(unit_id), day);
    let entries = entries_on(view, day);
    let mut found = OnlineIndicator::default();
    for of_procedure in table.rows.chunk_by(|a, b| a.procedure == b.procedure) {
        let Some(entry) = of_procedure.first().and_then(|row| entries.get(&row.procedure)) else { continue };
        if only_commune && entry.data.tiers & tier_bits(&[Tier::Commune]) == 0 {
            continue;
        }
        let mut counts = LevelCounts::default();
        for row in of_procedure {
            let coverage = coverage_of_tally(&row.tally);
            for (level, pairs) in coverage.counts.levels {
                counts.add(ListingState::Level(level), pairs);
            }
        }
        let newer = |(level, _): &(OnlineLevel, u64)| level.is_online() && level.scheme() != Scheme::Nd43;
        let is_online = counts.online() > 0;
        found.online.denominator += 1;
        found.online.numerator += u64::from(is_online);
        found.by_old_levels += u64::from(is_online && !counts.levels.iter().any(newer));
        if entry.data.offline_only == Some(true) {
            found.offline_only += 1;
            continue;
        }
        found.full.denominator += 1;
        found.full.numerator += u64::from(counts.levels.iter().any(|(level, _)| is_full(*level)));
        found.unmarked += u64::from(entry.data.offline_only.is_none());
    }
    Some(found)
}
