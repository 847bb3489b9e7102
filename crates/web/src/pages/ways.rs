//! Where to file: the best way for somebody of a place, the other ways, the desks, and what stays on paper.

pub(crate) mod parts;
pub(crate) mod place;

use std::collections::HashSet;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use motcua_catalogue::{
    FilingAnswer, NoResponsible, ProcedureAt, ProcedureCode, TierBasis, UnitCode, UnitName, WayKind,
};
use motcua_http::{AppState, ParameterError, Path, Problem, Query, QueryParams, QueryReader};
use motcua_search::{Filing, FilingQuestion};

use crate::address::Address;
use crate::filing::unit_in_view;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::procedure::below::{BelowTexts, frame_below};
use crate::pages::{nothing_has, show};
use crate::words::{self, CodeView};

use parts::best_elsewhere;
pub(crate) use parts::{ElsewhereLine, Originals, Paper, WayCard};
pub(crate) use place::{AskPlace, FindPlace};
use place::{Typed, anew, ask, to_units, typed};

/// Longest code of a case, in characters.
const LONGEST_CASE: usize = 64;

/// Longest name of a place that is read, in characters.
const LONGEST_PLACE: usize = 200;

/// How many other ways, and desks elsewhere, stand open; the rest is folded.
const OPEN: usize = 3;

/// Parameters of the page.
pub(crate) struct WaysParams {
    view: View,
    case: Option<String>,
    /// The name of a place, typed into the box, and the choices made among what it may be.
    typed: Option<String>,
    within: Vec<UnitCode>,
}

impl QueryParams for WaysParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let codes = |text: &str| text.split(',').map(|code| code.parse().ok()).collect::<Option<Vec<_>>>();
        Self {
            view: View::read(query),
            case: query.text("truong-hop", LONGEST_CASE),
            typed: query.text("noi", LONGEST_PLACE),
            within: query.choice("within", "codes of units, separated by commas", codes).unwrap_or_default(),
        }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/ways.html")]
pub(crate) struct WaysPage {
    pub frame: Frame,
    pub name: String,
    pub code: CodeView,
    pub procedure: Address,
    pub map: Address,
    pub ask: Option<AskPlace>,
    pub cases: Vec<Link>,
    pub chosen_case: Option<Link>,
    pub notes: Vec<String>,
    /// This page without a place, where it answers.
    pub change: Option<Address>,
    pub best: Option<WayCard>,
    /// Why a centre elsewhere comes first.
    pub best_why: Option<String>,
    pub others: Vec<WayCard>,
    /// Those that are folded.
    pub more_others: Vec<WayCard>,
    pub desks: Vec<WayCard>,
    pub more_desks: Vec<WayCard>,
    pub alternatives: Option<String>,
    pub paper: Option<Paper>,
    pub originals: Option<Originals>,
    pub not_here: Vec<String>,
    pub elsewhere: Vec<ElsewhereLine>,
    pub elsewhere_count: Option<String>,
    pub shown_date: String,
}

