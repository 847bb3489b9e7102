//! Rows that a reorganisation made can be withdrawn, by its undoing and by nothing else.

use std::io::Write as _;

use motcua_catalogue::reorganise::{ReorganiseRequest, run, undo};
use motcua_catalogue::{
    Applied, Catalogue, Command, EntityKind, Expected, Level, PageRequest, Permit, Reason, Scheme, Tier,
    Work, WorkAnswer, WorkFilter, WorkKind,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::common::{
    availability, centre, databases, day, field, period, procedure, put, refused_by_the_database, unit,
};

const TABLES: [&str; 6] = ["unit", "unit_period", "unit_succession", "centre", "availability", "work"];

/// Two communes with a centre and a listing each, in a district of a province.
async fn world(catalogue: &Catalogue) {
    let always = period("2004-01-01", None);
    for record in [
        unit("42", "tỉnh", "Hà Tĩnh", None, always),
        unit("436", "thành phố", "Hà Tĩnh", Some("42"), always),
        unit("18070", "phường", "Trần Phú", Some("436"), always),
        unit("18082", "phường", "Đại Nài", Some("436"), always),
    ] {
        put(catalogue, Command::Unit(record)).await;
    }
    put(catalogue, Command::Field(field("ho-tich", "Hộ tịch"))).await;
    let record = procedure("1.001193", "Thủ tục đăng ký khai sinh", always);
    put(catalogue, Command::Procedure(Box::new(record))).await;
    for (id, unit, level) in [("c18070", "18070", Level::Three), ("c18082", "18082", Level::Four)] {
        put(catalogue, Command::Centre(centre(id, unit, Tier::Commune, always))).await;
        let listing = availability("1.001193", id, Some((Scheme::Nd43, level)), period("2021-01-01", None));
        put(catalogue, Command::Availability(Box::new(listing))).await;
    }
}

async fn reorganise(catalogue: &Catalogue) -> String {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let rows = "old_code,step2,new_code,new_name,new_province_code\n\
                18070,whole,18073,Phường Thành Sen,42\n18082,whole,18073,Phường Thành Sen,42\n";
    file.write_all(rows.as_bytes()).expect("writable");
    let request = ReorganiseRequest {
        path: file.path().to_owned(),
        effective: day("2025-07-01"),
        resolution: Some("NQ 1665".to_owned()),
        permit: Permit::program("test"),
        scratch: None,
    };
    run(catalogue, &request, None, &mut |_| true).await.expect("a sound file").run
}

async fn count(db: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("readable").expect("a row").try_get_by_index(0).expect("a number")
}

#[tokio::test]
async fn the_database_refuses_plain_deletions() {
    for database in databases().await {
        let catalogue = database.open().await;
        world(&catalogue).await;
        Box::pin(reorganise(&catalogue)).await;
        let db = database.behind_the_back().await;
        for table in TABLES {
            assert!(count(&db, table).await > 0, "{table} is empty");
            let outcome = db.execute_unprepared(&format!("DELETE FROM {table}")).await;
            refused_by_the_database(&format!("a deletion from {table}"), &outcome);
            // A withdrawal that is committed opens nothing afterwards.
            let withdrawal = format!(
                "INSERT INTO withdrawal (table_name, row_id, sequence) \
                 SELECT '{table}', max(id), 1 FROM {table}"
            );
            db.execute_unprepared(&withdrawal).await.expect("an entry of the log is there");
            let sql = format!("DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})");
            refused_by_the_database("a deletion by an old entry", &db.execute_unprepared(&sql).await);
        }
        let sql = "INSERT INTO withdrawal (table_name, row_id, sequence) VALUES ('unit', 1, 999999)";
        refused_by_the_database(
            "a withdrawal without its entry in the log",
            &db.execute_unprepared(sql).await,
        );
        refused_by_the_database(
            "a change of withdrawals",
            &db.execute_unprepared("DELETE FROM withdrawal").await,
        );
    }
}

#[tokio::test]
async fn an_undone_run_leaves_its_entries_in_the_log_and_nothing_in_the_tables() {
    for database in databases().await {
        let catalogue = database.open().await;
        world(&catalogue).await;
        let db = database.behind_the_back().await;
        let mut before = Vec::new();
        for table in TABLES {
            before.push(count(&db, table).await);
        }
        let start = catalogue.last_sequence().await.expect("a number");
        let name = Box::pin(reorganise(&catalogue)).await;
        let made = catalogue.changes_after(start, 1000).await.expect("readable");
        assert!(made.iter().all(|change| {
            change.reason.as_deref().is_some_and(|reason| reason == format!("reorganise:{name} NQ 1665"))
        }));
        let middle = catalogue.last_sequence().await.expect("a number");
        undo(&catalogue, &name, &Permit::program("test"), &mut |_| true).await.expect("nothing in the way");
        let mut after = Vec::new();
        for table in TABLES {
            after.push(count(&db, table).await);
        }
        assert_eq!(after, before, "{}", database.name);
        let undone = catalogue.changes_after(middle, 1000).await.expect("readable");
        let withdrawn: Vec<_> = undone.iter().filter(|change| change.after.is_none()).collect();
        assert!(withdrawn.iter().all(|change| change.before.is_some()));
        for kind in [
            EntityKind::Unit,
            EntityKind::Succession,
            EntityKind::Centre,
            EntityKind::Availability,
            EntityKind::Work,
        ] {
            assert!(withdrawn.iter().any(|change| change.entity == kind), "{kind:?}");
        }
        // Ids of withdrawn rows are not given again.
        let again = Box::pin(reorganise(&catalogue)).await;
        assert_ne!(again, name);
        let ids = |changes: &[motcua_catalogue::Change]| -> Vec<i64> {
            let centres = changes.iter().filter(|change| change.entity == EntityKind::Centre);
            centres.filter(|change| change.before.is_none()).map(|change| change.subject_id).collect()
        };
        let later = catalogue.changes_after(undone.last().expect("entries").sequence, 1000).await;
        let (first, second) = (ids(&made), ids(&later.expect("readable")));
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_ne!(first, second);
    }
}

#[tokio::test]
async fn tasks_are_found_answered_and_then_stand_in_the_way() {
    for database in databases().await {
        let catalogue = database.open().await;
        world(&catalogue).await;
        let name = Box::pin(reorganise(&catalogue)).await;
        let all = PageRequest { size: 100, after: None };
        let filter =
            WorkFilter { centre: Some("c18073-2025".parse().expect("an id")), ..WorkFilter::default() };
        let page = catalogue.work(&filter, &all).await.expect("readable");
        assert_eq!(page.total, 1);
        let task = page.items[0].clone();
        assert_eq!((task.kind, task.found.len()), (WorkKind::LevelDiffers, 2));
        assert_eq!(
            task.shown.as_ref().and_then(|shown| shown.level).map(motcua_catalogue::OnlineLevel::level),
            Some(Level::Three)
        );
        for filter in [
            WorkFilter { unit: Some("18073".parse().expect("a code")), ..WorkFilter::default() },
            WorkFilter { kind: Some(WorkKind::LevelDiffers), is_open: Some(true), ..WorkFilter::default() },
        ] {
            assert_eq!(
                catalogue.work(&filter, &all).await.expect("readable").items,
                std::slice::from_ref(&task)
            );
        }
        let answer = WorkAnswer {
            accepted: None,
            text: "Mức độ 4, theo quyết định mới".to_owned(),
            answered_at: chrono::DateTime::UNIX_EPOCH,
            answered_by: "Văn phòng".to_owned(),
        };
        let done = Work { answer: Some(answer), ..task };
        let applied = catalogue
            .apply(
                &Permit::program("test"),
                &Reason::none(),
                Expected::Version(1),
                Command::Work(Box::new(done.clone())),
            )
            .await
            .expect("an answer");
        assert!(matches!(applied.applied, Applied::Changed(_)));
        let filter = WorkFilter { is_open: Some(false), ..WorkFilter::default() };
        assert_eq!(catalogue.work(&filter, &all).await.expect("readable").items, std::slice::from_ref(&done));
        let refused = undo(&catalogue, &name, &Permit::program("test"), &mut |_| true)
            .await
            .expect_err("an answer was given");
        assert!(refused.to_string().contains(&done.number), "{refused}");
    }
}
