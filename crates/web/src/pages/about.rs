//! About: sources, licence, accessibility.

use askama::Template;
use axum::extract::State;
use motcua_http::{AppState, Query};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::pages::{Page, place_in_view, show};

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/about.html")]
pub(crate) struct AboutPage {
    pub frame: Frame,
    pub build: String,
}

/// `GET /vi/gioi-thieu`.
pub(crate) async fn show_about(State(state): State<AppState>, Query(view): Query<View>) -> Page {
    let here = view.carried.to(Address::new("/vi/gioi-thieu"));
    let mut frame = Frame::new(&state.site, &view, &here, L10n::vi().t("about-title").to_string());
    frame.place = place_in_view(&state, &view, &here).await?;
    let way = vec![frame.last_crumb()];
    let frame = frame.within(Part::Help, way);
    show(&AboutPage { frame, build: state.site.build.clone() })
}
