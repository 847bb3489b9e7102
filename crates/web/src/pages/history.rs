//! What a record said before: each published state, between which moments it was shown, who changed it and why.

use askama::Template;
use axum::extract::State;
use chrono::{DateTime, FixedOffset, Utc};
use motcua_catalogue::{ActorKind, CentreId, ProcedureCode, Revision, RevisionKey};
use motcua_http::{AppState, Path, PlacePage, Problem, Query, QueryParams, QueryReader};

use crate::address::Address;
use crate::frame::{Crumb, Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Pager;
use crate::pages::procedure::period_words;
use crate::pages::{Page, nothing_has, place_in_view, show};
use crate::words::{self, LevelView};

/// Longest code of a case, in characters.
const LONGEST_CASE: usize = 100;

/// Parameters of the page of a procedure: whose listing, or none for the procedure itself.
pub(crate) struct HistoryParams {
    view: View,
    case: Option<String>,
    page: PlacePage,
}

impl QueryParams for HistoryParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { view: View::read(query), case: query.text("case", LONGEST_CASE), page: query.page() }
    }
}

/// Parameters of the page of a centre.
pub(crate) struct CentreHistoryParams {
    view: View,
    page: PlacePage,
}

impl QueryParams for CentreHistoryParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { view: View::read(query), page: query.page() }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/history.html")]
pub(crate) struct HistoryPage {
    pub frame: Frame,
    pub count: String,
    pub states: Vec<StateLine>,
    pub pager: Pager,
}

/// One published state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateLine {
    /// Between which moments.
    pub shown: String,
    /// How far online, where it is a listing.
    pub level: Option<LevelView>,
    /// What it said in words: name and period.
    pub said: Vec<String>,
    /// What differs from the state before.
    pub changed: String,
    /// Who changed it.
    pub who: String,
    /// Why.
    pub why: String,
}

/// `GET /vi/thu-tuc/{code}/lich-su`: of the listing at the centre in view, or of the procedure.
pub(crate) async fn show_procedure_history(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<HistoryParams>,
) -> Page {
    let l10n = L10n::vi();
    let view = &params.view;
    // A procedure that has ended has a history all the same.
    let at = state.catalogue.procedure(&code, view.as_of).await?;
    let code = at.as_ref().map_or(code, |at| at.stored.record.code.clone());
    let name = at.map_or_else(|| code.to_string(), |at| at.stored.record.name);
    let own = Address::of("/vi/thu-tuc", code.as_str());
    let here = view.carried.to(own.clone().below("lich-su")).maybe("case", params.case.as_deref());
    let (key, title) = match view.centre() {
        Some(centre) => {
            let Some(found) = state.catalogue.centre(&centre).await? else {
                return Err(nothing_has("centre", centre.as_str(), view));
            };
            let title = l10n.t("history-listing-title").arg("centre", &found.stored.record.name).to_string();
            (RevisionKey::Availability { procedure: code.clone(), case: params.case, centre }, title)
        }
        None => {
            let title = l10n.t("history-procedure-title").arg("code", code.as_str()).to_string();
            (RevisionKey::Procedure(code.clone()), title)
        }
    };
    let found = state.catalogue.revisions(&key, &params.page.request()).await?;
    if found.total == 0 && matches!(key, RevisionKey::Procedure(_)) {
        return Err(nothing_has("procedure", code.as_str(), view));
    }
    let way = |frame: &Frame| {
        vec![
            frame.crumb(l10n.t("nav-procedures").to_string(), Address::new("/vi/thu-tuc")),
            frame.crumb(name.clone(), own.clone()),
        ]
    };
    written(&state, view, &here, (title, Part::Procedures), way, (found, &params.page)).await
}

/// `GET /vi/trung-tam/{id}/lich-su`.
pub(crate) async fn show_centre_history(
    State(state): State<AppState>,
    Path(id): Path<CentreId>,
    Query(params): Query<CentreHistoryParams>,
) -> Page {
    let l10n = L10n::vi();
    let view = &params.view;
    let Some(centre) = state.catalogue.centre(&id).await? else {
        return Err(nothing_has("centre", id.as_str(), view));
    };
    let name = centre.stored.record.name;
    let own = Address::of("/vi/trung-tam", id.as_str());
    let here = view.carried.to(own.clone().below("lich-su"));
    let title = l10n.t("history-centre-title").arg("name", &name).to_string();
    let found = state.catalogue.revisions(&RevisionKey::Centre(id), &params.page.request()).await?;
    let way = |frame: &Frame| {
        vec![
            frame.crumb(l10n.t("nav-centres").to_string(), Address::new("/vi/trung-tam")),
            frame.crumb(name.clone(), own.clone()),
        ]
    };
    written(&state, view, &here, (title, Part::Centres), way, (found, &params.page)).await
}

