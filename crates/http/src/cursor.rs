//! Cursors: where a list continues. Opaque to clients, versioned, and bound to the list and its filters.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use motcua_catalogue::Place;

const VERSION: u8 = 2;
/// Sort keys are made from names, so a cursor can be long, but never longer than an address may be.
const LONGEST: usize = 3500;

/// Parameters that do not change which items a list has and in what order. The day is compared by its value.
const UNBOUND: [&str; 5] = ["cursor", "per_page", "facets", "excerpts", "as_of"];

/// Where a list continues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    #[serde(rename = "v")]
    version: u8,
    /// The list and its filters.
    #[serde(rename = "b")]
    pub(crate) binding: String,
    /// The beginning of the id of the change log: in a log that was restored from a copy a place may stand for another
    /// item.
    #[serde(rename = "l")]
    pub(crate) log: String,
    /// Day of the list, so that a list begun before midnight ends as it began.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<NaiveDate>,
    /// The place itself.
    #[serde(rename = "p")]
    pub(crate) position: Position,
}

/// Place in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Position {
    /// After an item of a sorted list.
    After(Place),
    /// After a number of hits of a search.
    Skip(u32),
}

/// A text that is no cursor of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is no cursor of this version")]
pub struct CursorError;

impl Cursor {
    /// Makes a cursor.
    #[must_use]
    pub fn new(log: String, binding: String, as_of: Option<NaiveDate>, position: Position) -> Self {
        Self { version: VERSION, log, binding, as_of, position }
    }

    /// The text that clients send back.
    #[must_use]
    pub fn encode(&self) -> String {
        // A struct of texts and numbers always serialises.
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what a client sends back.
    pub fn decode(text: &str) -> Result<Self, CursorError> {
        if text.len() > LONGEST {
            return Err(CursorError);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| CursorError)?;
        if cursor.version == VERSION { Ok(cursor) } else { Err(CursorError) }
    }
}

/// Names a list and its filters: path and parameters, whatever their order.
pub(crate) fn binding(path: &str, pairs: &[(String, String)]) -> String {
    let mut bound: Vec<&(String, String)> = pairs
        .iter()
        .filter(|(name, value)| !UNBOUND.contains(&name.as_str()) && !value.trim().is_empty())
        .collect();
    bound.sort();
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    for (name, value) in bound {
        hash.update([0]);
        hash.update(name.as_bytes());
        hash.update([1]);
        hash.update(value.trim().as_bytes());
    }
    let digest = hash.finalize();
    BASE64_URL_SAFE_NO_PAD.encode(digest.get(..9).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &[(&str, &str)]) -> Vec<(String, String)> {
        text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn cursors_read_back() {
        let place = Place { sort: "đất \u{1}".into(), id: 42 };
        for position in [Position::After(place), Position::Skip(40)] {
            let cursor = Cursor::new("0a1b2c3d".into(), "abc".into(), "2021-03-01".parse().ok(), position);
            assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }
    }

    #[test]
    fn other_texts_are_no_cursors() {
        let newer = BASE64_URL_SAFE_NO_PAD.encode(r#"{"v":3,"l":"a","b":"x","p":1}"#);
        let negative = BASE64_URL_SAFE_NO_PAD.encode(r#"{"v":2,"l":"a","b":"x","p":-1}"#);
        for text in ["", "!", "bm90IGpzb24", &newer, &negative, &"A".repeat(5000)] {
            assert_eq!(Cursor::decode(text), Err(CursorError), "{text}");
        }
    }

    #[test]
    fn a_binding_knows_list_and_filters_but_not_their_order() {
        let base = binding("/a", &pairs(&[("tier", "commune"), ("unit", "42")]));
        assert_eq!(
            base,
            binding("/a", &pairs(&[("unit", "42"), ("tier", "commune"), ("q", ""), ("per_page", "5")]))
        );
        assert_ne!(base, binding("/b", &pairs(&[("tier", "commune"), ("unit", "42")])));
        assert_ne!(base, binding("/a", &pairs(&[("tier", "commune"), ("unit", "43")])));
        assert_ne!(binding("/a", &pairs(&[("q", "x")])), binding("/a", &pairs(&[("qx", "")])));
    }
}
