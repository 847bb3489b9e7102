//! CSV tables: separators, headers, cells.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

/// A table being read.
pub(super) struct Table {
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: Vec<String>,
    places: Arc<HashMap<String, usize>>,
    decomposed: u64,
}

/// One line of a table.
pub(super) struct Record {
    places: Arc<HashMap<String, usize>>,
    cells: StringRecord,
    line: u64,
}

/// Longest first line that is looked at to find the separator.
const LONGEST_HEADER: usize = 1 << 16;

impl Table {
    /// Reads the header. Columns are separated by comma, semicolon or tab, whichever the first line has most of.
    pub(super) fn open(reader: Box<dyn Read + Send>) -> Result<Self, String> {
        let mut reader = BufReader::with_capacity(LONGEST_HEADER, reader);
        let start = reader.fill_buf().map_err(|error| error.to_string())?;
        let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
        let count = |separator: u8| line.iter().filter(|b| **b == separator).count();
        let separator =
            [b',', b';', b'\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',');
        let inner: Box<dyn Read + Send> = Box::new(reader);
        let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(inner);
        let header: Vec<String> = reader
            .headers()
            .map_err(|error| error.to_string())?
            .iter()
            .map(|name| crate::text::nfc(name.trim_start_matches('\u{feff}').trim()))
            .collect();
        for (place, name) in header.iter().enumerate() {
            if !name.is_empty() && header[..place].contains(name) {
                return Err(format!("cột {name:?} xuất hiện hai lần"));
            }
        }
        let mut table = Self { reader, header, places: Arc::default(), decomposed: 0 };
        table.index();
        Ok(table)
    }

    fn index(&mut self) {
        let places = self.header.iter().enumerate().filter(|(_, name)| !name.is_empty());
        self.places = Arc::new(places.map(|(place, name)| (name.clone(), place)).collect());
    }

    /// Gives columns their standard names, so that cells are found by them.
    pub(super) fn rename(&mut self, standard: impl Fn(&str) -> Option<&'static str>) {
        for name in &mut self.header {
            if let Some(standard) = standard(name) {
                *name = standard.to_owned();
            }
        }
        self.index();
    }

    /// The column names.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Whether there is a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.places.contains_key(column)
    }

    /// Refuses a header that lacks a column or has one that nobody knows.
    pub(super) fn check(&self, required: &[&str], known: impl Fn(&str) -> bool) -> Result<(), String> {
        if let Some(missing) = required.iter().find(|column| !self.has(column)) {
            return Err(format!("thiếu cột {missing:?}"));
        }
        match self.header.iter().find(|name| !known(name)) {
            Some(unknown) => Err(format!("không có cột nào tên là {unknown:?} trong loại tệp này")),
            None => Ok(()),
        }
    }

    /// The next line; none at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, String> {
        let mut cells = StringRecord::new();
        if !self.reader.read_record(&mut cells).map_err(|error| error.to_string())? {
            return Ok(None);
        }
        let line = cells.position().map_or(0, csv::Position::line);
        if cells.len() > self.header.len() {
            return Err(format!("dòng {line} có {} ô, nhiều hơn {} cột", cells.len(), self.header.len()));
        }
        if cells.iter().any(|cell| !unicode_normalization::is_nfc(cell)) {
            self.decomposed += 1;
            cells = cells.iter().map(crate::text::nfc).collect();
        }
        Ok(Some(Record { places: Arc::clone(&self.places), cells, line }))
    }

    /// Bytes read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.reader.position().byte()
    }

    /// Lines that had decomposed letters.
    pub(super) fn decomposed(&self) -> u64 {
        self.decomposed
    }
}

impl Record {
    /// Line of the file, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// A cell, trimmed; none where the column is absent or the cell empty.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        let cell = self.cells.get(*self.places.get(column)?)?.trim();
        // What an export guarded against being taken for a formula.
        let cell = match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
            _ => cell,
        };
        (!cell.is_empty()).then_some(cell)
    }

    /// A cell exactly as it stands, with its spaces; none where the column is absent or the cell blank.
    pub(super) fn exact(&self, column: &str) -> Option<&str> {
        self.cells.get(*self.places.get(column)?).filter(|cell| !cell.trim().is_empty())
    }

    /// Whether the table has the column at all.
    pub(super) fn has(&self, column: &str) -> bool {
        self.places.contains_key(column)
    }

    /// The cells of all columns but some, by column name, without the empty ones.
    pub(super) fn others(&self, known: &[&str]) -> std::collections::BTreeMap<String, String> {
        self.places
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
            .filter_map(|name| Some((name.clone(), self.get(name)?.to_owned())))
            .collect()
    }
}
