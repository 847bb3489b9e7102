//! One centre: how to reach it, and its procedures by level.

mod lines;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use motcua_catalogue::{
    CentreAt, CentreId, HoursException, LevelFilter, Offered, OpeningHours, Site as CentreSite,
};
use motcua_http::{
    AppState, ErrorCode, Location, OffsetPage, ParameterError, Path, PlacePage, Problem, Query, QueryParams,
    QueryReader,
};
use motcua_search::{LevelCounts, SearchRequest};

use crate::address::Address;
use crate::centre_work::{self, WorkView};
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::{Choice, Count, Facet, Link, Pager};
use crate::offer::source_words;
use crate::pages::former::{Former, Leads, Lookup};
use crate::pages::procedure::period_words;
use crate::pages::{moved, nothing_has, place_in_view, show};
use crate::spread::state_view;
use crate::words::{self, CodeView, LevelView};

use lines::Lines;

/// Longest text that is searched for, in characters.
const LONGEST_QUERY: usize = 200;

/// Parameters of the page.
pub(crate) struct CentreParams {
    query: Option<String>,
    level: Option<LevelFilter>,
    /// The centre that was asked for before this one.
    from: Option<CentreId>,
    view: View,
    list: List,
}

/// Which of the centre's procedures are listed.
enum List {
    /// Those that it offers, as the search finds them.
    Offered(OffsetPage),
    /// Those of which it gives this answer.
    Answer(Offered, PlacePage),
}

impl QueryParams for CentreParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        let text = query.text("q", LONGEST_QUERY);
        let level = query.parse("level");
        let view = View::read(query);
        let from = query.parse(moved::FROM);
        let answer = query.choice("offered", "unknown or no", |code| {
            [Offered::Unknown, Offered::No].into_iter().find(|answer| answer.as_str() == code)
        });
        let list = match answer {
            Some(answer) => {
                if text.is_some() || level.is_some() {
                    query.fault(conflict("offered", answer.as_str()));
                }
                List::Answer(answer, query.page())
            }
            None => List::Offered(query.offset_page()),
        };
        Self { query: text, level, from, view, list }
    }
}

impl CentreParams {
    fn answer(&self) -> Option<Offered> {
        match self.list {
            List::Offered(_) => None,
            List::Answer(answer, _) => Some(answer),
        }
    }
}

/// Only what a centre offers is searched by words and by level.
fn conflict(name: &str, value: &str) -> ParameterError {
    ParameterError {
        parameter: name.to_owned(),
        location: Location::Query,
        value: Some(value.to_owned()),
        code: ErrorCode::Conflict,
        reason: "it does not go together with q or level".to_owned(),
        remedy: "leave out q and level, or this parameter".to_owned(),
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/centre.html")]
pub(crate) struct CentrePage {
    pub frame: Frame,
    pub name: String,
    pub tier: String,
    pub places: Vec<Link>,
    /// That it stands in the place of one that was asked for.
    pub moved: Option<String>,
    /// What became of its unit, where it does not work on the day.
    pub inactive: Option<Former>,
    /// Heading of how to reach it.
    pub profile: String,
    pub period: String,
    pub sites: Vec<SiteView>,
    pub portal: Option<String>,
    pub note: Option<String>,
    pub source: String,
    pub history: Address,
    pub counts: Vec<LevelLine>,
    pub online: Option<String>,
    pub search: Address,
    pub query: String,
    pub count: String,
    pub levels: Facet,
    pub procedures: Vec<ProcedureLine>,
    /// Whether the list gives the fields.
    pub shows_fields: bool,
    pub pager: Pager,
    pub find_here: Address,
    pub statistics: Address,
    /// What it reports of its own work, where anything is known.
    pub work: Option<WorkView>,
    pub shown_date: String,
}

/// A place where dossiers are received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteView {
    pub name: Option<String>,
    pub address: Option<String>,
    pub phones: Vec<PhoneView>,
    pub email: Option<String>,
    pub hours: Vec<HoursLine>,
    pub exceptions: Vec<HoursLine>,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhoneView {
    pub shown: String,
    /// `tel:` address.
    pub href: String,
}

/// Hours of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HoursLine {
    pub days: String,
    pub hours: String,
}

/// How many procedures the centre has at a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelLine {
    pub level: LevelView,
    pub count: u64,
    pub href: Option<Address>,
}

