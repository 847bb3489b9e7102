//! Records by themselves in JSON, as a revision has them: what was said, without what other records say of it.

use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{
    Availability, Centre, Completeness, Procedure, ProcedureAgency, ProcedureDetails, UnitPeriod,
};

use crate::view::availability::{AvailabilityChannelView, ChecklistView, PartialReasonView};
use crate::view::centre::SiteView;
use crate::view::code::{
    AgencyRoleCode, BoundaryFreeCode, Code, LevelCode, OfferedCode, SchemeCode, ScopeCode, TierCode,
};
use crate::view::level::ProactiveLevelView;
use crate::view::part::{AssuranceView, PeriodView, SourceView, TimeLimitView, views};
use crate::view::procedure::{
    ApplicantView, CaseView, ChannelView, DossierItemView, LegalBasisView, OutcomeView, StepView,
};

/// What a centre said about a procedure or one case of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailabilityRecordView {
    /// Code of the procedure.
    #[schema(example = "1.001193")]
    procedure: String,
    /// Code of the case; null for the procedure as a whole.
    #[schema(required, example = "1.001193.02")]
    case: Option<String>,
    /// Id of the centre.
    #[schema(example = "c18070")]
    centre: String,
    /// Whether the centre offers it.
    offered: OfferedCode,
    /// How far online, as claimed by the source; null where unknown.
    #[schema(required)]
    level: Option<LevelCode>,
    /// The scheme of `level`; null exactly where `level` is.
    #[schema(required)]
    scheme: Option<SchemeCode>,
    /// Whether `level` was converted from the words of an older scheme and not stated in this one.
    #[schema(example = false)]
    converted: bool,
    /// How much the authority does unasked; null where nothing is recorded.
    #[schema(required)]
    proactive: Option<ProactiveLevelView>,
    /// Ways to file here, where the centre says more than the procedure.
    channels: Vec<AvailabilityChannelView>,
    /// The seven interaction points.
    checklist: ChecklistView,
    /// Why it is only partly online; null where it is not `partial` or no reason is recorded.
    #[schema(required)]
    partial_reason: Option<PartialReasonView>,
    /// Where one may file without living there (phi địa giới).
    boundary_free: BoundaryFreeCode,
    /// The days for which it holds.
    period: PeriodView,
    /// Number of the announcing decision.
    #[schema(required, example = "3005/QĐ-UBND")]
    decision: Option<String>,
    /// Addresses or documents that prove the claim.
    evidence: Vec<String>,
    /// Who checked it, when, and when it is due again.
    assurance: AssuranceView,
    /// Where the record comes from.
    source: SourceView,
}

impl From<Availability> for AvailabilityRecordView {
    fn from(record: Availability) -> Self {
        let Availability {
            procedure,
            case,
            centre,
            period,
            offered,
            level,
            converted,
            channels,
            checklist,
            partial_reason,
            proactive,
            boundary_free,
            decision,
            evidence,
            assurance,
            source,
        } = record;
        Self {
            procedure: procedure.into(),
            case,
            centre: centre.into(),
            offered: Code(offered),
            level: level.map(|level| Code(level.level())),
            scheme: level.map(|level| Code(level.scheme())),
            converted,
            proactive: proactive.map(Into::into),
            channels: views(channels),
            checklist: checklist.into(),
            partial_reason: partial_reason.map(Into::into),
            boundary_free: Code(boundary_free),
            period: period.into(),
            decision,
            evidence,
            assurance: assurance.into(),
            source: source.into(),
        }
    }
}

/// What a centre was recorded as.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreRecordView {
    /// Permanent id.
    #[schema(example = "p42")]
    id: String,
    /// Name.
    #[schema(example = "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh")]
    name: String,
    /// Its tier.
    tier: TierCode,
    /// Code of its unit during its period.
    #[schema(example = "42")]
    unit: String,
    /// From when to when it worked.
    period: PeriodView,
    /// Where it receives dossiers.
    sites: Vec<SiteView>,
    /// Address of its portal.
    #[schema(required, example = "https://dvc.example/p42")]
    portal: Option<String>,
    /// Remark.
    #[schema(required)]
    note: Option<String>,
    /// Where the record comes from.
    source: SourceView,
}

