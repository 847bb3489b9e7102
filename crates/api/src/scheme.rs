//! `GET /api/v1/schemes`: the legal texts whose words the levels use.

use axum::Json;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{ProactiveLevel, Scheme};
use motcua_http::{Problem, Query, QueryParams, QueryReader};

use crate::parameter::AsOfParam;
use crate::view::code::{Code, LevelCode, SchemeCode};

#[derive(Debug)]
pub(crate) struct ListSchemesParams {
    as_of: NaiveDate,
}

impl QueryParams for ListSchemesParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { as_of: query.as_of() }
    }
}

/// The schemes of levels.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SchemeList {
    /// The schemes, oldest first.
    items: Vec<SchemeView>,
    /// The proactive levels (NĐ 224/2026/NĐ-CP Art. 16): another scheme, whose numbers are never levels of those above.
    proactive: ProactiveSchemeView,
    /// Day for which `in_force` says whether a text is in force.
    #[schema(example = "2021-03-01")]
    as_of: NaiveDate,
}

/// A scheme of levels (khung mức độ).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SchemeView {
    /// Its code.
    scheme: SchemeCode,
    /// Its levels, lowest first.
    levels: Vec<LevelCode>,
    /// Number of the legal text.
    #[schema(example = "43/2011/NĐ-CP")]
    number: &'static str,
    /// The articles that define or use the levels.
    #[schema(example = "Điều 3")]
    articles: &'static str,
    /// Day on which it was signed. No level may be stated in its words before.
    #[schema(example = "2011-06-13")]
    signed_on: NaiveDate,
    /// First day of force.
    #[schema(example = "2011-08-01")]
    in_force_from: NaiveDate,
    /// First day on which it is no longer in force; null while it is.
    #[schema(required, example = "2022-08-15")]
    in_force_to: Option<NaiveDate>,
    /// Whether the days of force were read in the text itself or a copy; where not, they are those commonly given.
    #[schema(example = false)]
    days_checked: bool,
    /// Whether it is in force on the day.
    #[schema(example = true)]
    in_force: bool,
}

/// The scheme of proactive levels.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProactiveSchemeView {
    /// Its code.
    #[schema(example = "nd224-2026-proactive")]
    scheme: &'static str,
    /// Its levels, lowest first.
    levels: [&'static str; 4],
    /// Number of the legal text.
    #[schema(example = "224/2026/NĐ-CP")]
    number: &'static str,
    /// The article that defines them.
    #[schema(example = "Điều 16")]
    articles: &'static str,
}

/// List the schemes of levels
///
/// The legal texts whose words say how far a procedure can be done online, with their days of force. A level means
/// nothing without its scheme; conversions between schemes are practice, not law, and are marked wherever they occur.
#[utoipa::path(
    get,
    path = "/api/v1/schemes",
    tag = "procedures",
    params(AsOfParam),
    responses((status = 200, description = "The schemes, oldest first.", body = SchemeList, example = json!({
        "items": [{
            "scheme": "nd43-2011", "levels": ["1", "2", "3", "4"], "number": "43/2011/NĐ-CP", "articles": "Điều 3",
            "signed_on": "2011-06-13", "in_force_from": "2011-08-01", "in_force_to": "2022-08-15",
            "days_checked": false, "in_force": true
        }],
        "proactive": {
            "scheme": "nd224-2026-proactive", "levels": ["1", "2", "3", "4"], "number": "224/2026/NĐ-CP",
            "articles": "Điều 16"
        },
        "as_of": "2021-03-01"
    })))
)]
pub(crate) async fn list_schemes(
    Query(ListSchemesParams { as_of }): Query<ListSchemesParams>,
) -> Result<Json<SchemeList>, Problem> {
    let items = Scheme::ALL.into_iter().map(|scheme| {
        let text = scheme.legal_text();
        SchemeView {
            scheme: Code(scheme),
            levels: scheme.levels().iter().copied().map(Code).collect(),
            number: text.number,
            articles: text.articles,
            signed_on: text.signed_on,
            in_force_from: text.in_force_from,
            in_force_to: text.in_force_to,
            days_checked: text.days_checked,
            in_force: scheme.in_force().contains(as_of),
        }
    });
    let proactive = ProactiveSchemeView {
        scheme: ProactiveLevel::SCHEME,
        levels: ProactiveLevel::ALL.map(ProactiveLevel::as_str),
        number: Scheme::Nd224.legal_text().number,
        articles: "Điều 16",
    };
    Ok(Json(SchemeList { items: items.collect(), proactive, as_of }))
}