/// A procedure of the centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProcedureLine {
    pub name: String,
    pub href: Address,
    pub code: CodeView,
    /// Its main field, where the list gives it.
    pub field: Option<String>,
    /// The case, where it is about one only.
    pub case: Option<String>,
    pub level: LevelView,
    /// That more is claimed than the check-list allows.
    pub warning: Option<String>,
    /// The level that the check-list allows, and the point that decides.
    pub derived: Option<String>,
    /// Where to file it for this centre's place.
    pub ways: Address,
}

/// `GET /vi/trung-tam/{id}`.
pub(crate) async fn show_centre(
    State(state): State<AppState>,
    Path(id): Path<CentreId>,
    Query(params): Query<CentreParams>,
    RawQuery(parameters): RawQuery,
) -> Result<Response, Problem> {
    let view = &params.view;
    let Some(at) = state.catalogue.centre(&id).await? else {
        return Err(nothing_has("centre", id.as_str(), view));
    };
    if let Some(now) = state.engine.moved_centre(&at, view.as_of).await? {
        let path = Address::of("/vi/trung-tam", now.to.as_str());
        return Ok(moved::redirect(&path, parameters.as_deref(), id.as_str()));
    }
    let l10n = L10n::vi();
    let own = Address::of("/vi/trung-tam", id.as_str());
    let here = view
        .carried
        .to(own)
        .maybe("q", params.query.as_deref())
        .maybe("level", params.level.map(|level| level.to_string()).as_deref())
        .maybe("offered", params.answer().map(Offered::as_str));
    let record = &at.stored.record;
    let mut frame = Frame::new(&state.site, view, &here, record.name.clone());
    frame.description = l10n.t("centre-description").arg("name", &record.name).to_string();
    frame.noindex |= params.from.is_some();
    frame.place = place_in_view(&state, view, &here).await?;
    let list = frame.crumb(l10n.t("nav-centres").to_string(), Address::new("/vi/trung-tam"));
    let way = vec![list, frame.last_crumb()];
    let frame = frame.within(Part::Centres, way);

    let lookup = Lookup { state: &state, view, here: &here, leads: Leads::UnitPages };
    let inactive = lookup.centre(&at).await?;
    let moved = moved::centre_note(&state, view, params.from.as_ref(), (&id, &record.name)).await?;
    let is_over = record.period.valid_to().is_some_and(|end| end <= view.as_of);
    let profile = if is_over { "centre-profile-closed" } else { "centre-profile" };
    let list_at = here.clone().at("thu-tuc");
    let mut request = SearchRequest::new(params.query.clone().unwrap_or_default(), view.as_of);
    request.filters.centre = Some(id.clone());
    request.filters.level = params.level;
    if let List::Offered(page) = &params.list {
        request.offset = page.offset;
        request.limit = page.size;
    }
    let answer = state.engine.search(&request)?;
    let summary = state.engine.centre_summary(&id, view.as_of).unwrap_or_default();
    let list = match &params.list {
        List::Offered(page) => {
            let info = page.info(answer.hits.len(), answer.total);
            Lines {
                lines: lines::of_hits(&state, &frame, view, &at, &answer.hits).await?,
                total: answer.total,
                pager: Pager::of_hits(l10n, page, answer.hits.len(), &info, &list_at),
            }
        }
        List::Answer(offered, page) => {
            lines::of_answer(&state, &frame, view, &at, *offered, page, &list_at).await?
        }
    };
    let work = state.catalogue.centre_figures(&id, view.as_of, centre_work::MONTHS).await?;
    let work_file = Address::new(&format!("{}/figures", Address::of("/api/v1/centres", id.as_str())))
        .with("format", "csv")
        .maybe("as_of", view.carried.as_of.as_deref());
    let shown_date = words::date(view.as_of);
    let page = CentrePage {
        name: record.name.clone(),
        tier: l10n.t(words::tier_key(record.tier)).to_string(),
        places: places(&frame, &at),
        moved,
        inactive,
        profile: l10n.t(profile).to_string(),
        period: period_words(l10n, record.period),
        sites: record.sites.iter().map(|site| site_view(l10n, site)).collect(),
        portal: record.portal.clone().filter(|link| motcua_catalogue::is_web_address(link)),
        note: record.note.clone(),
        source: source_words(l10n, &record.source),
        history: Address::of("/vi/trung-tam", record.id.as_str())
            .below("lich-su")
            .maybe("as_of", view.carried.as_of.as_deref()),
        online: (summary.offered() > 0).then(|| {
            l10n.t("centre-online").arg("n", summary.online()).arg("total", summary.offered()).to_string()
        }),
        counts: level_lines(l10n, &here, &summary),
        search: here.clone().without("q").without("offered").at("thu-tuc"),
        query: params.query.clone().unwrap_or_default(),
        count: l10n.t("centre-count").arg("n", list.total).arg("date", &shown_date).to_string(),
        levels: level_facet(l10n, &params, &list_at, &answer.facets.levels, list.total),
        pager: list.pager,
        procedures: list.lines,
        shows_fields: params.answer().is_none(),
        find_here: frame.to("/vi/thu-tuc").without("unit").with("centre", id.as_str()),
        statistics: frame.to("/vi/thong-ke").without("unit").with("centre", id.as_str()),
        work: WorkView::new(l10n, &work, work_file),
        shown_date,
        frame,
    };
    Ok(show(&page)?.into_response())
}

