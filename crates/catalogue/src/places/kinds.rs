//! Words for the kinds of units, in every form in which people write them.

use super::text::{Word, words};

/// A way to write a kind, and the kinds that it may mean.
pub(super) struct KindWord {
    words: Vec<Word>,
    kinds: &'static [&'static str],
}

const CITY: &[&str] = &["thành phố", "thành phố trực thuộc trung ương"];

const FORMS: [(&str, &[&str]); 23] = [
    ("tỉnh", &["tỉnh"]),
    ("t", &["tỉnh"]),
    ("thành phố", CITY),
    ("tp", CITY),
    ("t p", CITY),
    ("huyện đảo", &["huyện"]),
    ("huyện", &["huyện"]),
    ("h", &["huyện"]),
    ("quận", &["quận"]),
    ("q", &["quận"]),
    ("thị xã", &["thị xã"]),
    ("tx", &["thị xã"]),
    ("t x", &["thị xã"]),
    ("phường", &["phường"]),
    ("p", &["phường"]),
    ("f", &["phường"]),
    ("xã", &["xã"]),
    ("x", &["xã"]),
    ("thị trấn", &["thị trấn"]),
    ("tt", &["thị trấn"]),
    ("t t", &["thị trấn"]),
    ("đặc khu", &["đặc khu"]),
    ("đk", &["đặc khu"]),
];

/// Kinds in front of names in keys of former names, where everything is written in one.
const JOINED: [(&str, &str); 3] = [("phuong", "phường"), ("thitran", "thị trấn"), ("xa", "xã")];

/// Every way to write a kind.
pub(super) fn forms() -> Vec<KindWord> {
    FORMS.iter().map(|(form, kinds)| KindWord { words: words(form), kinds }).collect()
}

impl KindWord {
    /// Number of words, and the kinds, where a text goes on with it. Marks may be left out but not be others.
    pub(super) fn at(&self, rest: &[Word]) -> Option<(usize, &'static [&'static str])> {
        let agrees = |(typed, wanted): (&Word, &Word)| {
            typed.folded == wanted.folded && (!typed.is_marked || typed.marked == wanted.marked)
        };
        let stands = rest.len() >= self.words.len() && rest.iter().zip(&self.words).all(agrees);
        stands.then_some((self.words.len(), self.kinds))
    }

    /// Whether it is a whole word and not a short form.
    pub(super) fn is_whole(&self) -> bool {
        self.words.iter().all(|word| word.folded.len() > 1) && self.words.iter().any(|word| word.is_marked)
    }
}

/// Kind and name of a name with its kind: `Thị trấn Nghèn`.
pub(super) fn split(full_name: &str) -> Option<(&'static str, &str)> {
    const KINDS: [&str; 8] = ["thành phố", "thị xã", "thị trấn", "đặc khu", "huyện", "quận", "phường", "xã"];
    let lower = full_name.to_lowercase();
    let kind =
        KINDS.into_iter().find(|kind| lower.strip_prefix(*kind).is_some_and(|rest| rest.starts_with(' ')))?;
    // Lower case may only have another length where the kind is not what it seems.
    full_name.get(kind.len()..).map(|name| (kind, name.trim()))
}

/// Kind and name of a key of a former name: `xatrungmau`.
pub(super) fn split_joined(key: &str) -> Option<(&'static str, &str)> {
    JOINED.iter().find_map(|(prefix, kind)| {
        let name = key.strip_prefix(prefix)?;
        (!name.is_empty()).then_some((*kind, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_with_and_without_marks_but_not_with_others() {
        let stands = |text: &str| {
            let typed = words(text);
            forms().iter().any(|form| form.at(&typed).is_some_and(|(length, _)| length == typed.len()))
        };
        for text in ["thị xã", "thi xa", "TX", "TX.", "P.", "F", "Huyện đảo", "T.P", "dk", "THÀNH PHỐ"]
        {
            assert!(stands(text), "{text}");
        }
        for text in ["phương", "tịnh", "thành phô", "đảo"] {
            assert!(!stands(text), "{text}");
        }
    }

    #[test]
    fn a_name_comes_apart_from_its_kind() {
        assert_eq!(split("Thị Xã Việt Yên"), Some(("thị xã", "Việt Yên")));
        assert_eq!(split("Xã Kỳ Lợi"), Some(("xã", "Kỳ Lợi")));
        assert_eq!(split("Xão"), None);
        assert_eq!(split_joined("thitrannghen"), Some(("thị trấn", "nghen")));
    }
}
