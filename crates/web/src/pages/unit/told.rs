//! A unit that had a code at some time: when, what it came from, what became of it, and the way to its time.

use chrono::NaiveDate;
use motcua_catalogue::places::{Fate, PlaceUnit};
use motcua_catalogue::{Period, UnitAt, UnitCode};
use motcua_http::{AppState, Problem};

use crate::address::Address;
use crate::frame::Frame;
use crate::l10n::L10n;
use crate::listing::Link;
use crate::pages::former::then_words;
use crate::pages::procedure::period_words;
use crate::pages::unit::{EndLine, Side, end_detail, history_address};
use crate::pages::with_parents;
use crate::words;

/// A unit that has the code on another day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ElsewhenUnit {
    pub name: String,
    /// Which code it had, and when.
    pub period: String,
    /// Its page, on a day on which it existed.
    pub then: Option<Link>,
    pub predecessors: Vec<EndLine>,
    /// What its successors are, seen from the day in view.
    pub became: String,
    pub successors: Vec<EndLine>,
    pub is_split: bool,
    /// Whether it has ended and the source does not say what became of it.
    pub is_unknown: bool,
}

/// What is needed to name predecessors and successors.
pub(crate) struct Ends<'a> {
    /// Where to read.
    pub(crate) state: &'a AppState,
    /// Frame of the page.
    pub(crate) frame: &'a Frame,
    /// Day in view.
    pub(crate) as_of: NaiveDate,
}

impl Ends<'_> {
    /// The lines of predecessors or successors.
    pub(crate) async fn lines(&self, ends: &[Fate], side: Side) -> Result<Vec<EndLine>, Problem> {
        let l10n = L10n::vi();
        let mut lines = Vec::with_capacity(ends.len());
        for end in ends {
            let detail = end_detail(l10n, end, side);
            lines.push(match &end.unit {
                None => EndLine { name: l10n.t("unknown-info").to_string(), href: None, detail },
                Some(unit) => {
                    // What was before has a page that stays, and leads to its time.
                    let href = match side {
                        Side::Before => history_address(self.frame, &unit.code),
                        Side::After => self.to_successor(&unit.code, end.effective_on).await?,
                    };
                    EndLine { name: unit.full_name.clone(), href: Some(href), detail }
                }
            });
        }
        Ok(lines)
    }

    /// The page of a successor: on the day in view where it exists on that, else on the day of the change.
    async fn to_successor(&self, code: &UnitCode, since: NaiveDate) -> Result<Address, Problem> {
        let page = self.frame.carried.to(Address::of("/vi/noi", code.as_str()));
        let then = self.state.catalogue.unit(code, since).await?.map(|unit| unit.unit_id);
        // Another unit may have the code on the day in view.
        let now = self.state.catalogue.unit(code, self.as_of).await?.map(|unit| unit.unit_id);
        Ok(if now.is_some() && now == then { page } else { page.with("as_of", &since.to_string()) })
    }

    /// The same unit before or after one of its periods, with another code, name or unit above.
    fn same(
        &self,
        other: &PlaceUnit,
        key: &str,
        change: Option<NaiveDate>,
        day: Option<NaiveDate>,
    ) -> EndLine {
        let record = other;
        let page = self.frame.carried.to(Address::of("/vi/noi", record.code.as_str()));
        let href = match day.filter(|_| !record.period.contains(self.as_of)) {
            Some(day) => page.with("as_of", &day.to_string()),
            None => page,
        };
        let date = change.map(words::date).unwrap_or_default();
        let detail = L10n::vi().t(key).arg("date", date).to_string();
        EndLine { name: record.full_name.clone(), href: Some(href), detail }
    }

    /// A unit that had a code, with everything that is recorded of what it came from and what became of it.
    pub(crate) async fn told(&self, unit: &UnitAt) -> Result<ElsewhenUnit, Problem> {
        let l10n = L10n::vi();
        let record = &unit.stored.record;
        let period = record.period;
        let history = self.state.engine.unit_history(unit).await?;
        // The same unit goes on in another period where its name, its code or the unit above changed.
        let mut periods = history.periods.iter().map(|other| (other, other.period));
        let earlier = period.valid_from().and_then(|from| {
            periods.clone().find(|(_, other)| other.valid_to() == Some(from)).map(|(other, _)| other)
        });
        let later = period
            .valid_to()
            .and_then(|to| periods.find(|(_, other)| other.valid_from() == Some(to)).map(|(other, _)| other));
        let predecessors = match earlier {
            Some(earlier) => {
                let from = period.valid_from();
                vec![self.same(earlier, "unit-same-before", from, from.and_then(|day| day.pred_opt()))]
            }
            None => self.lines(&history.predecessors, Side::Before).await?,
        };
        let successors = match later {
            Some(later) => {
                let from = later.period.valid_from();
                vec![self.same(later, "unit-same-after", from, from)]
            }
            None => self.lines(&history.successors, Side::After).await?,
        };
        let is_over = is_over(unit, self.as_of);
        let became = if is_over { "unit-elsewhen-became" } else { "unit-successors" };
        let page = self.frame.carried.to(Address::of("/vi/noi", record.code.as_str()));
        let day =
            if is_over { period.valid_to().and_then(|end| end.pred_opt()) } else { period.valid_from() };
        let goes_on = if is_over { later } else { earlier }.is_some();
        let words = |day| match goes_on {
            true => l10n.t("former-then-day").arg("date", words::date(day)).to_string(),
            false => then_words(l10n, day, self.as_of),
        };
        let then = if period.contains(self.as_of) {
            Some(Link { label: l10n.t("places-open").to_string(), href: page })
        } else {
            day.map(|day| Link { label: words(day), href: page.with("as_of", &day.to_string()) })
        };
        let is_dated = period.valid_from().or(period.valid_to()).is_some();
        Ok(ElsewhenUnit {
            name: with_parents(unit),
            period: l10n
                .t(if is_dated { "unit-elsewhen-period" } else { "unit-elsewhen-period-open" })
                .arg("code", record.code.as_str())
                .arg("period", period_words(l10n, period))
                .to_string(),
            then,
            predecessors,
            became: l10n.t(became).to_string(),
            is_split: is_over && successors.len() > 1,
            is_unknown: period.valid_to().is_some() && successors.is_empty(),
            successors,
        })
    }
}

/// Whether a unit was no more on a day.
pub(crate) fn is_over(unit: &UnitAt, day: NaiveDate) -> bool {
    unit.stored.record.period.valid_to().is_some_and(|end| end <= day)
}

/// Neighbouring periods of a unit in which nothing that the pages show differs, put together. Latest first.
pub(crate) fn merged(ever: Vec<UnitAt>) -> Vec<UnitAt> {
    let mut told: Vec<UnitAt> = Vec::with_capacity(ever.len());
    for unit in ever {
        let period = unit.stored.record.period;
        if let Some(later) = told.last_mut()
            && later.unit_id == unit.unit_id
            && with_parents(later) == with_parents(&unit)
            && period.valid_to().is_some()
            && period.valid_to() == later.stored.record.period.valid_from()
            && let Ok(whole) = Period::new(period.valid_from(), later.stored.record.period.valid_to())
        {
            later.stored.record.period = whole;
            continue;
        }
        told.push(unit);
    }
    told
}
