//! From what people write to administrative units: current and former names, kinds, codes, in any usual form, led to the
//! units of a day. One answer only where every reading leads to the same unit entirely; otherwise the question to ask.
//!
//! Knows nothing of storage: a [`PlaceResolver`] is built from records and never changes. `text.rs` has the keys of
//! words, `segment.rs` takes a text apart, `reading.rs` finds what it may mean, `atlas.rs` leads through time,
//! `question.rs` asks, `history.rs` tells what became of units.

mod answer;
mod atlas;
mod history;
mod kinds;
mod law;
mod names;
mod question;
mod reading;
mod record;
mod resolution;
mod segment;
#[cfg(test)]
mod tests;
mod text;

use chrono::NaiveDate;

use crate::code::UnitCode;
use atlas::Atlas;
use kinds::KindWord;
use names::Names;
use segment::Lexer;

pub use history::{CodeState, UnitHistory};
pub use law::resolution_of;
pub use record::{Between, PlaceLink, PlaceUnit, former_keys};
pub use resolution::{
    Candidate, Choice, Fate, FormerUnit, MOST_CANDIDATES, MOST_CHOICES, PlaceOutcome, Question, QuestionKind,
    Resolution,
};

/// Leads what people write to units.
#[derive(Default)]
pub struct PlaceResolver {
    atlas: Atlas,
    names: Names,
    kinds: Vec<KindWord>,
}

impl std::fmt::Debug for PlaceResolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlaceResolver").field("units", &self.atlas.units.len()).finish_non_exhaustive()
    }
}

impl PlaceResolver {
    /// A resolver over all periods of all units and all successions.
    #[must_use]
    pub fn new(units: Vec<PlaceUnit>, links: Vec<PlaceLink>) -> Self {
        let atlas = Atlas::new(units, links);
        Self { names: Names::new(&atlas), atlas, kinds: kinds::forms() }
    }

    /// The successions that it was built from.
    #[must_use]
    pub fn links(&self) -> &[PlaceLink] {
        &self.atlas.links
    }

    /// What a text means on a day. `within` holds the answers to questions before: codes of units of the day, or of
    /// their provinces; empty where nothing was asked yet.
    #[must_use]
    pub fn resolve(&self, text: &str, as_of: NaiveDate, within: &[UnitCode]) -> Resolution {
        let words = text::words(text);
        let (atlas, names, kinds) = (&self.atlas, &self.names, self.kinds.as_slice());
        let lexer = Lexer { text, words: &words, atlas, names, kinds };
        let readings = reading::read(&lexer, as_of);
        answer::answer(&lexer, readings, as_of, within)
    }
}
