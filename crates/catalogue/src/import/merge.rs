//! Rows of tables that state a part of a record: a column that the table lacks leaves what is stored as it is, a column
//! whose cell is empty empties it, and that is counted before it is done.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::SOURCE_COLUMNS;
use super::row_refusal::RowRefusal;
use super::table::Record;
use super::{availability, centres, figures, mergers, units};
use crate::availability::BoundaryFree;
use crate::command::Command;
use crate::period::Period;
use crate::source::{Source, SourceKind};

/// Columns whose empty cells empty what is stored.
pub(super) type Emptied = BTreeSet<String>;

/// What a row comes to beside the record that is stored under its key.
pub(super) fn merge(
    record: &Record,
    command: &mut Command,
    stored: Option<&Command>,
) -> Result<Emptied, RowRefusal> {
    let mut merging = Merging { record, emptied: Emptied::new() };
    let given = stored.is_some_and(is_made_up).then(|| command.clone());
    match (&mut *command, stored) {
        (Command::Centre(own), None) => centres::complete(own)?,
        (Command::Centre(own), Some(Command::Centre(stored))) => centres::merge(&mut merging, own, stored)?,
        (Command::Availability(own), Some(Command::Availability(stored))) => {
            availability::merge(&mut merging, own, stored)?;
        }
        (Command::Unit(own), Some(Command::Unit(stored))) => units::merge(&mut merging, own, stored)?,
        (Command::Succession(own), Some(Command::Succession(stored))) => {
            mergers::merge(&mut merging, own, stored);
        }
        (Command::CentreFigure(own), Some(Command::CentreFigure(stored))) => {
            figures::merge(&mut merging, own, stored);
        }
        _ => {}
    }
    // A row that leaves a part of a made-up record as it is does not make that part true.
    if let (Some(given), Some(stored)) = (given, stored)
        && !merging.names_source()
        && differs_beside_source(command, given)
        && let (Some(own), Some(made_up)) = (source_of(command), source_of(&mut stored.clone()))
    {
        own.clone_from(made_up);
    }
    Ok(merging.emptied)
}

fn source_of(command: &mut Command) -> Option<&mut Source> {
    match command {
        Command::Centre(record) => Some(&mut record.source),
        Command::Availability(record) => Some(&mut record.source),
        Command::Unit(record) => Some(&mut record.source),
        Command::Succession(record) => Some(&mut record.source),
        Command::CentreFigure(record) => Some(&mut record.source),
        _ => None,
    }
}

fn is_made_up(stored: &Command) -> bool {
    source_of(&mut stored.clone()).is_some_and(|source| source.kind == SourceKind::Sample)
}

/// Whether a record says anything beside its source that the row alone does not say.
fn differs_beside_source(record: &Command, mut given: Command) -> bool {
    let mut record = record.clone();
    if let (Some(own), Some(other)) = (source_of(&mut record), source_of(&mut given)) {
        own.clone_from(other);
    }
    record != given
}

/// A row beside a stored record.
pub(super) struct Merging<'a> {
    record: &'a Record,
    emptied: Emptied,
}

