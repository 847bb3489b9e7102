//! The state of a running server.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use chrono::NaiveDate;

use motcua_catalogue::Catalogue;
use motcua_catalogue::figures::IndicatorRules;
use motcua_search::Engine;

use crate::clock::{Clock, SiteDate};
use crate::present;
use crate::search_log::SearchLog;

/// What handlers work with. Clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct AppState {
    /// Details, from the database.
    pub catalogue: Catalogue,
    /// Text search and counts, from memory.
    pub engine: Engine,
    /// What this site is.
    pub site: Arc<Site>,
    /// Counts of searches.
    pub searches: SearchLog,
}

impl FromRef<AppState> for Catalogue {
    fn from_ref(state: &AppState) -> Self {
        state.catalogue.clone()
    }
}

impl FromRef<AppState> for Engine {
    fn from_ref(state: &AppState) -> Self {
        state.engine.clone()
    }
}

impl FromRef<AppState> for Arc<Site> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.site)
    }
}

/// What a site is: its name, its day, its limits.
#[derive(Debug, Clone)]
pub struct Site {
    /// Name shown in the head of every page, such as "Một Cửa Hà Tĩnh".
    pub name: String,
    /// Public address without a slash at its end, `https://motcua.example.vn`; absent where none is configured.
    pub base_url: Option<String>,
    /// The day shown when a request names none, where the configuration says so; else today, or the day of the made-up
    /// data.
    pub date: Option<SiteDate>,
    /// Where the time comes from.
    pub clock: Clock,
    /// Who knows what the site shows at present.
    pub present: Present,
    /// Version of the binary; a new one makes every cached answer stale.
    pub build: String,
    /// Limits on requests.
    pub limits: Limits,
    /// How the official figure is turned into points.
    pub indicator: IndicatorRules,
}

/// Who knows what a site shows at present.
#[derive(Debug, Clone)]
pub enum Present {
    /// The engine, which follows the catalogue: the mark of made-up data comes and goes without a restart.
    Followed(Engine),
    /// Nobody: what is stated here, for a site without a catalogue.
    Stated {
        /// Whether it shows made-up data.
        is_sample: bool,
        /// The beginning of the id of the change log.
        log: String,
    },
}

impl Site {
    /// A site without configuration: named Một Cửa, showing today.
    #[must_use]
    pub fn new(build: impl Into<String>) -> Self {
        Self {
            name: "Một Cửa".to_owned(),
            base_url: None,
            date: None,
            clock: Clock::System,
            present: Present::Stated { is_sample: false, log: String::new() },
            build: build.into(),
            limits: Limits::default(),
            indicator: IndicatorRules::default(),
        }
    }

    /// What decides the day shown when a request names none.
    #[must_use]
    pub fn date(&self) -> SiteDate {
        match self.date {
            Some(date) => date,
            // Made-up listings are set in 2021: the three tiers, and levels 3 and 4 of plan 493/KH-UBND.
            None if self.is_sample() => {
                NaiveDate::from_ymd_opt(2021, 3, 1).map_or(SiteDate::Today, SiteDate::Fixed)
            }
            None => SiteDate::Today,
        }
    }

    /// The day shown when a request names none.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.date().day(self.clock)
    }

    /// Whether the catalogue holds made-up sample data, which every page and answer then says.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        present::shows_sample().unwrap_or_else(|| match &self.present {
            Present::Followed(engine) => engine.shows_sample(),
            Present::Stated { is_sample, .. } => *is_sample,
        })
    }

    /// The beginning of the id of the catalogue's change log, for cursors.
    pub(crate) fn log(&self) -> String {
        match &self.present {
            Present::Followed(engine) => engine.place().log.as_str().chars().take(8).collect(),
            Present::Stated { log, .. } => log.clone(),
        }
    }

    /// The real day in Vietnam, for "hôm nay".
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// The sentence that marks made-up data, in Vietnamese; absent on a site that has none.
    #[must_use]
    pub fn notice(&self) -> Option<&'static str> {
        self.is_sample().then_some(
            "Dữ liệu mẫu để giới thiệu phần mềm: mức độ dịch vụ, giờ làm việc và số điện thoại là hư cấu, không phải số liệu \
             được công bố.",
        )
    }
}

/// Limits on one request and on all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest path and query together, in bytes (414 above).
    pub uri_bytes: usize,
    /// Most bytes of headers (431 above); the accept loop enforces a coarser limit before.
    pub header_bytes: usize,
    /// Largest body (413 above). GET and HEAD may have none at all.
    pub body_bytes: u64,
    /// Longest time that one request may take (504 after).
    pub request_time: Duration,
    /// Most requests worked on at once; the others wait.
    pub concurrent_requests: usize,
    /// How long a request waits for its turn (503 after).
    pub queue_time: Duration,
    /// What `Retry-After` says after a 503 or 504.
    pub retry_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            uri_bytes: 4096,
            header_bytes: 16 * 1024,
            body_bytes: 64 * 1024,
            request_time: Duration::from_secs(10),
            concurrent_requests: 512,
            queue_time: Duration::from_millis(500),
            retry_after: Duration::from_secs(2),
        }
    }
}
