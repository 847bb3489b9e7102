//! One procedure at every unit of a place on a day: tiles with the level written in each, and the same as a table.

use askama::Template;
use axum::extract::State;
use motcua_catalogue::figures::is_full;
use motcua_catalogue::{Level, ProcedureAt, ProcedureCode, UnitCode};
use motcua_http::{AppState, OffsetPage, Path, Query, QueryParams, QueryReader};
use motcua_search::{CentreLevel, LevelSpread, ListingState, ProvinceLevels, concerned_tiers};

use crate::address::Address;
use crate::filing::unit_in_view;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::{Link, Pager};
use crate::pages::procedure::below::{BelowTexts, frame_below};
use crate::pages::{Page, nothing_has, show};
use crate::spread::{SpreadView, state_view};
use crate::words::{self, CodeView, LevelView};

/// Order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Place,
    Level,
    Weakest,
}

impl Sort {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Place, "place", "map-sort-place"),
        (Self::Level, "level", "map-sort-level"),
        (Self::Weakest, "weakest", "map-sort-weakest"),
    ];
}

/// Parameters of the page.
pub(crate) struct LevelMapParams {
    view: View,
    sort: Sort,
    page: OffsetPage,
}

impl QueryParams for LevelMapParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let view = View::read(query);
        let sort = query.choice("sort", "place, level or weakest", |code| {
            Sort::ALL.into_iter().find(|(_, known, _)| *known == code).map(|(sort, ..)| sort)
        });
        Self { view, sort: sort.unwrap_or(Sort::Place), page: query.offset_page() }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/level_map.html")]
pub(crate) struct LevelMapPage {
    pub frame: Frame,
    pub name: String,
    pub code: CodeView,
    pub procedure: Address,
    pub ways: Address,
    pub spread: SpreadView,
    /// How many centres do not list it.
    pub unlisted: Option<String>,
    /// How many are left out of the tiles.
    pub hidden: Option<String>,
    pub groups: Vec<TileGroup>,
    pub legend: Vec<LegendLine>,
    pub sorts: Vec<SortLink>,
    pub rows: Vec<UnitRow>,
    pub pager: Pager,
    pub provinces: Vec<ProvinceRow>,
    pub caption: String,
    /// Said where there is nothing to show.
    pub empty: Option<String>,
}

/// Tiles under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TileGroup {
    pub title: String,
    pub tiles: Vec<Tile>,
}

/// A centre as a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    pub symbol: Symbol,
    pub unit: String,
    pub href: Address,
}

/// What a tile says, in a letter or two, by its border, and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Symbol {
    /// Class of the style sheet.
    pub class: &'static str,
    /// One or two letters.
    pub short: String,
    /// The same in words.
    pub words: String,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LegendLine {
    pub symbol: Symbol,
    pub count: u64,
}

/// An order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortLink {
    pub label: String,
    pub href: Address,
    pub is_chosen: bool,
}

/// A centre as a line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitRow {
    pub unit: String,
    pub href: Address,
    pub above: String,
    pub tier: String,
    pub level: LevelView,
}

/// A province as a line of the country's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProvinceRow {
    pub name: String,
    pub href: Address,
    pub highest: Option<LevelView>,
    pub weakest: Option<LevelView>,
    pub offered: String,
    pub unknown: u64,
}

/// `GET /vi/thu-tuc/{code}/cac-noi`.
pub(crate) async fn show_level_map(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<LevelMapParams>,
) -> Page {
    let view = &params.view;
    let Some(at) = state.catalogue.procedure(&code, view.as_of).await? else {
        return Err(nothing_has("procedure", code.as_str(), view));
    };
    let own = Address::new(&format!("{}/cac-noi", Address::of("/vi/thu-tuc", code.as_str())));
    let sort = Sort::ALL.into_iter().find(|(sort, ..)| *sort == params.sort && *sort != Sort::Place);
    let here = view.carried.to(own).maybe("sort", sort.map(|(_, code, _)| code));
    let mut page = LevelMapPage::empty(frame_below(&state, view, &here, &at, &TEXTS).await?, view, &at);
    if page.frame.former().is_some() {
        return show(&page);
    }
    let unit = match unit_in_view(&state, view).await? {
        Some(code) => state.catalogue.unit(&code, view.as_of).await?,
        None => None,
    };
    let record = &at.stored.record;
    match unit {
        Some(unit) => {
            let (code, place) = (unit.stored.record.code, &unit.stored.record.full_name);
            let (procedure, as_of) = (record.code.clone(), view.as_of);
            let figures = state.figures(move |engine| {
                let centres = engine.centres_of_procedure(&procedure, &code, as_of).unwrap_or_default();
                (centres, engine.procedure_levels(&procedure, Some(&code), as_of))
            });
            let (centres, spread) = figures.await?;
            page.fill(&here, &params, &at, place, (centres, &spread));
        }
        None => {
            let (procedure, tiers, as_of) = (record.code.clone(), record.tiers.clone(), view.as_of);
            let figures = state.figures(move |engine| {
                let provinces = engine.provinces_of_procedure(&procedure, &tiers, as_of);
                (engine.procedure_levels(&procedure, None, as_of), provinces)
            });
            let (spread, provinces) = figures.await?;
            page.fill_nation(&here, view, &spread, provinces);
        }
    }
    show(&page)
}

