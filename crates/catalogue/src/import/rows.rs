//! The rows of a file, whatever its kind.

use std::cmp::Reverse;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::encoding;
use super::lists::Lists;
use super::refusal::Raw;
use super::row_refusal::{RowRefusal, sentence};
use super::table::{Record, Table};
use super::{
    FileKind, ImportError, RowMeaning, availability, centres, figures, keys, mergers, procedures, units,
};
use crate::command::Command;
use crate::log_key::LogKey;

/// One row as read.
pub(super) struct Row {
    /// Line of the file, from 1.
    pub(super) line: u64,
    /// The row as it stands in the file.
    pub(super) raw: Raw,
    /// The command, or everything that is wrong with the row.
    pub(super) parsed: Result<Command, Vec<RowRefusal>>,
}

/// The rows of a file.
pub(super) struct Rows {
    path: PathBuf,
    kind: FileKind,
    total_bytes: u64,
    notice: Option<String>,
    decomposed: u64,
    reader: Reader,
    reading: Reading,
}

/// How a file is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// What it holds; found out from its first line where absent.
    pub(super) kind: Option<FileKind>,
    /// Whether it is a complete edition of its list.
    pub(super) is_edition: bool,
    /// What its rows say.
    pub(super) meaning: RowMeaning,
    /// Day of the import.
    pub(super) today: NaiveDate,
}

enum Reader {
    Lines {
        reader: Box<dyn BufRead + Send>,
        line: u64,
        bytes: u64,
    },
    Table(Box<Table>),
    /// Rows that had to be sorted first.
    Sorted(std::vec::IntoIter<Row>, u64),
}

impl Rows {
    /// Opens a file and finds out what it holds.
    pub(super) fn open(path: &Path, reading: Reading) -> Result<Self, ImportError> {
        let kind = reading.kind;
        let opened = encoding::open(path).map_err(|unreadable| {
            let (reason, remedy) = unreadable.told();
            unusable(path, reason, remedy)
        })?;
        let mut reader = BufReader::with_capacity(1 << 16, opened.reader);
        let start = reader.fill_buf().map_err(|error| unusable(path, error.to_string(), "thử lại"))?;
        let first = start.iter().copied().find(|b| !b.is_ascii_whitespace());
        let is_json = first == Some(b'{');
        if first.is_none() {
            return Err(unusable(path, "tệp trống", "chọn tệp có dữ liệu"));
        }
        if is_json {
            if !matches!(kind, None | Some(FileKind::Procedures)) {
                return Err(unusable(
                    path,
                    "tệp là NDJSON, chỉ dùng cho thủ tục",
                    "bỏ --kind hoặc chọn tệp khác",
                ));
            }
            if reading.is_edition {
                let reason = "--edition chỉ dùng cho các bảng (CSV), không dùng cho thủ tục";
                return Err(unusable(path, reason, "bỏ --edition, hoặc nhập tệp này riêng"));
            }
            return Ok(Self {
                path: path.to_owned(),
                kind: FileKind::Procedures,
                total_bytes: opened.bytes,
                notice: opened.notice,
                decomposed: 0,
                reader: Reader::Lines { reader: Box::new(reader), line: 0, bytes: 0 },
                reading,
            });
        }
        let reader: Box<dyn Read + Send> = Box::new(reader);
        let mut table = Table::open(reader)
            .map_err(|reason| unusable(path, reason, "xem định dạng tệp trong docs/file-formats.md"))?;
        if kind == Some(FileKind::Procedures) {
            return Err(unusable(
                path,
                "thủ tục được nhập từ tệp NDJSON, còn tệp này là một bảng",
                "bỏ --kind, hoặc chọn tệp NDJSON",
            ));
        }
        let kind = match kind.or_else(|| detect(&table)) {
            Some(kind) if kind != FileKind::Procedures => kind,
            _ => {
                return Err(unusable(
                    path,
                    format!("không nhận ra tệp này chứa gì (các cột: {})", table.header().join(", ")),
                    "xem các cột của từng loại tệp trong docs/file-formats.md, hoặc dùng --kind",
                ));
            }
        };
        if let Some(reason) = reading.meaning.refuses(kind) {
            return Err(unusable(path, reason, "bỏ --as from-day, hoặc tách các tệp thành hai lần nhập"));
        }
        let checked = match kind {
            FileKind::Units if reading.meaning == RowMeaning::FromDay && !table.has("valid_from") => {
                Err("thiếu cột “valid_from”: ngày mà từ đó nội dung của dòng có hiệu lực".to_owned())
            }
            _ if reading.meaning == RowMeaning::Mistake => {
                keys::check_header(kind, &table).and_then(|()| rename(kind, &mut table))
            }
            FileKind::Units => units::check_header(&table),
            FileKind::Mergers => mergers::check_header(&table),
            FileKind::Centres => centres::check_header(&table),
            FileKind::Figures => figures::check_header(&table).and_then(|()| rename(kind, &mut table)),
            _ => availability::check_header(&table).and_then(|()| rename(kind, &mut table)),
        };
        checked.map_err(|reason| {
            unusable(path, reason, "xem các cột của loại tệp này trong docs/file-formats.md")
        })?;
        let mut rows = Self {
            path: path.to_owned(),
            kind,
            total_bytes: opened.bytes,
            notice: opened.notice,
            decomposed: 0,
            reader: Reader::Table(Box::new(table)),
            reading,
        };
        if kind == FileKind::Units {
            rows.sort_units()?;
        }
        Ok(rows)
    }

