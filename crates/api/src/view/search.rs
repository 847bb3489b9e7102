//! Search results in JSON.

use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::Offered;
use motcua_search::{Facets, Hit, HitField, ListingState, Matching, Snippet};

use crate::view::code::{
    ApplicantCode, Code, LevelCode, OfferedCode, SchemeCode, StateCode, StateWithoutLevel, TierCode,
};
use crate::view::level::{LevelCountView, LevelSpreadView};
use crate::view::part::{FieldView, PeriodView, views};
use crate::view::procedure::ApplicantView;
use crate::view::reading::HitExplanationView;

/// A procedure that was found, as it stands on the day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureSummary {
    /// Code as published.
    #[schema(example = "1.001193")]
    pub(crate) code: String,
    /// Name.
    #[schema(example = "Thủ tục đăng ký khai sinh")]
    pub(crate) name: String,
    /// Its fields, the main one first.
    pub(crate) fields: Vec<FieldView>,
    /// Tiers that carry it out.
    pub(crate) tiers: Vec<TierCode>,
    /// For whom it is.
    pub(crate) applicants: Vec<ApplicantView>,
    /// How far online in the place that the filters name: the centre, the unit, or the whole country.
    pub(crate) levels: LevelSpreadView,
    /// What the centre named by the filter says; absent without that filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) at_centre: Option<AtCentreView>,
    /// Where the words were found; absent when no words were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) highlights: Option<HighlightsView>,
    /// When this text of the procedure holds.
    pub(crate) period: PeriodView,
    /// Code of the same procedure at another tier that stands before it; absent on the first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "1.011728")]
    pub(crate) same_as: Option<String>,
    /// What its score is made of; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) explanation: Option<HitExplanationView>,
}

/// What one centre says about a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AtCentreView {
    /// Whether the centre offers it.
    pub(crate) offered: OfferedCode,
    /// How far online; null where unknown.
    #[schema(required)]
    pub(crate) level: Option<LevelCode>,
    /// The scheme of `level`.
    #[schema(required)]
    pub(crate) scheme: Option<SchemeCode>,
}

impl From<ListingState> for AtCentreView {
    fn from(state: ListingState) -> Self {
        let offered = match state {
            ListingState::Level(_) | ListingState::Offered => Offered::Yes,
            ListingState::Unknown => Offered::Unknown,
            ListingState::NotOffered => Offered::No,
        };
        let level = state.level();
        Self {
            offered: Code(offered),
            level: level.map(|level| Code(level.level())),
            scheme: level.map(|level| Code(level.scheme())),
        }
    }
}

/// Where the words were found. The texts of all segments together are the text itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HighlightsView {
    /// The name, in segments.
    pub(crate) name: Vec<SegmentView>,
    /// An excerpt of the text below the name; null where every word stands in the name, and unless `excerpts` asks
    /// for it.
    #[schema(required)]
    pub(crate) excerpt: Option<ExcerptView>,
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SegmentView {
    /// The piece, with its spaces.
    #[schema(example = "khai sinh")]
    pub(crate) text: String,
    /// Whether it was asked for.
    #[schema(example = true)]
    pub(crate) mark: bool,
}

/// Excerpt of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExcerptView {
    /// The excerpt, in segments.
    pub(crate) segments: Vec<SegmentView>,
    /// Whether text before it was left out.
    pub(crate) cut_before: bool,
    /// Whether text after it was left out.
    pub(crate) cut_after: bool,
}

impl From<Snippet> for ExcerptView {
    fn from(snippet: Snippet) -> Self {
        let Snippet { text, marks, cut_before, cut_after } = snippet;
        Self { segments: segments(&text, &marks), cut_before, cut_after }
    }
}

impl ProcedureSummary {
    /// The view of a hit.
    pub(crate) fn new(hit: Hit, matching: Matching) -> Self {
        let highlights = (matching != Matching::Everything).then(|| HighlightsView {
            name: segments(&hit.name, &hit.name_marks),
            excerpt: hit.snippet.map(Into::into),
        });
        Self {
            code: hit.code.into(),
            name: hit.name,
            fields: views(hit.fields),
            tiers: hit.tiers.into_iter().map(Code).collect(),
            applicants: views(hit.applicants),
            levels: LevelSpreadView::said_in(hit.levels, None),
            at_centre: hit.at_centre.map(Into::into),
            highlights,
            period: hit.period.into(),
            same_as: hit.same_as.map(Into::into),
            explanation: hit.explanation.map(Into::into),
        }
    }
}

impl From<HitField> for FieldView {
    fn from(field: HitField) -> Self {
        Self { key: field.slug.into(), name: field.name }
    }
}