/// `GET /vi/thu-tuc/{code}/noi-nop`.
pub(crate) async fn show_ways(
    State(state): State<AppState>,
    Path(code): Path<ProcedureCode>,
    Query(params): Query<WaysParams>,
) -> Result<Response, Problem> {
    let view = &params.view;
    let Some(at) = state.catalogue.procedure(&code, view.as_of).await? else {
        return Err(nothing_has("procedure", code.as_str(), view));
    };
    let here = view
        .carried
        .to(Address::new(&format!("{}/noi-nop", Address::of("/vi/thu-tuc", code.as_str()))))
        .maybe("truong-hop", params.case.as_deref());
    let mut page = WaysPage::empty(frame_below(&state, view, &here, &at, &TEXTS).await?, view, &at);
    if page.frame.former().is_some() {
        return Ok(show(&page)?.into_response());
    }
    let mut find = FindPlace::new(&here);
    if let Some(text) = &params.typed {
        let found = state.engine.resolve_place(text, view.as_of, &params.within);
        match typed(L10n::vi(), &here, text, &found) {
            Typed::Unit(unit) => {
                let there = anew(&here).with("unit", unit.as_str());
                return Ok(Redirect::to(&there.to_string()).into_response());
            }
            Typed::Said(said, choices) => {
                find = FindPlace { text: text.clone(), said: Some(said), choices, ..find };
                page.frame.noindex = true;
            }
        }
    }
    let unit = unit_in_view(&state, view).await?;
    let filing = match unit {
        Some(unit) => {
            let case = params.case.clone();
            let question = FilingQuestion { unit, case, as_of: view.as_of, standing: None };
            state.engine.filing(&at, &question).await?
        }
        None => None,
    };
    let knows_case = match (&filing, &params.case) {
        (Some(filing), _) => filing.knows_case,
        (None, Some(case)) => at.stored.record.details.cases.iter().any(|known| known.code == *case),
        (None, None) => true,
    };
    if !knows_case {
        return Err(unknown_case(params.case.as_deref().unwrap_or_default()));
    }
    match filing {
        Some(filing) => {
            page.fill(&here, &at, &filing, view.as_of, params.case.as_deref());
            if let Some(ask) = &mut page.ask {
                ask.find = find;
            }
        }
        None => {
            let provinces = state.catalogue.units_below(None, view.as_of).await?;
            let names = provinces.iter().map(|unit| UnitName {
                code: unit.stored.record.code.clone(),
                full_name: unit.stored.record.full_name.clone(),
            });
            let question = L10n::vi().t("ways-place-province").to_string();
            page.ask = Some(AskPlace { question, choices: to_units(&here, names), anew: None, find });
        }
    }
    Ok(show(&page)?.into_response())
}

/// What the page calls itself.
const TEXTS: BelowTexts =
    BelowTexts { title: "ways-of", description: "ways-description", crumb: "ways-title" };

fn unknown_case(case: &str) -> Problem {
    Problem::parameters(vec![ParameterError::no_such_record(
        "truong-hop",
        case,
        "case of the procedure has this code",
        "use a code of the procedure's cases, or leave it out",
    )])
}

impl WaysPage {
    fn empty(frame: Frame, view: &View, at: &ProcedureAt) -> Self {
        let record = &at.stored.record;
        let procedure = Address::of("/vi/thu-tuc", record.code.as_str());
        Self {
            name: record.name.clone(),
            code: CodeView::new(&record.code),
            map: view.carried.to(Address::new(&format!("{procedure}/cac-noi"))),
            procedure: view.carried.to(procedure),
            ask: None,
            cases: Vec::new(),
            chosen_case: None,
            notes: Vec::new(),
            change: None,
            best: None,
            best_why: None,
            others: Vec::new(),
            more_others: Vec::new(),
            desks: Vec::new(),
            more_desks: Vec::new(),
            alternatives: None,
            paper: None,
            originals: None,
            not_here: Vec::new(),
            elsewhere: Vec::new(),
            elsewhere_count: None,
            shown_date: words::date(view.as_of),
            frame,
        }
    }

