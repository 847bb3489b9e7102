//! The frame of a page about one procedure that stands below the procedure's own: where to file it, its level at every unit.

use motcua_catalogue::ProcedureAt;
use motcua_http::{AppState, Problem};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::pages::place_in_view;

/// Keys of the texts that such a page names itself by.
pub(crate) struct BelowTexts {
    /// Title, with the procedure's name as `name`.
    pub title: &'static str,
    /// One sentence for search engines, with the same.
    pub description: &'static str,
    /// The page's own name at the end of the way to it.
    pub crumb: &'static str,
}

/// The frame of the page at an address.
pub(crate) async fn frame_below(
    state: &AppState,
    view: &View,
    here: &Address,
    at: &ProcedureAt,
    texts: &BelowTexts,
) -> Result<Frame, Problem> {
    let l10n = L10n::vi();
    let record = &at.stored.record;
    let title = l10n.t(texts.title).arg("name", &record.name).to_string();
    let mut frame = Frame::new(&state.site, view, here, title);
    frame.description = l10n.t(texts.description).arg("name", &record.name).to_string();
    frame.place = place_in_view(state, view, here).await?;
    let search = frame.crumb(l10n.t("nav-procedures").to_string(), Address::new("/vi/thu-tuc"));
    let procedure = frame.crumb(&*record.name, Address::of("/vi/thu-tuc", record.code.as_str()));
    let mut own = frame.last_crumb();
    own.label = l10n.t(texts.crumb).to_string();
    Ok(frame.within(Part::Procedures, vec![search, procedure, own]))
}
