//! Search results with filters, counts and paging.

use askama::Template;
use axum::extract::State;
use motcua_catalogue::{Applicant, LevelFilter, ProcedureCode, Slug, Tier};
use motcua_http::{AppState, OffsetPage, Query, QueryParams, QueryReader};
use motcua_search::{Facets, Filters, Hit, Matching, SearchAnswer, SearchRequest};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::{Choice, Count, Facet, Link, Pager};
use crate::marks::{Piece, pieces, snippet_pieces};
use crate::pages::reading::ReadView;
use crate::pages::{Page, place_in_view, show};
use crate::spread::{sentence, state_view};
use crate::words::{self, CodeView, LevelView};

/// Longest text that is searched for, in characters.
const LONGEST_QUERY: usize = 200;

/// Parameters of the page.
pub(crate) struct ResultsParams {
    pub(super) query: Option<String>,
    field: Option<Slug>,
    tier: Option<Tier>,
    applicant: Option<Applicant>,
    level: Option<LevelFilter>,
    pub(super) verbatim: bool,
    view: View,
    page: OffsetPage,
}

impl QueryParams for ResultsParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            query: query.text("q", LONGEST_QUERY),
            field: query.parse("field"),
            tier: query.parse("tier"),
            applicant: query.choice(
                "applicant",
                "a code such as citizen or enterprise",
                Applicant::from_code,
            ),
            level: query.parse("level"),
            verbatim: query.flag("verbatim"),
            view: View::read(query),
            page: query.offset_page(),
        }
    }
}

impl ResultsParams {
    /// The address of this page without a cursor.
    fn address(&self) -> Address {
        let address = Address::new("/vi/thu-tuc")
            .maybe("q", self.query.as_deref())
            .maybe("field", self.field.as_ref().map(Slug::as_str))
            .maybe("tier", self.tier.map(Tier::as_str))
            .maybe("applicant", self.applicant.map(Applicant::as_str))
            .maybe("level", self.level.map(|level| level.to_string()).as_deref())
            .maybe("verbatim", self.verbatim.then_some("true"));
        self.view.carried.to(address)
    }

