//! Everything that is kept in memory, with what was worked out from it for the days and places asked about.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use moka::sync::Cache;
use motcua_catalogue::{BoundaryFree, CentreId, UnitCode};

use crate::bitmap::Bitmap;
use crate::coverage::FigureCaches;
use crate::days::{Day, Epochs};
use crate::listings::Listings;
use crate::places::{CentreNumber, Places};
use crate::scope::{Scope, ScopeLevels};
use crate::table::Table;

/// Memory for levels that were worked out. The whole country on one day takes under half a megabyte.
const LEVELS_BYTES: u64 = 24 << 20;

/// Days whose units are kept worked out; they change a few times in a decade.
const TREES: u64 = 16;

type Tree = HashMap<i64, Vec<CentreNumber>>;

/// The catalogue in memory. A view never changes; an update makes the next one.
pub(crate) struct View {
    pub(crate) table: Arc<Table>,
    pub(crate) places: Arc<Places>,
    pub(crate) listings: Arc<Listings>,
    /// Whether the site shows made-up sample data.
    pub(crate) shows_sample: bool,
    /// Days on which levels at a place may change.
    epochs: Epochs,
    /// Days on which units or centres change.
    place_epochs: Epochs,
    levels: Cache<(usize, Scope), Arc<ScopeLevels>>,
    trees: Cache<usize, Arc<Tree>>,
    pub(crate) figures: FigureCaches,
    /// By procedure: the centres that take its dossiers from the whole country on some day. Looked for once, when first
    /// asked for.
    nationwide: OnceLock<HashMap<u32, Vec<CentreNumber>>>,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("texts", &self.table.entries.len())
            .field("centres", &self.places.centres.len())
            .field("listings", &self.listings.len())
            .finish_non_exhaustive()
    }
}

impl View {
    pub(crate) fn new(table: Arc<Table>, places: Arc<Places>, listings: Arc<Listings>) -> Self {
        let place_epochs = Epochs::of(places.periods());
        let texts = table.rows.iter().map(|row| row.days);
        let epochs =
            Epochs::of(places.periods().chain(texts).chain(listings.periods.periods().iter().copied()));
        let weigh = |_: &(usize, Scope), levels: &Arc<ScopeLevels>| {
            u32::try_from(levels.size_bytes()).unwrap_or(u32::MAX)
        };
        Self {
            table,
            places,
            listings,
            shows_sample: false,
            epochs,
            place_epochs,
            levels: Cache::builder().max_capacity(LEVELS_BYTES).weigher(weigh).build(),
            trees: Cache::new(TREES),
            figures: FigureCaches::new(),
            nationwide: OnceLock::new(),
        }
    }

    /// The same view of a site that shows made-up sample data, or does not.
    pub(crate) fn of_sample(self, shows_sample: bool) -> Self {
        Self { shows_sample, ..self }
    }

    /// The stretches of time in which no level at any place changes.
    pub(crate) fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// The scope that a centre and a unit make on a day.
    pub(crate) fn scope(&self, centre: Option<&CentreId>, unit: Option<&UnitCode>, day: Day) -> Scope {
        let unit_id = match unit.map(|code| self.places.unit_on(code, day)) {
            Some(None) => return Scope::Nowhere,
            Some(found) => found,
            None => None,
        };
        let Some(centre) = centre else { return unit_id.map_or(Scope::Nation, Scope::Unit) };
        let Some(number) = self.places.centre_number(centre) else { return Scope::Nowhere };
        let works = self.places.centre(number).is_some_and(|centre| centre.days.contain(day));
        let lies_there = unit_id.is_none_or(|unit_id| self.places.units_of(number, day).contains(&unit_id));
        if works && lies_there { Scope::Centre(number) } else { Scope::Nowhere }
    }

    /// The levels of a scope on a day.
    pub(crate) fn levels(&self, scope: Scope, day: Day) -> Arc<ScopeLevels> {
        self.levels.get_with((self.epochs.at(day), scope), || Arc::new(self.work_out(scope, day)))
    }

    /// The centres of a unit and of the units below it that work on a day, by number.
    pub(crate) fn centres_in(&self, unit_id: i64, day: Day) -> Vec<CentreNumber> {
        let place_epoch = self.place_epochs.at(day);
        let tree = self.trees.get_with(place_epoch, || Arc::new(self.places.tree_on(day)));
        tree.get(&unit_id).cloned().unwrap_or_default()
    }

    /// Centres that take dossiers of a procedure from the whole country on some day.
    pub(crate) fn nationwide(&self, procedure: u32) -> &[CentreNumber] {
        let all = self.nationwide.get_or_init(|| {
            let mut all: HashMap<u32, Vec<CentreNumber>> = HashMap::new();
            for (number, centre) in (0..).zip(&self.places.centres) {
                let records = self.listings.of_centre(centre.row_id).iter();
                for record in records.filter(|record| record.boundary() == BoundaryFree::Nation) {
                    let centres = all.entry(record.procedure()).or_default();
                    if centres.last() != Some(&number) {
                        centres.push(number);
                    }
                }
            }
            all
        });
        all.get(&procedure).map_or(&[], Vec::as_slice)
    }

    fn work_out(&self, scope: Scope, day: Day) -> ScopeLevels {
        let mut valid = Bitmap::below(self.listings.ids.len());
        for row in self.table.rows.iter().filter(|row| row.days.contain(day)) {
            valid.insert(row.procedure);
        }
        let of = |centres: &[CentreNumber]| {
            let places = centres.iter().filter_map(|&number| self.places.centre(number));
            let records = places.filter(|centre| centre.days.contain(day));
            let records = records.map(|centre| self.listings.of_centre(centre.row_id));
            ScopeLevels::new(records, &self.listings, &valid, day)
        };
        match scope {
            Scope::Nation => {
                let working = self.places.centres.iter().filter(|centre| centre.days.contain(day));
                let records = working.map(|centre| self.listings.of_centre(centre.row_id));
                ScopeLevels::new(records, &self.listings, &valid, day)
            }
            Scope::Unit(unit_id) => of(&self.centres_in(unit_id, day)),
            Scope::Centre(number) => of(&[number]),
            Scope::Nowhere => of(&[]),
        }
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
