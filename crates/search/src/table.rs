//! The dated texts in memory: what hits show and what filters look at, without opening the index.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use motcua_catalogue::text::sort_key;
use motcua_catalogue::{Field, ProcedureCode, Slug};

use crate::analysis::{push_folded, word_key, words};
use crate::codes::CodeIndex;
use crate::days::Days;
use crate::document::EntryData;
use crate::listings::ProcedureIds;

/// Number of an entry in one table. It changes from table to table.
pub(crate) type EntryNumber = u32;

/// No entry.
pub(crate) const NO_ENTRY: EntryNumber = EntryNumber::MAX;

/// A dated text of a procedure.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) data: EntryData,
    /// The name's words, for marking.
    pub(crate) words: Vec<NameWord>,
    sort_key: String,
}

/// A word of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameWord {
    /// [`word_key`] of its folded form.
    pub(crate) key: u64,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Entry {
    pub(crate) fn new(data: EntryData) -> Self {
        let mut folded = String::new();
        let words = words(&data.name)
            .filter_map(|range| {
                folded.clear();
                push_folded(data.name.get(range.clone())?, &mut folded);
                Some(NameWord {
                    key: word_key(&folded),
                    start: u32::try_from(range.start).ok()?,
                    end: u32::try_from(range.end).ok()?,
                })
            })
            .collect();
        let sort_key = sort_key(&data.name);
        Self { data, words, sort_key }
    }
}

/// What filters look at, one small row per entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) days: Days,
    /// Number of the procedure in [`ProcedureIds`].
    pub(crate) procedure: u32,
    /// Place in the order of names, then codes.
    pub(crate) rank: u32,
    /// Where its fields begin in [`Table::field_numbers`].
    fields_from: u32,
    pub(crate) applicants: u16,
    fields_count: u8,
    pub(crate) tiers: u8,
}

/// Every dated text, with columns for filtering and indexes for looking up. A table never changes; an update makes the
/// next one.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Arc<Entry>>,
    pub(crate) rows: Vec<Row>,
    /// Entries in the order of names.
    pub(crate) by_name: Vec<EntryNumber>,
    pub(crate) codes: CodeIndex,
    pub(crate) fields: Vec<Field>,
    field_numbers: Vec<u16>,
    fields_by_slug: HashMap<Slug, u16>,
    by_record: HashMap<i64, EntryNumber>,
}

impl Table {
    /// Makes a table. Every procedure gets its number, every field of an entry must be among `fields`; those of no entry
    /// are left out, so that a field goes with its last procedure.
    pub(crate) fn new(mut entries: Vec<Arc<Entry>>, mut fields: Vec<Field>, ids: &mut ProcedureIds) -> Self {
        entries.sort_by_key(|entry| (entry.data.procedure_id, entry.data.days.from, entry.data.record_id));
        fields.sort_by(|a, b| a.slug.cmp(&b.slug));
        fields.dedup_by(|a, b| a.slug == b.slug);
        let used: HashSet<&Slug> = entries.iter().flat_map(|entry| &entry.data.fields).collect();
        fields.retain(|field| used.contains(&field.slug));
        let fields_by_slug: HashMap<Slug, u16> = fields
            .iter()
            .enumerate()
            .filter_map(|(number, field)| Some((field.slug.clone(), u16::try_from(number).ok()?)))
            .collect();
        let mut table = Self { fields, fields_by_slug, ..Self::default() };
        for (number, entry) in (0..).zip(&entries) {
            let data = &entry.data;
            let fields_from = u32::try_from(table.field_numbers.len()).unwrap_or(u32::MAX);
            let numbers = data.fields.iter().filter_map(|slug| table.fields_by_slug.get(slug)).copied();
            table.field_numbers.extend(numbers.take(usize::from(u8::MAX)));
            table.rows.push(Row {
                days: data.days,
                procedure: ids.number_or_new(data.procedure_id),
                rank: 0,
                fields_from,
                applicants: data.applicants,
                fields_count: u8::try_from(table.field_numbers.len() - fields_from as usize)
                    .unwrap_or(u8::MAX),
                tiers: data.tiers,
            });
            table.by_record.insert(data.record_id, number);
        }
        table.by_name = by_name(&entries);
        for (rank, &number) in (0..).zip(&table.by_name) {
            if let Some(row) = table.rows.get_mut(number as usize) {
                row.rank = rank;
            }
        }
        table.codes = CodeIndex::new(entries.iter().map(|entry| &entry.data.code));
        table.entries = entries;
        table
    }

