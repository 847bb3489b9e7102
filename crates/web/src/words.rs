//! Domain values as the pages word them: levels, tiers, dates, money, time limits.

use chrono::NaiveDate;
use motcua_catalogue::{
    Applicant, BoundaryFree, Fee, Level, Method, Offered, OnlineLevel, PartialReasonKind, PointState,
    ProcedureCode, Scheme, Scope, SourceKind, Tier, TimeLimit, TimeUnit,
};

use crate::l10n::L10n;

/// How far online, ready to show: bars, words, and the legal text whose words they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelView {
    /// Class of the style sheet.
    pub tone: &'static str,
    /// Which of the four bars are filled.
    pub bars: [bool; 4],
    /// The level in words.
    pub label: String,
    /// Short name of the legal text; empty where there is no level.
    pub scheme: String,
    /// Full name of the legal text.
    pub scheme_full: String,
}

impl LevelView {
    /// A level in the words of its scheme.
    pub(crate) fn of(l10n: &L10n, level: OnlineLevel) -> Self {
        let (tone, filled) = match level.level() {
            Level::Four | Level::Full => ("high", 4),
            Level::Three => ("mid", 3),
            Level::Partial => ("mid", 2),
            Level::Two => ("low", 2),
            Level::One => ("low", 1),
            Level::None => ("low", 0),
        };
        Self {
            tone,
            bars: std::array::from_fn(|bar| bar < filled),
            label: l10n.t(level_key(level.level())).to_string(),
            scheme: l10n.t(scheme_key(level.scheme())).to_string(),
            scheme_full: l10n.t(scheme_full_key(level.scheme())).to_string(),
        }
    }

    /// What is known of an availability: the level, or why there is none.
    pub(crate) fn of_offer(l10n: &L10n, offered: Offered, level: Option<OnlineLevel>) -> Self {
        match (offered, level) {
            (Offered::Yes, Some(level)) => Self::of(l10n, level),
            (Offered::Yes, None) => Self::wordless(l10n, "unknown", "level-offered-unknown"),
            (Offered::No, _) => Self::wordless(l10n, "no", "level-not-offered"),
            (Offered::Unknown, _) => Self::unknown(l10n),
        }
    }

    /// Nobody has said.
    pub(crate) fn unknown(l10n: &L10n) -> Self {
        Self::wordless(l10n, "unknown", "level-unknown")
    }

    fn wordless(l10n: &L10n, tone: &'static str, key: &'static str) -> Self {
        let label = l10n.t(key).to_string();
        Self { tone, bars: [false; 4], label, scheme: String::new(), scheme_full: String::new() }
    }
}

/// A procedure code, ready to show: one that does not have the common form can be told from its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeView {
    /// The code, with its blanks made visible.
    pub shown: String,
    /// Whether it does not have the form of the national list.
    pub is_irregular: bool,
}

impl CodeView {
    /// Words for a code.
    pub(crate) fn new(code: &ProcedureCode) -> Self {
        let visible = |c: char| if c.is_whitespace() { '␠' } else { c };
        Self { shown: code.as_str().chars().map(visible).collect(), is_irregular: !code.is_regular() }
    }
}

/// Key of a level's name.
pub(crate) fn level_key(level: Level) -> &'static str {
    match level {
        Level::None => "level-none",
        Level::One => "level-1",
        Level::Two => "level-2",
        Level::Three => "level-3",
        Level::Four => "level-4",
        Level::Partial => "level-partial",
        Level::Full => "level-full",
    }
}

/// Key of what a level means for the citizen.
pub(crate) fn level_meaning_key(level: Level) -> &'static str {
    match level {
        Level::None => "level-none-meaning",
        Level::One => "level-1-meaning",
        Level::Two => "level-2-meaning",
        Level::Three => "level-3-meaning",
        Level::Four => "level-4-meaning",
        Level::Partial => "level-partial-meaning",
        Level::Full => "level-full-meaning",
    }
}

/// Key of a scheme's short name.
pub(crate) fn scheme_key(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Nd43 => "scheme-nd43",
        Scheme::Nd42 => "scheme-nd42",
        Scheme::Nd224 => "scheme-nd224",
    }
}

