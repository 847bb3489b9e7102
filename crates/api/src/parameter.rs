//! Documentation of the parameters that every list or every dated answer takes. They are read by
//! [`QueryReader::as_of`](motcua_http::QueryReader::as_of) and [`page`](motcua_http::QueryReader::page).

use motcua_http::{PlacePage, QueryParams, QueryReader};
use utoipa::IntoParams;

/// The day.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its documentation is used")]
pub(crate) struct AsOfParam {
    /// Day on which to look, `YYYY-MM-DD`; also `DD/MM/YYYY` and `today` (in Vietnam). Without it, the site's day:
    /// today, or the one that its configuration fixes. The answer says which in `as_of`.
    #[param(example = "2021-03-01")]
    as_of: Option<String>,
}

/// The part of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its documentation is used")]
pub(crate) struct PageParams {
    /// Items per page, 20 where it is not given.
    #[param(minimum = 1, maximum = 100, example = 20)]
    per_page: Option<u32>,
    /// `page.next_cursor` of the answer before. It belongs to the same list with the same filters; another one's is
    /// refused. Absent for the first page.
    cursor: Option<String>,
}

/// Which part of a history: nothing else may stand in the query, least of all a day, as a history has all of them.
#[derive(Debug)]
pub(crate) struct RevisionParams {
    pub(crate) page: PlacePage,
}

impl QueryParams for RevisionParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { page: query.page() }
    }
}
