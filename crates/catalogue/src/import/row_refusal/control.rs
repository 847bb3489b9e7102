//! Control characters. No text of the catalogue has one: PostgreSQL cannot store U+0000, and a page may hold none of them.

use super::{RowRefusal, shown};

/// The first control character of a text; tabs and line ends are none.
pub(in crate::import) fn first_in(text: &str) -> Option<char> {
    // Nearly every text has none; U+0080 to U+009F begin with the byte C2.
    let may_have = text
        .bytes()
        .any(|byte| (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || matches!(byte, 0x7f | 0xc2));
    if !may_have {
        return None;
    }
    text.chars().find(|c| is_control(*c))
}

/// The refusal of a value for a character that [`first_in`] found in it.
pub(in crate::import) fn refusal(column: &str, value: &str, found: char) -> RowRefusal {
    RowRefusal::new(
        column,
        shown(value),
        format!("có ký tự điều khiển U+{:04X}", u32::from(found)),
        "xóa ký tự này; ngoài chữ, chỉ được có dấu tab và dấu xuống dòng",
    )
}

/// What is shown in the place of a character: a control character would be obeyed by a terminal.
pub(in crate::import) fn sign(c: char) -> char {
    if !is_control(c) {
        return c;
    }
    match c {
        '\u{7f}' => '\u{2421}',
        ' '.. => '\u{fffd}',
        _ => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
    }
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_found_and_shown_as_signs() {
        for sound in ["", "Hộ tịch", "a\tb\r\nc", "10 m²\u{a0}«x»", "\u{200b}"] {
            assert_eq!(first_in(sound), None, "{sound:?}");
            assert_eq!(sound.chars().map(sign).collect::<String>(), sound);
        }
        for (text, found, signs) in [
            ("a\0b", '\0', "a␀b"),
            ("\u{1b}[2J", '\u{1b}', "␛[2J"),
            ("x\u{7f}", '\u{7f}', "x␡"),
            ("m²\u{85}", '\u{85}', "m²\u{fffd}"),
        ] {
            assert_eq!(first_in(text), Some(found), "{text:?}");
            assert_eq!(text.chars().map(sign).collect::<String>(), signs);
        }
    }

    #[test]
    fn a_refusal_names_the_character_and_is_no_danger_to_a_terminal() {
        let refusal = refusal("name", "a\0b", '\0');
        assert_eq!((refusal.column.as_str(), refusal.value.as_str()), ("name", "a␀b"));
        assert_eq!(refusal.reason, "có ký tự điều khiển U+0000");
    }
}
