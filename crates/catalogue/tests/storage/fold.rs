//! Dated reads against a slow, independent reading of the change log: what was written, folded entry by entry, must be
//! what a read of any day shows.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use motcua_catalogue::{
    AvailabilityFilter, Catalogue, CentreFilter, Command, Expected, Level, Offered, PageRequest, Period,
    Permit, Reason, Revision, RevisionKey, Scheme, Tier,
};
use serde_json::Value;

use crate::common::{availability, centre, databases, day, procedure, put, small_world, unit};

/// How many records and days are compared.
const PAIRS: usize = 1_000;

/// Random numbers that repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        // The constants of Knuth's MMIX generator; the high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn day(&mut self) -> NaiveDate {
        day("2017-06-01") + Days::new(self.below(3_800) as u64)
    }

    fn period(&mut self) -> Period {
        let from = self.day();
        let length = Days::new(1 + self.below(700) as u64);
        let to = if self.below(4) == 0 { None } else { Some(from + length) };
        Period::new(Some(from), to).expect("at least a day")
    }
}

const PROCEDURES: [&str; 4] = ["1.001193", "1.000894", "2.000001", "2.000002.H28"];
const CENTRES: [&str; 5] = ["p42", "d436", "c18070", "c18073-2025", "c18100-2025"];
const UNITS: [&str; 8] = ["42", "436", "18070", "18082", "18073", "18100", "18652", "18999"];
const CASES: [Option<&str>; 3] = [None, None, Some("1.001193.01")];

/// Writes at random. What breaks a rule is refused, and must leave no trace.
async fn live_through(catalogue: &Catalogue, random: &mut Random) {
    for (id, code) in [("c18073-2025", "18073"), ("c18100-2025", "18100")] {
        let period = Period::since(day("2025-07-01"));
        put(catalogue, Command::Centre(centre(id, code, Tier::Commune, period))).await;
    }
    let mut batch = catalogue
        .batch(&Permit::program("test"), &Reason::public("random life"))
        .await
        .expect("a transaction");
    let mut kept = 0;
    for number in 0..900 {
        let command = match random.below(20) {
            0 => {
                let mut record = procedure(random.pick(&PROCEDURES), "", random.period());
                record.name = format!("Thủ tục lần {number}");
                Command::Procedure(Box::new(record))
            }
            1 => {
                let mut record = unit("18999", "xã", "Thử", Some("42"), random.period());
                record.name = format!("Thử {number}");
                Command::Unit(record)
            }
            2 => {
                let period = Period::since(day("2025-07-01"));
                let mut record = centre("c18100-2025", "18100", Tier::Commune, period);
                record.note = Some(format!("lần {number}"));
                Command::Centre(record)
            }
            _ => {
                let level = random.pick(&[
                    None,
                    Some((Scheme::Nd43, Level::Two)),
                    Some((Scheme::Nd43, Level::Four)),
                    Some((Scheme::Nd42, Level::Full)),
                ]);
                let mut record =
                    availability(random.pick(&PROCEDURES), random.pick(&CENTRES), level, random.period());
                record.case = random.pick(&CASES).map(str::to_owned);
                if level.is_none() {
                    record.offered = random.pick(&Offered::ALL);
                }
                record.decision = Some(format!("{number}/QĐ-UBND"));
                Command::Availability(Box::new(record))
            }
        };
        let outcome = batch.put(vec![(command.clone(), Expected::Any)]).await.expect("a working database");
        if !matches!(outcome.as_slice(), [Ok(_)]) {
            continue;
        }
        kept += 1;
        // Half of what was written is put right later: ended earlier, or said otherwise.
        if let Command::Availability(mut record) = command
            && random.below(2) == 0
        {
            record.decision = Some(format!("đính chính {number}"));
            if let Some(from) = record.period.valid_from() {
                let to = from + Days::new(1 + random.below(60) as u64);
                record.period = Period::new(Some(from), Some(to)).expect("at least a day");
            }
            batch
                .put(vec![(Command::Availability(record), Expected::Any)])
                .await
                .expect("a working database");
        }
    }
    assert!(kept > 100, "only {kept} writes were kept");
    batch.commit().await.expect("committed");
}

type Folded = BTreeMap<(String, String), Value>;

/// The state that the log leaves, by kind and key. Knows nothing of tables.
async fn fold(catalogue: &Catalogue) -> Folded {
    let mut state = Folded::new();
    let mut after = 0;
    loop {
        let changes = catalogue.changes_after(after, 97).await.expect("a readable log");
        let Some(last) = changes.last() else { return state };
        assert_eq!(last.sequence, after + changes.len() as u64, "the log has a gap");
        after = last.sequence;
        for change in changes {
            let key = (change.entity.as_str().to_owned(), change.key);
            match change.after {
                Some(record) => state.insert(key, record),
                None => state.remove(&key),
            };
        }
    }
}

/// Whether a record in JSON holds on a day. Days in ISO 8601 sort as text.
fn holds(record: &Value, on: &str) -> bool {
    let bound = |name: &str| record["period"][name].as_str();
    bound("valid_from").is_none_or(|from| from <= on) && bound("valid_to").is_none_or(|to| on < to)
}

