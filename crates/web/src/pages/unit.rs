//! One administrative unit on a day: its centres, the units below it, what it came from and what became of it. A code
//! that no unit has on the day leads to what became of the one that had it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use motcua_catalogue::{
    CentreFilter, Extent, PageRequest, SuccessionEnd, Tier, UnitAt, UnitCode, UnitHistory, UnitName,
};
use motcua_http::{AppState, Path, Problem, Query, moved_permanently};

use crate::address::{Address, Carried};
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::centres::CentreLine;
use crate::pages::procedure::period_words;
use crate::pages::{nothing_has, place_in_view, show, with_parents};
use crate::words;

/// How many centres the page names; the list has them all.
const CENTRES_AT_ONCE: u32 = 5;

/// What the template of a unit shows.
#[derive(Template)]
#[template(path = "pages/unit.html")]
pub(crate) struct UnitPage {
    pub frame: Frame,
    pub name: String,
    pub tier: String,
    pub code: String,
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

/// A unit that has the code on another day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ElsewhenUnit {
    pub name: String,
    pub period: String,
    pub then: Option<Address>,
    pub predecessors: Vec<EndLine>,
    pub successors: Vec<EndLine>,
    pub is_split: bool,
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
    Query(view): Query<View>,
    RawQuery(parameters): RawQuery,
) -> Result<Response, Problem> {
    let here = view.carried.to(Address::of("/vi/noi", code.as_str()));
    if let Some(unit) = state.catalogue.unit(&code, view.as_of).await? {
        return present(&state, &view, &here, &unit).await;
    }
    if let Some(now) = state.catalogue.moved_unit(&code, view.as_of).await? {
        return Ok(moved_permanently(Address::of("/vi/noi", now.as_str()).path(), parameters.as_deref()));
    }
    elsewhen(&state, &view, &here, &code).await
}

async fn present(state: &AppState, view: &View, here: &Address, unit: &UnitAt) -> Result<Response, Problem> {
    let l10n = L10n::vi();
    let record = &unit.stored.record;
    let mut frame = Frame::new(&state.site, view, here, record.full_name.clone());
    frame.place = place_in_view(&state.catalogue, view, here).await?;
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
    let history = state.catalogue.unit_history(unit.unit_id).await?;
    let chosen = |path: &str| frame.to(path).without("centre").with("unit", record.code.as_str());
    let more = all > centres.items.len() as u64;
    let page = UnitPage {
        name: record.full_name.clone(),
        tier: l10n.t(words::tier_key(record.tier)).to_string(),
        code: record.code.to_string(),
        search: chosen("/vi/thu-tuc"),
        choose: chosen("/vi"),
        statistics: chosen("/vi/thong-ke"),
        centres: centres.items.iter().map(|centre| CentreLine::new(l10n, &frame, centre)).collect(),
        centres_all: more.then(|| Link {
            label: l10n.t("unit-centres-all").arg("n", all).to_string(),
            href: chosen("/vi/trung-tam"),
        }),
        below_title: below_title(l10n, &below),
        below: below
            .iter()
            .map(|unit| Link {
                label: unit.stored.record.full_name.clone(),
                href: frame.carried.to(Address::of("/vi/noi", unit.stored.record.code.as_str())),
            })
            .collect(),
        predecessors: history
            .predecessors
            .iter()
            .map(|end| end_line(l10n, &frame, end, Side::Before))
            .collect(),
        successors: history.successors.iter().map(|end| end_line(l10n, &frame, end, Side::After)).collect(),
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

fn below_title(l10n: &L10n, below: &[UnitAt]) -> String {
    let tier = below.first().map_or(Tier::Commune, |unit| unit.stored.record.tier);
    let key = if tier == Tier::District { "unit-below-districts" } else { "unit-below-communes" };
    l10n.t(key).arg("n", below.len()).to_string()
}

/// How much of a unit went where, and when.
pub(crate) fn end_detail(l10n: &L10n, end: &SuccessionEnd, side: Side) -> String {
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

fn end_line(l10n: &L10n, frame: &Frame, end: &SuccessionEnd, side: Side) -> EndLine {
    // What came after is shown on the day of the change; what was before has a page that stays, and leads to its time.
    let href = |unit: &UnitName| match side {
        Side::Before => history_address(frame, &unit.code),
        Side::After => frame
            .carried
            .to(Address::of("/vi/noi", unit.code.as_str()))
            .with("as_of", &end.effective_on.to_string()),
    };
    EndLine {
        name: end
            .unit
            .as_ref()
            .map_or_else(|| l10n.t("unknown-info").to_string(), |unit| unit.full_name.clone()),
        href: end.unit.as_ref().map(href),
        detail: end_detail(l10n, end, side),
    }
}

/// The code belongs to a unit of another day: tells what became of it, or what it came from.
async fn elsewhen(
    state: &AppState,
    view: &View,
    here: &Address,
    code: &UnitCode,
) -> Result<Response, Problem> {
    let former = state.catalogue.units_ever(code).await?;
    let Some(latest) = former.first() else {
        return Err(nothing_has("unit", code.as_str(), view));
    };
    let l10n = L10n::vi();
    let title = latest.stored.record.full_name.clone();
    let mut frame = Frame::new(&state.site, view, here, title);
    frame.place = place_in_view(&state.catalogue, view, here).await?;
    frame.noindex = true;
    let way =
        vec![frame.crumb(l10n.t("nav-places").to_string(), Address::new("/vi/noi")), frame.last_crumb()];
    let frame = frame.within(Part::Places, way);
    let mut units = Vec::with_capacity(former.len());
    for unit in &former {
        let history = state.catalogue.unit_history(unit.unit_id).await?;
        units.push(elsewhen_unit(l10n, &frame, here, view, unit, &history));
    }
    let intro = l10n
        .t("unit-elsewhen-intro")
        .arg("code", code.as_str())
        .arg("date", words::date(view.as_of))
        .to_string();
    let page = ElsewhenPage { frame, intro, units };
    Ok((StatusCode::GONE, show(&page)?).into_response())
}

pub(crate) fn elsewhen_unit(
    l10n: &L10n,
    frame: &Frame,
    here: &Address,
    view: &View,
    unit: &UnitAt,
    history: &UnitHistory,
) -> ElsewhenUnit {
    let period = unit.stored.record.period;
    let is_over = period.valid_to().is_some_and(|end| end <= view.as_of);
    let day = match (is_over, period.valid_to(), period.valid_from()) {
        (true, Some(end), _) => end.pred_opt(),
        (_, _, from) => from,
    };
    ElsewhenUnit {
        name: with_parents(unit),
        period: period_words(l10n, period),
        then: day.map(|day| here.clone().with("as_of", &day.to_string())),
        predecessors: if is_over {
            Vec::new()
        } else {
            history.predecessors.iter().map(|end| end_line(l10n, frame, end, Side::Before)).collect()
        },
        successors: if is_over {
            history.successors.iter().map(|end| end_line(l10n, frame, end, Side::After)).collect()
        } else {
            Vec::new()
        },
        is_split: is_over && history.successors.len() > 1,
    }
}
