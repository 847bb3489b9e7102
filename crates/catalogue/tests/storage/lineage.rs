//! The chain of the change log: whatever is altered behind the catalogue's back is found and told with its number.

use motcua_catalogue::{BrokenLog, Catalogue, Command, LogCheck, LogHash};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::common::{TestDatabase, databases, field, put, small_world};

const ENTRIES: u64 = 10;

/// A log of ten entries.
async fn ten_entries(database: &TestDatabase) -> Catalogue {
    let catalogue = database.open().await;
    for number in 1..=ENTRIES {
        put(&catalogue, Command::Field(field(&format!("f{number}"), &format!("Lĩnh vực {number}")))).await;
    }
    catalogue
}

/// A connection for which the log is not append-only.
async fn unguarded(database: &TestDatabase) -> DatabaseConnection {
    let db = database.behind_the_back().await;
    for table in ["change", "change_chain", "change_lineage"] {
        let statements = if db.get_database_backend() == DbBackend::Sqlite {
            vec![format!("DROP TRIGGER {table}_no_update"), format!("DROP TRIGGER {table}_no_delete")]
        } else {
            vec![format!("DROP TRIGGER {table}_append_only ON {table}")]
        };
        for statement in statements {
            db.execute_unprepared(&statement).await.expect("the guard is there");
        }
    }
    db
}

async fn check(catalogue: &Catalogue) -> LogCheck {
    catalogue.verify_log(&mut |_| true).await.expect("the log is readable")
}

#[tokio::test]
async fn whatever_is_altered_is_told_with_its_number() {
    // What somebody does, how it is told, and how many entries before it are sound.
    let faults: [(&str, BrokenLog, u64); 10] = [
        ("UPDATE change SET after = '{}' WHERE sequence = 4", BrokenLog::Altered(4), 3),
        ("UPDATE change SET actor = 'somebody' WHERE sequence = 1", BrokenLog::Altered(1), 0),
        ("UPDATE change SET reason = 'later' WHERE sequence = 10", BrokenLog::Altered(10), 9),
        (
            "UPDATE change_chain SET hash = (SELECT hash FROM change_chain WHERE sequence = 6) WHERE sequence = 5",
            BrokenLog::Altered(5),
            4,
        ),
        ("DELETE FROM change WHERE sequence = 7", BrokenLog::Missing(7), 6),
        ("DELETE FROM change WHERE sequence = 10", BrokenLog::Unchained(10), 9),
        ("DELETE FROM change_chain WHERE sequence = 8", BrokenLog::Unchained(8), 7),
        ("UPDATE change_head SET sequence = 12", BrokenLog::Head { last: 10, head: 12 }, 10),
        (
            "UPDATE change_head SET sequence = 9, hash = (SELECT hash FROM change_chain WHERE sequence = 9)",
            BrokenLog::Head { last: 10, head: 9 },
            10,
        ),
        (
            "UPDATE change_head SET hash = (SELECT hash FROM change_chain WHERE sequence = 9)",
            BrokenLog::Head { last: 10, head: 10 },
            10,
        ),
    ];
    for (statement, broken, sound) in faults {
        for database in databases().await {
            let catalogue = ten_entries(&database).await;
            let before = check(&catalogue).await;
            assert_eq!((before.sound, &before.broken), (ENTRIES, &None), "{}", database.name);
            let db = unguarded(&database).await;
            db.execute_unprepared(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
            let found = check(&catalogue).await;
            assert_eq!(
                (found.broken, found.sound),
                (Some(broken.clone()), sound),
                "{}: {statement}",
                database.name
            );
        }
    }
}

#[tokio::test]
async fn both_ends_of_a_log_cut_off_together_are_another_history() {
    for database in databases().await {
        let catalogue = ten_entries(&database).await;
        let before = catalogue.head().await.expect("a head");
        let db = unguarded(&database).await;
        for statement in [
            "DELETE FROM change WHERE sequence > 8",
            "DELETE FROM change_chain WHERE sequence > 8",
            "UPDATE change_head SET sequence = 8, hash = (SELECT hash FROM change_chain WHERE sequence = 8)",
        ] {
            db.execute_unprepared(statement).await.expect("unguarded");
        }
        // No log can tell that it once was longer; whoever has seen the end of it can.
        assert_eq!(check(&catalogue).await.broken, None);
        assert!(!catalogue.holds(&before).await.expect("readable"), "{}", database.name);
        for number in 0..2 {
            put(&catalogue, Command::Field(field(&format!("other-{number}"), "Khác"))).await;
        }
        let after = catalogue.head().await.expect("a head");
        assert_eq!((after.sequence, &after.log), (before.sequence, &before.log));
        assert!(!catalogue.holds(&before).await.expect("readable"), "the same number is another entry now");
    }
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows =
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("readable");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

#[tokio::test]
async fn a_log_without_a_chain_gets_the_one_that_it_would_have_had() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let head = catalogue.head().await.expect("a head");
        let mut hashes: Vec<Option<LogHash>> = Vec::new();
        for sequence in 0..=head.sequence {
            hashes.push(catalogue.log_hash(sequence).await.expect("readable"));
        }
        catalogue.close().await.expect("closes");
        // As an earlier version leaves it.
        let db = unguarded(&database).await;
        for statement in [
            "DELETE FROM change_chain",
            "DELETE FROM change_lineage",
            "UPDATE change_head SET log_id = '', hash = NULL",
        ] {
            db.execute_unprepared(statement).await.expect("unguarded");
        }
        let mut told = Vec::new();
        let catalogue =
            Catalogue::open_telling(&database.options, &mut |done| told.push(done)).await.expect("opens");
        assert_eq!(told, [head.sequence], "{}", database.name);
        let again = catalogue.head().await.expect("a head");
        assert!(again.is_same_history(&head) && again.log != head.log, "{again} after {head}");
        for (sequence, hash) in (0..).zip(&hashes) {
            assert_eq!(&catalogue.log_hash(sequence).await.expect("readable"), hash, "entry {sequence}");
        }
        assert_eq!(check(&catalogue).await.broken, None);
        assert_eq!(texts(&db, "SELECT occasion FROM change_lineage").await, ["chained"]);
    }
}

#[tokio::test]
async fn a_restored_log_has_another_id_and_nothing_else_is_different() {
    for database in databases().await {
        let catalogue = ten_entries(&database).await;
        let before = catalogue.head().await.expect("a head");
        let entries = catalogue.changes_after(0, 100).await.expect("readable");
        let place = catalogue.mark_restored().await.expect("it is marked");
        assert_eq!(place, catalogue.head().await.expect("a head"));
        assert!(place.is_same_history(&before) && place.log != before.log, "{place} after {before}");
        assert_eq!(catalogue.changes_after(0, 100).await.expect("readable"), entries);
        assert_eq!(check(&catalogue).await, LogCheck { sound: ENTRIES, head: place.clone(), broken: None });
        put(&catalogue, Command::Field(field("after", "Sau"))).await;
        let after = catalogue.head().await.expect("a head");
        assert_eq!((after.sequence, &after.log), (ENTRIES + 1, &place.log), "it goes on under its new id");
        let db = database.behind_the_back().await;
        let occasions = texts(&db, "SELECT occasion FROM change_lineage ORDER BY number").await;
        assert_eq!(occasions, ["created", "restored"], "{}", database.name);
    }
}
