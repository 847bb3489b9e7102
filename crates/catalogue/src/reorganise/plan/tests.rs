use std::io::Write;

use super::*;
use crate::import::reorganisation;
use crate::level::Tier;
use crate::read::{Stored, UnitName};
use crate::unit::Extent;

const DAY: &str = "2025-07-01";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn stored<T>(id: i64, record: T) -> Stored<T> {
    Stored { id, version: 1, changed_at: chrono::DateTime::UNIX_EPOCH, record }
}

fn source() -> Source {
    Source { kind: SourceKind::Dataset, citation: "thử".to_owned(), retrieved_on: None }
}

fn unit(id: i64, code: &str, kind: &str, name: &str, parent: Option<&str>) -> UnitAt {
    let code: UnitCode = code.parse().expect("a code");
    UnitAt {
        unit_id: id,
        stored: stored(
            id,
            UnitPeriod {
                period: Period::ALWAYS,
                tier: code.tier(),
                kind: kind.to_owned(),
                name: name.to_owned(),
                full_name: crate::sample::full_name(kind, name),
                parent: parent.map(|parent| parent.parse().expect("a code")),
                province: "42".parse().expect("a code"),
                continues: false,
                lat: None,
                lon: None,
                extra: BTreeMap::new(),
                source: source(),
                code,
            },
        ),
        ancestors: Vec::new(),
    }
}

fn centre(id: i64, slug: &str, unit: &str) -> CentreAt {
    let unit: UnitCode = unit.parse().expect("a code");
    CentreAt {
        stored: stored(
            id,
            Centre {
                id: slug.parse().expect("an id"),
                period: Period::ALWAYS,
                name: slug.to_owned(),
                tier: unit.tier(),
                unit: unit.clone(),
                sites: Vec::new(),
                portal: None,
                note: None,
                extra: BTreeMap::new(),
                source: source(),
            },
        ),
        unit: UnitName { code: unit, full_name: String::new() },
        ancestors: Vec::new(),
    }
}

/// A province, two districts with two communes each, an island district without, and a centre for each of them.
fn world() -> (Vec<UnitAt>, Vec<CentreAt>) {
    let units = vec![
        unit(1, "42", "tỉnh", "Hà Tĩnh", None),
        unit(2, "436", "thành phố", "Hà Tĩnh", Some("42")),
        unit(3, "439", "huyện", "Hương Sơn", Some("42")),
        unit(4, "498", "huyện", "Đảo", Some("42")),
        unit(5, "18070", "phường", "Trần Phú", Some("436")),
        unit(6, "18082", "phường", "Đại Nài", Some("436")),
        unit(7, "18133", "thị trấn", "Phố Châu", Some("439")),
        unit(8, "18135", "xã", "Sơn Kim 1", Some("439")),
    ];
    let slugs = [(1, "p42", "42"), (2, "d436", "436"), (3, "d439", "439"), (4, "d498", "498")];
    let communes =
        [(5, "c18070", "18070"), (6, "c18082", "18082"), (7, "c18133", "18133"), (8, "c18135", "18135")];
    let centres = slugs.into_iter().chain(communes).map(|(id, slug, unit)| centre(id, slug, unit)).collect();
    (units, centres)
}

const HEADER: &str =
    "old_code,old_district_code,step2,new_code,new_name,new_province_code,new_province,continues";

fn planned(lines: &[&str]) -> Result<Plan, Vec<(u64, String, String)>> {
    planned_in(&world(), HEADER, lines)
}

fn planned_in(
    (units, centres): &(Vec<UnitAt>, Vec<CentreAt>),
    header: &str,
    lines: &[&str],
) -> Result<Plan, Vec<(u64, String, String)>> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "{header}\n{}", lines.join("\n")).expect("writable");
    let passages = reorganisation::read(file.path(), day(DAY))
        .map_err(|(reason, _)| vec![(0, String::new(), reason)])?;
    let given =
        Given { units, centres, effective: day(DAY), resolution: Some("NQ 1665"), file: "sap-xep.csv" };
    plan(&given, passages)
        .map_err(|faults| faults.into_iter().map(|fault| (fault.line, fault.column, fault.reason)).collect())
}

fn periods(plan: &Plan) -> Vec<String> {
    plan.units
        .iter()
        .map(|unit| {
            let begins = unit.period.valid_from().is_some();
            let how = match (begins, unit.continues) {
                (false, _) => "ends",
                (true, true) => "goes on",
                (true, false) => "begins",
            };
            format!("{} {how} {}", unit.code, unit.full_name)
        })
        .collect()
}