/// Key of a scheme's full name.
pub(crate) fn scheme_full_key(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Nd43 => "scheme-nd43-full",
        Scheme::Nd42 => "scheme-nd42-full",
        Scheme::Nd224 => "scheme-nd224-full",
    }
}

/// The scheme whose words the law used on a day. Before the first decree the levels are explained in its words.
pub(crate) fn scheme_on(day: NaiveDate) -> Scheme {
    Scheme::on(day).unwrap_or(Scheme::Nd43)
}

/// Key of a tier's name.
pub(crate) fn tier_key(tier: Tier) -> &'static str {
    match tier {
        Tier::Ministry => "tier-ministry",
        Tier::Province => "tier-province",
        Tier::District => "tier-district",
        Tier::Commune => "tier-commune",
        Tier::Other => "tier-other",
    }
}

/// Key of a filing method's name.
pub(crate) fn method_key(method: Method) -> &'static str {
    match method {
        Method::Online => "method-online",
        Method::InPerson => "method-in-person",
        Method::Postal => "method-postal",
    }
}

/// Key of a reach's name.
pub(crate) fn scope_key(scope: Scope) -> &'static str {
    match scope {
        Scope::National => "scope-national",
        Scope::Local => "scope-local",
        Scope::Internal => "scope-internal",
        Scope::Unknown => "scope-unknown",
    }
}

/// Key of a source kind's name.
pub(crate) fn source_key(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Decision => "source-decision",
        SourceKind::Dataset => "source-dataset",
        SourceKind::Staff => "source-staff",
        SourceKind::Sample => "source-sample",
    }
}

/// Key of the state of an interaction point.
pub(crate) fn point_state_key(state: Option<PointState>) -> &'static str {
    match state {
        Some(PointState::Online) => "point-online",
        Some(PointState::Partly) => "point-partly",
        Some(PointState::Desk) => "point-desk",
        Some(PointState::NotApplicable) => "point-not-applicable",
        None => "unknown-info",
    }
}

/// Key of the reason why a service is only partly online.
pub(crate) fn reason_key(kind: PartialReasonKind) -> &'static str {
    match kind {
        PartialReasonKind::PresenceRequired => "reason-presence",
        PartialReasonKind::OnSiteVerification => "reason-on-site",
        PartialReasonKind::TechnicalFault => "reason-fault",
        PartialReasonKind::OtherTechnical => "reason-technical",
    }
}

/// Key of where one may file from; none where nobody has said.
pub(crate) fn boundary_key(boundary: BoundaryFree) -> Option<&'static str> {
    match boundary {
        BoundaryFree::Unknown => None,
        BoundaryFree::None => Some("boundary-none"),
        BoundaryFree::Province => Some("boundary-province"),
        BoundaryFree::Nation => Some("boundary-nation"),
    }
}

/// Key of an applicant group's name.
pub(crate) fn applicant_key(applicant: Applicant) -> &'static str {
    match applicant {
        Applicant::Citizen => "applicant-citizen",
        Applicant::OverseasVietnamese => "applicant-overseas",
        Applicant::Foreigner => "applicant-foreigner",
        Applicant::ResidentForeigner => "applicant-resident-foreigner",
        Applicant::CitizenWithoutResidence => "applicant-no-residence",
        Applicant::Enterprise => "applicant-enterprise",
        Applicant::VietnameseEnterprise => "applicant-vietnamese-enterprise",
        Applicant::ForeignInvestedEnterprise => "applicant-foreign-invested",
        Applicant::Cooperative => "applicant-cooperative",
        Applicant::Organisation => "applicant-organisation",
        Applicant::ForeignOrganisation => "applicant-foreign-organisation",
        Applicant::Official => "applicant-official",
        Applicant::PartyOrganisation => "applicant-party-organisation",
        Applicant::PartyMember => "applicant-party-member",
    }
}

/// Key of a weekday, 1 Monday to 7 Sunday.
pub(crate) fn weekday_key(weekday: u8) -> &'static str {
    match weekday {
        1 => "weekday-1",
        2 => "weekday-2",
        3 => "weekday-3",
        4 => "weekday-4",
        5 => "weekday-5",
        6 => "weekday-6",
        _ => "weekday-7",
    }
}

