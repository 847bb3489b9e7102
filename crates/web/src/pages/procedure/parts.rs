//! The parts of a procedure that do not depend on a centre, ready to show. A part that the source does not give is
//! empty, and the page says so.

use motcua_catalogue::clock::day_in_vietnam;
use motcua_catalogue::{
    AgencyRole, Channel, Dong, DossierItem, Fee, LegalBasis, Period, ProcedureAt, ProcedureDetails, TimeLimit,
};

use crate::l10n::L10n;
use crate::offer::{ChannelView, FeeView, source_words};
use crate::words;

/// How many dossier items the quick answer names.
const BRING_AT_ONCE: usize = 5;
/// How many different time limits the quick answer names.
const TIMES_AT_ONCE: usize = 4;

/// Everything about the procedure itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub tiers: Vec<String>,
    pub bring: Vec<String>,
    pub bring_total: usize,
    pub cost: Option<String>,
    pub times: Vec<String>,
    pub methods: Vec<String>,
    pub receiving: Option<String>,
    pub provenance: Vec<String>,
    pub dossier: Vec<DossierGroup>,
    pub dossier_wording: Option<String>,
    pub channels: Vec<ChannelView>,
    pub fee_notes: Vec<String>,
    pub cases: Vec<CaseView>,
    pub steps: Vec<String>,
    pub steps_numbered: bool,
    pub results: Vec<String>,
    pub conditions: Option<String>,
    pub legal: Vec<String>,
    pub facts: Vec<Fact>,
}

/// Dossier items under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DossierGroup {
    pub title: String,
    pub items: Vec<DossierLine>,
}

/// One dossier item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DossierLine {
    pub name: String,
    pub details: Vec<String>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaseView {
    pub name: String,
    pub code: String,
    pub time: Option<String>,
    pub fees: Vec<FeeView>,
}

/// A line of the general facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub label: String,
    pub values: Vec<String>,
}

impl Parts {
    /// Words for a procedure.
    pub(crate) fn new(l10n: &L10n, at: &ProcedureAt) -> Self {
        let record = &at.stored.record;
        let details = &record.details;
        let (dossier, bring_total) = dossier_groups(l10n, &details.dossier);
        let bring = first_items(&details.dossier);
        let steps: Vec<String> = details.steps.iter().map(|step| step.text.trim().to_owned()).collect();
        // The source often numbers the steps itself.
        let steps_numbered = steps.len() > 1 && !steps.iter().any(|step| step.starts_with("Bước"));
        Self {
            tiers: record.tiers.iter().map(|tier| l10n.t(words::tier_key(*tier)).to_string()).collect(),
            bring,
            bring_total,
            cost: cost(l10n, details),
            times: times(l10n, details),
            methods: methods(l10n, &details.channels),
            receiving: filled(details.receiving_address.as_deref()),
            provenance: provenance(l10n, at),
            dossier,
            dossier_wording: filled(details.dossier_wording.as_deref()),
            channels: details.channels.iter().map(|channel| channel_view(l10n, channel)).collect(),
            fee_notes: details.fee_notes.iter().filter_map(|note| filled(Some(note))).collect(),
            cases: details
                .cases
                .iter()
                .map(|case| CaseView {
                    name: case.name.clone(),
                    code: case.code.clone(),
                    time: case.time_limit.as_ref().map(|limit| words::time_limit(l10n, limit)),
                    fees: case.fees.iter().map(|fee| FeeView::new(l10n, fee)).collect(),
                })
                .collect(),
            steps_numbered,
            steps,
            results: details.results.iter().map(|result| result.name.clone()).collect(),
            conditions: filled(details.conditions.as_deref()),
            legal: details.legal_basis.iter().filter_map(legal_words).collect(),
            facts: facts(l10n, at),
        }
    }
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

fn first_items(items: &[DossierItem]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for item in items.iter().filter(|item| item.required != Some(false)) {
        if names.len() < BRING_AT_ONCE && !names.contains(&item.name) {
            names.push(item.name.clone());
        }
    }
    names
}

fn dossier_groups(l10n: &L10n, items: &[DossierItem]) -> (Vec<DossierGroup>, usize) {
    let mut groups: Vec<(Option<&str>, DossierGroup)> = Vec::new();
    for item in items {
        let heading = item.group.as_deref().map(str::trim).filter(|group| !group.is_empty());
        let line = DossierLine { name: item.name.clone(), details: item_details(l10n, item) };
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, group)) => group.items.push(line),
            None => {
                let title = heading
                    .map_or_else(|| l10n.t("procedure-dossier-group-none").to_string(), ToOwned::to_owned);
                groups.push((heading, DossierGroup { title, items: vec![line] }));
            }
        }
    }
    (groups.into_iter().map(|(_, group)| group).collect(), items.len())
}