/// What the page calls itself.
const TEXTS: BelowTexts = BelowTexts { title: "map-of", description: "map-description", crumb: "map-title" };

impl LevelMapPage {
    fn empty(frame: Frame, view: &View, at: &ProcedureAt) -> Self {
        let record = &at.stored.record;
        let procedure = Address::of("/vi/thu-tuc", record.code.as_str());
        Self {
            name: record.name.clone(),
            code: CodeView::new(&record.code),
            ways: view.carried.to(Address::new(&format!("{procedure}/noi-nop"))),
            procedure: view.carried.to(procedure),
            spread: SpreadView::default(),
            unlisted: None,
            hidden: None,
            groups: Vec::new(),
            legend: Vec::new(),
            sorts: Vec::new(),
            rows: Vec::new(),
            pager: Pager { previous: None, next: None, position: String::new() },
            provinces: Vec::new(),
            caption: String::new(),
            empty: None,
            frame,
        }
    }

    fn fill(
        &mut self,
        here: &Address,
        params: &LevelMapParams,
        at: &ProcedureAt,
        place: &str,
        (centres, spread): (Vec<CentreLevel>, &LevelSpread),
    ) {
        let l10n = L10n::vi();
        let date = words::date(params.view.as_of);
        let shown_tiers = concerned_tiers(&at.stored.record.tiers, &centres);
        let all = centres.len();
        let mut centres: Vec<CentreLevel> =
            centres.into_iter().filter(|centre| shown_tiers.contains(&centre.tier)).collect();
        let hidden = all - centres.len();
        // Only centres that the procedure concerns are its denominator.
        let title = l10n.t("map-summary").arg("place", place).arg("n", centres.len()).to_string();
        self.spread = SpreadView::new(l10n, spread, title);
        let unlisted = centres.iter().filter(|centre| centre.state.is_none()).count();
        self.unlisted = (unlisted > 0).then(|| l10n.t("map-unlisted").arg("n", unlisted).to_string());
        self.hidden = (hidden > 0).then(|| l10n.t("map-hidden").arg("n", hidden).to_string());
        self.empty = centres.is_empty().then(|| l10n.t("map-empty").arg("date", &date).to_string());
        self.groups = groups(l10n, &self.procedure, &centres);
        self.legend = legend(l10n, &centres);
        self.caption = l10n.t("map-table-caption").arg("place", place).arg("date", date).to_string();
        self.sorts = Sort::ALL
            .into_iter()
            .map(|(sort, code, key)| SortLink {
                label: l10n.t(key).to_string(),
                href: here.clone().without("sort").with("sort", code).at("bang"),
                is_chosen: sort == params.sort,
            })
            .collect();
        // The sort is stable: among equals the order of places stays.
        match params.sort {
            Sort::Place => {}
            Sort::Level => centres.sort_by_key(|centre| std::cmp::Reverse(weight(centre.state))),
            Sort::Weakest => centres.sort_by_key(|centre| weight(centre.state)),
        }
        let total = centres.len() as u64;
        let page = &params.page;
        let part = centres.iter().skip(page.offset as usize).take(page.size as usize);
        self.rows = part.map(|centre| row(l10n, &self.procedure, centre)).collect();
        let info = page.info(self.rows.len(), total);
        self.pager = Pager::of_hits(l10n, page, self.rows.len(), &info, &here.clone().at("bang"));
    }

    fn fill_nation(
        &mut self,
        here: &Address,
        view: &View,
        spread: &LevelSpread,
        provinces: Vec<ProvinceLevels>,
    ) {
        let l10n = L10n::vi();
        self.spread = SpreadView::new(l10n, spread, l10n.t("map-summary-nation").to_string());
        let date = words::date(view.as_of);
        self.caption = l10n.t("map-table-nation-caption").arg("date", date).to_string();
        let here = here.clone().without("centre").without("sort");
        let to = |unit: &UnitCode| here.clone().with("unit", unit.as_str());
        self.provinces = provinces
            .into_iter()
            .map(|levels| {
                let counts = &levels.spread.counts;
                let offered =
                    l10n.t("map-offered-of").arg("n", counts.offered()).arg("total", levels.centres);
                ProvinceRow {
                    href: to(&levels.province.code),
                    name: levels.province.full_name,
                    highest: levels.spread.highest.map(|level| LevelView::of(l10n, level)),
                    weakest: levels.spread.weakest.map(|level| LevelView::of(l10n, level)),
                    offered: offered.to_string(),
                    unknown: counts.unknown,
                }
            })
            .collect();
        self.empty = self.provinces.is_empty().then(|| l10n.t("places-empty").to_string());
    }
}