    /// Units refer to units above them, which may stand further down.
    fn sort_units(&mut self) -> Result<(), ImportError> {
        let mut all = Vec::new();
        let name = self.file_name();
        if let Reader::Table(table) = &mut self.reader {
            while let Some(record) =
                table.next_record().map_err(|reason| unusable(&self.path, reason, "sửa dòng này"))?
            {
                all.push(row_of(self.kind, record, &name, self.reading));
            }
            self.decomposed = table.decomposed();
        }
        all.sort_by_key(|row| match &row.parsed {
            Ok(Command::Unit(unit)) => Some(unit.tier),
            _ => None,
        });
        // What is taken out goes before what it stands under.
        all.sort_by_key(|row| match &row.parsed {
            Ok(Command::Withdraw { key: LogKey::Unit { code, .. } }) => Some(Reverse(code.tier())),
            _ => None,
        });
        self.reader = Reader::Sorted(all.into_iter(), self.total_bytes);
        Ok(())
    }

    fn file_name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// What the file holds.
    pub(super) fn kind(&self) -> FileKind {
        self.kind
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Length of the file as text.
    pub(super) fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// How much of it was read.
    pub(super) fn bytes_read(&self) -> u64 {
        match &self.reader {
            Reader::Lines { bytes, .. } | Reader::Sorted(_, bytes) => *bytes,
            Reader::Table(table) => table.bytes_read(),
        }
    }

    /// What was converted while reading.
    pub(super) fn notices(&self) -> Vec<String> {
        let decomposed = match &self.reader {
            Reader::Table(table) => table.decomposed(),
            _ => self.decomposed,
        };
        let nfd = (decomposed > 0)
            .then(|| format!("{decomposed} dòng có chữ ở dạng tổ hợp (NFD), đã đưa về dạng dựng sẵn (NFC)"));
        self.notice.iter().cloned().chain(nfd).collect()
    }

    /// The next rows; none at the end.
    pub(super) fn next_group(&mut self, size: usize, lists: &mut Lists) -> Result<Vec<Row>, ImportError> {
        let name = self.file_name();
        let mut group = Vec::with_capacity(size);
        while group.len() < size {
            let row = match &mut self.reader {
                Reader::Sorted(rows, _) => rows.next(),
                Reader::Lines { reader, line, bytes } => {
                    let mut text = String::new();
                    let read = reader
                        .read_line(&mut text)
                        .map_err(|error| unusable(&self.path, error.to_string(), "kiểm tra tệp"))?;
                    if read == 0 {
                        break;
                    }
                    *line += 1;
                    *bytes += read as u64;
                    if text.trim().is_empty() {
                        continue;
                    }
                    if !unicode_normalization::is_nfc(&text) {
                        self.decomposed += 1;
                        text = crate::text::nfc(&text);
                    }
                    let parsed = match self.reading.meaning {
                        RowMeaning::Mistake => keys::of_line(&text),
                        _ => procedures::command(&text, lists),
                    };
                    let parsed = finish(parsed, *line);
                    Some(Row { line: *line, raw: Raw::Json(text), parsed })
                }
                Reader::Table(table) => {
                    let record =
                        table.next_record().map_err(|reason| unusable(&self.path, reason, "sửa dòng này"))?;
                    record.map(|record| row_of(self.kind, record, &name, self.reading))
                }
            };
            match row {
                Some(row) => group.push(row),
                None => break,
            }
        }
        Ok(group)
    }
}

/// A line of a table as a row. What stands in a line that is not surely cut into its cells is not looked at.
fn row_of(kind: FileKind, record: Record, file: &str, reading: Reading) -> Row {
    let parsed = record.check().and_then(|()| match kind {
        _ if reading.meaning == RowMeaning::Mistake => keys::of_record(kind, &record),
        FileKind::Units => units::command(&record, file),
        FileKind::Mergers => mergers::command(&record, file),
        FileKind::Centres => centres::command(&record, file),
        FileKind::Figures => figures::command(&record, file, reading.today),
        _ => availability::command(&record, file, reading.today),
    });
    Row { line: record.line(), parsed: finish(parsed, record.line()), raw: Raw::Cells(record) }
}

/// Gives the columns of a table their standard names, where its kind has other names for them.
fn rename(kind: FileKind, table: &mut Table) -> Result<(), String> {
    match kind {
        FileKind::Figures => figures::rename(table),
        FileKind::Availability => availability::rename(table),
        _ => Ok(()),
    }
}

fn finish(parsed: Result<Command, Vec<RowRefusal>>, line: u64) -> Result<Command, Vec<RowRefusal>> {
    parsed.map_err(|refusals| refusals.into_iter().map(|refusal| refusal.at(line)).collect())
}

/// Tells the kind of a table by its columns.
fn detect(table: &Table) -> Option<FileKind> {
    let has = |column: &str| table.has(column);
    if has("old_code") && has("new_code") {
        return Some(FileKind::Mergers);
    }
    if has("code") && has("level") && has("full_name") {
        return Some(FileKind::Units);
    }
    if has("kind") && has("unit_code") {
        return Some(FileKind::Centres);
    }
    if figures::is_one(table) {
        return Some(FileKind::Figures);
    }
    let key = ["procedure", "centre", "valid_from"];
    key.iter().all(|column| availability::column(table, column).is_some()).then_some(FileKind::Availability)
}

pub(super) fn unusable(path: &Path, reason: impl Into<String>, remedy: impl Into<String>) -> ImportError {
    ImportError::Unusable { path: path.to_owned(), reason: reason.into(), remedy: sentence(&remedy.into()) }
}
