//! What a text that names a place was found to mean: the one unit, the question, or nothing, with the former units
//! through which it was found.

use chrono::NaiveDate;
use motcua_catalogue::places::{Choice, Fate, FormerUnit, PlaceOutcome, QuestionKind, Resolution};
use motcua_catalogue::{Tier, UnitCode, UnitName};

use crate::address::Address;
use crate::frame::Frame;
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::procedure::period_words;
use crate::pages::unit::{EndLine, Side, end_detail, history_address};

/// How many former units are told about at once, and how many successors of each.
const FORMERS: usize = 8;

/// What the template shows of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundView {
    pub title: String,
    pub one: Option<OneView>,
    pub is_nothing: bool,
    pub question: String,
    pub choices: Vec<ChoiceLine>,
    /// Back to every possibility, where a choice was made.
    pub back: Option<Link>,
    pub left_out: String,
    pub formers: Vec<FormerLine>,
    /// Units that began only after the day.
    pub laters: Vec<FormerLine>,
    pub formers_more: Option<String>,
}

/// The one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OneView {
    pub name: String,
    pub open: Address,
    pub search: Address,
}

/// A choice of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChoiceLine {
    pub label: String,
    pub href: Address,
    pub note: String,
}

/// A former unit with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormerLine {
    pub name: String,
    pub period: String,
    pub href: Address,
    pub ends: Vec<EndLine>,
}

/// What is needed to show an answer.
pub(crate) struct Finder<'a> {
    pub(crate) l10n: &'static L10n,
    pub(crate) frame: &'a Frame,
    /// The page with what was typed, without choices made.
    pub(crate) here: &'a Address,
    /// Day in view.
    pub(crate) as_of: NaiveDate,
    /// Whether a choice was made before.
    pub(crate) is_narrowed: bool,
}

