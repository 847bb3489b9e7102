//! From some changes of the log to the next state.

use std::collections::BTreeSet;
use std::sync::Arc;

use motcua_catalogue::{Listing, LogPlace, Slug, Snapshot};

use crate::build::Build;
use crate::document::Prepared;
use crate::error::SearchError;
use crate::language::Language;
use crate::listings::Listings;
use crate::patience::{LOOK, within};
use crate::places::Places;
use crate::rebuild::{read_listings, read_places};
use crate::state::State;
use crate::table::Entry;
use crate::trail::{TakenIn, Touched};
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
    site: bool,
    changes: u64,
}

impl Affected {
    /// Adds what an entry of the log touched.
    pub(crate) fn add(&mut self, touched: &Touched) {
        self.changes += 1;
        match touched {
            Touched::Procedure(id) => {
                self.procedures.insert(*id);
            }
            Touched::Listings(centre) => {
                self.centres.insert(*centre);
            }
            Touched::Field(slug) => {
                self.fields.insert(slug.clone());
            }
            Touched::Places => self.places = true,
            Touched::Site => self.site = true,
            Touched::Nothing => {}
        }
    }

    /// Whether no answer can differ.
    pub(crate) fn is_nothing(&self) -> bool {
        let lists_are_empty = self.procedures.is_empty() && self.centres.is_empty() && self.fields.is_empty();
        lists_are_empty && !self.places && !self.site
    }
}

/// Reads what happened after a place in the log, up to the end of a state's log.
pub(crate) async fn read_log(snapshot: &mut Snapshot, after: u64) -> Result<Vec<TakenIn>, SearchError> {
    let (mut taken, mut place, to) = (Vec::new(), after, snapshot.sequence());
    while place < to {
        let changes = within(LOOK, snapshot.changes_after(place, LOG_PAGE)).await?;
        let Some(last) = changes.last().map(|change| change.sequence) else {
            return Err(SearchError::Damaged(format!(
                "the change log ends at {place} and should reach {to}"
            )));
        };
        taken.extend(changes.iter().map(TakenIn::new));
        place = last;
    }
    Ok(taken)
}

/// The present records behind what was touched.
pub(crate) struct Reloaded {
    procedures: BTreeSet<i64>,
    texts: Vec<motcua_catalogue::ProcedureAt>,
    places: Option<Places>,
    listings: ReloadedListings,
    shows_sample: bool,
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
    let shows_sample = if affected.site { snapshot.shows_sample().await? } else { before.view.shows_sample };
    Ok(Reloaded { procedures, texts, places, listings, shows_sample, changes: affected.changes })
}

/// Makes the state at a place in the log and commits it.
pub(crate) fn apply(
    build: &mut Build,
    before: &State,
    reloaded: Reloaded,
    place: &LogPlace,
) -> Result<State, SearchError> {
    let Reloaded { procedures, texts, places, listings, shows_sample, changes } = reloaded;
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
    let view = View::new(table, places, Arc::new(listings)).of_sample(shows_sample);
    let state = build.commit(view, language, place)?;
    build.changes_beyond_file += changes;
    if build.changes_beyond_file > FILE_AFTER {
        build.write_view(&state.view, place)?;
    }
    state.warm_up(before);
    Ok(state)
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::{Change, EntityKind};

    use super::*;

    fn change(entity: EntityKind, key: &str, subject_id: i64) -> Change {
        Change {
            sequence: 1,
            entity,
            key: key.to_owned(),
            subject_id,
            actor_kind: motcua_catalogue::ActorKind::Program,
            hash: motcua_catalogue::LogHash::ORIGIN,
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
        let mut add = |entity, key: &str, subject_id| {
            affected.add(&Touched::by(&change(entity, key, subject_id)));
            affected.is_nothing()
        };
        for entity in [EntityKind::Agency, EntityKind::Work, EntityKind::Decision] {
            assert!(add(entity, "x", 1), "{entity:?}");
        }
        assert!(!add(EntityKind::Availability, "a", 7));
        add(EntityKind::Availability, "b", 7);
        add(EntityKind::Procedure, "c", 3);
        add(EntityKind::Field, "ho-tich", 2);
        assert_eq!((affected.centres.len(), affected.procedures.len(), affected.fields.len()), (1, 1, 1));
        assert!(!affected.places && !affected.site);
        let mut affected = Affected::default();
        affected.add(&Touched::by(&change(EntityKind::Site, "shows_sample", 1)));
        assert!(affected.site && !affected.is_nothing(), "the mark of made-up data is part of every answer");
    }
}