/// Tiles by tier; communes with districts above them by district.
fn groups(l10n: &L10n, procedure: &Address, centres: &[CentreLevel]) -> Vec<TileGroup> {
    let mut groups: Vec<TileGroup> = Vec::new();
    for centre in centres {
        let district = match centre.units.as_slice() {
            [_, district, _] => Some(&district.full_name),
            _ => None,
        };
        let title = district.map_or_else(|| l10n.t(words::tier_key(centre.tier)).to_string(), Clone::clone);
        let tile = Tile {
            symbol: symbol(l10n, centre.state),
            unit: unit_name(centre),
            href: listing(procedure, centre),
        };
        match groups.last_mut() {
            Some(group) if group.title == title => group.tiles.push(tile),
            _ => groups.push(TileGroup { title, tiles: vec![tile] }),
        }
    }
    groups
}

/// Every symbol that occurs, the highest level first, with how often.
fn legend(l10n: &L10n, centres: &[CentreLevel]) -> Vec<LegendLine> {
    let mut states: Vec<(Option<ListingState>, u64)> = Vec::new();
    for centre in centres {
        match states.iter_mut().find(|(state, _)| *state == centre.state) {
            Some((_, count)) => *count += 1,
            None => states.push((centre.state, 1)),
        }
    }
    states.sort_by_key(|(state, _)| std::cmp::Reverse(weight(*state)));
    states.into_iter().map(|(state, count)| LegendLine { symbol: symbol(l10n, state), count }).collect()
}

fn unit_name(centre: &CentreLevel) -> String {
    centre.units.last().map_or_else(|| centre.name.clone(), |unit| unit.full_name.clone())
}

/// The procedure's page at the centre.
fn listing(procedure: &Address, centre: &CentreLevel) -> Address {
    procedure.clone().without("unit").with("centre", centre.centre.as_str())
}

fn row(l10n: &L10n, procedure: &Address, centre: &CentreLevel) -> UnitRow {
    let above = centre.units.iter().rev().skip(1).map(|unit| unit.full_name.as_str());
    UnitRow {
        unit: unit_name(centre),
        href: listing(procedure, centre),
        above: above.collect::<Vec<_>>().join(", "),
        tier: l10n.t(words::tier_key(centre.tier)).to_string(),
        level: match centre.state {
            Some(state) => state_view(l10n, state),
            None => LevelView { label: l10n.t("map-unlisted-label").to_string(), ..LevelView::unknown(l10n) },
        },
    }
}

/// Order of states for sorting: end to end, online, not online in whatever words; then by rank within one scheme, the schemes
/// apart; then what has no level. Levels of two schemes are never ranked against each other.
fn weight(state: Option<ListingState>) -> (u8, usize, usize) {
    match state {
        Some(ListingState::Level(level)) => {
            let reach = match (is_full(level), level.is_online()) {
                (true, _) => 6,
                (false, true) => 5,
                (false, false) => 4,
            };
            (reach, level.scheme() as usize, level.rank())
        }
        Some(ListingState::Offered) => (3, 0, 0),
        Some(ListingState::Unknown) => (2, 0, 0),
        Some(ListingState::NotOffered) => (1, 0, 0),
        None => (0, 0, 0),
    }
}

fn symbol(l10n: &L10n, state: Option<ListingState>) -> Symbol {
    let (class, key) = match state {
        Some(ListingState::Level(level)) => match level.level() {
            Level::Four => ("top", "symbol-4"),
            Level::Full => ("top", "symbol-full"),
            Level::Three => ("mid", "symbol-3"),
            Level::Partial => ("mid", "symbol-partial"),
            Level::Two => ("low", "symbol-2"),
            Level::One => ("low", "symbol-1"),
            Level::None => ("low", "symbol-none"),
        },
        Some(ListingState::Offered) => ("open", "symbol-offered"),
        Some(ListingState::Unknown) => ("open", "symbol-unknown"),
        Some(ListingState::NotOffered) => ("no", "symbol-no"),
        None => ("off", "symbol-unlisted"),
    };
    let words = match state {
        Some(state) => {
            let view = state_view(l10n, state);
            if view.scheme.is_empty() { view.label } else { format!("{} ({})", view.label, view.scheme) }
        }
        None => l10n.t("map-unlisted-label").to_string(),
    };
    Symbol { class, short: l10n.t(key).to_string(), words }
}

/// Links from the pages of a procedure to its map and its ways.
pub(crate) fn filing_links(l10n: &L10n, view: &View, code: &str) -> [Link; 2] {
    let procedure = Address::of("/vi/thu-tuc", code);
    let to = |part: &str| view.carried.to(Address::new(&format!("{procedure}/{part}")));
    [
        Link { label: l10n.t("ways-link").to_string(), href: to("noi-nop") },
        Link { label: l10n.t("map-link").to_string(), href: to("cac-noi") },
    ]
}
