//! Service centres: the CSV of Hà Tĩnh's centres and seats, and our own export.

use chrono::NaiveDate;

use super::cell::{self, Faults, SOURCE_COLUMNS};
use super::refusal::RowRefusal;
use super::table::{Record, Table};
use super::units::two_tiers;
use crate::centre::{Centre, Site};
use crate::code::{CentreId, UnitCode};
use crate::command::Command;
use crate::level::Tier;
use crate::period::Period;

const OWN: [&str; 13] = [
    "id",
    "kind",
    "unit_code",
    "unit_name",
    "name",
    "address_or_seat",
    "phone",
    "email",
    "portal",
    "note",
    "valid_from",
    "valid_to",
    "sites",
];

const FURTHER: [&str; 6] =
    ["seat_old_unit_code", "seat_old_unit_name", "seat_old_unit_lat", "seat_old_unit_lon", "date", "source"];

/// Kinds of rows: what they say of the tier.
const KINDS: [(&str, Tier); 5] = [
    ("province_centre", Tier::Province),
    ("province_centre_former", Tier::Province),
    ("district_centre", Tier::District),
    ("commune_centre", Tier::Commune),
    ("commune_seat", Tier::Commune),
];

/// Refuses a table that is not one of centres.
pub(super) fn check_header(table: &Table) -> Result<(), String> {
    let known = |name: &str| OWN.contains(&name) || FURTHER.contains(&name) || SOURCE_COLUMNS.contains(&name);
    table.check(&["kind", "unit_code"], known)
}

/// First day of NĐ 61/2018/NĐ-CP, which gave the provincial centres their present form and name.
fn decree_61() -> NaiveDate {
    NaiveDate::from_ymd_opt(2018, 6, 21).expect("21 June 2018 exists")
}

/// A row as a command. Rows without dates of their own get those that their kind implies: the seat of a present commune
/// stands for its centre since 1 July 2025, a former provincial centre worked from its `date` until
/// NĐ 61/2018/NĐ-CP, the others are not dated.
pub(super) fn command(record: &Record, file: &str) -> Result<Command, Vec<RowRefusal>> {
    let mut faults = Faults::default();
    let kind = record.get("kind").unwrap_or_default().to_owned();
    let tier = faults.keep(cell::choice(record, "kind", &KINDS)).flatten();
    let unit: Option<UnitCode> =
        faults.keep(cell::id(record, "unit_code", "mã đơn vị hành chính, giữ các số 0 ở đầu"));
    let own_dates = record.has("valid_from") || record.has("valid_to");
    let period = if own_dates {
        faults.keep(cell::period(record))
    } else {
        match kind.as_str() {
            "commune_seat" => Some(Period::since(two_tiers())),
            "province_centre_former" => faults
                .keep(cell::date(record, "date"))
                .and_then(|from| Period::new(from, Some(decree_61())).ok()),
            _ => Some(Period::ALWAYS),
        }
    };
    let id: Option<CentreId> = if record.get("id").is_some() {
        faults.keep(cell::id(record, "id", "chữ thường không dấu, chữ số và gạch nối, ví dụ c18073-2025"))
    } else {
        tier.zip(unit.as_ref()).zip(period).and_then(|((tier, unit), period)| standard_id(tier, unit, period))
    };
    let site = Site {
        address: record.get("address_or_seat").map(str::to_owned),
        phones: record
            .get("phone")
            .map(|phones| phones.split(';').map(|phone| phone.trim().to_owned()).collect())
            .unwrap_or_default(),
        email: record.get("email").map(str::to_owned),
        lat: faults.keep(cell::degrees(record, "seat_old_unit_lat", 90.0)).flatten(),
        lon: faults.keep(cell::degrees(record, "seat_old_unit_lon", 180.0)).flatten(),
        ..Site::default()
    };
    let sites = faults.keep(cell::json(record, "sites")).flatten();
    let source = faults.keep(cell::source(record, file));
    let known: Vec<&str> =
        OWN.into_iter().filter(|name| !matches!(*name, "kind" | "unit_name")).chain(SOURCE_COLUMNS).collect();
    // A kind that only repeats the tier is no further fact; an export writes it for every centre.
    let mut extra = record.others(&known);
    extra.retain(|column, kind| column != "kind" || !kind.ends_with("_centre"));
    let command = (|| {
        let name = match record.get("name") {
            Some(name) => name.to_owned(),
            None => standard_name(record.get("unit_name")?),
        };
        Some(Command::Centre(Centre {
            id: id?,
            period: period?,
            name,
            tier: tier?,
            unit: unit?,
            sites: sites.unwrap_or_else(|| vec![site]),
            portal: record.get("portal").map(str::to_owned),
            note: record.get("note").map(str::to_owned),
            extra,
            source: source?,
        }))
    })();
    if command.is_none() && faults.0.is_empty() {
        faults.0.push(RowRefusal::new("name", "", "không có tên trung tâm", "điền name hoặc unit_name"));
    }
    faults.finish(command)
}

/// Id of a centre that brings none: the tier's letter, the unit's code, and the year in which it opened if known.
pub(crate) fn standard_id(tier: Tier, unit: &UnitCode, period: Period) -> Option<CentreId> {
    let letter = match tier {
        Tier::Province => 'p',
        Tier::District => 'd',
        _ => 'c',
    };
    let year = period.valid_from().map(|day| format!("-{}", day.format("%Y"))).unwrap_or_default();
    format!("{letter}{unit}{year}").parse().ok()
}

/// Name of a centre that brings none: "Trung tâm Phục vụ hành chính công" and the unit's name in running text.
fn standard_name(unit: &str) -> String {
    let mut letters = unit.chars();
    let first: String = letters.next().map(|c| c.to_lowercase().collect()).unwrap_or_default();
    format!("Trung tâm Phục vụ hành chính công {first}{}", letters.as_str())
}
