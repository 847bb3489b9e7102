//! Vietnamese text as the catalogue needs it for keys: normal form, folding, sorting. Search has its own analysis.

use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Unicode NFC; Vietnamese arrives decomposed from some systems.
#[must_use]
pub fn nfc(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// Lower case without diacritics, đ as d. For keys and comparison, never for display.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'đ' | 'ð' => 'd',
            other => other,
        })
        .collect()
}

/// Eight hexadecimal digits that tell two texts apart.
#[must_use]
pub fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// Sort key in the order of the Vietnamese alphabet (a ă â b c d đ e ê …), tones only breaking ties, so that lists
/// have one order on every database.
#[must_use]
pub fn sort_key(text: &str) -> String {
    const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
    const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let (tones, plain): (String, String) = text.to_lowercase().nfd().partition(|c| TONES.contains(c));
    let mut key = String::with_capacity(text.len() + 1);
    for c in plain.nfc() {
        match LETTERS.chars().position(|letter| letter == c) {
            // Above every digit and sign, in the alphabet's order.
            Some(place) => key.push(char::from(b'b' + u8::try_from(place).unwrap_or(u8::MAX - b'b'))),
            None => key.push(c),
        }
    }
    key.push('\u{1}');
    key + &tones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_knows_d_with_stroke_and_decomposed_input() {
        assert_eq!(fold("Đăng ký khai sinh"), "dang ky khai sinh");
        assert_eq!(fold(&"Thừa Thiên Huế".nfd().collect::<String>()), "thua thien hue");
    }

    #[test]
    fn names_sort_in_the_vietnamese_alphabet() {
        let mut names =
            ["Đức Thọ", "Dương", "Ân", "An", "Ăn", "Bắc", "Ôn", "Ơn", "On", "Ưu", "Ê", "Em", "Uy", "2"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            ["2", "An", "Ăn", "Ân", "Bắc", "Dương", "Đức Thọ", "Em", "Ê", "On", "Ôn", "Ơn", "Uy", "Ưu"]
        );
    }
}
