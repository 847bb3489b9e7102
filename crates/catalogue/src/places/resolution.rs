//! What the resolver answers.

use chrono::NaiveDate;

use crate::code::UnitCode;
use crate::level::Tier;
use crate::period::Period;
use crate::read::UnitName;
use crate::unit::Extent;

/// Present units in an answer at most; the question narrows the rest.
pub const MOST_CANDIDATES: usize = 100;

/// Choices of a question at most.
pub const MOST_CHOICES: usize = 8;

/// Whether a text names one unit of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceOutcome {
    /// Every reading leads to the same unit, entirely.
    One,
    /// It may be several, or only a part is known to be there: a question decides.
    Ask,
    /// No unit of any day is named so.
    None,
}

impl PlaceOutcome {
    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Ask => "ask",
            Self::None => "none",
        }
    }
}

/// What a text means on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Whether it is one unit.
    pub outcome: PlaceOutcome,
    /// The one unit, or those that it may be; at most [`MOST_CANDIDATES`].
    pub candidates: Vec<Candidate>,
    /// How many there are in all.
    pub total: usize,
    /// Former and later units through which some were reached; at most [`MOST_CANDIDATES`].
    pub formers: Vec<FormerUnit>,
    /// What to ask; only with [`PlaceOutcome::Ask`].
    pub question: Option<Question>,
    /// The part of the text that was read.
    pub read: String,
    /// What was left out of it, before and after.
    pub left_out: Vec<String>,
}

impl Resolution {
    /// The one unit of the day that a choice leaves. None where it leaves several.
    #[must_use]
    pub fn only(&self, choice: &Choice) -> Option<&Candidate> {
        match choice.within.as_slice() {
            [code] if choice.count == 1 => self.candidates.iter().find(|unit| unit.code == *code),
            _ => None,
        }
    }

    /// From which former unit a unit of the day was reached, and what of its land and people went there, where the
    /// source says. None where it was named itself.
    #[must_use]
    pub fn reached_from(&self, unit: &Candidate) -> Option<(&FormerUnit, Option<&str>)> {
        let former = unit.through.iter().find_map(|&place| self.formers.get(place))?;
        let goes_here = |fate: &&Fate| fate.unit.as_ref().is_some_and(|to| to.code == unit.code);
        let remark = former.fates.iter().find(goes_here).and_then(|fate| fate.remark.as_deref());
        Some((former, remark))
    }
}

/// A unit of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Code.
    pub code: UnitCode,
    /// Name with its kind.
    pub full_name: String,
    /// Kind.
    pub kind: String,
    /// Tier.
    pub tier: Tier,
    /// The units above it, from the province down.
    pub ancestors: Vec<UnitName>,
    /// What becomes of it after the day, as far as known.
    pub fates: Vec<Fate>,
    /// Units of other days that lead to it: places in [`Resolution::formers`].
    pub through: Vec<usize>,
}

/// A unit that does not exist on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerUnit {
    /// Code that it had.
    pub code: UnitCode,
    /// Name with its kind.
    pub full_name: String,
    /// Tier.
    pub tier: Tier,
    /// The units above it in its time, from the province down.
    pub ancestors: Vec<UnitName>,
    /// When it was.
    pub period: Period,
    /// What became of it.
    pub fates: Vec<Fate>,
    /// Whether the source does not say what became of it.
    pub is_unknown: bool,
    /// Whether it existed only for some time that the catalogue has no period for.
    pub is_between: bool,
    /// Whether only a name is meant of something that had gone into it before.
    pub is_older_name: bool,
}

/// What became of a unit: one of its successors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The successor; none where the source does not say.
    pub unit: Option<UnitName>,
    /// Its tier.
    pub tier: Option<Tier>,
    /// First day of the new order.
    pub effective_on: NaiveDate,
    /// How much went there.
    pub extent: Extent,
    /// Whether this follows from its communes, or from the unit going on under another name.
    pub derived: bool,
    /// The resolution (nghị quyết).
    pub resolution: Option<String>,
    /// What is known of land and people, where they part.
    pub remark: Option<String>,
    /// Where a part went there: what the successor was formed from, as published.
    pub formed_from: Option<String>,
    /// Where this is taken from.
    pub source: Option<String>,
}

/// A question that narrows the candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub kind: QuestionKind,
    /// At most [`MOST_CHOICES`]. Together they hold every candidate.
    pub choices: Vec<Choice>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionKind {
    /// Whether it is this one.
    Confirm,
    /// A unit was split: in which of its parts.
    Split,
    /// Nobody recorded what became of the unit: which of those around it.
    Unknown,
    /// Which of these units.
    Unit,
    /// In which province.
    Province,
    /// In which of these stretches of provinces, in the order of the alphabet.
    ProvinceRange,
    /// Which of these units of other days, or of today.
    Meaning,
    /// In which of these stretches of units, in the order of the alphabet.
    UnitRange,
}

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Names: of the unit with those above it, or the first and the last of a stretch.
    pub label: String,
    /// Whether the name is of a unit that is none on the day.
    pub is_former: bool,
    /// What to ask with next, in place of everything: units or their provinces.
    pub within: Vec<UnitCode>,
    /// How many candidates it leaves.
    pub count: usize,
}
