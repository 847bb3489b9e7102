//! One administrative unit on a day: its centres, the units below it, what it came from and what became of it. A code
//! that no unit has on the day leads to what became of the one that had it.

pub(crate) mod told;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use motcua_catalogue::places::{CodeState, Fate};
use motcua_catalogue::{CentreFilter, Extent, PageRequest, Tier, UnitAt, UnitCode};
use motcua_http::{AppState, Path, Problem, Query, QueryParams, QueryReader};

use crate::address::{Address, Carried};
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::centres::CentreLine;
use crate::pages::{moved, nothing_has, place_in_view, show};
use crate::words;

use told::{ElsewhenUnit, Ends, is_over, merged};

/// How many centres the page names; the list has them all.
const CENTRES_AT_ONCE: u32 = 5;

/// From this day on communes are of three kinds (Nghị quyết 203/2025/QH15): wards, communes and special zones.
const TWO_TIERS: Option<NaiveDate> = NaiveDate::from_ymd_opt(2025, 7, 1);

/// Parameters of the page.
pub(crate) struct UnitParams {
    view: View,
    /// The unit that was asked for before this one.
    from: Option<UnitCode>,
}

impl QueryParams for UnitParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { view: View::read(query), from: query.parse(moved::FROM) }
    }
}

/// What the template of a unit shows.
#[derive(Template)]
#[template(path = "pages/unit.html")]
pub(crate) struct UnitPage {
    pub frame: Frame,
    pub name: String,
    pub tier: String,
    pub code: String,
    /// That it stands in the place of one that was asked for.
    pub moved: Option<String>,
    pub search: Address,
    pub choose: Address,
    pub statistics: Address,
    pub centres: Vec<CentreLine>,
    pub centres_all: Option<Link>,
    pub below_title: String,
    pub below: Vec<Link>,
    pub predecessors: Vec<EndLine>,
    pub successors: Vec<EndLine>,
    pub source: String,
}

/// What the template of a former or later unit shows.
#[derive(Template)]
#[template(path = "pages/unit_elsewhen.html")]
pub(crate) struct ElsewhenPage {
    pub frame: Frame,
    pub intro: String,
    pub units: Vec<ElsewhenUnit>,
}

/// One predecessor or successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndLine {
    pub name: String,
    pub href: Option<Address>,
    pub detail: String,
}

/// `GET /vi/noi/{code}`.
pub(crate) async fn show_unit(
    State(state): State<AppState>,
    Path(code): Path<UnitCode>,
    Query(UnitParams { view, from }): Query<UnitParams>,
    RawQuery(parameters): RawQuery,
) -> Result<Response, Problem> {
    let here = view.carried.to(Address::of("/vi/noi", code.as_str()));
    if let Some(unit) = state.catalogue.unit(&code, view.as_of).await? {
        return present(&state, &view, &here, &unit, from.as_ref()).await;
    }
    if let CodeState::Moved(now) = state.engine.code_state(&code, view.as_of).await? {
        let to = Address::of("/vi/noi", now.to.as_str());
        return Ok(moved::redirect(&to, parameters.as_deref(), code.as_str()));
    }
    elsewhen(&state, &view, &here, &code).await
}

async fn present(
    state: &AppState,
    view: &View,
    here: &Address,
    unit: &UnitAt,
    from: Option<&UnitCode>,
) -> Result<Response, Problem> {
    let l10n = L10n::vi();
    let record = &unit.stored.record;
    let mut frame = Frame::new(&state.site, view, here, record.full_name.clone());
    frame.noindex |= from.is_some();
    frame.place = place_in_view(state, view, here).await?;
    let mut way = vec![frame.crumb(l10n.t("nav-places").to_string(), Address::new("/vi/noi"))];
    way.extend(
        unit.ancestors
            .iter()
            .map(|above| frame.crumb(&*above.full_name, Address::of("/vi/noi", above.code.as_str()))),
    );
    way.push(frame.last_crumb());
    let frame = frame.within(Part::Places, way);

    // A province or district first shows its own centre, not those of every commune in it.
    let own = CentreFilter { as_of: view.as_of, tier: Some(record.tier), unit: Some(record.code.clone()) };
    let request = PageRequest { size: CENTRES_AT_ONCE, after: None };
    let centres = state.catalogue.centres(&own, &request).await?;
    let inside = CentreFilter { tier: None, ..own };
    let all = state.catalogue.centres(&inside, &PageRequest { size: 1, after: None }).await?.total;
    let below = state.catalogue.units_below(Some(&record.code), view.as_of).await?;
    let history = state.engine.unit_history(unit).await?;
    let chosen = |path: &str| frame.to(path).without("centre").with("unit", record.code.as_str());
    let moved = moved::unit_note(&state.engine, view, from, (&record.code, &record.full_name)).await?;
    let more = all > centres.items.len() as u64;
    let ends = Ends { state, frame: &frame, as_of: view.as_of };
    let predecessors = ends.lines(&history.predecessors, Side::Before).await?;
    let successors = ends.lines(&history.successors, Side::After).await?;
    let page = UnitPage {
        name: record.full_name.clone(),
        tier: l10n.t(words::tier_key(record.tier)).to_string(),
        code: record.code.to_string(),
        moved,
        search: chosen("/vi/thu-tuc"),
        choose: chosen("/vi"),
        statistics: chosen("/vi/thong-ke"),
        centres: centres.items.iter().map(|centre| CentreLine::new(l10n, &frame, centre)).collect(),
        centres_all: more.then(|| Link {
            label: l10n.t("unit-centres-all").arg("n", all).to_string(),
            href: chosen("/vi/trung-tam"),
        }),
        below_title: below_title(l10n, &below, view.as_of),
        below: below
            .iter()
            .map(|unit| Link {
                label: unit.stored.record.full_name.clone(),
                href: frame.carried.to(Address::of("/vi/noi", unit.stored.record.code.as_str())),
            })
            .collect(),
        predecessors,
        successors,
        source: crate::offer::source_words(l10n, &record.source),
        frame,
    };
    Ok(show(&page)?.into_response())
}

