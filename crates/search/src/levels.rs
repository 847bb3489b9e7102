//! How far online: the definitions of the catalogue's figures, under the names that this crate always had for them.

pub use motcua_catalogue::figures::{LevelCounts, LevelSpread, ListingState};
