//! Availability: how far a procedure can be done online at a centre, during a period. The heart of the catalogue.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::code::{CentreId, ProcedureCode};
use crate::fee::Fee;
use crate::legal_text::REASON_REQUIRED_FROM;
use crate::level::{Level, OnlineLevel, Scheme};
use crate::period::Period;
use crate::proactive::ProactiveLevel;
use crate::procedure::Method;
use crate::source::{Assurance, Source};
use crate::time_limit::TimeLimit;

/// Availability (cung cấp tại đơn vị): procedure (and case) × centre × period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Availability {
    /// The procedure.
    pub procedure: ProcedureCode,
    /// Code of the case; absent for the procedure as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The centre.
    pub centre: CentreId,
    /// When it holds. Periods of one procedure, case and centre never overlap.
    pub period: Period,
    /// Whether the centre offers the procedure.
    pub offered: Offered,
    /// How far online, as claimed by the source. Absent where unknown; only with `offered` = yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<OnlineLevel>,
    /// Whether the level was converted from another scheme's words (3 to một phần, 4 to toàn trình) and not stated in
    /// this one. Such a conversion is practice, not law.
    #[serde(default, skip_serializing_if = "is_false")]
    pub converted: bool,
    /// Ways to file here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<AvailabilityChannel>,
    /// The seven interaction points.
    #[serde(default, skip_serializing_if = "Checklist::is_empty")]
    pub checklist: Checklist,
    /// Why it is only partly online (NĐ 224/2026/NĐ-CP Art. 14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_reason: Option<PartialReason>,
    /// How much of it the authority does unasked (NĐ 224/2026/NĐ-CP Art. 16); another scheme than `level`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proactive: Option<ProactiveLevel>,
    /// Where one may file without living there (phi địa giới).
    #[serde(default, skip_serializing_if = "BoundaryFree::is_unknown")]
    pub boundary_free: BoundaryFree,
    /// Number of the announcing decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Addresses or documents that prove the claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Who checked it.
    #[serde(default)]
    pub assurance: Assurance,
    /// Where the record comes from.
    pub source: Source,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Whether a centre offers a procedure. Unknown is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offered {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Nobody has said.
    Unknown,
}

impl Offered {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unknown];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// A way to file at this centre, where it says more than the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityChannel {
    /// How the dossier is filed.
    pub method: Method,
    /// Address of the online form: http or https, without user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Time limit here, where it differs from the procedure's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<TimeLimit>,
    /// Fees here, where they differ from the procedure's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
}

/// How one interaction point can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointState {
    /// Online.
    Online,
    /// Partly online.
    Partly,
    /// At the desk.
    Desk,
    /// Does not occur in this procedure.
    NotApplicable,
}

impl PointState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Online, Self::Partly, Self::Desk, Self::NotApplicable];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Partly => "partly",
            Self::Desk => "desk",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// The seven interaction points (after Canada's service inventory, adapted). Absent where not assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checklist {
    /// Find and understand (tìm và hiểu).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub find: Option<PointState>,
    /// Sign in (đăng nhập, định danh).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<PointState>,
    /// Fill in and submit (kê khai và nộp).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit: Option<PointState>,
    /// Pay (thanh toán).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay: Option<PointState>,
    /// Follow and supplement (theo dõi, bổ sung).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<PointState>,
    /// Receive the result (nhận kết quả). Online is whatever spares the way to the office: electronically or by public
    /// post, as toàn trình allows (NĐ 42/2022/NĐ-CP Art. 11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receive: Option<PointState>,
    /// Complain and rate (phản ánh, đánh giá).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complain: Option<PointState>,
}

impl Checklist {
    /// Names of the seven points, in order.
    pub const POINTS: [&'static str; 7] =
        ["find", "sign_in", "submit", "pay", "follow", "receive", "complain"];

    /// The seven states, in the order of [`POINTS`](Self::POINTS).
    #[must_use]
    pub fn states(self) -> [Option<PointState>; 7] {
        [self.find, self.sign_in, self.submit, self.pay, self.follow, self.receive, self.complain]
    }

    /// Makes a check-list from seven states in the order of [`POINTS`](Self::POINTS).
    #[must_use]
    pub fn from_states(states: [Option<PointState>; 7]) -> Self {
        let [find, sign_in, submit, pay, follow, receive, complain] = states;
        Self { find, sign_in, submit, pay, follow, receive, complain }
    }

    fn is_empty(&self) -> bool {
        self.states().iter().all(Option::is_none)
    }
}

/// Why a service is only partly online: the four kinds of NĐ 224/2026/NĐ-CP Art. 14.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartialReasonKind {
    /// Presence at the office is required.
    PresenceRequired,
    /// Verification on site is required.
    OnSiteVerification,
    /// A technical fault that cannot be fixed at once.
    TechnicalFault,
    /// Other technical problems.
    OtherTechnical,
}

