//! The list of centres, by tier and place.

use askama::Template;
use axum::extract::State;
use motcua_catalogue::{CentreAt, CentreFilter, Tier};
use motcua_http::{AppState, PlacePage, Query, QueryParams, QueryReader};

use crate::address::Address;
use crate::frame::{Frame, Part, View};
use crate::l10n::L10n;
use crate::listing::Pager;
use crate::pages::{Page, place_in_view, show};
use crate::words;

/// Parameters of the page.
pub(crate) struct CentresParams {
    tier: Option<Tier>,
    view: View,
    page: PlacePage,
}

impl QueryParams for CentresParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self { tier: query.parse("tier"), view: View::read(query), page: query.page() }
    }
}

/// What the template shows.
#[derive(Template)]
#[template(path = "pages/centres.html")]
pub(crate) struct CentresPage {
    pub frame: Frame,
    pub count: String,
    pub tiers: Vec<TierTab>,
    pub centres: Vec<CentreLine>,
    /// What is said where there is none.
    pub empty: &'static str,
    pub pager: Pager,
}

/// A tier to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TierTab {
    pub label: String,
    pub href: Address,
    pub chosen: bool,
}

/// A centre of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CentreLine {
    pub name: String,
    pub href: Address,
    pub tier: String,
    pub unit: String,
    pub address: Option<String>,
    pub phone: Option<String>,
}

impl CentreLine {
    /// Words for a centre.
    pub(crate) fn new(l10n: &L10n, frame: &Frame, at: &CentreAt) -> Self {
        let record = &at.stored.record;
        let names =
            std::iter::once(&at.unit).chain(at.ancestors.iter().rev()).map(|unit| unit.full_name.as_str());
        let site = record.sites.first();
        Self {
            name: record.name.clone(),
            href: frame.carried.to(Address::of("/vi/trung-tam", record.id.as_str())),
            tier: l10n.t(words::tier_key(record.tier)).to_string(),
            unit: names.collect::<Vec<_>>().join(", "),
            address: site.and_then(|site| site.address.clone()),
            phone: site.and_then(|site| site.phones.first().cloned()),
        }
    }
}

/// `GET /vi/trung-tam`.
pub(crate) async fn list_centres(State(state): State<AppState>, Query(params): Query<CentresParams>) -> Page {
    let l10n = L10n::vi();
    let view = &params.view;
    let here = view.carried.to(Address::new("/vi/trung-tam")).maybe("tier", params.tier.map(Tier::as_str));
    let mut frame = Frame::new(&state.site, view, &here, l10n.t("centres-title").to_string());
    frame.place = place_in_view(&state, view, &here).await?;
    let way = vec![frame.last_crumb()];
    let frame = frame.within(Part::Centres, way);
    let filter = CentreFilter { as_of: view.as_of, tier: params.tier, unit: view.unit() };
    let centres = state.catalogue.centres(&filter, &params.page.request()).await?;
    let info = params.page.info(centres.next, centres.total);
    let page = CentresPage {
        count: l10n
            .t("centres-count")
            .arg("n", centres.total)
            .arg("date", words::date(view.as_of))
            .to_string(),
        tiers: tabs(l10n, params.tier, &here),
        empty: if params.tier.is_some() { "centres-empty" } else { "centres-empty-any" },
        centres: centres.items.iter().map(|centre| CentreLine::new(l10n, &frame, centre)).collect(),
        pager: Pager::of_places(&params.page, &info, &here),
        frame,
    };
    show(&page)
}

fn tabs(l10n: &L10n, chosen: Option<Tier>, here: &Address) -> Vec<TierTab> {
    let all = TierTab {
        label: l10n.t("centres-all-tiers").to_string(),
        href: here.clone().without("tier"),
        chosen: chosen.is_none(),
    };
    let tiers = [Tier::Province, Tier::District, Tier::Commune].into_iter().map(|tier| TierTab {
        label: l10n.t(words::tier_key(tier)).to_string(),
        href: here.clone().with("tier", tier.as_str()),
        chosen: chosen == Some(tier),
    });
    std::iter::once(all).chain(tiers).collect()
}