    fn request(&self) -> SearchRequest {
        SearchRequest {
            text: self.query.clone().unwrap_or_default(),
            filters: Filters {
                fields: self.field.iter().cloned().collect(),
                tiers: self.tier.iter().copied().collect(),
                applicants: self.applicant.iter().copied().collect(),
                unit: self.view.unit(),
                centre: self.view.centre(),
                level: self.level,
            },
            as_of: self.view.as_of,
            offset: self.page.offset,
            limit: self.page.size,
            snippets: true,
            verbatim: self.verbatim,
            explain: false,
        }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/results.html")]
pub(crate) struct ResultsPage {
    pub frame: Frame,
    pub search: Address,
    pub query: String,
    pub count: String,
    pub note: Option<String>,
    pub read_as: Option<ReadView>,
    pub chips: Vec<Link>,
    pub reset: Address,
    pub hits: Vec<HitView>,
    pub ways: Vec<Link>,
    pub facets: Vec<Facet>,
    pub pager: Pager,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HitView {
    pub href: Address,
    pub name: Vec<Piece>,
    pub code: CodeView,
    pub field: String,
    pub tiers: Vec<String>,
    pub snippet: Option<Vec<Piece>>,
    /// The same procedure at other tiers.
    pub others: Vec<Link>,
    /// What the centre in view says.
    pub here: Option<LevelView>,
    /// The highest level elsewhere; never shown without `spread`.
    pub best: Option<LevelView>,
    pub spread: String,
}

/// `GET /vi/thu-tuc`.
pub(crate) async fn search_procedures(
    State(state): State<AppState>,
    Query(params): Query<ResultsParams>,
) -> Page {
    let l10n = L10n::vi();
    let here = params.address();
    let answer = state.engine.search(&params.request())?;
    if let Some(query) = params.query.as_deref().filter(|_| params.page.offset == 0) {
        state.searches.searched(query, state.site.today(), answer.total > 0);
    }
    let title = match &params.query {
        Some(query) => l10n.t("results-title-query").arg("q", query).to_string(),
        None => l10n.t("results-title").to_string(),
    };
    let mut frame = Frame::new(&state.site, &params.view, &here, title);
    frame.noindex = true;
    frame.place = place_in_view(&state, &params.view, &here).await?;
    let way = vec![frame.last_crumb()];
    let frame = frame.within(Part::Procedures, way);
    let info = params.page.info(answer.hits.len(), answer.total);
    let page = ResultsPage {
        search: here.clone().without("q").without("verbatim"),
        read_as: ReadView::of(l10n, &params, &here, &answer.read_as),
        query: params.query.clone().unwrap_or_default(),
        count: count(l10n, &params, answer.total),
        note: (answer.total > 0).then(|| note(l10n, answer.matching)).flatten(),
        chips: chips(l10n, &params, &frame, &here, &answer),
        reset: Address::new("/vi/thu-tuc")
            .maybe("q", params.query.as_deref())
            .maybe("as_of", params.view.carried.as_of.as_deref()),
        ways: ways(l10n, &params, &frame, &here),
        facets: facets(l10n, &params, &here, &answer.facets),
        pager: Pager::of_hits(l10n, &params.page, answer.hits.len(), &info, &here),
        hits: hit_views(l10n, &frame, &answer.hits),
        frame,
    };
    show(&page)
}

fn count(l10n: &L10n, params: &ResultsParams, total: u64) -> String {
    let date = words::date(params.view.as_of);
    match (&params.query, total) {
        (Some(query), 0) => l10n.t("results-empty-query").arg("q", query).to_string(),
        (Some(query), n) => {
            l10n.t("results-count-query").arg("n", n).arg("q", query).arg("date", date).to_string()
        }
        (None, n) => l10n.t("results-count-all").arg("n", n).arg("date", date).to_string(),
    }
}

fn note(l10n: &L10n, matching: Matching) -> Option<String> {
    match matching {
        Matching::SomeWords => Some(l10n.t("results-some-words").to_string()),
        Matching::Code => Some(l10n.t("results-by-code").to_string()),
        Matching::Everything | Matching::AllWords => None,
    }
}

/// One view per procedure: its other tiers stand in the view of the first.
fn hit_views(l10n: &L10n, frame: &Frame, hits: &[Hit]) -> Vec<HitView> {
    let mut views: Vec<(&ProcedureCode, HitView)> = Vec::with_capacity(hits.len());
    for hit in hits {
        let view = hit_view(l10n, frame, hit);
        match views.last_mut().filter(|(first, _)| Some(*first) == hit.same_as.as_ref()) {
            Some((_, first)) => {
                let tiers = view.tiers.join(", ");
                let label = l10n.t("results-other-tier").arg("tiers", tiers).arg("code", hit.code.as_str());
                first.others.push(Link { label: label.to_string(), href: view.href });
            }
            None => views.push((&hit.code, view)),
        }
    }
    views.into_iter().map(|(_, view)| view).collect()
}

fn hit_view(l10n: &L10n, frame: &Frame, hit: &Hit) -> HitView {
    HitView {
        href: frame.carried.to(Address::of("/vi/thu-tuc", hit.code.as_str())),
        name: pieces(&hit.name, &hit.name_marks),
        code: CodeView::new(&hit.code),
        field: hit.fields.first().map(|field| field.name.clone()).unwrap_or_default(),
        tiers: hit.tiers.iter().map(|tier| l10n.t(words::tier_key(*tier)).to_string()).collect(),
        snippet: hit.snippet.as_ref().map(snippet_pieces),
        others: Vec::new(),
        here: hit.at_centre.map(|state| state_view(l10n, state)),
        best: hit.levels.highest.map(|level| LevelView::of(l10n, level)),
        spread: sentence(l10n, &hit.levels),
    }
}

/// The filters in force, each with the address that removes it alone.
fn chips(
    l10n: &L10n,
    params: &ResultsParams,
    frame: &Frame,
    here: &Address,
    answer: &SearchAnswer,
) -> Vec<Link> {
    let mut chips = Vec::new();
    let mut push = |key, name: &'static str, value: String| {
        let label = l10n.t(key).arg("value", value).to_string();
        chips.push(Link { label, href: here.clone().without(name) });
    };
    if let Some(place) = &frame.place {
        let is_centre = params.view.carried.centre.is_some();
        let (key, name) =
            if is_centre { ("results-chip-centre", "centre") } else { ("results-chip-unit", "unit") };
        push(key, name, place.name.clone());
    }
    if let Some(level) = params.level {
        let known = motcua_catalogue::OnlineLevel::all().find(|known| level.matches(*known));
        push(
            "results-chip-level",
            "level",
            known.map_or_else(|| level.to_string(), |known| LevelView::of(l10n, known).label),
        );
    }
    if let Some(tier) = params.tier {
        push("results-chip-tier", "tier", l10n.t(words::tier_key(tier)).to_string());
    }
    if let Some(applicant) = params.applicant {
        push("results-chip-applicant", "applicant", l10n.t(words::applicant_key(applicant)).to_string());
    }
    if let Some(field) = &params.field {
        let named =
            answer.facets.fields.iter().find(|count| count.slug == *field).map(|count| count.name.clone());
        push("results-chip-field", "field", named.unwrap_or_else(|| field.to_string()));
    }
    chips
}

/// Ways on from an empty page.
fn ways(l10n: &L10n, params: &ResultsParams, frame: &Frame, here: &Address) -> Vec<Link> {
    let mut ways = Vec::new();
    let mut push = |key, href| ways.push(Link { label: l10n.t(key).to_string(), href });
    let filtered = params.field.is_some()
        || params.tier.is_some()
        || params.applicant.is_some()
        || params.level.is_some();
    if filtered {
        let bare = ["field", "tier", "applicant", "level"].into_iter().fold(here.clone(), Address::without);
        push("results-empty-filters", bare);
    }
    if let Some(place) = &frame.place {
        push("results-empty-place", place.clear.clone());
    }
    if let Some(date) = frame.date.as_ref().filter(|date| !date.is_today) {
        let label = l10n.t("results-empty-date").arg("date", &date.shown).to_string();
        ways.push(Link { label, href: date.today.clone() });
    }
    ways.push(Link { label: l10n.t("results-empty-all").to_string(), href: frame.to("/vi/thu-tuc") });
    ways.push(Link { label: l10n.t("results-empty-centres").to_string(), href: frame.to("/vi/trung-tam") });
    ways
}

fn facets(l10n: &L10n, params: &ResultsParams, here: &Address, counts: &Facets) -> Vec<Facet> {
    let choice = |name, value: &str, label: String, procedures, chosen| {
        Choice::new(l10n, here, name, value, label, Count { procedures, chosen })
    };
    let levels = counts.levels.iter().rev().map(|count| {
        let view = LevelView::of(l10n, count.level);
        let chosen = params.level.is_some_and(|level| level.matches(count.level));
        choice(
            "level",
            &count.level.to_string(),
            format!("{} ({})", view.label, view.scheme),
            count.count,
            chosen,
        )
    });
    let tiers = counts.tiers.iter().map(|count| {
        let label = l10n.t(words::tier_key(count.tier)).to_string();
        choice("tier", count.tier.as_str(), label, count.count, params.tier == Some(count.tier))
    });
    let applicants = counts.applicants.iter().map(|count| {
        let label = l10n.t(words::applicant_key(count.applicant)).to_string();
        choice(
            "applicant",
            count.applicant.as_str(),
            label,
            count.count,
            params.applicant == Some(count.applicant),
        )
    });
    let fields = counts.fields.iter().map(|count| {
        let chosen = params.field.as_ref() == Some(&count.slug);
        choice("field", count.slug.as_str(), count.name.clone(), count.count, chosen)
    });
    let facet = |key, choices: Vec<Choice>| Facet::new(l10n.t(key).to_string(), choices);
    [
        facet("results-facet-level", levels.collect()),
        facet("results-facet-tier", tiers.collect()),
        facet("results-facet-applicant", applicants.collect()),
        facet("results-facet-field", fields.collect()),
    ]
    .into_iter()
    .filter(Facet::is_useful)
    .collect()
}
