//! Help: what the levels mean, and how to use the site.

use askama::Template;
use axum::extract::State;
use motcua_catalogue::{OnlineLevel, Scheme};
use motcua_http::{AppState, Query};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::pages::{Page, place_in_view, show};
use crate::words::{self, LevelView};

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/help.html")]
pub(crate) struct HelpPage {
    pub frame: Frame,
    pub schemes: Vec<SchemeView>,
}

/// The levels of one legal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemeView {
    pub title: String,
    pub note: String,
    pub in_force: String,
    pub levels: Vec<(LevelView, String)>,
}

/// `GET /vi/tro-giup`.
pub(crate) async fn show_help(State(state): State<AppState>, Query(view): Query<View>) -> Page {
    let l10n = L10n::vi();
    let here = view.carried.to(Address::new("/vi/tro-giup"));
    let mut frame = Frame::new(&state.site, &view, &here, l10n.t("help-title").to_string());
    frame.place = place_in_view(&state, &view, &here).await?;
    let way = vec![frame.last_crumb()];
    let frame = frame.within(Part::Help, way);
    show(&HelpPage { frame, schemes: schemes(l10n) })
}

/// The levels of every legal text, the oldest first.
pub(crate) fn schemes(l10n: &L10n) -> Vec<SchemeView> {
    let notes = [
        (Scheme::Nd43, "help-scheme-nd43"),
        (Scheme::Nd42, "help-scheme-nd42"),
        (Scheme::Nd224, "help-scheme-nd224"),
    ];
    notes
        .into_iter()
        .map(|(scheme, note)| SchemeView {
            title: l10n.t(words::scheme_full_key(scheme)).to_string(),
            note: l10n.t(note).to_string(),
            in_force: in_force(l10n, scheme),
            levels: OnlineLevel::all()
                .filter(|level| level.scheme() == scheme)
                .map(|level| {
                    let meaning = l10n.t(words::level_meaning_key(level.level())).to_string();
                    (LevelView::of(l10n, level), meaning)
                })
                .collect(),
        })
        .collect()
}

/// From when to when the legal text holds, and whether that was checked.
fn in_force(l10n: &L10n, scheme: Scheme) -> String {
    let text = scheme.legal_text();
    let from = words::date(text.in_force_from);
    let mut words = match text.in_force_to {
        Some(to) => l10n.t("help-scheme-in-force").arg("from", from).arg("to", words::date(to)),
        None => l10n.t("help-scheme-in-force-since").arg("from", from),
    }
    .to_string();
    if !text.days_checked {
        words.push(' ');
        words.push_str(&l10n.t("help-scheme-days-unchecked").to_string());
    }
    words
}
