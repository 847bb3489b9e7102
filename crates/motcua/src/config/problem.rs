//! What is wrong with a configuration: where it stands, what it is, and what to do.

use std::fmt;
use std::path::Path;

use figment::error::Kind;

use super::key::{self, KEYS};

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigProblem {
    /// File and line, environment variable or flag.
    pub(super) place: String,
    /// What is wrong.
    pub(super) cause: String,
    /// What to do.
    pub(super) remedy: String,
}

/// Everything that was found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigProblems(pub(super) Vec<ConfigProblem>);

impl std::error::Error for ConfigProblems {}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used")?;
        for problem in &self.0 {
            write!(f, "\n  {}: {}\n    remedy: {}", problem.place, problem.cause, problem.remedy)?;
        }
        Ok(())
    }
}

impl From<ConfigProblem> for ConfigProblems {
    fn from(problem: ConfigProblem) -> Self {
        Self(vec![problem])
    }
}

/// A variable that is no key.
pub(super) fn unknown_variable(variable: &str) -> ConfigProblem {
    let remedy = match key::nearest(variable, KEYS.iter().map(|key| key.environment)) {
        Some(near) => format!("was {near} meant? `motcua config --reference` lists every name"),
        None => "remove it; `motcua config --reference` lists every name".to_owned(),
    };
    ConfigProblem {
        place: format!("environment {variable}"),
        cause: "no configuration has this name".to_owned(),
        remedy,
    }
}

/// Turns figment's error into problems with file, line and remedy. `text` is the file's text, for its line numbers.
pub(super) fn from_figment(error: figment::Error, file: Option<(&Path, &str)>) -> ConfigProblems {
    let problems = error.into_iter().map(|error| {
        let mut path = error.path.join(".");
        let (cause, remedy) = match &error.kind {
            Kind::UnknownField(name, known) => {
                if error.path.last().is_none_or(|last| last != name) {
                    path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                }
                (format!("`{path}` is no key of the configuration"), unknown_field_remedy(name, known))
            }
            Kind::Message(message) => (format!("`{path}` has an impossible value"), message.clone()),
            Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
                (format!("`{path}` is {found}"), format!("give {wanted}; see `motcua config --reference`"))
            }
            Kind::UnknownVariant(found, known) => {
                (format!("`{path}` is {found:?}"), format!("give one of: {}", known.join(", ")))
            }
            other => (format!("`{path}`: {other}"), "see `motcua config --reference`".to_owned()),
        };
        let metadata = error.metadata.as_ref().map(|metadata| metadata.name.clone().into_owned());
        let place = match (metadata, file) {
            (Some(name), Some((file, text))) if name == super::load::FILE_NAME => {
                file_place(file, text, &path)
            }
            (Some(name), _) => name,
            (None, Some((file, text))) => file_place(file, text, &path),
            (None, None) => "configuration".to_owned(),
        };
        ConfigProblem { place, cause, remedy }
    });
    ConfigProblems(problems.collect())
}

fn unknown_field_remedy(name: &str, known: &[&'static str]) -> String {
    if let Some(near) = key::nearest(name, known.iter().copied()) {
        return format!("was `{near}` meant?");
    }
    match KEYS.iter().find(|key| key.path.rsplit('.').next() == Some(name)) {
        Some(key) => format!("it belongs to another section: `{}`", key.path),
        None => format!("remove it, or use one of: {}", known.join(", ")),
    }
}

/// A file's name with the line on which a key stands.
pub(super) fn file_place(file: &Path, text: &str, path: &str) -> String {
    match line_of(text, path) {
        Some(line) => format!("{}:{line}", file.display()),
        None => file.display().to_string(),
    }
}

/// Line on which a key stands in a TOML text, from 1: `[section]` lines and dotted keys, which is all our keys need.
fn line_of(text: &str, path: &str) -> Option<usize> {
    let bare = |part: &str| {
        part.split('.').map(|piece| piece.trim().trim_matches(['"', '\''])).collect::<Vec<_>>().join(".")
    };
    let mut section = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            section = bare(header.trim_start_matches('[').split(']').next().unwrap_or_default());
            if section == path {
                return Some(number);
            }
            continue;
        }
        let Some((name, _)) = line.split_once('=') else { continue };
        let name = bare(name);
        let full = if section.is_empty() { name } else { format!("{section}.{name}") };
        if full == path {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_in_sections_and_dotted_keys() {
        let text =
            "# comment\nlog.format = \"json\"\n\n[server]\nlisten = \"x\"\n [ \"site\" ]\n'date' = 1\n";
        assert_eq!(line_of(text, "log.format"), Some(2));
        assert_eq!(line_of(text, "server.listen"), Some(5));
        assert_eq!(line_of(text, "site.date"), Some(7));
        assert_eq!(line_of(text, "site"), Some(6));
        assert_eq!(line_of(text, "listen"), None);
    }
}
