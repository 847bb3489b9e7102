//! The file of a reorganisation: what becomes of each unit, one row a succession. The columns are those of the file of
//! mergers, with the new unit's name and parent beside its code.

use std::path::Path;

use chrono::NaiveDate;

use super::cell::{self, Faults, SOURCE_COLUMNS};
use super::encoding;
use super::row_refusal::{RowRefusal, sentence};
use super::table::{Record, Table};
use crate::code::UnitCode;
use crate::level::Tier;
use crate::sample::full_name;
use crate::text::fold;
use crate::unit::Extent;

/// One row: a former unit and where it went, or a new unit without a known predecessor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Passage {
    /// Line of the file, from 1.
    pub(crate) line: u64,
    /// Column in which the former unit stands.
    pub(crate) old_column: &'static str,
    /// The former unit; absent where a new one comes from nowhere known.
    pub(crate) old: Option<UnitCode>,
    /// How much of it went to the new one.
    pub(crate) extent: Extent,
    /// The new unit; absent where the file does not say.
    pub(crate) new: Option<NewUnit>,
    /// Whether the new unit is taken when no more is known.
    pub(crate) is_default: bool,
    /// Whether the same unit goes on; absent where the rule decides.
    pub(crate) continues: Option<bool>,
    /// The resolution of this row.
    pub(crate) resolution: Option<String>,
}

/// A unit as it is from the day on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewUnit {
    /// Its code.
    pub(crate) code: UnitCode,
    /// Kind, name and both together; absent where the file names only the code.
    pub(crate) name: Option<NewName>,
    /// The unit above.
    pub(crate) parent: Option<UnitCode>,
    /// The province.
    pub(crate) province: Option<UnitCode>,
    /// Name of the province.
    pub(crate) province_name: Option<NewName>,
}

/// A name and the kind in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewName {
    /// Kind, lower case.
    pub(crate) kind: String,
    /// Name without the kind.
    pub(crate) name: String,
    /// Both.
    pub(crate) full_name: String,
}

/// A file as read.
#[derive(Debug, Default)]
pub(crate) struct Passages {
    /// Its sound rows.
    pub(crate) rows: Vec<Passage>,
    /// What is wrong with the others.
    pub(crate) faults: Vec<RowRefusal>,
    /// What was taken with a grain of salt.
    pub(crate) notices: Vec<String>,
}

const REQUIRED: [&str; 3] = ["old_code", "step2", "new_code"];

const OWN: [&str; 10] = [
    "old_district_code",
    "new_name",
    "new_kind",
    "new_parent",
    "new_province_code",
    "new_province",
    "is_default",
    "continues",
    "resolution",
    "effective_on",
];

/// Columns of the file of mergers that say nothing about the new order.
const FURTHER: [&str; 8] = [
    "old_name",
    "old_district",
    "old_province_code",
    "old_province",
    "mid_2025_code",
    "mid_2025_name",
    "mid_2025_district",
    "step1",
];

/// The kinds that a name can begin with, and the tiers that have them.
const KINDS: [(&str, &[Tier]); 9] = [
    ("thành phố", &[Tier::Province, Tier::District]),
    ("thị trấn", &[Tier::Commune]),
    ("thị xã", &[Tier::District]),
    ("đặc khu", &[Tier::Commune]),
    ("phường", &[Tier::Commune]),
    ("huyện", &[Tier::District]),
    ("quận", &[Tier::District]),
    ("tỉnh", &[Tier::Province]),
    ("xã", &[Tier::Commune]),
];

const CODE: &str = "mã tỉnh 2 chữ số, huyện 3, xã 5, giữ các số 0 ở đầu";

/// At most this many faults are kept.
const MOST_FAULTS: usize = 10_000;

