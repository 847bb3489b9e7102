//! Where to file, in JSON.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{
    AskUnit, DossierItem, FilingCaseChoice, FilingDesk, FilingWay, HoursOn, OpeningHours, PaperPoint,
    ProcedureAt, SiteOnDay, UnitName,
};
use motcua_search::{CentreLevel, Filing, ListingState, Offerer};

use crate::view::availability::{
    AvailabilityView, CentreNameView, DerivedLevelView, ProcedureNameView, Wording,
};
use crate::view::code::{BoundaryFreeCode, Code, LevelCode, PointStateCode, SchemeCode, TierCode};
use crate::view::part::{FeeView, TimeLimitView, UnitNameView, views};

/// Where a procedure may be filed, and the ways of filing it, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaysView {
    /// Day on which everything was looked at.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
    /// The procedure.
    procedure: ProcedureNameView,
    /// The case that was asked about; null where none was.
    #[schema(required, example = "1.001193.02")]
    case: Option<String>,
    /// The unit that was asked about, with those above it, from the province down; empty where none was named.
    place: Vec<UnitNameView>,
    /// The tiers that carry the procedure out on the day, from the top.
    tiers: Vec<TierCode>,
    /// What `tiers` follow from: `procedure` names them; they are `inferred` from an agency's name; or they are those
    /// whose centres list it (`listings`). Null where there are none.
    #[schema(required, example = "procedure", pattern = "^(procedure|inferred|listings)$")]
    tiers_from: Option<&'static str>,
    /// Why no centre of the place is responsible: `central` (a ministry's procedure), `tier_ended`, `tier_unknown`,
    /// `no_centre`. Null where one is, or where `ask` comes first.
    #[schema(required, example = "central", pattern = "^(central|tier_ended|tier_unknown|no_centre)$")]
    no_responsible: Option<&'static str>,
    /// The question that must be answered before the responsible centre can be named; null where there is none.
    #[schema(required)]
    ask: Option<AskUnitView>,
    /// Cases to choose from with `case`: what is offered depends on them. Empty where it does not, or one was chosen.
    cases: Vec<CaseChoiceView>,
    /// The ways, best first: fully online, partly online, by post, at the desk; among equals the responsible centre
    /// first, then the nearer. What is unknown is no way.
    ways: Vec<WayView>,
    /// The centres that the answer speaks of: the responsible ones whatever they say, others of the place that list the
    /// procedure, and at most ten alternatives elsewhere that take dossiers from this place.
    centres: Vec<FilingCentreView>,
    /// How many alternatives there are in all.
    #[schema(example = 0)]
    alternatives_total: u64,
    /// Where it is not offered at the place: who offers it, those of the same province first, then by distance; at most
    /// ten. Whether they take dossiers from elsewhere says `boundary_free`.
    elsewhere: Vec<OffererView>,
    /// How many centres that are.
    #[schema(example = 0)]
    elsewhere_total: u64,
    /// Dossier items of which the source names originals. It does not say which are handed in, which are only shown, and
    /// which are needed in some situations only.
    originals: Vec<OriginalView>,
    /// Whether the procedure's dossier is known; where it is not, empty `originals` say nothing.
    dossier_known: bool,
    /// Where distances begin: `standing` (the coordinates of the request) or `unit` (the unit's own point). Null where
    /// neither is known; then every distance is null.
    #[schema(required, example = "unit", pattern = "^(standing|unit)$")]
    distances_from: Option<&'static str>,
}

/// A question for a smaller unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskUnitView {
    /// The lowest tier whose unit must be known; null where the procedure's tiers are not known yet.
    #[schema(required)]
    tier: Option<TierCode>,
    /// The units to choose from; send one as `unit`. There may be a further question.
    choices: Vec<UnitNameView>,
}

/// A case to choose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseChoiceView {
    /// Code of the case.
    #[schema(example = "1.001193.02")]
    code: String,
    /// Its name; null where the procedure's record has no such case.
    #[schema(required)]
    name: Option<String>,
}

