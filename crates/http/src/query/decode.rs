//! Percent-encoded pairs, as browsers write them.

use crate::problem::{ErrorCode, Location, ParameterError, cut};

/// Splits and decodes a query. A value that is not UTF-8 is a fault; a stray percent sign stands for itself.
pub(crate) fn pairs(query: &str) -> (Vec<(String, String)>, Vec<ParameterError>) {
    let mut pairs = Vec::new();
    let mut errors = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match (decoded(name), decoded(value)) {
            (Some(name), Some(value)) => pairs.push((name, value)),
            (name, _) => errors.push(ParameterError {
                parameter: cut(name.as_deref().unwrap_or_default()),
                location: Location::Query,
                value: Some(cut(value)),
                code: ErrorCode::Malformed,
                reason: "it is not valid UTF-8, or holds a null character".to_owned(),
                remedy: "percent-encode the UTF-8 form of the text".to_owned(),
            }),
        }
    }
    (pairs, errors)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (*first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (byte, _) => bytes.push(byte),
        }
    }
    // A null character makes PostgreSQL refuse the whole statement.
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_decode_as_browsers_write_them() {
        let (read, errors) = pairs("q=khai+sinh&tier=&&name=%C4%91%E1%BA%A5t&share=50%&plus=%2B&alone");
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [
            ("q", "khai sinh"),
            ("tier", ""),
            ("name", "đất"),
            ("share", "50%"),
            ("plus", "+"),
            ("alone", ""),
        ];
        assert_eq!(read, expected);
        assert!(errors.is_empty());
    }

    #[test]
    fn what_is_not_utf_8_is_a_fault() {
        for query in ["q=%FF", "q=%00", "%FF=1"] {
            let (read, errors) = pairs(query);
            assert!(read.is_empty() && errors.len() == 1, "{query}");
        }
    }
}
