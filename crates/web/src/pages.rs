//! The pages, one file each: parameters, what the template shows, handler.

pub(crate) mod about;
pub(crate) mod centre;
pub(crate) mod centres;
pub(crate) mod former;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod level_map;
pub(crate) mod moved;
pub(crate) mod places;
pub(crate) mod problem;
pub(crate) mod procedure;
pub(crate) mod reading;
pub(crate) mod results;
pub(crate) mod statistics;
pub(crate) mod unit;
pub(crate) mod unit_history;
pub(crate) mod ways;

use askama::Template;
use axum::response::Html;
use motcua_catalogue::UnitAt;
use motcua_http::{AppState, Problem};

use crate::address::Address;
use crate::frame::{PlaceView, View};
use crate::l10n::L10n;
use crate::pages::former::{Leads, Lookup};

/// What a handler of a page gives.
pub(crate) type Page = Result<Html<String>, Problem>;

/// Writes a page.
pub(crate) fn show(template: &impl Template) -> Page {
    match template.render() {
        Ok(html) => Ok(Html(html)),
        Err(error) => Err(Problem::internal("a page could not be written", &error)),
    }
}

/// The place that the address names, for the line under the head. A unit that is none on the day is still named, and
/// a centre leads over its unit.
pub(crate) async fn place_in_view(
    state: &AppState,
    view: &View,
    here: &Address,
) -> Result<Option<PlaceView>, Problem> {
    let lookup = Lookup { state, view, here, leads: Leads::Here };
    let clear = here.clone().without("unit").without("centre").without("cursor");
    if let Some(id) = view.centre()
        && let Some(centre) = state.catalogue.centre(&id).await?
    {
        let href = view.carried.to(Address::of("/vi/trung-tam", id.as_str()));
        let former = lookup.centre(&centre).await?;
        return Ok(Some(PlaceView { name: centre.stored.record.name, href, clear, former }));
    }
    let Some(code) = view.unit() else { return Ok(None) };
    let href = view.carried.to(Address::of("/vi/noi", code.as_str()));
    if let Some(unit) = state.catalogue.unit(&code, view.as_of).await? {
        return Ok(Some(PlaceView { name: with_parents(&unit), href, clear, former: None }));
    }
    let l10n = L10n::vi();
    let (name, former) = match lookup.unit(&code).await? {
        Some((unit, former)) => {
            (l10n.t("place-not-on-day").arg("name", with_parents(&unit)).to_string(), Some(former))
        }
        None => (l10n.t("place-unknown-code").arg("code", code.as_str()).to_string(), None),
    };
    Ok(Some(PlaceView { name, href, clear, former }))
}

/// Nothing has a code. The page of the problem names what was looked for, the code, and the day.
pub(crate) fn nothing_has(what: &'static str, code: &str, view: &View) -> Problem {
    Problem::not_found(format!("there is no {what} {code:?} on {}", view.as_of))
        .with_extension("what", what)
        .with_extension("code", code)
        .with_extension("as_of", view.as_of.to_string())
}

/// `Phường Thành Sen, Tỉnh Hà Tĩnh`.
pub(crate) fn with_parents(unit: &UnitAt) -> String {
    let names = std::iter::once(&unit.stored.record.full_name)
        .chain(unit.ancestors.iter().rev().map(|ancestor| &ancestor.full_name));
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}
