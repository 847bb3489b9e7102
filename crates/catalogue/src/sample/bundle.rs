//! The facts that the binary carries, as `scripts/make_sample.py` packed them.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::SampleError;

static UNITS: &[u8] = include_bytes!("../../sample/units.ndjson.zst");
static PROCEDURES: &[u8] = include_bytes!("../../sample/procedures.ndjson.zst");

/// Units of both orders and what became of them.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Kinds as written in Vietnamese, lower case.
    pub(crate) kinds: Vec<String>,
    /// The units of 2020: provinces, districts, communes, each by code.
    pub(crate) before: Vec<Place>,
    /// The units since 1 July 2025: provinces, communes, each by code.
    pub(crate) after: Vec<Place>,
    /// Old code to new code.
    pub(crate) successions: Vec<Passage>,
}

/// A unit in one of the two orders.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    /// Code.
    pub(crate) code: String,
    /// Place of its kind in [`Places::kinds`].
    pub(crate) kind: usize,
    /// Name without the kind.
    pub(crate) name: String,
    /// Code of the unit above; empty for a province.
    pub(crate) parent: String,
    /// Latitude.
    pub(crate) lat: Option<f64>,
    /// Longitude.
    pub(crate) lon: Option<f64>,
    /// Whether the reform of 2025 left it as it was.
    pub(crate) unchanged: bool,
}

/// A succession of 1 July 2025.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Passage {
    /// Code before.
    pub(crate) old: String,
    /// Code after; empty where unresolved.
    pub(crate) new: String,
    /// 0 whole, 1 part, 2 unresolved.
    pub(crate) extent: u8,
    /// Whether it is taken when no more is known.
    pub(crate) is_default: bool,
}

/// The tables that the numbers in [`Facts`] point into.
#[derive(Debug, Deserialize)]
pub(crate) struct Tables {
    /// Fields, the commonest spelling first.
    pub(crate) fields: Vec<String>,
    /// Agencies, the commonest spelling first.
    pub(crate) agencies: Vec<String>,
    /// Applicants in the words of the national catalogue.
    pub(crate) applicants: Vec<String>,
    /// Kinds of procedures.
    pub(crate) kinds: Vec<String>,
    /// Time limits as printed.
    pub(crate) limits: Vec<String>,
    /// Names of results.
    pub(crate) results: Vec<String>,
    /// Number and title of legal texts; either may be empty.
    pub(crate) legal: Vec<(String, String)>,
    /// Titles of dossier items.
    pub(crate) titles: Vec<String>,
    /// Public collections that the facts were taken from.
    pub(crate) sources: Vec<String>,
    /// Days or months of retrieval.
    pub(crate) days: Vec<String>,
}

/// The facts of one procedure. The letters are those of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    #[serde(rename = "c")]
    pub(crate) code: String,
    #[serde(rename = "n")]
    pub(crate) name: String,
    #[serde(rename = "f", default)]
    pub(crate) fields: Vec<usize>,
    #[serde(rename = "p", default)]
    pub(crate) promulgating: Vec<usize>,
    #[serde(rename = "i", default)]
    pub(crate) implementing: Vec<usize>,
    #[serde(rename = "d", default)]
    pub(crate) deciding: Vec<usize>,
    #[serde(rename = "a", default)]
    pub(crate) applicants: Vec<usize>,
    #[serde(rename = "t", default)]
    pub(crate) tiers: Vec<crate::Tier>,
    #[serde(rename = "e", default)]
    pub(crate) tiers_inferred: bool,
    #[serde(rename = "o")]
    pub(crate) scope: crate::Scope,
    #[serde(rename = "k", default)]
    pub(crate) kind: Option<usize>,
    #[serde(rename = "m", default)]
    pub(crate) decision_number: Option<String>,
    #[serde(rename = "h", default)]
    pub(crate) channels: Vec<(crate::Method, i64, Vec<i64>)>,
    #[serde(rename = "l", default)]
    pub(crate) time_limit: Option<usize>,
    #[serde(rename = "r", default)]
    pub(crate) results: Vec<usize>,
    #[serde(rename = "b", default)]
    pub(crate) legal: Vec<usize>,
    #[serde(rename = "x", default)]
    pub(crate) dossier: Vec<(usize, u32, u32, u8)>,
    #[serde(rename = "q", default)]
    pub(crate) offline_only: Option<bool>,
    #[serde(rename = "z", default)]
    pub(crate) boundary_free: Option<bool>,
    #[serde(rename = "s", default)]
    pub(crate) source: usize,
    #[serde(rename = "y", default)]
    pub(crate) day: usize,
    #[serde(rename = "w", default)]
    pub(crate) full: bool,
}

