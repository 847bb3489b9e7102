//! The resolver of places on the full national files, against an oracle that reads the same files in its own way.
//!
//! The oracle knows only four ways to write a place and compares plain texts; it knows nothing of segments, keys or
//! walks through time. Skipped where the files are absent.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use chrono::NaiveDate;
use motcua_catalogue::places::{
    Between, MOST_CANDIDATES, MOST_CHOICES, PlaceLink, PlaceOutcome, PlaceResolver, PlaceUnit, Resolution,
    former_keys,
};
use motcua_catalogue::{Extent, Period, Tier, UnitCode};
use unicode_normalization::UnicodeNormalization;

type Row = HashMap<String, String>;

fn rows(name: &str) -> Option<Vec<Row>> {
    let folder = std::env::var_os("MOTCUA_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.is_file() {
        println!(
            "skipped: the full national data ({name}) are not at hand; MOTCUA_TEST_DATA names their folder"
        );
        return None;
    }
    let mut reader = csv::Reader::from_path(path).expect("a readable file");
    Some(reader.deserialize().map(|row| row.expect("a sound row")).collect())
}

fn reform() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day")
}

fn now() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day")
}

fn tier_of(level: &str) -> Tier {
    match level {
        "province" => Tier::Province,
        "district" => Tier::District,
        _ => Tier::Commune,
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

struct Nation {
    before: Vec<Row>,
    after: Vec<Row>,
    mergers: Vec<Row>,
}

impl Nation {
    fn read() -> Option<Self> {
        Some(Self {
            before: rows("units-2020.csv")?,
            after: rows("units-2025.csv")?,
            mergers: rows("unit-mergers.csv")?,
        })
    }

    fn resolver(&self) -> PlaceResolver {
        let mut ids: HashMap<&str, i64> = HashMap::new();
        let mut units = Vec::new();
        for (order, row) in
            self.before.iter().map(|row| (0, row)).chain(self.after.iter().map(|row| (1, row)))
        {
            let next = i64::try_from(units.len()).expect("few");
            let continues = order == 1 && row["formed_from"] == "giữ nguyên";
            let unit_id = if continues { ids.get(&*row["code"]).copied().unwrap_or(next) } else { next };
            if order == 0 {
                ids.insert(&row["code"], unit_id);
            }
            let code: UnitCode = row["code"].parse().expect("a code");
            let parent: Option<UnitCode> = row["parent_code"].parse().ok();
            let province = row.get("province_code").and_then(|code| code.parse().ok());
            units.push(PlaceUnit {
                unit_id,
                province: province.or_else(|| parent.clone()).unwrap_or_else(|| code.clone()),
                code,
                parent,
                period: if order == 0 { Period::until(reform()) } else { Period::since(reform()) },
                tier: tier_of(&row["level"]),
                kind: row["type"].clone(),
                name: row["name"].clone(),
                full_name: row["full_name"].clone(),
                former_keys: row.get("former_name_keys").map(|keys| former_keys(keys)).unwrap_or_default(),
                other_name: row.get("full_name_alt_spelling").and_then(|name| some(name)),
                formed_from: row.get("formed_from").and_then(|text| some(text)),
            });
        }
        let links = self.mergers.iter().map(|row| {
            let old = if row["old_code"].is_empty() { &row["old_district_code"] } else { &row["old_code"] };
            let extent = match &*row["step2"] {
                "whole" => Extent::Whole,
                "part" => Extent::Part,
                _ => Extent::Unknown,
            };
            let same =
                row["old_name"] == row["mid_2025_name"] && row["old_district"] == row["mid_2025_district"];
            let between = row["mid_2025_code"].parse().ok().filter(|_| !same).map(|code| Between {
                code,
                full_name: row["mid_2025_name"].clone(),
                district: row["mid_2025_district"].clone(),
            });
            PlaceLink {
                predecessor: old.parse().expect("a code"),
                successor: row["new_code"].parse().ok(),
                effective_on: reform(),
                extent,
                resolution: None,
                remark: None,
                source: "unit-mergers.csv".to_owned(),
                between,
            }
        });
        PlaceResolver::new(units, links.collect())
    }
}

/// Without diacritics.
fn bare(text: &str) -> String {
    text.nfd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

/// Equal for two texts that differ only by case, by where the tone stands, by zeros before a number.
fn plain(text: &str) -> String {
    let mut out = Vec::new();
    for word in text.to_lowercase().split_whitespace() {
        let (mut marks, letters): (Vec<char>, Vec<char>) =
            word.nfd().partition(|c| ('\u{300}'..='\u{36f}').contains(c));
        marks.sort_unstable();
        let word: String = letters.into_iter().chain(marks).collect();
        out.push(word.trim_start_matches('0').to_owned());
    }
    out.join(" ")
}

/// A unit of the files with the present units that it leads to.
#[derive(Debug, Clone)]
struct Known {
    code: String,
    tier: Tier,
    full_name: String,
    name: String,
    district: String,
    province: String,
    to: BTreeSet<String>,
    whole: bool,
    is_present: bool,
}

struct Oracle {
    known: Vec<Known>,
    /// By the name, first with, then without diacritics.
    by_name: [HashMap<String, Vec<usize>>; 2],
    province_of: HashMap<String, String>,
}

impl Oracle {
    fn new(nation: &Nation) -> Self {
        let names_before: HashMap<&str, &str> =
            nation.before.iter().map(|row| (&*row["code"], &*row["full_name"])).collect();
        let names_after: HashMap<&str, &str> =
            nation.after.iter().map(|row| (&*row["code"], &*row["full_name"])).collect();
        let province_of: HashMap<String, String> = nation
            .after
            .iter()
            .map(|row| {
                let province = if row["parent_code"].is_empty() { &row["code"] } else { &row["parent_code"] };
                (row["code"].clone(), names_after[&**province].to_owned())
            })
            .collect();
        let mut to: HashMap<String, (BTreeSet<String>, bool)> = HashMap::new();
        for row in &nation.mergers {
            let whole = row["step2"] == "whole";
            let own = if row["old_code"].is_empty() { &row["old_district_code"] } else { &row["old_code"] };
            let mut add = |key: &str, target: &str, whole: bool| {
                let entry = to.entry(key.to_owned()).or_insert((BTreeSet::new(), true));
                if !target.is_empty() {
                    entry.0.insert(target.to_owned());
                }
                entry.1 &= whole;
            };
            add(own, &row["new_code"], whole);
            if own != &row["old_district_code"] {
                add(&row["old_district_code"], &row["new_code"], whole);
            }
            add(&row["old_province_code"], &row["new_province_code"], true);
        }
        let mut known = Vec::new();
        for row in &nation.before {
            let (targets, whole) = to.get(&row["code"]).cloned().unwrap_or((BTreeSet::new(), false));
            let tier = tier_of(&row["level"]);
            let parent = names_before.get(&*row["parent_code"]).copied().unwrap_or_default();
            known.push(Known {
                code: row["code"].clone(),
                tier,
                full_name: row["full_name"].clone(),
                name: row["name"].clone(),
                district: if tier == Tier::Commune { parent.to_owned() } else { String::new() },
                province: names_before[&*row["province_code"]].to_owned(),
                whole: whole && targets.len() == 1,
                to: targets,
                is_present: false,
            });
        }
        for row in &nation.after {
            known.push(Known {
                code: row["code"].clone(),
                tier: tier_of(&row["level"]),
                full_name: row["full_name"].clone(),
                name: row["name"].clone(),
                district: String::new(),
                province: province_of[&row["code"]].clone(),
                to: BTreeSet::from([row["code"].clone()]),
                whole: true,
                is_present: true,
            });
        }
        let mut by_name = [HashMap::new(), HashMap::new()];
        for (number, one) in known.iter().enumerate() {
            let keys = [plain(&one.name), plain(&bare(&one.name))];
            for (index, key) in by_name.iter_mut().zip(keys) {
                index.entry(key).or_insert_with(Vec::new).push(number);
            }
        }
        Self { known, by_name, province_of }
    }

    /// Every unit that a text in a form may mean.
    fn meanings(&self, form: Form, one: &Known, with_marks: bool) -> Vec<&Known> {
        let key = |text: &str| plain(&if with_marks { text.to_owned() } else { bare(text) });
        let same = |a: &str, b: &str| key(a) == key(b);
        let named = self.by_name[usize::from(!with_marks)].get(&key(&one.name));
        let fits = |other: &&Known| match form {
            Form::Full => {
                same(&other.full_name, &one.full_name)
                    && same(&other.district, &one.district)
                    && same(&other.province, &one.province)
            }
            Form::NameAndProvince | Form::NameAndBareProvince => {
                let provinces = std::iter::once(&other.province)
                    .chain(other.to.iter().filter_map(|code| self.province_of.get(code)));
                other.tier != Tier::Province
                    && provinces.into_iter().any(|province| same(province, &one.province))
            }
            Form::Name => true,
            Form::KindAndName => same(&other.full_name, &one.full_name),
        };
        named.into_iter().flatten().map(|&number| &self.known[number]).filter(fits).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Full,
    NameAndProvince,
    NameAndBareProvince,
    KindAndName,
    Name,
}

const FORMS: [Form; 5] =
    [Form::Full, Form::NameAndProvince, Form::NameAndBareProvince, Form::KindAndName, Form::Name];

fn written(form: Form, one: &Known) -> String {
    let without_kind = one.province.trim_start_matches("Tỉnh ").trim_start_matches("Thành phố ");
    let parts: Vec<&str> = match form {
        Form::Full => vec![&one.full_name, &one.district, &one.province],
        Form::NameAndProvince => vec![&one.name, &one.province],
        Form::NameAndBareProvince => vec![&one.name, without_kind],
        Form::KindAndName => vec![&one.full_name],
        Form::Name => vec![&one.name],
    };
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// Codes that an answer leaves open: those named, and those behind the choices.
fn holds(answer: &Resolution, code: &str, province: &str) -> bool {
    answer.candidates.iter().any(|candidate| candidate.code.as_str() == code)
        || answer.question.iter().flat_map(|question| &question.choices).any(|choice| {
            choice.within.iter().any(|within| within.as_str() == code || within.as_str() == province)
        })
}

#[test]
fn every_unit_is_reached_or_asked_about_and_never_guessed() {
    let Some(nation) = Nation::read() else { return };
    let oracle = Oracle::new(&nation);
    let start = std::time::Instant::now();
    let resolver = nation.resolver();
    println!("built in {:?}", start.elapsed());
    let province_codes: HashMap<&str, &str> = nation
        .after
        .iter()
        .map(|row| {
            (&*row["code"], if row["parent_code"].is_empty() { &*row["code"] } else { &*row["parent_code"] })
        })
        .collect();
    let (mut wrong, mut missed) = (Vec::new(), Vec::new());
    let mut counts: HashMap<(Form, bool, bool), [usize; 3]> = HashMap::new();
    let mut asked = 0_usize;
    for one in oracle.known.iter().filter(|one| one.tier != Tier::Province || one.is_present) {
        for form in FORMS {
            for with_marks in [true, false] {
                let text = written(form, one);
                let text = if with_marks { text } else { bare(&text) };
                let answer = resolver.resolve(&text, now(), &[]);
                asked += 1;
                let choices = answer.question.as_ref().map_or(0, |question| question.choices.len());
                assert!(answer.candidates.len() <= MOST_CANDIDATES && choices <= MOST_CHOICES, "{text}");
                let count = counts.entry((form, with_marks, one.is_present)).or_default();
                count[answer.outcome as usize] += 1;
                match answer.outcome {
                    PlaceOutcome::One => {
                        let code = answer.candidates[0].code.as_str();
                        let other = oracle.meanings(form, one, with_marks).into_iter().find(|meaning| {
                            !meaning.whole || meaning.to.len() != 1 || !meaning.to.contains(code)
                        });
                        if let Some(other) = other {
                            wrong.push(format!("{text}: {code}, but also {other:?}"));
                        }
                    }
                    PlaceOutcome::Ask => {
                        let lost = one
                            .to
                            .iter()
                            .find(|code| !holds(&answer, code, province_codes.get(&***code).unwrap_or(&"")));
                        if let Some(lost) = lost {
                            missed.push(format!("{text}: without {lost} of {one:?}"));
                        }
                    }
                    PlaceOutcome::None => missed.push(format!("{text}: nothing of {one:?}")),
                }
            }
        }
    }
    println!("{asked} texts in {:?}", start.elapsed());
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|((form, marks, present), _)| (*form as usize, !marks, !present));
    for ((form, with_marks, is_present), [one, ask, none]) in counts {
        println!("{form:?} marks={with_marks} present={is_present}: one {one} ask {ask} none {none}");
    }
    let shown = |list: &[String]| list.iter().take(25).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} guessed:\n{}", wrong.len(), shown(&wrong));
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), shown(&missed));
}

#[test]
fn split_communes_and_shared_names_always_ask() {
    let Some(nation) = Nation::read() else { return };
    let oracle = Oracle::new(&nation);
    let resolver = nation.resolver();
    let split: Vec<&Known> =
        oracle.known.iter().filter(|one| one.tier == Tier::Commune && !one.whole).collect();
    assert!(split.len() >= 527, "{} split", split.len());
    for one in split {
        for form in FORMS {
            for text in [written(form, one), bare(&written(form, one)), one.code.clone()] {
                let answer = resolver.resolve(&text, now(), &[]);
                assert_eq!(answer.outcome, PlaceOutcome::Ask, "{text}: {one:?}");
            }
        }
    }
    // A name that leads to more than one unit of today, whatever it is the name of.
    let mut shared = 0;
    for numbers in oracle.by_name[0].values() {
        let to: HashSet<&String> = numbers.iter().flat_map(|&number| &oracle.known[number].to).collect();
        if to.len() > 1 {
            shared += 1;
            let name = &oracle.known[numbers[0]].name;
            for text in [name.clone(), bare(name), name.to_uppercase()] {
                assert_eq!(resolver.resolve(&text, now(), &[]).outcome, PlaceOutcome::Ask, "{text}");
            }
        }
    }
    println!("{shared} shared names");
    assert!(shared > 1_000);
}

#[test]
fn a_full_present_name_that_is_the_only_one_in_its_province_is_answered() {
    let Some(nation) = Nation::read() else { return };
    let oracle = Oracle::new(&nation);
    let resolver = nation.resolver();
    let mut counted = [0_usize; 2];
    for one in oracle.known.iter().filter(|one| one.is_present && one.tier == Tier::Commune) {
        let alone = oracle
            .meanings(Form::NameAndProvince, one, true)
            .iter()
            .all(|other| other.to == one.to && other.whole);
        if alone {
            let answer = resolver.resolve(&written(Form::Full, one), now(), &[]);
            counted[usize::from(answer.outcome == PlaceOutcome::One)] += 1;
        }
    }
    println!("alone in its province: {} asked, {} answered", counted[0], counted[1]);
    // The others bear the name of a unit in between, or of one from before 2020, that went elsewhere.
    assert!(counted[1] > 0 && counted[0] * 20 < counted[1], "{counted:?}");
}

/// The same address as people write it.
fn rewritings(one: &Known) -> Vec<String> {
    const SHORT: [(&str, &str); 9] = [
        ("Thành phố ", "TP."),
        ("Thị xã ", "TX."),
        ("Thị trấn ", "TT."),
        ("Huyện ", "H."),
        ("Quận ", "Q."),
        ("Phường ", "P."),
        ("Xã ", "X."),
        ("Đặc khu ", "ĐK "),
        ("Tỉnh ", "T."),
    ];
    let parts: Vec<&str> = [&one.full_name, &one.district, &one.province]
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    let shortened = |part: &&str| {
        let short = SHORT.iter().find(|(long, _)| part.starts_with(long));
        short.map_or_else(|| (*part).to_owned(), |(long, short)| part.replacen(long, short, 1))
    };
    let short: Vec<String> = parts.iter().map(shortened).collect();
    let reversed: Vec<&str> = parts.iter().rev().copied().collect();
    vec![
        reversed.join(", "),
        parts.join(" "),
        bare(&parts.join(" ")).to_lowercase(),
        parts.join(" - ").to_uppercase(),
        parts.join(", ").nfd().collect(),
        short.join(", "),
        bare(&short.join(",")),
        short.join(" ").to_uppercase(),
        format!("Số 5, ngõ 3, {}", parts.join(", ")),
    ]
}

#[test]
fn however_an_address_is_written_it_is_reached_and_never_guessed() {
    let Some(nation) = Nation::read() else { return };
    let oracle = Oracle::new(&nation);
    let resolver = nation.resolver();
    let provinces: HashMap<&str, &str> = nation
        .after
        .iter()
        .map(|row| {
            (&*row["code"], if row["parent_code"].is_empty() { &*row["code"] } else { &*row["parent_code"] })
        })
        .collect();
    let mut faults = Vec::new();
    let (mut read, mut one_answer) = (0, 0);
    for one in oracle.known.iter().filter(|one| one.tier != Tier::Province).step_by(5) {
        for text in rewritings(one) {
            let answer = resolver.resolve(&text, now(), &[]);
            read += 1;
            one_answer += usize::from(answer.outcome == PlaceOutcome::One);
            let lost =
                one.to.iter().find(|code| !holds(&answer, code, provinces.get(&***code).unwrap_or(&"")));
            let guessed = answer.outcome == PlaceOutcome::One && !(one.whole && one.to.len() == 1);
            if lost.is_some() || guessed || answer.outcome == PlaceOutcome::None {
                faults.push(format!("{text}: {:?} {lost:?} {one:?}", answer.outcome));
            }
        }
    }
    println!("{read} texts, {one_answer} with one answer");
    let shown = faults.iter().take(25).cloned().collect::<Vec<_>>().join("\n");
    assert!(faults.is_empty(), "{} faults:\n{shown}", faults.len());
    assert!(one_answer * 10 > read * 7);
}

#[test]
fn before_the_reform_units_of_that_time_are_meant() {
    let Some(nation) = Nation::read() else { return };
    let oracle = Oracle::new(&nation);
    let resolver = nation.resolver();
    let then = NaiveDate::from_ymd_opt(2021, 3, 1).expect("a day");
    let mut asked = Vec::new();
    for one in oracle.known.iter().filter(|one| !one.is_present) {
        let answer = resolver.resolve(&written(Form::Full, one), then, &[]);
        if answer.outcome == PlaceOutcome::One {
            assert_eq!(answer.candidates[0].code.as_str(), one.code, "{one:?}");
        } else {
            assert!(holds(&answer, &one.code, ""), "{one:?} {answer:?}");
            asked.push(written(Form::Full, one));
        }
    }
    println!("asked about: {asked:?}");
    assert!(asked.len() < 60, "{}", asked.len());
}

#[test]
fn questions_lead_to_an_answer_in_a_few_steps() {
    let Some(nation) = Nation::read() else { return };
    let resolver = nation.resolver();
    for text in [
        "Tân Thành",
        "tan thanh",
        "1",
        "Phường 1",
        "Châu Thành",
        "Kỳ Anh",
        "Tân Phú",
        "Quận 1",
        "huyện Đông Anh",
    ] {
        let mut within: Vec<UnitCode> = Vec::new();
        for step in 0.. {
            assert!(step < 5, "{text} is asked about too often");
            let answer = resolver.resolve(text, now(), &within);
            let Some(question) = answer.question else {
                assert_eq!(answer.outcome, PlaceOutcome::One, "{text} {within:?}");
                break;
            };
            let last = question.choices.last().expect("a choice");
            assert!(
                question.choices.iter().map(|choice| choice.count).sum::<usize>() >= answer.total,
                "{text}"
            );
            within.clone_from(&last.within);
        }
    }
}

#[test]
fn whatever_is_typed_nothing_panics() {
    let Some(nation) = Nation::read() else { return };
    let resolver = nation.resolver();
    let parts = [
        "Kỳ", "anh", "TP.", "P", "xã", ",", "-", "'", "H'", "1", "01", "99999", "\u{303}", "đ", "Ð", "\0",
        "🏠", "cũ", " ", "(", "quận", "tân", "thành", "phú", "Thanh", "HCM", "ß", "İ", "\n", "—", "thị",
        "trấn", "0000",
    ];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    for _ in 0..3_000 {
        let mut text = String::new();
        for _ in 0..random(40) {
            text.push_str(parts[random(parts.len())]);
            if random(2) == 0 {
                text.push(' ');
            }
        }
        let answer = resolver.resolve(&text, now(), &[]);
        assert!(answer.candidates.len() <= MOST_CANDIDATES, "{text:?}");
        assert!(answer.question.is_none_or(|question| question.choices.len() <= MOST_CHOICES), "{text:?}");
        assert_eq!(
            answer.outcome == PlaceOutcome::One,
            answer.total == 1 && answer.outcome != PlaceOutcome::Ask
        );
    }
}
