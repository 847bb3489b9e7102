//! What stands around every page: head, wordmark, date and place in view, breadcrumbs, foot.

use chrono::NaiveDate;
use motcua_catalogue::{CentreId, UnitCode};
use motcua_http::{QueryParams, QueryReader, Site};

use crate::address::{Address, Carried};
use crate::assets::Assets;
use crate::l10n::{L10n, Msg};
use crate::pages::former::Former;
use crate::words;

/// Part of the site that a page belongs to, marked in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Home, errors.
    None,
    /// Search and procedures.
    Procedures,
    /// Centres.
    Centres,
    /// Places.
    Places,
    /// Help and about.
    Help,
}

/// One breadcrumb; the page itself has no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crumb {
    /// Words of the link.
    pub label: String,
    /// Where it leads.
    pub href: Option<Address>,
}

/// The date in view and the ways to change it.
#[derive(Debug, Clone)]
pub(crate) struct DateView {
    /// `2021-03-01`, for the form.
    pub iso: String,
    /// `01/03/2021`.
    pub shown: String,
    /// Whether it is the real day.
    pub is_today: bool,
    /// Whether it is the day that the site shows by itself.
    pub is_site: bool,
    /// The day that the site shows by itself, in words.
    pub site_shown: String,
    /// Today, in words.
    pub today_shown: String,
    /// This page on the real day.
    pub today: Address,
    /// This page on the site's day.
    pub site: Address,
    /// This page without a date: target and hidden fields of the form.
    pub form: Address,
}

/// The place chosen by the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlaceView {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: Address,
    /// This page without the place.
    pub clear: Address,
    /// What to choose instead where the place does not exist on the day in view.
    pub former: Option<Former>,
}

/// The frame of one page.
#[derive(Clone)]
pub(crate) struct Frame {
    l10n: &'static L10n,
    /// Name of the site.
    pub site_name: String,
    /// Title of the page, without the site's name.
    pub title: String,
    /// One sentence for search engines; may be empty.
    pub description: String,
    /// Part of the site.
    pub part: Part,
    /// Way to the page.
    pub crumbs: Vec<Crumb>,
    /// Date in view; none on pages that must not depend on anything.
    pub date: Option<DateView>,
    /// Place in view.
    pub place: Option<PlaceView>,
    /// Whether the site shows made-up sample data.
    pub is_sample: bool,
    /// Whether search engines should leave the page out.
    pub noindex: bool,
    /// Date and place for every link.
    pub carried: Carried,
    /// Embedded files.
    pub assets: &'static Assets,
}

impl Frame {
    /// The frame of a page that shows a date. `here` is the page's address with all its parameters.
    pub(crate) fn new(site: &Site, view: &View, here: &Address, title: String) -> Self {
        let mut frame = Self::bare(site, title);
        let site_day = site.day();
        let today = site.today();
        // A cursor belongs to the day on which it was given.
        let form = here.clone().without("as_of").without("cursor");
        frame.date = Some(DateView {
            iso: view.as_of.to_string(),
            shown: words::date(view.as_of),
            is_today: view.as_of == today,
            is_site: view.as_of == site_day,
            site_shown: words::date(site_day),
            today_shown: words::date(today),
            today: form.clone().with("as_of", "today"),
            site: form.clone(),
            form,
        });
        frame.noindex = view.carried.as_of.is_some();
        frame.carried = view.carried.clone();
        frame
    }

    /// The frame of a page that needs neither database nor index.
    pub(crate) fn bare(site: &Site, title: String) -> Self {
        Self {
            l10n: L10n::vi(),
            site_name: site.name.clone(),
            title,
            description: String::new(),
            part: Part::None,
            crumbs: Vec::new(),
            date: None,
            place: None,
            is_sample: site.is_sample(),
            noindex: false,
            carried: Carried::default(),
            assets: Assets::get(),
        }
    }

    /// Places the page in the site: its part and the way to it, the page itself last.
    pub(crate) fn within(mut self, part: Part, way: Vec<Crumb>) -> Self {
        self.part = part;
        let home = Crumb {
            label: self.l10n.t("nav-home").to_string(),
            href: Some(self.carried.to(Address::new("/vi"))),
        };
        self.crumbs = std::iter::once(home).chain(way).collect();
        self
    }

    /// A breadcrumb to another page.
    pub(crate) fn crumb(&self, label: impl Into<String>, to: Address) -> Crumb {
        Crumb { label: label.into(), href: Some(self.carried.to(to)) }
    }

    /// The breadcrumb of the page itself.
    pub(crate) fn last_crumb(&self) -> Crumb {
        Crumb { label: self.title.clone(), href: None }
    }

    /// An interface text.
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> Msg<'a> {
        self.l10n.t(key)
    }

    /// Language of the page.
    pub(crate) fn lang(&self) -> &'static str {
        self.l10n.lang()
    }

    /// A link that carries date and place on.
    pub(crate) fn to(&self, path: &str) -> Address {
        self.carried.to(Address::new(path))
    }

    /// What to choose instead of the place in view, where that does not exist on the day in view.
    pub(crate) fn former(&self) -> Option<&Former> {
        self.place.as_ref()?.former.as_ref()
    }

    /// Whether the page belongs to a part of the site.
    pub(crate) fn is_in(&self, part: Part) -> bool {
        self.part == part
    }
}

/// The day that a page shows, and what its links carry on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    /// The day.
    pub as_of: NaiveDate,
    /// Date and place as they stand in the address.
    pub carried: Carried,
}

impl View {
    /// Reads date and place, the parameters of every page. Read them before a cursor.
    pub(crate) fn read(query: &mut QueryReader<'_>) -> Self {
        let given = query.raw("as_of").map(ToOwned::to_owned);
        Self {
            as_of: query.as_of(),
            carried: Carried {
                as_of: given,
                unit: query.parse::<UnitCode>("unit").map(String::from),
                centre: query.parse::<CentreId>("centre").map(String::from),
            },
        }
    }

    /// The unit in view.
    pub(crate) fn unit(&self) -> Option<UnitCode> {
        self.carried.unit.as_deref().and_then(|code| code.parse().ok())
    }

    /// The centre in view.
    pub(crate) fn centre(&self) -> Option<CentreId> {
        self.carried.centre.as_deref().and_then(|id| id.parse().ok())
    }
}

impl QueryParams for View {
    fn read(query: &mut QueryReader<'_>) -> Self {
        View::read(query)
    }
}
