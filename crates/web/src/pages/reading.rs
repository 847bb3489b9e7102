//! How a search text was read, in words, with the ways to undo it.

use motcua_search::{PlaceUnit, ReadAs, ReadPlace};

use crate::address::Address;
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::results::ResultsParams;

/// Places of the same name that are offered to choose from.
const MOST_PLACES: usize = 8;

/// What is said about how a text was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadView {
    /// The words that were searched, where they differ from those typed.
    pub searched: Option<String>,
    /// The places that were named.
    pub places: Vec<PlaceNote>,
    /// Ways to undo it.
    pub ways: Vec<Link>,
}

/// A place that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlaceNote {
    /// What it was taken for.
    pub text: String,
    /// Addresses that narrow the search down to it, or to one of several.
    pub only: Vec<Link>,
}

impl ReadView {
    /// The view; absent where the text was read as it stands.
    pub(crate) fn of(l10n: &L10n, params: &ResultsParams, here: &Address, read: &ReadAs) -> Option<Self> {
        let query = params.query.as_deref()?;
        let here = here.clone().without("cursor");
        if params.verbatim {
            let label = l10n.t("results-read-again").to_string();
            return Some(Self {
                searched: Some(l10n.t("results-read-is-verbatim").to_string()),
                places: Vec::new(),
                ways: vec![Link { label, href: here.without("verbatim") }],
            });
        }
        if read.corrections.is_empty() && read.places.is_empty() {
            return None;
        }
        let searched = read
            .corrected
            .as_deref()
            .map(|text| l10n.t("results-read-corrected").arg("text", text).to_string());
        let mut ways = vec![Link {
            label: l10n.t("results-read-verbatim").arg("q", query).to_string(),
            href: here.clone().with("verbatim", "true"),
        }];
        if let Some(rest) = read.without_places.as_deref().filter(|rest| !rest.is_empty()) {
            let label = l10n.t("results-read-place-without").arg("q", rest).to_string();
            ways.push(Link { label, href: here.clone().without("q").with("q", rest) });
        }
        let places = read.places.iter().map(|place| PlaceNote::of(l10n, &here, place)).collect();
        Some(Self { searched, places, ways })
    }
}

impl PlaceNote {
    fn of(l10n: &L10n, here: &Address, place: &ReadPlace) -> Self {
        let narrowed = |unit: &PlaceUnit| {
            here.clone().without("unit").without("centre").with("unit", unit.code.as_str())
        };
        let typed = place.typed.as_str();
        match place.units.as_slice() {
            [] => Self {
                text: l10n.t("results-read-place-unknown").arg("typed", typed).to_string(),
                only: Vec::new(),
            },
            [unit] => {
                let name = unit.full_name.as_str();
                let label = l10n.t("results-read-place-only").arg("unit", name).to_string();
                Self {
                    text: l10n.t("results-read-place-one").arg("typed", typed).arg("unit", name).to_string(),
                    only: vec![Link { label, href: narrowed(unit) }],
                }
            }
            units => Self {
                text: l10n.t("results-read-place-many").arg("typed", typed).arg("n", units.len()).to_string(),
                only: units
                    .iter()
                    .take(MOST_PLACES)
                    .map(|unit| Link { label: unit.full_name.clone(), href: narrowed(unit) })
                    .collect(),
            },
        }
    }
}
