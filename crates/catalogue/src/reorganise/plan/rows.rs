//! The rows of the file by former and by new unit, and what contradicts what.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::World;
use crate::code::UnitCode;
use crate::import::RowRefusal;
use crate::import::reorganisation::Passage;
use crate::unit::Extent;

/// Rows by both ends, without repetitions.
pub(super) struct Grouped<'a> {
    /// Rows of each former unit.
    pub(super) by_old: BTreeMap<&'a UnitCode, Vec<&'a Passage>>,
    /// Rows of each new unit.
    pub(super) by_new: BTreeMap<&'a UnitCode, Vec<&'a Passage>>,
    /// What was taken with a grain of salt.
    pub(super) notices: Vec<String>,
}

impl<'a> Grouped<'a> {
    /// Groups rows; says which contradict each other or the catalogue.
    pub(super) fn of(rows: &'a [Passage], world: &World<'_>, faults: &mut Vec<RowRefusal>) -> Self {
        let mut grouped = Self { by_old: BTreeMap::new(), by_new: BTreeMap::new(), notices: Vec::new() };
        let mut seen: HashMap<(Option<&UnitCode>, Option<&UnitCode>), &Passage> = HashMap::new();
        let mut repeated = Vec::new();
        for row in rows {
            let key = (row.old.as_ref(), row.new.as_ref().map(|new| &new.code));
            match seen.get(&key) {
                Some(earlier) if says_the_same(earlier, row) => repeated.push(row.line),
                Some(earlier) => faults.push(contradicts(row, earlier)),
                None => {
                    seen.insert(key, row);
                    if let Some(old) = &row.old {
                        grouped.by_old.entry(old).or_default().push(row);
                    }
                    if let Some(new) = &row.new {
                        grouped.by_new.entry(&new.code).or_default().push(row);
                    }
                }
            }
        }
        if !repeated.is_empty() {
            grouped.notices.push(format!("{} dòng lặp lại dòng khác: {}", repeated.len(), lines(&repeated)));
        }
        grouped.check_old(world, faults);
        grouped.check_new(world, faults);
        grouped
    }

    /// Distinct new units of a former one.
    pub(super) fn successors(&self, old: &UnitCode) -> Vec<&'a UnitCode> {
        let rows = self.by_old.get(old).into_iter().flatten();
        rows.filter_map(|row| row.new.as_ref().map(|new| &new.code)).collect()
    }

    /// How much went along a row: a unit that went to several new ones went to each in part, whatever the file says.
    pub(super) fn extent(&self, row: &Passage) -> Extent {
        let split = row.old.as_ref().is_some_and(|old| self.successors(old).len() > 1);
        if split && row.extent == Extent::Whole { Extent::Part } else { row.extent }
    }

    /// Whether the unit of a row goes on as the same: the row says so, or the unit keeps its code and goes wholly and
    /// alone into what has it now.
    pub(super) fn continues(&self, row: &Passage) -> bool {
        let (Some(old), Some(new)) = (&row.old, &row.new) else { return false };
        if *old != new.code {
            return false;
        }
        row.continues.unwrap_or_else(|| {
            row.extent == Extent::Whole
                && self.by_old.get(old).is_some_and(|rows| rows.len() == 1)
                && self.by_new.get(&new.code).is_some_and(|rows| rows.len() == 1)
        })
    }

    fn check_old(&mut self, world: &World<'_>, faults: &mut Vec<RowRefusal>) {
        let mut wholly_twice = Vec::new();
        for (old, rows) in &self.by_old {
            let Some(first) = rows.first() else { continue };
            if world.record(old).is_none() {
                faults.push(not_there(old, first, world));
                continue;
            }
            if world.has_future(old) && !self.by_new.contains_key(old) {
                faults.push(scheduled(old, first.line, world));
            }
            let unknown = rows.iter().find(|row| row.extent == Extent::Unknown);
            if let (Some(unknown), true) = (unknown, rows.len() > 1) {
                faults.push(fault(
                    unknown,
                    "step2",
                    "unresolved",
                    format!(
                        "đơn vị {old} vừa ghi là chưa rõ, vừa có đơn vị mới (dòng {})",
                        others(rows, unknown)
                    ),
                    "giữ lại một trong hai",
                ));
            }
            for row in rows.iter().filter(|row| row.continues == Some(true)) {
                if let Some(new) = row.new.as_ref().filter(|new| new.code != **old) {
                    faults.push(fault(
                        row,
                        "continues",
                        "1",
                        format!("đơn vị {old} không thể tiếp tục với mã khác ({})", new.code),
                        "bỏ continues, hoặc giữ nguyên mã",
                    ));
                }
            }
            if rows.len() > 1 && rows.iter().any(|row| row.extent == Extent::Whole) {
                wholly_twice
                    .extend(rows.iter().filter(|row| row.extent == Extent::Whole).map(|row| row.line));
            }
        }
        if !wholly_twice.is_empty() {
            wholly_twice.sort_unstable();
            self.notices.push(format!(
                "{} dòng ghi whole dù đơn vị cũ được chia cho nhiều đơn vị mới; được coi là part: {}",
                wholly_twice.len(),
                lines(&wholly_twice)
            ));
        }
    }

    fn check_new(&self, world: &World<'_>, faults: &mut Vec<RowRefusal>) {
        for (code, rows) in &self.by_new {
            let Some(first) = rows.first() else { continue };
            if world.has_future(code) {
                faults.push(fault(
                    first,
                    "new_code",
                    code.as_str(),
                    format!("đơn vị {code} đã có dữ liệu từ {} trở đi", world.effective.format("%d/%m/%Y")),
                    "có thể lần sắp xếp này đã được nhập; hoàn tác lần trước, hoặc sửa --effective",
                ));
            }
            let mut told = HashSet::new();
            for row in rows.iter().skip(1) {
                let (Some(a), Some(b)) = (&first.new, &row.new) else { continue };
                let parts = [
                    (
                        "new_name",
                        text(a.name.as_ref().map(|n| &n.full_name)),
                        text(b.name.as_ref().map(|n| &n.full_name)),
                    ),
                    ("new_parent", text(a.parent.as_ref()), text(b.parent.as_ref())),
                    ("new_province_code", text(a.province.as_ref()), text(b.province.as_ref())),
                ];
                for (column, one, other) in parts {
                    if one != other && told.insert(column) {
                        faults.push(fault(
                            row,
                            column,
                            &other,
                            format!("khác với dòng {} của cùng đơn vị mới {code} (“{one}”)", first.line),
                            "ghi giống nhau ở mọi dòng của đơn vị mới này",
                        ));
                    }
                }
            }
        }
    }
}

