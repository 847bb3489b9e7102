//! The place picker: the provinces of the day, from which one goes down.

use askama::Template;
use axum::extract::State;
use motcua_http::{AppState, Query};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::{Page, place_in_view, show};
use crate::words;

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/places.html")]
pub(crate) struct PlacesPage {
    pub frame: Frame,
    pub count: String,
    pub provinces: Vec<Link>,
}

/// `GET /vi/noi`.
pub(crate) async fn list_places(State(state): State<AppState>, Query(view): Query<View>) -> Page {
    let l10n = L10n::vi();
    let here = view.carried.to(Address::new("/vi/noi"));
    let mut frame = Frame::new(&state.site, &view, &here, l10n.t("places-title").to_string());
    frame.place = place_in_view(&state.catalogue, &view, &here).await?;
    let way = vec![frame.last_crumb()];
    let frame = frame.within(Part::Places, way);
    let provinces = state.catalogue.units_below(None, view.as_of).await?;
    let page = PlacesPage {
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
    show(&page)
}
