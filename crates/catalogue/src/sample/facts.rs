//! Everything that the binary knows for a fact, and nothing made up: the procedures of the national catalogue, the units
//! of 2020 and of today, and what became of them. For trying searches out; a site needs centres and listings too.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::book::{Book, Order, succession, unit};
use super::bundle::{self, Place};
use super::{SampleError, Stream};
use crate::{Command, Period, UnitPeriod};

/// On this day the districts ended and the communes merged.
const REFORM: NaiveDate = match NaiveDate::from_ymd_opt(2025, 7, 1) {
    Some(day) => day,
    None => panic!("not a day of the calendar"),
};

/// Every fact as a record, each after what it refers to.
pub fn records() -> Result<Stream, SampleError> {
    let places = bundle::places()?;
    let book = Book::open()?;
    let mut commands: Vec<Command> = Vec::new();
    let orders = [
        (&places.before, Order::Before, Period::until(REFORM)),
        (&places.after, Order::After, Period::since(REFORM)),
    ];
    for (of_order, order, period) in orders {
        for record in units(&places.kinds, of_order, order, period)? {
            commands.push(Command::Unit(record));
        }
    }
    for passage in &places.successions {
        commands.push(Command::Succession(succession(passage, REFORM)?));
    }
    commands.extend(book.fields.into_iter().map(Command::Field));
    commands.extend(book.agencies.into_iter().map(Command::Agency));
    commands.extend(book.procedures.into_iter().map(|procedure| Command::Procedure(Box::new(procedure))));
    Ok(Stream::new(commands.len(), commands.into_iter()))
}

/// The units of one order, provinces first.
fn units(
    kinds: &[String],
    places: &[Place],
    order: Order,
    period: Period,
) -> Result<Vec<UnitPeriod>, SampleError> {
    let mut provinces: HashMap<&str, &str> = HashMap::new();
    let mut units = Vec::with_capacity(places.len());
    for place in places {
        let province = if place.parent.is_empty() {
            place.code.as_str()
        } else {
            provinces.get(place.parent.as_str()).copied().unwrap_or_default()
        };
        provinces.insert(&place.code, province);
        units.push(unit(kinds, place, province, order, period)?);
    }
    Ok(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_succession_and_procedure_is_there() {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for command in records().expect("sound") {
            *counts.entry(command.entity().as_str()).or_default() += 1;
        }
        assert_eq!(counts.get("unit"), Some(&(11_367 + 3_355)));
        assert_eq!(counts.get("procedure"), Some(&5_775));
        assert!(counts.get("succession").is_some_and(|count| *count > 11_000));
        assert_eq!(counts.get("availability"), None);
    }
}
