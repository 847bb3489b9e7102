//! What records refer to, and that they find it: a unit that a centre lies in, a centre that a listing holds at, within
//! its days. Whoever shortens or takes out a record may leave another without what it refers to. That is known only when
//! all of a transaction is written, since rows come in any order, so it is asked at the end.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ConnectionTrait;

use super::db::StorageError;
use super::keep::Stored;
use super::orphans::{Found, Moved, Orphan, of_units};
use super::period_columns::reference_day;
use super::rows;
use super::unit_codes::UnitCodes;
use super::writer::Writer;
use crate::availability::Availability;
use crate::change::EntityKind;
use crate::code::UnitCode;
use crate::log_key::LogKey;
use crate::period::Period;
use crate::reads::log::SAMPLE_MARK;
use crate::refusal::Refusal;

/// What a transaction shortened or took out.
#[derive(Debug, Default)]
pub(super) struct Loosened {
    records: Vec<Loose>,
    buried: Vec<Buried>,
    /// Records that lie in units on more days than before, or in others.
    bound: HashMap<LogKey, (UnitCode, Period)>,
}

/// A record that others may miss.
#[derive(Debug, Clone)]
struct Loose {
    /// Row that others refer to.
    subject: i64,
    key: LogKey,
    /// Code, id or slug by which others refer to it.
    code: String,
    /// When it held.
    before: Period,
}

/// A row that others may refer to, whose record is taken out. It goes when it is known that nobody does.
#[derive(Debug, Clone)]
pub(super) struct Buried {
    pub(super) kind: EntityKind,
    pub(super) code: String,
    pub(super) table: &'static str,
    pub(super) row_id: i64,
    /// The entry of the log that took it out.
    pub(super) sequence: u64,
}

/// Rows that one statement names.
const ROWS: usize = 5_000;

impl Writer {
    /// Notes that others may miss what a record said.
    pub(super) fn loosen(&mut self, subject: i64, code: String, key: LogKey, before: Period) {
        self.loosened.records.push(Loose { subject, key, code, before });
    }

    /// Notes that a record lies in a unit on some days.
    pub(super) fn bind(&mut self, key: LogKey, unit: UnitCode, days: Period) {
        self.loosened.bound.insert(key, (unit, days));
    }

    /// Forgets it.
    pub(super) fn unbind(&mut self, key: &LogKey) {
        self.loosened.bound.remove(key);
    }

    /// Notes a row that is to go unless others refer to it.
    pub(super) fn bury(&mut self, buried: Buried) {
        self.loosened.buried.push(buried);
    }

    /// Row of what this transaction took out under a code.
    pub(super) fn buried(&self, kind: EntityKind, code: &str) -> Option<i64> {
        let mut buried = self.loosened.buried.iter().rev();
        buried.find(|buried| buried.kind == kind && buried.code == code).map(|buried| buried.row_id)
    }

    /// Whether this transaction took out what has a code.
    pub(super) fn is_buried(&self, kind: EntityKind, code: &str) -> bool {
        self.buried(kind, code).is_some()
    }

    /// A row that was taken out holds a record again.
    pub(super) fn unbury(&mut self, table: &str, row_id: i64) {
        self.loosened.buried.retain(|buried| buried.table != table || buried.row_id != row_id);
    }

    /// The records that were shortened or taken out although others need them as they were, each with its refusal. Where
    /// there are any, nothing of the transaction may be kept. A record that misses something already is not counted.
    pub(crate) async fn needed(&mut self) -> Result<Vec<(LogKey, Refusal)>, StorageError> {
        let mut beyond = self.beyond_units().await?;
        if self.loosened.records.is_empty() {
            self.loosened.bound.clear();
            return Ok(beyond);
        }
        self.units().await?;
        let mut found = Found::default();
        let units = self.loose(EntityKind::Unit);
        if let Some(codes) = self.known.units.as_ref().filter(|_| !units.is_empty()) {
            // Days that a unit lost may be missed by those who refer to another unit of the code.
            let of_code =
                |code: &String| code.parse().ok().map_or(&[][..], |code: UnitCode| codes.spans(&code));
            let others = units.iter().flat_map(|(_, code)| of_code(code)).map(|span| span.unit_id);
            let ids: BTreeSet<i64> = units.iter().map(|(unit_id, _)| *unit_id).chain(others).collect();
            let ids: Vec<i64> = ids.into_iter().collect();
            for group in ids.chunks(ROWS) {
                of_units(&self.tx, codes, Some((self, group)), &mut found).await?;
            }
            self.compared_of_units(codes, &mut found);
        }
        let centres = self.loose(EntityKind::Centre);
        let mut made: HashMap<&str, Vec<&Availability>> = HashMap::new();
        if !centres.is_empty() {
            for Stored { record, .. } in self.compared_records::<Stored<Availability>>() {
                made.entry(record.centre.as_str()).or_default().push(record);
            }
        }
        for (row_id, slug) in &centres {
            let made = made.get(slug.as_str()).map_or(&[][..], Vec::as_slice);
            self.at_centre((*row_id, slug), made, &mut found.orphans).await?;
        }
        self.about_gone(EntityKind::Centre, &mut found.orphans).await?;
        self.about_gone(EntityKind::Procedure, &mut found.orphans).await?;
        self.listings_of_procedures(&mut found.orphans).await?;
        self.procedures_with(EntityKind::Field, &mut found.orphans).await?;
        self.procedures_with(EntityKind::Agency, &mut found.orphans).await?;

        let mut needed = self.blame(&found.orphans);
        needed.append(&mut beyond);
        if needed.is_empty() {
            self.repoint(found.moved).await?;
            self.delete_buried().await?;
            // The mark stays as long as anything made up does, and what is made up may just have gone.
            let mark = LogKey::Site(SAMPLE_MARK.to_owned());
            if self.loosened.records.iter().any(|loose| loose.key == mark)
                && let Some(by) = rows::site::made_up(self).await?
            {
                needed.push((mark, Refusal::Needed { by, others: 0 }));
            }
        }
        if needed.is_empty() {
            self.loosened = Loosened::default();
        }
        Ok(needed)
    }