/// A way of filing at one centre.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WayView {
    /// How: `fully_online`, `partly_online`, `post` or `desk`.
    #[schema(example = "partly_online", pattern = "^(fully_online|partly_online|post|desk)$")]
    kind: &'static str,
    /// Id of the centre; `centres` tells the rest of it.
    #[schema(example = "c18070")]
    centre: String,
    /// How the centre stands to the place, as in `centres`.
    #[schema(example = "responsible", pattern = "^(responsible|local|province|nation)$")]
    relation: &'static str,
    /// The claimed level; null where it is not known.
    #[schema(required)]
    level: Option<LevelCode>,
    /// The scheme of `level`; null exactly where `level` is.
    #[schema(required)]
    scheme: Option<SchemeCode>,
    /// The level that the check-list allows; null where none is claimed or a point was not assessed.
    #[schema(required)]
    derived: Option<DerivedLevelView>,
    /// Address of the online form.
    #[schema(required, example = "https://dvc.example/p42")]
    link: Option<String>,
    /// Time limit; null where no source says.
    #[schema(required)]
    time_limit: Option<TimeLimitView>,
    /// What says so: `listing`, `case` or `procedure`.
    #[schema(required, example = "procedure", pattern = "^(listing|case|procedure)$")]
    time_limit_from: Option<&'static str>,
    /// Fees in force on the day; null where no source says. Free of charge is an amount of 0.
    #[schema(required)]
    fees: Option<Vec<FeeView>>,
    /// What says so: `listing`, `case` or `procedure`.
    #[schema(required, example = "procedure", pattern = "^(listing|case|procedure)$")]
    fees_from: Option<&'static str>,
    /// Whether a source names this channel; false for a desk that is assumed because no channel is named.
    stated: bool,
    /// Kilometres to the centre's nearest site as the crow flies; null where unknown.
    #[schema(required, minimum = 0, example = 2.4)]
    distance_km: Option<f64>,
}

/// A centre of an answer on where to file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FilingCentreView {
    /// The centre.
    centre: CentreNameView,
    /// How it stands to the place: `responsible` for it, `local` (a centre of the place at another tier), elsewhere in
    /// the `province` or `nation` and open to the place (phi địa giới).
    #[schema(example = "responsible", pattern = "^(responsible|local|province|nation)$")]
    relation: &'static str,
    /// What it says about the case or the procedure; null where it has no listing: nothing is known.
    #[schema(required)]
    listing: Option<AvailabilityView>,
    /// The interaction points that are not online. Empty with a listing means that every point is.
    paper: Vec<PaperPointView>,
    /// Its sites, the nearest first.
    sites: Vec<FilingSiteView>,
}

/// An interaction point that is not online.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperPointView {
    /// Name of the point, a member of `checklist`.
    #[schema(example = "receive")]
    point: &'static str,
    /// How it is done; null where it was not assessed.
    #[schema(required)]
    state: Option<PointStateCode>,
}

/// A site on the day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FilingSiteView {
    /// Name of the site where there are several.
    #[schema(required)]
    name: Option<String>,
    /// Street address or seat.
    #[schema(required)]
    address: Option<String>,
    /// Telephone numbers.
    phones: Vec<String>,
    /// Hours on the day, exceptions such as holidays included: `open`, `closed` or `unknown`.
    #[schema(example = "open", pattern = "^(open|closed|unknown)$")]
    state: &'static str,
    /// From when to when, earliest first; empty unless open.
    hours: Vec<OpenSpanView>,
    /// Why the hours differ from the usual ones.
    #[schema(required, example = "Giỗ Tổ Hùng Vương")]
    reason: Option<String>,
    /// Kilometres as the crow flies; null where unknown.
    #[schema(required, minimum = 0, example = 2.4)]
    distance_km: Option<f64>,
}

/// Hours of one stretch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenSpanView {
    /// Opens at, `HH:MM`.
    #[schema(example = "07:30")]
    opens: String,
    /// Closes at, `HH:MM`.
    #[schema(example = "11:30")]
    closes: String,
}

/// A centre elsewhere that offers the procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OffererView {
    /// The centre and its level.
    #[serde(flatten)]
    centre: MapCentreView,
    /// Whether it lies in the same province.
    in_province: bool,
    /// Kilometres as the crow flies; null where unknown.
    #[schema(required, minimum = 0, example = 12.1)]
    distance_km: Option<f64>,
}

