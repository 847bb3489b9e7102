//! The place picker: a box that reads names and addresses of any day, and the provinces of the day, from which one goes
//! down.

pub(crate) mod found;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use motcua_catalogue::UnitCode;
use motcua_http::{AppState, Problem, Query, QueryParams, QueryReader};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::{place_in_view, show};
use crate::words;

use found::{Finder, FoundView};

/// Longest text that is read, in characters.
const LONGEST_QUERY: usize = 200;

/// Longest text that is shown again to be shortened, in characters.
const LONGEST_SENT: usize = 4000;

/// Parameters of the page.
pub(crate) struct PlacesParams {
    query: Option<String>,
    /// A text that is too long to be read.
    too_long: Option<String>,
    /// Answers to questions before, and the same as it stands in the address.
    within: Vec<UnitCode>,
    within_given: Option<String>,
    view: View,
}

impl QueryParams for PlacesParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let text = query.text("q", LONGEST_SENT);
        let (text, too_long) = match text {
            Some(text) if text.chars().count() > LONGEST_QUERY => (None, Some(text)),
            text => (text, None),
        };
        let codes =
            |text: &str| text.split(',').map(|code| code.parse().ok()).collect::<Option<Vec<UnitCode>>>();
        let within = query.choice("within", "codes of units, separated by commas", codes).unwrap_or_default();
        let within_given =
            (!within.is_empty()).then(|| within.iter().map(UnitCode::as_str).collect::<Vec<_>>().join(","));
        Self { query: text, too_long, within, within_given, view: View::read(query) }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/places.html")]
pub(crate) struct PlacesPage {
    pub frame: Frame,
    /// Target and hidden fields of the form.
    pub action: Address,
    pub query: String,
    /// Whether that is more than is read.
    pub is_too_long: bool,
    pub found: Option<FoundView>,
    pub count: String,
    pub provinces: Vec<Link>,
}

/// `GET /vi/noi`.
pub(crate) async fn list_places(
    State(state): State<AppState>,
    Query(params): Query<PlacesParams>,
) -> Result<Response, Problem> {
    let PlacesParams { query, too_long, within, within_given, view } = params;
    let l10n = L10n::vi();
    let action = view.carried.to(Address::new("/vi/noi"));
    let asked = action.clone().maybe("q", query.as_deref());
    let here = asked.clone().maybe("within", within_given.as_deref());
    let mut frame = Frame::new(&state.site, &view, &here, l10n.t("places-title").to_string());
    frame.place = place_in_view(&state, &view, &here).await?;
    frame.noindex |= query.is_some() || too_long.is_some();
    let way = vec![frame.last_crumb()];
    let frame = frame.within(Part::Places, way);
    let provinces = state.catalogue.units_below(None, view.as_of).await?;
    let found = query.as_deref().map(|text| {
        let finder =
            Finder { l10n, frame: &frame, here: &asked, as_of: view.as_of, is_narrowed: !within.is_empty() };
        finder.view(&state.engine.resolve_place(text, view.as_of, &within))
    });
    let page = PlacesPage {
        action,
        is_too_long: too_long.is_some(),
        query: query.or(too_long).unwrap_or_default(),
        found,
        count: l10n
            .t("places-count")
            .arg("n", provinces.len())
            .arg("date", words::date(view.as_of))
            .to_string(),
        provinces: provinces
            .iter()
            .map(|unit| Link {
                label: unit.stored.record.full_name.clone(),
                href: frame.carried.to(Address::of("/vi/noi", unit.stored.record.code.as_str())),
            })
            .collect(),
        frame,
    };
    let status = if page.is_too_long { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok((status, show(&page)?).into_response())
}