fn folded(state: &Folded, kind: &str, on: &str, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
    let mut found = state
        .iter()
        .filter(|((entity, _), record)| entity == kind && is_it(record) && holds(record, on))
        .map(|(_, record)| record.clone());
    let one = found.next();
    assert_eq!(found.next(), None, "two {kind} hold on {on}");
    one
}

fn json<T: serde::Serialize>(record: &T) -> Value {
    serde_json::to_value(record).expect("a record")
}

#[tokio::test]
async fn a_thousand_random_records_and_days_equal_a_fold_over_the_log() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        for code in ["2.000001", "2.000002.H28"] {
            let record = procedure(code, "Thủ tục có thời hạn", Period::until(day("2021-01-01")));
            put(&catalogue, Command::Procedure(Box::new(record))).await;
        }
        let mut random = Random(0x5eed);
        live_through(&catalogue, &mut random).await;
        let state = fold(&catalogue).await;
        let whole = PageRequest { size: 100, after: None };
        let (mut shown, mut absent) = (0, 0);
        for number in 0..PAIRS {
            let on = random.day();
            let date = on.to_string();
            let (expected, actual) = match random.below(6) {
                0 => {
                    let code = random.pick(&PROCEDURES);
                    let read =
                        catalogue.procedure(&code.parse().expect("a code"), on).await.expect("readable");
                    let fold = folded(&state, "procedure", &date, |record| record["code"] == code);
                    (fold, read.map(|found| json(&found.stored.record)))
                }
                1 => {
                    let code = random.pick(&UNITS);
                    let read = catalogue.unit(&code.parse().expect("a code"), on).await.expect("readable");
                    let fold = folded(&state, "unit", &date, |record| record["code"] == code);
                    (fold, read.map(|found| json(&found.stored.record)))
                }
                2 => {
                    let id = random.pick(&CENTRES);
                    let filter = CentreFilter { as_of: on, tier: None, unit: None };
                    let read = catalogue.centres(&filter, &whole).await.expect("readable");
                    let read = read.items.iter().find(|found| found.stored.record.id.as_str() == id);
                    let fold = folded(&state, "centre", &date, |record| record["id"] == id);
                    (fold, read.map(|found| json(&found.stored.record)))
                }
                _ => {
                    let (code, id) = (random.pick(&PROCEDURES), random.pick(&CENTRES));
                    let case = random.pick(&CASES);
                    let mut filter = AvailabilityFilter::on(on);
                    filter.centre = Some(id.parse().expect("an id"));
                    let read = catalogue.availability(&filter, &whole).await.expect("readable");
                    let read =
                        read.items.iter().map(|item| &item.stored.record).find(|record| {
                            record.procedure.as_str() == code && record.case.as_deref() == case
                        });
                    // A listing is read only while its centre works and its procedure has a text.
                    let open = folded(&state, "centre", &date, |record| record["id"] == id).is_some()
                        && folded(&state, "procedure", &date, |record| record["code"] == code).is_some();
                    let fold = folded(&state, "availability", &date, |record| {
                        record["procedure"] == code
                            && record["centre"] == id
                            && record.get("case").and_then(Value::as_str) == case
                    });
                    (fold.filter(|_| open), read.map(json))
                }
            };
            assert_eq!(expected, actual, "pair {number} on {date}, {}", database.name);
            if actual.is_some() { shown += 1 } else { absent += 1 }
        }
        assert!(shown > 200 && absent > 100, "{shown} shown, {absent} absent: the days miss the records");
        revisions_agree(&catalogue, &state).await;
    }
}

/// The history of each key has every entry of the log once, and ends in the state that is read.
async fn revisions_agree(catalogue: &Catalogue, state: &Folded) {
    let log = catalogue.changes_after(0, 100_000).await.expect("a readable log");
    for code in PROCEDURES {
        for id in CENTRES {
            for case in [None, Some("1.001193.01")] {
                let key = RevisionKey::Availability {
                    procedure: code.parse().expect("a code"),
                    case: case.map(str::to_owned),
                    centre: id.parse().expect("an id"),
                };
                let prefix = format!("{code}{}/{id}@", case.map_or(String::new(), |case| format!("#{case}")));
                let revisions = whole_history(catalogue, &key).await;
                let entries =
                    log.iter().filter(|change| change.key.starts_with(&prefix)).map(|change| change.sequence);
                let mut numbers: Vec<u64> = revisions.iter().map(|revision| revision.sequence).collect();
                numbers.reverse();
                assert_eq!(numbers, entries.collect::<Vec<_>>(), "{prefix}");
                for revision in revisions.iter().filter(|revision| revision.shown_to.is_none()) {
                    let stored = state.get(&("availability".to_owned(), revision.key.clone()));
                    assert_eq!(revision.record.as_ref(), stored);
                    assert_eq!(
                        (revision.actor.as_str(), revision.reason.as_deref()),
                        ("test", Some("random life"))
                    );
                }
            }
        }
    }
}

/// Every state of a record, read in small pages.
async fn whole_history(catalogue: &Catalogue, key: &RevisionKey) -> Vec<Revision> {
    let mut all = Vec::new();
    let mut request = PageRequest { size: 7, after: None };
    loop {
        let page = catalogue.revisions(key, &request).await.expect("readable");
        all.extend(page.items);
        request.after = page.next;
        if request.after.is_none() {
            assert_eq!(all.len() as u64, page.total);
            return all;
        }
    }
}