/// What one centre says about the procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MapCentreView {
    /// Permanent id of the centre.
    #[schema(example = "c18070")]
    id: String,
    /// Its name.
    #[schema(example = "Bộ phận Tiếp nhận và Trả kết quả phường Trần Phú")]
    name: String,
    /// Its tier.
    tier: TierCode,
    /// The units in which it lies on the day, from the province down to its own.
    units: Vec<UnitNameView>,
    /// `level` (offered, at the level beside), `offered` (level not known), `unknown`, `not_offered`, or `not_listed`
    /// (the centre says nothing about it).
    #[schema(example = "level", pattern = "^(level|offered|unknown|not_offered|not_listed)$")]
    state: &'static str,
    /// The level; null unless `state` is `level`. Of several cases the weakest.
    #[schema(required)]
    level: Option<LevelCode>,
    /// Its scheme; null exactly where `level` is.
    #[schema(required)]
    scheme: Option<SchemeCode>,
    /// From where one may file.
    boundary_free: BoundaryFreeCode,
}

/// A dossier item of which the source names originals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginalView {
    /// Heading it stands under, as published.
    #[schema(required)]
    group: Option<String>,
    /// What it is.
    #[schema(example = "Giấy chứng sinh")]
    name: String,
    /// How many originals.
    #[schema(minimum = 1, example = 1)]
    originals: u32,
    /// Whether it must be there; null where the source does not say.
    #[schema(required)]
    required: Option<bool>,
}

/// What the view is made from beside the answer.
pub(crate) struct WaysContext {
    pub(crate) as_of: NaiveDate,
    pub(crate) notice: Option<&'static str>,
    pub(crate) case: Option<String>,
    /// Whether the request gave coordinates.
    pub(crate) is_standing: bool,
}

impl WaysView {
    /// The answer to a request without a place: which province?
    pub(crate) fn without_place(
        procedure: ProcedureAt,
        provinces: Vec<UnitName>,
        context: WaysContext,
    ) -> Self {
        let ask = AskUnitView { tier: None, choices: views(provinces) };
        Self { ask: Some(ask), ..Self::empty(procedure, context) }
    }

    pub(crate) fn new(procedure: ProcedureAt, filing: Filing, context: WaysContext) -> Self {
        let Filing { place, answer, measures, alternatives, elsewhere, elsewhere_total, .. } = filing;
        let unit = place.unit.stored.record;
        let own = UnitName { code: unit.code, full_name: unit.full_name };
        let units: Vec<UnitName> = place.unit.ancestors.into_iter().chain([own]).collect();
        let ways = answer.ways.iter();
        let wording = Wording { as_of: context.as_of, scheme: None };
        let distances_from = match (measures, context.is_standing) {
            (true, true) => Some("standing"),
            (true, false) => Some("unit"),
            (false, _) => None,
        };
        Self {
            place: views(units),
            tiers: answer.tiers.iter().copied().map(Code).collect(),
            tiers_from: answer.basis.map(motcua_catalogue::TierBasis::as_str),
            no_responsible: answer.none.map(motcua_catalogue::NoResponsible::as_str),
            ways: ways.filter_map(|way| Some(way_view(way, answer.desks.get(way.desk)?))).collect(),
            ask: answer.ask.map(Into::into),
            cases: views(answer.cases),
            centres: answer.desks.into_iter().map(|desk| FilingCentreView::new(desk, wording)).collect(),
            alternatives_total: alternatives,
            elsewhere: views(elsewhere),
            elsewhere_total,
            originals: views(answer.originals),
            dossier_known: answer.knows_dossier,
            distances_from,
            ..Self::empty(procedure, context)
        }
    }

    fn empty(procedure: ProcedureAt, context: WaysContext) -> Self {
        let record = procedure.stored.record;
        Self {
            as_of: context.as_of,
            notice: context.notice,
            procedure: ProcedureNameView { code: record.code.into(), name: record.name },
            case: context.case,
            place: Vec::new(),
            tiers: Vec::new(),
            tiers_from: None,
            no_responsible: None,
            ask: None,
            cases: Vec::new(),
            ways: Vec::new(),
            centres: Vec::new(),
            alternatives_total: 0,
            elsewhere: Vec::new(),
            elsewhere_total: 0,
            originals: Vec::new(),
            dossier_known: !record.details.dossier.is_empty(),
            distances_from: None,
        }
    }
}

