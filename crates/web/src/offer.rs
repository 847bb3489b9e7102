//! An availability, ready to show: what one centre says about one procedure.

use motcua_catalogue::{
    Availability, AvailabilityAt, AvailabilityChannel, Checklist, Doubt, Fee, Method, PointState,
    ProactiveLevel, Source,
};

use crate::address::Address;
use crate::frame::View;
use crate::l10n::L10n;
use crate::words::{self, LevelView};

/// What one centre says about one procedure or case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfferView {
    /// Name of the centre.
    pub centre: String,
    /// Its page.
    pub centre_href: Address,
    /// Its tier.
    pub tier: String,
    /// Its unit with the unit above.
    pub unit: String,
    /// How far online.
    pub level: LevelView,
    /// That more is claimed than the check-list allows.
    pub warning: Option<String>,
    /// The level in the words in force on the day, where it was stated in others.
    pub in_force: Vec<String>,
    /// That the reason for một phần is missing although it must be published.
    pub reason_missing: bool,
    /// How much is done unasked.
    pub proactive: Option<String>,
    /// What it said before.
    pub history: Address,
    /// The case, where it is about one only.
    pub case: Option<String>,
    /// Address of the online form.
    pub link: Option<String>,
    /// Ways to file here.
    pub channels: Vec<ChannelView>,
    /// The interaction points that were assessed.
    pub points: Vec<PointView>,
    /// Why it is not fully online.
    pub reason: Option<ReasonView>,
    /// Where one may file from.
    pub boundary: Option<String>,
    /// Announcing decision.
    pub decision: Option<String>,
    /// Addresses or documents that prove the claim.
    pub evidence: Vec<String>,
    /// Who says so.
    pub source: String,
    /// When it was checked and is due again.
    pub checked: String,
    /// Whether there is more to show than the level.
    pub has_details: bool,
}

/// A way to file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChannelView {
    /// How.
    pub method: String,
    /// Time limit.
    pub time: Option<String>,
    /// Fees.
    pub fees: Vec<FeeView>,
    /// Remark as published.
    pub note: Option<String>,
}

/// A fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeeView {
    /// The amount in words.
    pub amount: String,
    /// When it is due.
    pub condition: Option<String>,
    /// Condition, exemption, legal basis, each as a sentence.
    pub notes: Vec<String>,
}

/// An interaction point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PointView {
    /// Its name.
    pub label: String,
    /// How it is done.
    pub state: String,
}

/// Why a service is only partly online.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReasonView {
    /// Which of the four kinds.
    pub kind: String,
    /// In words.
    pub text: String,
    /// Clause of the law.
    pub clause: String,
}

impl ReasonView {
    /// Words for the reason that a listing gives.
    pub(crate) fn of(l10n: &L10n, record: &Availability) -> Option<Self> {
        record.partial_reason.as_ref().map(|reason| Self {
            kind: l10n.t(words::reason_key(reason.kind)).to_string(),
            text: reason.text.clone(),
            clause: reason.clause.clone(),
        })
    }
}

impl FeeView {
    /// Words for a fee.
    pub(crate) fn new(l10n: &L10n, fee: &Fee) -> Self {
        let note = |key, text: &Option<String>| {
            text.as_deref()
                .filter(|text| !text.trim().is_empty())
                .map(|text| l10n.t(key).arg("text", text).to_string())
        };
        let notes = [
            note("procedure-fee-condition", &fee.condition),
            note("procedure-fee-exemption", &fee.exemption),
            note("procedure-fee-basis", &fee.legal_basis),
        ];
        Self {
            amount: words::amount(l10n, fee),
            condition: fee.condition.clone(),
            notes: notes.into_iter().flatten().collect(),
        }
    }
}

