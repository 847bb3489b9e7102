//! Which part of a list is wanted, and how the next part is named.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{PageRequest, Place};

use crate::cursor::{Cursor, Position};

/// Items per page when a request does not say.
pub const DEFAULT_PAGE_SIZE: u32 = 20;
/// Most items per page.
pub const LARGEST_PAGE: u32 = 100;

/// What the cursor of the next part is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Continuation {
    pub(crate) log: String,
    pub(crate) binding: String,
    pub(crate) as_of: Option<NaiveDate>,
}

impl Continuation {
    fn cursor(&self, position: Position) -> String {
        Cursor::new(self.log.clone(), self.binding.clone(), self.as_of, position).encode()
    }
}

/// Part of a sorted list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacePage {
    /// How many items at most.
    pub size: u32,
    /// Continue after this place.
    pub after: Option<Place>,
    pub(crate) continuation: Continuation,
}

impl PlacePage {
    /// The part as the catalogue reads it.
    #[must_use]
    pub fn request(&self) -> PageRequest {
        PageRequest { size: self.size, after: self.after.clone() }
    }

    /// What the answer says about itself.
    #[must_use]
    pub fn info(&self, next: Option<Place>, total: u64) -> PageInfo {
        PageInfo { next_cursor: next.map(|place| self.continuation.cursor(Position::After(place))), total }
    }
}

/// Part of the hits of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetPage {
    /// How many hits at most.
    pub size: u32,
    /// How many hits to skip.
    pub offset: u32,
    pub(crate) continuation: Continuation,
}

impl OffsetPage {
    /// What the answer says about itself, given how many hits it has and how many there are.
    #[must_use]
    pub fn info(&self, shown: usize, total: u64) -> PageInfo {
        let end = self.offset.saturating_add(u32::try_from(shown).unwrap_or(u32::MAX));
        let more = shown > 0 && u64::from(end) < total;
        PageInfo { next_cursor: more.then(|| self.continuation.cursor(Position::Skip(end))), total }
    }

    /// Cursor of the part before this one, for pages with a link back; absent on the first.
    #[must_use]
    pub fn previous_cursor(&self) -> Option<String> {
        (self.offset > 0)
            .then(|| self.continuation.cursor(Position::Skip(self.offset.saturating_sub(self.size))))
    }
}

/// Place of this answer in the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageInfo {
    /// Send it as `cursor`, with the same filters, to get the items after these; `null` at the end of the list.
    #[schema(required, example = "eyJ2IjoxLCJiIjoiVTFyNEFRIiwiZCI6IjIwMjEtMDMtMDEiLCJwIjoyMH0")]
    pub next_cursor: Option<String>,
    /// How many items the whole list has.
    #[schema(example = 216)]
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_has_no_cursor() {
        let continuation = Continuation { log: "a".into(), binding: "b".into(), as_of: None };
        let page = OffsetPage { size: 20, offset: 20, continuation };
        assert!(page.info(20, 41).next_cursor.is_some());
        assert_eq!(page.info(20, 40).next_cursor, None);
        assert_eq!(page.info(0, 41).next_cursor, None);
        let back = Cursor::decode(&page.previous_cursor().expect("a part before")).expect("a cursor");
        assert_eq!(back.position, Position::Skip(0));
    }
}
