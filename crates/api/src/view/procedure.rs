//! One procedure in JSON, with all its parts.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{
    Agency, AgencyRole, Applicant, Case, Channel, Completeness, DossierItem, LegalBasis, Outcome, Procedure,
    ProcedureAt, ProcedureDetails, Scheme, Stored,
};
use motcua_search::LevelSpread;

use crate::view::code::{AgencyRoleCode, ApplicantCode, Code, MethodCode, ScopeCode, TierCode};
use crate::view::level::LevelSpreadView;
use crate::view::part::{FeeView, FieldView, PeriodView, SourceView, TimeLimitView, views};

/// Administrative procedure (thủ tục hành chính) as it holds on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureView {
    /// Day on which the procedure was looked at.
    #[schema(example = "2021-03-01")]
    pub(crate) as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) notice: Option<&'static str>,
    /// Code as published. It is the base code where a suffixed one was asked for and has no record of its own.
    #[schema(example = "1.001193")]
    pub(crate) code: String,
    /// Name.
    #[schema(example = "Thủ tục đăng ký khai sinh")]
    pub(crate) name: String,
    /// Its fields, the main one first.
    pub(crate) fields: Vec<FieldView>,
    /// Its agencies in their roles.
    pub(crate) agencies: Vec<AgencyView>,
    /// Tiers that carry it out; empty where the source names none.
    pub(crate) tiers: Vec<TierCode>,
    /// Whether the tiers were inferred from the agency's name and not published.
    pub(crate) tiers_inferred: bool,
    /// For whom it is.
    pub(crate) applicants: Vec<ApplicantView>,
    /// Applicant groups that the source names in words of its own; the filter `applicant` does not know them.
    pub(crate) other_applicants: Vec<String>,
    /// National, one province's own, or internal.
    pub(crate) scope: ScopeCode,
    /// When this text of the procedure holds.
    pub(crate) period: PeriodView,
    /// Further periods of the same procedure, oldest first; ask with one of their days as `as_of`.
    pub(crate) other_periods: Vec<PeriodView>,
    /// How far online over all centres of the country on the day. One centre's answer is in its availability.
    pub(crate) levels: LevelSpreadView,
    /// Whether the source gave the full text, or only a line of a list: then the parts below are empty because
    /// nobody has said, not because there is nothing.
    pub(crate) complete: bool,
    /// Kind of procedure as published (loại thủ tục).
    #[schema(required)]
    pub(crate) kind: Option<String>,
    /// Short description.
    #[schema(required)]
    pub(crate) description: Option<String>,
    /// Number of the announcing decision.
    #[schema(required, example = "3005/QĐ-UBND")]
    pub(crate) decision: Option<String>,
    /// Order of steps (trình tự thực hiện).
    pub(crate) steps: Vec<StepView>,
    /// Ways to file (cách thức thực hiện), each with its time limit and fees.
    pub(crate) channels: Vec<ChannelView>,
    /// Time limit where the source gives one for all channels.
    #[schema(required)]
    pub(crate) time_limit: Option<TimeLimitView>,
    /// Fees as the source words them for the whole procedure.
    pub(crate) fee_notes: Vec<String>,
    /// Cases (trường hợp).
    pub(crate) cases: Vec<CaseView>,
    /// What to hand in (thành phần hồ sơ).
    pub(crate) dossier: Vec<DossierItemView>,
    /// The dossier as one text where the source's table could not be split with certainty.
    #[schema(required)]
    pub(crate) dossier_wording: Option<String>,
    /// What one gets (kết quả thực hiện).
    pub(crate) results: Vec<OutcomeView>,
    /// Requirements and conditions (yêu cầu, điều kiện).
    #[schema(required)]
    pub(crate) conditions: Option<String>,
    /// Legal basis (căn cứ pháp lý).
    pub(crate) legal_basis: Vec<LegalBasisView>,
    /// Keywords as published.
    pub(crate) keywords: Vec<String>,
    /// Related procedures, as published.
    pub(crate) related: Vec<String>,
    /// Keys of the life and business events that call for it.
    pub(crate) events: Vec<String>,
    /// Where dossiers are received, as published.
    #[schema(required)]
    pub(crate) receiving_address: Option<String>,
    /// Level that the national catalogue prints for the procedure as a whole, word for word. It names no scheme and
    /// no centre: see `levels`.
    #[schema(required, example = "Toàn trình")]
    pub(crate) published_level: Option<String>,
    /// Whether the source says that it can only be done at the desk; null where it does not say.
    #[schema(required)]
    pub(crate) offline_only: Option<bool>,
    /// Whether it may be filed at any centre (phi địa giới); null where the source does not say.
    #[schema(required)]
    pub(crate) boundary_free: Option<bool>,
    /// Where the record comes from.
    pub(crate) source: SourceView,
    /// Version of the record, raised by every change.
    #[schema(minimum = 1, example = 1)]
    pub(crate) version: u32,
    /// When the record last changed.
    pub(crate) changed_at: DateTime<Utc>,
}

/// What the view of a procedure is made from beside the record.
pub(crate) struct ProcedureContext {
    pub(crate) as_of: NaiveDate,
    pub(crate) notice: Option<&'static str>,
    pub(crate) levels: LevelSpread,
    pub(crate) scheme: Option<Scheme>,
}