/// The unit and those above it, from the nearest.
fn places(frame: &Frame, at: &CentreAt) -> Vec<Link> {
    std::iter::once(&at.unit)
        .chain(at.ancestors.iter().rev())
        .map(|unit| Link {
            label: unit.full_name.clone(),
            href: frame.carried.to(Address::of("/vi/noi", unit.code.as_str())),
        })
        .collect()
}

fn level_lines(l10n: &L10n, here: &Address, summary: &LevelCounts) -> Vec<LevelLine> {
    use motcua_search::ListingState;
    let at = here.clone().without("q").without("level").without("offered").at("thu-tuc");
    let mut lines: Vec<LevelLine> = summary
        .levels
        .iter()
        .rev()
        .map(|&(level, count)| LevelLine {
            level: LevelView::of(l10n, level),
            count,
            href: Some(at.clone().with("level", &level.to_string())),
        })
        .collect();
    let states = [
        (ListingState::Offered, summary.offered_without_level, None),
        (ListingState::Unknown, summary.unknown, Some(Offered::Unknown)),
        (ListingState::NotOffered, summary.not_offered, Some(Offered::No)),
    ];
    for (state, count, answer) in states.into_iter().filter(|(_, count, _)| *count > 0) {
        let href = answer.map(|answer| at.clone().with("offered", answer.as_str()));
        lines.push(LevelLine { level: state_view(l10n, state), count, href });
    }
    lines
}

