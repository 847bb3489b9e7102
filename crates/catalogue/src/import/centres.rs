//! Service centres: the CSV of Hà Tĩnh's centres and seats, and our own export.

use chrono::NaiveDate;

use super::cell::{self, Faults, SOURCE_COLUMNS};
use super::merge::Merging;
use super::row_refusal::{RowRefusal, shown};
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

/// Whether a table of centres may have a column.
pub(super) fn is_column(name: &str) -> bool {
    OWN.contains(&name) || FURTHER.contains(&name) || SOURCE_COLUMNS.contains(&name)
}

/// Refuses a table that is not one of centres.
pub(super) fn check_header(table: &Table) -> Result<(), String> {
    table.check(&["kind", "unit_code"], is_column)
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
        phones: faults.keep(phones(record)).unwrap_or_default(),
        email: faults.keep(email(record)).flatten(),
        lat: faults.keep(cell::degrees(record, "seat_old_unit_lat", 90.0)).flatten(),
        lon: faults.keep(cell::degrees(record, "seat_old_unit_lon", 180.0)).flatten(),
        ..Site::default()
    };
    let sites = faults.keep(sites(record)).flatten();
    let source = faults.keep(cell::source(record, file));
    let known: Vec<&str> =
        OWN.into_iter().filter(|name| !matches!(*name, "kind" | "unit_name")).chain(SOURCE_COLUMNS).collect();
    // A kind that only repeats the tier is no further fact; an export writes it for every centre.
    let mut extra = record.others(&known);
    extra.retain(|column, kind| column != "kind" || !kind.ends_with("_centre"));
    let command = (|| {
        let name = match record.get("name") {
            Some(name) => name.to_owned(),
            None => match record.get("unit_name") {
                Some(unit) => standard_name(unit),
                // Only a centre that is stored already has a name without it: `complete` asks for one.
                None if !record.has("name") => String::new(),
                None => return None,
            },
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
        faults.0.push(nameless());
    }
    faults.finish(command)
}

/// The telephone numbers of a cell, separated by semicolons.
fn phones(record: &Record) -> Result<Vec<String>, RowRefusal> {
    let Some(cell) = record.get("phone") else { return Ok(Vec::new()) };
    let phones: Vec<&str> = cell.split(';').map(str::trim).filter(|phone| !phone.is_empty()).collect();
    let wrong = phones.iter().copied().find(|phone| !is_phone(phone));
    match wrong.or_else(|| phones.is_empty().then_some(cell)) {
        Some(wrong) => Err(no_phone(record, "phone", wrong)),
        None => Ok(phones.into_iter().map(str::to_owned).collect()),
    }
}

fn email(record: &Record) -> Result<Option<String>, RowRefusal> {
    match record.get("email") {
        Some(email) if !is_email(email) => Err(no_email(record, "email", email)),
        email => Ok(email.map(str::to_owned)),
    }
}

/// The sites that JSON tells, with telephone numbers and addresses that are such.
fn sites(record: &Record) -> Result<Option<Vec<Site>>, RowRefusal> {
    let sites: Option<Vec<Site>> = cell::json(record, "sites")?;
    for site in sites.iter().flatten() {
        if let Some(wrong) = site.phones.iter().find(|phone| !is_phone(phone)) {
            return Err(no_phone(record, "sites", wrong));
        }
        if let Some(wrong) = site.email.as_deref().filter(|email| !is_email(email)) {
            return Err(no_email(record, "sites", wrong));
        }
    }
    Ok(sites)
}

/// Whether a text may be a telephone number. They are written in many ways, with dots, brackets, extensions and words,
/// but none without a digit.
fn is_phone(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_email(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace());
    text.split_once('@').is_some_and(|(name, host)| is_part(name) && is_part(host))
}

fn no_phone(record: &Record, column: &str, wrong: &str) -> RowRefusal {
    RowRefusal::new(
        column,
        record.exact(column).map(shown).unwrap_or_default(),
        format!("“{wrong}” không phải số điện thoại: không có chữ số nào"),
        "ghi số điện thoại, ví dụ 0239 3855 555, nhiều số cách nhau bằng dấu chấm phẩy; lời ghi chú để ở cột note",
    )
}

fn no_email(record: &Record, column: &str, wrong: &str) -> RowRefusal {
    RowRefusal::new(
        column,
        record.exact(column).map(shown).unwrap_or_default(),
        format!("“{wrong}” không phải địa chỉ thư điện tử: phải có một dấu @ và không có khoảng trắng"),
        "ghi một địa chỉ, ví dụ motcua@xa.gov.vn, hoặc để trống",
    )
}

fn nameless() -> RowRefusal {
    RowRefusal::new("name", "", "không có tên trung tâm", "điền name hoặc unit_name")
}

/// Refuses a centre that is not stored yet and brings no name.
pub(super) fn complete(own: &Centre) -> Result<(), RowRefusal> {
    if own.name.is_empty() { Err(nameless()) } else { Ok(()) }
}

/// What a row comes to beside the stored centre.
pub(super) fn merge(merging: &mut Merging<'_>, own: &mut Centre, stored: &Centre) -> Result<(), RowRefusal> {
    merging.period(&mut own.period, stored.period)?;
    if !merging.has("name") {
        own.name.clone_from(&stored.name);
    }
    merge_sites(merging, own, stored)?;
    merging.keep("portal", &mut own.portal, &stored.portal);
    merging.keep("note", &mut own.note, &stored.note);
    merging.extra(&mut own.extra, &stored.extra);
    merging.source(own, stored, |centre| &mut centre.source, |centre| &centre.source);
    Ok(())
}

/// The columns that say something of the one site of a centre.
const SITE_COLUMNS: [&str; 5] =
    ["address_or_seat", "phone", "email", "seat_old_unit_lat", "seat_old_unit_lon"];

/// The sites. Plain columns say what they say of the one site that is stored; its hours, which have no column, stay.
fn merge_sites(merging: &mut Merging<'_>, own: &mut Centre, stored: &Centre) -> Result<(), RowRefusal> {
    if merging.says("sites") {
        return Ok(());
    }
    let mut sites = stored.sites.clone();
    if merging.has_any(&SITE_COLUMNS) {
        let given = own.sites.first().cloned().unwrap_or_default();
        let mut emptied = merging.beside();
        let Some(first) = stored.sites.first() else { return Ok(()) };
        let site = said_of(&mut emptied, &given, first);
        if let [only] = sites.as_mut_slice() {
            *only = site;
        } else if site != *first && !merging.has("sites") {
            let column = SITE_COLUMNS.into_iter().find(|column| merging.says(column)).unwrap_or("sites");
            return Err(RowRefusal::new(
                column,
                merging.cell(column),
                "trung tâm có nhiều điểm tiếp nhận, không rõ cột này nói về điểm nào",
                "dùng cột sites (JSON), hoặc bỏ các cột về địa chỉ và liên hệ",
            ));
        }
        merging.take(emptied);
    }
    if !merging.has("sites") {
        own.sites = sites;
    } else if own.sites != sites {
        // The cell is empty: whatever the plain columns do not say is to go.
        merging.empties("sites");
    }
    Ok(())
}

/// A stored site with what plain columns say of it.
fn said_of(merging: &mut Merging<'_>, given: &Site, stored: &Site) -> Site {
    let mut site = Site {
        address: given.address.clone(),
        phones: given.phones.clone(),
        email: given.email.clone(),
        lat: given.lat,
        lon: given.lon,
        ..stored.clone()
    };
    merging.keep("address_or_seat", &mut site.address, &stored.address);
    merging.keep("phone", &mut site.phones, &stored.phones);
    merging.keep("email", &mut site.email, &stored.email);
    merging.keep("seat_old_unit_lat", &mut site.lat, &stored.lat);
    merging.keep("seat_old_unit_lon", &mut site.lon, &stored.lon);
    site
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The site of a row with some cells, or the columns and values of its refusal.
    fn site(columns: &str, cells: &str) -> Result<Site, Vec<(String, String)>> {
        let text = format!("kind,unit_code,name,{columns}\nprovince_centre,42,Trung tâm,{cells}\n");
        let mut table = Table::open(Box::new(std::io::Cursor::new(text.into_bytes()))).expect("a table");
        let record = table.next_record().expect("a line").expect("a line");
        match command(&record, "tệp.csv") {
            Ok(Command::Centre(centre)) => Ok(centre.sites.into_iter().next().unwrap_or_default()),
            Ok(other) => panic!("{other:?}"),
            Err(refusals) => {
                Err(refusals.into_iter().map(|refusal| (refusal.column, refusal.value)).collect())
            }
        }
    }

    fn refused(column: &str, value: &str) -> Result<Site, Vec<(String, String)>> {
        Err(vec![(column.to_owned(), value.to_owned())])
    }

    #[test]
    fn telephone_numbers_are_taken_as_they_are_written() {
        for phone in [
            "0239.3855.555 (máy lẻ 12)",
            "1900 1022 - nhánh 2",
            "+84 24 3825 4141",
            "0239-3855555/3855556, 115",
            "02393855555 ext 3",
        ] {
            let site = site("phone", &format!("\"{phone}\"")).expect("sound");
            assert_eq!(site.phones, [phone]);
        }
        let two = site("phone", "(024) 3825 4141; 0912 345 678;").expect("sound");
        assert_eq!(two.phones, ["(024) 3825 4141", "0912 345 678"]);
        assert!(site("phone", "").expect("sound").phones.is_empty());
    }

    #[test]
    fn what_is_no_telephone_number_is_refused() {
        for cell in ["abc", "0239 3855 555; không có", ";"] {
            assert_eq!(site("phone", cell), refused("phone", cell));
        }
        let sites = r#"[{"phones":["abc"]}]"#;
        assert_eq!(site("sites", &format!("\"{}\"", sites.replace('"', "\"\""))), refused("sites", sites));
    }

    #[test]
    fn what_is_no_address_of_electronic_mail_is_refused() {
        assert_eq!(
            site("email", "motcua@xa.gov.vn").expect("sound").email.as_deref(),
            Some("motcua@xa.gov.vn")
        );
        assert_eq!(site("email", "").expect("sound").email, None);
        for cell in ["motcua.xa.gov.vn", "mot cua@xa.gov.vn", "a@x.vn;b@x.vn", "@xa.gov.vn", "motcua@"] {
            assert_eq!(site("email", cell), refused("email", cell));
        }
        let sites = r#"[{"email":"motcua"}]"#;
        assert_eq!(site("sites", &format!("\"{}\"", sites.replace('"', "\"\""))), refused("sites", sites));
    }
}
