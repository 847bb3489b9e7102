//! A place in view that does not exist on the day in view: what became of it, or what was there before, each as a
//! link that keeps everything else the visitor chose.

use motcua_catalogue::places::Fate;
use motcua_catalogue::{CentreAt, UnitAt, UnitCode};
use motcua_http::{AppState, Problem};

use crate::address::Address;
use crate::frame::View;
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::procedure::period_words;
use crate::pages::unit::{EndLine, Side, end_detail, history_of};
use crate::pages::with_parents;
use crate::words;

/// How many places are offered at once; the page of the former unit names them all.
const AT_ONCE: usize = 100;

/// What to show in place of a list that would be empty only because its place is of another day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Former {
    /// That the place does not exist on the day.
    pub heading: String,
    /// Which place it is and when it existed.
    pub message: String,
    /// What the links are: what it is now, or was before.
    pub title: String,
    /// The only place that answers for it.
    pub single: Option<EndLine>,
    /// The places of which the visitor has to choose one.
    pub choices: Vec<EndLine>,
    /// Whether it has ended and the source does not say what became of it.
    pub is_unknown: bool,
    /// That there are more than are named.
    pub more: Option<String>,
    /// The page of the former unit.
    pub page: Option<Link>,
    /// This page on a day on which the place existed.
    pub then: Option<Link>,
    /// This page without a place.
    pub clear: Option<Address>,
}

/// Where the links to the other units lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    /// To this page, with the other unit chosen.
    Here,
    /// To the pages of the units.
    UnitPages,
}

/// What is needed to look for a former place.
pub(crate) struct Lookup<'a> {
    /// Where to read.
    pub state: &'a AppState,
    /// Day in view.
    pub view: &'a View,
    /// The page with all its parameters.
    pub here: &'a Address,
    /// Where the links lead.
    pub leads: Leads,
}