impl PartialReasonKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::PresenceRequired, Self::OnSiteVerification, Self::TechnicalFault, Self::OtherTechnical];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PresenceRequired => "presence_required",
            Self::OnSiteVerification => "on_site_verification",
            Self::TechnicalFault => "technical_fault",
            Self::OtherTechnical => "other_technical",
        }
    }
}

/// Published reason for một phần.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialReason {
    /// Which of the four kinds.
    pub kind: PartialReasonKind,
    /// Clause of the specialist law.
    pub clause: String,
    /// The reason in words.
    pub text: String,
}

impl PartialReason {
    fn is_empty(&self) -> bool {
        self.clause.trim().is_empty() || self.text.trim().is_empty()
    }
}

/// From where a dossier may be filed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundaryFree {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Only from the centre's own area.
    None,
    /// From the whole province.
    Province,
    /// From the whole country.
    Nation,
}

impl BoundaryFree {
    /// Every answer.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::None, Self::Province, Self::Nation];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Province => "province",
            Self::Nation => "nation",
        }
    }

    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// A combination of values that no availability may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InconsistentAvailability {
    /// A level on a listing that is not offered or unknown.
    #[error("a level is given although the procedure is not marked as offered")]
    LevelWithoutOffer,
    /// `một phần` under NĐ 224/2026, or in other words from 1 July 2026 on, without its reason.
    #[error("một phần needs a reason from 1 July 2026 on (NĐ 224/2026/NĐ-CP Art. 14)")]
    PartialWithoutReason,
    /// A reason without its clause of the law or without words.
    #[error("the reason for một phần needs the clause of the law and its words (NĐ 224/2026/NĐ-CP Art. 14)")]
    EmptyReason,
    /// The words of a text that was signed only later.
    #[error("the scheme {} did not exist yet: it was signed on {}", .0.as_str(), .0.legal_text().signed_on)]
    SchemeNotYetSigned(Scheme),
    /// A proactive level where nothing is offered, or before such levels existed.
    #[error("a proactive level needs an offer and a period from 1 July 2026 on (NĐ 224/2026/NĐ-CP Art. 16)")]
    ProactiveOutOfPlace,
    /// A reason although the level is not một phần.
    #[error("a reason for một phần is given although the level is not partial")]
    ReasonWithoutPartial,
    /// A mark of conversion without a level that was converted.
    #[error("a level is marked as converted although none is given, or its scheme is the oldest")]
    NothingConverted,
    /// A beginning is missing.
    #[error("an availability needs its first day")]
    NoFirstDay,
    /// A link that is not a plain web address.
    #[error("{0:?} is not an http or https address without a user name")]
    UnsafeLink(String),
    /// The same way to file twice.
    #[error("the channel {0} is given twice")]
    DuplicateChannel(&'static str),
}

impl Availability {
    /// Checks the rules that hold within one record.
    pub fn check(&self) -> Result<(), InconsistentAvailability> {
        if self.period.valid_from().is_none() {
            return Err(InconsistentAvailability::NoFirstDay);
        }
        if self.level.is_some() && self.offered != Offered::Yes {
            return Err(InconsistentAvailability::LevelWithoutOffer);
        }
        if self.converted && self.level.is_none_or(|level| level.scheme() == Scheme::Nd43) {
            return Err(InconsistentAvailability::NothingConverted);
        }
        let partial = self.level.is_some_and(|level| level.level() == Level::Partial);
        if self.partial_reason.is_some() && !partial {
            return Err(InconsistentAvailability::ReasonWithoutPartial);
        }
        let begins_later = self.period.valid_from().is_some_and(|from| from >= REASON_REQUIRED_FROM);
        let needs_reason =
            partial && (begins_later || self.level.is_some_and(|level| level.scheme() == Scheme::Nd224));
        if needs_reason && self.partial_reason.is_none() {
            return Err(InconsistentAvailability::PartialWithoutReason);
        }
        if self.partial_reason.as_ref().is_some_and(PartialReason::is_empty) {
            return Err(InconsistentAvailability::EmptyReason);
        }
        if let Some(level) = self.level
            && self.period.valid_from().is_some_and(|from| from < level.scheme().legal_text().signed_on)
        {
            return Err(InconsistentAvailability::SchemeNotYetSigned(level.scheme()));
        }
        if self.proactive.is_some() && (self.offered != Offered::Yes || !begins_later) {
            return Err(InconsistentAvailability::ProactiveOutOfPlace);
        }
        for (place, channel) in self.channels.iter().enumerate() {
            if self.channels[..place].iter().any(|other| other.method == channel.method) {
                return Err(InconsistentAvailability::DuplicateChannel(channel.method.as_str()));
            }
            if let Some(link) = &channel.link
                && !is_web_address(link)
            {
                return Err(InconsistentAvailability::UnsafeLink(link.clone()));
            }
        }
        Ok(())
    }
}

