//! Administrative units: the CSV of 2020 (63 / 705 / 10,599), that of 2025 (34 / 3,321), and our own export.

use chrono::NaiveDate;

use super::cell::{self, Faults, SOURCE_COLUMNS};
use super::merge::Merging;
use super::row_refusal::RowRefusal;
use super::table::{Record, Table};
use crate::code::UnitCode;
use crate::command::Command;
use crate::level::Tier;
use crate::period::Period;
use crate::unit::UnitPeriod;

const CODE_REMEDY: &str = "mã tỉnh 2 chữ số, huyện 3, xã 5, giữ các số 0 ở đầu";

/// Columns with a place of their own in the record; everything else known is kept as it is.
const OWN: [&str; 11] = [
    "code",
    "level",
    "type",
    "name",
    "full_name",
    "parent_code",
    "province_code",
    "lat",
    "lon",
    "valid_from",
    "valid_to",
];

/// Further columns of the two sources.
const FURTHER: [&str; 11] = [
    "path",
    "slug",
    "former_name_keys",
    "coord_doubtful",
    "full_name_alt_spelling",
    "province_name",
    "area_km2",
    "formed_from",
    "coord_source",
    "seat",
    "population",
];

/// First day of the two-tier order of units.
pub(super) fn two_tiers() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 7, 1).expect("1 July 2025 exists")
}

/// Whether a table of units may have a column.
pub(super) fn is_column(name: &str) -> bool {
    OWN.contains(&name)
        || FURTHER.contains(&name)
        || SOURCE_COLUMNS.contains(&name)
        || matches!(name, "continues" | "population_doubtful")
}

/// Refuses a table that is not one of units.
pub(super) fn check_header(table: &Table) -> Result<(), String> {
    table.check(&["code", "level", "type", "name", "full_name", "parent_code"], is_column)
}

/// A row as a command. Rows without dates of their own get those of their source: units of the list of 2020 hold until
/// 1 July 2025, those of the list of 2025 from that day on. `giữ nguyên` (left as it was) marks a unit that goes on.
pub(super) fn command(record: &Record, file: &str) -> Result<Command, Vec<RowRefusal>> {
    let mut faults = Faults::default();
    let code: Option<UnitCode> = faults.keep(cell::id(record, "code", CODE_REMEDY));
    let tiers = [("province", Tier::Province), ("district", Tier::District), ("commune", Tier::Commune)];
    let tier = faults.keep(cell::choice(record, "level", &tiers)).flatten();
    if tier.is_none() && faults.0.is_empty() {
        faults.0.push(RowRefusal::new("level", "", "ô trống", "điền province, district hoặc commune"));
    }
    let kind = faults.keep(cell::required(record, "type").map(str::to_owned));
    let name = faults.keep(cell::required(record, "name").map(str::to_owned));
    let full_name = faults.keep(cell::required(record, "full_name").map(str::to_owned));
    let parent = faults.keep(cell::optional_id(record, "parent_code", CODE_REMEDY)).flatten();
    let province: Option<UnitCode> =
        faults.keep(cell::optional_id(record, "province_code", CODE_REMEDY)).flatten();
    let lat = faults.keep(cell::degrees(record, "lat", 90.0)).flatten();
    let lon = faults.keep(cell::degrees(record, "lon", 180.0)).flatten();
    let own_dates = record.has("valid_from") || record.has("valid_to");
    let period = if own_dates {
        faults.keep(cell::period(record))
    } else if record.has("formed_from") {
        Some(Period::since(two_tiers()))
    } else {
        Some(Period::until(two_tiers()))
    };
    let continues = if record.has("continues") {
        faults.keep(cell::flag(record, "continues")).unwrap_or(false)
    } else {
        record.get("formed_from") == Some("giữ nguyên")
    };
    let source = faults.keep(cell::source(record, file));
    let known: Vec<&str> = OWN.into_iter().chain(SOURCE_COLUMNS).chain(["continues"]).collect();
    let command = (|| {
        let code = code?;
        let province = province
            .or_else(|| if code.tier() == Tier::Province { Some(code.clone()) } else { parent.clone() })?;
        Some(Command::Unit(UnitPeriod {
            period: period?,
            tier: tier?,
            kind: kind?,
            name: name?,
            full_name: full_name?,
            parent,
            province,
            continues,
            lat,
            lon,
            extra: record.others(&known),
            source: source?,
            code,
        }))
    })();
    if command.is_none() && faults.0.is_empty() {
        faults.0.push(RowRefusal::new("parent_code", "", "không biết thuộc tỉnh nào", "điền parent_code"));
    }
    faults.finish(command)
}

/// What a row comes to beside the stored period of the same first day. The province follows from the unit above, where
/// the table does not name it.
pub(super) fn merge(
    merging: &mut Merging<'_>,
    own: &mut UnitPeriod,
    stored: &UnitPeriod,
) -> Result<(), RowRefusal> {
    merging.period(&mut own.period, stored.period)?;
    merging.keep("parent_code", &mut own.parent, &stored.parent);
    if !merging.has("province_code") && own.parent == stored.parent {
        own.province.clone_from(&stored.province);
    }
    merging.keep_group(&["continues", "formed_from"], &mut own.continues, &stored.continues);
    merging.keep("lat", &mut own.lat, &stored.lat);
    merging.keep("lon", &mut own.lon, &stored.lon);
    merging.extra(&mut own.extra, &stored.extra);
    merging.source(own, stored, |unit| &mut unit.source, |unit| &unit.source);
    Ok(())
}
