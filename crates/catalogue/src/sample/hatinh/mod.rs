//! Hà Tĩnh in 2020/21 and today: the bundled sample.
//!
//! Units, successions and what the procedures are come from public data. Which centre offers what, levels, check-lists,
//! hours, telephone numbers and links are made up by a fixed rule and say so in their source.

mod places;
mod selection;

use std::collections::HashSet;

use chrono::NaiveDate;

use self::places::{PROVINCE, REFORM};
use self::selection::Selection;
use super::book::Book;
use super::levels::{
    COMMUNE_ND42, COMMUNE_ND43, COMMUNE_ND224, DISTRICT_ND43, Desk, PROVINCE_ND42, PROVINCE_ND43,
    PROVINCE_ND224, Span, Traits, listing, made_up,
};
use super::{SampleError, Stream, bundle};
use crate::{Centre, Command, Period, Procedure, Tier};

/// Day of the provincial plan that asks to make the levels known.
const PLAN: NaiveDate = day(2020, 12, 21);
const YEAR_2021: NaiveDate = day(2021, 1, 1);
/// First day of NĐ 42/2022/NĐ-CP.
const ND42: NaiveDate = day(2022, 8, 15);
/// First day of NĐ 224/2026/NĐ-CP.
const ND224: NaiveDate = day(2026, 7, 1);

const PROVINCE_SPANS: [Span; 3] = [
    Span { from: PLAN, to: Some(ND42), shares: PROVINCE_ND43, with_details: true },
    Span { from: ND42, to: Some(ND224), shares: PROVINCE_ND42, with_details: true },
    Span { from: ND224, to: None, shares: PROVINCE_ND224, with_details: true },
];
const DISTRICT_SPANS: [Span; 1] =
    [Span { from: YEAR_2021, to: Some(REFORM), shares: DISTRICT_ND43, with_details: true }];
const COMMUNE_SPANS: [Span; 1] =
    [Span { from: YEAR_2021, to: Some(REFORM), shares: COMMUNE_ND43, with_details: true }];
const TODAY_SPANS: [Span; 2] = [
    Span { from: REFORM, to: Some(ND224), shares: COMMUNE_ND42, with_details: true },
    Span { from: ND224, to: None, shares: COMMUNE_ND224, with_details: true },
];

/// Every record of the sample, each after what it refers to.
pub fn records() -> Result<Stream, SampleError> {
    let places = bundle::places()?;
    let mut book = Book::open()?;
    let others: Vec<&str> = places
        .before
        .iter()
        .filter(|place| place.parent.is_empty() && place.code != PROVINCE)
        .map(|place| place.name.as_str())
        .collect();
    let selection = selection::select(&book, &others);
    let traits: Vec<Traits> = book.procedures.iter().map(Traits::of).collect();
    let of_districts: HashSet<_> = selection
        .district
        .iter()
        .filter_map(|place| traits.get(*place))
        .map(|traits| traits.code.clone())
        .collect();
    book.keep(&selection.all());

    let centres = places::centres(&places)?;
    let mut commands: Vec<Command> = Vec::new();
    commands.extend(places::units(&places)?.into_iter().map(Command::Unit));
    commands.extend(places::successions(&places)?.into_iter().map(Command::Succession));
    commands.extend(book.fields.into_iter().map(Command::Field));
    commands.extend(book.agencies.into_iter().map(Command::Agency));
    for procedure in book.procedures {
        if of_districts.contains(&procedure.code) {
            commands.extend(with_district_tier(procedure).map(|period| Command::Procedure(Box::new(period))));
        } else {
            commands.push(Command::Procedure(Box::new(procedure)));
        }
    }
    commands.extend(centres.iter().cloned().map(Command::Centre));

    let plan = Plan { traits, selection };
    let listings: usize = centres.iter().map(|centre| plan.listings_at(centre)).sum();
    let total = commands.len() + listings;
    let listings = centres.into_iter().flat_map(move |centre| plan.listings(&centre));
    Ok(Stream::new(total, commands.into_iter().chain(listings)))
}

/// The same procedure twice: with the district tier while there were districts, and as the catalogue of 2026 has it.
fn with_district_tier(today: Procedure) -> impl Iterator<Item = Procedure> {
    let mut before = today.clone();
    before.period = Period::until(REFORM);
    if !before.tiers.contains(&Tier::District) {
        before.tiers.push(Tier::District);
        before.tiers.sort_unstable();
    }
    before.tiers_inferred = true;
    before.source = made_up(&format!(
        "cấp huyện trước ngày 01/07/2025 suy ra theo lĩnh vực; phần còn lại: {}",
        today.source.citation
    ));
    let mut since = today;
    since.period = Period::since(REFORM);
    [before, since].into_iter()
}

/// What each kind of centre offers when.
struct Plan {
    traits: Vec<Traits>,
    selection: Selection,
}

impl Plan {
    fn offer(&self, centre: &Centre) -> (&[usize], &'static [Span]) {
        match centre.tier {
            Tier::District => (&self.selection.district, &DISTRICT_SPANS),
            Tier::Commune if centre.period.valid_from() == Some(REFORM) => {
                (&self.selection.commune_today, &TODAY_SPANS)
            }
            Tier::Commune => (&self.selection.commune, &COMMUNE_SPANS),
            _ => (&self.selection.province, &PROVINCE_SPANS),
        }
    }

    fn listings_at(&self, centre: &Centre) -> usize {
        let (places, spans) = self.offer(centre);
        places.len() * spans.len()
    }

    fn listings(&self, centre: &Centre) -> std::vec::IntoIter<Command> {
        let (places, spans) = self.offer(centre);
        let desk = Desk::of(&centre.id, centre.tier);
        let source = made_up(
            "mức độ, điểm tương tác và liên kết đặt ra theo quy tắc cố định, không phải số liệu công bố",
        );
        let traits = places.iter().filter_map(|place| self.traits.get(*place));
        let listings: Vec<Command> = traits
            .flat_map(|traits| spans.iter().map(move |span| (traits, span)))
            .map(|(traits, span)| Command::Availability(Box::new(listing(traits, &desk, span, 0, &source))))
            .collect();
        listings.into_iter()
    }
}

/// A calendar day known when the program is built.
const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => panic!("not a day of the calendar"),
    }
}

#[cfg(test)]
mod tests;
