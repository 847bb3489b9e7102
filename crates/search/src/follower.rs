//! The one writer of a process: opens the build, takes changes in, builds anew where that is needed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use motcua_catalogue::Catalogue;
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;

use crate::build::{Build, Opened, Position};
use crate::engine::{EngineOptions, Shared};
use crate::error::SearchError;
use crate::knowledge::{Knowledge, KnowledgeFiles, KnowledgeStamp};
use crate::language::Language;
use crate::rebuild;
use crate::schema::TextSchema;
use crate::state::State;
use crate::store::Store;
use crate::update::{Reloaded, affected_between, apply, position_of, reload};

/// What it takes to write. Whoever holds it is the only one to do so.
#[derive(Debug)]
pub(crate) struct Follower {
    store: Arc<Store>,
    schema: TextSchema,
    options: EngineOptions,
    build: Build,
    /// What the word lists' folder was like when it was last read.
    stamp: Option<KnowledgeStamp>,
    /// A step failed half-way: what is in the writer is no longer known.
    broken: bool,
}

type Held = OwnedMutexGuard<Follower>;

impl Follower {
    /// Opens what is there, or builds it.
    pub(crate) async fn open(
        catalogue: &Catalogue,
        dir: &Path,
        options: EngineOptions,
    ) -> Result<(Self, State), SearchError> {
        let schema = TextSchema::new();
        let (stamp, knowledge) = read_knowledge(options.knowledge_dir.clone()).await?;
        let (layout, dir) = (schema.layout_name(), dir.to_owned());
        let store = Arc::new(spawn_blocking(move || Store::open(&dir, &layout)).await??);
        let (build, state) =
            match Self::load(catalogue, &store, &schema, &options, Arc::clone(&knowledge)).await {
                Ok(Some(loaded)) => loaded,
                Err(error @ SearchError::Catalogue(_)) => return Err(error),
                otherwise => {
                    if let Err(error) = otherwise {
                        let error: &dyn std::error::Error = &error;
                        tracing::warn!(error, "the search index cannot be used and is built anew");
                    }
                    let memory = options.build_memory_bytes;
                    let (build, state, _) =
                        rebuild::rebuild(catalogue, Arc::clone(&store), &schema, memory, knowledge).await?;
                    (build, state)
                }
            };
        Ok((Self { store, schema, options, build, stamp, broken: false }, state))
    }

    async fn load(
        catalogue: &Catalogue,
        store: &Store,
        schema: &TextSchema,
        options: &EngineOptions,
        knowledge: Arc<Knowledge>,
    ) -> Result<Option<(Build, State)>, SearchError> {
        let Some(folder) = store.current()? else { return Ok(None) };
        let (with, memory) = (schema.clone(), options.build_memory_bytes);
        let opened = spawn_blocking(move || Build::open(&folder, &with, memory, knowledge)).await??;
        let Opened { mut build, state, position } = opened;
        let last = catalogue.last_sequence().await?;
        if last < position.sequence || position_of(catalogue, position.sequence).await? != position {
            return Err(SearchError::Damaged("it belongs to another catalogue".to_owned()));
        }
        build.changes_beyond_file = position.sequence - state.sequence.min(position.sequence);
        Ok(Some((build, state)))
    }

    /// Takes in everything that is committed by now.
    pub(crate) async fn catch_up(
        held: Held,
        catalogue: &Catalogue,
        shared: &Arc<Shared>,
    ) -> Result<(), SearchError> {
        let applied = shared.applied();
        let last = catalogue.last_sequence().await?;
        if last == applied && !held.broken {
            return Ok(());
        }
        if held.broken || last < applied || last - applied > held.options.rebuild_after {
            return Self::rebuild(held, catalogue, shared).await;
        }
        let mut snapshot = catalogue.snapshot().await?;
        let target = snapshot.sequence();
        let affected = affected_between(catalogue, applied, target).await?;
        if affected.is_nothing() {
            shared.pass_over(target);
            return Ok(());
        }
        let position = position_of(catalogue, target).await?;
        let before = shared.state();
        let reloaded = reload(affected, &mut snapshot, &before).await?;
        drop(snapshot);
        let shared = Arc::clone(shared);
        spawn_blocking(move || take_in(held, &shared, &before, reloaded, &position)).await?
    }

    /// Builds everything anew.
    pub(crate) async fn rebuild(
        mut held: Held,
        catalogue: &Catalogue,
        shared: &Arc<Shared>,
    ) -> Result<(), SearchError> {
        let store = Arc::clone(&held.store);
        let knowledge = Arc::clone(&shared.state().language.knowledge);
        let memory = held.options.build_memory_bytes;
        let (build, state, _) = rebuild::rebuild(catalogue, store, &held.schema, memory, knowledge).await?;
        held.build = build;
        held.broken = false;
        state.warm_up(&shared.state());
        shared.publish(state);
        Ok(())
    }

    /// Reads the word lists again if their folder has changed. Faulty ones are logged and left: the lists before stay in
    /// use. Returns whether other lists are in use now.
    pub(crate) async fn refresh_knowledge(mut held: Held, shared: &Arc<Shared>) -> Result<bool, SearchError> {
        let Some(folder) = held.options.knowledge_dir.clone() else { return Ok(false) };
        let shared = Arc::clone(shared);
        spawn_blocking(move || {
            let stamp = match KnowledgeStamp::of(&folder) {
                Ok(stamp) => stamp,
                // A folder that is gone is told once, and looked for again.
                Err(_) if held.stamp.is_none() => return Ok(false),
                Err(error) => {
                    held.stamp = None;
                    return Err(error.into());
                }
            };
            if held.stamp.as_ref() == Some(&stamp) {
                return Ok(false);
            }
            held.stamp = Some(stamp);
            let knowledge = KnowledgeFiles::of_folder(&folder)?.read()?;
            let before = shared.state();
            let language = Language::new(Arc::new(knowledge), &before.view.table, &before.view.places);
            shared.publish(before.with_language(Arc::new(language)));
            Ok(true)
        })
        .await?
    }

    /// Writes the view's file where it is behind.
    pub(crate) async fn write_view(
        mut held: Held,
        catalogue: &Catalogue,
        shared: &Arc<Shared>,
    ) -> Result<(), SearchError> {
        if held.broken || held.build.changes_beyond_file == 0 {
            return Ok(());
        }
        let state = shared.state();
        let position = position_of(catalogue, state.sequence).await?;
        spawn_blocking(move || held.build.write_view(&state.view, &position)).await?
    }
}

/// Reads the word lists of a folder, or those in the binary.
async fn read_knowledge(
    folder: Option<PathBuf>,
) -> Result<(Option<KnowledgeStamp>, Arc<Knowledge>), SearchError> {
    spawn_blocking(move || match folder {
        Some(folder) => {
            let stamp = KnowledgeStamp::of(&folder)?;
            Ok((Some(stamp), Arc::new(KnowledgeFiles::of_folder(&folder)?.read()?)))
        }
        None => Ok((None, Arc::new(Knowledge::embedded()?))),
    })
    .await?
}

/// The part of a step that needs the processor and the disk.
fn take_in(
    mut held: Held,
    shared: &Shared,
    before: &State,
    reloaded: Reloaded,
    position: &Position,
) -> Result<(), SearchError> {
    // Only a step that went well takes the mark away again: an error or a panic may leave anything in the writer, or a
    // commit without its state, and building anew is the one answer that is right for all of them.
    held.broken = true;
    let state = apply(&mut held.build, before, reloaded, position)?;
    held.broken = false;
    shared.publish(state);
    Ok(())
}
