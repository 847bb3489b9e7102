//! From some changes of the log to the next state.

use std::collections::BTreeSet;
use std::sync::Arc;

use motcua_catalogue::{Catalogue, Change, EntityKind, Listing, Slug, Snapshot};

use crate::build::{Build, Position};
use crate::document::Prepared;
use crate::error::SearchError;
use crate::language::Language;
use crate::listings::Listings;
use crate::places::Places;
use crate::rebuild::{read_listings, read_places};
use crate::state::State;
use crate::table::Entry;
use crate::view::View;

/// Changes that are read from the log at a time.
const LOG_PAGE: u32 = 1_000;

/// With more centres than this, every listing is read in one pass.
const SINGLE_CENTRES: usize = 400;

/// With more changes than this beyond the view's file, it is written anew.
const FILE_AFTER: u64 = 20_000;

/// What a stretch of the log touches.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Affected {
    procedures: BTreeSet<i64>,
    centres: BTreeSet<i64>,
    fields: BTreeSet<Slug>,
    places: bool,
    changes: u64,
}

impl Affected {
    /// Adds what a change touches. Kinds that the engine does not keep are passed over, also kinds yet to come.
    pub(crate) fn add(&mut self, change: &Change) {
        self.changes += 1;
        match change.entity {
            EntityKind::Procedure => {
                self.procedures.insert(change.row_id);
            }
            EntityKind::Availability => {
                self.centres.insert(change.row_id);
            }
            EntityKind::Unit | EntityKind::Centre | EntityKind::Succession => self.places = true,
            EntityKind::Field => {
                if let Ok(slug) = change.key.parse() {
                    self.fields.insert(slug);
                }
            }
            _ => {}
        }
    }

    /// Whether no answer can differ.
    pub(crate) fn is_nothing(&self) -> bool {
        self.procedures.is_empty() && self.centres.is_empty() && self.fields.is_empty() && !self.places
    }
}

/// Reads what happened after a place in the log, up to another.
pub(crate) async fn affected_between(
    catalogue: &Catalogue,
    after: u64,
    to: u64,
) -> Result<Affected, SearchError> {
    let mut affected = Affected::default();
    let mut place = after;
    while place < to {
        let changes = catalogue.changes_after(place, LOG_PAGE).await?;
        let Some(last) = changes.last().map(|change| change.sequence) else {
            return Err(SearchError::Damaged(format!(
                "the change log ends at {place} and should reach {to}"
            )));
        };
        changes.iter().filter(|change| change.sequence <= to).for_each(|change| affected.add(change));
        place = last;
    }
    Ok(affected)
}

/// The place of a change in the log, with what stands there.
pub(crate) async fn position_of(catalogue: &Catalogue, sequence: u64) -> Result<Position, SearchError> {
    let fingerprint = match sequence.checked_sub(1) {
        None => String::new(),
        Some(before) => catalogue
            .changes_after(before, 1)
            .await?
            .first()
            .filter(|change| change.sequence == sequence)
            .map(|change| {
                format!("{} {} {} {}", change.entity.as_str(), change.key, change.version, change.at)
            })
            .ok_or_else(|| SearchError::Damaged(format!("the change log has no entry {sequence}")))?,
    };
    Ok(Position { sequence, fingerprint })
}

/// The present records behind what was touched.
pub(crate) struct Reloaded {
    procedures: BTreeSet<i64>,
    texts: Vec<motcua_catalogue::ProcedureAt>,
    places: Option<Places>,
    listings: ReloadedListings,
    changes: u64,
}

enum ReloadedListings {
    OfCentres(Vec<(i64, Vec<Listing>)>),
    All(Listings),
}

/// Reads the present records from one state of the catalogue.
pub(crate) async fn reload(
    affected: Affected,
    snapshot: &mut Snapshot,
    before: &State,
) -> Result<Reloaded, SearchError> {
    let mut procedures = affected.procedures;
    if !affected.fields.is_empty() {
        procedures.extend(before.view.table.procedures_in(&affected.fields));
    }
    let texts = if procedures.is_empty() {
        Vec::new()
    } else {
        let ids: Vec<i64> = procedures.iter().copied().collect();
        snapshot.procedures_by_id(&ids).await?
    };
    let places = if affected.places { Some(read_places(snapshot).await?) } else { None };
    let listings = if affected.centres.len() > SINGLE_CENTRES {
        ReloadedListings::All(read_listings(snapshot).await?)
    } else {
        let mut of_centres = Vec::with_capacity(affected.centres.len());
        for centre in affected.centres {
            of_centres.push((centre, snapshot.listings_of(centre).await?));
        }
        ReloadedListings::OfCentres(of_centres)
    };
    Ok(Reloaded { procedures, texts, places, listings, changes: affected.changes })
}

/// Makes the next state and commits it.
pub(crate) fn apply(
    build: &mut Build,
    before: &State,
    reloaded: Reloaded,
    position: &Position,
) -> Result<State, SearchError> {
    let Reloaded { procedures, texts, places, listings, changes } = reloaded;
    let known = &before.view;
    let mut listings = match listings {
        ReloadedListings::All(listings) => listings,
        ReloadedListings::OfCentres(of_centres) => {
            let mut listings = Listings::clone(&known.listings);
            for (centre, of_centre) in of_centres {
                listings.set_centre(centre, &of_centre);
            }
            listings
        }
    };
    let prepared: Vec<Prepared> = texts.into_iter().map(Prepared::new).collect();
    build.replace_texts(&procedures, &prepared)?;
    let mut fields = Vec::new();
    let mut entries = Vec::new();
    for prepared in prepared {
        fields.extend(prepared.fields);
        entries.push(Arc::new(Entry::new(prepared.entry)));
    }
    let names_stay = procedures.is_empty() && places.is_none();
    let table = Arc::new(known.table.replaced(&procedures, entries, fields, &mut listings.ids));
    let places = places.map_or_else(|| Arc::clone(&known.places), Arc::new);
    let language = if names_stay {
        Arc::clone(&before.language)
    } else {
        Arc::new(Language::new(Arc::clone(&before.language.knowledge), &table, &places))
    };
    let state = build.commit(View::new(table, places, Arc::new(listings)), language, position)?;
    build.changes_beyond_file += changes;
    if build.changes_beyond_file > FILE_AFTER {
        build.write_view(&state.view, position)?;
    }
    state.warm_up(before);
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(entity: EntityKind, key: &str, row_id: i64) -> Change {
        Change {
            sequence: 1,
            entity,
            key: key.to_owned(),
            row_id,
            version: 1,
            actor: "test".to_owned(),
            reason: None,
            at: chrono::DateTime::UNIX_EPOCH,
            before: None,
            after: None,
        }
    }

    #[test]
    fn only_what_answers_depend_on_is_reloaded() {
        let mut affected = Affected::default();
        for entity in [EntityKind::Agency, EntityKind::Report, EntityKind::Site, EntityKind::Decision] {
            affected.add(&change(entity, "x", 1));
        }
        assert!(affected.is_nothing());
        affected.add(&change(EntityKind::Availability, "a", 7));
        affected.add(&change(EntityKind::Availability, "b", 7));
        affected.add(&change(EntityKind::Procedure, "c", 3));
        affected.add(&change(EntityKind::Field, "ho-tich", 2));
        assert_eq!((affected.centres.len(), affected.procedures.len(), affected.fields.len()), (1, 1, 1));
        assert!(!affected.places && !affected.is_nothing());
    }
}