fn level_facet(
    l10n: &L10n,
    params: &CentreParams,
    here: &Address,
    counts: &[motcua_search::LevelCount],
    total: u64,
) -> Facet {
    if let Some(answer) = params.answer() {
        let label = LevelView::of_offer(l10n, answer, None).label;
        let count = Count { procedures: total, chosen: true };
        let choice = Choice::new(l10n, here, "offered", answer.as_str(), label, count);
        return Facet::new(l10n.t("centre-levels").to_string(), vec![choice]);
    }
    let choices = counts.iter().rev().map(|count| {
        let view = LevelView::of(l10n, count.level);
        let chosen = params.level.is_some_and(|level| level.matches(count.level));
        let label = format!("{} ({})", view.label, view.scheme);
        Choice::new(
            l10n,
            here,
            "level",
            &count.level.to_string(),
            label,
            Count { procedures: count.count, chosen },
        )
    });
    Facet::new(l10n.t("centre-levels").to_string(), choices.collect())
}

fn site_view(l10n: &L10n, site: &CentreSite) -> SiteView {
    SiteView {
        name: site.name.clone(),
        address: site.address.clone(),
        phones: site
            .phones
            .iter()
            .map(|phone| PhoneView {
                shown: phone.clone(),
                href: format!(
                    "tel:{}",
                    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>()
                ),
            })
            .collect(),
        email: site.email.clone(),
        hours: weekly_hours(l10n, &site.hours),
        exceptions: site.exceptions.iter().map(|exception| exception_line(l10n, exception)).collect(),
    }
}

fn exception_line(l10n: &L10n, exception: &HoursException) -> HoursLine {
    let mut hours = spans(&exception.hours.iter().collect::<Vec<_>>());
    if hours.is_empty() {
        hours = l10n.t("centre-closed").to_string();
    }
    if let Some(reason) = &exception.reason {
        hours = format!("{hours} ({reason})");
    }
    HoursLine { days: words::date(exception.day), hours }
}

/// Weekly hours with neighbouring equal days put together: `Thứ Hai – Thứ Sáu: 07:30–11:30, 13:30–17:00`.
fn weekly_hours(l10n: &L10n, hours: &[OpeningHours]) -> Vec<HoursLine> {
    if hours.is_empty() {
        return Vec::new();
    }
    let mut runs: Vec<(u8, u8, String)> = Vec::new();
    for weekday in 1..=7 {
        let day: Vec<&OpeningHours> = hours.iter().filter(|span| span.weekday == weekday).collect();
        let text = spans(&day);
        match runs.last_mut() {
            Some((_, last, known)) if *known == text => *last = weekday,
            _ => runs.push((weekday, weekday, text)),
        }
    }
    runs.into_iter()
        .map(|(first, last, text)| HoursLine {
            days: if first == last {
                l10n.t(words::weekday_key(first)).to_string()
            } else {
                l10n.t("weekday-range")
                    .arg("from", l10n.t(words::weekday_key(first)))
                    .arg("to", l10n.t(words::weekday_key(last)))
                    .to_string()
            },
            hours: if text.is_empty() { l10n.t("centre-closed").to_string() } else { text },
        })
        .collect()
}

fn spans(hours: &[&OpeningHours]) -> String {
    hours.iter().map(|span| format!("{}–{}", span.opens, span.closes)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_days_stand_together() {
        let day = |weekday, opens: &str, closes: &str| OpeningHours {
            weekday,
            opens: opens.to_owned(),
            closes: closes.to_owned(),
        };
        let mut hours = Vec::new();
        for weekday in 1..=5 {
            hours.push(day(weekday, "07:30", "11:30"));
            hours.push(day(weekday, "13:30", "17:00"));
        }
        hours.push(day(6, "07:30", "11:30"));
        let lines = weekly_hours(L10n::vi(), &hours);
        let lines: Vec<_> = lines.iter().map(|line| (line.days.as_str(), line.hours.as_str())).collect();
        assert_eq!(
            lines,
            [
                ("Thứ Hai – Thứ Sáu", "07:30–11:30, 13:30–17:00"),
                ("Thứ Bảy", "07:30–11:30"),
                ("Chủ nhật", "Không làm việc"),
            ]
        );
        assert!(weekly_hours(L10n::vi(), &[]).is_empty());
    }
}
