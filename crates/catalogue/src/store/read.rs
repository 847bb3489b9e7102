//! From columns back to values, and what to say of columns that do not read back.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::db::StorageError;

/// Reads the code of an enumeration from a column.
pub(crate) fn code<T: Copy, const N: usize>(
    what: &'static str,
    key: &str,
    all: [T; N],
    as_str: impl Fn(T) -> &'static str,
    stored: &str,
) -> Result<T, StorageError> {
    all.into_iter()
        .find(|item| as_str(*item) == stored)
        .ok_or_else(|| damaged(what, key, format!("{stored:?} is not a known code")))
}

/// The error of a row that its record cannot read.
pub(crate) fn damaged(what: &'static str, key: &str, message: impl Into<String>) -> StorageError {
    StorageError::Damaged { what, key: key.to_owned(), source: message.into().into() }
}

/// Reads an identifier from a column.
pub(crate) fn id<T: std::str::FromStr<Err = crate::code::InvalidId>>(
    what: &'static str,
    stored: &str,
) -> Result<T, StorageError> {
    stored.parse().map_err(|error| StorageError::Damaged {
        what,
        key: stored.to_owned(),
        source: Box::new(error),
    })
}

/// A version from a column.
pub(crate) fn version(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

/// A number of the log from a column.
pub(crate) fn sequence(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// A JSON document from a text column.
pub(crate) fn document<T: DeserializeOwned>(
    what: &'static str,
    key: &str,
    text: &str,
) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|source| StorageError::Damaged {
        what,
        key: key.to_owned(),
        source: source.into(),
    })
}

/// A JSON document for a text column. The records serialise without fail: their maps have text keys.
pub(crate) fn text_of<T: Serialize>(what: &'static str, record: &T) -> Result<String, StorageError> {
    serde_json::to_string(record).map_err(|source| StorageError::Damaged {
        what,
        key: String::new(),
        source: source.into(),
    })
}

/// Whether a text says something and is in Unicode normal form C.
pub(crate) fn is_sound(text: &str) -> bool {
    !text.trim().is_empty() && unicode_normalization::is_nfc(text)
}