/// Kilometres with one decimal: a point in the middle of a commune does not carry more.
fn kilometres(metres: Option<u32>) -> Option<f64> {
    metres.map(|metres| f64::from((metres + 50) / 100) / 10.0)
}

fn way_view(way: &FilingWay, desk: &FilingDesk) -> WayView {
    let level = desk.listing.as_ref().and_then(|at| at.stored.record.level);
    WayView {
        kind: way.kind.as_str(),
        centre: desk.centre.stored.record.id.to_string(),
        relation: desk.relation.as_str(),
        level: level.map(|level| Code(level.level())),
        scheme: level.map(|level| Code(level.scheme())),
        derived: desk.derived.map(Into::into),
        link: way.link.clone(),
        time_limit: way.time_limit.as_ref().map(|(limit, _)| limit.clone().into()),
        time_limit_from: way.time_limit.as_ref().map(|(_, origin)| origin.as_str()),
        fees: way.fees.as_ref().map(|(fees, _)| views(fees.clone())),
        fees_from: way.fees.as_ref().map(|(_, origin)| origin.as_str()),
        stated: way.is_stated,
        distance_km: kilometres(desk.metres()),
    }
}

impl From<AskUnit> for AskUnitView {
    fn from(ask: AskUnit) -> Self {
        Self { tier: Some(Code(ask.tier)), choices: views(ask.choices) }
    }
}

impl From<FilingCaseChoice> for CaseChoiceView {
    fn from(choice: FilingCaseChoice) -> Self {
        Self { code: choice.code, name: choice.name }
    }
}

impl FilingCentreView {
    fn new(desk: FilingDesk, wording: Wording) -> Self {
        let centre = desk.centre.stored.record;
        Self {
            centre: CentreNameView {
                id: centre.id.into(),
                name: centre.name,
                tier: Code(centre.tier),
                unit: desk.centre.unit.into(),
                parent_unit: desk.centre.ancestors.last().cloned().map(Into::into),
            },
            relation: desk.relation.as_str(),
            listing: desk.listing.map(|listing| AvailabilityView::new(listing, wording)),
            paper: views(desk.paper),
            sites: views(desk.sites),
        }
    }
}

impl From<PaperPoint> for PaperPointView {
    fn from(paper: PaperPoint) -> Self {
        Self { point: paper.point, state: paper.state.map(Code) }
    }
}

impl From<SiteOnDay> for FilingSiteView {
    fn from(on_day: SiteOnDay) -> Self {
        let (state, hours, reason) = match on_day.hours {
            HoursOn::Unknown => ("unknown", Vec::new(), None),
            HoursOn::Closed { reason } => ("closed", Vec::new(), reason),
            HoursOn::Open { spans, reason } => ("open", views(spans), reason),
        };
        Self {
            name: on_day.site.name,
            address: on_day.site.address,
            phones: on_day.site.phones,
            state,
            hours,
            reason,
            distance_km: kilometres(on_day.metres),
        }
    }
}

impl From<OpeningHours> for OpenSpanView {
    fn from(span: OpeningHours) -> Self {
        Self { opens: span.opens, closes: span.closes }
    }
}

impl From<Offerer> for OffererView {
    fn from(offerer: Offerer) -> Self {
        Self {
            centre: offerer.centre.into(),
            in_province: offerer.is_in_province,
            distance_km: kilometres(offerer.metres),
        }
    }
}

impl From<CentreLevel> for MapCentreView {
    fn from(centre: CentreLevel) -> Self {
        let level = centre.state.and_then(ListingState::level);
        let state = match centre.state {
            Some(ListingState::Level(_)) => "level",
            Some(ListingState::Offered) => "offered",
            Some(ListingState::Unknown) => "unknown",
            Some(ListingState::NotOffered) => "not_offered",
            None => "not_listed",
        };
        Self {
            id: centre.centre.into(),
            name: centre.name,
            tier: Code(centre.tier),
            units: views(centre.units),
            state,
            level: level.map(|level| Code(level.level())),
            scheme: level.map(|level| Code(level.scheme())),
            boundary_free: Code(centre.boundary_free),
        }
    }
}

impl From<DossierItem> for OriginalView {
    fn from(item: DossierItem) -> Self {
        Self { group: item.group, name: item.name, originals: item.originals, required: item.required }
    }
}
