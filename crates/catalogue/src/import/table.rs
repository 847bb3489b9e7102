//! CSV tables: separators, headers, cells.

mod quotes;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::row_refusal::{RowRefusal, control, shown};
use quotes::{Begun, Misquoted, Quotes, ends_line};

/// A table being read.
pub(super) struct Table {
    reader: csv::Reader<Quotes>,
    header: Vec<String>,
    /// Columns behind the last one that has a name.
    unnamed: usize,
    places: Arc<HashMap<String, usize>>,
    decomposed: u64,
}

/// One line of a table.
pub(super) struct Record {
    places: Arc<HashMap<String, usize>>,
    cells: StringRecord,
    line: u64,
    misquoted: Option<Misquoted>,
    columns: usize,
}

/// Longest first line that is looked at to find the separator.
const LONGEST_HEADER: usize = 1 << 16;

impl Table {
    /// Reads the header. Columns are separated by comma, semicolon or tab, whichever the first line has most of.
    pub(super) fn open(reader: Box<dyn Read + Send>) -> Result<Self, String> {
        let mut reader = BufReader::with_capacity(LONGEST_HEADER, reader);
        let start = reader.fill_buf().map_err(|error| error.to_string())?;
        let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let text = start.get(mark..).unwrap_or_default();
        let mut lines = text.split(|b| ends_line(*b)).filter(|line| !line.is_empty());
        let mut line = lines.next().unwrap_or_default();
        // What a spreadsheet program writes to tell itself the separator.
        let mut is_told = false;
        if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', told] = line
            && lines.next().is_some()
        {
            is_told = true;
            line = std::slice::from_ref(told);
        }
        let count = |separator: u8| line.iter().filter(|b| **b == separator).count();
        let separator =
            [b',', b';', b'\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',');
        reader.consume(mark);
        let quotes = Quotes::new(Box::new(reader), separator);
        let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(quotes);
        if is_told {
            reader.headers().map_err(|error| error.to_string())?;
            reader.get_mut().next_begun();
            let mut cells = StringRecord::new();
            reader.read_record(&mut cells).map_err(|error| error.to_string())?;
            reader.set_headers(cells);
        }
        let mut header: Vec<String> = reader
            .headers()
            .map_err(|error| error.to_string())?
            .iter()
            .map(|name| crate::text::nfc(name.trim_start_matches('\u{feff}').trim()))
            .collect();
        if let Some(name) = header.iter().find(|name| control::first_in(name).is_some()) {
            return Err(format!("tiêu đề: tên cột “{}” có ký tự điều khiển", shown(name)));
        }
        // A spreadsheet program writes the empty columns behind the last one that was ever used.
        let full = header.len();
        header.truncate(header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1));
        let unnamed = full - header.len();
        if let Some(misquoted) = reader.get_mut().next_begun().misquoted {
            return Err(format!("tiêu đề: {} ({})", misquoted.reason(), misquoted.remedy()));
        }
        for (place, name) in header.iter().enumerate() {
            if !name.is_empty() && header[..place].contains(name) {
                return Err(format!("cột “{name}” xuất hiện hai lần"));
            }
        }
        let mut table = Self { reader, header, unnamed, places: Arc::default(), decomposed: 0 };
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

    /// The next line that says anything; none at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, String> {
        let mut cells = StringRecord::new();
        let Begun { line, misquoted } = loop {
            if !self.reader.read_record(&mut cells).map_err(|error| error.to_string())? {
                return Ok(None);
            }
            let begun = self.reader.get_mut().next_begun();
            if begun.misquoted.is_some() || cells.iter().any(|cell| !cell.trim().is_empty()) {
                break begun;
            }
        };
        let columns = self.header.len();
        if cells.len() == columns + self.unnamed
            && cells.iter().skip(columns).all(|cell| cell.trim().is_empty())
        {
            cells.truncate(columns);
        }
        if cells.iter().any(|cell| !unicode_normalization::is_nfc(cell)) {
            self.decomposed += 1;
            cells = cells.iter().map(crate::text::nfc).collect();
        }
        let places = Arc::clone(&self.places);
        Ok(Some(Record { places, cells, line, misquoted, columns: self.header.len() }))
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

    /// The refusal of a line that is not surely cut into its cells, or has characters that no text has.
    pub(super) fn check(&self) -> Result<(), Vec<RowRefusal>> {
        if let Some(misquoted) = &self.misquoted {
            return Err(vec![self.refuse_quotes(misquoted)]);
        }
        self.check_width().map_err(|refusal| vec![refusal])?;
        if control::first_in(self.cells.as_slice()).is_none() {
            return Ok(());
        }
        let cells = self.cells.iter().enumerate();
        Err(cells
            .filter_map(|(place, cell)| {
                Some(control::refusal(self.column_at(place), cell, control::first_in(cell)?))
            })
            .collect())
    }

    /// The refusal of a line that may hold the text of others.
    fn refuse_quotes(&self, misquoted: &Misquoted) -> RowRefusal {
        // What the cell took in does not belong to it.
        let value = self.cells.get(misquoted.cell).and_then(|cell| cell.lines().next()).unwrap_or_default();
        let reason = match self.other_width() {
            Some(width) => format!("{}; {width}", misquoted.reason()),
            None => misquoted.reason(),
        };
        RowRefusal::new(self.column_at(misquoted.cell), shown(value), reason, misquoted.remedy())
    }

    /// The column at a place of the line; without a name where there is none.
    fn column_at(&self, place: usize) -> &str {
        self.places.iter().find(|(_, at)| **at == place).map_or("", |(name, _)| name.as_str())
    }

    /// What is said of a line with more or fewer cells than there are columns.
    fn other_width(&self) -> Option<String> {
        let (found, expected) = (self.cells.len(), self.columns);
        (found != expected).then(|| format!("dòng có {found} ô, trong khi tiêu đề có {expected} cột"))
    }

    /// The refusal of a line with more or fewer cells than there are columns: its cells may not be those of their
    /// columns, and a line that was cut must not empty what is stored.
    fn check_width(&self) -> Result<(), RowRefusal> {
        let Some(reason) = self.other_width() else { return Ok(()) };
        let remedy = if self.cells.len() < self.columns {
            "điền đủ các ô, kể cả ô trống; nếu là dòng cuối thì tệp có thể đã bị cắt giữa chừng"
        } else {
            "bỏ ô thừa, hoặc đặt ô có dấu phân cách trong dấu ngoặc kép"
        };
        let cells: Vec<&str> = self.cells.iter().collect();
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

    /// Why a line is refused.
    fn reason(record: &Record) -> Option<String> {
        record.check().err()?.pop().map(|refusal| refusal.reason)
    }

    fn lines(table: &mut Table) -> Vec<u64> {
        let mut lines = Vec::new();
        while let Some(record) = table.next_record().expect("a line") {
            lines.push(record.line());
        }
        lines
    }

    #[test]
    fn lines_of_another_width_are_told() {
        let mut table = table("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,\"2\n");
        let mut reasons = Vec::new();
        while let Some(record) = table.next_record().expect("a line") {
            reasons.push((record.line(), reason(&record)));
        }
        let told = |found| Some(format!("dòng có {found} ô, trong khi tiêu đề có 3 cột"));
        let unclosed = "dấu ngoặc kép mở ở dòng 5 không được đóng; dòng có 2 ô, trong khi tiêu đề có 3 cột";
        let wanted = [(2, None), (3, told(2)), (4, told(4)), (5, Some(unclosed.to_owned()))];
        assert_eq!(reasons, wanted);
    }

    #[test]
    fn a_quotation_mark_out_of_place_refuses_its_line_and_leaves_those_before_alone() {
        let mut table = table("code,name\n1,một\n2,\"hai\n3,ba\n4,bốn\n");
        let first = table.next_record().expect("a line").expect("a line");
        assert_eq!((first.line(), first.check().is_ok()), (2, true));
        let second = table.next_record().expect("a line").expect("a line");
        let refusals = second.check().expect_err("never closed");
        let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
        assert_eq!((second.line(), refusal.column.as_str(), refusal.value.as_str()), (3, "name", "hai"));
        assert!(refusal.reason.contains("mở ở dòng 3 không được đóng"), "{refusal:?}");
        assert!(refusal.reason.contains("đến hết tệp (dòng 5)"), "{refusal:?}");
        assert!(table.next_record().expect("the end").is_none());
        // In the header the file as a whole cannot be used.
        let header = Table::open(Box::new("code,\"name\n1,một\n".as_bytes())).err().expect("unusable");
        assert!(header.starts_with("tiêu đề: dấu ngoặc kép mở ở dòng 1"), "{header}");
    }

    #[test]
    fn control_characters_are_refused_by_column_and_line_ends_within_cells_are_not() {
        let mut table = table("code,name,note\n1,\"a\r\nb\tc\",d\n2,a\0b,\u{1b}[2J\n");
        let sound = table.next_record().expect("a line").expect("a line");
        assert!(sound.check().is_ok());
        let record = table.next_record().expect("a line").expect("a line");
        let refusals = record.check().expect_err("control characters");
        let told: Vec<_> =
            refusals.iter().map(|refusal| (refusal.column.as_str(), refusal.value.as_str())).collect();
        assert_eq!((record.line(), told), (4, vec![("name", "a␀b"), ("note", "␛[2J")]));
    }

    #[test]
    fn lines_are_counted_alike_whatever_ends_them() {
        for text in
            ["a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "\u{feff}\"a\",b\n1,2\n3,4"]
        {
            assert_eq!(lines(&mut table(text)), [2, 3], "{text:?}");
        }
        // Blank lines are no rows, and those within a cell are lines.
        assert_eq!(lines(&mut table("\na,b\n\n1,\"2\n\n\"\n\n3,4\n")), [4, 8]);
    }

    #[test]
    fn lines_are_counted_in_wide_text_as_well() {
        let text = "\u{feff}a,b\r\n1,\"hai\r\n\"\r\n3,\"4";
        let raw: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), raw).expect("written");
        let opened = super::super::encoding::open(file.path()).expect("readable");
        let mut table = Table::open(opened.reader).expect("a table");
        let sound = table.next_record().expect("a line").expect("a line");
        assert_eq!((sound.line(), sound.check().is_ok()), (2, true));
        let cut = table.next_record().expect("a line").expect("a line");
        assert_eq!(cut.line(), 4);
        assert_eq!(reason(&cut).as_deref(), Some("dấu ngoặc kép mở ở dòng 4 không được đóng"));
    }

