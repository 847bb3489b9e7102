//! `GET /api/v1/procedures`: search.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use motcua_catalogue::{Applicant, CentreId, LevelFilter, Slug, Tier, UnitCode};
use motcua_http::{AppState, OffsetPage, PageInfo, Problem, Query, QueryParams, QueryReader};
use motcua_search::{Filters, Matching, SearchRequest};

use crate::parameter::{AsOfParam, PageParams};
use crate::place::NamedRecords;
use crate::view::code::{ApplicantCode, TierCode};
use crate::view::reading::{ExplanationView, ReadAsView};
use crate::view::search::{FacetsView, ProcedureSummary};

/// Longest text that is searched for, in characters.
const LONGEST_TEXT: usize = 200;

/// Filters of a search. Values of one parameter are alternatives, different parameters are all required.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchProceduresParams {
    /// What to look for: everyday or official words, with or without diacritics, abbreviations, English, the name of a
    /// place, a code. Without it, every procedure in the order of names.
    #[param(rename = "q", value_type = Option<String>, max_length = 200, example = "dang ky khai sinh")]
    text: Option<String>,
    /// Key of a field, as `GET /api/v1/fields` lists them. May be repeated.
    #[param(rename = "field", value_type = Option<Vec<String>>, example = json!(["ho-tich"]))]
    fields: Vec<Slug>,
    /// Tier that carries the procedure out. May be repeated.
    #[param(rename = "tier", value_type = Option<Vec<TierCode>>, example = json!(["commune"]))]
    tiers: Vec<Tier>,
    /// For whom the procedure is. May be repeated.
    #[param(rename = "applicant", value_type = Option<Vec<ApplicantCode>>, example = json!(["citizen"]))]
    applicants: Vec<Applicant>,
    /// Code of a unit: only procedures that a centre of this unit, or of a unit below it, offers on the day.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    /// Id of a centre: only procedures that it offers on the day.
    #[param(value_type = Option<String>, example = "p42")]
    centre: Option<CentreId>,
    /// Level at which the centre, some centre of the unit, or any centre offers it: `4`, `partial`, or with its scheme
    /// `nd43-2011:4`.
    #[param(value_type = Option<String>, example = "nd43-2011:4")]
    level: Option<LevelFilter>,
    /// Whether the answer counts the procedures found by field, tier, level and applicant.
    #[param(value_type = Option<bool>, example = true)]
    facets: bool,
    /// Whether each procedure comes with an excerpt of its text where words were found below the name. It costs more
    /// time than the rest of a search.
    #[param(value_type = Option<bool>, example = false)]
    excerpts: bool,
    /// Takes the text as it stands: nothing is corrected, no place is taken out, no rule applies.
    #[param(value_type = Option<bool>, example = false)]
    verbatim: bool,
    /// Tells how the text was read, which ways were tried, and what each score is made of.
    #[param(value_type = Option<bool>, example = false)]
    explain: bool,
    #[param(ignore)]
    as_of: NaiveDate,
    #[param(ignore)]
    page: OffsetPage,
}

impl QueryParams for SearchProceduresParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let applicants: Vec<&str> = Applicant::all().map(Applicant::as_str).collect();
        Self {
            text: query.text("q", LONGEST_TEXT),
            fields: query.parse_list("field"),
            tiers: query.parse_list("tier"),
            applicants: query.choice_list(
                "applicant",
                &format!("one of {}", applicants.join(", ")),
                Applicant::from_code,
            ),
            unit: query.parse("unit"),
            centre: query.parse("centre"),
            level: query.parse("level"),
            facets: query.flag("facets"),
            excerpts: query.flag("excerpts"),
            verbatim: query.flag("verbatim"),
            explain: query.flag("explain"),
            as_of: query.as_of(),
            page: query.offset_page(),
        }
    }
}

/// Procedures found, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchProceduresAnswer {
    /// The procedures.
    items: Vec<ProcedureSummary>,
    /// Place of this answer in the whole list.
    page: PageInfo,
    /// Day on which procedures, centres and levels were looked at.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
    /// How the words were matched: `code`, `all_words` (the best have every word that says something, in one of the ways
    /// in which the text may be meant), `some_words` (no procedure has them all), `everything` (no words were asked for).
    #[schema(example = "all_words", pattern = "^(code|all_words|some_words|everything)$")]
    matching: &'static str,
    /// How the text was read where that is not as it stands; absent else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    read_as: Option<ReadAsView>,
    /// How the text was read in full; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    explanation: Option<ExplanationView>,
    /// Counts by property; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    facets: Option<FacetsView>,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

