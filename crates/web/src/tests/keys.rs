//! Keys in templates and code against the texts: none missing, none unused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fluent_syntax::ast::Entry;
use fluent_syntax::parser::parse;

use crate::l10n::VI;

fn defined() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (name, text) in VI {
        let resource = parse(text).unwrap_or_else(|(_, errors)| panic!("{name}.ftl: {errors:?}"));
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                assert!(keys.insert(message.id.name.to_owned()), "{} is defined twice", message.id.name);
            }
        }
    }
    keys
}

/// The text of every template and source file, tests apart.
fn sources() -> String {
    fn collect(dir: &Path, all: &mut String) {
        for entry in fs::read_dir(dir).expect("a folder of this crate") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "tests") {
                    collect(&path, all);
                }
            } else {
                all.push_str(&fs::read_to_string(&path).expect("a text file"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    collect(&root.join("src"), &mut all);
    collect(&root.join("templates"), &mut all);
    all
}

#[test]
fn no_text_is_missing_and_none_is_unused() {
    let defined = defined();
    let sources = sources();
    let mut rest = sources.as_str();
    while let Some(start) = rest.find(".t(\"") {
        rest = &rest[start + 4..];
        let key = rest.split('"').next().unwrap_or_default();
        assert!(defined.contains(key), "no text has the key {key:?}");
    }
    let unused: Vec<_> = defined.iter().filter(|key| !sources.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "texts that nothing uses: {unused:?}");
}

#[test]
fn templates_hold_no_words_of_their_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut dirs = vec![root];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).expect("a folder of templates") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                dirs.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a template");
            let vietnamese = text.chars().find(|c| c.is_alphabetic() && !c.is_ascii());
            assert_eq!(vietnamese, None, "{} holds words", path.display());
        }
    }
}
