//! One administrative unit on a day: its centres, the units below it, what it came from and what became of it. A code
//! that no unit has on the day leads to what became of the one that had it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use motcua_catalogue::{
    Catalogue, CentreFilter, Extent, PageRequest, Stored, SuccessionEnd, Tier, UnitAt, UnitCode, UnitPeriod,
};
use motcua_http::{AppState, Path, Problem, Query, QueryParams, QueryReader};

use crate::address::{Address, Carried};
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::centres::CentreLine;
use crate::pages::former::then_words;
use crate::pages::procedure::period_words;
use crate::pages::{moved, nothing_has, place_in_view, show, with_parents};
use crate::words;

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

/// A unit that has the code on another day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ElsewhenUnit {
    pub name: String,
    /// Which code it had, and when.
    pub period: String,
    /// Its page, on a day on which it existed.
    pub then: Option<Link>,
    pub predecessors: Vec<EndLine>,
    /// What its successors are, seen from the day in view.
    pub became: String,
    pub successors: Vec<EndLine>,
    pub is_split: bool,
    /// Whether it has ended and the source does not say what became of it.
    pub is_unknown: bool,
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
    if let Some(now) = state.catalogue.moved_unit(&code, view.as_of).await? {
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
    let moved = moved::unit_note(&state.catalogue, view, from, (&record.code, &record.full_name)).await?;
    let more = all > centres.items.len() as u64;
    let ends = Ends { catalogue: &state.catalogue, frame: &frame, as_of: view.as_of };
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

/// What is needed to name predecessors and successors.
pub(crate) struct Ends<'a> {
    /// Where to read.
    pub(crate) catalogue: &'a Catalogue,
    /// Frame of the page.
    pub(crate) frame: &'a Frame,
    /// Day in view.
    pub(crate) as_of: NaiveDate,
}

impl Ends<'_> {
    async fn lines(&self, ends: &[SuccessionEnd], side: Side) -> Result<Vec<EndLine>, Problem> {
        let l10n = L10n::vi();
        let mut lines = Vec::with_capacity(ends.len());
        for end in ends {
            let detail = end_detail(l10n, end, side);
            lines.push(match &end.unit {
                None => EndLine { name: l10n.t("unknown-info").to_string(), href: None, detail },
                Some(unit) => {
                    // What was before has a page that stays, and leads to its time.
                    let href = match side {
                        Side::Before => history_address(self.frame, &unit.code),
                        Side::After => self.to_successor(&unit.code, end.effective_on).await?,
                    };
                    EndLine { name: unit.full_name.clone(), href: Some(href), detail }
                }
            });
        }
        Ok(lines)
    }

    /// The page of a successor: on the day in view where it exists on that, else on the day of the change.
    async fn to_successor(&self, code: &UnitCode, since: NaiveDate) -> Result<Address, Problem> {
        let page = self.frame.carried.to(Address::of("/vi/noi", code.as_str()));
        let then = self.catalogue.unit(code, since).await?.map(|unit| unit.unit_id);
        // Another unit may have the code on the day in view.
        let now = self.catalogue.unit(code, self.as_of).await?.map(|unit| unit.unit_id);
        Ok(if now.is_some() && now == then { page } else { page.with("as_of", &since.to_string()) })
    }

    /// The same unit before or after one of its periods, with another code, name or unit above.
    fn same(
        &self,
        other: &Stored<UnitPeriod>,
        key: &str,
        change: Option<NaiveDate>,
        day: Option<NaiveDate>,
    ) -> EndLine {
        let record = &other.record;
        let page = self.frame.carried.to(Address::of("/vi/noi", record.code.as_str()));
        let href = match day.filter(|_| !record.period.contains(self.as_of)) {
            Some(day) => page.with("as_of", &day.to_string()),
            None => page,
        };
        let date = change.map(words::date).unwrap_or_default();
        let detail = L10n::vi().t(key).arg("date", date).to_string();
        EndLine { name: record.full_name.clone(), href: Some(href), detail }
    }

    /// A unit that had a code, with everything that is recorded of what it came from and what became of it.
    pub(crate) async fn told(&self, unit: &UnitAt) -> Result<ElsewhenUnit, Problem> {
        let l10n = L10n::vi();
        let record = &unit.stored.record;
        let period = record.period;
        let history = self.catalogue.unit_history(unit.unit_id).await?;
        let place = history.periods.iter().position(|other| other.id == unit.stored.id);
        let earlier = place.and_then(|place| history.periods.get(place.checked_sub(1)?));
        let later = place.and_then(|place| history.periods.get(place.checked_add(1)?));
        let predecessors = match earlier {
            Some(earlier) => {
                let from = period.valid_from();
                vec![self.same(earlier, "unit-same-before", from, from.and_then(|day| day.pred_opt()))]
            }
            None => self.lines(&history.predecessors, Side::Before).await?,
        };
        let successors = match later {
            Some(later) => {
                let from = later.record.period.valid_from();
                vec![self.same(later, "unit-same-after", from, from)]
            }
            None => self.lines(&history.successors, Side::After).await?,
        };
        let is_over = is_over(unit, self.as_of);
        let became = if is_over { "unit-elsewhen-became" } else { "unit-successors" };
        let page = self.frame.carried.to(Address::of("/vi/noi", record.code.as_str()));
        let day =
            if is_over { period.valid_to().and_then(|end| end.pred_opt()) } else { period.valid_from() };
        let then = if period.contains(self.as_of) {
            Some(Link { label: l10n.t("places-open").to_string(), href: page })
        } else {
            day.map(|day| Link {
                label: then_words(l10n, day, self.as_of),
                href: page.with("as_of", &day.to_string()),
            })
        };
        Ok(ElsewhenUnit {
            name: with_parents(unit),
            period: l10n
                .t("unit-elsewhen-period")
                .arg("code", record.code.as_str())
                .arg("period", period_words(l10n, period))
                .to_string(),
            then,
            predecessors,
            became: l10n.t(became).to_string(),
            is_split: is_over && successors.len() > 1,
            is_unknown: period.valid_to().is_some() && successors.is_empty(),
            successors,
        })
    }
}

fn is_over(unit: &UnitAt, day: NaiveDate) -> bool {
    unit.stored.record.period.valid_to().is_some_and(|end| end <= day)
}

/// The code belongs to a unit of another day: tells what became of it, or what it came from.
async fn elsewhen(
    state: &AppState,
    view: &View,
    here: &Address,
    code: &UnitCode,
) -> Result<Response, Problem> {
    let ever = state.catalogue.units_ever(code).await?;
    // The last one that is over, or else the first that is still to come.
    let over = ever.iter().find(|unit| is_over(unit, view.as_of));
    let Some(named) = over.or(ever.last()) else {
        return Err(nothing_has("unit", code.as_str(), view));
    };
    let l10n = L10n::vi();
    let name = &named.stored.record.full_name;
    let mut frame = Frame::new(&state.site, view, here, name.clone());
    frame.place = place_in_view(&state.catalogue, view, here).await?;
    frame.noindex = true;
    let way =
        vec![frame.crumb(l10n.t("nav-places").to_string(), Address::new("/vi/noi")), frame.last_crumb()];
    let frame = frame.within(Part::Places, way);
    let ends = Ends { catalogue: &state.catalogue, frame: &frame, as_of: view.as_of };
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
