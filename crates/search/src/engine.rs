//! The engine: one handle for searching and for following the catalogue.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use motcua_catalogue::places::{CodeState, PlaceUnit, Resolution, UnitHistory};
use motcua_catalogue::{
    Catalogue, CentreAt, CentreId, LogPlace, Moved, ProcedureCode, Slug, StorageError, UnitAt, UnitCode,
};

use crate::answer::SearchAnswer;
use crate::days::day_of;
use crate::error::SearchError;
use crate::follower::Follower;
use crate::knowledge::{CatalogueNames, Finding};
use crate::levels::{LevelCounts, LevelSpread};
use crate::request::SearchRequest;
use crate::search;
use crate::shared::{AnotherHistory, Following, Shared};
use crate::state::State;
use crate::suggest::{Suggestion, SuggestionTarget};
use crate::view::View;

/// Settings of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// A backlog of more changes than this is not replayed but answered by building everything anew, which takes a few
    /// seconds whatever the backlog.
    pub rebuild_after: u64,
    /// So many of the last entries taken in are remembered. Where the log turns out to have another history, and that
    /// parted from ours further back, everything is built anew.
    pub trail_entries: usize,
    /// Memory for building the text index, in bytes.
    pub build_memory_bytes: usize,
    /// Folder of the word lists; without it those in the binary. It is watched, and read again when it changes.
    pub knowledge_dir: Option<PathBuf>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            rebuild_after: 50_000,
            trail_entries: 20_000,
            build_memory_bytes: 96 << 20,
            knowledge_dir: None,
        }
    }
}

/// With fewer completions than this, what a search finds is shown too.
const LEAST_SUGGESTIONS: usize = 3;

/// How long further commits may join a batch.
const GATHER: Duration = Duration::from_millis(100);

/// How often the log is looked at without a hint: other processes write too.
const POLL: Duration = Duration::from_secs(1);

/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Finds procedures and follows the catalogue. Clones share everything.
#[derive(Debug, Clone)]
pub struct Engine {
    catalogue: Catalogue,
    pub(crate) shared: Arc<Shared>,
    follower: Arc<tokio::sync::Mutex<Follower>>,
}

impl Engine {
    /// Opens the index in a folder, or builds it where it is missing, damaged, of another layout or of another
    /// catalogue, and catches up with the change log.
    pub async fn open(catalogue: Catalogue, dir: &Path, options: EngineOptions) -> Result<Self, SearchError> {
        let (follower, state) = Follower::open(&catalogue, dir, options).await?;
        let shared = Arc::new(Shared::new(state));
        let engine = Self { catalogue, shared, follower: Arc::new(tokio::sync::Mutex::new(follower)) };
        engine.catch_up().await?;
        Ok(engine)
    }

    /// The same engine with another handle to the catalogue, for a database that has moved.
    #[must_use]
    pub fn over(self, catalogue: Catalogue) -> Self {
        Self { catalogue, ..self }
    }

    /// Follows the change log until told to stop, then brings the files up to date. A failing step is logged and tried
    /// again; it never ends the following.
    pub async fn follow(&self, stop: impl Future<Output = ()> + Send) -> Result<(), SearchError> {
        let mut stop = pin!(stop);
        let mut commits = self.catalogue.commits();
        let mut failures = 0_u32;
        loop {
            let pause =
                if failures == 0 { POLL } else { LONGEST_PAUSE.min(POLL * 2_u32.saturating_pow(failures)) };
            let hint = async {
                // Without anybody left to give hints, and after a failure, only the clock wakes.
                if failures > 0 || commits.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                tokio::time::sleep(GATHER).await;
            };
            let wanted = async {
                // A step that fails does not fail less when it is waited for.
                if failures > 0 {
                    std::future::pending::<()>().await;
                }
                self.shared.wanted.notified().await;
            };
            tokio::select! {
                () = &mut stop => break,
                () = hint => {}
                () = wanted => {}
                () = tokio::time::sleep(pause) => {}
            }
            let step = tokio::select! {
                () = &mut stop => break,
                step = self.step() => step,
            };
            match step {
                Ok(_) => failures = 0,
                Err(error) => {
                    failures = failures.saturating_add(1);
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(
                        error,
                        search.place = %self.place(),
                        search.failures = failures,
                        "the search index could not follow the catalogue and will try again"
                    );
                }
            }
        }
        self.close().await
    }

    async fn step(&self) -> Result<u64, SearchError> {
        let sequence = self.catch_up().await?;
        if let Err(error) = self.refresh_knowledge().await {
            let faults = match &error {
                SearchError::Knowledge(error) => {
                    error.faults().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
                }
                _ => String::new(),
            };
            let error: &dyn std::error::Error = &error;
            tracing::error!(
                error,
                search.faults = faults,
                "the word lists are not used; those before stay in use"
            );
        }
        Ok(sequence)
    }