const TWO_WARDS: [&str; 4] = [
    "18070,,whole,18073,Phường Thành Sen,42,Tỉnh Hà Tĩnh,",
    "18082,,part,18073,Phường Thành Sen,42,Tỉnh Hà Tĩnh,",
    "18082,,part,18652,Phường Hà Huy Tập,42,Tỉnh Hà Tĩnh,",
    "18135,,whole,18135,Xã Sơn Kim 1,42,Tỉnh Hà Tĩnh,",
];

#[test]
fn units_end_begin_split_and_go_on_and_a_district_ends_with_its_last_commune() {
    let plan = planned(&TWO_WARDS).expect("a sound file");
    assert_eq!(
        periods(&plan),
        [
            "18070 ends Phường Trần Phú",
            "18082 ends Phường Đại Nài",
            "436 ends Thành phố Hà Tĩnh",
            "18135 ends Xã Sơn Kim 1",
            "18073 begins Phường Thành Sen",
            "18135 goes on Xã Sơn Kim 1",
            "18652 begins Phường Hà Huy Tập",
        ]
        .map(str::to_owned)
    );
    // Phố Châu stays in Hương Sơn, so the district does too, and the file's author is told.
    assert_eq!(plan.notices.len(), 1, "{:?}", plan.notices);
    let successions: Vec<(&str, &str, Extent)> = plan
        .successions
        .iter()
        .map(|one| {
            (one.predecessor.as_str(), one.successor.as_ref().map_or("-", UnitCode::as_str), one.extent)
        })
        .collect();
    assert_eq!(
        successions,
        [
            ("18070", "18073", Extent::Whole),
            ("18082", "18073", Extent::Part),
            ("18082", "18652", Extent::Part),
            ("18135", "18135", Extent::Whole),
        ]
    );
    assert!(plan.successions.iter().all(|one| one.source.citation == "NQ 1665"));
    let moved = plan.units.iter().find(|unit| unit.continues).expect("one goes on");
    assert_eq!(moved.parent.as_ref().map(UnitCode::as_str), Some("42"));
}

#[test]
fn centres_close_and_open_and_know_where_their_listings_come_from() {
    let plan = planned(&TWO_WARDS).expect("a sound file");
    let closing: Vec<&str> = plan.closing.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(closing, ["c18070", "c18082", "d436"]);
    let opening: Vec<(&str, &str)> =
        plan.opening.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
    assert_eq!(
        opening,
        [
            ("c18073-2025", "Trung tâm Phục vụ hành chính công phường Thành Sen"),
            ("c18652-2025", "Trung tâm Phục vụ hành chính công phường Hà Huy Tập"),
        ]
    );
    assert!(plan.opening.iter().all(|one| one.sites.is_empty() && one.portal.is_none()));
    let from = |centre: &str| -> Vec<(i64, bool)> {
        let target = plan.targets.iter().find(|one| one.centre.as_str() == centre).expect("a target");
        let from = target.from.iter();
        from.map(|origin| (origin.centre.as_ref().expect("a centre").0, origin.is_whole)).collect()
    };
    assert_eq!(from("c18073-2025"), [(5, true), (6, false)]);
    assert_eq!(from("c18652-2025"), [(6, false)]);
    // A centre whose unit goes on alone keeps its listings without being asked.
    assert!(plan.targets.iter().all(|one| one.centre.as_str() != "c18135"));
}

#[test]
fn a_unit_that_takes_others_in_and_goes_on_counts_as_its_own_predecessor() {
    // No row of its own: it goes on.
    let plan = planned(&["18070,,whole,18082,Phường Đại Nài,42,,"]).expect("a sound file");
    let target = &plan.targets[0];
    assert_eq!((target.centre.as_str(), target.own), ("c18082", Some(6)));
    let from: Vec<bool> = target.from.iter().map(|origin| origin.is_whole).collect();
    assert_eq!(from, [true, true]);
    assert!(plan.opening.is_empty());
    // With a row that does not say so, it is a new unit under the old code.
    let rows = ["18070,,whole,18082,Phường Đại Nài,42,,", "18082,,whole,18082,Phường Đại Nài,42,,"];
    let plan = planned(&rows).expect("a sound file");
    assert_eq!(plan.opening[0].id.as_str(), "c18082-2025");
    let rows = ["18070,,whole,18082,Phường Đại Nài,42,,", "18082,,whole,18082,Phường Đại Nài,42,,1"];
    let plan = planned(&rows).expect("a sound file");
    assert_eq!(plan.targets[0].own, Some(6));
}