    /// The table in which the texts of some procedures are replaced by others.
    pub(crate) fn replaced(
        &self,
        procedures: &BTreeSet<i64>,
        replacement: Vec<Arc<Entry>>,
        fields: Vec<Field>,
        ids: &mut ProcedureIds,
    ) -> Self {
        let kept =
            self.entries.iter().filter(|entry| !procedures.contains(&entry.data.procedure_id)).cloned();
        let entries = kept.chain(replacement).collect();
        // New names of fields win over the known ones.
        let new: BTreeSet<Slug> = fields.iter().map(|field| field.slug.clone()).collect();
        let fields =
            self.fields.iter().filter(|field| !new.contains(&field.slug)).cloned().chain(fields).collect();
        Self::new(entries, fields, ids)
    }

    pub(crate) fn entry(&self, number: EntryNumber) -> Option<&Arc<Entry>> {
        self.entries.get(number as usize)
    }

    pub(crate) fn number_of_record(&self, record_id: i64) -> Option<EntryNumber> {
        self.by_record.get(&record_id).copied()
    }

    pub(crate) fn field_number(&self, slug: &Slug) -> Option<u16> {
        self.fields_by_slug.get(slug).copied()
    }

    /// Numbers of a row's fields.
    pub(crate) fn fields_of(&self, row: &Row) -> &[u16] {
        let from = row.fields_from as usize;
        self.field_numbers.get(from..from + usize::from(row.fields_count)).unwrap_or_default()
    }

    /// Ids of the procedures that have a text in one of these fields.
    pub(crate) fn procedures_in(&self, fields: &BTreeSet<Slug>) -> BTreeSet<i64> {
        let is_in = |entry: &&Arc<Entry>| entry.data.fields.iter().any(|slug| fields.contains(slug));
        self.entries.iter().filter(is_in).map(|entry| entry.data.procedure_id).collect()
    }

    /// Ids of the procedures that have a text with exactly this code.
    pub(crate) fn procedures_with_code(&self, code: &ProcedureCode) -> impl Iterator<Item = i64> {
        self.codes.exactly(code.as_str()).filter_map(|number| Some(self.entry(number)?.data.procedure_id))
    }
}

fn by_name(entries: &[Arc<Entry>]) -> Vec<EntryNumber> {
    let key = |number: &EntryNumber| {
        entries.get(*number as usize).map(|entry| (&entry.sort_key, &entry.data.code, entry.data.record_id))
    };
    let mut order: Vec<EntryNumber> = (0..).take(entries.len()).collect();
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    order
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A table of some titles, with codes 1.000000, 1.000001 and so on.
    pub(crate) fn table(titles: &[&str]) -> Table {
        let entries = (0..)
            .zip(titles)
            .map(|(number, title)| {
                Arc::new(Entry::new(EntryData {
                    record_id: number,
                    procedure_id: number,
                    code: format!("1.{number:06}").parse().expect("a code"),
                    name: (*title).to_owned(),
                    fields: Vec::new(),
                    tiers: 8,
                    applicants: 1,
                    days: Days { from: i32::MIN, to: i32::MAX },
                    scope: motcua_catalogue::Scope::National,
                    local_agencies: String::new(),
                    agencies: Vec::new(),
                    offline_only: None,
                }))
            })
            .collect();
        Table::new(entries, Vec::new(), &mut ProcedureIds::default())
    }
}