/// Search procedures
///
/// Finds procedures by what people type (everyday words, abbreviations, English, codes, with or without diacritics) and
/// narrows them down by field, tier, applicant, place and level on any day. Slips are put right and places taken out;
/// `read_as` says so, and `verbatim` undoes it. The same request on the same catalogue gives the same order, with the
/// tiers of one procedure together. `levels` of each procedure is about the place that the filters name.
#[utoipa::path(
    get,
    path = "/api/v1/procedures",
    tag = "procedures",
    params(SearchProceduresParams, AsOfParam, PageParams),
    responses(
        (status = 200, description = "The procedures found, best first.", body = SearchProceduresAnswer, example = json!({
            "items": [{
                "code": "1.001193",
                "name": "Thủ tục đăng ký khai sinh",
                "fields": [{"key": "ho-tich", "name": "Hộ tịch"}],
                "tiers": ["commune"],
                "applicants": [{"code": "citizen", "name": "Công dân Việt Nam"}],
                "levels": {
                    "scheme": "nd43-2011", "highest": "4", "weakest": "2",
                    "centres": {
                        "levels": [
                            {"level": "2", "scheme": "nd43-2011", "count": 20},
                            {"level": "3", "scheme": "nd43-2011", "count": 150},
                            {"level": "4", "scheme": "nd43-2011", "count": 30}
                        ],
                        "offered_without_level": 10, "unknown": 6, "not_offered": 0, "online": 180
                    }
                },
                "highlights": {
                    "name": [{"text": "Thủ tục ", "mark": false}, {"text": "đăng ký khai sinh", "mark": true}],
                    "excerpt": null
                },
                "period": {"valid_from": null, "valid_to": null}
            }],
            "page": {"next_cursor": null, "total": 1},
            "as_of": "2021-03-01",
            "matching": "all_words"
        })),
        (status = 410,
            description = "The unit or centre named does not exist on the day, but did or will on another: what became of it.")
    )
)]
pub(crate) async fn search_procedures(
    State(state): State<AppState>,
    Query(params): Query<SearchProceduresParams>,
) -> Result<Json<SearchProceduresAnswer>, Problem> {
    let with_facets = params.facets;
    let (request, page) = request(params);
    let mut named = NamedRecords::new(&state, request.as_of);
    named.fields("field", &request.filters.fields).await?;
    named.unit("unit", request.filters.unit.as_ref()).await?;
    named.centre("centre", request.filters.centre.as_ref()).await?;
    named.finish()?;
    // The engine answers from memory, well under a millisecond: moving it to another thread would cost more.
    let answer = state.engine.search(&request)?;
    let matching = answer.matching;
    Ok(Json(SearchProceduresAnswer {
        page: page.info(answer.hits.len(), answer.total),
        items: answer.hits.into_iter().map(|hit| ProcedureSummary::new(hit, matching)).collect(),
        as_of: request.as_of,
        matching: match matching {
            Matching::Everything => "everything",
            Matching::Code => "code",
            Matching::AllWords => "all_words",
            Matching::SomeWords => "some_words",
        },
        read_as: ReadAsView::of(answer.read_as),
        explanation: answer.explanation.map(Into::into),
        facets: with_facets.then(|| answer.facets.into()),
        notice: state.site.notice(),
    }))
}

fn request(params: SearchProceduresParams) -> (SearchRequest, OffsetPage) {
    let SearchProceduresParams {
        text,
        fields,
        tiers,
        applicants,
        unit,
        centre,
        level,
        excerpts,
        verbatim,
        explain,
        as_of,
        page,
        ..
    } = params;
    let request = SearchRequest {
        text: text.unwrap_or_default(),
        filters: Filters { fields, tiers, applicants, unit, centre, level },
        as_of,
        offset: page.offset,
        limit: page.size,
        snippets: excerpts,
        verbatim,
        explain,
    };
    (request, page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use motcua_http::Site;

    #[test]
    fn filters_reach_the_engine() {
        let pairs: Vec<(String, String)> = [
            ("q", " khai sinh "),
            ("field", "ho-tich"),
            ("tier", "commune"),
            ("tier", "district"),
            ("applicant", "citizen"),
            ("unit", "42"),
            ("centre", "p42"),
            ("level", "nd43-2011:4"),
            ("as_of", "01/03/2021"),
            ("per_page", "5"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let site = Site::new("test");
        let mut reader = QueryReader::new(&site, "/api/v1/procedures", &pairs);
        let (request, _) = request(SearchProceduresParams::read(&mut reader));
        assert_eq!(reader.finish(), []);
        assert_eq!((request.text.as_str(), request.limit, request.offset), ("khai sinh", 5, 0));
        assert_eq!(request.as_of.to_string(), "2021-03-01");
        assert_eq!(request.filters.tiers, [Tier::Commune, Tier::District]);
        assert_eq!(request.filters.applicants, [Applicant::Citizen]);
        assert_eq!(request.filters.level.map(|level| level.to_string()).as_deref(), Some("nd43-2011:4"));
    }
}