impl Merging<'_> {
    /// The same row with nothing emptied yet.
    pub(super) fn beside(&self) -> Self {
        Self { record: self.record, emptied: Emptied::new() }
    }

    /// Takes over what was found emptied beside.
    pub(super) fn take(&mut self, beside: Self) {
        self.emptied.extend(beside.emptied);
    }

    /// A cell as it stands.
    pub(super) fn cell(&self, column: &str) -> String {
        self.record.exact(column).unwrap_or_default().to_owned()
    }

    /// Whether the table has a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.record.has(column)
    }

    /// Whether the table has one of some columns.
    pub(super) fn has_any(&self, columns: &[&str]) -> bool {
        columns.iter().any(|column| self.has(column))
    }

    /// Whether the row says something in a column.
    pub(super) fn says(&self, column: &str) -> bool {
        self.record.get(column).is_some()
    }

    /// Notes that the empty cell of a column empties what is stored.
    pub(super) fn empties(&mut self, column: &str) {
        self.emptied.insert(column.to_owned());
    }

    /// One value that one column says.
    pub(super) fn keep<T: Clone + Blank>(&mut self, column: &str, own: &mut T, stored: &T) {
        self.keep_group(&[column], own, stored);
    }

    /// One value that some columns say together.
    pub(super) fn keep_group<T: Clone + Blank>(&mut self, columns: &[&str], own: &mut T, stored: &T) {
        if !self.has_any(columns) {
            own.clone_from(stored);
        } else if own.is_blank() && !stored.is_blank() {
            let silent = columns.iter().find(|column| self.has(column) && !self.says(column));
            if let Some(column) = silent {
                self.empties(column);
            }
        }
    }

    /// The period.
    pub(super) fn period(&mut self, own: &mut Period, stored: Period) -> Result<(), RowRefusal> {
        let (mut from, mut to) = (own.valid_from(), own.valid_to());
        self.keep("valid_from", &mut from, &stored.valid_from());
        self.keep("valid_to", &mut to, &stored.valid_to());
        *own = Period::new(from, to).map_err(|error| {
            let column = if self.has("valid_to") { "valid_to" } else { "valid_from" };
            RowRefusal::new(
                column,
                self.record.exact(column).unwrap_or_default(),
                format!(
                    "ngày hết hiệu lực không sau ngày bắt đầu (bản ghi đang có: từ {} đến trước {})",
                    error.from.format("%d/%m/%Y"),
                    error.to.format("%d/%m/%Y")
                ),
                "điền cả valid_from và valid_to",
            )
        })?;
        Ok(())
    }

    /// Whether the row says where it comes from.
    fn names_source(&self) -> bool {
        SOURCE_COLUMNS.iter().any(|column| self.says(column))
    }

    /// Further columns.
    pub(super) fn extra(&mut self, own: &mut BTreeMap<String, String>, stored: &BTreeMap<String, String>) {
        for (column, value) in stored {
            if own.contains_key(column) {
                continue;
            }
            if !self.has(column) {
                own.insert(column.clone(), value.clone());
            } else if !self.says(column) {
                self.empties(column);
            }
        }
    }

    /// The source, once everything else is settled. A record has one in any case: where the row names none, a record that
    /// is as before keeps its source, and one that changes has the file as its source.
    pub(super) fn source<T: PartialEq>(
        &self,
        own: &mut T,
        stored: &T,
        source: fn(&mut T) -> &mut Source,
        source_of: fn(&T) -> &Source,
    ) {
        if self.names_source() {
            return;
        }
        let file = std::mem::replace(source(own), source_of(stored).clone());
        if own != stored {
            *source(own) = file;
        }
    }
}

/// A value that may say nothing.
pub(super) trait Blank {
    /// Whether it says nothing.
    fn is_blank(&self) -> bool;
}

impl<T> Blank for Option<T> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
}

impl<T> Blank for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

impl Blank for bool {
    fn is_blank(&self) -> bool {
        !self
    }
}

impl Blank for BoundaryFree {
    fn is_blank(&self) -> bool {
        *self == Self::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;

    fn row(text: &'static str) -> Record {
        let mut table = Table::open(Box::new(text.as_bytes())).expect("a table");
        table.next_record().expect("a line").expect("a line")
    }

    fn figure(text: &'static str, file: &str) -> Command {
        let today = "2026-11-30".parse().expect("a day");
        figures::command(&row(text), file, today).expect("a sound row")
    }

    const STORED: &str = "centre,month,received,resolved,satisfaction\np98,2026-03,100,90,95\n";

    /// What a row comes to beside the stored one, and the columns that it empties.
    fn merged(text: &'static str) -> (Command, Vec<String>) {
        let mut own = figure(text, "moi.csv");
        let emptied = merge(&row(text), &mut own, Some(&figure(STORED, "cu.csv"))).expect("mergeable");
        (own, emptied.into_iter().collect())
    }

    #[test]
    fn absent_columns_keep_empty_cells_empty_and_filled_ones_change() {
        let (same, emptied) = merged("centre,month,received\np98,2026-03,100\n");
        assert_eq!((same, emptied), (figure(STORED, "cu.csv"), Vec::new()));
        let (changed, emptied) = merged("centre,month,received,resolved\np98,2026-03,120,\n");
        let wanted = "centre,month,received,satisfaction\np98,2026-03,120,95\n";
        assert_eq!((changed, emptied), (figure(wanted, "moi.csv"), vec!["resolved".to_owned()]));
    }

    #[test]
    fn a_row_that_names_its_source_changes_it() {
        let (own, emptied) = merged("centre,month,received,source_citation\np98,2026-03,100,Báo cáo 3\n");
        let Command::CentreFigure(own) = own else { panic!("{own:?}") };
        assert_eq!((own.source.citation.as_str(), own.resolved), ("Báo cáo 3", Some(90)));
        assert!(emptied.is_empty());
        // Empty cells name none.
        let (own, _) = merged("centre,month,received,source_citation\np98,2026-03,100,\n");
        assert_eq!(own, figure(STORED, "cu.csv"));
    }
}