impl OfferView {
    /// Words for an availability.
    pub(crate) fn new(l10n: &L10n, at: &AvailabilityAt, view: &View) -> Self {
        let (record, carried) = (&at.stored.record, &view.carried);
        let unit = match &at.parent_unit {
            Some(parent) => format!("{}, {}", at.unit.full_name, parent.full_name),
            None => at.unit.full_name.clone(),
        };
        let channels: Vec<ChannelView> =
            record.channels.iter().map(|channel| channel_view(l10n, channel)).collect();
        let points = point_views(l10n, record.checklist);
        let reason = ReasonView::of(l10n, record);
        let in_force = level_in_force(l10n, record, view);
        let proactive = record.proactive.map(|level| l10n.t(proactive_key(level)).to_string());
        let has_details = !channels.is_empty()
            || !points.is_empty()
            || !in_force.is_empty()
            || reason.is_some()
            || proactive.is_some()
            || record.decision.is_some();
        let history = Address::of("/vi/thu-tuc", record.procedure.as_str())
            .below("lich-su")
            .with("centre", record.centre.as_str())
            .maybe("case", record.case.as_deref())
            .maybe("as_of", carried.as_of.as_deref());
        Self {
            centre: at.centre_name.clone(),
            centre_href: carried.to(Address::of("/vi/trung-tam", record.centre.as_str())),
            tier: l10n.t(words::tier_key(at.centre_tier)).to_string(),
            unit,
            level: LevelView::of_offer(l10n, record.offered, record.level),
            warning: level_warning(l10n, record),
            in_force,
            reason_missing: record.lacks_reason_on(view.as_of),
            proactive,
            history,
            case: record
                .case
                .as_deref()
                .map(|code| l10n.t("procedure-offers-case").arg("code", code).to_string()),
            link: online_link(&record.channels),
            channels,
            points,
            reason,
            boundary: words::boundary_key(record.boundary_free).map(|key| l10n.t(key).to_string()),
            decision: record.decision.clone(),
            evidence: record.evidence.clone(),
            source: source_words(l10n, &record.source),
            checked: checked_words(l10n, &record.assurance),
            has_details,
        }
    }
}

/// The level in the words of the text in force on the day in view, where it was stated in those of another one, and what
/// is doubtful about that.
fn level_in_force(l10n: &L10n, record: &Availability, view: &View) -> Vec<String> {
    let scheme = words::scheme_on(view.as_of);
    let Some(conversion) = record.converted_to(scheme) else { return Vec::new() };
    let name = l10n.t(words::scheme_key(scheme)).to_string();
    let first = match conversion.level {
        Some(level) => {
            l10n.t("level-in-force").arg("scheme", name).arg("level", LevelView::of(l10n, level).label)
        }
        None => l10n.t("level-in-force-none").arg("scheme", name),
    };
    let doubt = conversion.doubt.map(|doubt| l10n.t(doubt_key(doubt)).to_string());
    std::iter::once(first.to_string()).chain(doubt).collect()
}

fn doubt_key(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::ResultAtOffice => "doubt-result-at-office",
        Doubt::ResultNotRecorded => "doubt-result-not-recorded",
        Doubt::NothingToPay => "doubt-nothing-to-pay",
        Doubt::PaymentNotRecorded => "doubt-payment-not-recorded",
        Doubt::PaidOnline => "doubt-paid-online",
        Doubt::PaymentPlaceNotRecorded => "doubt-payment-place",
        Doubt::OneOrTwo => "doubt-one-or-two",
        Doubt::NoReason => "doubt-no-reason",
    }
}

fn proactive_key(level: ProactiveLevel) -> &'static str {
    match level {
        ProactiveLevel::Remind => "proactive-1",
        ProactiveLevel::Prepare => "proactive-2",
        ProactiveLevel::Recommend => "proactive-3",
        ProactiveLevel::Automatic => "proactive-4",
    }
}

/// Kind and citation of a source: `Quyết định công bố: 3005/QĐ-UBND`.
pub(crate) fn source_words(l10n: &L10n, source: &Source) -> String {
    l10n.t("procedure-source")
        .arg("kind", l10n.t(words::source_key(source.kind)))
        .arg("citation", &source.citation)
        .to_string()
}

fn checked_words(l10n: &L10n, assurance: &motcua_catalogue::Assurance) -> String {
    let mut text = match (assurance.assured_on, &assurance.assured_by) {
        (Some(day), Some(who)) => {
            l10n.t("procedure-checked-by").arg("date", words::date(day)).arg("who", who).to_string()
        }
        (Some(day), None) => l10n.t("procedure-checked").arg("date", words::date(day)).to_string(),
        (None, _) => l10n.t("procedure-never-checked").to_string(),
    };
    if let Some(due) = assurance.review_due {
        text.push_str("; ");
        text.push_str(&l10n.t("procedure-review-due").arg("date", words::date(due)).to_string());
    }
    text
}