/// Cuts a text at its marks. A mark that is not within the text, or not at letters' borders, is left out.
fn segments(text: &str, marks: &[Range<usize>]) -> Vec<SegmentView> {
    let mut segments = Vec::with_capacity(marks.len() * 2 + 1);
    let mut push = |text: &str, mark: bool| {
        if !text.is_empty() {
            segments.push(SegmentView { text: text.to_owned(), mark });
        }
    };
    let mut end = 0;
    for mark in marks {
        if let (Some(before), Some(marked)) = (text.get(end..mark.start), text.get(mark.clone())) {
            push(before, false);
            push(marked, true);
            end = mark.end;
        }
    }
    push(text.get(end..).unwrap_or_default(), false);
    segments
}

/// Counts of procedures by property. The count of a property disregards the filter on that property itself, so that
/// it tells what choosing another value would give.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetsView {
    /// By field, the most frequent first.
    pub(crate) fields: Vec<FieldCountView>,
    /// By tier, from the top.
    pub(crate) tiers: Vec<TierCountView>,
    /// By level: procedures that some centre of the place offers at it. One procedure may count at several.
    pub(crate) levels: Vec<LevelCountView>,
    /// By state other than a level.
    pub(crate) states: Vec<StateCountView>,
    /// By applicant.
    pub(crate) applicants: Vec<ApplicantCountView>,
}

/// Count of a field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldCountView {
    /// Key, for the filter `field`.
    #[schema(example = "ho-tich")]
    pub(crate) key: String,
    /// Name.
    #[schema(example = "Hộ tịch")]
    pub(crate) name: String,
    /// Procedures.
    #[schema(example = 37)]
    pub(crate) count: u64,
}

/// Count of a tier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TierCountView {
    /// The tier.
    pub(crate) tier: TierCode,
    /// Procedures.
    #[schema(example = 120)]
    pub(crate) count: u64,
}

/// Count of a state other than a level.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StateCountView {
    /// The state.
    pub(crate) state: StateCode,
    /// Procedures.
    #[schema(example = 4)]
    pub(crate) count: u64,
}

/// Count of an applicant group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicantCountView {
    /// Code, for the filter `applicant`.
    pub(crate) applicant: ApplicantCode,
    /// The words of the national catalogue.
    #[schema(example = "Công dân Việt Nam")]
    pub(crate) name: &'static str,
    /// Procedures.
    #[schema(example = 210)]
    pub(crate) count: u64,
}

impl From<Facets> for FacetsView {
    fn from(facets: Facets) -> Self {
        let state = |state: ListingState| match state {
            ListingState::Level(_) => None,
            ListingState::Offered => Some(StateWithoutLevel::Offered),
            ListingState::Unknown => Some(StateWithoutLevel::Unknown),
            ListingState::NotOffered => Some(StateWithoutLevel::NotOffered),
        };
        Self {
            fields: facets
                .fields
                .into_iter()
                .map(|field| FieldCountView { key: field.slug.into(), name: field.name, count: field.count })
                .collect(),
            tiers: facets
                .tiers
                .into_iter()
                .map(|tier| TierCountView { tier: Code(tier.tier), count: tier.count })
                .collect(),
            levels: facets
                .levels
                .into_iter()
                .map(|level| LevelCountView::new(level.level, level.count))
                .collect(),
            states: facets
                .states
                .into_iter()
                .filter_map(|count| {
                    state(count.state).map(|state| StateCountView { state: Code(state), count: count.count })
                })
                .collect(),
            applicants: facets
                .applicants
                .into_iter()
                .map(|count| ApplicantCountView {
                    applicant: Code(count.applicant),
                    name: count.applicant.vietnamese(),
                    count: count.count,
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_the_text() {
        let text = "Đăng ký khai sinh";
        let start = text.find("khai").expect("in the text");
        // An empty mark leaves nothing.
        let cut = segments(text, &[0..0, start..text.len()]);
        let marked: Vec<_> = cut.iter().map(|segment| (segment.text.as_str(), segment.mark)).collect();
        assert_eq!(marked, [("Đăng ký ", false), ("khai sinh", true)]);
        assert_eq!(
            segments(text, &[1..3, 5000..5001]).iter().map(|s| s.text.as_str()).collect::<String>(),
            text
        );
        assert!(segments("", &[]).is_empty());
    }

    #[test]
    fn an_unknown_level_has_no_scheme_either() {
        let json = serde_json::to_string(&AtCentreView::from(ListingState::Offered)).expect("serialises");
        assert_eq!(json, r#"{"offered":"yes","level":null,"scheme":null}"#);
    }
}
