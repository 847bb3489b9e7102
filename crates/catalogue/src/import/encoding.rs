//! Which encoding a file has. Only what is certain is accepted.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

/// A file opened as UTF-8 text.
pub(super) struct Opened {
    /// The text, without byte-order mark.
    pub(super) reader: Box<dyn Read + Send>,
    /// Length of the text in bytes.
    pub(super) bytes: u64,
    /// What had to be converted.
    pub(super) notice: Option<String>,
}

/// Why a file is not readable as text.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It could not be read.
    Io(io::Error),
    /// Its encoding is none that is accepted; the byte at which UTF-8 ends.
    Encoding {
        /// Offset of the first byte that is not UTF-8.
        offset: u64,
    },
    /// It is no text but a workbook, or an archive like one, whatever its name ends in.
    Workbook {
        /// What it is called.
        what: &'static str,
    },
}

impl Unreadable {
    /// What is wrong with the file, and what to do.
    pub(super) fn told(&self) -> (String, &'static str) {
        match self {
            Self::Io(error) => (format!("không đọc được tệp ({error})"), "kiểm tra đường dẫn và quyền đọc"),
            Self::Encoding { offset } => (
                format!("không phải UTF-8 (từ byte {offset}), và không chắc là bảng mã nào"),
                "lưu lại tệp ở dạng UTF-8",
            ),
            Self::Workbook { what } => (
                format!("tệp là {what}, không phải tệp văn bản CSV, dù tên tệp có đuôi gì"),
                "mở tệp bằng Excel, chọn Lưu thành… (Save As) với loại “CSV UTF-8”, rồi nhập tệp mới lưu",
            ),
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Files in another encoding than UTF-8 are converted in memory, so they may not be larger than this.
const LARGEST_CONVERTED: u64 = 128 << 20;

/// How workbooks begin: those of today are ZIP archives, those of before 2007 compound files.
const WORKBOOKS: [([u8; 4], &str); 2] = [
    (*b"PK\x03\x04", "sổ tính Excel (.xlsx) hoặc tệp nén"),
    ([0xd0, 0xcf, 0x11, 0xe0], "sổ tính Excel đời cũ (.xls)"),
];

/// Opens a file: UTF-8 with or without byte-order mark, UTF-16 with one, Windows-1258 where every letter of it is a
/// Vietnamese one.
pub(super) fn open(path: &Path) -> Result<Opened, Unreadable> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut start = [0_u8; 4];
    let read = file.read(&mut start)?;
    if let Some(&(_, what)) = WORKBOOKS.iter().find(|(signature, _)| *signature == start) {
        return Err(Unreadable::Workbook { what });
    }
    match start.get(..read.min(2)) {
        Some([0xff, 0xfe]) => return convert(file, encoding_rs::UTF_16LE, "UTF-16"),
        Some([0xfe, 0xff]) => return convert(file, encoding_rs::UTF_16BE, "UTF-16"),
        _ => {}
    }
    let mark = if start.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    file.seek(SeekFrom::Start(mark))?;
    let Some(offset) = first_invalid(&mut file)? else {
        file.seek(SeekFrom::Start(mark))?;
        return Ok(Opened { reader: Box::new(BufReader::new(file)), bytes: bytes - mark, notice: None });
    };
    if mark == 0 && bytes <= LARGEST_CONVERTED {
        let mut raw = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut raw)?;
        if let Some(text) = windows_1258(&raw) {
            return Ok(in_memory(text, "Windows-1258"));
        }
    }
    Err(Unreadable::Encoding { offset: offset + mark })
}

fn convert(
    mut file: File,
    encoding: &'static encoding_rs::Encoding,
    name: &str,
) -> Result<Opened, Unreadable> {
    if file.metadata()?.len() > LARGEST_CONVERTED {
        return Err(Unreadable::Encoding { offset: 0 });
    }
    let mut raw = Vec::new();
    file.seek(SeekFrom::Start(2))?;
    file.read_to_end(&mut raw)?;
    let (text, broken) = encoding.decode_without_bom_handling(&raw);
    if broken {
        return Err(Unreadable::Encoding { offset: 2 });
    }
    Ok(in_memory(text.into_owned(), name))
}

fn in_memory(text: String, encoding: &str) -> Opened {
    Opened {
        bytes: text.len() as u64,
        notice: Some(format!("tệp dùng bảng mã {encoding}, đã chuyển sang UTF-8")),
        reader: Box::new(Cursor::new(text.into_bytes())),
    }
}

/// Offset of the first byte that is not UTF-8, reading from the present place to the end.
fn first_invalid(file: &mut File) -> io::Result<Option<u64>> {
    let mut buffer = vec![0_u8; 1 << 16];
    let mut kept = 0;
    let mut offset = 0_u64;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        let filled = kept + read;
        match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => {
                kept = 0;
                offset += filled as u64;
            }
            // A letter may be cut by the end of the buffer, not by the end of the file.
            Err(error) if error.error_len().is_none() && read > 0 => {
                let sound = error.valid_up_to();
                buffer.copy_within(sound..filled, 0);
                kept = filled - sound;
                offset += sound as u64;
            }
            Err(error) => return Ok(Some(offset + error.valid_up_to() as u64)),
        }
        if read == 0 {
            return Ok(None);
        }
    }
}

