//! Fills the configuration: defaults, then the file, then the environment, then flags.

use std::path::{Path, PathBuf};

use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::check::objections;
use super::key::{self, KEYS, Key, Kind};
use super::problem::{self, ConfigProblem, ConfigProblems};
use super::{Config, DatabaseUrl};

/// Environment variable that names the file, as `--config` does.
pub(super) const FILE_VARIABLE: &str = "MOTCUA_CONFIG";

/// How figment knows the values of the file.
pub(super) const FILE_NAME: &str = "configuration file";

/// Name of the file where none is named: in the current folder, else in the data folder.
const DEFAULT_FILE: &str = "motcua.toml";

/// What the configuration is made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inputs {
    /// File named by `--config`.
    pub(crate) file: Option<PathBuf>,
    /// Environment variables; only `MOTCUA_…` are looked at.
    pub(crate) environment: Vec<(String, String)>,
    /// Flags that were given.
    pub(crate) flags: Vec<Flag>,
    /// Folder in which `motcua.toml` is looked for; empty for the current one.
    pub(crate) current_dir: PathBuf,
}

/// A flag that sets a key.
#[derive(Debug, Clone)]
pub(crate) struct Flag {
    /// The flag as written: `--listen`.
    pub(crate) name: &'static str,
    /// The key it sets.
    pub(crate) path: &'static str,
    /// Its value.
    pub(crate) value: String,
}

/// The effective configuration.
#[derive(Debug, Clone)]
pub(crate) struct Effective {
    /// The values.
    pub(crate) config: Config,
    /// Where each value came from, by the key's path, in the order of the reference.
    pub(super) origins: Vec<(&'static Key, String)>,
}

impl Effective {
    /// Where a value came from.
    pub(crate) fn origin(&self, path: &str) -> &str {
        self.origins.iter().find(|(key, _)| key.path == path).map_or("default", |(_, origin)| origin)
    }
}

impl Inputs {
    /// The inputs of this process, without flags.
    pub(crate) fn of_process(file: Option<PathBuf>) -> Result<Self, ConfigProblems> {
        let mut environment = Vec::new();
        for (name, value) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if !name.starts_with("MOTCUA_") {
                continue;
            }
            let value = value.into_string().map_err(|_| ConfigProblem {
                place: format!("environment {name}"),
                cause: "the value is not UTF-8".to_owned(),
                remedy: "write it in UTF-8".to_owned(),
            })?;
            environment.push((name, value));
        }
        environment.sort();
        Ok(Self { file, environment, flags: Vec::new(), current_dir: PathBuf::new() })
    }

    /// A variable with something in it; an empty one counts as absent, as compose files leave them behind.
    fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    fn flag(&self, path: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.path == path)
    }

    /// The configuration file, if there is one: as named, else in the current folder, else in the data folder.
    fn find_file(&self) -> Option<(PathBuf, bool)> {
        let named = self.file.clone().or_else(|| self.variable(FILE_VARIABLE).map(PathBuf::from));
        if let Some(file) = named {
            return Some((file, false));
        }
        let here = self.current_dir.join(DEFAULT_FILE);
        if here.is_file() {
            return Some((here, false));
        }
        let path = "storage.data_dir";
        let data_dir = self.flag(path).map(|flag| flag.value.as_str());
        let data_dir = data_dir.or_else(|| key::by_path(path).and_then(|key| self.variable(key.environment)));
        let data_dir = data_dir.map_or_else(|| Config::default().storage.data_dir, PathBuf::from);
        let there = self.current_dir.join(data_dir).join(DEFAULT_FILE);
        there.is_file().then_some((there, true))
    }
}