    #[test]
    fn what_spreadsheet_programs_add_is_no_content() {
        let mut sheet = table("sep=;\r\na;b;;\r\n1;2;;\r\n;;;\r\n3;4;;\r\n5;6;7;\r\n8;9\r\n");
        assert_eq!(sheet.header(), ["a", "b"]);
        let mut told = Vec::new();
        while let Some(record) = sheet.next_record().expect("a line") {
            told.push((
                record.line(),
                record.get("a").unwrap_or_default().to_owned(),
                record.check().is_ok(),
            ));
        }
        let wanted = [(3, "1", true), (5, "3", true), (6, "5", false), (7, "8", true)]
            .map(|(line, a, is_sound)| (line, a.to_owned(), is_sound));
        assert_eq!(told, wanted);
        // A column may have that name where nothing follows.
        assert_eq!(table("sep=;\n").header(), ["sep="]);
        let error = Table::open(Box::new("a,b\0\n1,2\n".as_bytes())).err().expect("unusable");
        assert_eq!(error, "tiêu đề: tên cột “b␀” có ký tự điều khiển");
    }

    #[test]
    fn two_names_of_one_column_are_refused() {
        let mut table = table("code,mã\n1,2\n");
        let error = table.rename(|name| matches!(name, "code" | "mã").then_some("code")).expect_err("twice");
        assert_eq!(error, "cột “code” và cột “mã” là cùng một cột (code)");
    }
}