/// Which way a succession is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Towards what was before.
    Before,
    /// Towards what came after.
    After,
}

fn below_title(l10n: &L10n, below: &[UnitAt], as_of: NaiveDate) -> String {
    let tier = below.first().map_or(Tier::Commune, |unit| unit.stored.record.tier);
    let key = match tier {
        Tier::District => "unit-below-districts",
        _ if TWO_TIERS.is_some_and(|day| day <= as_of) => "unit-below-communes-2025",
        _ => "unit-below-communes",
    };
    l10n.t(key).arg("n", below.len()).to_string()
}

/// How much of a unit went where, and when.
pub(crate) fn end_detail(l10n: &L10n, end: &Fate, side: Side) -> String {
    let date = words::date(end.effective_on);
    let key = match (side, end.extent) {
        (Side::Before, Extent::Whole) => "unit-from-whole",
        (Side::Before, Extent::Part) => "unit-from-part",
        (Side::Before, Extent::Unknown) => "unit-from-unknown",
        (Side::After, Extent::Whole) => "unit-to-whole",
        (Side::After, Extent::Part) => "unit-to-part",
        (Side::After, Extent::Unknown) => "unit-to-unknown",
    };
    let mut detail = l10n.t(key).arg("date", date).to_string();
    if end.derived {
        detail.push_str("; ");
        detail.push_str(&l10n.t("unit-derived").to_string());
    }
    if let Some(resolution) = &end.resolution {
        detail.push_str(", ");
        detail.push_str(&l10n.t("unit-by-resolution").arg("resolution", resolution).to_string());
    }
    if let Some(remark) = &end.remark {
        detail.push_str("; ");
        detail.push_str(remark);
    }
    detail
}

/// The page of every unit that had a code.
pub(crate) fn history_address(frame: &Frame, code: &UnitCode) -> Address {
    history_of(&frame.carried, code)
}

/// The same, with what every link carries on.
pub(crate) fn history_of(carried: &Carried, code: &UnitCode) -> Address {
    // Digits need no escaping.
    carried.to(Address::new(&format!("/vi/noi/{code}/lich-su")))
}

/// The code belongs to a unit of another day: tells what became of it, or what it came from.
async fn elsewhen(
    state: &AppState,
    view: &View,
    here: &Address,
    code: &UnitCode,
) -> Result<Response, Problem> {
    let ever = merged(state.catalogue.units_ever(code).await?);
    // The last one that is over, or else the first that is still to come.
    let over = ever.iter().find(|unit| is_over(unit, view.as_of));
    let Some(named) = over.or(ever.last()) else {
        return Err(nothing_has("unit", code.as_str(), view));
    };
    let l10n = L10n::vi();
    let name = &named.stored.record.full_name;
    let mut frame = Frame::new(&state.site, view, here, name.clone());
    frame.place = place_in_view(state, view, here).await?;
    frame.noindex = true;
    let way =
        vec![frame.crumb(l10n.t("nav-places").to_string(), Address::new("/vi/noi")), frame.last_crumb()];
    let frame = frame.within(Part::Places, way);
    let ends = Ends { state, frame: &frame, as_of: view.as_of };
    let mut units = Vec::with_capacity(ever.len());
    for unit in &ever {
        let mut told = ends.told(unit).await?;
        if is_over(unit, view.as_of) {
            // Who asks for it today wants to know where it is now.
            told.predecessors.clear();
        }
        units.push(told);
    }
    let key = if over.is_some() { "unit-elsewhen-intro" } else { "unit-elsewhen-intro-later" };
    let intro = l10n.t(key).arg("name", name).arg("date", words::date(view.as_of)).to_string();
    let page = ElsewhenPage { frame, intro, units };
    Ok((StatusCode::GONE, show(&page)?).into_response())
}