/// A fault of a row.
pub(super) fn fault(
    row: &Passage,
    column: &str,
    value: &str,
    reason: impl Into<String>,
    remedy: &str,
) -> RowRefusal {
    RowRefusal::new(column, value, reason, remedy).at(row.line)
}

fn says_the_same(a: &Passage, b: &Passage) -> bool {
    let short = |row: &Passage| {
        let name = row.new.as_ref().and_then(|new| new.name.clone());
        (row.extent, row.continues, name)
    };
    short(a) == short(b)
}

fn contradicts(row: &Passage, earlier: &Passage) -> RowRefusal {
    let value = row.old.as_ref().map_or("", |old| old.as_str());
    fault(
        row,
        row.old_column,
        value,
        format!("cùng đơn vị cũ và mới với dòng {} nhưng khác nội dung", earlier.line),
        "giữ lại một trong hai dòng",
    )
}

fn not_there(old: &UnitCode, row: &Passage, world: &World<'_>) -> RowRefusal {
    let day = world.effective.format("%d/%m/%Y");
    let periods = world.periods.get(old).map_or(&[][..], Vec::as_slice);
    let begins = periods.iter().filter_map(|period| period.valid_from()).min();
    let ends = periods.iter().filter_map(|period| period.valid_to()).max();
    let (reason, remedy) = match (begins, ends) {
        _ if periods.is_empty() => {
            (format!("không có đơn vị hành chính mã {old}"), "sửa mã, hoặc nhập đơn vị này trước")
        }
        (Some(begins), _) if begins >= world.effective => (
            format!("đơn vị {old} chỉ bắt đầu từ {}, không trước ngày {day}", begins.format("%d/%m/%Y")),
            "sửa --effective, hoặc sửa mã",
        ),
        (_, Some(ends)) => (
            format!("đơn vị {old} đã kết thúc từ {}, trước ngày {day}", ends.format("%d/%m/%Y")),
            "sửa --effective, hoặc bỏ dòng này",
        ),
        _ => (format!("không có đơn vị {old} ngay trước ngày {day}"), "sửa --effective, hoặc sửa mã"),
    };
    fault(row, row.old_column, old.as_str(), reason, remedy)
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn others(rows: &[&Passage], row: &Passage) -> String {
    let others: Vec<u64> = rows.iter().map(|one| one.line).filter(|line| *line != row.line).collect();
    lines(&others)
}

/// Line numbers, the first ten of them.
fn lines(lines: &[u64]) -> String {
    let mut shown: Vec<String> = lines.iter().take(10).map(ToString::to_string).collect();
    if lines.len() > 10 {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// A unit that ends must not come back by a period that is already entered.
pub(super) fn scheduled(code: &UnitCode, line: u64, world: &World<'_>) -> RowRefusal {
    RowRefusal::new(
        "old_code",
        code.as_str(),
        format!(
            "đơn vị {code} kết thúc, nhưng đã có dữ liệu từ {} trở đi",
            world.effective.format("%d/%m/%Y")
        ),
        "hoàn tác hoặc sửa dữ liệu đó trước, rồi chạy lại",
    )
    .at(line)
}
