//! Quotation marks and lines of a table, followed on the way of its text to the reader.
//!
//! The reader takes any text for a table: a mark that nothing closes makes one cell of all lines behind it, and one that
//! closes where it was not meant to joins what stands between. It also counts lines at LF alone.

use std::collections::VecDeque;
use std::io::{self, Read};

const QUOTE: u8 = b'"';

/// Where a record begins, and which of its quotation marks is out of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Begun {
    /// Line of the file, from 1.
    pub(super) line: u64,
    /// The first mark that is out of place, or the one that is never closed.
    pub(super) misquoted: Option<Misquoted>,
}

/// A cell whose quotation marks are out of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Misquoted {
    /// Line of the mark that opens the cell.
    pub(super) opened: u64,
    /// Place of the cell in its record, from 0.
    pub(super) cell: usize,
    /// What happened to it.
    pub(super) mishap: Mishap,
}

/// What can happen to a cell that a quotation mark opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// Nothing closes it.
    NeverClosed {
        /// The last line of the file.
        last: u64,
    },
    /// Text stands between the mark that closes it and the next separator.
    TextBehind {
        /// Line of the mark that closes it.
        closed: u64,
    },
}

impl Misquoted {
    /// What is wrong.
    pub(super) fn reason(&self) -> String {
        let opened = self.opened;
        match self.mishap {
            Mishap::NeverClosed { last } if last > opened => format!(
                "dấu ngoặc kép mở ở dòng {opened} không được đóng, nên mọi dòng từ đó đến hết tệp (dòng {last}) \
                 bị đọc thành một ô"
            ),
            Mishap::NeverClosed { .. } => format!("dấu ngoặc kép mở ở dòng {opened} không được đóng"),
            Mishap::TextBehind { closed } if closed > opened => {
                format!(
                    "dấu ngoặc kép mở ở dòng {opened} được đóng ở dòng {closed}, nhưng sau dấu đóng còn chữ"
                )
            }
            Mishap::TextBehind { .. } => {
                format!("dấu ngoặc kép mở ở dòng {opened} được đóng giữa ô: sau dấu đóng còn chữ")
            }
        }
    }

    /// What to do.
    pub(super) fn remedy(&self) -> &'static str {
        match self.mishap {
            Mishap::NeverClosed { .. } => {
                "đóng dấu ngoặc kép ở cuối ô, hoặc bỏ dấu mở nhầm; \
                 nếu tệp bị cắt giữa chừng thì lấy lại tệp đầy đủ"
            }
            Mishap::TextBehind { .. } => {
                "đóng dấu ngoặc kép ở cuối ô và viết hai lần (\"\") dấu nằm trong ô, hoặc bỏ dấu mở nhầm"
            }
        }
    }
}

/// A text on its way to the reader, which must get nothing past it.
pub(super) struct Quotes {
    inner: Box<dyn Read + Send>,
    separator: u8,
    place: Place,
    /// Line of the next byte, from 1.
    line: u64,
    previous: u8,
    /// Line of the last mark that opened a cell.
    opened: u64,
    /// Place of the present cell in its record.
    cell: usize,
    /// Records that the reader has not given yet, the present one last.
    begun: VecDeque<Begun>,
}

/// Where in a record the next byte stands; the reader has the same states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Between,
    Start,
    Plain,
    Quoted,
    /// Behind the mark that closes a cell, or is the first of two.
    Closed,
    /// Behind a closed cell and blanks.
    Spaced,
}

impl Quotes {
    /// Follows a text whose cells a byte separates. The text has no byte-order mark.
    pub(super) fn new(inner: Box<dyn Read + Send>, separator: u8) -> Self {
        Self {
            inner,
            separator,
            place: Place::Between,
            line: 1,
            previous: 0,
            opened: 0,
            cell: 0,
            begun: VecDeque::new(),
        }
    }

    /// What is known of the record that the reader gave last; to be asked once for each.
    pub(super) fn next_begun(&mut self) -> Begun {
        self.begun.pop_front().unwrap_or_default()
    }

    fn follow(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some((byte, behind)) = rest.split_first() {
            self.step(*byte);
            // Most bytes stand inside cells and change nothing.
            let inside = match self.place {
                Place::Plain => behind.iter().position(|b| *b == self.separator || ends_line(*b)),
                Place::Quoted => behind.iter().position(|b| *b == QUOTE || ends_line(*b)),
                _ => Some(0),
            };
            let inside = inside.unwrap_or(behind.len());
            if inside > 0 {
                self.previous = 0;
            }
            rest = behind.get(inside..).unwrap_or_default();
        }
    }

    fn step(&mut self, byte: u8) {
        let ends = ends_line(byte);
        if self.place == Place::Between && !ends {
            self.begun.push_back(Begun { line: self.line, misquoted: None });
            self.cell = 0;
            self.place = Place::Start;
        }
        self.place = match self.place {
            Place::Quoted if byte == QUOTE => Place::Closed,
            Place::Quoted => Place::Quoted,
            _ if ends => Place::Between,
            _ if byte == self.separator => {
                self.cell += 1;
                Place::Start
            }
            Place::Start if byte == QUOTE => {
                self.opened = self.line;
                Place::Quoted
            }
            Place::Closed if byte == QUOTE => Place::Quoted,
            Place::Closed | Place::Spaced if matches!(byte, b' ' | b'\t') => Place::Spaced,
            Place::Closed | Place::Spaced => {
                self.note(Mishap::TextBehind { closed: self.line });
                Place::Plain
            }
            Place::Start | Place::Plain | Place::Between => Place::Plain,
        };
        // CR and LF together end one line.
        let is_second = byte == b'\n' && self.previous == b'\r';
        if ends && !is_second {
            self.line += 1;
        }
        self.previous = byte;
    }