fn item_details(l10n: &L10n, item: &DossierItem) -> Vec<String> {
    let mut details = Vec::new();
    if item.originals > 0 {
        details.push(l10n.t("procedure-dossier-originals").arg("n", u64::from(item.originals)).to_string());
    }
    if item.copies > 0 {
        details.push(l10n.t("procedure-dossier-copies").arg("n", u64::from(item.copies)).to_string());
    }
    match item.required {
        Some(true) => details.push(l10n.t("procedure-dossier-required").to_string()),
        Some(false) => details.push(l10n.t("procedure-dossier-optional").to_string()),
        None => {}
    }
    match item.form_files.as_deref() {
        Some(files) if !files.is_empty() => {
            details.push(l10n.t("procedure-dossier-forms").arg("names", files.join(", ")).to_string());
        }
        _ if item.has_form => details.push(l10n.t("procedure-dossier-form").to_string()),
        _ => {}
    }
    details
}

fn channel_view(l10n: &L10n, channel: &Channel) -> ChannelView {
    let number = channel
        .time_quantity_without_unit
        .as_deref()
        .map(|number| l10n.t("procedure-channel-number").arg("n", number).to_string());
    let note = filled(channel.note.as_deref());
    ChannelView {
        method: l10n.t(words::method_key(channel.method)).to_string(),
        time: channel.time_limit.as_ref().map(|limit| words::time_limit(l10n, limit)).or(number),
        fees: channel.fees.iter().map(|fee| FeeView::new(l10n, fee)).collect(),
        note,
    }
}

/// The range of what may have to be paid. Amounts that are no number of đồng are named, not compared.
fn cost(l10n: &L10n, details: &ProcedureDetails) -> Option<String> {
    let fees: Vec<&Fee> = details
        .channels
        .iter()
        .flat_map(|channel| &channel.fees)
        .chain(details.cases.iter().flat_map(|case| &case.fees))
        .collect();
    let amounts = || fees.iter().filter(|fee| fee.amount.is_some()).copied();
    let lowest = amounts().min_by_key(|fee| fee.amount);
    let highest = amounts().max_by_key(|fee| fee.amount);
    match (lowest, highest) {
        (Some(lowest), Some(highest)) if lowest.amount == highest.amount => Some(words::amount(l10n, lowest)),
        (Some(lowest), Some(highest)) if lowest.amount == Some(Dong::ZERO) => {
            Some(l10n.t("procedure-cost-free-to").arg("to", words::amount(l10n, highest)).to_string())
        }
        (Some(lowest), Some(highest)) => Some(
            l10n.t("procedure-cost-range")
                .arg("from", words::amount(l10n, lowest))
                .arg("to", words::amount(l10n, highest))
                .to_string(),
        ),
        _ => fees
            .iter()
            .find_map(|fee| filled(fee.wording.as_deref()))
            .or_else(|| details.fee_notes.iter().find_map(|note| filled(Some(note)))),
    }
}

/// The different time limits, each once.
fn times(l10n: &L10n, details: &ProcedureDetails) -> Vec<String> {
    let limits = details
        .channels
        .iter()
        .filter_map(|channel| channel.time_limit.as_ref())
        .chain(details.time_limit.as_ref())
        .chain(details.cases.iter().filter_map(|case| case.time_limit.as_ref()));
    let mut seen: Vec<&TimeLimit> = Vec::new();
    for limit in limits {
        if !seen.contains(&limit) {
            seen.push(limit);
        }
    }
    seen.truncate(TIMES_AT_ONCE);
    seen.into_iter().map(|limit| words::time_limit(l10n, limit)).collect()
}

fn methods(l10n: &L10n, channels: &[Channel]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for channel in channels {
        let name = l10n.t(words::method_key(channel.method)).to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn provenance(l10n: &L10n, at: &ProcedureAt) -> Vec<String> {
    let record = &at.stored.record;
    let mut lines = vec![source_words(l10n, &record.source)];
    if let Some(number) = filled(record.details.decision_number.as_deref()) {
        lines.push(l10n.t("procedure-decision").arg("number", number).to_string());
    }
    if let Some(day) = record.source.retrieved_on {
        lines.push(l10n.t("procedure-retrieved").arg("date", words::date(day)).to_string());
    }
    let changed = words::date(day_in_vietnam(at.stored.changed_at));
    lines.push(l10n.t("procedure-changed").arg("date", changed).to_string());
    lines
}

fn legal_words(basis: &LegalBasis) -> Option<String> {
    let parts: Vec<String> = [&basis.number, &basis.title, &basis.issuer, &basis.date]
        .into_iter()
        .filter_map(|part| filled(part.as_deref()))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" – "))
}

