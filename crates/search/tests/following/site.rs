//! A catalogue, its index, and what is asked of it.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use motcua_catalogue::{Applied, Catalogue, Command, Expected, Permit, Reason, StorageOptions};
use motcua_search::{Engine, EngineOptions, Filters, SearchAnswer, SearchRequest};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A catalogue and the folder of its index.
pub(crate) struct Site {
    pub(crate) dir: TempDir,
    pub(crate) catalogue: Catalogue,
}

pub(crate) fn source() -> Value {
    json!({ "kind": "dataset", "citation": "test" })
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a record")
}

pub(crate) fn unit(code: &str, tier: &str, name: &str, parent: Option<&str>) -> Command {
    Command::Unit(read(json!({
        "code": code, "period": { "valid_from": "2004-01-01" }, "tier": tier, "kind": "đơn vị", "name": name,
        "full_name": name, "parent": parent, "province": parent.unwrap_or(code), "source": source(),
    })))
}

pub(crate) fn centre(id: &str, tier: &str, unit: &str) -> Command {
    Command::Centre(read(json!({
        "id": id, "period": { "valid_from": "2015-01-01" }, "name": format!("Trung tâm {id}"), "tier": tier,
        "unit": unit, "source": source(),
    })))
}

pub(crate) fn field(slug: &str, name: &str) -> Command {
    Command::Field(read(json!({ "slug": slug, "name": name })))
}

pub(crate) fn procedure(code: &str, name: &str, step: &str) -> Command {
    Command::Procedure(Box::new(read(json!({
        "code": code, "name": name, "fields": ["ho-tich"], "tiers": ["commune"], "applicants": ["citizen"],
        "details": { "steps": [{ "text": step }] }, "source": source(),
    }))))
}

pub(crate) fn availability(procedure: &str, centre: &str, level: &str) -> Command {
    Command::Availability(Box::new(read(json!({
        "procedure": procedure, "centre": centre, "period": { "valid_from": "2021-01-01" }, "offered": "yes",
        "level": { "scheme": "nd43-2011", "level": level }, "source": source(),
    }))))
}

impl Site {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        Self::open_on(dir).await
    }

    async fn open_on(dir: TempDir) -> Self {
        let options = StorageOptions::Sqlite(dir.path().join("catalogue.db"));
        let catalogue = Catalogue::open(&options).await.expect("opens");
        Self { dir, catalogue }
    }

    /// The catalogue and a copy of it: from here on each has a history of its own.
    pub(crate) async fn part(self) -> (Self, Self) {
        let copy = tempfile::tempdir().expect("a folder");
        self.catalogue.close().await.expect("closes");
        fs::copy(self.dir.path().join("catalogue.db"), copy.path().join("catalogue.db")).expect("copied");
        (Self::open_on(self.dir).await, Self::open_on(copy).await)
    }

    pub(crate) async fn filled() -> Self {
        let site = Self::new().await;
        let mut commands = vec![
            field("ho-tich", "Hộ tịch"),
            unit("42", "province", "Tỉnh Hà Tĩnh", None),
            unit("436", "district", "Thành phố Hà Tĩnh", Some("42")),
            unit("18073", "commune", "Phường Nam Hà", Some("436")),
            centre("p42", "province", "42"),
            centre("c18073", "commune", "18073"),
            procedure("1.001193", "Đăng ký khai sinh", "Nộp giấy chứng sinh."),
            procedure("1.000656", "Đăng ký khai tử", "Nộp giấy báo tử."),
            availability("1.001193", "p42", "4"),
            availability("1.001193", "c18073", "3"),
            availability("1.000656", "c18073", "2"),
        ];
        for command in commands.drain(..) {
            site.put(command).await;
        }
        site
    }

    pub(crate) async fn put(&self, command: Command) {
        let applied = self
            .catalogue
            .apply(&Permit::program("test"), &Reason::none(), Expected::Any, command)
            .await
            .expect("applied");
        assert!(!matches!(applied.applied, Applied::Same));
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.dir.path().join("search")
    }

    pub(crate) async fn open(&self) -> Engine {
        self.open_in(&self.index(), EngineOptions::default()).await
    }

    pub(crate) async fn open_in(&self, dir: &Path, options: EngineOptions) -> Engine {
        Engine::open(self.catalogue.clone(), dir, options).await.expect("opens")
    }

    /// The engine answers as one that is built from nothing.
    pub(crate) async fn assert_equals_rebuilt(&self, engine: &Engine) {
        let dir = tempfile::tempdir().expect("a folder");
        let fresh = self.open_in(dir.path(), EngineOptions::default()).await;
        assert_eq!(engine.place(), self.catalogue.head().await.expect("read"));
        assert_eq!(answers(engine), answers(&fresh));
        assert_eq!(lookups(engine), lookups(&fresh));
    }
}

pub(crate) fn ask(engine: &Engine, text: &str, filters: Filters) -> SearchAnswer {
    let request = SearchRequest { filters, snippets: true, ..SearchRequest::new(text, day("2021-03-01")) };
    engine.search(&request).expect("an answer")
}

pub(crate) fn codes(engine: &Engine, text: &str) -> Vec<String> {
    ask(engine, text, Filters::default()).hits.iter().map(|hit| hit.code.to_string()).collect()
}

pub(crate) fn answers(engine: &Engine) -> Vec<SearchAnswer> {
    let scopes = [
        Filters::default(),
        Filters { unit: Some("42".parse().expect("a code")), ..Filters::default() },
        Filters { unit: Some("436".parse().expect("a code")), ..Filters::default() },
        Filters { centre: Some("c18073".parse().expect("an id")), ..Filters::default() },
        Filters { level: Some("3".parse().expect("a level")), ..Filters::default() },
        Filters { fields: vec!["ho-tich".parse().expect("a slug")], ..Filters::default() },
    ];
    let texts = ["", "dang ky", "khai sinh", "giấy báo tử", "1.0011", "ho tich", "kết hôn"];
    texts.iter().flat_map(|text| scopes.iter().map(|scope| ask(engine, text, scope.clone()))).collect()
}

/// What is known of places, centres, fields and the site, beside searching.
pub(crate) fn lookups(engine: &Engine) -> Vec<String> {
    let on = day("2021-03-01");
    let mut told = vec![format!("sample {}", engine.shows_sample())];
    for typed in ["dang", "ho", "ket", "can", "phuong"] {
        told.push(format!("{typed} {:?}", engine.suggest(typed, on, 8).expect("an answer")));
    }
    for place in ["phường nam hà", "phường bắc hà", "phường đại nài", "hà tĩnh"] {
        told.push(format!("{place} {:?}", engine.resolve_place(place, on, &[])));
    }
    for id in ["p42", "c18073", "c18070", "c18077", "d436"] {
        let id = id.parse().expect("an id");
        told.push(format!("{id} {} {:?}", engine.has_centre(&id, on), engine.centre_summary(&id, on)));
    }
    for slug in ["ho-tich", "dat-dai", "giao-thong"] {
        told.push(format!("{slug} {}", engine.has_field(&slug.parse().expect("a slug"))));
    }
    for code in ["1.001193", "2.000635", "2.000700"] {
        told.push(format!("{code} {}", engine.has_code(code, on)));
    }
    told
}

pub(crate) fn builds(index: &Path) -> Vec<PathBuf> {
    let layouts = fs::read_dir(index).expect("a folder").flatten();
    let inner = layouts.flat_map(|layout| fs::read_dir(layout.path()).expect("a folder").flatten());
    inner.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}