#[derive(Deserialize)]
struct Kinds {
    kinds: Vec<String>,
}

/// Reads the units.
pub(crate) fn places() -> Result<Places, SampleError> {
    let text = unpack(UNITS)?;
    let mut lines = text.lines();
    let head: Kinds = parse(lines.next().unwrap_or_default())?;
    let mut places = Places { kinds: head.kinds, ..Places::default() };
    for line in lines {
        match line.get(..4) {
            Some("[\"a\"") => {
                type Row = (String, String, usize, String, String, Option<f64>, Option<f64>);
                let (_, code, kind, name, parent, lat, lon) = parse::<Row>(line)?;
                places.before.push(Place { code, kind, name, parent, lat, lon, unchanged: false });
            }
            Some("[\"b\"") => {
                type Row = (String, String, usize, String, String, Option<f64>, Option<f64>, u8);
                let (_, code, kind, name, parent, lat, lon, unchanged) = parse::<Row>(line)?;
                places.after.push(Place { code, kind, name, parent, lat, lon, unchanged: unchanged == 1 });
            }
            _ => {
                let (_, old, new, extent, is_default) = parse::<(String, String, String, u8, u8)>(line)?;
                places.successions.push(Passage { old, new, extent, is_default: is_default == 1 });
            }
        }
    }
    Ok(places)
}

/// Reads the procedures with their tables.
pub(crate) fn procedures() -> Result<(Tables, Vec<Facts>), SampleError> {
    let text = unpack(PROCEDURES)?;
    let mut lines = text.lines();
    let tables = parse(lines.next().unwrap_or_default())?;
    let facts = lines.map(parse).collect::<Result<_, _>>()?;
    Ok((tables, facts))
}

fn unpack(packed: &[u8]) -> Result<String, SampleError> {
    let bytes = zstd::decode_all(packed).map_err(|error| SampleError::Bundle(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| SampleError::Bundle(error.to_string()))
}

fn parse<T: DeserializeOwned>(line: &str) -> Result<T, SampleError> {
    serde_json::from_str(line).map_err(|error| SampleError::Bundle(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_country_is_there_in_both_orders() {
        let places = places().expect("the bundle is sound");
        let count =
            |units: &[Place], digits: usize| units.iter().filter(|unit| unit.code.len() == digits).count();
        assert_eq!([2, 3, 5].map(|digits| count(&places.before, digits)), [63, 705, 10_599]);
        assert_eq!([2, 3, 5].map(|digits| count(&places.after, digits)), [34, 0, 3_321]);
        assert_eq!(places.successions.len(), 11_240);
        assert!(places.after.iter().any(|unit| unit.unchanged && unit.code == "18196"));
    }

    #[test]
    fn every_procedure_is_there_without_running_text() {
        let (tables, facts) = procedures().expect("the bundle is sound");
        assert_eq!(facts.len(), 5_775);
        let full = facts.iter().filter(|facts| facts.full).count();
        assert_eq!(full, 3_259);
        let longest = |texts: &[String]| texts.iter().map(|text| text.chars().count()).max();
        assert!(longest(&tables.titles) <= Some(200));
        assert!(longest(&tables.results) <= Some(200));
        assert!(tables.legal.iter().all(|(_, title)| title.chars().count() <= 500));
        let cut = |text: &String| text.ends_with('…') || text.ends_with("...");
        assert!(!tables.titles.iter().chain(&tables.results).chain(&tables.agencies).any(cut));
        assert!(!tables.legal.iter().any(|(number, title)| cut(number) || cut(title)));
        assert!(tables.titles.iter().all(|title| !title.contains('\n') && !title.contains(". ")));
    }

    #[test]
    fn the_bundle_stays_small() {
        assert!(UNITS.len() + PROCEDURES.len() < 1_000_000);
    }
}
