//! The one writer of a process: opens the build, takes changes in, builds anew where that is needed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use motcua_catalogue::{Catalogue, LogPlace};
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;

use crate::build::{Build, Opened};
use crate::engine::EngineOptions;
use crate::error::SearchError;
use crate::knowledge::{Knowledge, KnowledgeFiles, KnowledgeStamp};
use crate::language::Language;
use crate::patience::{LOAD, LOOK, within};
use crate::rebuild;
use crate::schema::TextSchema;
use crate::shared::Shared;
use crate::state::State;
use crate::store::Store;
use crate::trail::{TakenIn, Trail};
use crate::update::{Affected, Reloaded, apply, read_log, reload};

/// What it takes to write. Whoever holds it is the only one to do so.
#[derive(Debug)]
pub(crate) struct Follower {
    store: Arc<Store>,
    schema: TextSchema,
    options: EngineOptions,
    build: Build,
    /// What was taken in lately.
    trail: Trail,
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
                Err(error @ (SearchError::Catalogue(_) | SearchError::NoAnswer(_))) => return Err(error),
                otherwise => {
                    if let Err(error) = otherwise {
                        let error: &dyn std::error::Error = &error;
                        tracing::warn!(error, "the search index cannot be used and is built anew");
                    }
                    let memory = options.build_memory_bytes;
                    rebuild::rebuild(catalogue, Arc::clone(&store), &schema, memory, knowledge).await?
                }
            };
        let trail = Trail::new(&state.place, options.trail_entries);
        Ok((Self { store, schema, options, build, trail, stamp, broken: false }, state))
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
        let Opened { mut build, state, place } = opened;
        // Both, as the view may be of a history that the texts have left already.
        let is_held = within(LOOK, catalogue.holds(&place)).await?;
        if !is_held || !within(LOOK, catalogue.holds(&state.place)).await? {
            return Err(SearchError::Damaged(
                "the catalogue's log does not have what it contains".to_owned(),
            ));
        }
        build.changes_beyond_file = place.sequence - state.place.sequence.min(place.sequence);
        Ok(Some((build, state)))
    }

    /// Takes in everything that is committed by now. Where the log has another history than the state, what differs is put
    /// right. No read is waited for without end: a connection may have died without a word.
    pub(crate) async fn catch_up(
        mut held: Held,
        catalogue: &Catalogue,
        shared: &Arc<Shared>,
    ) -> Result<(), SearchError> {
        if held.broken {
            return Self::rebuild(held, catalogue, shared).await;
        }
        let applied = shared.place();
        if within(LOOK, catalogue.head()).await? == applied {
            return Ok(());
        }
        // Everything below is read from one state of one database: a failover meanwhile cannot mix two histories.
        let mut snapshot = within(LOOK, catalogue.snapshot()).await?;
        let target = snapshot.place().clone();
        // Made-up data are marked before any of them is shown, however long it takes to read them.
        if within(LOOK, snapshot.shows_sample()).await? {
            shared.mark_sample();
        }
        let mut affected = Affected::default();
        let mut common = applied.sequence;
        // A standby that was started anew may show less than it did; what it lacks it will show again.
        if target.sequence < applied.sequence && within(LOOK, catalogue.holds(&applied)).await? {
            return Ok(());
        }
        let is_another_history = !within(LOOK, snapshot.holds(&applied)).await?;
        if is_another_history {
            shared.leave_history(&target);
            // Unless putting right succeeds, the next step builds anew.
            held.broken = true;
            let Some(last) = within(LOOK, held.trail.last_common(&mut snapshot)).await? else {
                drop(snapshot);
                return Self::rebuild(held, catalogue, shared).await;
            };
            common = last;
            held.trail.touched_after(common).for_each(|touched| affected.add(touched));
            held.trail.cut_after(common);
        }
        if target.sequence - common > held.options.rebuild_after {
            drop(snapshot);
            return Self::rebuild(held, catalogue, shared).await;
        }
        let taken = read_log(&mut snapshot, common).await?;
        taken.iter().for_each(|entry| affected.add(&entry.touched));
        if affected.is_nothing() && !is_another_history {
            held.trail.extend(taken);
            shared.pass_over(target);
            return Ok(());
        }
        let before = shared.state();
        let reloaded = within(LOAD, reload(affected, &mut snapshot, &before)).await?;
        drop(snapshot);
        let step = Step { reloaded, place: target, taken, is_another_history };
        let shared = Arc::clone(shared);
        spawn_blocking(move || take_in(held, &shared, &before, step)).await?
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
        let (build, state) = rebuild::rebuild(catalogue, store, &held.schema, memory, knowledge).await?;
        held.build = build;
        held.trail = Trail::new(&state.place, held.options.trail_entries);
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
            shared.replace(before.with_language(Arc::new(language)));
            Ok(true)
        })
        .await?
    }

    /// Writes the view's file where it is behind.
    pub(crate) async fn write_view(mut held: Held, shared: &Arc<Shared>) -> Result<(), SearchError> {
        if held.broken || held.build.changes_beyond_file == 0 {
            return Ok(());
        }
        let state = shared.state();
        spawn_blocking(move || held.build.write_view(&state.view, &state.place)).await?
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

/// What a step takes in.
struct Step {
    reloaded: Reloaded,
    /// Place that the state then has.
    place: LogPlace,
    /// Entries of the log up to there.
    taken: Vec<TakenIn>,
    is_another_history: bool,
}

/// The part of a step that needs the processor and the disk.
fn take_in(mut held: Held, shared: &Shared, before: &State, step: Step) -> Result<(), SearchError> {
    // Only a step that went well takes the mark away again: an error or a panic may leave anything in the writer, or a
    // commit without its state, and building anew is the one answer that is right for all of them.
    held.broken = true;
    let state = apply(&mut held.build, before, step.reloaded, &step.place)?;
    if step.is_another_history {
        // The view's file may be of the history that was left, from where no entry of the log leads on.
        held.build.write_view(&state.view, &state.place)?;
    }
    held.trail.extend(step.taken);
    held.broken = false;
    shared.publish(state);
    Ok(())
}
