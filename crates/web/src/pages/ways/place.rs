//! The question for a place: the units to choose from, and a box that reads the name of a commune of any day.

use motcua_catalogue::places::{PlaceOutcome, Resolution};
use motcua_catalogue::{Tier, UnitCode, UnitName};
use motcua_search::Filing;

use crate::address::Address;
use crate::l10n::L10n;
use crate::listing::Link;
use crate::words;

/// The question for a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskPlace {
    /// The question.
    pub question: String,
    /// The places to choose from; each leads back here.
    pub choices: Vec<Link>,
    /// This page without a place, where one is chosen.
    pub anew: Option<Address>,
    /// The box.
    pub find: FindPlace,
}

/// The box for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FindPlace {
    /// Target and hidden fields of the form.
    pub action: Address,
    /// What was typed.
    pub text: String,
    /// What is said about it: that nothing is named so, or which of several.
    pub said: Option<String>,
    /// What it may be; each leads back here.
    pub choices: Vec<Link>,
}

/// What a text typed into the box leads to.
pub(crate) enum Typed {
    /// The page for this unit.
    Unit(UnitCode),
    /// A question, or that nothing is named so.
    Said(String, Vec<Link>),
}

impl FindPlace {
    /// An empty box.
    pub(crate) fn new(here: &Address) -> Self {
        Self { action: anew(here), text: String::new(), said: None, choices: Vec::new() }
    }
}

/// This page without a place; the day and the case stay.
pub(crate) fn anew(here: &Address) -> Address {
    here.clone().without("unit").without("centre")
}

/// Links that choose one of some units on this page.
pub(crate) fn to_units(here: &Address, units: impl Iterator<Item = UnitName>) -> Vec<Link> {
    let here = anew(here);
    units
        .map(|unit| Link { label: unit.full_name, href: here.clone().with("unit", unit.code.as_str()) })
        .collect()
}

/// The question that comes before an answer.
pub(crate) fn ask(l10n: &L10n, here: &Address, filing: &Filing) -> Option<AskPlace> {
    let ask = filing.answer.ask.as_ref()?;
    let next = ask.choices.first().map_or(Tier::Commune, |unit| unit.code.tier());
    let key = if next == Tier::District { "ways-place-district" } else { "ways-place-commune" };
    let tier = l10n.t(words::tier_key(ask.tier)).to_string().to_lowercase();
    let place = &filing.place.unit.stored.record.full_name;
    Some(AskPlace {
        question: l10n.t(key).arg("tier", tier).arg("place", place).to_string(),
        choices: to_units(here, ask.choices.iter().cloned()),
        anew: Some(anew(here)),
        find: FindPlace::new(here),
    })
}

/// What a text was found to mean.
pub(crate) fn typed(l10n: &L10n, here: &Address, text: &str, found: &Resolution) -> Typed {
    let here = anew(here);
    if let (PlaceOutcome::One, Some(unit)) = (found.outcome, found.candidates.first()) {
        return Typed::Unit(unit.code.clone());
    }
    let Some(question) = &found.question else {
        return Typed::Said(l10n.t("ways-find-none").arg("text", text).to_string(), Vec::new());
    };
    let choices = question.choices.iter().map(|choice| {
        // A choice that leaves one unit of the day chooses it; any other asks on.
        let only = match choice.within.as_slice() {
            [code] if choice.count == 1 => found.candidates.iter().find(|unit| unit.code == *code),
            _ => None,
        };
        let href = match only {
            Some(unit) => here.clone().with("unit", unit.code.as_str()),
            None => {
                let within: Vec<&str> = choice.within.iter().map(UnitCode::as_str).collect();
                here.clone().with("noi", text).with("within", &within.join(","))
            }
        };
        // Where a former unit led here, it is named.
        let through = only.and_then(|unit| found.formers.get(*unit.through.first()?));
        let label = match through {
            Some(former) if !choice.is_former => {
                let through = l10n.t("places-choice-through").arg("name", &former.full_name).to_string();
                l10n.t("ways-find-through").arg("name", &choice.label).arg("through", through).to_string()
            }
            _ if choice.is_former => l10n.t("places-choice-former").arg("name", &choice.label).to_string(),
            _ => choice.label.clone(),
        };
        Link { label, href }
    });
    Typed::Said(l10n.t("ways-find-ask").arg("text", text).to_string(), choices.collect())
}
