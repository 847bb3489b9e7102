//! A build on disk: the text index, the view's file, and how far both have come.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use motcua_catalogue::LogPlace;
use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Term};

use crate::document::Prepared;
use crate::error::SearchError;
use crate::knowledge::Knowledge;
use crate::language::Language;
use crate::schema::{TextSchema, analysers};
use crate::state::State;
use crate::text_index::TextIndex;
use crate::view::View;
use crate::view_file::{self, StateMark};

/// Threads that write segments. One gives one segment, and a rebuild of the whole country takes seconds anyway.
const WRITER_THREADS: usize = 1;

/// The least memory that Tantivy accepts.
const LEAST_MEMORY_BYTES: usize = 15 << 20;

/// What each commit of the text index carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    /// Place of the last change that it contains.
    place: LogPlace,
    /// Name of the view's file. It may be older than the commit; the log leads from there to here.
    view: String,
}

fn payload_of(index: &Index) -> Result<Payload, SearchError> {
    let payload = index.load_metas()?.payload.unwrap_or_default();
    serde_json::from_str(&payload)
        .map_err(|error| SearchError::Damaged(format!("the commit does not say where it stands: {error}")))
}

/// Place of the last change that the text index of a build has; opens nothing for writing.
pub(crate) fn stored_place(folder: &Path) -> Result<LogPlace, SearchError> {
    let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    Ok(payload_of(&Index::open(directory)?)?.place)
}

/// The build in use, open for writing.
pub(crate) struct Build {
    folder: PathBuf,
    schema: TextSchema,
    writer: IndexWriter,
    reader: IndexReader,
    view_file: String,
    /// Changes that the view's file does not have.
    pub(crate) changes_beyond_file: u64,
}

impl std::fmt::Debug for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A build as it was found, not yet brought up to date.
pub(crate) struct Opened {
    pub(crate) build: Build,
    pub(crate) state: State,
    /// Place of the last change that the text index has; the state's may lie before it.
    pub(crate) place: LogPlace,
}

impl Build {
    /// Makes an empty text index in a new folder.
    pub(crate) fn create(
        folder: &Path,
        schema: &TextSchema,
        memory_bytes: usize,
    ) -> Result<Self, SearchError> {
        let index =
            Index::builder().schema(schema.schema.clone()).tokenizers(analysers()).create_in_dir(folder)?;
        Self::of_index(folder, schema, &index, memory_bytes, String::new())
    }

    /// Opens a build and checks every byte of it.
    pub(crate) fn open(
        folder: &Path,
        schema: &TextSchema,
        memory_bytes: usize,
        knowledge: Arc<Knowledge>,
    ) -> Result<Opened, SearchError> {
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let mut index = Index::open(directory)?;
        index.set_tokenizers(analysers());
        if index.schema() != schema.schema {
            return Err(SearchError::Damaged("the text index has other fields".to_owned()));
        }
        if let Some(file) = index.validate_checksum()?.into_iter().next() {
            return Err(SearchError::Damaged(format!("{} does not read back", file.display())));
        }
        let payload = payload_of(&index)?;
        if payload.view.contains(['/', '\\']) {
            return Err(SearchError::Damaged("the commit names no view".to_owned()));
        }
        let stored = view_file::read(&folder.join(&payload.view))?;
        let build = Self::of_index(folder, schema, &index, memory_bytes, payload.view)?;
        build.remove_other_views();
        let text = TextIndex::new(build.reader.searcher(), schema, &stored.table)?;
        let view = View::new(Arc::new(stored.table), Arc::new(stored.places), Arc::new(stored.listings));
        let view = view.of_sample(stored.of.shows_sample);
        if stored.of.place.sequence > payload.place.sequence {
            return Err(SearchError::Damaged("the view is newer than the commit that names it".to_owned()));
        }
        let language = Arc::new(Language::new(knowledge, &view.table, &view.places));
        Ok(Opened { build, state: State::new(view, text, language, stored.of.place), place: payload.place })
    }

    fn of_index(
        folder: &Path,
        schema: &TextSchema,
        index: &Index,
        memory_bytes: usize,
        view_file: String,
    ) -> Result<Self, SearchError> {
        let writer = index.writer_with_num_threads(WRITER_THREADS, memory_bytes.max(LEAST_MEMORY_BYTES))?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (folder, schema) = (folder.to_owned(), schema.clone());
        Ok(Self { folder, schema, writer, reader, view_file, changes_beyond_file: 0 })
    }

    /// The folder of the build.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts texts in, in place of whatever the procedures had. Nothing is kept before [`commit`](Self::commit).
    pub(crate) fn replace_texts(
        &self,
        procedures: &BTreeSet<i64>,
        texts: &[Prepared],
    ) -> Result<(), SearchError> {
        for procedure in procedures {
            self.writer.delete_term(Term::from_field_i64(self.schema.procedure, *procedure));
        }
        for text in texts {
            self.writer.add_document(text.document(&self.schema))?;
        }
        Ok(())
    }

    /// Commits the texts and gives them together with a view as the state at a place in the log.
    pub(crate) fn commit(
        &mut self,
        view: View,
        language: Arc<Language>,
        place: &LogPlace,
    ) -> Result<State, SearchError> {
        self.commit_payload(place)?;
        self.reader.reload()?;
        let text = TextIndex::new(self.reader.searcher(), &self.schema, &view.table)?;
        Ok(State::new(view, text, language, place.clone()))
    }

    /// Writes the view's file and a commit that names it, in this order: whenever the process ends, the last commit
    /// names a file that is there.
    pub(crate) fn write_view(&mut self, view: &View, place: &LogPlace) -> Result<(), SearchError> {
        let name = format!("view-{}-{}.bin", place.sequence, short(place));
        view_file::write(
            &self.folder.join(&name),
            &StateMark { place: place.clone(), shows_sample: view.shows_sample },
            (&view.table, &view.places, &view.listings),
        )?;
        self.view_file = name;
        self.commit_payload(place)?;
        self.changes_beyond_file = 0;
        self.remove_other_views();
        Ok(())
    }

    fn commit_payload(&mut self, place: &LogPlace) -> Result<(), SearchError> {
        let payload = Payload { place: place.clone(), view: self.view_file.clone() };
        let payload = serde_json::to_string(&payload).map_err(std::io::Error::from)?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        Ok(())
    }

    fn remove_other_views(&self) {
        let Ok(files) = fs::read_dir(&self.folder) else { return };
        for file in files.flatten() {
            let name = file.file_name();
            let is_view =
                name.to_str().is_some_and(|name| name.starts_with("view-") && name != self.view_file);
            if is_view && let Err(error) = fs::remove_file(file.path()) {
                tracing::warn!(search.file = %file.path().display(), %error, "an old view could not be removed");
            }
        }
    }
}

/// The beginning of a place's hash: in another history the same number is another file.
fn short(place: &LogPlace) -> String {
    place.hash.to_string().chars().take(8).collect()
}
