//! Finding procedures: Vietnamese text analysis, the index, filters and counts on any day.
//!
//! The engine keeps two things and publishes them together as one state: a Tantivy index of the texts, one document
//! per dated text of a procedure, and a compact view in memory of who offers what how far online. Both follow the
//! catalogue's change log and can be thrown away at any time: the catalogue is the truth.
//!
//! This crate knows nothing of HTTP, HTML or SQL, and it is the only one that knows Tantivy. Start with [`Engine`];
//! then `search.rs` (how a request is answered), `matching.rs` and `weights.rs` (which texts match, and how well),
//! `scope.rs` (levels at a place on a day), `update.rs` and `rebuild.rs` (how the engine follows the
//! catalogue) and `trail.rs` (what it does when the catalogue's log turns out to have another history).

mod analysis;
mod answer;
mod arrival;
mod bitmap;
mod build;
mod codes;
mod conditions;
mod counted;
mod coverage;
mod coverage_request;
mod coverage_series;
mod days;
mod document;
mod engine;
mod error;
pub mod evaluation;
mod explain;
mod facets;
mod filing;
#[cfg(test)]
mod fixture;
mod follower;
mod gazetteer;
mod indicator;
mod inspect;
mod knowledge;
mod language;
mod level_map;
mod levels;
mod lexicon;
mod listings;
mod marks;
mod patience;
mod places;
mod quick_wins;
mod ranking;
mod reading;
mod rebuild;
mod request;
mod schema;
mod scope;
mod search;
mod shared;
mod state;
mod store;
mod suggest;
mod table;
mod text_index;
mod titles;
mod trail;
mod update;
mod view;
mod view_file;

pub use answer::{
    ApplicantCount, Facets, FieldCount, Hit, HitField, LevelCount, Matching, PlaceUnit, ReadAs,
    ReadCorrection, ReadPlace, SearchAnswer, Snippet, StateCount, TierCount,
};
pub use arrival::Arrival;
pub use counted::counted_text;
pub use coverage_request::{CoverageAnswer, CoverageBy, CoverageGroup, CoverageRequest};
pub use coverage_series::{Series, SeriesPoint, SeriesRequest, SeriesStep};
pub use engine::{Engine, EngineOptions};
pub use error::SearchError;
pub use explain::{Explanation, HitExplanation, LikenessExplanation, StepExplanation, VariantExplanation};
pub use filing::{Filing, FilingQuestion, MOST_ALTERNATIVES, Offerer};
pub use inspect::stored_place;
pub use knowledge::{Finding, Knowledge, KnowledgeError, KnowledgeFault, KnowledgeFiles, Severity};
pub use level_map::{CentreLevel, ProvinceLevels, concerned_tiers};
pub use levels::{LevelCounts, LevelSpread, ListingState};
pub use quick_wins::{QuickWin, QuickWins};
pub use ranking::Factor;
pub use reading::CorrectionKind;
pub use request::{Filters, SearchRequest};
pub use shared::{AnotherHistory, FollowFailure, Following};
pub use suggest::{Suggestion, SuggestionTarget};
