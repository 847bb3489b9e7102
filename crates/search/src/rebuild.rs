//! Building everything anew from one consistent state of the catalogue.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use motcua_catalogue::places::PlaceLink;
use motcua_catalogue::{Catalogue, Field, ProcedureAt, Snapshot};
use tokio::task::spawn_blocking;

use crate::build::Build;
use crate::document::Prepared;
use crate::error::SearchError;
use crate::knowledge::Knowledge;
use crate::language::Language;
use crate::listings::Listings;
use crate::patience::{LOAD, LOOK, within};
use crate::places::{CentreData, Places, UnitData};
use crate::schema::TextSchema;
use crate::state::State;
use crate::store::Store;
use crate::table::{Entry, Table};
use crate::view::View;

/// Texts that are turned into documents at a time.
const CHUNK: usize = 256;

/// Builds in a folder of its own and makes it the one in use.
pub(crate) async fn rebuild(
    catalogue: &Catalogue,
    store: Arc<Store>,
    schema: &TextSchema,
    build_memory_bytes: usize,
    knowledge: Arc<Knowledge>,
) -> Result<(Build, State), SearchError> {
    let start = Instant::now();
    let folder = store.new_build()?;
    let built = build_in(&folder, catalogue, schema, build_memory_bytes, knowledge).await;
    let (build, state) = match built {
        Ok(built) => built,
        Err(error) => {
            discard(folder).await;
            return Err(error);
        }
    };
    let folder = build.folder().to_owned();
    spawn_blocking(move || store.make_current(&folder)).await??;
    tracing::info!(
        search.place = %state.place,
        search.texts = state.view.table.entries.len(),
        search.centres = state.view.places.centres.len(),
        search.listings = state.view.listings.len(),
        search.duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        "built the search index"
    );
    Ok((build, state))
}

async fn build_in(
    folder: &Path,
    catalogue: &Catalogue,
    schema: &TextSchema,
    build_memory_bytes: usize,
    knowledge: Arc<Knowledge>,
) -> Result<(Build, State), SearchError> {
    let mut snapshot = within(LOOK, catalogue.snapshot()).await?;
    let place = snapshot.place().clone();
    // The texts are indexed on another thread while the database is read. It keeps up, so the channel stays short.
    let (sender, procedures) = channel();
    let (to, with) = (folder.to_owned(), schema.clone());
    let texts = spawn_blocking(move || index_texts(&to, &with, build_memory_bytes, &procedures));
    // A receiver that gave up says why below.
    let read = within(LOAD, snapshot.each_procedure(&mut |procedure| drop(sender.send(procedure)))).await;
    drop(sender);
    if let Err(error) = read {
        // The folder is removed next; nobody may still be writing to it.
        texts.await??;
        return Err(error);
    }
    let places = within(LOAD, read_places(&mut snapshot)).await?;
    let mut listings = within(LOAD, read_listings(&mut snapshot)).await?;
    let shows_sample = within(LOOK, snapshot.shows_sample()).await?;
    drop(snapshot);
    let (mut build, entries, fields) = texts.await??;
    spawn_blocking(move || {
        let table = Table::new(entries, fields, &mut listings.ids);
        let language = Arc::new(Language::new(knowledge, &table, &places));
        let view = View::new(Arc::new(table), Arc::new(places), Arc::new(listings));
        let view = view.of_sample(shows_sample);
        // The first commit already names its view: no moment passes in which the build is there without it.
        build.write_view(&view, &place)?;
        let state = build.commit(view, language, &place)?;
        Ok((build, state))
    })
    .await?
}

type Indexed = (Build, Vec<Arc<Entry>>, Vec<Field>);

fn index_texts(
    folder: &Path,
    schema: &TextSchema,
    build_memory_bytes: usize,
    procedures: &Receiver<ProcedureAt>,
) -> Result<Indexed, SearchError> {
    let build = Build::create(folder, schema, build_memory_bytes)?;
    let mut entries = Vec::new();
    let mut fields = Vec::new();
    loop {
        let chunk: Vec<Prepared> = procedures.iter().take(CHUNK).map(Prepared::new).collect();
        if chunk.is_empty() {
            return Ok((build, entries, fields));
        }
        build.replace_texts(&BTreeSet::new(), &chunk)?;
        for prepared in chunk {
            fields.extend(prepared.fields);
            entries.push(Arc::new(Entry::new(prepared.entry)));
        }
        fields.sort_by(|a, b| a.slug.cmp(&b.slug));
        fields.dedup();
    }
}

/// Reads every unit and centre.
pub(crate) async fn read_places(snapshot: &mut Snapshot) -> Result<Places, SearchError> {
    let units: Vec<UnitData> = snapshot.units().await?.iter().map(UnitData::new).collect();
    let centres: Vec<CentreData> = snapshot.centres().await?.iter().map(CentreData::new).collect();
    let links = snapshot.successions().await?.iter().map(PlaceLink::new).collect();
    Ok(Places::new(units, centres, links))
}

/// Reads every listing.
pub(crate) async fn read_listings(snapshot: &mut Snapshot) -> Result<Listings, SearchError> {
    let mut listings = Listings::default();
    snapshot.listings(&mut |centre, of_centre| listings.set_centre(centre, of_centre)).await?;
    Ok(listings)
}

async fn discard(folder: PathBuf) {
    let removed = spawn_blocking(move || fs::remove_dir_all(folder)).await;
    if let Ok(Err(error)) = removed {
        tracing::warn!(%error, "an unfinished index could not be removed");
    }
}
