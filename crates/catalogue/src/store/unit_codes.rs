//! Which unit has a code on a day, held in memory for a writing transaction.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::db::StorageError;
use super::entity::unit_period;
use super::period_columns;
use crate::code::UnitCode;
use crate::period::Period;
use crate::unit::UnitPeriod;

/// Every period of every unit code.
#[derive(Debug, Default)]
pub(crate) struct UnitCodes(HashMap<String, Vec<Span>>);

/// Where a code belongs for some days.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// Row of the period.
    pub(crate) row_id: i64,
    /// The unit.
    pub(crate) unit_id: i64,
    /// First day.
    pub(crate) from: NaiveDate,
    /// First day after.
    pub(crate) to: NaiveDate,
    continues: bool,
    parent: Option<UnitCode>,
}

/// The longest way from a unit up: commune, district, province.
const GENERATIONS: usize = 4;

impl UnitCodes {
    /// Reads them all.
    pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Self, StorageError> {
        let mut codes = Self::default();
        for row in unit_period::Entity::find().all(db).await? {
            let parent = row.parent_code.as_deref().and_then(|code| code.parse().ok());
            codes.put(
                &row.code,
                Span {
                    row_id: row.id,
                    unit_id: row.unit_id,
                    from: row.valid_from,
                    to: row.valid_to,
                    continues: row.continues,
                    parent,
                },
            );
        }
        Ok(codes)
    }

    /// Notes a period.
    pub(crate) fn add(&mut self, record: &UnitPeriod, row_id: i64, unit_id: i64) {
        let (from, to) = period_columns::columns(record.period);
        let (continues, parent) = (record.continues, record.parent.clone());
        self.put(record.code.as_str(), Span { row_id, unit_id, from, to, continues, parent });
    }

    /// Forgets a period.
    pub(crate) fn remove(&mut self, code: &UnitCode, row_id: i64) {
        if let Some(spans) = self.0.get_mut(code.as_str()) {
            spans.retain(|span| span.row_id != row_id);
        }
    }

    fn put(&mut self, code: &str, span: Span) {
        let spans = self.0.entry(code.to_owned()).or_default();
        spans.retain(|other| other.row_id != span.row_id);
        spans.push(span);
    }

    /// The periods of a code.
    pub(crate) fn spans(&self, code: &UnitCode) -> &[Span] {
        self.0.get(code.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The period of a code on a day.
    pub(crate) fn on(&self, code: &UnitCode, day: NaiveDate) -> Option<&Span> {
        self.spans(code).iter().find(|span| span.from <= day && day < span.to)
    }

    /// The unit that has a code on a day.
    pub(crate) fn unit_on(&self, code: &UnitCode, day: NaiveDate) -> Option<i64> {
        self.on(code, day).map(|span| span.unit_id)
    }

    /// The first run of days of a period on which a unit does not have a code.
    pub(crate) fn beyond(&self, code: &UnitCode, unit_id: i64, period: Period) -> Option<Period> {
        let (from, to) = period_columns::columns(period);
        let mut own: Vec<(NaiveDate, NaiveDate)> = self
            .spans(code)
            .iter()
            .filter(|span| span.unit_id == unit_id && from < span.to && span.from < to)
            .map(|span| (span.from, span.to))
            .collect();
        own.sort_unstable();
        let mut first = from;
        for (begins, ends) in own {
            if first < begins {
                return period_columns::period(first, begins).ok();
            }
            first = ends;
        }
        if first < to { period_columns::period(first, to).ok() } else { None }
    }

    /// The first days of a period on which another unit has a code. Days on which none has it are nobody's.
    pub(crate) fn taken(&self, code: &UnitCode, unit_id: i64, period: Period) -> Option<Period> {
        let (from, to) = period_columns::columns(period);
        let others = self.spans(code).iter().filter(|span| span.unit_id != unit_id);
        let common = others.map(|span| (span.from.max(from), span.to.min(to))).filter(|(from, to)| from < to);
        let (from, to) = common.min()?;
        period_columns::period(from, to).ok()
    }

    /// When a unit has a code, around a day and without a gap.
    pub(crate) fn around(&self, code: &UnitCode, unit_id: i64, day: NaiveDate) -> Option<Period> {
        let mut own: Vec<&Span> = self.spans(code).iter().filter(|span| span.unit_id == unit_id).collect();
        own.sort_unstable_by_key(|span| span.from);
        let mut runs: Vec<(NaiveDate, NaiveDate)> = Vec::new();
        for span in own {
            match runs.last_mut() {
                Some((_, to)) if *to == span.from => *to = span.to,
                _ => runs.push((span.from, span.to)),
            }
        }
        let (from, to) = runs.into_iter().find(|(from, to)| *from <= day && day < *to)?;
        period_columns::period(from, to).ok()
    }

    /// The unit that a new period of a code belongs to, where it goes on from or leads up to a stored one.
    pub(crate) fn continued(&self, record: &UnitPeriod) -> Option<i64> {
        let (from, to) = period_columns::columns(record.period);
        let spans = self.spans(&record.code);
        let before = spans.iter().find(|span| span.to == from && record.continues);
        let after = spans.iter().find(|span| span.from == to && span.continues);
        before.or(after).map(|span| span.unit_id)
    }

    /// Whether a unit is one of some units on a day, or lies below one.
    pub(crate) fn is_within(
        &self,
        code: &UnitCode,
        units: &std::collections::BTreeSet<UnitCode>,
        day: NaiveDate,
    ) -> bool {
        let mut code = code.clone();
        for _ in 0..GENERATIONS {
            if units.contains(&code) {
                return true;
            }
            let Some(parent) = self.on(&code, day).and_then(|span| span.parent.clone()) else { return false };
            code = parent;
        }
        false
    }
}
