//! The pages, one file each: parameters, what the template shows, handler.

pub(crate) mod about;
pub(crate) mod centre;
pub(crate) mod centres;
pub(crate) mod help;
pub(crate) mod home;
pub(crate) mod places;
pub(crate) mod problem;
pub(crate) mod procedure;
pub(crate) mod results;
pub(crate) mod unit;

use askama::Template;
use axum::response::Html;
use motcua_catalogue::{Catalogue, UnitAt, UnitCode};
use motcua_http::Problem;

use crate::address::Address;
use crate::frame::{PlaceView, View};
use crate::l10n::L10n;

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
    catalogue: &Catalogue,
    view: &View,
    here: &Address,
) -> Result<Option<PlaceView>, Problem> {
    let clear = here.clone().without("unit").without("centre").without("cursor");
    if let Some(id) = view.centre()
        && let Some(centre) = catalogue.centre(&id).await?
    {
        let href = view.carried.to(Address::of("/vi/trung-tam", id.as_str()));
        return Ok(Some(PlaceView { name: centre.stored.record.name, href, clear }));
    }
    let Some(code) = view.unit() else { return Ok(None) };
    let href = view.carried.to(Address::of("/vi/noi", code.as_str()));
    let name = unit_name(catalogue, &code, view).await?;
    Ok(Some(PlaceView { name, href, clear }))
}

/// Name of the unit that has a code on the day in view, or had it last.
async fn unit_name(catalogue: &Catalogue, code: &UnitCode, view: &View) -> Result<String, Problem> {
    if let Some(unit) = catalogue.unit(code, view.as_of).await? {
        return Ok(with_parents(&unit));
    }
    let l10n = L10n::vi();
    Ok(match catalogue.units_ever(code).await?.into_iter().next() {
        Some(former) => l10n.t("place-not-on-day").arg("name", with_parents(&former)).to_string(),
        None => l10n.t("place-unknown-code").arg("code", code.as_str()).to_string(),
    })
}

/// `Phường Thành Sen, Tỉnh Hà Tĩnh`.
pub(crate) fn with_parents(unit: &UnitAt) -> String {
    let names = std::iter::once(&unit.stored.record.full_name)
        .chain(unit.ancestors.iter().rev().map(|ancestor| &ancestor.full_name));
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}
