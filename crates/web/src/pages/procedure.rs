//! One procedure: the quick answers first, then every part, then who offers it how far online.

pub(crate) mod below;
mod parts;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use motcua_catalogue::{AvailabilityFilter, LevelFilter, PageRequest, ProcedureAt, ProcedureCode, Tier};
use motcua_http::{AppState, Path, PlacePage, Problem, Query, QueryParams, QueryReader};
use motcua_search::LevelSpread;

use crate::address::Address;
use crate::filing::responsible_links;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::{Link, Pager, Select, SelectOption};
use crate::offer::OfferView;
use crate::pages::level_map::filing_links;
use crate::pages::{Page, nothing_has, place_in_view, show};
use crate::spread::SpreadView;
use crate::words::{self, CodeView, LevelView};

use parts::Parts;

pub(crate) use parts::period_words;

/// The parts of a procedure, for sample pages.
#[cfg(test)]
pub(crate) fn parts_of(at: &ProcedureAt) -> Parts {
    Parts::new(L10n::vi(), at)
}

/// More offers than this at a place are shown as a spread, and listed below.
const OFFERS_AT_ONCE: u32 = 6;

/// Parameters of the page.
pub(crate) struct ProcedureParams {
    view: View,
    tier: Option<Tier>,
    level: Option<LevelFilter>,
    page: PlacePage,
}

impl QueryParams for ProcedureParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            view: View::read(query),
            tier: query.parse("tier"),
            level: query.parse("level"),
            page: query.page(),
        }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/procedure.html")]
pub(crate) struct ProcedurePage {
    pub frame: Frame,
    pub name: String,
    pub code: CodeView,
    pub fields: Vec<Link>,
    pub remarks: Vec<String>,
    pub here: Option<Here>,
    pub spread: SpreadView,
    pub level_notes: Vec<String>,
    pub parts: Parts,
    pub offers: Vec<OfferView>,
    pub offers_total: u64,
    pub offers_count: String,
    pub offers_form: Address,
    pub selects: Vec<Select>,
    pub pager: Pager,
    pub shown_date: String,
    pub history: Address,
    /// The centres responsible for the place in view.
    pub responsible: Vec<Link>,
    /// Where to file.
    pub ways: Link,
    /// The map of levels.
    pub map: Link,
}

/// What is offered at the place in view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here {
    /// Name of the place.
    pub place: String,
    /// Whether the offers are those of the units above, because the place itself has none.
    pub is_above: bool,
    /// What its centres say.
    pub offers: Vec<OfferView>,
}

/// `GET /vi/thu-tuc/{code}`.
pub(crate) async fn show_procedure(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<ProcedureParams>,
    headers: HeaderMap,
) -> Page {
    let view = &params.view;
    let Some(at) = state.catalogue.procedure(&code, view.as_of).await? else {
        return Err(nothing_has("procedure", code.as_str(), view));
    };
    state.searches.opened(&headers, state.site.today());
    let record = &at.stored.record;
    let l10n = L10n::vi();
    let own = Address::of("/vi/thu-tuc", code.as_str());
    let here = view
        .carried
        .to(own)
        .maybe("tier", params.tier.map(Tier::as_str))
        .maybe("level", params.level.map(|level| level.to_string()).as_deref());
    let mut frame = Frame::new(&state.site, view, &here, record.name.clone());
    frame.description = l10n.t("procedure-description").arg("name", &record.name).to_string();
    frame.place = place_in_view(&state, view, &here).await?;
    let search = frame.crumb(l10n.t("nav-procedures").to_string(), Address::new("/vi/thu-tuc"));
    let way = vec![search, frame.last_crumb()];
    let frame = frame.within(Part::Procedures, way);

    // Of a place that does not exist on the day nothing is said but what came after it; the rest is the whole country.
    let place = frame.place.as_ref().filter(|place| place.former.is_none()).map(|place| place.name.clone());
    let offered_here = offers_here(&state, view, &record.code, place.clone()).await?;
    let (spread, everywhere) = spread(&state, view, &record.code, place.as_deref());
    let responsible = match &place {
        Some(_) => responsible_links(&state, view, &at).await?,
        None => Vec::new(),
    };
    let [ways, map] = filing_links(l10n, view, record.code.as_str());
    let filter = AvailabilityFilter {
        procedure: Some(record.code.clone()),
        unit: view.unit().filter(|_| frame.former().is_none()),
        tier: params.tier,
        level: params.level,
        ..AvailabilityFilter::on(view.as_of)
    };
    let offers = state.catalogue.availability(&filter, &params.page.request()).await?;
    let info = params.page.info(offers.next, offers.total);
    let shown_date = words::date(view.as_of);
    let page = ProcedurePage {
        name: record.name.clone(),
        code: CodeView::new(&record.code),
        fields: field_links(&frame, &at),
        remarks: remarks(l10n, &code, &at),
        here: offered_here,
        spread,
        level_notes: level_notes(l10n, &at),
        parts: Parts::new(l10n, &at),
        offers: offers.items.iter().map(|offer| OfferView::new(l10n, offer, view)).collect(),
        offers_total: offers.total,
        offers_count: l10n
            .t("procedure-offers-count")
            .arg("n", offers.total)
            .arg("date", &shown_date)
            .to_string(),
        offers_form: here.clone().without("tier").without("level").at("noi-lam"),
        selects: selects(l10n, &params, &everywhere),
        pager: Pager::of_places(&params.page, &info, &here.at("noi-lam")),
        shown_date,
        history: Address::of("/vi/thu-tuc", record.code.as_str())
            .below("lich-su")
            .maybe("as_of", view.carried.as_of.as_deref()),
        responsible,
        ways,
        map,
        frame,
    };
    show(&page)
}

