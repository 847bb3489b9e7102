//! The procedures of a centre, line by line: those that it offers come from the index, those of which it says nothing
//! or no from the catalogue.

use std::collections::HashMap;

use motcua_catalogue::{Availability, AvailabilityFilter, CentreAt, CentreId, Offered, PageRequest};
use motcua_http::{AppState, PlacePage, Problem};
use motcua_search::Hit;

use super::ProcedureLine;
use crate::address::Address;
use crate::filing::derived_words;
use crate::frame::{Frame, View};
use crate::l10n::L10n;
use crate::listing::Pager;
use crate::offer::level_warning;
use crate::spread::state_view;
use crate::words::{CodeView, LevelView};

/// A part of the list.
pub(super) struct Lines {
    pub lines: Vec<ProcedureLine>,
    pub total: u64,
    pub pager: Pager,
}

/// Lines for hits of the search.
pub(super) async fn of_hits(
    state: &AppState,
    frame: &Frame,
    view: &View,
    centre: &CentreAt,
    hits: &[Hit],
) -> Result<Vec<ProcedureLine>, Problem> {
    let l10n = L10n::vi();
    let id = &centre.stored.record.id;
    let ids: Vec<i64> = hits.iter().map(|hit| hit.procedure_id).collect();
    let records = state.catalogue.centre_availability(id, &ids, view.as_of).await?;
    let mut warnings: HashMap<String, String> = HashMap::new();
    let mut derived: HashMap<String, String> = HashMap::new();
    for offer in &records {
        if let Some(warning) = level_warning(l10n, &offer.stored.record) {
            warnings.insert(offer.stored.record.procedure.to_string(), warning);
        }
        if let Some(words) = derived_words(l10n, &offer.stored.record) {
            derived.insert(offer.stored.record.procedure.to_string(), words);
        }
    }
    Ok(hits
        .iter()
        .map(|hit| ProcedureLine {
            name: hit.name.clone(),
            href: procedure_page(frame, id, hit.code.as_str()),
            code: CodeView::new(&hit.code),
            field: hit.fields.first().map(|field| field.name.clone()),
            case: None,
            level: hit.at_centre.map_or_else(|| LevelView::unknown(l10n), |state| state_view(l10n, state)),
            warning: warnings.remove(hit.code.as_str()),
            derived: derived.remove(hit.code.as_str()),
            ways: ways_page(frame, centre, hit.code.as_str()),
        })
        .collect())
}

/// Lines for what the centre does not offer, or of which nobody says whether it does.
pub(super) async fn of_answer(
    state: &AppState,
    frame: &Frame,
    view: &View,
    centre: &CentreAt,
    offered: Offered,
    page: &PlacePage,
    here: &Address,
) -> Result<Lines, Problem> {
    let l10n = L10n::vi();
    let id = &centre.stored.record.id;
    let filter = AvailabilityFilter {
        centre: Some(id.clone()),
        offered: Some(offered),
        ..AvailabilityFilter::on(view.as_of)
    };
    let request: PageRequest = page.request();
    let found = state.catalogue.availability(&filter, &request).await?;
    let info = page.info(found.next, found.total);
    let line = |name: &str, record: &Availability| ProcedureLine {
        name: name.to_owned(),
        href: procedure_page(frame, id, record.procedure.as_str()),
        code: CodeView::new(&record.procedure),
        field: None,
        case: record
            .case
            .as_deref()
            .map(|code| l10n.t("procedure-offers-case").arg("code", code).to_string()),
        level: LevelView::of_offer(l10n, record.offered, record.level),
        warning: None,
        derived: None,
        ways: ways_page(frame, centre, record.procedure.as_str()),
    };
    Ok(Lines {
        lines: found.items.iter().map(|offer| line(&offer.procedure_name, &offer.stored.record)).collect(),
        total: found.total,
        pager: Pager::of_places(page, &info, here),
    })
}

fn procedure_page(frame: &Frame, id: &CentreId, code: &str) -> Address {
    frame.carried.to(Address::of("/vi/thu-tuc", code)).with("centre", id.as_str())
}

/// Where to file the procedure for the place of the centre.
fn ways_page(frame: &Frame, centre: &CentreAt, code: &str) -> Address {
    let own = Address::new(&format!("{}/noi-nop", Address::of("/vi/thu-tuc", code)));
    frame.carried.to(own).without("centre").with("unit", centre.unit.code.as_str())
}
