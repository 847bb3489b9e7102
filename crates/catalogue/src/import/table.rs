//! CSV tables: separators, headers, cells.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::row_refusal::{RowRefusal, shown};

/// A table being read.
pub(super) struct Table {
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: Vec<String>,
    places: Arc<HashMap<String, usize>>,
    decomposed: u64,
    /// Lines that the reader is behind: it ends a line at CR and counts at LF.
    behind: u64,
}

/// One line of a table.
pub(super) struct Record {
    places: Arc<HashMap<String, usize>>,
    cells: StringRecord,
    line: u64,
    columns: usize,
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
        let behind = u64::from(line.ends_with(b"\r"));
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
                return Err(format!("cột “{name}” xuất hiện hai lần"));
            }
        }
        let mut table = Self { reader, header, places: Arc::default(), decomposed: 0, behind };
        table.index();
        Ok(table)
    }

    fn index(&mut self) {
        let places = self.header.iter().enumerate().filter(|(_, name)| !name.is_empty());
        self.places = Arc::new(places.map(|(place, name)| (name.clone(), place)).collect());
    }

    /// Gives columns their standard names, so that cells are found by them; refuses two names of one column.
    pub(super) fn rename(&mut self, standard: impl Fn(&str) -> Option<&'static str>) -> Result<(), String> {
        let mut given: HashMap<&'static str, String> = HashMap::new();
        for name in &mut self.header {
            let Some(standard) = standard(name) else { continue };
            if let Some(other) = given.insert(standard, name.clone()) {
                return Err(format!("cột “{other}” và cột “{name}” là cùng một cột ({standard})"));
            }
            standard.clone_into(name);
        }
        self.index();
        Ok(())
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
            return Err(format!("thiếu cột “{missing}”"));
        }
        match self.header.iter().find(|name| !known(name)) {
            Some(unknown) => Err(format!("không có cột nào tên là “{unknown}” trong loại tệp này")),
            None => Ok(()),
        }
    }

    /// The next line; none at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, String> {
        let mut cells = StringRecord::new();
        if !self.reader.read_record(&mut cells).map_err(|error| error.to_string())? {
            return Ok(None);
        }
        let line = cells.position().map_or(0, csv::Position::line) + self.behind;
        if cells.iter().any(|cell| !unicode_normalization::is_nfc(cell)) {
            self.decomposed += 1;
            cells = cells.iter().map(crate::text::nfc).collect();
        }
        Ok(Some(Record { places: Arc::clone(&self.places), cells, line, columns: self.header.len() }))
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

    /// The refusal of a line with more or fewer cells than there are columns: its cells may not be those of their
    /// columns, and a line that was cut must not empty what is stored.
    pub(super) fn check_width(&self) -> Result<(), RowRefusal> {
        let (found, expected) = (self.cells.len(), self.columns);
        if found == expected {
            return Ok(());
        }
        let remedy = if found < expected {
            "điền đủ các ô, kể cả ô trống; nếu là dòng cuối thì tệp có thể đã bị cắt giữa chừng"
        } else {
            "bỏ ô thừa, hoặc đặt ô có dấu phân cách trong dấu ngoặc kép"
        };
        let cells: Vec<&str> = self.cells.iter().collect();
        let reason = format!("dòng có {found} ô, trong khi tiêu đề có {expected} cột");
        Err(RowRefusal::new("", shown(&cells.join(" | ")), reason, remedy))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &'static str) -> Table {
        Table::open(Box::new(text.as_bytes())).expect("a table")
    }

    #[test]
    fn lines_of_another_width_are_told() {
        let mut table = table("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,\"2\n");
        let mut reasons = Vec::new();
        while let Some(record) = table.next_record().expect("a line") {
            reasons.push((record.line(), record.check_width().err().map(|refusal| refusal.reason)));
        }
        let reason = |found| Some(format!("dòng có {found} ô, trong khi tiêu đề có 3 cột"));
        assert_eq!(reasons, [(2, None), (3, reason(2)), (4, reason(4)), (5, reason(2))]);
    }

    #[test]
    fn lines_are_counted_alike_whatever_ends_them() {
        for text in ["a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n"] {
            let mut table = table(text);
            let mut lines = Vec::new();
            while let Some(record) = table.next_record().expect("a line") {
                lines.push(record.line());
            }
            assert_eq!(lines, [2, 3], "{text:?}");
        }
    }

    #[test]
    fn two_names_of_one_column_are_refused() {
        let mut table = table("code,mã\n1,2\n");
        let error = table.rename(|name| matches!(name, "code" | "mã").then_some("code")).expect_err("twice");
        assert_eq!(error, "cột “code” và cột “mã” là cùng một cột (code)");
    }
}
