//! What a text that names a place means, in JSON.

use chrono::NaiveDate;
use motcua_catalogue::Tier;
use motcua_catalogue::places::{Candidate, Choice, Fate, FormerUnit, Question, QuestionKind, Resolution};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::code::{Code, TierCode};
use crate::view::part::{PeriodView, UnitNameView, views};
use crate::view::unit::SuccessionView;

/// What a text that names a place means on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceAnswer {
    /// `one`: every way to read the text leads to the one unit in `items`, entirely. `ask`: it may be any of `items`;
    /// `question` narrows them. `none`: no unit of any day is named so.
    #[schema(example = "one", pattern = "^(one|ask|none)$")]
    pub(crate) outcome: &'static str,
    /// The unit of the day, or every one that it may be, at most 100.
    pub(crate) items: Vec<PlaceItemView>,
    /// How many units it may be, also beyond the items.
    #[schema(minimum = 0, example = 1)]
    pub(crate) total: usize,
    /// What to ask, with `ask`; else null.
    #[schema(required)]
    pub(crate) question: Option<PlaceQuestionView>,
    /// Units of other days through which the text leads to the items, with what became of them, at most 100.
    pub(crate) former: Vec<FormerPlaceView>,
    /// How the text was taken.
    pub(crate) read_as: PlaceReadingView,
    /// Day on which units were looked at.
    #[schema(example = "2021-03-01")]
    pub(crate) as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) notice: Option<&'static str>,
}

impl PlaceAnswer {
    pub(crate) fn new(resolution: Resolution, as_of: NaiveDate, notice: Option<&'static str>) -> Self {
        let notes = notes(&resolution, as_of);
        let Resolution { outcome, candidates, total, formers, question, read, left_out } = resolution;
        let former = formers.first().map(|former| (former.full_name.clone(), former.tier));
        Self {
            outcome: outcome.as_str(),
            items: views(candidates),
            total,
            question: question.map(|question| PlaceQuestionView::new(question, former, notes)),
            former: views(formers),
            read_as: PlaceReadingView { text: read, left_out },
            as_of,
            notice,
        }
    }
}

/// A unit of the day that the text may mean.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceItemView {
    /// Code on the day.
    #[schema(example = "18073")]
    pub(crate) code: String,
    /// Name with the kind.
    #[schema(example = "Phường Thành Sen")]
    pub(crate) name: String,
    /// Kind in Vietnamese, lower case.
    #[schema(example = "phường")]
    pub(crate) kind: String,
    /// Its tier.
    pub(crate) tier: TierCode,
    /// Whether it exists on the day; so does every item.
    #[schema(example = true)]
    pub(crate) current: bool,
    /// The units above it on the day, from the province down.
    pub(crate) ancestors: Vec<UnitNameView>,
    /// What becomes of it after the day, as far as known; none for a unit of today.
    pub(crate) successors: Vec<SuccessionView>,
    /// Places in `former` of the units of other days that lead to it.
    pub(crate) through: Vec<usize>,
}

impl From<Candidate> for PlaceItemView {
    fn from(unit: Candidate) -> Self {
        Self {
            code: unit.code.into(),
            name: unit.full_name,
            kind: unit.kind,
            tier: Code(unit.tier),
            current: true,
            ancestors: views(unit.ancestors),
            successors: views(unit.fates),
            through: unit.through,
        }
    }
}

/// A unit that does not exist on the day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FormerPlaceView {
    /// Code that it had.
    #[schema(example = "18070")]
    code: String,
    /// Name with the kind.
    #[schema(example = "Phường Trần Phú")]
    name: String,
    /// Its tier.
    tier: TierCode,
    /// The units above it in its time, from the province down.
    ancestors: Vec<UnitNameView>,
    /// When it was.
    period: PeriodView,
    /// What became of it. More than one, or the extent `part`, means that it was split.
    successors: Vec<SuccessionView>,
    /// Whether the source does not say what became of it; `items` then has the units around it.
    #[schema(example = false)]
    fate_unknown: bool,
    /// Whether it existed only for some time within the period.
    #[schema(example = false)]
    in_between: bool,
    /// Whether the text is the name of something that had gone into it before.
    #[schema(example = false)]
    older_name: bool,
}

impl From<FormerUnit> for FormerPlaceView {
    fn from(unit: FormerUnit) -> Self {
        Self {
            code: unit.code.into(),
            name: unit.full_name,
            tier: Code(unit.tier),
            ancestors: views(unit.ancestors),
            period: unit.period.into(),
            successors: views(unit.fates),
            fate_unknown: unit.is_unknown,
            in_between: unit.is_between,
            older_name: unit.is_older_name,
        }
    }
}

impl From<Fate> for SuccessionView {
    fn from(fate: Fate) -> Self {
        let formed_from = fate.formed_from.map(|text| format!("Được lập từ: {text}"));
        Self {
            unit: fate.unit.map(Into::into),
            tier: fate.tier.map(Code),
            effective_on: fate.effective_on,
            extent: Code(fate.extent),
            derived: fate.derived,
            resolution: fate.resolution,
            remark: fate.remark.or(formed_from),
        }
    }
}