/// The address of the online form, if it is one that a browser may follow.
fn online_link(channels: &[AvailabilityChannel]) -> Option<String> {
    channels
        .iter()
        .filter(|channel| channel.method == Method::Online)
        .find_map(|channel| channel.link.clone())
        .filter(|link| motcua_catalogue::is_web_address(link))
}

fn channel_view(l10n: &L10n, channel: &AvailabilityChannel) -> ChannelView {
    ChannelView {
        method: l10n.t(words::method_key(channel.method)).to_string(),
        time: channel.time_limit.as_ref().map(|limit| words::time_limit(l10n, limit)),
        fees: channel.fees.iter().map(|fee| FeeView::new(l10n, fee)).collect(),
        note: None,
    }
}

/// The seven interaction points, in the order of [`Checklist::POINTS`].
pub(crate) const POINT_KEYS: [&str; 7] = [
    "point-find",
    "point-sign-in",
    "point-submit",
    "point-pay",
    "point-follow",
    "point-receive",
    "point-complain",
];

/// A line for a claimed level above the one that the check-list allows: which point says otherwise.
pub(crate) fn level_warning(l10n: &L10n, record: &Availability) -> Option<String> {
    let claimed = record.level?;
    let derived = record.derived_level()?;
    let rank = |level: motcua_catalogue::OnlineLevel| {
        level.scheme().levels().iter().position(|known| *known == level.level())
    };
    if rank(derived.level) >= rank(claimed) {
        return None;
    }
    let place = Checklist::POINTS.iter().position(|point| Some(*point) == derived.deciding_point)?;
    let point = l10n.t(POINT_KEYS.get(place)?).to_string();
    let is_partly = record.checklist.states().get(place) == Some(&Some(PointState::Partly));
    let key = if is_partly { "level-above-partly" } else { "level-above-desk" };
    let derived = LevelView::of(l10n, derived.level).label;
    Some(l10n.t(key).arg("level", derived).arg("point", point).to_string())
}

/// The result counts as online by public post too.
fn state_key(point: &str, state: Option<PointState>) -> &'static str {
    if point == "point-receive" && state == Some(PointState::Online) {
        return "point-receive-online";
    }
    words::point_state_key(state)
}

fn point_views(l10n: &L10n, checklist: Checklist) -> Vec<PointView> {
    let states = checklist.states();
    if states.iter().all(Option::is_none) {
        return Vec::new();
    }
    POINT_KEYS
        .iter()
        .zip(states)
        .map(|(key, state)| PointView {
            label: l10n.t(key).to_string(),
            state: l10n.t(state_key(key, state)).to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tests::samples::availability;

    #[test]
    fn a_claim_above_the_check_list_is_said() {
        let level = json!({"scheme": "nd42-2022", "level": "full"});
        let mut record = availability("yes", Some(level)).stored.record;
        assert_eq!(level_warning(L10n::vi(), &record), None, "nothing follows from half a check-list");
        let mut states = [Some(PointState::Online); 7];
        record.checklist = Checklist::from_states(states);
        assert_eq!(level_warning(L10n::vi(), &record), None);
        states[5] = Some(PointState::Desk);
        record.checklist = Checklist::from_states(states);
        let warning = level_warning(L10n::vi(), &record).expect("a warning");
        assert!(warning.contains("“Nhận kết quả” còn làm tại quầy"), "{warning}");
    }

    #[test]
    fn an_old_level_is_said_in_the_words_in_force_and_with_its_doubt() {
        let mut record =
            availability("yes", Some(json!({"scheme": "nd43-2011", "level": "4"}))).stored.record;
        let on = |day: &str| View { as_of: day.parse().expect("a day"), carried: Default::default() };
        assert!(level_in_force(L10n::vi(), &record, &on("2021-03-01")).is_empty());
        record.checklist.receive = Some(PointState::Desk);
        let lines = level_in_force(L10n::vi(), &record, &on("2026-11-23"));
        assert!(lines[0].contains("NĐ 224/2026") && lines[0].contains("Toàn trình"), "{lines:?}");
        assert!(lines[0].contains("quy đổi theo thông lệ"), "{lines:?}");
        assert!(lines[1].ends_with("toàn trình thì không."), "{lines:?}");
    }
}