impl Availability {
    /// Whether it stands as một phần on a day on which the reason must be published, and none is. Listings from before
    /// that day have none; readers are told.
    #[must_use]
    pub fn lacks_reason_on(&self, day: NaiveDate) -> bool {
        day >= REASON_REQUIRED_FROM
            && self.partial_reason.is_none()
            && self.level.is_some_and(|level| level.level() == Level::Partial)
    }
}

/// Whether a text is an http or https address with a host, without user name and white space.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty()
        && !host.contains('@')
        && host.contains('.')
        && text.len() <= 2000
        && !text.contains(['"', '<', '>', '\\', '`'])
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::source::SourceKind;

    /// A listing that says nothing but that it is offered from 2020 on.
    pub(crate) fn listing() -> Availability {
        Availability {
            procedure: "1.001193".parse().expect("a code"),
            case: None,
            centre: "p42".parse().expect("an id"),
            period: Period::since("2024-01-01".parse().expect("a day")),
            offered: Offered::Yes,
            level: None,
            converted: false,
            channels: Vec::new(),
            checklist: Checklist::default(),
            partial_reason: None,
            proactive: None,
            boundary_free: BoundaryFree::Unknown,
            decision: None,
            evidence: Vec::new(),
            assurance: Assurance::default(),
            source: Source { kind: SourceKind::Dataset, citation: "test".to_owned(), retrieved_on: None },
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn from_july_2026_on_mot_phan_says_why_in_whatever_words() {
        let mut partial = listing();
        partial.level = OnlineLevel::new(Scheme::Nd42, Level::Partial).ok();
        assert_eq!(partial.check(), Ok(()));
        assert!(!partial.lacks_reason_on(day("2026-06-30")) && partial.lacks_reason_on(day("2026-07-01")));
        partial.period = Period::since(day("2026-07-01"));
        assert_eq!(partial.check(), Err(InconsistentAvailability::PartialWithoutReason));
        let reason = |clause: &str, text: &str| PartialReason {
            kind: PartialReasonKind::OnSiteVerification,
            clause: clause.to_owned(),
            text: text.to_owned(),
        };
        for (clause, text) in [("", "xác minh"), ("Điều 5", " ")] {
            partial.partial_reason = Some(reason(clause, text));
            assert_eq!(partial.check(), Err(InconsistentAvailability::EmptyReason));
        }
        partial.partial_reason = Some(reason("Điều 5 Luật Đất đai", "xác minh thực địa"));
        assert_eq!(partial.check(), Ok(()));
        assert!(!partial.lacks_reason_on(day("2026-07-01")));
    }

    #[test]
    fn nobody_used_words_before_they_were_written() {
        let mut early = listing();
        early.period = Period::since(day("2022-06-23"));
        early.level = OnlineLevel::new(Scheme::Nd42, Level::Full).ok();
        assert_eq!(early.check(), Err(InconsistentAvailability::SchemeNotYetSigned(Scheme::Nd42)));
        early.period = Period::since(day("2022-06-24"));
        assert_eq!(early.check(), Ok(()));
    }

    #[test]
    fn proactive_levels_are_no_online_levels() {
        let mut record = listing();
        record.proactive = Some(ProactiveLevel::Recommend);
        assert_eq!(record.check(), Err(InconsistentAvailability::ProactiveOutOfPlace));
        record.period = Period::since(day("2026-07-01"));
        assert_eq!(record.check(), Ok(()));
        // A proactive level says nothing of how far online: neither a level, nor a conversion, nor an online service.
        assert_eq!((record.level, record.derived_level()), (None, None));
        assert!(Scheme::ALL.into_iter().all(|scheme| record.converted_to(scheme).is_none()));
        assert!(ProactiveLevel::SCHEME.parse::<Scheme>().is_err());
        record.offered = Offered::Unknown;
        assert_eq!(record.check(), Err(InconsistentAvailability::ProactiveOutOfPlace));
    }
}