impl Finder<'_> {
    pub(crate) fn view(&self, found: &Resolution) -> FoundView {
        let title = match found.outcome {
            PlaceOutcome::One => "places-one-title",
            PlaceOutcome::Ask => "places-ask-title",
            PlaceOutcome::None => "places-none-title",
        };
        let one = found.candidates.first().filter(|_| found.outcome == PlaceOutcome::One);
        let question = found.question.as_ref();
        let back = self
            .is_narrowed
            .then(|| Link { label: self.l10n.t("places-back-all").to_string(), href: self.here.clone() });
        let left = found.left_out.join(" … ");
        let left_out = self.l10n.t("places-left-out").arg("read", &found.read).arg("left", &left);
        let told = found.formers.get(..FORMERS).unwrap_or(&found.formers);
        let more = found.formers.len().saturating_sub(told.len());
        let (laters, formers): (Vec<_>, Vec<_>) = told.iter().partition(|former| self.is_later(former));
        FoundView {
            title: self.l10n.t(title).to_string(),
            one: one.map(|unit| OneView {
                name: long_name(&unit.full_name, &unit.ancestors),
                open: self.open(&unit.code),
                search: self.frame.to("/vi/thu-tuc").without("centre").with("unit", unit.code.as_str()),
            }),
            is_nothing: found.outcome == PlaceOutcome::None,
            question: question.map(|question| self.question(question.kind, found)).unwrap_or_default(),
            choices: question
                .map(|question| question.choices.iter().map(|choice| self.choice(choice, found)).collect())
                .unwrap_or_default(),
            back,
            left_out: if left.is_empty() || found.read.is_empty() {
                String::new()
            } else {
                left_out.to_string()
            },
            formers: formers.into_iter().map(|former| self.former(former)).collect(),
            laters: laters.into_iter().map(|later| self.former(later)).collect(),
            formers_more: (more > 0).then(|| self.l10n.t("places-formers-more").arg("n", more).to_string()),
        }
    }

    fn question(&self, kind: QuestionKind, found: &Resolution) -> String {
        let name = found.formers.first().map_or("", |former| &former.full_name);
        match kind {
            QuestionKind::Confirm => self.l10n.t("places-ask-confirm"),
            QuestionKind::Split if is_above_communes(found) => {
                self.l10n.t("places-ask-ended").arg("name", name)
            }
            QuestionKind::Split => self.l10n.t("places-ask-split").arg("name", name),
            QuestionKind::Unknown => self.l10n.t("places-ask-unknown").arg("name", name),
            QuestionKind::Unit => self.l10n.t("places-ask-unit"),
            QuestionKind::Province => self.l10n.t("places-ask-province"),
            QuestionKind::ProvinceRange => self.l10n.t("places-ask-province-range"),
            QuestionKind::Meaning => self.l10n.t("places-ask-meaning"),
            QuestionKind::UnitRange => self.l10n.t("places-ask-unit-range"),
        }
        .to_string()
    }

    fn choice(&self, choice: &Choice, found: &Resolution) -> ChoiceLine {
        let label = if choice.is_former {
            self.l10n.t("places-choice-former").arg("name", &choice.label).to_string()
        } else {
            choice.label.clone()
        };
        // A choice that leaves one unit of the day opens it.
        if let Some(unit) = found.only(choice) {
            let note = found.reached_from(unit).map(|(former, remark)| self.through(former, remark));
            return ChoiceLine { label, href: self.open(&unit.code), note: note.unwrap_or_default() };
        }
        let within: Vec<&str> = choice.within.iter().map(UnitCode::as_str).collect();
        ChoiceLine {
            label,
            href: self.here.clone().with("within", &within.join(",")),
            note: self.l10n.t("places-choice-count").arg("n", choice.count).to_string(),
        }
    }

    /// From which former unit, and what of its land and people.
    fn through(&self, former: &FormerUnit, remark: Option<&str>) -> String {
        let key = if self.is_later(former) { "places-choice-later" } else { "places-choice-through" };
        let mut note = self.l10n.t(key).arg("name", &former.full_name).to_string();
        if let Some(remark) = remark {
            note.push_str(": ");
            note.push_str(remark);
        }
        note
    }

    fn is_later(&self, former: &FormerUnit) -> bool {
        former.period.valid_from().is_some_and(|from| from > self.as_of)
    }

    fn former(&self, former: &FormerUnit) -> FormerLine {
        let mut period = period_words(self.l10n, former.period);
        if former.is_older_name {
            period = self.l10n.t("places-former-older").arg("name", &former.full_name).to_string();
        } else if former.is_between {
            period = self.l10n.t("places-former-between").to_string();
        }
        FormerLine {
            name: long_name(&former.full_name, &former.ancestors),
            period,
            href: history_address(self.frame, &former.code),
            ends: former.fates.iter().take(FORMERS * 4).map(|fate| self.end(fate)).collect(),
        }
    }

    fn end(&self, fate: &Fate) -> EndLine {
        EndLine {
            name: fate
                .unit
                .as_ref()
                .map_or_else(|| self.l10n.t("unknown-info").to_string(), |unit| unit.full_name.clone()),
            href: fate.unit.as_ref().map(|unit| self.open(&unit.code)),
            detail: end_detail(self.l10n, fate, Side::After),
        }
    }

    fn open(&self, code: &UnitCode) -> Address {
        self.frame.carried.to(Address::of("/vi/noi", code.as_str()))
    }
}

/// Whether the former unit that is asked about is a district or a province: it was not split, it ended.
fn is_above_communes(found: &Resolution) -> bool {
    found.formers.first().is_some_and(|former| former.tier != Tier::Commune)
}

/// `Phường Thành Sen, Tỉnh Hà Tĩnh`.
fn long_name(full_name: &str, ancestors: &[UnitName]) -> String {
    let above = ancestors.iter().rev().map(|unit| unit.full_name.as_str());
    std::iter::once(full_name).chain(above).collect::<Vec<_>>().join(", ")
}