    /// Reads the word lists again if their folder has changed; returns whether other lists are in use now. Faulty lists
    /// are an error, and those before stay in use.
    pub async fn refresh_knowledge(&self) -> Result<bool, SearchError> {
        let follower = Arc::clone(&self.follower).lock_owned().await;
        Follower::refresh_knowledge(follower, &self.shared).await
    }

    /// Takes in everything that is committed by now. Returns the number of the last change taken in.
    pub async fn catch_up(&self) -> Result<u64, SearchError> {
        let follower = Arc::clone(&self.follower).lock_owned().await;
        let outcome = Follower::catch_up(follower, &self.catalogue, &self.shared).await;
        self.shared.note_attempt(&outcome);
        outcome?;
        Ok(self.applied_sequence())
    }

    /// Builds everything anew from the catalogue.
    pub async fn rebuild(&self) -> Result<(), SearchError> {
        let follower = Arc::clone(&self.follower).lock_owned().await;
        Follower::rebuild(follower, &self.catalogue, &self.shared).await
    }

    /// Brings the files up to date, so that the next start has nothing to replay. The engine stays usable.
    pub async fn close(&self) -> Result<(), SearchError> {
        let follower = Arc::clone(&self.follower).lock_owned().await;
        Follower::write_view(follower, &self.shared).await
    }

    /// Number of the last change of the catalogue that was taken in.
    #[must_use]
    pub fn applied_sequence(&self) -> u64 {
        self.shared.progress().place.sequence
    }

    /// Place in the log up to which every change was taken in.
    #[must_use]
    pub fn place(&self) -> LogPlace {
        self.shared.place()
    }

    /// What is known of it while the log has another history than what was taken in; it is being put right.
    #[must_use]
    pub fn another_history(&self) -> Option<AnotherHistory> {
        self.shared.progress().another_history.clone()
    }

    /// How following the log goes: since when nothing has been taken in, and why.
    #[must_use]
    pub fn following(&self) -> Following {
        self.shared.following()
    }

    /// How many times since the start the log turned out to have another history.
    #[must_use]
    pub fn histories_left(&self) -> u64 {
        self.shared.progress().histories_left
    }

    /// Place that differs whenever answers may differ: that of the last change that made a difference. Every node of the
    /// same catalogue arrives at the same places.
    #[must_use]
    pub fn generation(&self) -> LogPlace {
        self.shared.state().place.clone()
    }

    /// Whether the site shows made-up sample data, which every page and answer then says.
    #[must_use]
    pub fn shows_sample(&self) -> bool {
        self.shared.shows_sample()
    }