/// Reads a file row by row. `Err` is what is wrong with it as a whole, and the remedy.
pub(crate) fn read(path: &Path, effective: NaiveDate) -> Result<Passages, (String, String)> {
    let opened = encoding::open(path).map_err(|unreadable| {
        let (reason, remedy) = unreadable.told();
        (reason, sentence(remedy))
    })?;
    let see = || "Xem các cột trong docs/reorganise.md".to_owned();
    let mut table = Table::open(opened.reader).map_err(|reason| (reason, see()))?;
    let known = |name: &str| {
        REQUIRED.contains(&name)
            || OWN.contains(&name)
            || FURTHER.contains(&name)
            || SOURCE_COLUMNS.contains(&name)
    };
    table.check(&REQUIRED, known).map_err(|reason| (reason, see()))?;
    let mut passages = Passages { notices: opened.notice.into_iter().collect(), ..Passages::default() };
    while let Some(record) =
        table.next_record().map_err(|reason| (reason, "Sửa dòng này rồi chạy lại".to_owned()))?
    {
        let line = record.line();
        match passage(&record, effective) {
            Ok(row) => passages.rows.push(row),
            Err(faults) => {
                let room = MOST_FAULTS.saturating_sub(passages.faults.len());
                passages.faults.extend(faults.into_iter().take(room).map(|fault| fault.at(line)));
            }
        }
    }
    if passages.rows.is_empty() && passages.faults.is_empty() {
        return Err(("tệp không có dòng nào".to_owned(), "Chọn tệp có dữ liệu".to_owned()));
    }
    Ok(passages)
}

fn passage(record: &Record, effective: NaiveDate) -> Result<Passage, Vec<RowRefusal>> {
    record.check()?;
    let mut faults = Faults::default();
    let old_column = match (record.get("old_code"), record.get("old_district_code")) {
        (None, Some(_)) => "old_district_code",
        _ => "old_code",
    };
    let old: Option<UnitCode> = faults.keep(cell::optional_id(record, old_column, CODE)).flatten();
    let extents = [
        ("whole", Extent::Whole),
        ("part", Extent::Part),
        ("unresolved", Extent::Unknown),
        ("unknown", Extent::Unknown),
        ("toàn bộ", Extent::Whole),
        ("một phần", Extent::Part),
        ("chưa rõ", Extent::Unknown),
    ];
    let extent = faults.keep(cell::choice(record, "step2", &extents)).flatten();
    let new = new_unit(record, &mut faults);
    let is_default = faults.keep(cell::flag(record, "is_default")).unwrap_or(false);
    let continues = match record.get("continues") {
        Some(_) => faults.keep(cell::flag(record, "continues")),
        None => None,
    };
    let day = faults.keep(cell::date(record, "effective_on")).flatten();
    if day.is_some_and(|day| day != effective) {
        faults.0.push(RowRefusal::new(
            "effective_on",
            record.get("effective_on").unwrap_or_default(),
            format!("không phải ngày {} của lần sắp xếp này", effective.format("%d/%m/%Y")),
            "tách tệp theo ngày có hiệu lực, mỗi ngày chạy một lần",
        ));
    }
    if faults.0.is_empty() {
        check(record, (old_column, old.as_ref()), extent, new.as_ref(), &mut faults);
    }
    let row = Passage {
        line: record.line(),
        old_column,
        old,
        extent: extent.unwrap_or(Extent::Unknown),
        new,
        is_default,
        continues,
        resolution: record.get("resolution").map(str::to_owned),
    };
    faults.finish(Some(row))
}

