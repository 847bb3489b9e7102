//! Availability in JSON.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{
    Availability, AvailabilityAt, AvailabilityChannel, Checklist, DerivedLevel, OnlineLevel, PartialReason,
    Scheme, Stored,
};

use crate::view::code::{
    BoundaryFreeCode, Code, LevelCode, MethodCode, OfferedCode, PartialReasonCode, PointStateCode,
    SchemeCode, TierCode,
};
use crate::view::level::{LevelInSchemeView, ProactiveLevelView};
use crate::view::part::{AssuranceView, FeeView, PeriodView, SourceView, TimeLimitView, UnitNameView, views};

/// Availability (cung cấp tại đơn vị): one procedure, or one case of it, at one centre during one period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailabilityView {
    /// The procedure.
    pub(crate) procedure: ProcedureNameView,
    /// Code of the case; null for the procedure as a whole.
    #[schema(required, example = "1.001193.02")]
    pub(crate) case: Option<String>,
    /// The centre.
    pub(crate) centre: CentreNameView,
    /// Whether the centre offers it.
    pub(crate) offered: OfferedCode,
    /// How far online, as claimed by the source; null where unknown.
    #[schema(required)]
    pub(crate) level: Option<LevelCode>,
    /// The scheme of `level`; null exactly where `level` is.
    #[schema(required)]
    pub(crate) scheme: Option<SchemeCode>,
    /// Whether a dossier can be sent online at this level; null where the level is unknown.
    #[schema(required)]
    pub(crate) online: Option<bool>,
    /// Whether `level` was converted from the words of an older scheme (mức độ 3 to một phần, 4 to toàn trình) and not
    /// stated in this one. Such a conversion is practice, not law.
    #[schema(example = false)]
    pub(crate) converted: bool,
    /// The level that the check-list allows in the same scheme. It stands beside the claimed one and never replaces
    /// it; null where no level is claimed or a point was not assessed.
    #[schema(required)]
    pub(crate) derived: Option<DerivedLevelView>,
    /// How the claimed level differs from the derived one; null where it does not, or where none is derived.
    #[schema(
        required,
        example = "claimed_above_derived",
        pattern = "^(claimed_above_derived|claimed_below_derived)$"
    )]
    pub(crate) level_warning: Option<&'static str>,
    /// The claimed level in the words of the scheme that `scheme=` asks for; null without it, and where no level is
    /// claimed.
    #[schema(required)]
    pub(crate) in_scheme: Option<LevelInSchemeView>,
    /// How much the authority does unasked (NĐ 224/2026/NĐ-CP Art. 16); null where nothing is recorded. It has nothing
    /// to do with `level`.
    #[schema(required)]
    pub(crate) proactive: Option<ProactiveLevelView>,
    /// Ways to file here, where the centre says more than the procedure.
    pub(crate) channels: Vec<AvailabilityChannelView>,
    /// The seven interaction points.
    pub(crate) checklist: ChecklistView,
    /// Why it is only partly online; null where it is not `partial` or no reason is recorded.
    #[schema(required)]
    pub(crate) partial_reason: Option<PartialReasonView>,
    /// Whether it is `partial` on a day from 1 July 2026 on without the reason that NĐ 224/2026/NĐ-CP Art. 14 wants to be
    /// published.
    #[schema(example = false)]
    pub(crate) reason_missing: bool,
    /// Where one may file without living there (phi địa giới).
    pub(crate) boundary_free: BoundaryFreeCode,
    /// When it holds.
    pub(crate) period: PeriodView,
    /// Number of the announcing decision.
    #[schema(required, example = "3005/QĐ-UBND")]
    pub(crate) decision: Option<String>,
    /// Addresses or documents that prove the claim.
    pub(crate) evidence: Vec<String>,
    /// Who checked it, when, and when it is due again.
    pub(crate) assurance: AssuranceView,
    /// Where the record comes from.
    pub(crate) source: SourceView,
    /// Version of the record, raised by every change.
    #[schema(minimum = 1, example = 1)]
    pub(crate) version: u32,
    /// When the record last changed.
    pub(crate) changed_at: DateTime<Utc>,
}

/// A level that follows from the check-list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DerivedLevelView {
    /// The level.
    pub(crate) level: LevelCode,
    /// Its scheme, that of the claim.
    pub(crate) scheme: SchemeCode,
    /// The point of the check-list that keeps it from being higher; null at the highest level.
    #[schema(required, example = "pay")]
    pub(crate) deciding_point: Option<&'static str>,
}

impl From<DerivedLevel> for DerivedLevelView {
    fn from(derived: DerivedLevel) -> Self {
        let DerivedLevel { level, deciding_point } = derived;
        Self { level: Code(level.level()), scheme: Code(level.scheme()), deciding_point }
    }
}

/// The code of a difference between a claimed and a derived level of one scheme.
fn level_warning(claimed: Option<OnlineLevel>, derived: Option<DerivedLevel>) -> Option<&'static str> {
    match claimed?.rank().cmp(&derived?.level.rank()) {
        Ordering::Greater => Some("claimed_above_derived"),
        Ordering::Less => Some("claimed_below_derived"),
        Ordering::Equal => None,
    }
}

