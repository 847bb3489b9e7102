//! The home page: one question, and the ways in.

use askama::Template;
use axum::extract::State;
use motcua_catalogue::{Applicant, OnlineLevel, Tier};
use motcua_http::{AppState, Query};
use motcua_search::{Facets, SearchRequest};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::{Link, Tile};
use crate::pages::{Page, place_in_view, show};
use crate::words::{self, LevelView};

/// How many fields the page names.
const FIELDS: usize = 12;

/// Words that people search with, as examples.
const EXAMPLES: [&str; 5] = [
    "home-example-birth",
    "home-example-marriage",
    "home-example-land",
    "home-example-business",
    "home-example-folded",
];

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/home.html")]
pub(crate) struct HomePage {
    pub frame: Frame,
    pub search: Address,
    pub examples: Vec<Link>,
    /// How many procedures there are, in words.
    pub numbers: String,
    pub applicants: Vec<Tile>,
    pub tiers: Vec<Tile>,
    pub scheme: String,
    pub levels: Vec<LevelStep>,
    pub fields: Vec<Tile>,
}

/// One level with what it means and who reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelStep {
    pub level: LevelView,
    pub meaning: String,
    pub count: u64,
    pub href: Option<Address>,
}

/// `GET /vi`.
pub(crate) async fn show_home(State(state): State<AppState>, Query(view): Query<View>) -> Page {
    let l10n = L10n::vi();
    let here = view.carried.to(Address::new("/vi"));
    let mut frame = Frame::new(&state.site, &view, &here, l10n.t("home-title").to_string());
    frame.description = l10n.t("home-what").to_string();
    frame.place = place_in_view(&state, &view, &here).await?;
    frame.part = Part::None;
    let mut request = SearchRequest::new("", view.as_of);
    let mut search = frame.to("/vi/thu-tuc");
    let place = frame.place.as_ref().filter(|place| place.former.is_none());
    if place.is_some() {
        request.filters.unit = view.unit();
        request.filters.centre = view.centre();
    } else {
        // A place of another day would only lead to empty lists.
        search = search.without("unit").without("centre");
    }
    request.limit = 1;
    let answer = state.engine.search(&request)?;
    let scheme = words::scheme_on(view.as_of);
    let page = HomePage {
        examples: EXAMPLES
            .iter()
            .map(|key| {
                let label = l10n.t(key).to_string();
                Link { href: search.clone().with("q", &label), label }
            })
            .collect(),
        numbers: numbers(l10n, &view, place.map(|place| place.name.as_str()), answer.total),
        applicants: applicants(l10n, &search, &answer.facets),
        tiers: tiers(l10n, &search, &answer.facets),
        scheme: l10n.t(words::scheme_full_key(scheme)).to_string(),
        levels: scheme
            .levels()
            .iter()
            .filter_map(|&level| OnlineLevel::new(scheme, level).ok())
            .map(|level| level_step(l10n, &search, &answer.facets, level))
            .collect(),
        fields: answer
            .facets
            .fields
            .iter()
            .take(FIELDS)
            .map(|field| Tile {
                label: field.name.clone(),
                note: String::new(),
                count: field.count,
                href: search.clone().with("field", field.slug.as_str()),
            })
            .collect(),
        search,
        frame,
    };
    show(&page)
}

fn numbers(l10n: &L10n, view: &View, place: Option<&str>, total: u64) -> String {
    let date = words::date(view.as_of);
    match place {
        Some(place) => {
            l10n.t("home-numbers-place").arg("n", total).arg("place", place).arg("date", date).to_string()
        }
        None => l10n.t("home-numbers").arg("procedures", total).arg("date", date).to_string(),
    }
}

fn applicants(l10n: &L10n, search: &Address, facets: &Facets) -> Vec<Tile> {
    let groups = [
        (Applicant::Citizen, "home-citizens", "home-citizens-note"),
        (Applicant::Enterprise, "home-enterprises", "home-enterprises-note"),
    ];
    groups
        .into_iter()
        .map(|(applicant, label, note)| Tile {
            label: l10n.t(label).to_string(),
            note: l10n.t(note).to_string(),
            count: facets
                .applicants
                .iter()
                .find(|count| count.applicant == applicant)
                .map_or(0, |count| count.count),
            href: search.clone().with("applicant", applicant.as_str()),
        })
        .collect()
}

/// The tiers that procedures of the day have; since July 2025 there is no district.
fn tiers(l10n: &L10n, search: &Address, facets: &Facets) -> Vec<Tile> {
    facets
        .tiers
        .iter()
        .filter(|count| count.tier != Tier::Other)
        .map(|count| Tile {
            label: l10n.t(words::tier_key(count.tier)).to_string(),
            note: String::new(),
            count: count.count,
            href: search.clone().with("tier", count.tier.as_str()),
        })
        .collect()
}

fn level_step(l10n: &L10n, search: &Address, facets: &Facets, level: OnlineLevel) -> LevelStep {
    let count = facets.levels.iter().find(|count| count.level == level).map_or(0, |count| count.count);
    LevelStep {
        level: LevelView::of(l10n, level),
        meaning: l10n.t(words::level_meaning_key(level.level())).to_string(),
        count,
        href: (count > 0).then(|| search.clone().with("level", &level.to_string())),
    }
}
