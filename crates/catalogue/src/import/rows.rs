//! The rows of a file, whatever its kind, and what is said of a refused one.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::encoding::{self, Unreadable};
use super::lists::Lists;
use super::table::Table;
use super::{FileKind, ImportError, availability, centres, mergers, procedures, units};
use crate::command::{Command, Refusal};

/// Why a row was refused: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowRefusal {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column or JSON key; empty where the row as a whole is meant.
    pub column: String,
    /// The value as given.
    pub value: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub remedy: String,
}

impl RowRefusal {
    /// A refusal of one value.
    pub(super) fn new(
        column: impl Into<String>,
        value: impl Into<String>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            line: 0,
            column: column.into(),
            value: value.into(),
            reason: reason.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn at(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    /// A refusal by a rule of the catalogue.
    pub(super) fn of_rule(line: u64, columns: &Columns, refusal: &Refusal) -> Self {
        let date = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
        let span = |period: &crate::period::Period| {
            format!("từ {} đến trước {}", date(period.valid_from()), date(period.valid_to()))
        };
        let (column, value, reason, remedy) = match refusal {
            Refusal::Missing { what, key, part } => {
                let thing = match *what {
                    "procedure" => "thủ tục",
                    "centre" => "trung tâm",
                    "unit" => "đơn vị hành chính (vào ngày đó)",
                    "field" => "lĩnh vực",
                    "agency" => "cơ quan",
                    other => other,
                };
                let hint = if *what == "procedure" { lost_zero(key) } else { String::new() };
                (
                    *part,
                    key.clone(),
                    format!("không có {thing} {key:?}"),
                    format!("sửa mã, hoặc nhập {thing} này trước{hint}"),
                )
            }
            Refusal::Overlap { stored } => (
                "valid_from",
                columns.period.clone(),
                format!("thời gian hiệu lực trùng với bản ghi đã có ({})", span(stored)),
                "kết thúc bản ghi cũ trước, hoặc sửa valid_from, valid_to".to_owned(),
            ),
            Refusal::BeyondCentre { centre } => (
                "valid_to",
                columns.period.clone(),
                format!("vượt ra ngoài thời gian hoạt động của trung tâm ({})", span(centre)),
                "đặt valid_from, valid_to trong thời gian đó".to_owned(),
            ),
            Refusal::Inconsistent(rule) => {
                let (column, reason, remedy) = inconsistent(rule);
                (column, columns.value_of(column), reason, remedy)
            }
            Refusal::BadText { part } => (
                *part,
                String::new(),
                "trống hoặc không ở dạng chuẩn Unicode NFC".to_owned(),
                "điền nội dung".to_owned(),
            ),
            Refusal::Contradiction(what) => {
                ("", String::new(), (*what).to_owned(), "sửa một trong hai giá trị".to_owned())
            }
            Refusal::Stale { current_version, .. } => (
                "",
                String::new(),
                format!("bản ghi đã ở phiên bản {current_version}"),
                "tải lại rồi nhập lại".to_owned(),
            ),
        };
        Self { line, column: column.to_owned(), value, reason, remedy }
    }
}

/// Suggests the code that a spreadsheet may have shortened: `1.00001` was `1.000010`.
fn lost_zero(code: &str) -> String {
    let shortened = code.split_once('.').is_some_and(|(head, tail)| {
        head.len() == 1 && (1..6).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit())
    });
    if shortened {
        format!(" (bảng tính có thể đã bỏ số 0 ở cuối: {code:0<8}?)")
    } else {
        String::new()
    }
}

fn inconsistent(rule: &crate::availability::InconsistentAvailability) -> (&'static str, String, String) {
    use crate::availability::InconsistentAvailability as Rule;
    let (column, reason, remedy) = match rule {
        Rule::LevelWithoutOffer => {
            ("level", "có mức độ nhưng không ghi là có cung cấp", "đặt offered là yes, hoặc bỏ mức độ")
        }
        Rule::PartialWithoutReason => (
            "partial_reason",
            "“một phần” theo NĐ 224/2026/NĐ-CP phải có lý do (Điều 14)",
            "điền partial_reason, partial_clause và partial_text",
        ),
        Rule::ReasonWithoutPartial => (
            "partial_reason",
            "có lý do “một phần” nhưng mức độ không phải một phần",
            "bỏ lý do, hoặc sửa mức độ",
        ),
        Rule::NothingConverted => (
            "converted",
            "ghi là mức quy đổi nhưng không có mức độ, hoặc mức theo NĐ 43/2011 là mức gốc",
            "bỏ dấu quy đổi, hoặc điền mức độ theo nd42-2022 hay nd224-2026",
        ),
        Rule::NoFirstDay => {
            ("valid_from", "thiếu ngày bắt đầu hiệu lực", "điền valid_from, ví dụ 2021-01-01")
        }
        Rule::UnsafeLink(_) => (
            "online_link",
            "không phải địa chỉ http hoặc https",
            "dùng địa chỉ đầy đủ, ví dụ https://dichvucong.gov.vn/…",
        ),
        Rule::DuplicateChannel(_) => ("methods", "một cách thức được ghi hai lần", "giữ lại một"),
    };
    (column, reason.to_owned(), remedy.to_owned())
}

/// What of a command is shown when a rule of the catalogue refuses it.
pub(super) struct Columns {
    period: String,
    level: String,
}

impl Columns {
    fn value_of(&self, column: &str) -> String {
        match column {
            "level" | "partial_reason" => self.level.clone(),
            "valid_from" => self.period.clone(),
            _ => String::new(),
        }
    }
}

/// Picks those values out of a command.
pub(super) fn columns_of(command: &Command) -> Columns {
    let (period, level) = match command {
        Command::Availability(record) => {
            (record.period, record.level.map_or_else(String::new, |level| level.to_string()))
        }
        Command::Unit(record) => (record.period, String::new()),
        Command::Procedure(record) => (record.period, String::new()),
        Command::Centre(record) => (record.period, String::new()),
        _ => (crate::period::Period::ALWAYS, String::new()),
    };
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    Columns { period: format!("{}..{}", day(period.valid_from()), day(period.valid_to())), level }
}

/// One row as read.
pub(super) struct Row {
    /// Line of the file, from 1.
    pub(super) line: u64,
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
    pub(super) fn open(path: &Path, kind: Option<FileKind>) -> Result<Self, ImportError> {
        let opened = encoding::open(path).map_err(|unreadable| match unreadable {
            Unreadable::Io(error) => {
                unusable(path, format!("không đọc được tệp ({error})"), "kiểm tra đường dẫn và quyền đọc")
            }
            Unreadable::Encoding { offset } => unusable(
                path,
                format!("không phải UTF-8 (từ byte {offset}), và không chắc là bảng mã nào"),
                "lưu lại tệp ở dạng UTF-8",
            ),
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
            return Ok(Self {
                path: path.to_owned(),
                kind: FileKind::Procedures,
                total_bytes: opened.bytes,
                notice: opened.notice,
                decomposed: 0,
                reader: Reader::Lines { reader: Box::new(reader), line: 0, bytes: 0 },
            });
        }
        let reader: Box<dyn Read + Send> = Box::new(reader);
        let mut table = Table::open(reader)
            .map_err(|reason| unusable(path, reason, "xem định dạng tệp trong docs/file-formats.md"))?;
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
        let checked = match kind {
            FileKind::Units => units::check_header(&table),
            FileKind::Mergers => mergers::check_header(&table),
            FileKind::Centres => centres::check_header(&table),
            _ => availability::check_header(&table),
        };
        if kind == FileKind::Availability {
            availability::rename(&mut table);
        }
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
                all.push(Row {
                    line: record.line(),
                    parsed: finish(units::command(&record, &name), record.line()),
                });
            }
            self.decomposed = table.decomposed();
        }
        all.sort_by_key(|row| match &row.parsed {
            Ok(Command::Unit(unit)) => Some(unit.tier),
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
                    Some(Row { line: *line, parsed: finish(procedures::command(&text, lists), *line) })
                }
                Reader::Table(table) => {
                    let record =
                        table.next_record().map_err(|reason| unusable(&self.path, reason, "sửa dòng này"))?;
                    record.map(|record| {
                        let parsed = match self.kind {
                            FileKind::Mergers => mergers::command(&record, &name),
                            FileKind::Centres => centres::command(&record, &name),
                            _ => availability::command(&record, &name),
                        };
                        Row { line: record.line(), parsed: finish(parsed, record.line()) }
                    })
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
    let key = ["procedure", "centre", "valid_from"];
    key.iter().all(|column| availability::column(table, column).is_some()).then_some(FileKind::Availability)
}

pub(super) fn unusable(path: &Path, reason: impl Into<String>, remedy: impl Into<String>) -> ImportError {
    ImportError::Unusable { path: path.to_owned(), reason: reason.into(), remedy: remedy.into() }
}