impl Lookup<'_> {
    /// What became of the unit that had a code which no unit has on the day in view. None where no unit ever had it.
    pub(crate) async fn unit(&self, code: &UnitCode) -> Result<Option<(UnitAt, Former)>, Problem> {
        let mut ever = self.state.catalogue.units_ever(code).await?;
        // The last one that is over, or else the first that is still to come.
        let place = ever.iter().position(|unit| self.is_over(unit)).or(ever.len().checked_sub(1));
        let Some(place) = place else { return Ok(None) };
        let unit = ever.swap_remove(place);
        let l10n = L10n::vi();
        let record = &unit.stored.record;
        let mut former = Former {
            heading: self.dated("former-unit-title"),
            message: l10n
                .t("former-unit")
                .arg("name", with_parents(&unit))
                .arg("code", code.as_str())
                .arg("period", period_words(l10n, record.period))
                .to_string(),
            ..self.bare(record.period)
        };
        self.fill(&mut former, &unit).await?;
        Ok(Some((unit, former)))
    }

    /// What became of the unit of a centre that does not work on the day in view. None where it does work.
    pub(crate) async fn centre(&self, at: &CentreAt) -> Result<Option<Former>, Problem> {
        let record = &at.stored.record;
        let period = record.period;
        if period.contains(self.view.as_of) {
            return Ok(None);
        }
        let l10n = L10n::vi();
        let mut former = Former {
            heading: self.dated("former-centre-title"),
            message: l10n
                .t("former-centre")
                .arg("name", &record.name)
                .arg("period", period_words(l10n, period))
                .to_string(),
            ..self.bare(period)
        };
        let unit = match self.day_of(period) {
            Some(day) => self.state.catalogue.unit(&record.unit, day).await?,
            None => None,
        };
        match unit {
            Some(unit) => {
                self.fill(&mut former, &unit).await?;
                former.message.push(' ');
                let name = with_parents(&unit);
                former.message.push_str(&l10n.t("former-centre-unit").arg("name", name).to_string());
            }
            None => former.page = Some(self.page(&record.unit, &at.unit.full_name)),
        }
        Ok(Some(former))
    }

    /// A day on which something of that period existed: the last one of what is over, the first of what is to come.
    fn day_of(&self, period: motcua_catalogue::Period) -> Option<chrono::NaiveDate> {
        match period.valid_to().filter(|end| *end <= self.view.as_of) {
            Some(end) => end.pred_opt(),
            None => period.valid_from(),
        }
    }

    fn is_over(&self, unit: &UnitAt) -> bool {
        unit.stored.record.period.valid_to().is_some_and(|end| end <= self.view.as_of)
    }

    fn dated(&self, key: &str) -> String {
        L10n::vi().t(key).arg("date", words::date(self.view.as_of)).to_string()
    }

    fn bare(&self, period: motcua_catalogue::Period) -> Former {
        let here = self.here.clone().without("cursor");
        let then = self.day_of(period).map(|day| Link {
            label: then_words(L10n::vi(), day, self.view.as_of),
            href: here.clone().with("as_of", &day.to_string()),
        });
        let clear = (self.leads == Leads::Here).then(|| here.without("unit").without("centre"));
        Former {
            heading: String::new(),
            message: String::new(),
            title: String::new(),
            single: None,
            choices: Vec::new(),
            is_unknown: false,
            more: None,
            page: None,
            then,
            clear,
        }
    }

    fn page(&self, code: &UnitCode, name: &str) -> Link {
        Link {
            label: L10n::vi().t("former-page").arg("name", name).to_string(),
            href: history_of(&self.view.carried, code),
        }
    }

    fn to_unit(&self, code: &UnitCode) -> Address {
        match self.leads {
            Leads::Here => self.here.clone().without("centre").without("cursor").with("unit", code.as_str()),
            Leads::UnitPages => self.view.carried.to(Address::of("/vi/noi", code.as_str())),
        }
    }

    /// The links: to the unit itself where it lives on, else to its successors or predecessors.
    async fn fill(&self, former: &mut Former, unit: &UnitAt) -> Result<(), Problem> {
        let l10n = L10n::vi();
        let record = &unit.stored.record;
        former.page = Some(self.page(&record.code, &record.full_name));
        let history = self.state.engine.unit_history(unit).await?;
        let over = self.is_over(unit);
        let title = if over { "unit-elsewhen-became" } else { "unit-elsewhen-was" };
        former.title = l10n.t(title).to_string();
        let same = history.periods.iter().find(|period| period.period.contains(self.view.as_of));
        if let Some(same) = same {
            let code = &same.code;
            let name = match self.state.catalogue.unit(code, self.view.as_of).await? {
                Some(now) => with_parents(&now),
                None => same.full_name.clone(),
            };
            former.title = l10n.t("former-same").to_string();
            former.single = Some(EndLine {
                name,
                href: Some(self.to_unit(code)),
                detail: l10n.t("unit-code").arg("code", code.as_str()).to_string(),
            });
            return Ok(());
        }
        let (ends, side) =
            if over { (&history.successors, Side::After) } else { (&history.predecessors, Side::Before) };
        let mut lines = Vec::with_capacity(ends.len().min(AT_ONCE));
        for end in ends.iter().take(AT_ONCE) {
            lines.push(self.line(end, side).await?);
        }
        if let [only] = lines.as_slice() {
            former.single = Some(only.clone());
            return Ok(());
        }
        let more = ends.len().saturating_sub(lines.len());
        former.more = (more > 0).then(|| l10n.t("former-more").arg("n", more).to_string());
        former.is_unknown = over && lines.is_empty();
        former.choices = lines;
        Ok(())
    }

    /// One successor or predecessor, with its province.
    async fn line(&self, end: &Fate, side: Side) -> Result<EndLine, Problem> {
        let l10n = L10n::vi();
        let detail = end_detail(l10n, end, side);
        let Some(unit) = &end.unit else {
            return Ok(EndLine { name: l10n.t("unknown-info").to_string(), href: None, detail });
        };
        let name = match self.state.catalogue.unit(&unit.code, self.view.as_of).await? {
            Some(now) => with_parents(&now),
            // It has itself been succeeded; its link leads on.
            None => l10n.t("place-not-on-day").arg("name", &unit.full_name).to_string(),
        };
        Ok(EndLine { name, href: Some(self.to_unit(&unit.code)), detail })
    }
}

/// Words of the link to a day on which something existed: the last one of what is over, the first of what is to come.
pub(crate) fn then_words(l10n: &L10n, day: chrono::NaiveDate, as_of: chrono::NaiveDate) -> String {
    let key = if day < as_of { "former-then" } else { "former-then-later" };
    l10n.t(key).arg("date", words::date(day)).to_string()
}
