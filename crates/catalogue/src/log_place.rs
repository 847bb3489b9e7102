//! Places in the change log. A number alone is no place: after a database failover or a restore the same number may
//! stand for another entry. A place is the id of the log, the number, and the hash of everything up to it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::code::InvalidId;

fn invalid(what: &'static str, value: &str, expected: &'static str) -> InvalidId {
    InvalidId { what, value: value.to_owned(), expected }
}

/// Id of a log: 32 hexadecimal digits. Made when the log is created, and anew whenever it is restored from a copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogId(String);

impl LogId {
    /// The 32 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LogId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        let is_id = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_id {
            Ok(Self(text))
        } else {
            Err(invalid("id of a change log", &text, "32 hexadecimal digits"))
        }
    }
}

impl From<LogId> for String {
    fn from(id: LogId) -> Self {
        id.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hash of an entry of the log and of everything before it: SHA-256, 64 hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogHash([u8; 32]);

impl LogHash {
    /// What stands before the first entry.
    pub const ORIGIN: Self = Self([0; 32]);

    /// The hash with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for LogHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LogHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for LogHash {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || invalid("hash of a change log", text, "64 hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            let digits = text.get(at..at + 2).ok_or_else(invalid)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for LogHash {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<LogHash> for String {
    fn from(hash: LogHash) -> Self {
        hash.to_string()
    }
}

/// A place in a change log: after the entry with this number, in a log whose entries up to it have this hash. Two logs
/// that agree in number and hash agree in every entry so far, whatever their ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPlace {
    /// Id of the log.
    pub log: LogId,
    /// Number of the last entry; 0 before the first.
    pub sequence: u64,
    /// Hash of the last entry and of all before it.
    pub hash: LogHash,
}

impl LogPlace {
    /// Whether both name the same entry with the same past, be it under another id of the log.
    #[must_use]
    pub fn is_same_history(&self, other: &Self) -> bool {
        self.sequence == other.sequence && self.hash == other.hash
    }
}

/// Log id, number and hash, with dots between them.
impl fmt::Display for LogPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.log, self.sequence, self.hash)
    }
}

impl FromStr for LogPlace {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid =
            || invalid("place in a change log", text, "log id, number and hash with dots between them");
        let mut parts = text.split('.');
        let (Some(log), Some(sequence), Some(hash), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(invalid());
        };
        if !sequence.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid());
        }
        Ok(Self {
            log: log.to_owned().try_into()?,
            sequence: sequence.parse().map_err(|_| invalid())?,
            hash: hash.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_from_its_text_and_from_json() {
        let place = LogPlace {
            log: "0123456789abcdef0123456789abcdef".to_owned().try_into().expect("an id"),
            sequence: 97_458,
            hash: LogHash::new(std::array::from_fn(|number| u8::try_from(number * 7).unwrap_or(0xff))),
        };
        assert_eq!(place.to_string().parse(), Ok(place.clone()));
        let json = serde_json::to_string(&place).expect("it serialises");
        assert_eq!(serde_json::from_str::<LogPlace>(&json).expect("it reads"), place);
        let text = place.to_string();
        for bad in [
            "",
            "1",
            "a.1.b",
            &text[1..],
            &text[..text.len() - 1],
            &format!("{text}.0"),
            &text.to_uppercase(),
        ] {
            assert!(bad.parse::<LogPlace>().is_err(), "{bad}");
        }
    }
}
