//! One state of the engine: everything that a search needs, all of the same moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use motcua_catalogue::LogPlace;

use crate::days::Day;
use crate::language::Language;
use crate::scope::Scope;
use crate::text_index::TextIndex;
use crate::view::View;

/// A published state. It never changes; the next one takes its place.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) view: Arc<View>,
    pub(crate) text: Arc<TextIndex>,
    pub(crate) language: Arc<Language>,
    /// Place of the last change of the catalogue that is in it.
    pub(crate) place: LogPlace,
    last_day: AtomicI32,
}

/// No day was asked about yet.
const NO_DAY: Day = Day::MIN;

impl State {
    pub(crate) fn new(view: View, text: TextIndex, language: Arc<Language>, place: LogPlace) -> Self {
        let (view, text) = (Arc::new(view), Arc::new(text));
        Self { view, text, language, place, last_day: AtomicI32::new(NO_DAY) }
    }

    /// The same state with other word lists.
    pub(crate) fn with_language(&self, language: Arc<Language>) -> Self {
        Self {
            view: Arc::clone(&self.view),
            text: Arc::clone(&self.text),
            language,
            place: self.place.clone(),
            last_day: AtomicI32::new(self.last_day.load(Ordering::Relaxed)),
        }
    }

    /// Notes on which day a search looked.
    pub(crate) fn remember_day(&self, day: Day) {
        if self.last_day.load(Ordering::Relaxed) != day {
            self.last_day.store(day, Ordering::Relaxed);
        }
    }

    /// Works out the levels of the whole country for the day on which searches looked at the state before, so that the
    /// first search after an update does not wait for them.
    pub(crate) fn warm_up(&self, before: &Self) {
        let day = before.last_day.load(Ordering::Relaxed);
        if day != NO_DAY {
            self.view.levels(Scope::Nation, day);
        }
    }
}