    /// The records that reach from the days of their units into those of others with the same codes, each with its refusal.
    async fn beyond_units(&mut self) -> Result<Vec<(LogKey, Refusal)>, StorageError> {
        if self.loosened.bound.is_empty() {
            return Ok(Vec::new());
        }
        self.units().await?;
        let Some(codes) = self.known.units.as_ref() else { return Ok(Vec::new()) };
        let mut beyond = Vec::new();
        for (key, (unit, days)) in &self.loosened.bound {
            let day = reference_day(*days);
            let Some(unit_id) = codes.unit_on(unit, day) else { continue };
            if codes.taken(unit, unit_id, *days).is_some()
                && let Some(held) = codes.around(unit, unit_id, day)
            {
                beyond.push((key.clone(), Refusal::BeyondUnit { unit: unit.to_string(), held }));
            }
        }
        beyond.sort_by_cached_key(|(key, _)| key.to_string());
        Ok(beyond)
    }

    /// Whether a record that lies in a unit lies there on some of the days that the unit lost.
    pub(super) fn misses(&self, codes: &UnitCodes, unit: &UnitCode, days: Period) -> Option<Period> {
        // What is put back was so: a record that had days beyond its unit then may have them again.
        if self.takes_back() {
            return None;
        }
        let unit_id = codes.unit_on(unit, reference_day(days))?;
        let beyond = codes.beyond(unit, unit_id, days)?;
        let lost = self.loosened.records.iter().filter(|loose| {
            loose.key.kind() == EntityKind::Unit
                && loose.code == unit.as_str()
                && loose.before.overlaps(beyond)
        });
        lost.filter_map(|loose| loose.before.common(beyond)).next()
    }

    /// The records that held on the days on which others miss them.
    fn blame(&self, orphans: &[Orphan]) -> Vec<(LogKey, Refusal)> {
        let mut by_code: HashMap<(EntityKind, &str), Vec<&Loose>> = HashMap::new();
        for loose in &self.loosened.records {
            by_code.entry((loose.key.kind(), loose.code.as_str())).or_default().push(loose);
        }
        let mut needed: HashMap<&LogKey, (String, u64)> = HashMap::new();
        for orphan in orphans {
            let blamed = by_code.get(&(orphan.kind, orphan.code.as_str())).into_iter().flatten();
            for loose in blamed.filter(|loose| orphan.days.is_within(loose.before)) {
                let entry = needed.entry(&loose.key);
                entry.and_modify(|(_, others)| *others += 1).or_insert_with(|| (orphan.by.clone(), 0));
            }
        }
        let mut needed: Vec<(LogKey, Refusal)> = needed
            .into_iter()
            .map(|(key, (by, others))| (key.clone(), Refusal::Needed { by, others }))
            .collect();
        needed.sort_by_cached_key(|(key, _)| key.to_string());
        needed
    }

    /// When the last record of a code held that was shortened or taken out.
    pub(super) fn held_before(&self, kind: EntityKind, code: &str) -> Option<Period> {
        let mut records = self.loosened.records.iter().rev();
        records.find(|loose| loose.key.kind() == kind && loose.code == code).map(|loose| loose.before)
    }

    /// Rows and codes of a kind that are loose, each once.
    fn loose(&self, wanted: EntityKind) -> Vec<(i64, String)> {
        let records = self.loosened.records.iter().filter(|loose| loose.key.kind() == wanted);
        let rows: BTreeSet<(i64, String)> =
            records.map(|loose| (loose.subject, loose.code.clone())).collect();
        rows.into_iter().collect()
    }

    /// Rows and codes of a kind of which nothing is left.
    pub(super) fn gone(&self, wanted: EntityKind) -> Vec<(i64, String)> {
        let buried = self.loosened.buried.iter().filter(|buried| buried.kind == wanted);
        buried.map(|buried| (buried.row_id, buried.code.clone())).collect()
    }

    /// Rows follow their code to the unit that has it now.
    async fn repoint(&self, moved: Vec<Moved>) -> Result<(), StorageError> {
        if !self.writes() {
            return Ok(());
        }
        for Moved { table, column, row_id, unit_id } in moved {
            let sql = format!("UPDATE {table} SET {column} = {unit_id} WHERE id = {row_id}");
            self.tx.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn delete_buried(&mut self) -> Result<(), StorageError> {
        let buried = std::mem::take(&mut self.loosened.buried);
        if !self.writes() {
            return Ok(());
        }
        // What refers to others goes first.
        for table in ["procedure", "field", "agency", "centre", "unit", "site"] {
            let rows: Vec<(i64, u64)> = buried
                .iter()
                .filter(|buried| buried.table == table)
                .map(|buried| (buried.row_id, buried.sequence))
                .collect();
            if !rows.is_empty() {
                self.delete(table, &rows).await?;
            }
        }
        Ok(())
    }
}
