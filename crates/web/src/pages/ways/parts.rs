//! Ways, desks and what stays on paper, ready to show.

use chrono::NaiveDate;
use motcua_catalogue::{
    BoundaryFree, FilingAnswer, FilingDesk, FilingWay, Offered, Relation, WayKind, WayOrigin,
};
use motcua_search::Offerer;

use crate::address::{Address, Carried};
use crate::filing::{derived_words, distance, hours, paper_views};
use crate::l10n::L10n;
use crate::offer::{FeeView, PointView, ReasonView, level_warning, source_words};
use crate::spread::state_view;
use crate::words::{self, LevelView};

/// One way of filing at one centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WayCard {
    pub kind: WayKind,
    /// The way in words.
    pub title: String,
    /// That the way is assumed, where no source names it.
    pub assumed: Option<String>,
    pub centre: String,
    pub centre_href: Address,
    /// How the centre stands to the place.
    pub relation: String,
    pub level: LevelView,
    /// What the check-list allows.
    pub derived: Option<String>,
    /// That more is claimed than the check-list allows.
    pub warning: Option<String>,
    pub is_online: bool,
    /// Why it is not online from end to end, where the listing says so.
    pub reason: Option<ReasonView>,
    pub link: Option<String>,
    pub time: Option<Told>,
    pub fees: Vec<FeeView>,
    pub fees_from: Option<String>,
    pub sites: Vec<SiteLine>,
    pub source: Option<String>,
    /// Whether the centre lies elsewhere.
    pub is_elsewhere: bool,
}

/// A fact and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub text: String,
    pub from: String,
}

/// A site on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteLine {
    pub name: Option<String>,
    pub address: Option<String>,
    pub phones: Vec<PhoneLine>,
    pub hours: String,
    /// Distance, or that it is not known, or why no distance can be known at all.
    pub distance: String,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhoneLine {
    /// As published.
    pub shown: String,
    /// `tel:` address.
    pub href: String,
}

/// What stays on paper or at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paper {
    /// Whose check-list it is and what it says.
    pub intro: String,
    /// The points that are not online.
    pub points: Vec<PointView>,
}

/// The dossier items of which the source names originals: not what must be handed in, which no source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Originals {
    pub items: Vec<String>,
    /// What stands in their place where there are none.
    pub none: Option<String>,
}

/// A centre elsewhere that offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ElsewhereLine {
    pub centre: String,
    pub href: Address,
    pub unit: String,
    pub level: LevelView,
    pub distance: Option<String>,
    /// From where one may file, where somebody has said.
    pub boundary: Option<String>,
}

fn origin(l10n: &L10n, origin: WayOrigin) -> String {
    let key = match origin {
        WayOrigin::Listing => "way-origin-listing",
        WayOrigin::Case => "way-origin-case",
        WayOrigin::Procedure => "way-origin-procedure",
    };
    l10n.t(key).to_string()
}

fn relation_key(relation: Relation) -> &'static str {
    match relation {
        Relation::Responsible => "relation-responsible",
        Relation::Local => "relation-local",
        Relation::Province => "relation-province",
        Relation::Nation => "relation-nation",
    }
}

fn kind_key(kind: WayKind) -> &'static str {
    match kind {
        WayKind::FullyOnline => "way-fully-online",
        WayKind::PartlyOnline => "way-partly-online",
        WayKind::Post => "way-post",
        WayKind::Desk => "way-desk",
    }
}

impl WayCard {
    /// Words for a way.
    pub(crate) fn new(
        l10n: &L10n,
        carried: &Carried,
        way: &FilingWay,
        desk: &FilingDesk,
        (day, measures): (NaiveDate, bool),
    ) -> Self {
        let centre = &desk.centre.stored.record;
        let record = desk.listing.as_ref().map(|at| &at.stored.record);
        let sites = desk.sites.iter().map(|on_day| SiteLine {
            name: on_day.site.name.clone(),
            address: on_day.site.address.clone(),
            phones: on_day.site.phones.iter().map(|phone| PhoneLine::new(phone)).collect(),
            hours: hours(l10n, on_day, day),
            distance: distance(l10n, on_day.metres).unwrap_or_else(|| {
                l10n.t(if measures { "distance-unknown" } else { "distance-unmeasured" }).to_string()
            }),
        });
        let fees = way.fees.as_ref();
        Self {
            kind: way.kind,
            title: l10n.t(kind_key(way.kind)).to_string(),
            assumed: (!way.is_stated && way.kind == WayKind::Desk).then(|| l10n.t("way-assumed").to_string()),
            centre: centre.name.clone(),
            centre_href: carried.to(Address::of("/vi/trung-tam", centre.id.as_str())),
            relation: l10n.t(relation_key(desk.relation)).to_string(),
            level: record.map_or_else(
                || LevelView::unknown(l10n),
                |record| LevelView::of_offer(l10n, record.offered, record.level),
            ),
            derived: record.and_then(|record| derived_words(l10n, record)),
            warning: record.and_then(|record| level_warning(l10n, record)),
            is_online: matches!(way.kind, WayKind::FullyOnline | WayKind::PartlyOnline),
            reason: record
                .filter(|_| way.kind == WayKind::PartlyOnline)
                .and_then(|record| ReasonView::of(l10n, record)),
            link: way.link.clone(),
            time: way.time_limit.as_ref().map(|(limit, from)| Told {
                text: words::time_limit(l10n, limit),
                from: origin(l10n, *from),
            }),
            fees: fees
                .map(|(fees, _)| fees.iter().map(|fee| FeeView::new(l10n, fee)).collect())
                .unwrap_or_default(),
            fees_from: fees.map(|(_, from)| origin(l10n, *from)),
            sites: sites.collect(),
            source: record.map(|record| source_words(l10n, &record.source)),
            is_elsewhere: desk.relation.is_elsewhere(),
        }
    }
}

