//! Successions of units: the CSV of old communes and what became of them.

use super::cell::{self, Faults, SOURCE_COLUMNS};
use super::merge::Merging;
use super::row_refusal::RowRefusal;
use super::table::{Record, Table};
use super::units::two_tiers;
use crate::code::UnitCode;
use crate::command::Command;
use crate::unit::{Extent, Succession};

const OWN: [&str; 6] = ["old_code", "old_district_code", "new_code", "step2", "is_default", "effective_on"];

const FURTHER: [&str; 13] = [
    "old_name",
    "old_district",
    "old_province_code",
    "old_province",
    "mid_2025_code",
    "mid_2025_name",
    "mid_2025_district",
    "step1",
    "new_name",
    "new_province_code",
    "new_province",
    "resolution",
    "remark",
];

/// Whether a table of successions may have a column.
pub(super) fn is_column(name: &str) -> bool {
    OWN.contains(&name) || FURTHER.contains(&name) || SOURCE_COLUMNS.contains(&name)
}

/// Refuses a table that is not one of successions.
pub(super) fn check_header(table: &Table) -> Result<(), String> {
    table.check(&["old_code", "new_code", "step2"], is_column)
}

/// A row as a command. A district without communes stands in `old_district_code` with an empty `old_code`. A row whose
/// `step2` is `unresolved` says that nothing is known, and is kept as such. Without `effective_on` the day is
/// 1 July 2025.
pub(super) fn command(record: &Record, file: &str) -> Result<Command, Vec<RowRefusal>> {
    const REMEDY: &str = "mã đơn vị, giữ các số 0 ở đầu";
    let mut faults = Faults::default();
    let column = if record.get("old_code").is_some() { "old_code" } else { "old_district_code" };
    let predecessor: Option<UnitCode> = faults.keep(cell::id(record, column, REMEDY));
    let successor: Option<UnitCode> = faults.keep(cell::optional_id(record, "new_code", REMEDY)).flatten();
    let extents = [
        ("whole", Extent::Whole),
        ("part", Extent::Part),
        ("unresolved", Extent::Unknown),
        ("unknown", Extent::Unknown),
    ];
    let extent = faults.keep(cell::choice(record, "step2", &extents)).flatten().unwrap_or(Extent::Unknown);
    let is_default = faults.keep(cell::flag(record, "is_default")).unwrap_or(false);
    let effective_on = faults.keep(cell::date(record, "effective_on")).flatten().unwrap_or_else(two_tiers);
    let source = faults.keep(cell::source(record, file));
    let mut known: Vec<&str> = OWN.into_iter().chain(SOURCE_COLUMNS).collect();
    if column == "old_code" {
        known.retain(|name| *name != "old_district_code");
    }
    let command = (|| {
        Some(Command::Succession(Succession {
            predecessor: predecessor?,
            successor,
            effective_on,
            extent,
            is_default,
            extra: record.others(&known),
            source: source?,
        }))
    })();
    faults.finish(command)
}

/// What a row comes to beside the stored succession.
pub(super) fn merge(merging: &mut Merging<'_>, own: &mut Succession, stored: &Succession) {
    merging.keep("is_default", &mut own.is_default, &stored.is_default);
    merging.extra(&mut own.extra, &stored.extra);
    merging.source(own, stored, |succession| &mut succession.source, |succession| &succession.source);
}