fn field_links(frame: &Frame, at: &ProcedureAt) -> Vec<Link> {
    at.fields
        .iter()
        .map(|field| Link {
            label: field.name.clone(),
            href: frame.to("/vi/thu-tuc").with("field", field.slug.as_str()),
        })
        .collect()
}

fn remarks(l10n: &L10n, asked: &ProcedureCode, at: &ProcedureAt) -> Vec<String> {
    let record = &at.stored.record;
    let mut remarks = Vec::new();
    if *asked != record.code {
        let text =
            l10n.t("procedure-code-base").arg("code", record.code.as_str()).arg("asked", asked.as_str());
        remarks.push(text.to_string());
    }
    if !record.code.is_regular() {
        remarks.push(l10n.t("procedure-code-irregular").to_string());
    }
    if record.details.completeness == motcua_catalogue::Completeness::Listed {
        remarks.push(l10n.t("procedure-listed-only").to_string());
    }
    remarks
}

fn level_notes(l10n: &L10n, at: &ProcedureAt) -> Vec<String> {
    let details = &at.stored.record.details;
    let mut notes = Vec::new();
    if let Some(level) = &details.published_level {
        notes.push(l10n.t("procedure-published-level").arg("level", level).to_string());
    }
    if details.offline_only == Some(true) {
        notes.push(l10n.t("procedure-offline-only").to_string());
    }
    notes
}

/// What the centre or unit in view offers; where a unit has nothing, what the units above it offer at their own tier.
async fn offers_here(
    state: &AppState,
    view: &View,
    procedure: &ProcedureCode,
    place: Option<String>,
) -> Result<Option<Here>, Problem> {
    let Some(place) = place else { return Ok(None) };
    let base =
        AvailabilityFilter { procedure: Some(procedure.clone()), ..AvailabilityFilter::on(view.as_of) };
    if let Some(centre) = view.centre() {
        let filter = AvailabilityFilter { centre: Some(centre), ..base };
        let offers = few_offers(state, view, &filter).await?.unwrap_or_default();
        return Ok(Some(Here { place, is_above: false, offers }));
    }
    let Some(code) = view.unit() else { return Ok(None) };
    let filter = AvailabilityFilter { unit: Some(code.clone()), ..base.clone() };
    let Some(offers) = few_offers(state, view, &filter).await? else { return Ok(None) };
    if !offers.is_empty() {
        return Ok(Some(Here { place, is_above: false, offers }));
    }
    let Some(unit) = state.catalogue.unit(&code, view.as_of).await? else {
        return Ok(Some(Here { place, is_above: false, offers }));
    };
    for above in unit.ancestors.iter().rev() {
        let tier = Some(above.code.tier());
        let filter = AvailabilityFilter { unit: Some(above.code.clone()), tier, ..base.clone() };
        let offers = few_offers(state, view, &filter).await?.unwrap_or_default();
        if !offers.is_empty() {
            return Ok(Some(Here { place, is_above: true, offers }));
        }
    }
    Ok(Some(Here { place, is_above: false, offers: Vec::new() }))
}

/// The offers of a filter, or none where there are too many to name.
async fn few_offers(
    state: &AppState,
    view: &View,
    filter: &AvailabilityFilter,
) -> Result<Option<Vec<OfferView>>, Problem> {
    let request = PageRequest { size: OFFERS_AT_ONCE, after: None };
    let page = state.catalogue.availability(filter, &request).await?;
    if page.total > u64::from(OFFERS_AT_ONCE) {
        return Ok(None);
    }
    Ok(Some(page.items.iter().map(|offer| OfferView::new(L10n::vi(), offer, view)).collect()))
}

/// The spread over the place in view where it has several centres, else over the whole country; and the latter.
fn spread(
    state: &AppState,
    view: &View,
    procedure: &ProcedureCode,
    place: Option<&str>,
) -> (SpreadView, LevelSpread) {
    let l10n = L10n::vi();
    let everywhere = state.engine.procedure_levels(procedure, None, view.as_of);
    if let (Some(unit), Some(place), None) = (view.unit(), place, view.centre()) {
        let inside = state.engine.procedure_levels(procedure, Some(&unit), view.as_of);
        if inside.counts.total() > 1 {
            let title = l10n.t("procedure-everywhere-place").arg("place", place).to_string();
            return (SpreadView::new(l10n, &inside, title), everywhere);
        }
    }
    let title = l10n.t("procedure-everywhere").arg("n", everywhere.counts.offered()).to_string();
    (SpreadView::new(l10n, &everywhere, title), everywhere)
}

fn selects(l10n: &L10n, params: &ProcedureParams, everywhere: &LevelSpread) -> Vec<Select> {
    let all = |key| SelectOption { value: String::new(), label: l10n.t(key).to_string(), chosen: false };
    let mut tiers = vec![all("procedure-offers-any-tier")];
    tiers.extend([Tier::Province, Tier::District, Tier::Commune].map(|tier| SelectOption {
        value: tier.as_str().to_owned(),
        label: l10n.t(words::tier_key(tier)).to_string(),
        chosen: params.tier == Some(tier),
    }));
    let mut levels = vec![all("procedure-offers-any-level")];
    levels.extend(everywhere.counts.levels.iter().map(|(level, _)| {
        let view = LevelView::of(l10n, *level);
        SelectOption {
            value: level.to_string(),
            label: format!("{} ({})", view.label, view.scheme),
            chosen: params.level.is_some_and(|chosen| chosen.matches(*level)),
        }
    }));
    vec![
        Select { name: "tier", label: l10n.t("procedure-tiers").to_string(), options: tiers },
        Select { name: "level", label: l10n.t("procedure-offers-level").to_string(), options: levels },
    ]
}