#[test]
fn an_island_district_becomes_a_commune_and_its_listings_have_no_successor() {
    let plan = planned(&[",498,whole,20333,Đặc khu Đảo,42,,"]).expect("a sound file");
    assert_eq!(periods(&plan), ["498 ends Huyện Đảo", "20333 begins Đặc khu Đảo"].map(str::to_owned));
    assert_eq!(plan.opening[0].id.as_str(), "c20333-2025");
    assert!(plan.targets.is_empty(), "districts and communes offer different things");
}

#[test]
fn a_unit_can_be_renamed_begin_from_nowhere_known_or_be_lost() {
    let rows = ["18133,,whole,18133,Xã Phố Châu,42,,1", "18070,,unresolved,,,,,", ",,,18999,Xã Mới,42,,"];
    let plan = planned(&rows).expect("a sound file");
    let all = periods(&plan);
    for wanted in ["18133 goes on Xã Phố Châu", "18070 ends Phường Trần Phú", "18999 begins Xã Mới"]
    {
        assert!(all.contains(&wanted.to_owned()), "{wanted} in {all:?}");
    }
    assert_eq!(plan.lost.iter().map(UnitCode::as_str).collect::<Vec<_>>(), ["18070"]);
    assert_eq!(plan.successions.iter().filter(|one| one.extent == Extent::Unknown).count(), 1);
    // Where nobody knows a former unit with a centre, none is made up.
    assert!(plan.opening.is_empty());
}

#[test]
fn a_province_ends_with_everything_in_it_and_another_takes_a_new_name() {
    let (mut units, mut centres) = world();
    let mut other = unit(20, "40", "tỉnh", "Nghệ An", None);
    other.stored.record.province = "40".parse().expect("a code");
    units.push(other);
    centres.push(centre(20, "p40", "40"));
    let rows = [
        "18070,,whole,18073,Phường Thành Sen,40,Tỉnh Nghệ Tĩnh,",
        "18082,,whole,18073,Phường Thành Sen,40,Tỉnh Nghệ Tĩnh,",
        "18133,,whole,18133,Xã Hương Sơn,40,Tỉnh Nghệ Tĩnh,",
        "18135,,whole,18135,Xã Sơn Kim 1,40,Tỉnh Nghệ Tĩnh,",
        ",498,whole,20333,Đặc khu Đảo,40,Tỉnh Nghệ Tĩnh,",
    ];
    let plan = planned_in(&(units, centres), HEADER, &rows).expect("a sound file");
    let all = periods(&plan);
    for wanted in ["42 ends Tỉnh Hà Tĩnh", "439 ends Huyện Hương Sơn", "40 goes on Tỉnh Nghệ Tĩnh"]
    {
        assert!(all.contains(&wanted.to_owned()), "{wanted} in {all:?}");
    }
    let target = plan.targets.iter().find(|one| one.own == Some(20)).expect("the province's centre");
    let from: Vec<(i64, bool)> =
        target.from.iter().map(|one| (one.centre.as_ref().expect("a centre").0, one.is_whole)).collect();
    assert_eq!(from, [(20, true), (1, true)]);
}

#[test]
fn repetitions_and_whole_splits_are_told_and_not_believed() {
    let rows = [
        "18070,,whole,18073,Phường Thành Sen,42,,",
        "18070,,whole,18073,Phường Thành Sen,42,,",
        "18070,,whole,18652,Phường Hà Huy Tập,42,,",
    ];
    let plan = planned(&rows).expect("a sound file");
    assert_eq!(plan.successions.len(), 2);
    assert!(plan.successions.iter().all(|one| one.extent == Extent::Part));
    assert!(plan.notices.iter().any(|notice| notice.contains("lặp lại") && notice.ends_with(": 3")));
    assert!(
        plan.notices.iter().any(|notice| notice.contains("được coi là part") && notice.ends_with(": 2, 4"))
    );
}

