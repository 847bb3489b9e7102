//! Every unit that ever had a code: when it was, what it came from, what became of it and by which resolution. It stays
//! where it is, whatever the day.

use axum::extract::State;
use axum::response::Html;
use motcua_catalogue::UnitCode;
use motcua_http::{AppState, Path, Problem, Query};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::pages::unit::{ElsewhenPage, elsewhen_unit, history_address};
use crate::pages::{nothing_has, place_in_view, show};

/// `GET /vi/noi/{code}/lich-su`.
pub(crate) async fn show_unit_history(
    State(state): State<AppState>,
    Path(code): Path<UnitCode>,
    Query(view): Query<View>,
) -> Result<Html<String>, Problem> {
    let ever = state.catalogue.units_ever(&code).await?;
    let Some(latest) = ever.first() else {
        return Err(nothing_has("unit", code.as_str(), &view));
    };
    let l10n = L10n::vi();
    // The unit that is looked for is most often the one that is no more.
    let named = ever.iter().find(|unit| !unit.stored.record.period.contains(view.as_of)).unwrap_or(latest);
    let title = l10n.t("unit-history-title").arg("name", &named.stored.record.full_name).to_string();
    let own = Address::of("/vi/noi", code.as_str());
    let mut frame = Frame::new(&state.site, &view, &Address::new("/vi/noi"), title.clone());
    let here = history_address(&frame, &code);
    frame = Frame::new(&state.site, &view, &here, title);
    frame.place = place_in_view(&state.catalogue, &view, &here).await?;
    let way =
        vec![frame.crumb(l10n.t("nav-places").to_string(), Address::new("/vi/noi")), frame.last_crumb()];
    let frame = frame.within(Part::Places, way);
    let mut units = Vec::with_capacity(ever.len());
    for unit in &ever {
        let history = state.catalogue.unit_history(unit.unit_id).await?;
        units.push(elsewhen_unit(l10n, &frame, &view.carried.to(own.clone()), &view, unit, &history));
    }
    let intro = l10n.t("unit-history-intro").arg("code", code.as_str()).to_string();
    show(&ElsewhenPage { frame, intro, units })
}