impl From<Centre> for CentreRecordView {
    fn from(record: Centre) -> Self {
        // Further columns of the source are for exchange and no part of the contract.
        let Centre { id, period, name, tier, unit, sites, portal, note, extra: _, source } = record;
        Self {
            id: id.into(),
            name,
            tier: Code(tier),
            unit: unit.into(),
            period: period.into(),
            sites: views(sites),
            portal,
            note,
            source: source.into(),
        }
    }
}

/// What a unit was recorded as for a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitRecordView {
    /// Code.
    #[schema(example = "18070")]
    code: String,
    /// Name with the kind.
    #[schema(example = "Phường Trần Phú")]
    name: String,
    /// Name without the kind.
    #[schema(example = "Trần Phú")]
    short_name: String,
    /// Kind in Vietnamese, lower case.
    #[schema(example = "phường")]
    kind: String,
    /// Its tier.
    tier: TierCode,
    /// Code of the unit above; null for a province.
    #[schema(required, example = "436")]
    parent: Option<String>,
    /// Code of the province.
    #[schema(example = "42")]
    province: String,
    /// Whether it is the same unit as the one that had the code on the day before.
    #[schema(example = false)]
    continues: bool,
    /// When it had this code, kind, name and parent.
    period: PeriodView,
    /// Latitude in degrees (WGS 84).
    #[schema(required, example = 18.3428)]
    lat: Option<f64>,
    /// Longitude in degrees (WGS 84).
    #[schema(required, example = 105.9057)]
    lon: Option<f64>,
    /// Where the record comes from.
    source: SourceView,
}

impl From<UnitPeriod> for UnitRecordView {
    fn from(record: UnitPeriod) -> Self {
        // Further columns of the source are for exchange and no part of the contract.
        let UnitPeriod {
            code,
            period,
            tier,
            kind,
            name,
            full_name,
            parent,
            province,
            continues,
            lat,
            lon,
            extra: _,
            source,
        } = record;
        Self {
            code: code.into(),
            name: full_name,
            short_name: name,
            kind,
            tier: Code(tier),
            parent: parent.map(Into::into),
            province: province.into(),
            continues,
            period: period.into(),
            lat,
            lon,
            source: source.into(),
        }
    }
}