#[test]
fn faults_are_named_by_line_and_column() {
    let (mut units, mut centres) = world();
    units[7].stored.record.period = Period::since(day("2025-07-01"));
    let mut late = centre(30, "c18070-2026", "18070");
    late.stored.record.period = Period::since(day("2026-01-01"));
    let world = (units.clone(), centres.clone());
    let cases: [(&[&str], u64, &str, &str); 12] = [
        (&["18999,,whole,18073,Phường Thành Sen,42,,"], 2, "old_code", "không có đơn vị hành chính mã 18999"),
        (&["18135,,whole,18073,Phường Thành Sen,42,,"], 2, "old_code", "chỉ bắt đầu từ 01/07/2025"),
        (
            &["18070,,whole,18073,Phường Thành Sen,42,,", "18082,,whole,18073,Phường Hà Tĩnh,42,,"],
            3,
            "new_name",
            "khác với dòng 2",
        ),
        (&["18070,,whole,18073,,42,,"], 2, "new_name", "không có tên"),
        (&["18070,,whole,18073,Thành Sen,42,,"], 2, "new_name", "không rõ loại đơn vị"),
        (&["18070,,,18073,Phường Thành Sen,42,,"], 2, "step2", "ô trống"),
        (&["18070,,whole,,,,,"], 2, "new_code", "không ghi đơn vị mới"),
        (&["18070,,whole,18073,Phường Thành Sen,,,"], 2, "new_province_code", "thuộc tỉnh nào"),
        (&["18070,,whole,18073,Phường Thành Sen,99,,"], 2, "new_province", "không có tỉnh mã 99"),
        (&["18070,,whole,18082,Phường Khác,42,,"], 2, "new_name", "đang là “Phường Đại Nài”"),
        (&["18070,,whole,18073,Phường Thành Sen,42,,1"], 2, "continues", "mã khác"),
        (
            &["18070,,whole,18073,Phường Thành Sen,42,,", "18070,,part,18073,Phường Thành Sen,42,,"],
            3,
            "old_code",
            "với dòng 2",
        ),
    ];
    for (rows, line, column, reason) in cases {
        let faults = planned_in(&world, HEADER, rows).expect_err(rows[0]);
        assert!(
            faults.iter().any(|(l, c, r)| (*l, c.as_str()) == (line, column) && r.contains(reason)),
            "{rows:?}: {faults:?}"
        );
    }
    // A district that ends by its own row, with a commune that no row names.
    let faults =
        planned(&[",436,unresolved,,,,,", "18070,,whole,18073,Phường Thành Sen,42,,"]).expect_err("18082");
    assert!(faults.iter().any(|(line, _, reason)| *line == 2 && reason.contains("18082")), "{faults:?}");
    // A centre that is still to open in a unit that ends.
    centres.push(late);
    let rows = ["18070,,whole,18073,Phường Thành Sen,42,,"];
    let faults = planned_in(&(units, centres), HEADER, &rows).expect_err("a centre to come");
    assert!(faults[0].2.contains("c18070-2026"), "{faults:?}");
    // A column that nobody knows, and a file without rows.
    assert!(
        planned_in(&world, "old_code,step2,new_code,màu", &["1,2,3,4"]).expect_err("màu")[0]
            .2
            .contains("màu")
    );
    assert!(planned(&[]).is_err());
}

#[test]
fn the_same_file_twice_is_refused() {
    let (mut units, centres) = world();
    units[4].stored.record.period = Period::until(day(DAY));
    let mut done = unit(40, "18073", "phường", "Thành Sen", Some("42"));
    done.stored.record.period = Period::since(day(DAY));
    units.push(done);
    let rows = ["18070,,whole,18073,Phường Thành Sen,42,,"];
    let faults = planned_in(&(units, centres), HEADER, &rows).expect_err("it is done already");
    assert!(
        faults.iter().any(|(_, column, reason)| column == "new_code" && reason.contains("đã có dữ liệu"))
    );
}

#[test]
fn new_units_may_lie_in_a_district() {
    let header = "old_code,step2,new_code,new_kind,new_name,new_parent";
    let rows = ["18070,whole,18075,phường,Hà Huy Tập,436", "18082,whole,18075,phường,Hà Huy Tập,436"];
    let plan = planned_in(&world(), header, &rows).expect("a sound file");
    let new = plan.units.iter().find(|unit| unit.code.as_str() == "18075").expect("it begins");
    assert_eq!((new.tier, new.full_name.as_str()), (Tier::Commune, "Phường Hà Huy Tập"));
    assert_eq!((new.parent.as_ref().map(UnitCode::as_str), new.province.as_str()), (Some("436"), "42"));
    assert!(plan.units.iter().all(|unit| unit.code.as_str() != "436"), "the district keeps a commune");
}
