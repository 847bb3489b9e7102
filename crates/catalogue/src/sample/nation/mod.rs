//! The whole country in 2020, from a seed: 6,500 procedures, 11,367 centres, about 2.4 million listings. Every
//! measurement at scale uses it.
//!
//! Units and what the procedures are come from public data; who offers what, every level and every text are made up.
//! Nothing in it ends, so that it answers the same on any day from 1 January 2020 on.

mod deal;
mod text;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use self::deal::Deal;
use super::book::{Book, Order, unit};
use super::bundle::{self, Places};
use super::levels::{COMMUNE_ND43, DISTRICT_ND43, Desk, PROVINCE_ND43, Span, Traits, listing, made_up};
use super::site::{centre_name, made_up_site};
use super::{SampleError, Stream};
use crate::{Centre, CentreId, Command, Period, Procedure, ProcedureCode, Source, Tier, UnitPeriod};

/// Procedures of the generated catalogue.
pub const PROCEDURES: usize = 6_500;

const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2020, 1, 1) {
    Some(day) => day,
    None => panic!("not a day of the calendar"),
};

/// What the 725 further procedures are called: a real one with a qualifier.
const QUALIFIERS: [&str; 8] = [
    "trường hợp cấp lại",
    "trường hợp cấp đổi",
    "trường hợp gia hạn",
    "trường hợp điều chỉnh",
    "theo thủ tục rút gọn",
    "đối với tổ chức",
    "đối với hộ gia đình, cá nhân",
    "tại khu công nghiệp, khu kinh tế",
];

/// Every record of the country, each after what it refers to; the listings come centre by centre.
pub fn records(seed: u64) -> Result<Stream, SampleError> {
    let places = bundle::places()?;
    let book = Book::open()?;
    let base = Arc::new(procedures(book.procedures, seed)?);
    let deal = Deal::of(&base, seed);
    let tiers: Vec<Tier> = deal.tiers(base.len());
    let traits: Vec<Traits> = base.iter().map(Traits::of).collect();

    let units = units(&places)?;
    let centres: Vec<Centre> = units.iter().map(centre).collect::<Result<_, _>>()?;
    let listings: usize = centres.iter().map(|centre| deal.at(centre.tier).len()).sum();
    let total = units.len() + book.fields.len() + book.agencies.len() + base.len() + centres.len() + listings;

    let source = made_up(&format!("cả nước năm 2020, hạt giống {seed}; mức độ đặt ra theo quy tắc cố định"));
    let units = units.into_iter().map(Command::Unit);
    let fields = book.fields.into_iter().map(Command::Field);
    let agencies = book.agencies.into_iter().map(Command::Agency);
    let procedure_source =
        made_up(&format!("cả nước năm 2020, hạt giống {seed}; nội dung ghép từ tên giấy tờ"));
    let texts = (0..base.len()).filter_map(move |place| {
        let tier = tiers.get(place).copied()?;
        let procedure = with_text(&base, place, tier, seed, &procedure_source)?;
        Some(Command::Procedure(Box::new(procedure)))
    });
    let listings = centres.clone().into_iter().flat_map(move |centre| {
        let desk = Desk::of(&centre.id, centre.tier);
        let span = span(centre.tier);
        let offered = deal.at(centre.tier).iter().filter_map(|place| traits.get(*place));
        let listings: Vec<Command> = offered
            .map(|traits| Command::Availability(Box::new(listing(traits, &desk, &span, seed, &source))))
            .collect();
        listings.into_iter()
    });
    let centres = centres.into_iter().map(Command::Centre);
    Ok(Stream::new(total, units.chain(fields).chain(agencies).chain(texts).chain(centres).chain(listings)))
}

/// The real procedures, then further ones: a real one again, with a qualifier and a code of its own.
fn procedures(mut real: Vec<Procedure>, seed: u64) -> Result<Vec<Procedure>, SampleError> {
    let further = PROCEDURES.saturating_sub(real.len());
    let order = deal::shuffled(real.len(), seed, "further");
    let mut copies = Vec::with_capacity(further);
    for (number, place) in order.into_iter().take(further).enumerate() {
        let Some(model) = real.get(place) else { continue };
        let qualifier = QUALIFIERS.get(number % QUALIFIERS.len()).copied().unwrap_or_default();
        let code: ProcedureCode = format!("9.{:06}", number + 1).parse()?;
        copies.push(Procedure { code, name: format!("{} ({qualifier})", model.name), ..model.clone() });
    }
    real.append(&mut copies);
    Ok(real)
}

/// A procedure of the generated catalogue with its tier and its texts.
fn with_text(base: &[Procedure], place: usize, tier: Tier, seed: u64, source: &Source) -> Option<Procedure> {
    let mut procedure = base.get(place)?.clone();
    procedure.tiers = vec![tier];
    procedure.tiers_inferred = true;
    procedure.source = source.clone();
    procedure.details.steps = text::steps(base, place, seed);
    Some(procedure)
}

fn units(places: &Places) -> Result<Vec<UnitPeriod>, SampleError> {
    let mut provinces: HashMap<&str, &str> = HashMap::new();
    let mut units = Vec::with_capacity(places.before.len());
    for place in &places.before {
        let province = if place.parent.is_empty() {
            place.code.as_str()
        } else {
            provinces.get(place.parent.as_str()).copied().unwrap_or_default()
        };
        provinces.insert(&place.code, province);
        units.push(unit(&places.kinds, place, province, Order::Before, Period::ALWAYS)?);
    }
    Ok(units)
}

fn centre(unit: &UnitPeriod) -> Result<Centre, SampleError> {
    let letter = match unit.tier {
        Tier::District => 'd',
        Tier::Commune => 'c',
        _ => 'p',
    };
    let id: CentreId = format!("{letter}{}", unit.code).parse()?;
    let address = format!("Trụ sở Ủy ban nhân dân {}", super::book::spoken_name(&unit.kind, &unit.name));
    Ok(Centre {
        name: centre_name(unit.tier, &unit.kind, &unit.name, false),
        sites: vec![made_up_site(id.as_str(), address, (unit.lat, unit.lon), Period::ALWAYS)],
        id,
        period: Period::ALWAYS,
        tier: unit.tier,
        unit: unit.code.clone(),
        portal: None,
        note: None,
        extra: BTreeMap::new(),
        source: made_up("giờ làm việc và số điện thoại đặt ra theo quy tắc cố định"),
    })
}

fn span(tier: Tier) -> Span {
    let shares = match tier {
        Tier::Commune => COMMUNE_ND43,
        Tier::District => DISTRICT_ND43,
        _ => PROVINCE_ND43,
    };
    Span { from: FIRST_DAY, to: None, shares, with_details: false }
}

#[cfg(test)]
mod tests;