/// What must hold between the cells of one row.
fn check(
    record: &Record,
    (old_column, old): (&'static str, Option<&UnitCode>),
    extent: Option<Extent>,
    new: Option<&NewUnit>,
    faults: &mut Faults,
) {
    let step2 = record.get("step2").unwrap_or_default();
    match (old, extent, new) {
        (None, _, None) => faults.0.push(RowRefusal::new(
            "old_code",
            "",
            "dòng không có đơn vị cũ lẫn đơn vị mới",
            "điền old_code, new_code, hoặc bỏ dòng này",
        )),
        (None, Some(Extent::Whole | Extent::Part), _) => faults.0.push(RowRefusal::new(
            old_column,
            "",
            "không ghi đơn vị cũ",
            "điền old_code; nếu chưa rõ đơn vị mới hình thành từ đâu thì để trống step2",
        )),
        (Some(_), None, Some(_)) => faults.0.push(RowRefusal::new(
            "step2",
            "",
            "ô trống",
            "ghi whole (nhập toàn bộ) hoặc part (nhập một phần)",
        )),
        (Some(_), Some(Extent::Whole | Extent::Part), None) => faults.0.push(RowRefusal::new(
            "new_code",
            "",
            format!("step2 là {step2} nhưng không ghi đơn vị mới"),
            "điền new_code, hoặc đặt step2 là unresolved",
        )),
        (Some(_), Some(Extent::Unknown), Some(new)) => faults.0.push(RowRefusal::new(
            "step2",
            step2,
            format!("step2 là {step2} nhưng có đơn vị mới {}", new.code),
            "ghi whole hoặc part, hoặc để trống new_code",
        )),
        _ => {}
    }
}

fn new_unit(record: &Record, faults: &mut Faults) -> Option<NewUnit> {
    let code: UnitCode = faults.keep(cell::optional_id(record, "new_code", CODE)).flatten()?;
    let parent = faults.keep(cell::optional_id(record, "new_parent", CODE)).flatten();
    let province: Option<UnitCode> =
        faults.keep(cell::optional_id(record, "new_province_code", CODE)).flatten();
    let name = match record.get("new_name") {
        Some(text) => faults.keep(new_name("new_name", text, record.get("new_kind"), code.tier())),
        None => None,
    };
    let province_name = match record.get("new_province") {
        Some(text) => faults.keep(new_name("new_province", text, None, Tier::Province)),
        None => None,
    };
    Some(NewUnit { code, name, parent, province, province_name })
}

/// Reads a name and its kind: the kind stands in front of the name, or in a column of its own.
fn new_name(column: &'static str, text: &str, kind: Option<&str>, tier: Tier) -> Result<NewName, RowRefusal> {
    let lower = text.to_lowercase();
    let leading =
        KINDS.iter().find(|(kind, _)| lower.strip_prefix(kind).is_some_and(|rest| rest.starts_with(' ')));
    let own = kind.map(fold);
    let given = own.as_ref().map(|own| KINDS.iter().find(|(kind, _)| own.starts_with(&fold(kind))));
    let found = match given {
        Some(found) => found,
        None => leading,
    };
    let of_tier = found.filter(|(_, tiers)| tiers.contains(&tier));
    let Some((kind, _)) = of_tier else {
        let names: Vec<&str> =
            KINDS.iter().filter(|(_, tiers)| tiers.contains(&tier)).map(|(kind, _)| *kind).collect();
        let (column, value) = match own {
            Some(_) => ("new_kind", kind.unwrap_or_default()),
            None => (column, text),
        };
        return Err(RowRefusal::new(
            column,
            value,
            "không rõ loại đơn vị, hoặc loại đó không thuộc cấp của mã",
            format!("ghi loại đơn vị ở trước tên: {}", names.join(", ")),
        ));
    };
    // Letters keep their number when they become small ones, but not always their bytes.
    let name: String = match leading.filter(|(leading, _)| leading == kind) {
        Some(_) => text.chars().skip(kind.chars().count()).collect::<String>().trim().to_owned(),
        None => text.to_owned(),
    };
    let kind = match (tier, *kind) {
        (Tier::Province, "thành phố") => "thành phố trực thuộc trung ương",
        (_, kind) => kind,
    };
    Ok(NewName { full_name: full_name(kind, &name), kind: kind.to_owned(), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str, kind: Option<&str>, tier: Tier) -> Result<(String, String, String), String> {
        new_name("new_name", text, kind, tier)
            .map(|name| (name.kind, name.name, name.full_name))
            .map_err(|fault| fault.column)
    }

    #[test]
    fn the_kind_is_read_from_the_name_or_from_its_own_column() {
        let three = |a: &str, b: &str, c: &str| Ok((a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(
            name("Phường Thành Sen", None, Tier::Commune),
            three("phường", "Thành Sen", "Phường Thành Sen")
        );
        assert_eq!(
            name("Thành Sen", Some("Phường"), Tier::Commune),
            three("phường", "Thành Sen", "Phường Thành Sen")
        );
        assert_eq!(
            name("Thành phố Huế", None, Tier::Province),
            three("thành phố trực thuộc trung ương", "Huế", "Thành phố Huế")
        );
        assert_eq!(name("Thành phố Huế", None, Tier::District), three("thành phố", "Huế", "Thành phố Huế"));
        assert_eq!(name("Thành Sen", None, Tier::Commune), Err("new_name".to_owned()));
        assert_eq!(name("Tỉnh Hà Tĩnh", None, Tier::Commune), Err("new_name".to_owned()));
        assert_eq!(name("Thành Sen", Some("tổng"), Tier::Commune), Err("new_kind".to_owned()));
    }
}
