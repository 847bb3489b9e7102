//! Every unit that ever had a code: when it was, what it came from, what became of it and by which resolution. It stays
//! where it is, whatever the day.

use axum::extract::State;
use axum::response::Html;
use motcua_catalogue::UnitCode;
use motcua_http::{AppState, Path, Problem, Query};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::pages::unit::told::{Ends, merged};
use crate::pages::unit::{ElsewhenPage, history_of};
use crate::pages::{nothing_has, place_in_view, show};

/// `GET /vi/noi/{code}/lich-su`.
pub(crate) async fn show_unit_history(
    State(state): State<AppState>,
    Path(code): Path<UnitCode>,
    Query(view): Query<View>,
) -> Result<Html<String>, Problem> {
    let ever = merged(state.catalogue.units_ever(&code).await?);
    let in_force = ever.iter().find(|unit| unit.stored.record.period.contains(view.as_of));
    let Some(named) = in_force.or(ever.first()).map(|unit| &unit.stored.record.full_name) else {
        return Err(nothing_has("unit", code.as_str(), &view));
    };
    let l10n = L10n::vi();
    let has_one_name = ever.iter().all(|unit| unit.stored.record.full_name == *named);
    let title = if has_one_name {
        l10n.t("unit-history-title-name").arg("name", named)
    } else {
        l10n.t("unit-history-title").arg("code", code.as_str())
    }
    .to_string();
    let here = history_of(&view.carried, &code);
    let mut frame = Frame::new(&state.site, &view, &here, title);
    frame.place = place_in_view(&state, &view, &here).await?;
    let way =
        vec![frame.crumb(l10n.t("nav-places").to_string(), Address::new("/vi/noi")), frame.last_crumb()];
    let frame = frame.within(Part::Places, way);
    let ends = Ends { state: &state, frame: &frame, as_of: view.as_of };
    let mut units = Vec::with_capacity(ever.len());
    for unit in &ever {
        units.push(ends.told(unit).await?);
    }
    let intro = l10n.t("unit-history-intro").arg("code", code.as_str()).to_string();
    show(&ElsewhenPage { frame, intro, units })
}