impl ProcedureView {
    pub(crate) fn new(at: ProcedureAt, context: ProcedureContext) -> Self {
        let ProcedureAt { stored, fields, agencies, periods, .. } = at;
        let Stored { version, changed_at, record, .. } = stored;
        let Procedure {
            code, period, name, tiers, tiers_inferred, applicants, scope, details, source, ..
        } = record;
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
            as_of: context.as_of,
            notice: context.notice,
            code: code.into(),
            name,
            fields: views(fields),
            agencies: views(agencies),
            tiers: tiers.into_iter().map(Code).collect(),
            tiers_inferred,
            applicants: views(applicants),
            other_applicants,
            scope: Code(scope),
            period: period.into(),
            other_periods: views(periods.into_iter().filter(|other| *other != period).collect()),
            levels: LevelSpreadView::said_in(context.levels, context.scheme),
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
            version,
            changed_at,
        }
    }
}

/// An agency (cơ quan) in one of its roles for a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgencyView {
    /// What the agency does.
    pub(crate) role: AgencyRoleCode,
    /// Key.
    #[schema(example = "uy-ban-nhan-dan-cap-xa")]
    pub(crate) key: String,
    /// Name as published.
    #[schema(example = "Ủy ban nhân dân cấp xã")]
    pub(crate) name: String,
}

impl From<(AgencyRole, Agency)> for AgencyView {
    fn from((role, agency): (AgencyRole, Agency)) -> Self {
        Self { role: Code(role), key: agency.slug.into(), name: agency.name }
    }
}

/// Applicant group (đối tượng thực hiện).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicantView {
    /// Code, for the filter `applicant`.
    pub(crate) code: ApplicantCode,
    /// The words of the national catalogue.
    #[schema(example = "Công dân Việt Nam")]
    pub(crate) name: &'static str,
}

impl From<Applicant> for ApplicantView {
    fn from(applicant: Applicant) -> Self {
        Self { code: Code(applicant), name: applicant.vietnamese() }
    }
}

/// One step (bước).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StepView {
    /// What happens, as published.
    pub(crate) text: String,
}

/// Way to file (cách thức thực hiện).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelView {
    /// How the dossier is filed.
    pub(crate) method: MethodCode,
    /// Time limit on this channel.
    #[schema(required)]
    pub(crate) time_limit: Option<TimeLimitView>,
    /// A number that the source prints without its unit; kept, not interpreted.
    #[schema(required)]
    pub(crate) time_quantity_without_unit: Option<String>,
    /// Fees on this channel.
    pub(crate) fees: Vec<FeeView>,
    /// Remark as published.
    #[schema(required)]
    pub(crate) note: Option<String>,
}

impl From<Channel> for ChannelView {
    fn from(channel: Channel) -> Self {
        Self {
            method: Code(channel.method),
            time_limit: channel.time_limit.map(Into::into),
            time_quantity_without_unit: channel.time_quantity_without_unit,
            fees: views(channel.fees),
            note: channel.note,
        }
    }
}

/// Case (trường hợp) of a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// Code as published.
    #[schema(example = "1.001193.02")]
    pub(crate) code: String,
    /// Name of the case.
    pub(crate) name: String,
    /// Its own time limit.
    #[schema(required)]
    pub(crate) time_limit: Option<TimeLimitView>,
    /// Its own fees, where they differ.
    pub(crate) fees: Vec<FeeView>,
}

impl From<Case> for CaseView {
    fn from(case: Case) -> Self {
        Self {
            code: case.code,
            name: case.name,
            time_limit: case.time_limit.map(Into::into),
            fees: views(case.fees),
        }
    }
}

/// Dossier item (thành phần hồ sơ).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DossierItemView {
    /// Group or case heading it stands under, as published.
    #[schema(required)]
    pub(crate) group: Option<String>,
    /// What to hand in.
    #[schema(example = "Tờ khai đăng ký khai sinh theo mẫu")]
    pub(crate) name: String,
    /// Originals to hand in.
    #[schema(example = 1)]
    pub(crate) originals: u32,
    /// Copies to hand in.
    #[schema(example = 0)]
    pub(crate) copies: u32,
    /// Whether it must be there; null where the source does not say.
    #[schema(required)]
    pub(crate) required: Option<bool>,
    /// Whether there is a form to fill in.
    pub(crate) has_form: bool,
    /// File names of the forms; null where the source lists none.
    #[schema(required)]
    pub(crate) form_files: Option<Vec<String>>,
    /// Code of the component in the national list.
    #[schema(required)]
    pub(crate) component_code: Option<String>,
}

impl From<DossierItem> for DossierItemView {
    fn from(item: DossierItem) -> Self {
        let DossierItem { group, name, originals, copies, required, has_form, form_files, component_code } =
            item;
        Self { group, name, originals, copies, required, has_form, form_files, component_code }
    }
}

/// Result (kết quả thực hiện).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutcomeView {
    /// The paper or entry one gets.
    #[schema(example = "Giấy khai sinh")]
    pub(crate) name: String,
    /// Code of the result in the national list.
    #[schema(required)]
    pub(crate) code: Option<String>,
}

impl From<Outcome> for OutcomeView {
    fn from(outcome: Outcome) -> Self {
        Self { name: outcome.name, code: outcome.code }
    }
}

/// Legal basis (căn cứ pháp lý).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LegalBasisView {
    /// Number of the text; null where the source prints none.
    #[schema(required, example = "123/2015/NĐ-CP")]
    pub(crate) number: Option<String>,
    /// Title.
    #[schema(required)]
    pub(crate) title: Option<String>,
    /// Date as published, in whatever form.
    #[schema(required)]
    pub(crate) date: Option<String>,
    /// Who issued it.
    #[schema(required, example = "Chính phủ")]
    pub(crate) issuer: Option<String>,
}

impl From<LegalBasis> for LegalBasisView {
    fn from(basis: LegalBasis) -> Self {
        let LegalBasis { number, title, date, issuer } = basis;
        Self { number, title, date, issuer }
    }
}