    fn fill(
        &mut self,
        here: &Address,
        at: &ProcedureAt,
        filing: &Filing,
        day: NaiveDate,
        case: Option<&str>,
    ) {
        let l10n = L10n::vi();
        let answer = &filing.answer;
        self.ask = ask(l10n, here, filing);
        self.change = self.ask.is_none().then(|| anew(here));
        self.cases = answer
            .cases
            .iter()
            .map(|choice| Link {
                label: choice.name.clone().unwrap_or_else(|| choice.code.clone()),
                href: here.clone().with("truong-hop", &choice.code),
            })
            .collect();
        self.chosen_case = case.map(|code| {
            let known = at.stored.record.details.cases.iter().find(|known| known.code == code);
            let name = known.map_or(code, |case| case.name.as_str());
            Link {
                label: l10n.t("ways-case-chosen").arg("name", name).to_string(),
                href: here.clone().without("truong-hop"),
            }
        });
        self.notes = notes(l10n, filing);
        // Post reaches the responsible centre from everywhere: the same way to ten others only makes the list longer.
        let first_post = answer.ways.iter().position(|way| way.kind == WayKind::Post);
        let shown = answer.ways.iter().enumerate();
        let shown = shown.filter(|(place, way)| way.kind != WayKind::Post || Some(*place) == first_post);
        let mut cards = shown.filter_map(|(_, way)| {
            let desk = answer.desks.get(way.desk)?;
            Some(WayCard::new(l10n, &self.frame.carried, way, desk, (day, filing.measures)))
        });
        self.best = cards.next();
        self.best_why = best_elsewhere(l10n, answer);
        let (mut desks, mut others): (Vec<WayCard>, Vec<WayCard>) =
            cards.partition(|card| card.kind == WayKind::Desk);
        // The card of a centre elsewhere already says where it is and when it is open.
        let told: HashSet<&str> =
            self.best.iter().chain(&others).map(|card| card.centre_href.path()).collect();
        desks.retain(|card| !card.is_elsewhere || !told.contains(card.centre_href.path()));
        self.more_others = others.split_off(others.len().min(OPEN));
        let own = desks.iter().filter(|card| !card.is_elsewhere).count();
        self.more_desks = desks.split_off(desks.len().min(own.max(OPEN)));
        (self.desks, self.others) = (desks, others);
        let shown = answer.desks.iter().filter(|desk| desk.relation.is_elsewhere()).count();
        self.alternatives = (filing.alternatives > 0).then(|| {
            let text = l10n.t("ways-alternatives").arg("total", filing.alternatives).arg("n", shown);
            text.to_string()
        });
        self.paper = Paper::new(l10n, answer);
        self.originals = Originals::new(l10n, answer);
        if answer.ask.is_none() && answer.cases.is_empty() && !answer.is_offered_here() {
            self.not_here = not_here(l10n, answer);
            self.elsewhere = filing
                .elsewhere
                .iter()
                .map(|offerer| ElsewhereLine::new(l10n, &self.frame.carried, offerer))
                .collect();
            self.elsewhere_count = Some(if filing.elsewhere_total == 0 {
                l10n.t("ways-elsewhere-none").arg("date", &self.shown_date).to_string()
            } else {
                let text = l10n.t("ways-elsewhere-count").arg("total", filing.elsewhere_total);
                text.arg("n", self.elsewhere.len()).to_string()
            });
        }
    }
}

/// What the reader must know of how the responsible centre was found.
fn notes(l10n: &L10n, filing: &Filing) -> Vec<String> {
    let answer = &filing.answer;
    let none = answer.none.map(|why| match why {
        NoResponsible::Central => "ways-none-central",
        NoResponsible::TierEnded => "ways-none-tier-ended",
        NoResponsible::TierUnknown => "ways-none-tier-unknown",
        NoResponsible::NoCentre => "ways-none-no-centre",
    });
    let basis = match answer.basis {
        Some(TierBasis::Inferred) => Some("ways-basis-inferred"),
        Some(TierBasis::Listings) => Some("ways-basis-listings"),
        Some(TierBasis::Procedure) | None => None,
    };
    [none, basis].into_iter().flatten().map(|key| l10n.t(key).to_string()).collect()
}

/// What each responsible centre says instead of yes.
fn not_here(l10n: &L10n, answer: &FilingAnswer) -> Vec<String> {
    use motcua_catalogue::Offered;
    answer
        .responsible()
        .map(|desk| {
            let key = match desk.offered() {
                Some(Offered::No) => "ways-here-no",
                Some(Offered::Unknown | Offered::Yes) => "ways-here-unknown",
                None => "ways-here-unlisted",
            };
            l10n.t(key).arg("centre", &desk.centre.stored.record.name).to_string()
        })
        .collect()
}
