//! Databases and records for the catalogue's tests.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::NaiveDate;
use motcua_catalogue::{
    Applied, Assurance, Availability, BoundaryFree, Catalogue, Centre, Checklist, Command, CommandError,
    Expected, Field, Level, Offered, OnlineLevel, Period, Permit, Procedure, ProcedureDetails, Reason,
    Refusal, Scheme, Scope, Source, SourceKind, StorageOptions, Tier, UnitPeriod,
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};
use tempfile::TempDir;

/// An empty database of its own.
pub(crate) struct TestDatabase {
    pub(crate) options: StorageOptions,
    pub(crate) name: &'static str,
    url: String,
    _folder: TempDir,
}

impl TestDatabase {
    /// Opens the catalogue on it.
    pub(crate) async fn open(&self) -> Catalogue {
        Catalogue::open(&self.options).await.expect("an empty database opens")
    }

    /// The address under which the database is made where there is none yet.
    pub(crate) fn url_to_make(&self) -> String {
        match self.options {
            StorageOptions::Sqlite(_) => format!("{}?mode=rwc", self.url),
            StorageOptions::Postgres(_) => self.url.clone(),
        }
    }

    /// A connection behind the catalogue's back.
    pub(crate) async fn behind_the_back(&self) -> DatabaseConnection {
        let db = Database::connect(&self.url).await.expect("a database that is open already");
        if matches!(self.options, StorageOptions::Sqlite(_)) {
            // SQLite checks foreign keys only for connections that ask for it; the catalogue's own do.
            db.execute_unprepared("PRAGMA foreign_keys = ON").await.expect("a known pragma");
        }
        db
    }
}

/// SQLite, and PostgreSQL where `MOTCUA_TEST_POSTGRES` names a server.
pub(crate) async fn databases() -> Vec<TestDatabase> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("catalogue.sqlite");
    let url = format!("sqlite://{}", path.display());
    let mut databases =
        vec![TestDatabase { options: StorageOptions::Sqlite(path), name: "SQLite", url, _folder: folder }];
    match std::env::var("MOTCUA_TEST_POSTGRES") {
        Ok(server) if !server.is_empty() => databases.push(on_postgres(&server).await),
        _ => println!("skipped on PostgreSQL: MOTCUA_TEST_POSTGRES is not set; scripts/test.sh sets it"),
    }
    databases
}

/// A database on the server of the test run, which is thrown away as a whole afterwards.
async fn on_postgres(server: &str) -> TestDatabase {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("catalogue_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(server).await.expect("the server of MOTCUA_TEST_POSTGRES");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a new database");
    let (base, _) = server.rsplit_once('/').expect("an address with a database");
    let url = format!("{base}/{name}");
    TestDatabase {
        options: StorageOptions::postgres(url.clone()),
        name: "PostgreSQL",
        url,
        _folder: tempfile::tempdir().expect("a temporary folder"),
    }
}

/// Panics unless the database itself refuses a statement.
#[track_caller]
pub(crate) fn refused_by_the_database(what: &str, outcome: &Result<impl Sized, DbErr>) {
    assert!(outcome.is_err(), "the database accepted {what}");
}

/// Applies a command that must be carried out.
pub(crate) async fn put(catalogue: &Catalogue, command: Command) -> Applied {
    let what = format!("{command:?}");
    match catalogue.apply(&Permit::program("test"), &Reason::none(), Expected::Any, command).await {
        Ok(written) => written.applied,
        Err(problem) => panic!("{problem:?} for {what}"),
    }
}

/// Applies a command that must be refused.
pub(crate) async fn refuse(catalogue: &Catalogue, expected: Expected, command: Command) -> Refusal {
    let before = catalogue.last_sequence().await.expect("a number");
    let what = format!("{command:?}");
    let refusal = match catalogue.apply(&Permit::program("test"), &Reason::none(), expected, command).await {
        Err(CommandError::Refused(refusal)) => refusal,
        other => panic!("{other:?} instead of a refusal of {what}"),
    };
    assert_eq!(catalogue.last_sequence().await.expect("a number"), before, "a refusal was logged");
    refusal
}

/// A day such as `2021-03-01`.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date in the test")
}

/// A period of two days, half-open.
pub(crate) fn period(from: &str, to: Option<&str>) -> Period {
    Period::new(Some(day(from)), to.map(day)).expect("a period in the test")
}