fn facts(l10n: &L10n, at: &ProcedureAt) -> Vec<Fact> {
    let record = &at.stored.record;
    let details = &record.details;
    let fact = |key, values| Fact { label: l10n.t(key).to_string(), values };
    let agencies = |role| -> Vec<String> {
        at.agencies
            .iter()
            .filter(|(known, _)| *known == role)
            .map(|(_, agency)| agency.name.clone())
            .collect()
    };
    let mut tiers: Vec<String> =
        record.tiers.iter().map(|tier| l10n.t(words::tier_key(*tier)).to_string()).collect();
    if record.tiers_inferred && !tiers.is_empty() {
        tiers.push(format!("({})", l10n.t("procedure-tiers-inferred")));
    }
    let applicants = record
        .applicants
        .iter()
        .map(|applicant| l10n.t(words::applicant_key(*applicant)).to_string())
        .collect();
    let boundary = details.boundary_free.map(|free| {
        l10n.t(if free { "procedure-boundary-yes" } else { "procedure-boundary-no" }).to_string()
    });
    let mut facts = vec![
        fact("procedure-field", at.fields.iter().map(|field| field.name.clone()).collect()),
        fact("procedure-tiers", tiers),
        fact("procedure-applicants", applicants),
        fact("role-implementing", agencies(AgencyRole::Implementing)),
        fact("role-deciding", agencies(AgencyRole::Deciding)),
        fact("role-promulgating", agencies(AgencyRole::Promulgating)),
    ];
    // Few procedures have these; their absence tells a reader nothing.
    let optional = [
        ("role-coordinating", agencies(AgencyRole::Coordinating)),
        ("role-delegated", agencies(AgencyRole::Delegated)),
        ("procedure-kind", filled(details.kind.as_deref()).into_iter().collect()),
        ("procedure-keywords", joined(&details.keywords)),
        ("procedure-related", details.related.clone()),
    ];
    facts.extend(
        optional.into_iter().filter(|(_, values)| !values.is_empty()).map(|(key, values)| fact(key, values)),
    );
    facts.push(fact("procedure-scope", vec![l10n.t(words::scope_key(record.scope)).to_string()]));
    facts.push(fact("procedure-boundary", boundary.into_iter().collect()));
    facts.push(fact("procedure-period", vec![period_words(l10n, record.period)]));
    facts
}

fn joined(words: &[String]) -> Vec<String> {
    if words.is_empty() { Vec::new() } else { vec![words.join(", ")] }
}

/// `từ ngày 01/07/2025 đến trước ngày 01/01/2026`.
pub(crate) fn period_words(l10n: &L10n, period: Period) -> String {
    match (period.valid_from(), period.valid_to()) {
        (Some(from), Some(to)) => l10n
            .t("procedure-period-between")
            .arg("from", words::date(from))
            .arg("to", words::date(to))
            .to_string(),
        (Some(from), None) => l10n.t("procedure-period-since").arg("from", words::date(from)).to_string(),
        (None, Some(to)) => l10n.t("procedure-period-until").arg("to", words::date(to)).to_string(),
        (None, None) => l10n.t("procedure-period-unknown").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::Method;

    use super::*;

    fn channel(method: Method, amount: Option<i64>, time: &str) -> Channel {
        let fee = Fee { amount: amount.and_then(Dong::new), ..Fee::default() };
        Channel {
            method,
            time_limit: Some(TimeLimit::parse(time)),
            time_quantity_without_unit: None,
            fees: vec![fee],
            note: None,
        }
    }

    #[test]
    fn cost_and_time_are_ranges_over_all_ways_to_file() {
        let l10n = L10n::vi();
        let mut details = ProcedureDetails {
            channels: vec![
                channel(Method::Online, Some(0), "5 Ngày làm việc"),
                channel(Method::InPerson, Some(75_000), "5 Ngày làm việc"),
            ],
            ..ProcedureDetails::default()
        };
        let range = "Từ miễn phí đến 75.000 đồng, tùy cách nộp và trường hợp";
        assert_eq!(cost(l10n, &details).as_deref(), Some(range));
        assert_eq!(times(l10n, &details), ["5 ngày làm việc"]);
        details.channels.truncate(1);
        assert_eq!(cost(l10n, &details).as_deref(), Some("Miễn phí"));
        assert_eq!(cost(l10n, &ProcedureDetails::default()), None);
    }

    #[test]
    fn a_change_in_the_evening_utc_is_of_the_next_day_in_vietnam() {
        let mut at = crate::tests::samples::full_procedure();
        at.stored.changed_at = "2026-06-30T17:30:00Z".parse().expect("a moment");
        let lines = provenance(L10n::vi(), &at);
        assert!(lines.iter().any(|line| line.contains("01/07/2026")), "{lines:?}");
    }

    #[test]
    fn dossier_items_stay_under_their_heading() {
        let item = |group: Option<&str>, name: &str| DossierItem {
            group: group.map(ToOwned::to_owned),
            name: name.to_owned(),
            originals: 1,
            copies: 0,
            required: Some(true),
            has_form: true,
            form_files: None,
            component_code: None,
        };
        let items =
            [item(Some("Phải nộp"), "Tờ khai"), item(None, "Giấy khác"), item(Some("Phải nộp"), "Giấy tờ")];
        let (groups, total) = dossier_groups(L10n::vi(), &items);
        assert_eq!((groups.len(), total), (2, 3));
        assert_eq!(groups[0].items.len(), 2);
        assert_eq!(groups[0].items[0].details, ["1 bản chính", "bắt buộc", "có mẫu đơn"]);
        assert_eq!(groups[1].title, "Hồ sơ gồm");
    }
}
