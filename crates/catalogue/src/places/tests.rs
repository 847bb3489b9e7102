//! The traps of reading places, on Hà Tĩnh as it was and is.

use chrono::NaiveDate;

use super::*;
use crate::code::UnitCode;
use crate::level::Tier;
use crate::period::Period;
use crate::unit::Extent;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn reform() -> NaiveDate {
    day("2025-07-01")
}

fn now() -> NaiveDate {
    day("2026-11-28")
}

struct World {
    units: Vec<PlaceUnit>,
    links: Vec<PlaceLink>,
}

impl World {
    fn unit(&mut self, code: &str, parent: &str, kind: &str, name: &str, period: Period) {
        let code: UnitCode = code.parse().expect("a code");
        let mut full_name = kind.trim_end_matches(" trực thuộc trung ương").to_owned();
        full_name.replace_range(0..1, &full_name[0..1].to_uppercase());
        let unit_id = i64::try_from(self.units.len()).expect("few");
        self.units.push(PlaceUnit {
            unit_id,
            tier: code.tier(),
            code,
            parent: parent.parse().ok(),
            province: "42".parse().expect("a code"),
            period,
            kind: kind.to_owned(),
            full_name: format!("{full_name} {name}"),
            name: name.to_owned(),
            former_keys: Vec::new(),
            other_name: None,
            formed_from: None,
        });
    }

    fn before(&mut self, code: &str, parent: &str, kind: &str, name: &str) {
        self.unit(code, parent, kind, name, Period::until(reform()));
    }

    fn after(&mut self, code: &str, kind: &str, name: &str) {
        self.unit(code, "42", kind, name, Period::since(reform()));
    }

    fn link(&mut self, from: &str, to: &[&str]) {
        for successor in to {
            self.links.push(PlaceLink {
                predecessor: from.parse().expect("a code"),
                successor: Some(successor.parse().expect("a code")),
                effective_on: reform(),
                extent: if to.len() == 1 { Extent::Whole } else { Extent::Part },
                resolution: None,
                remark: None,
                source: "nguồn".to_owned(),
                between: None,
            });
        }
    }
}

/// A part of Hà Tĩnh, as in the public lists.
fn hatinh() -> PlaceResolver {
    let mut world = World { units: Vec::new(), links: Vec::new() };
    world.unit("42", "", "tỉnh", "Hà Tĩnh", Period::ALWAYS);
    world.before("436", "42", "thành phố", "Hà Tĩnh");
    world.before("447", "42", "huyện", "Kỳ Anh");
    world.before("449", "42", "thị xã", "Kỳ Anh");
    world.before("448", "42", "huyện", "Lộc Hà");
    world.before("18070", "436", "phường", "Trần Phú");
    world.before("18082", "436", "phường", "Đại Nài");
    world.before("18085", "436", "phường", "Hà Huy Tập");
    world.before("18091", "436", "xã", "Thạch Trung");
    world.before("18409", "448", "xã", "Hộ Độ");
    world.before("18796", "449", "xã", "Kỳ Lợi");
    world.before("18781", "447", "xã", "Kỳ Hải");
    world.before("18682", "447", "xã", "Yên Hòa");
    world.after("18073", "phường", "Thành Sen");
    world.after("18100", "phường", "Trần Phú");
    world.after("18652", "phường", "Hà Huy Tập");
    world.after("18754", "phường", "Sông Trí");
    world.after("18823", "phường", "Vũng Áng");
    world.after("18832", "phường", "Hoành Sơn");
    world.after("18775", "xã", "Kỳ Anh");
    world.after("18682", "xã", "Yên Hoà");
    world.link("18070", &["18073"]);
    world.link("18082", &["18652", "18073"]);
    world.link("18085", &["18073"]);
    world.link("18091", &["18100"]);
    world.link("18409", &["18100"]);
    world.link("18796", &["18823", "18754", "18832"]);
    world.link("18781", &["18775"]);
    world.link("18682", &["18682"]);
    PlaceResolver::new(world.units, world.links)
}

