//! Pages that have moved for good: the redirect names the page that was asked for, and the page it leads to says so.

use axum::response::Response;
use motcua_catalogue::places::CodeState;
use motcua_catalogue::{CentreId, Moved, UnitCode};
use motcua_http::{AppState, Problem, moved_permanently};
use motcua_search::Engine;

use crate::address::Address;
use crate::frame::View;
use crate::l10n::L10n;
use crate::words;

/// Parameter that names the old code or id.
pub(crate) const FROM: &str = "tu";

/// The redirect from an old page, with its parameters.
pub(crate) fn redirect(to: &Address, parameters: Option<&str>, old: &str) -> Response {
    let from = Address::new("").with(FROM, old).to_string();
    let is_from = |pair: &&str| pair.split('=').next() == Some(FROM);
    let kept = parameters.unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_from(pair));
    let query: Vec<&str> = kept.chain([from.trim_start_matches('?')]).collect();
    moved_permanently(to.path(), Some(&query.join("&")))
}

/// What the page of a unit says to those who asked for an old one. None where that one does not lead here.
pub(crate) async fn unit_note(
    engine: &Engine,
    view: &View,
    old: Option<&UnitCode>,
    (code, name): (&UnitCode, &str),
) -> Result<Option<String>, Problem> {
    let Some(old) = old else { return Ok(None) };
    Ok(match engine.code_state(old, view.as_of).await? {
        CodeState::Moved(moved) if moved.to == *code => Some(note(&moved, name)),
        _ => None,
    })
}

/// The same for a centre.
pub(crate) async fn centre_note(
    state: &AppState,
    view: &View,
    old: Option<&CentreId>,
    (id, name): (&CentreId, &str),
) -> Result<Option<String>, Problem> {
    let Some(old) = old else { return Ok(None) };
    let Some(old) = state.catalogue.centre(old).await? else { return Ok(None) };
    let moved = state.engine.moved_centre(&old, view.as_of).await?;
    Ok(moved.filter(|moved| moved.to == *id).map(|moved| note(&moved, name)))
}

fn note<T>(moved: &Moved<T>, name: &str) -> String {
    L10n::vi()
        .t("unit-moved-from")
        .arg("former", &moved.former)
        .arg("now", name)
        .arg("date", words::date(moved.since))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_names_the_page_that_was_asked_for_once() {
        let to = |parameters| {
            let response = redirect(&Address::of("/vi/noi", "18073"), parameters, "18070");
            response.headers()["location"].to_str().expect("text").to_owned()
        };
        assert_eq!(to(None), "/vi/noi/18073?tu=18070");
        assert_eq!(to(Some("as_of=today")), "/vi/noi/18073?as_of=today&tu=18070");
        assert_eq!(to(Some("tu=18076&as_of=today")), "/vi/noi/18073?as_of=today&tu=18070");
    }
}