/// A source that says what it is.
pub(crate) fn source() -> Source {
    Source { kind: SourceKind::Dataset, citation: "made for this test".to_owned(), retrieved_on: None }
}

pub(crate) fn field(slug: &str, name: &str) -> Field {
    Field { slug: slug.parse().expect("a slug"), name: name.to_owned() }
}

pub(crate) fn unit(code: &str, kind: &str, name: &str, parent: Option<&str>, period: Period) -> UnitPeriod {
    let tier = match code.len() {
        2 => Tier::Province,
        3 => Tier::District,
        _ => Tier::Commune,
    };
    let mut full_name = format!("{kind} {name}");
    if let Some(first) = full_name.get(..1).map(str::to_uppercase) {
        full_name.replace_range(..1, &first);
    }
    UnitPeriod {
        code: code.parse().expect("a unit code"),
        period,
        tier,
        kind: kind.to_owned(),
        name: name.to_owned(),
        full_name,
        parent: parent.map(|code| code.parse().expect("a unit code")),
        continues: false,
        province: "42".parse().expect("a unit code"),
        lat: None,
        lon: None,
        extra: std::collections::BTreeMap::new(),
        source: source(),
    }
}

pub(crate) fn centre(id: &str, unit: &str, tier: Tier, period: Period) -> Centre {
    Centre {
        id: id.parse().expect("a centre id"),
        period,
        name: format!("Bộ phận một cửa {id}"),
        tier,
        unit: unit.parse().expect("a unit code"),
        sites: Vec::new(),
        portal: None,
        note: None,
        extra: std::collections::BTreeMap::new(),
        source: source(),
    }
}

pub(crate) fn procedure(code: &str, name: &str, period: Period) -> Procedure {
    Procedure {
        code: code.parse().expect("a procedure code"),
        period,
        name: name.to_owned(),
        fields: vec!["ho-tich".parse().expect("a slug")],
        agencies: Vec::new(),
        tiers: vec![Tier::Commune],
        tiers_inferred: false,
        applicants: Vec::new(),
        scope: Scope::National,
        details: ProcedureDetails::default(),
        source: source(),
    }
}

pub(crate) fn availability(
    procedure: &str,
    centre: &str,
    level: Option<(Scheme, Level)>,
    period: Period,
) -> Availability {
    Availability {
        procedure: procedure.parse().expect("a procedure code"),
        case: None,
        centre: centre.parse().expect("a centre id"),
        period,
        offered: Offered::Yes,
        level: level.map(|(scheme, level)| OnlineLevel::new(scheme, level).expect("a level of its scheme")),
        converted: false,
        channels: Vec::new(),
        checklist: Checklist::default(),
        partial_reason: None,
        proactive: None,
        boundary_free: BoundaryFree::Unknown,
        decision: None,
        evidence: Vec::new(),
        assurance: Assurance::default(),
        source: source(),
    }
}

/// A small world: a province, a district, two communes until the merger and three after it, a centre of each tier, two
/// procedures.
pub(crate) async fn small_world(catalogue: &Catalogue) {
    let before = period("2004-01-01", Some("2025-07-01"));
    let after = period("2025-07-01", None);
    for record in [
        unit("42", "tỉnh", "Hà Tĩnh", None, period("2004-01-01", None)),
        unit("436", "thành phố", "Hà Tĩnh", Some("42"), before),
        unit("18070", "phường", "Trần Phú", Some("436"), before),
        unit("18082", "phường", "Đại Nài", Some("436"), before),
        unit("18073", "phường", "Thành Sen", Some("42"), after),
        unit("18100", "phường", "Trần Phú", Some("42"), after),
        unit("18652", "phường", "Hà Huy Tập", Some("42"), after),
    ] {
        put(catalogue, Command::Unit(record)).await;
    }
    put(catalogue, Command::Field(field("ho-tich", "Hộ tịch"))).await;
    for record in [
        centre("p42", "42", Tier::Province, period("2017-07-13", None)),
        centre("d436", "436", Tier::District, period("2017-01-01", Some("2025-07-01"))),
        centre("c18070", "18070", Tier::Commune, period("2017-01-01", Some("2025-07-01"))),
    ] {
        put(catalogue, Command::Centre(record)).await;
    }
    for (code, name) in [("1.001193", "Thủ tục đăng ký khai sinh"), ("1.000894", "Thủ tục đăng ký kết hôn")]
    {
        put(catalogue, Command::Procedure(Box::new(procedure(code, name, Period::ALWAYS)))).await;
    }
}