    /// The end of the file.
    fn end(&mut self) {
        if self.place == Place::Quoted {
            let last = if ends_line(self.previous) { self.line - 1 } else { self.line };
            self.note(Mishap::NeverClosed { last });
            self.place = Place::Between;
        }
    }

    /// Notes what happened to the present cell. Of several mishaps of a record the first is told, unless lines are lost.
    fn note(&mut self, mishap: Mishap) {
        let misquoted = Misquoted { opened: self.opened, cell: self.cell, mishap };
        let loses_lines = matches!(mishap, Mishap::NeverClosed { .. });
        if let Some(begun) = self.begun.back_mut()
            && (begun.misquoted.is_none() || loses_lines)
        {
            begun.misquoted = Some(misquoted);
        }
    }
}

impl Read for Quotes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read > 0 {
            self.follow(buffer.get(..read).unwrap_or_default());
        } else if !buffer.is_empty() {
            self.end();
        }
        Ok(read)
    }
}

/// Whether a byte ends a line outside quotation marks, for this as for the reader.
pub(super) fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a text in small pieces.
    struct Pieces {
        text: io::Cursor<Vec<u8>>,
        size: usize,
    }

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let size = self.size.min(buffer.len());
            self.text.read(&mut buffer[..size])
        }
    }

    /// What is known of each record that the reader gives, and how many cells it has.
    fn followed(text: &str, size: usize) -> Vec<(Begun, usize)> {
        let pieces = Pieces { text: io::Cursor::new(text.as_bytes().to_vec()), size };
        let quotes = Quotes::new(Box::new(pieces), b',');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(7)
            .from_reader(quotes);
        let mut record = csv::StringRecord::new();
        let mut records = Vec::new();
        while reader.read_record(&mut record).expect("readable") {
            records.push((reader.get_mut().next_begun(), record.len()));
        }
        assert!(reader.get_ref().begun.is_empty(), "{text:?}");
        records
    }

    fn misquoted(text: &str) -> Vec<(u64, Option<Misquoted>)> {
        followed(text, 5).into_iter().map(|(begun, _)| (begun.line, begun.misquoted)).collect()
    }

    #[test]
    fn sound_quotation_marks_are_let_through() {
        assert_eq!(misquoted("a,b\n\"x \"\"y\"\", z\",\"\"\n"), [(1, None), (2, None)]);
        // Lines within a cell, blanks behind it, a mark within a cell that none opens.
        assert_eq!(misquoted("\"x\r\ny\",1\r\n\"z\" ,2\r\n"), [(1, None), (3, None)]);
        assert_eq!(misquoted("ống 5\" dài,1\nb, \"c\"\n"), [(1, None), (2, None)]);
        assert_eq!(misquoted("a,\"b\""), [(1, None)]);
    }

    #[test]
    fn a_mark_that_nothing_closes_is_told_with_its_line() {
        let lost =
            |opened, cell, last| Some(Misquoted { opened, cell, mishap: Mishap::NeverClosed { last } });
        assert_eq!(misquoted("a,b\n1,\"x\n2,y\n3,z\n"), [(1, None), (2, lost(2, 1, 4))]);
        assert_eq!(misquoted("a,b\r\n1,\"x\r\n2,y"), [(1, None), (2, lost(2, 1, 3))]);
        assert_eq!(misquoted("a,b\r1,\"x\r2,y\r"), [(1, None), (2, lost(2, 1, 3))]);
        assert_eq!(misquoted("a,b\n\"1\n2\",\"x"), [(1, None), (2, lost(3, 1, 3))]);
        // It is told rather than an earlier mishap of the record.
        assert_eq!(misquoted("\"a\"b,\"c\nd"), [(1, lost(1, 1, 2))]);
        let reason = |text: &str| misquoted(text).pop().and_then(|(_, found)| Some(found?.reason()));
        assert_eq!(
            reason("a\n\"b\nc\n").as_deref(),
            Some(
                "dấu ngoặc kép mở ở dòng 2 không được đóng, nên mọi dòng từ đó đến hết tệp (dòng 3) \
                 bị đọc thành một ô"
            )
        );
        assert_eq!(reason("a\n\"b\n").as_deref(), Some("dấu ngoặc kép mở ở dòng 2 không được đóng"));
    }

    #[test]
    fn text_behind_a_closed_cell_is_told_with_both_lines() {
        let behind =
            |opened, cell, closed| Some(Misquoted { opened, cell, mishap: Mishap::TextBehind { closed } });
        assert_eq!(misquoted("\"abc\"def,1\n2,3\n"), [(1, behind(1, 0, 1)), (2, None)]);
        assert_eq!(misquoted("\"a\" \"b\",1\n"), [(1, behind(1, 0, 1))]);
        // A mark opened by mistake is closed by the next one that was meant to open.
        assert_eq!(
            misquoted("a,b\n1,\"x\n2,y\n3,\"đất, nhà\"\n4,z\n"),
            [(1, None), (2, behind(2, 1, 4)), (5, None)]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn records_are_the_same_as_those_of_the_reader(text in "[a, \"\r\n]{0,16}", size in 1..6_usize) {
            let records = followed(&text, size);
            assert_eq!(records, followed(&text, 64));
            let ends = text.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\r')).count() as u64;
            for (begun, cells) in &records {
                assert!((1..=ends + 1).contains(&begun.line), "{text:?}");
                if let Some(misquoted) = begun.misquoted {
                    assert!(misquoted.cell < *cells && misquoted.opened >= begun.line, "{text:?}");
                }
            }
        }
    }
}