/// What a procedure said during a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureRecordView {
    /// Code as published.
    #[schema(example = "1.001193")]
    code: String,
    /// Name.
    #[schema(example = "Thủ tục đăng ký khai sinh")]
    name: String,
    /// Keys of its fields, the main one first.
    fields: Vec<String>,
    /// Its agencies in their roles.
    agencies: Vec<AgencyKeyView>,
    /// Tiers that carry it out; empty where the source names none.
    tiers: Vec<TierCode>,
    /// Whether the tiers were inferred from the agency's name and not published.
    tiers_inferred: bool,
    /// For whom it is.
    applicants: Vec<ApplicantView>,
    /// Applicant groups that the source names in words of its own.
    other_applicants: Vec<String>,
    /// National, one province's own, or internal.
    scope: ScopeCode,
    /// When this text of the procedure holds.
    period: PeriodView,
    /// Whether the source gave the full text, or only a line of a list.
    complete: bool,
    /// Kind of procedure as published (loại thủ tục).
    #[schema(required)]
    kind: Option<String>,
    /// Short description.
    #[schema(required)]
    description: Option<String>,
    /// Number of the announcing decision.
    #[schema(required, example = "3005/QĐ-UBND")]
    decision: Option<String>,
    /// Order of steps (trình tự thực hiện).
    steps: Vec<StepView>,
    /// Ways to file (cách thức thực hiện), each with its time limit and fees.
    channels: Vec<ChannelView>,
    /// Time limit where the source gives one for all channels.
    #[schema(required)]
    time_limit: Option<TimeLimitView>,
    /// Fees as the source words them for the whole procedure.
    fee_notes: Vec<String>,
    /// Cases (trường hợp).
    cases: Vec<CaseView>,
    /// What to hand in (thành phần hồ sơ).
    dossier: Vec<DossierItemView>,
    /// The dossier as one text where the source's table could not be split with certainty.
    #[schema(required)]
    dossier_wording: Option<String>,
    /// What one gets (kết quả thực hiện).
    results: Vec<OutcomeView>,
    /// Requirements and conditions (yêu cầu, điều kiện).
    #[schema(required)]
    conditions: Option<String>,
    /// Legal basis (căn cứ pháp lý).
    legal_basis: Vec<LegalBasisView>,
    /// Keywords as published.
    keywords: Vec<String>,
    /// Related procedures, as published.
    related: Vec<String>,
    /// Keys of the life and business events that call for it.
    events: Vec<String>,
    /// Where dossiers are received, as published.
    #[schema(required)]
    receiving_address: Option<String>,
    /// Level that the national catalogue prints for the procedure as a whole, word for word.
    #[schema(required, example = "Toàn trình")]
    published_level: Option<String>,
    /// Whether the source says that it can only be done at the desk; null where it does not say.
    #[schema(required)]
    offline_only: Option<bool>,
    /// Whether it may be filed at any centre (phi địa giới); null where the source does not say.
    #[schema(required)]
    boundary_free: Option<bool>,
    /// Where the record comes from.
    source: SourceView,
}

/// Key of an agency (cơ quan) in one of its roles for a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgencyKeyView {
    /// What the agency does.
    role: AgencyRoleCode,
    /// Key.
    #[schema(example = "uy-ban-nhan-dan-cap-xa")]
    key: String,
}

impl From<ProcedureAgency> for AgencyKeyView {
    fn from(agency: ProcedureAgency) -> Self {
        Self { role: Code(agency.role), key: agency.agency.into() }
    }
}

impl From<Procedure> for ProcedureRecordView {
    fn from(record: Procedure) -> Self {
        let Procedure {
            code,
            period,
            name,
            fields,
            agencies,
            tiers,
            tiers_inferred,
            applicants,
            scope,
            details,
            source,
        } = record;
        // The portal's own marks are for exchange with it and no part of the contract.
        let ProcedureDetails {
            completeness,
            kind,
            description,
            decision_number,
            steps,
            channels,
            time_limit,
            fee_notes,
            cases,
            dossier,
            dossier_wording,
            results,
            conditions,
            legal_basis,
            keywords,
            related,
            events,
            receiving_address,
            published_level,
            offline_only,
            boundary_free,
            other_applicants,
            portal: _,
        } = details;
        Self {
            code: code.into(),
            name,
            fields: fields.into_iter().map(Into::into).collect(),
            agencies: views(agencies),
            tiers: tiers.into_iter().map(Code).collect(),
            tiers_inferred,
            applicants: views(applicants),
            other_applicants,
            scope: Code(scope),
            period: period.into(),
            complete: completeness == Completeness::Full,
            kind,
            description,
            decision: decision_number,
            steps: steps.into_iter().map(|step| StepView { text: step.text }).collect(),
            channels: views(channels),
            time_limit: time_limit.map(Into::into),
            fee_notes,
            cases: views(cases),
            dossier: views(dossier),
            dossier_wording,
            results: views(results),
            conditions,
            legal_basis: views(legal_basis),
            keywords,
            related,
            events: events.into_iter().map(Into::into).collect(),
            receiving_address,
            published_level,
            offline_only,
            boundary_free,
            source: source.into(),
        }
    }
}