impl PhoneLine {
    /// A number with the address that calls it.
    pub(crate) fn new(phone: &str) -> Self {
        let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        Self { shown: phone.to_owned(), href: format!("tel:{digits}") }
    }
}

impl Paper {
    /// What stays on paper in the best way; without any way there is nothing to say.
    pub(crate) fn new(l10n: &L10n, answer: &FilingAnswer) -> Option<Self> {
        let desk = answer.desks.get(answer.ways.first()?.desk)?;
        let checklist = desk.listing.as_ref()?.stored.record.checklist;
        let is_assessed = checklist.states().iter().any(Option::is_some);
        let points = if is_assessed { paper_views(l10n, &desk.paper) } else { Vec::new() };
        let key = match (is_assessed, points.is_empty()) {
            (false, _) => "ways-paper-unassessed",
            (true, true) => "ways-paper-none",
            (true, false) => "ways-paper-at",
        };
        let centre = &desk.centre.stored.record.name;
        Some(Self { intro: l10n.t(key).arg("centre", centre).to_string(), points })
    }
}

impl Originals {
    /// What the source names; without any way there is nothing to say.
    pub(crate) fn new(l10n: &L10n, answer: &FilingAnswer) -> Option<Self> {
        answer.ways.first()?;
        let items: Vec<String> = answer
            .originals
            .iter()
            .map(|item| {
                let count = l10n.t("ways-original-count").arg("n", u64::from(item.originals));
                format!("{} – {count}", item.name)
            })
            .collect();
        let none = match (items.is_empty(), answer.knows_dossier) {
            (false, _) => None,
            (true, true) => Some(l10n.t("ways-originals-none").to_string()),
            (true, false) => Some(l10n.t("ways-originals-unknown").to_string()),
        };
        Some(Self { items, none })
    }
}

/// Why a centre elsewhere comes first: what the own centre does, and what this one does; nothing where it is the own.
pub(crate) fn best_elsewhere(l10n: &L10n, answer: &FilingAnswer) -> Option<String> {
    let best = answer.ways.first()?;
    let there = answer.desks.get(best.desk).filter(|desk| desk.relation.is_elsewhere())?;
    let is_online = |kind| matches!(kind, WayKind::FullyOnline | WayKind::PartlyOnline);
    let own_online = answer
        .ways
        .iter()
        .filter(|way| is_online(way.kind))
        .find_map(|way| answer.desks.get(way.desk).filter(|desk| !desk.relation.is_elsewhere()));
    let own = own_online.or_else(|| answer.responsible().next());
    let own = match (own, own_online) {
        (None, _) => l10n.t("ways-own-none").to_string(),
        (Some(own), online) => {
            let key = match (online, own.offered()) {
                (Some(_), _) => "ways-own-partly",
                (None, Some(Offered::Yes)) => "ways-own-offline",
                (None, Some(Offered::No)) => "ways-own-no",
                (None, Some(Offered::Unknown) | None) => "ways-own-unknown",
            };
            l10n.t(key).arg("centre", &own.centre.stored.record.name).to_string()
        }
    };
    let does = l10n.t(match best.kind {
        WayKind::FullyOnline => "ways-there-full",
        WayKind::PartlyOnline => "ways-there-partly",
        WayKind::Post | WayKind::Desk => "ways-there-offered",
    });
    let reach = l10n.t(match there.boundary_free() {
        BoundaryFree::Nation => "ways-reach-nation",
        _ => "ways-reach-province",
    });
    let text = l10n.t("ways-best-elsewhere").arg("own", own);
    Some(text.arg("there", does.to_string()).arg("reach", reach.to_string()).to_string())
}

impl ElsewhereLine {
    /// Words for a centre elsewhere.
    pub(crate) fn new(l10n: &L10n, carried: &Carried, offerer: &Offerer) -> Self {
        let centre = &offerer.centre;
        let units: Vec<&str> = centre.units.iter().rev().map(|unit| unit.full_name.as_str()).collect();
        Self {
            centre: centre.name.clone(),
            href: carried.to(Address::of("/vi/trung-tam", centre.centre.as_str())),
            unit: units.join(", "),
            level: centre.state.map_or_else(|| LevelView::unknown(l10n), |state| state_view(l10n, state)),
            distance: distance(l10n, offerer.metres),
            boundary: words::boundary_key(centre.boundary_free).map(|key| l10n.t(key).to_string()),
        }
    }
}