/// Values with the name of where they came from.
struct Layer {
    name: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

impl Layer {
    fn of_key(name: String, key: &Key, value: &str) -> Result<Self, ConfigProblem> {
        let value = match key.kind {
            Kind::Text => Value::from(value),
            Kind::Flag => Value::from(value.trim().parse::<bool>().map_err(|_| ConfigProblem {
                place: name.clone(),
                cause: format!("{value:?} is neither true nor false"),
                remedy: format!("give true or false. `{}`: {}", key.path, key.meaning),
            })?),
            Kind::Number => Value::from(value.trim().parse::<u32>().map_err(|_| ConfigProblem {
                place: name.clone(),
                cause: format!("{value:?} is no whole number"),
                remedy: format!("give digits alone. `{}`: {}", key.path, key.meaning),
            })?),
        };
        let (section, field) = key.path.split_once('.').unwrap_or(("", key.path));
        let inner: Dict = [(field.to_owned(), value)].into_iter().collect();
        Ok(Self { name, values: [(section.to_owned(), Value::from(inner))].into_iter().collect() })
    }
}

/// Makes the effective configuration, or says everything that is wrong with it.
pub(crate) fn load(inputs: &Inputs) -> Result<Effective, ConfigProblems> {
    let unknown: Vec<_> = (inputs.environment.iter())
        .filter(|(name, _)| name.starts_with("MOTCUA_") && !key::is_foreign(name))
        .filter(|(name, _)| !KEYS.iter().any(|key| key.environment == name))
        .map(|(name, _)| problem::unknown_variable(name))
        .collect();
    if !unknown.is_empty() {
        return Err(ConfigProblems(unknown));
    }

    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    let file = match inputs.find_file() {
        Some((path, in_data_dir)) => Some((read_file(&path)?, path, in_data_dir)),
        None => None,
    };
    let place = file.as_ref().map(|(text, path, _)| (path.as_path(), text.as_str()));
    if let Some((path, text)) = place {
        figment = figment.merge(Layer { name: FILE_NAME.to_owned(), values: parse_file(path, text)? });
    }
    for key in &KEYS {
        if let Some(value) = inputs.variable(key.environment) {
            figment = figment.merge(Layer::of_key(format!("environment {}", key.environment), key, value)?);
        }
        if let Some(flag) = inputs.flag(key.path) {
            figment = figment.merge(Layer::of_key(format!("flag {}", flag.name), key, &flag.value)?);
        }
    }
    let config: Config = figment.extract().map_err(|error| problem::from_figment(error, place))?;

    let origins = KEYS.iter().map(|key| (key, origin(&figment, key.path, place))).collect();
    let mut effective = Effective { config, origins };
    if let Some((_, path, true)) = &file
        && effective.origin("storage.data_dir").starts_with("file:")
    {
        return Err(ConfigProblem {
            place: path.display().to_string(),
            cause: "a configuration file inside the data folder names another data folder".to_owned(),
            remedy: "name that folder by MOTCUA_DATA_DIR or --data-dir, or move the file out and name it by --config".to_owned(),
        }
        .into());
    }
    let objections = objections(&effective.config);
    if !objections.is_empty() {
        let problems = objections.into_iter().map(|objection| ConfigProblem {
            place: effective.origin(objection.path).to_owned(),
            cause: objection.cause,
            remedy: objection.remedy,
        });
        return Err(ConfigProblems(problems.collect()));
    }
    read_url_file(&mut effective, "storage.database_url", "storage.database_url_file")?;
    read_url_file(&mut effective, "storage.reader_url", "storage.reader_url_file")?;
    Ok(effective)
}

fn read_file(path: &Path) -> Result<String, ConfigProblem> {
    std::fs::read_to_string(path).map_err(|error| ConfigProblem {
        place: path.display().to_string(),
        cause: format!("the configuration file cannot be read: {error}"),
        remedy: "name an existing, readable text file in UTF-8".to_owned(),
    })
}

fn parse_file(path: &Path, text: &str) -> Result<Dict, ConfigProblem> {
    let values = Toml::string(text.trim_start_matches('\u{feff}')).data().map_err(|error| ConfigProblem {
        place: path.display().to_string(),
        cause: format!(
            "the configuration file is not TOML: {}",
            error.to_string().trim_end().replace('\n', "\n    ")
        ),
        remedy: "mend that line; docs/configuration.md has examples".to_owned(),
    })?;
    Ok(values.into_values().next().unwrap_or_default())
}

fn origin(figment: &Figment, path: &str, file: Option<(&Path, &str)>) -> String {
    let name = figment.find_metadata(path).map(|metadata| metadata.name.as_ref());
    match (name, file) {
        (Some(FILE_NAME), Some((file, text))) => format!("file:{}", problem::file_place(file, text, path)),
        (Some(name), _) if name.starts_with("environment ") || name.starts_with("flag ") => name.to_owned(),
        _ => "default".to_owned(),
    }
}

/// Takes a URL from the file that holds it.
fn read_url_file(effective: &mut Effective, path: &str, file_path: &str) -> Result<(), ConfigProblem> {
    let storage = &effective.config.storage;
    let is_reader = path == "storage.reader_url";
    let file = if is_reader { &storage.reader_url_file } else { &storage.database_url_file };
    let Some(file) = file else { return Ok(()) };
    let refuse = |cause: String| ConfigProblem {
        place: effective.origin(file_path).to_owned(),
        cause: format!("the database URL cannot be taken from {}: {cause}", file.display()),
        remedy: "let the file hold the URL alone, readable for this process".to_owned(),
    };
    let text = std::fs::read_to_string(file).map_err(|error| refuse(error.to_string()))?;
    let url = DatabaseUrl::try_from(text).map_err(|error| refuse(error.to_owned()))?;
    let origin = format!("file:{}", file.display());
    let storage = &mut effective.config.storage;
    if is_reader {
        storage.reader_url = Some(url);
    } else {
        storage.database_url = Some(url);
    }
    for (key, known) in &mut effective.origins {
        if key.path == path {
            known.clone_from(&origin);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("motcua-config-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).expect("folder");
            Self(path)
        }

        fn write(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.join(name);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            std::fs::write(&path, text).expect("file");
            path
        }

        fn inputs(&self, environment: &[(&str, &str)]) -> Inputs {
            let environment =
                environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Inputs { current_dir: self.0.clone(), environment, ..Inputs::default() }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn problems(inputs: &Inputs) -> Vec<ConfigProblem> {
        load(inputs).expect_err("refused").0
    }

    #[test]
    fn later_layers_win_and_every_value_names_its_origin() {
        let folder = Folder::new("layers");
        folder.write(
            "motcua.toml",
            "[server]\nlisten = \"127.0.0.1:1\"\nmax_connections = 7\n[log]\nformat = \"json\"\n",
        );
        let mut inputs =
            folder.inputs(&[("MOTCUA_LISTEN", "127.0.0.1:2"), ("MOTCUA_MAX_HEADERS", "99"), ("HOME", "/x")]);
        let effective = load(&inputs).expect("valid");
        assert_eq!(effective.config.server.listen, SocketAddr::from(([127, 0, 0, 1], 2)));
        assert_eq!(effective.config.server.max_connections, 7);
        assert_eq!(effective.config.server.max_headers, 99);
        assert_eq!(effective.origin("server.listen"), "environment MOTCUA_LISTEN");
        let file = format!("file:{}:3", folder.0.join("motcua.toml").display());
        assert_eq!(effective.origin("server.max_connections"), file);
        assert_eq!(effective.origin("server.idle_timeout_seconds"), "default");
        assert_eq!(effective.origin("site.date"), "default");

        inputs.flags.push(Flag { name: "--listen", path: "server.listen", value: "127.0.0.1:3".to_owned() });
        let effective = load(&inputs).expect("valid");
        assert_eq!(effective.config.server.listen.port(), 3);
        assert_eq!(effective.origin("server.listen"), "flag --listen");
    }

    #[test]
    fn unknown_keys_are_refused_with_line_and_remedy() {
        let folder = Folder::new("unknown");
        folder.write("motcua.toml", "[server]\n\nlisen = \"127.0.0.1:1\"\n");
        let found = problems(&folder.inputs(&[]));
        assert_eq!(found.len(), 1);
        assert!(found[0].place.ends_with("motcua.toml:3"), "{found:?}");
        assert_eq!(found[0].remedy, "was `listen` meant?");

        folder.write("motcua.toml", "[server]\ndata_dir = \"x\"\n");
        let found = problems(&folder.inputs(&[]));
        assert_eq!(found[0].remedy, "it belongs to another section: `storage.data_dir`", "{found:?}");

        folder.write("motcua.toml", "\n[sever]\nlisten = \"127.0.0.1:1\"\n");
        let found = problems(&folder.inputs(&[]));
        assert!(found[0].place.ends_with("motcua.toml:2"), "{found:?}");

        std::fs::remove_file(folder.0.join("motcua.toml")).expect("removed");
        let found = problems(&folder.inputs(&[
            ("MOTCUA_LISTN", "x"),
            ("MOTCUA_COLOUR", "red"),
            ("MOTCUA_TEST_X", "1"),
        ]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].remedy.contains("MOTCUA_LISTEN"));
        assert_eq!(found[1].place, "environment MOTCUA_COLOUR");
    }

    #[test]
    fn wrong_types_and_values_name_their_place() {
        let folder = Folder::new("types");
        let inputs = folder.inputs(&[("MOTCUA_MAX_CONNECTIONS", "many")]);
        assert_eq!(problems(&inputs)[0].place, "environment MOTCUA_MAX_CONNECTIONS");
        let inputs = folder.inputs(&[("MOTCUA_LISTEN", "localhost")]);
        assert_eq!(problems(&inputs)[0].place, "environment MOTCUA_LISTEN");
        let inputs = folder.inputs(&[("MOTCUA_SITE_DATE", "01/03/2021")]);
        assert!(problems(&inputs)[0].remedy.contains("2021-03-01"));
        let inputs = folder.inputs(&[("MOTCUA_HEADER_TIMEOUT_SECONDS", "0")]);
        assert_eq!(problems(&inputs)[0].place, "environment MOTCUA_HEADER_TIMEOUT_SECONDS");
        let inputs = folder.inputs(&[("MOTCUA_LOG_FORMAT", "xml")]);
        assert!(problems(&inputs)[0].remedy.contains("text, json"));
        folder.write("motcua.toml", "[server]\nmax_headers = \"many\"\n");
        assert!(problems(&folder.inputs(&[]))[0].place.ends_with("motcua.toml:2"));
        folder.write("motcua.toml", "[server\n");
        assert!(problems(&folder.inputs(&[]))[0].cause.contains("not TOML"));
        let missing = Inputs { file: Some(folder.0.join("none.toml")), ..folder.inputs(&[]) };
        assert!(problems(&missing)[0].cause.contains("cannot be read"));
    }

    #[test]
    fn the_file_is_found_in_the_data_folder_too() {
        let folder = Folder::new("places");
        folder.write("store/motcua.toml", "[site]\ndate = \"today\"\n");
        let effective = load(&folder.inputs(&[("MOTCUA_DATA_DIR", "store")])).expect("valid");
        assert_eq!(effective.config.site.date, Some(motcua_http::SiteDate::Today));
        folder.write("store/motcua.toml", "[storage]\ndata_dir = \"elsewhere\"\n");
        let mut inputs = folder.inputs(&[]);
        assert!(load(&inputs).is_ok(), "the default data folder holds no file");
        inputs.environment.push(("MOTCUA_DATA_DIR".to_owned(), "store".to_owned()));
        assert!(load(&inputs).is_ok(), "the environment wins over the file");
        folder.write("data/motcua.toml", "[storage]\ndata_dir = \"elsewhere\"\n");
        assert!(problems(&folder.inputs(&[]))[0].cause.contains("another data folder"));
    }

    #[test]
    fn the_database_url_may_come_from_a_file_but_not_twice() {
        let folder = Folder::new("secret");
        let secret = folder.write("url", "postgres://ann:s3cret@db/motcua\n");
        let secret = secret.to_string_lossy();
        let effective = load(&folder.inputs(&[("MOTCUA_DATABASE_URL_FILE", &secret)])).expect("valid");
        let url = effective.config.storage.database_url.as_ref().expect("url");
        assert_eq!(url.expose(), "postgres://ann:s3cret@db/motcua");
        assert!(!format!("{effective:?}").contains("s3cret"));
        let both = folder
            .inputs(&[("MOTCUA_DATABASE_URL_FILE", &secret), ("MOTCUA_DATABASE_URL", "postgres://db/x")]);
        assert!(problems(&both)[0].remedy.contains("one of them"));
        let empty = folder.inputs(&[("MOTCUA_DATABASE_URL", "")]);
        assert_eq!(load(&empty).expect("valid").config.storage.database_url, None);
    }
}