/// Code and name of a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureNameView {
    /// Code as published.
    #[schema(example = "1.001193")]
    pub(crate) code: String,
    /// Name on the day.
    #[schema(example = "Đăng ký khai sinh")]
    pub(crate) name: String,
}

/// Id, name and place of a centre.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreNameView {
    /// Permanent id.
    #[schema(example = "c18070")]
    pub(crate) id: String,
    /// Name.
    #[schema(example = "Bộ phận Tiếp nhận và Trả kết quả phường Trần Phú")]
    pub(crate) name: String,
    /// Its tier.
    pub(crate) tier: TierCode,
    /// Its unit.
    pub(crate) unit: UnitNameView,
    /// The unit above; null for a province.
    #[schema(required)]
    pub(crate) parent_unit: Option<UnitNameView>,
}

/// A way to file at this centre.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailabilityChannelView {
    /// How the dossier is filed.
    pub(crate) method: MethodCode,
    /// Address of the online form.
    #[schema(required, example = "https://dvc.example/p42")]
    pub(crate) link: Option<String>,
    /// Time limit here; null where it is the procedure's.
    #[schema(required)]
    pub(crate) time_limit: Option<TimeLimitView>,
    /// Fees here; empty where they are the procedure's.
    pub(crate) fees: Vec<FeeView>,
}

impl From<AvailabilityChannel> for AvailabilityChannelView {
    fn from(channel: AvailabilityChannel) -> Self {
        Self {
            method: Code(channel.method),
            link: channel.link,
            time_limit: channel.time_limit.map(Into::into),
            fees: views(channel.fees),
        }
    }
}

/// The seven interaction points; null where one was not assessed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChecklistView {
    /// Find and understand (tìm và hiểu).
    #[schema(required)]
    pub(crate) find: Option<PointStateCode>,
    /// Sign in (đăng nhập, định danh).
    #[schema(required)]
    pub(crate) sign_in: Option<PointStateCode>,
    /// Fill in and submit (kê khai và nộp).
    #[schema(required)]
    pub(crate) submit: Option<PointStateCode>,
    /// Pay (thanh toán).
    #[schema(required)]
    pub(crate) pay: Option<PointStateCode>,
    /// Follow and supplement (theo dõi, bổ sung).
    #[schema(required)]
    pub(crate) follow: Option<PointStateCode>,
    /// Receive the result (nhận kết quả): `online` is whatever spares the way to the office, electronically or by public
    /// post.
    #[schema(required)]
    pub(crate) receive: Option<PointStateCode>,
    /// Complain and rate (phản ánh, đánh giá).
    #[schema(required)]
    pub(crate) complain: Option<PointStateCode>,
}

impl From<Checklist> for ChecklistView {
    fn from(list: Checklist) -> Self {
        let [find, sign_in, submit, pay, follow, receive, complain] =
            list.states().map(|state| state.map(Code));
        Self { find, sign_in, submit, pay, follow, receive, complain }
    }
}

/// Published reason for một phần.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartialReasonView {
    /// Which of the four kinds.
    pub(crate) kind: PartialReasonCode,
    /// Clause of the specialist law.
    pub(crate) clause: String,
    /// The reason in words.
    pub(crate) text: String,
}

impl From<PartialReason> for PartialReasonView {
    fn from(reason: PartialReason) -> Self {
        Self { kind: Code(reason.kind), clause: reason.clause, text: reason.text }
    }
}

/// On which day and in which words a listing is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wording {
    /// The day.
    pub(crate) as_of: NaiveDate,
    /// The scheme that `scheme=` asks for.
    pub(crate) scheme: Option<Scheme>,
}

impl Wording {
    /// Turns a list into its views.
    pub(crate) fn views(self, list: Vec<AvailabilityAt>) -> Vec<AvailabilityView> {
        list.into_iter().map(|at| AvailabilityView::new(at, self)).collect()
    }
}

impl AvailabilityView {
    /// The view of a listing.
    pub(crate) fn new(at: AvailabilityAt, wording: Wording) -> Self {
        let AvailabilityAt { stored, procedure_name, centre_name, centre_tier, unit, parent_unit } = at;
        let Stored { version, changed_at, record, .. } = stored;
        let derived = record.derived_level();
        let reason_missing = record.lacks_reason_on(wording.as_of);
        let in_scheme = wording.scheme.and_then(|scheme| LevelInSchemeView::of(&record, scheme));
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
            procedure: ProcedureNameView { code: procedure.into(), name: procedure_name },
            case,
            centre: CentreNameView {
                id: centre.into(),
                name: centre_name,
                tier: Code(centre_tier),
                unit: unit.into(),
                parent_unit: parent_unit.map(Into::into),
            },
            offered: Code(offered),
            level: level.map(|level| Code(level.level())),
            scheme: level.map(|level| Code(level.scheme())),
            online: level.map(OnlineLevel::is_online),
            converted,
            derived: derived.map(Into::into),
            level_warning: level_warning(level, derived),
            in_scheme,
            proactive: proactive.map(Into::into),
            channels: views(channels),
            checklist: checklist.into(),
            partial_reason: partial_reason.map(Into::into),
            reason_missing,
            boundary_free: Code(boundary_free),
            period: period.into(),
            decision,
            evidence,
            assurance: assurance.into(),
            source: source.into(),
            version,
            changed_at,
        }
    }
}
