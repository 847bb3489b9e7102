//! Prints the effective configuration, and the reference of every key.

use std::fmt::Write as _;

use figment::value::Value;
use serde::Serialize;

use super::key::{KEYS, Kind};
use super::{Config, Effective};

/// One effective value, as `motcua config --json` prints it.
#[derive(Debug, Serialize)]
struct Shown {
    key: &'static str,
    value: serde_json::Value,
    source: String,
}

impl Effective {
    /// The configuration as TOML that can be used as a file again, each value with its origin. Secrets are masked.
    pub(crate) fn to_toml(&self) -> String {
        let mut text = String::new();
        let mut section = "";
        for shown in self.shown() {
            let (inside, name) = shown.key.split_once('.').unwrap_or(("", shown.key));
            if inside != section {
                let gap = if section.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{gap}[{inside}]");
                section = inside;
            }
            let line = match &shown.value {
                serde_json::Value::Null => format!("# {name} is not set"),
                value => format!("{name} = {value}"),
            };
            let _ = writeln!(text, "{line:<48}  # {}", shown.source);
        }
        text
    }

    /// The configuration as a JSON array of key, value and source. Secrets are masked.
    pub(crate) fn to_json(&self) -> String {
        let shown: Vec<_> = self.shown().collect();
        // Plain strings and numbers always serialise.
        serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n"
    }

    fn shown(&self) -> impl Iterator<Item = Shown> + '_ {
        self.origins.iter().map(|(key, origin)| Shown {
            key: key.path,
            value: value_at(&self.config, key.path),
            source: origin.clone(),
        })
    }
}

/// The reference of every key as a Markdown table; docs/configuration.md holds it word for word.
pub(crate) fn reference() -> String {
    let defaults = Config::default();
    let mut text = String::from("| key | environment | default | meaning |\n|---|---|---|---|\n");
    for key in &KEYS {
        let default = match value_at(&defaults, key.path) {
            serde_json::Value::Null => "–".to_owned(),
            value if key.kind == Kind::Text => format!("`{}`", value.as_str().unwrap_or_default()),
            value => value.to_string(),
        };
        let _ = writeln!(text, "| `{}` | `{}` | {default} | {} |", key.path, key.environment, key.meaning);
    }
    text
}

/// A value by its path, as JSON; null where it is not set.
fn value_at(config: &Config, path: &str) -> serde_json::Value {
    let tree = Value::serialize(config).ok();
    let value = tree.as_ref().and_then(|tree| tree.find_ref(path));
    value.and_then(|value| serde_json::to_value(value).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::key::KEYS;
    use super::super::{Inputs, load};
    use super::*;

    fn leaves(prefix: &str, value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                for (name, value) in map {
                    leaves(
                        &if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") },
                        value,
                        found,
                    );
                }
            }
            _ => found.push(prefix.to_owned()),
        }
    }

    #[test]
    fn the_table_of_keys_is_the_structure() {
        let mut fields = Vec::new();
        leaves("", &serde_json::to_value(Config::default()).expect("serialises"), &mut fields);
        let mut keys: Vec<_> = KEYS.iter().map(|key| key.path.to_owned()).collect();
        fields.sort();
        keys.sort();
        assert_eq!(keys, fields);
    }

    #[test]
    fn the_page_holds_the_reference() {
        let page = include_str!("../../../../docs/configuration.md");
        assert!(
            page.contains(&reference()),
            "write the output of `motcua config --reference` into docs/configuration.md"
        );
    }

    #[test]
    fn what_is_printed_is_a_configuration_without_secrets() {
        let secret = ("MOTCUA_DATABASE_URL".to_owned(), "postgres://ann:s3cret@db/motcua".to_owned());
        let folder = std::env::temp_dir().join("motcua-no-such-folder");
        let reader = ("MOTCUA_READER_URL".to_owned(), "postgres://ann:s3cret@standby/motcua".to_owned());
        let inputs = Inputs { environment: vec![secret, reader], current_dir: folder, ..Inputs::default() };
        let effective = load(&inputs).expect("valid");
        let text = effective.to_toml();
        assert!(text.contains("database_url = \"postgres://ann:***@db/motcua\""), "{text}");
        assert!(text.contains("reader_url = \"postgres://ann:***@standby/motcua\""), "{text}");
        assert!(text.contains("# environment MOTCUA_DATABASE_URL"));
        assert!(!effective.to_json().contains("s3cret"));
        let again: Config =
            figment::Figment::from(figment::providers::Serialized::defaults(Config::default()))
                .merge(<figment::providers::Toml as figment::providers::Format>::string(&text))
                .extract()
                .expect("the output is valid TOML of the same structure");
        assert_eq!(again.server, effective.config.server);
    }
}
