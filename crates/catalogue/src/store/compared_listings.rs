//! The periods of the listings that a comparison would have written: there may be millions, so of most of them nothing else
//! is kept.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{Datelike, NaiveDate};

use super::period_columns;
use crate::period::Period;

/// Periods of listings that a comparison would have written, by a hash of procedure, centre and case: there may be
/// millions.
#[derive(Debug, Default)]
pub(crate) struct ComparedListings {
    first: HashMap<u64, (i32, i32)>,
    more: HashMap<u64, Vec<(i32, i32)>>,
}

impl ComparedListings {
    /// Notes a period; one that ends where it begins is gone.
    pub(crate) fn add(&mut self, key: u64, days: (i32, i32)) {
        match self.first.get_mut(&key) {
            None => {
                self.first.insert(key, days);
            }
            Some(first) if first.0 == days.0 => *first = days,
            Some(_) => {
                let more = self.more.entry(key).or_default();
                more.retain(|other| other.0 != days.0);
                more.push(days);
            }
        }
    }

    /// Notes that the listing of a first day would be withdrawn.
    pub(crate) fn remove(&mut self, key: u64, from: i32) {
        self.add(key, (from, from));
    }

    /// The periods of a key.
    pub(crate) fn of(&self, key: u64) -> impl Iterator<Item = (i32, i32)> + '_ {
        self.all(key).filter(|days| days.0 < days.1)
    }

    /// The period of a key and a first day, one that is gone ends where it begins; none where this comparison did not
    /// touch it.
    pub(crate) fn touched(&self, key: u64, from: i32) -> Option<(i32, i32)> {
        self.all(key).find(|days| days.0 == from)
    }

    fn all(&self, key: u64) -> impl Iterator<Item = (i32, i32)> + '_ {
        let more = self.more.get(&key).into_iter().flatten().copied();
        self.first.get(&key).copied().into_iter().chain(more)
    }
}

/// What a comparison finds the periods of a listing by.
pub(crate) fn listing_key(procedure_id: i64, centre_id: i64, case_code: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (procedure_id, centre_id, case_code).hash(&mut hasher);
    hasher.finish()
}

/// A period in days, for a comparison.
pub(crate) fn days(period: Period) -> (i32, i32) {
    let (from, to) = period_columns::columns(period);
    (from.num_days_from_ce(), to.num_days_from_ce())
}

pub(crate) fn day_of(days: i32) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(days).unwrap_or_else(period_columns::end)
}