/// `01/03/2021`.
pub(crate) fn date(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// A time limit in words: `5 ngày làm việc`, `7,5 ngày`, or the published wording.
pub(crate) fn time_limit(l10n: &L10n, limit: &TimeLimit) -> String {
    let (quantity, unit) = match limit {
        TimeLimit::Counted { quantity, unit } => (quantity, unit),
        TimeLimit::Worded { wording } => return wording.clone(),
    };
    let key = match unit {
        TimeUnit::WorkingDay => "time-working-days",
        TimeUnit::Day => "time-days",
        TimeUnit::Hour => "time-hours",
        TimeUnit::Month => "time-months",
        TimeUnit::Year => "time-years",
    };
    l10n.t(key).arg("n", quantity.to_string().replace('.', ",")).to_string()
}

/// The amount of a fee: `Miễn phí`, `30.000 đồng`, the published wording, or that it is not known.
pub(crate) fn amount(l10n: &L10n, fee: &Fee) -> String {
    match (fee.amount, &fee.wording) {
        (Some(amount), _) if amount.amount() == 0 => l10n.t("fee-free").to_string(),
        (Some(amount), _) => l10n.t("fee-amount").arg("amount", amount.to_string()).to_string(),
        (None, Some(wording)) => wording.clone(),
        (None, None) => l10n.t("unknown-info").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::{Dong, Quantity};

    use super::*;

    #[test]
    fn money_and_time_are_written_as_in_vietnam() {
        let l10n = L10n::vi();
        let fee = |amount| Fee { amount: Dong::new(amount), ..Fee::default() };
        assert_eq!(amount(l10n, &fee(30_000)), "30.000 đồng");
        assert_eq!(amount(l10n, &fee(0)), "Miễn phí");
        assert_eq!(amount(l10n, &Fee { wording: Some("10 USD".into()), ..Fee::default() }), "10 USD");
        let limit = |tenths, unit| TimeLimit::Counted { quantity: Quantity::from_tenths(tenths), unit };
        assert_eq!(time_limit(l10n, &limit(50, TimeUnit::WorkingDay)), "5 ngày làm việc");
        assert_eq!(time_limit(l10n, &limit(75, TimeUnit::Day)), "7,5 ngày");
    }

    #[test]
    fn a_level_is_named_in_words_with_its_scheme() {
        let level = OnlineLevel::new(Scheme::Nd43, Level::Four).expect("exists");
        let view = LevelView::of(L10n::vi(), level);
        assert_eq!((view.label.as_str(), view.scheme.as_str()), ("Mức độ 4", "NĐ 43/2011"));
        let offer = LevelView::of_offer(L10n::vi(), Offered::Unknown, None);
        assert_eq!((offer.label.as_str(), offer.scheme.as_str()), ("Chưa có thông tin", ""));
    }

    #[test]
    fn every_value_has_words() {
        let l10n = L10n::vi();
        for level in OnlineLevel::all() {
            assert!(l10n.has(level_key(level.level())) && l10n.has(level_meaning_key(level.level())));
            assert!(l10n.has(scheme_key(level.scheme())) && l10n.has(scheme_full_key(level.scheme())));
        }
        let keys = Tier::ALL
            .map(tier_key)
            .into_iter()
            .chain(Method::ALL.map(method_key))
            .chain(Scope::ALL.map(scope_key))
            .chain(SourceKind::ALL.map(source_key))
            .chain(PointState::ALL.map(|state| point_state_key(Some(state))))
            .chain(PartialReasonKind::ALL.map(reason_key))
            .chain(Applicant::all().map(applicant_key))
            .chain((1..=7).map(weekday_key));
        for key in keys {
            assert!(l10n.has(key), "{key}");
        }
    }

    #[test]
    fn the_words_of_the_law_follow_the_day() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        assert_eq!(scheme_on(day(2021, 3, 1)), Scheme::Nd43);
        assert_eq!(scheme_on(day(2025, 7, 1)), Scheme::Nd42);
        assert_eq!(scheme_on(day(2026, 11, 23)), Scheme::Nd224);
    }
}