/// How a text was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceReadingView {
    /// The part that names the place, as typed.
    #[schema(example = "phường Thành Sen")]
    text: String,
    /// What stands before and after it and was left out, such as a house and a street.
    left_out: Vec<String>,
}

/// A question that narrows the items.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceQuestionView {
    /// What is asked: `confirm`, `split` (in which part), `unknown_fate`, `unit`, `province`, `province_range`, `meaning`
    /// (which unit of any day), `unit_range`.
    #[schema(example = "unit")]
    kind: &'static str,
    /// The question in Vietnamese.
    #[schema(example = "Có nhiều đơn vị mang tên này. Bạn muốn nói đơn vị nào?")]
    text: String,
    /// The choices, at most eight. Together they hold every unit that it may be.
    choices: Vec<PlaceChoiceView>,
}

impl PlaceQuestionView {
    fn new(question: Question, former: Option<(String, Tier)>, notes: Vec<Option<String>>) -> Self {
        let (kind, text) = words(question.kind, former);
        let choices = question.choices.into_iter().zip(notes);
        Self { kind, text, choices: choices.map(PlaceChoiceView::from).collect() }
    }
}

/// The note of every choice, in their order.
fn notes(resolution: &Resolution, as_of: NaiveDate) -> Vec<Option<String>> {
    let note = |choice: &Choice| {
        let (former, remark) = resolution.reached_from(resolution.only(choice)?)?;
        let from = match former.period.valid_from() {
            Some(from) if from > as_of => format!("sau này thuộc {}", former.full_name),
            _ => format!("từ {} cũ", former.full_name),
        };
        Some(remark.map_or(from.clone(), |remark| format!("{from}: {remark}")))
    };
    resolution.question.iter().flat_map(|question| &question.choices).map(note).collect()
}

fn words(kind: QuestionKind, former: Option<(String, Tier)>) -> (&'static str, String) {
    let (former, tier) = former.unwrap_or_else(|| ("đơn vị này".to_owned(), Tier::Commune));
    match kind {
        QuestionKind::Confirm => ("confirm", "Có phải bạn muốn nói đơn vị này không?".to_owned()),
        // A district or a province was not split: it ended.
        QuestionKind::Split if tier != Tier::Commune => {
            ("split", format!("{former} không còn. Địa bàn cũ nay thuộc các đơn vị sau, bạn cần đơn vị nào?"))
        }
        QuestionKind::Split => {
            ("split", format!("{former} cũ đã được chia. Nơi bạn cần tìm nay thuộc đơn vị nào?"))
        }
        QuestionKind::Unknown => (
            "unknown_fate",
            format!("Nguồn không ghi {former} cũ nay thuộc đơn vị nào. Bạn chọn đơn vị nào quanh đó?"),
        ),
        QuestionKind::Unit => {
            ("unit", "Có nhiều đơn vị ứng với tên này. Bạn muốn nói đơn vị nào?".to_owned())
        }
        QuestionKind::Province => ("province", "Nơi bạn cần tìm nay thuộc tỉnh, thành phố nào?".to_owned()),
        QuestionKind::ProvinceRange => (
            "province_range",
            "Nơi bạn cần tìm nay thuộc tỉnh, thành phố nào, theo thứ tự chữ cái?".to_owned(),
        ),
        QuestionKind::Meaning => {
            ("meaning", "Tên này là tên của nhiều đơn vị. Bạn muốn nói đơn vị nào?".to_owned())
        }
        QuestionKind::UnitRange => {
            ("unit_range", "Nơi bạn cần tìm nay là đơn vị nào, theo thứ tự chữ cái?".to_owned())
        }
    }
}

/// One answer to a question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceChoiceView {
    /// The unit with those above it, or the first and the last of a stretch in the order of the alphabet.
    #[schema(example = "Phường Thành Sen, Tỉnh Hà Tĩnh")]
    label: String,
    /// From which former unit the one unit that it leaves was reached, in Vietnamese, with what is known of land and
    /// people; null where it was named itself and where the choice leaves several.
    #[schema(required, example = "từ Phường Trần Phú cũ")]
    note: Option<String>,
    /// Whether the label names a unit that is none on the day.
    #[schema(example = false)]
    former: bool,
    /// What to send as `within` with the same text.
    within: Vec<String>,
    /// How many units it leaves.
    #[schema(minimum = 1, example = 1)]
    count: usize,
}

impl From<(Choice, Option<String>)> for PlaceChoiceView {
    fn from((choice, note): (Choice, Option<String>)) -> Self {
        Self {
            label: choice.label,
            note,
            former: choice.is_former,
            within: choice.within.into_iter().map(Into::into).collect(),
            count: choice.count,
        }
    }
}