/// Decodes Windows-1258 if the result is Vietnamese without doubt: every letter is one of the alphabet and tones sit
/// on vowels.
fn windows_1258(raw: &[u8]) -> Option<String> {
    let (text, broken) = encoding_rs::WINDOWS_1258.decode_without_bom_handling(raw);
    if broken {
        return None;
    }
    let text: String = text.nfc().collect();
    let sound = text.chars().all(|c| {
        c.is_ascii_graphic()
            || matches!(
                c,
                ' ' | '\t'
                    | '\r'
                    | '\n'
                    | '\u{a0}'
                    | '–'
                    | '—'
                    | '‘'
                    | '’'
                    | '“'
                    | '”'
                    | '…'
                    | '•'
                    | '°'
                    | '²'
                    | '³'
                    | '½'
                    | '§'
                    | '₫'
                    | '«'
                    | '»'
                    | '×'
            )
            || is_vietnamese_letter(c)
    });
    let letters = text.chars().filter(|c| is_vietnamese_letter(*c)).count();
    (sound && letters > 0).then_some(text)
}

fn is_vietnamese_letter(c: char) -> bool {
    const LETTERS: &str = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";
    c.to_lowercase().all(|lower| LETTERS.contains(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &[u8]) -> Result<(String, Option<String>), u64> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), raw).expect("written");
        match open(file.path()) {
            Ok(mut opened) => {
                let mut text = String::new();
                opened.reader.read_to_string(&mut text).expect("UTF-8");
                Ok((text, opened.notice))
            }
            Err(Unreadable::Encoding { offset }) => Err(offset),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn utf8_is_read_with_and_without_its_mark() {
        assert_eq!(read("Hộ tịch".as_bytes()), Ok(("Hộ tịch".to_owned(), None)));
        assert_eq!(read("\u{feff}Hộ tịch".as_bytes()), Ok(("Hộ tịch".to_owned(), None)));
    }

    #[test]
    fn a_workbook_is_told_whatever_its_name() {
        let told = |raw: &[u8]| {
            let file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a temporary file");
            std::fs::write(file.path(), raw).expect("written");
            open(file.path()).err().map(|unreadable| unreadable.told())
        };
        for (raw, what) in [
            (&b"PK\x03\x04\x14\x00\x06\x00"[..], ".xlsx"),
            (&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], ".xls"),
        ] {
            let (reason, remedy) = told(raw).expect("a workbook");
            assert!(reason.contains(what) && reason.contains("Excel"), "{reason}");
            assert!(remedy.contains("CSV UTF-8") && remedy.contains("Lưu thành"), "{remedy}");
        }
        assert_eq!(told(b"PK,name\n1,x\n"), None);
        assert_eq!(told(b"PK"), None);
    }

    #[test]
    fn utf16_is_converted_with_a_notice() {
        let raw: Vec<u8> = "\u{feff}Đất đai".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (text, notice) = read(&raw).expect("readable");
        assert_eq!(text, "Đất đai");
        assert!(notice.is_some());
    }

    #[test]
    fn windows_1258_is_converted_only_where_it_is_vietnamese() {
        // "Phường" and "xã": ư is 0xFD, ơ 0xF5, the grave 0xCC; the tilde 0xDE.
        let (text, _) = read(b"Ph\xfd\xf5\xccng, xa\xde").expect("readable");
        assert_eq!(text, "Phường, xã");
        // The same bytes of a Russian text are not.
        assert_eq!(read(b"abc \xcf\xf0\xe8\xe2\xe5\xf2 \xb6\xa9"), Err(4));
    }

    #[test]
    fn a_letter_cut_by_the_buffer_is_no_fault() {
        let text = "ệ".repeat(40_000);
        assert_eq!(read(format!("a{text}").as_bytes()).expect("readable").0.len(), 120_001);
        assert_eq!(read(&format!("a{text}").as_bytes()[..120_000]), Err(119_998));
    }
}
