//! Whether records are still what they were when a set was made. Their versions say so, but for one case: a record that was
//! taken out and made anew counts its versions from the beginning.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::change::EntityKind;
use crate::command::Command;
use crate::log_key::LogKey;
use crate::refusal::Refusal;
use crate::store::db::StorageError;
use crate::store::read::damaged;
use crate::store::writer::Writer;

/// What a set was made from: one record as it was.
pub(super) struct Base {
    /// Place of its item in the set.
    pub(super) position: u32,
    /// Kind of the record.
    pub(super) kind: EntityKind,
    /// Its key.
    pub(super) key: String,
    /// Its version then; 0 where there was none.
    pub(super) version: u32,
    /// The record then.
    pub(super) before: Option<Value>,
}

/// Whether a refused item's record is stored as the item wants it: somebody else wrote the same, or took it out as well.
pub(super) fn is_as_wanted(refusal: &Refusal, wanted: Option<&Value>) -> bool {
    match (refusal, wanted) {
        (Refusal::Stale { current: Some(current), .. }, Some(wanted)) => **current == *wanted,
        (Refusal::NotThere, None) => true,
        _ => false,
    }
}

/// The items whose records say something else than when the set was made, with the refusal of each. Only the first item of
/// a key says what was stored then.
pub(super) async fn rewritten(
    writer: &mut Writer,
    bases: impl Iterator<Item = Base>,
    seen: &mut HashSet<LogKey>,
) -> Result<HashMap<u32, Refusal>, StorageError> {
    let mut wanted = Vec::new();
    let mut keys = Vec::new();
    for Base { position, kind, key, version, before } in bases {
        let bad = |error: String| damaged("change set", &key, error);
        let log_key = LogKey::parse(kind, &key).map_err(|error| bad(error.to_string()))?;
        if !seen.insert(log_key.clone()) {
            continue;
        }
        let Some(before) = before else { continue };
        let before = Command::of_record(kind, before).map_err(|error| bad(error.to_string()))?;
        wanted.push((position, version, before));
        keys.push(Some(log_key));
    }
    let mut rewritten = HashMap::new();
    for ((position, version, before), stored) in wanted.into_iter().zip(writer.stored_at(&keys).await?) {
        let Some(stored) = stored.filter(|stored| *stored != before) else { continue };
        let mut text = Vec::new();
        let current = match stored.write_json(&mut text) {
            Ok(()) => serde_json::from_slice(&text).ok().map(Box::new),
            Err(_) => None,
        };
        rewritten.insert(position, Refusal::Stale { current_version: version, current });
    }
    Ok(rewritten)
}