async fn written(
    state: &AppState,
    view: &View,
    here: &Address,
    (title, part): (String, Part),
    way: impl Fn(&Frame) -> Vec<Crumb>,
    (found, page): (motcua_catalogue::Page<Revision>, &PlacePage),
) -> Result<axum::response::Html<String>, Problem> {
    let l10n = L10n::vi();
    let mut frame = Frame::new(&state.site, view, here, title);
    frame.noindex = true;
    frame.place = place_in_view(state, view, here).await?;
    let mut crumbs = way(&frame);
    crumbs.push(frame.last_crumb());
    let frame = frame.within(part, crumbs);
    let count = l10n.t("history-count").arg("n", found.total).to_string();
    let states = found.items.iter().map(|revision| line(l10n, revision)).collect();
    let info = page.info(found.next, found.total);
    let pager = Pager::of_places(page, &info, here);
    show(&HistoryPage { frame, count, states, pager })
}

/// Words for a state.
pub(crate) fn line(l10n: &L10n, revision: &Revision) -> StateLine {
    let from = moment(revision.shown_from);
    let shown = match revision.shown_to {
        Some(to) => l10n.t("history-from-to").arg("from", from).arg("to", moment(to)).to_string(),
        None => l10n.t("history-from-now").arg("from", from).to_string(),
    };
    let (level, said) = said(l10n, revision);
    let changed = match (&revision.record, revision.changed.as_slice()) {
        (None, _) => l10n.t("history-withdrawn").to_string(),
        (Some(_), []) => l10n.t("history-first").to_string(),
        (Some(_), names) => {
            let names: Vec<String> = names.iter().map(|name| member(l10n, name)).collect();
            l10n.t("history-changed").arg("what", names.join(", ")).to_string()
        }
    };
    StateLine {
        shown,
        level,
        said,
        changed,
        who: who(l10n, revision.actor_kind, &revision.actor),
        why: revision.reason.clone().unwrap_or_else(|| l10n.t("history-no-reason").to_string()),
    }
}

/// Who changed it: programs in words, an office by its name.
fn who(l10n: &L10n, kind: ActorKind, actor: &str) -> String {
    if kind == ActorKind::Office {
        return actor.to_owned();
    }
    match actor {
        "sample" => l10n.t("history-by-sample").to_string(),
        "import" => l10n.t("history-by-import").to_string(),
        other => other.to_owned(),
    }
}

/// Level, name, period and decision of a state.
fn said(l10n: &L10n, revision: &Revision) -> (Option<LevelView>, Vec<String>) {
    let listing = revision.listing();
    let level = listing.as_ref().map(|listing| LevelView::of_offer(l10n, listing.offered, listing.level));
    let words = [
        revision.name().map(str::to_owned),
        revision.period().map(|period| period_words(l10n, period)),
        listing.and_then(|listing| listing.decision),
    ];
    (level, words.into_iter().flatten().collect())
}

fn member(l10n: &L10n, name: &str) -> String {
    let key = match name {
        "period" => "member-period",
        "offered" => "member-offered",
        "level" => "member-level",
        "converted" => "member-converted",
        "channels" => "member-channels",
        "checklist" => "member-checklist",
        "partial_reason" => "member-partial",
        "proactive" => "member-proactive",
        "boundary_free" => "member-boundary",
        "decision" => "member-decision",
        "evidence" => "member-evidence",
        "assurance" => "member-assurance",
        "source" => "member-source",
        "name" => "member-name",
        "sites" => "member-sites",
        "portal" => "member-portal",
        "details" => "member-details",
        other => return l10n.t("member-other").arg("name", other).to_string(),
    };
    l10n.t(key).to_string()
}

/// `07:30:05 01/07/2025`, in Vietnam.
fn moment(at: DateTime<Utc>) -> String {
    const VIETNAM_SECONDS: i32 = 7 * 3600;
    let zone = FixedOffset::east_opt(VIETNAM_SECONDS);
    let local = zone.map_or_else(|| at.fixed_offset(), |zone| at.with_timezone(&zone));
    format!("{} {}", local.format("%H:%M:%S"), words::date(local.date_naive()))
}