    /// Completions of what is being typed, the likeliest first. Where no name begins so, the text is read as a search
    /// reads it, and what it finds is shown.
    pub fn suggest(
        &self,
        typed: &str,
        as_of: NaiveDate,
        most: usize,
    ) -> Result<Vec<Suggestion>, SearchError> {
        let state = self.shared.state();
        let mut found = state.language.suggestions.find(typed, day_of(as_of), most);
        if found.len() < LEAST_SUGGESTIONS.min(most)
            && typed.chars().filter(|c| c.is_alphanumeric()).count() > 1
        {
            let request = SearchRequest { limit: 5, ..SearchRequest::new(typed, as_of) };
            for hit in search::answer(&state, &request)?.hits {
                if found.len() < most {
                    let text = crate::suggest::shown_title(&hit.name);
                    let suggestion = Suggestion { text, target: SuggestionTarget::Procedure(hit.code) };
                    if !found.contains(&suggestion) {
                        found.push(suggestion);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Looks the word lists in use over for what does not fit the catalogue: codes and words that it does not have.
    #[must_use]
    pub fn check_knowledge(&self) -> Vec<Finding> {
        let state = self.shared.state();
        state.language.knowledge.check(&CatalogueNames::new(&state))
    }

    /// Answers a request. Works on memory alone, well under a millisecond without excerpts, so it may be called from
    /// asynchronous code.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        search::answer(&self.shared.state(), request)
    }

    /// Number that differs whenever the word lists in use do.
    #[must_use]
    pub fn lists_digest(&self) -> u32 {
        self.shared.state().language.knowledge.digest
    }

    /// Whether a unit has a code on a day.
    #[must_use]
    pub fn has_unit(&self, code: &UnitCode, as_of: NaiveDate) -> bool {
        self.shared.state().view.places.unit_on(code, day_of(as_of)).is_some()
    }

    /// Whether a centre works on a day.
    #[must_use]
    pub fn has_centre(&self, id: &CentreId, as_of: NaiveDate) -> bool {
        let state = self.shared.state();
        let centre = state.view.places.centre_number(id).and_then(|number| state.view.places.centre(number));
        centre.is_some_and(|centre| centre.days.contain(day_of(as_of)))
    }

    /// Whether some procedure is in a field.
    #[must_use]
    pub fn has_field(&self, key: &Slug) -> bool {
        self.shared.state().view.table.field_number(key).is_some()
    }

    /// Whether a procedure has exactly this code on a day.
    #[must_use]
    pub fn has_code(&self, code: &str, as_of: NaiveDate) -> bool {
        let (state, day) = (self.shared.state(), day_of(as_of));
        let table = &state.view.table;
        let holds = |entry: u32| table.rows.get(entry as usize).is_some_and(|row| row.days.contain(day));
        table.codes.exactly(code).any(holds)
    }

    /// Procedures of a centre on a day, counted by level; `None` for a centre that never was. A centre that does not
    /// work on the day has none.
    #[must_use]
    pub fn centre_summary(&self, centre: &CentreId, as_of: NaiveDate) -> Option<LevelCounts> {
        let state = self.shared.state();
        state.view.places.centre_number(centre)?;
        let day = day_of(as_of);
        Some(state.view.levels(state.view.scope(Some(centre), None, day), day).totals())
    }

    /// Centres by the level at which they offer a procedure on a day: those of a unit and of the units below it, or
    /// all. A code that nobody has is tried by its base, as [`Catalogue::procedure`] does.
    #[must_use]
    pub fn procedure_levels(
        &self,
        code: &ProcedureCode,
        unit: Option<&UnitCode>,
        as_of: NaiveDate,
    ) -> LevelSpread {
        let state = self.shared.state();
        let Some(number) = crate::level_map::procedure_number(&state, code) else {
            return LevelSpread::default();
        };
        let day = day_of(as_of);
        search::spread(&state, number, state.view.scope(None, unit, day), day)
    }

    /// What is kept in memory, of one moment.
    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.shared.state().view)
    }

    /// The state in use.
    pub(crate) fn state(&self) -> Arc<State> {
        self.shared.state()
    }

    /// The catalogue that is followed.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What a code is on a day on which no unit has it. Works on memory, unless that has not come to what the catalogue
    /// says.
    pub async fn code_state(&self, code: &UnitCode, day: NaiveDate) -> Result<CodeState, StorageError> {
        let state = self.view().places.resolver.code_state(code, day);
        let is_old = match state {
            CodeState::Holds => true,
            CodeState::Never => !self.catalogue.units_ever(code).await?.is_empty(),
            CodeState::Moved(_) | CodeState::Over | CodeState::Later => false,
        };
        if is_old { Ok(self.catalogue.places().await?.code_state(code, day)) } else { Ok(state) }
    }

    /// The centre of a day that took the place of one which has closed, as [`Catalogue::centre_in_place_of`].
    pub async fn moved_centre(
        &self,
        centre: &CentreAt,
        day: NaiveDate,
    ) -> Result<Option<Moved<CentreId>>, StorageError> {
        let record = &centre.stored.record;
        let last_day = record.period.valid_to().filter(|end| *end <= day).and_then(|end| end.pred_opt());
        let view = self.view();
        let unit = last_day.and_then(|last| view.places.resolver.moved(&record.unit, last, day));
        match unit {
            Some(unit) => self.catalogue.centre_in_place_of(centre, &unit, day).await,
            None => Ok(None),
        }
    }

    /// What a unit came from and what became of it. Works on memory, unless that has not come to the unit as it was read.
    pub async fn unit_history(&self, unit: &UnitAt) -> Result<UnitHistory, StorageError> {
        let history = self.view().places.resolver.history(unit.unit_id);
        let record = &unit.stored.record;
        // A page may have put neighbouring periods together that differ in nothing it shows.
        let is_known = |known: &PlaceUnit| known.code == record.code && known.period.overlaps(record.period);
        if history.periods.iter().any(is_known) {
            return Ok(history);
        }
        Ok(self.catalogue.places().await?.history(unit.unit_id))
    }

    /// What a text that names a place means on a day; see [`PlaceResolver::resolve`]. Works on memory alone.
    ///
    /// [`PlaceResolver::resolve`]: motcua_catalogue::places::PlaceResolver::resolve
    #[must_use]
    pub fn resolve_place(&self, text: &str, as_of: NaiveDate, within: &[UnitCode]) -> Resolution {
        self.shared.state().view.places.resolver.resolve(text, as_of, within)
    }
}