fn codes(answer: &Resolution) -> Vec<&str> {
    let mut codes: Vec<&str> = answer.candidates.iter().map(|candidate| candidate.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

fn on(text: &str, as_of: NaiveDate) -> (PlaceOutcome, Vec<String>) {
    let answer = hatinh().resolve(text, as_of, &[]);
    (answer.outcome, codes(&answer).into_iter().map(str::to_owned).collect())
}

fn one(text: &str, code: &str) {
    assert_eq!(on(text, now()), (PlaceOutcome::One, vec![code.to_owned()]), "{text}");
}

fn asks(text: &str, wanted: &[&str]) {
    let (outcome, found) = on(text, now());
    assert_eq!(outcome, PlaceOutcome::Ask, "{text}: {found:?}");
    assert_eq!(found, wanted, "{text}");
}

#[test]
fn trap_1_one_to_many_is_asked() {
    for text in ["phường Đại Nài", "P. Đại Nài, TP Hà Tĩnh, tỉnh Hà Tĩnh", "Dai Nai", "18082"]
    {
        asks(text, &["18073", "18652"]);
    }
    let answer = hatinh().resolve("phường Đại Nài", now(), &[]);
    assert_eq!(answer.question.expect("a question").kind, QuestionKind::Split);
    let fates = &answer.formers.first().expect("the former ward").fates;
    assert!(fates.iter().all(|fate| fate.extent == Extent::Part && fate.effective_on == reform()));
    assert_eq!(
        fates.first().and_then(|fate| fate.resolution.as_deref()),
        Some("Nghị quyết 1665/NQ-UBTVQH15")
    );
}

#[test]
fn trap_2_land_and_people_that_part_ways_are_asked() {
    for text in ["xã Kỳ Lợi thị xã Kỳ Anh Hà Tĩnh", "X.Kỳ Lợi", "ky loi", "Kì Lợi, TX Kỳ Anh"]
    {
        asks(text, &["18754", "18823", "18832"]);
    }
}

#[test]
fn trap_3_the_same_name_elsewhere_is_asked() {
    for text in ["Trần Phú", "phường Trần Phú", "tran phu", "Trần Phú, Hà Tĩnh", "P.Trần Phú, TP.Hà Tĩnh"]
    {
        asks(text, &["18073", "18100"]);
    }
    asks("Hà Huy Tập", &["18073", "18652"]);
    one("phường Trần Phú cũ", "18073");
    one("phường Trần Phú mới", "18100");
}

#[test]
fn trap_4_a_district_name_reused_by_a_commune_is_asked() {
    asks("Kỳ Anh", &["18682", "18754", "18775", "18823", "18832"]);
    asks("Kỳ Anh, Hà Tĩnh", &["18682", "18754", "18775", "18823", "18832"]);
    asks("huyện Kỳ Anh", &["18682", "18775"]);
    asks("thị xã Kỳ Anh", &["18754", "18823", "18832"]);
    one("xã Kỳ Anh", "18775");
    one("xã Kỳ Anh, tỉnh Hà Tĩnh", "18775");
}

#[test]
fn trap_5_spelling_pairs_are_one_name() {
    for text in [
        "Yên Hòa",
        "Yên Hoà",
        "xã Yên Hòa, huyện Kỳ Anh",
        "YEN HOA",
        "xã Yên Hoà, huyện Kì Anh, tỉnh Hà Tĩnh",
    ] {
        one(text, "18682");
    }
}

#[test]
fn trap_6_old_districts_are_crossed() {
    one("xã Hộ Độ, huyện Lộc Hà", "18100");
    one("phường Trần Phú, huyện Lộc Hà", "18100");
    one("Thạch Trung, thành phố Hà Tĩnh, Hà Tĩnh", "18100");
    one("Lộc Hà, Hà Tĩnh, Hộ Độ", "18100");
}

#[test]
fn the_day_decides_what_is_present() {
    let then = day("2021-03-01");
    assert_eq!(on("Trần Phú", then), (PlaceOutcome::One, vec!["18070".to_owned()]));
    assert_eq!(on("Kỳ Lợi", then), (PlaceOutcome::One, vec!["18796".to_owned()]));
    assert_eq!(on("Kỳ Anh", then), (PlaceOutcome::Ask, vec!["447".to_owned(), "449".to_owned()]));
    // A name that is only to come stands for what it will be formed from.
    assert_eq!(on("Thành Sen", then).0, PlaceOutcome::Ask);
    assert!(on("Thành Sen", then).1.contains(&"18070".to_owned()));
}

#[test]
fn what_does_not_fit_is_asked_and_never_taken() {
    asks("xã Thành Sen", &["18073"]);
    asks("Thành Sên", &["18073"]);
    asks("phường Thành Sen, huyện Kỳ Anh", &["18073", "18682", "18775"]);
    one("Số 12 đường Nguyễn Du, phường Thành Sen, tỉnh Hà Tĩnh", "18073");
    assert_eq!(on("Gò Vấp", now()).0, PlaceOutcome::None);
    assert_eq!(on("", now()).0, PlaceOutcome::None);
}

#[test]
fn a_question_is_answered_by_what_its_choices_say() {
    let resolver = hatinh();
    let answer = resolver.resolve("phường Đại Nài", now(), &[]);
    for choice in answer.question.expect("a question").choices {
        let next = resolver.resolve("phường Đại Nài", now(), &choice.within);
        assert_eq!((next.outcome, next.candidates.len()), (PlaceOutcome::One, 1));
    }
}

#[test]
fn tiers_follow_from_codes() {
    assert!(hatinh().atlas.units.iter().all(|unit| unit.tier != Tier::Other));
}
