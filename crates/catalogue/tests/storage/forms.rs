//! Entries of the form in which the former release wrote them: they are read, shown and undone for ever.

use std::collections::{BTreeMap, BTreeSet};

use motcua_catalogue::{
    Availability, Catalogue, Change, EntityKind, PageRequest, Permit, Reason, RevisionKey, RunKind,
    UndoError, WorkFilter, WorkKind,
};
use motcua_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};

use crate::common::{TestDatabase, databases};

/// The rows that the former release wrote, and its schema: that of the first twelve migrations.
const ROWS: &str = include_str!("released_form.sql");
const MIGRATIONS: u32 = 12;

/// Its entries in the log.
const ENTRIES: u64 = 72;

const ALL: PageRequest = PageRequest { size: 100, after: None };

/// A database as the former release left it, opened by this one.
async fn migrated(database: &TestDatabase) -> Catalogue {
    let db = Database::connect(&database.url_to_make()).await.expect("a database");
    Migrator::up(&db, Some(MIGRATIONS)).await.expect("the former schema");
    db.execute_unprepared(ROWS).await.expect("rows that the former schema takes");
    db.close().await.expect("closed");
    database.open().await
}

async fn entries(catalogue: &Catalogue) -> Vec<Change> {
    catalogue.changes_after(0, 1_000).await.expect("every entry reads")
}

#[tokio::test]
async fn a_log_of_the_former_release_is_chained_and_every_entry_reads() {
    for database in databases().await {
        let catalogue = migrated(&database).await;
        let check = catalogue.verify_log(&mut |_| true).await.expect("readable");
        assert!(check.broken.is_none(), "{}: {check:?}", database.name);
        assert_eq!((check.sound, check.head.sequence), (ENTRIES, ENTRIES));
        let entries = entries(&catalogue).await;
        let kinds: BTreeSet<EntityKind> = entries.iter().map(|change| change.entity).collect();
        assert_eq!(kinds, EntityKind::ALL.into(), "{}: not every kind is there", database.name);
        for change in &entries {
            for record in [&change.before, &change.after].into_iter().flatten() {
                assert!(record.is_object() || change.entity == EntityKind::Site, "{change:?}");
            }
        }
        // The former release noted names alone; the program's own are known, the rest are offices.
        let carried = entries.iter().find(|change| change.sequence == 40).expect("there");
        assert_eq!(carried.actor, "reorganise");
        catalogue.close().await.expect("closed");
    }
}

#[tokio::test]
async fn histories_of_the_former_release_are_shown() {
    for database in databases().await {
        let catalogue = migrated(&database).await;
        let listing = RevisionKey::Availability {
            procedure: "9.000010".parse().expect("a code"),
            case: None,
            centre: "c98001".parse().expect("an id"),
        };
        let history = catalogue.revisions(&listing, &ALL).await.expect("readable");
        // Stated, corrected by the office, ended by the reorganisation.
        let levels: Vec<Option<Availability>> =
            history.items.iter().map(motcua_catalogue::Revision::listing).collect();
        assert_eq!((history.total, levels.iter().flatten().count()), (3, 3), "{}", database.name);
        assert_eq!(history.items[1].actor, "UBND xã Thử A");
        assert_eq!(history.items[1].reason.as_deref(), Some("đối chiếu Quyết định 2/QĐ-TN"));
        assert_eq!(history.items[0].changed, ["period"]);
        for (key, states) in [
            (RevisionKey::Centre("c98001".parse().expect("an id")), 2),
            (RevisionKey::Procedure("9.000010".parse().expect("a code")), 1),
            (RevisionKey::Unit("98001".parse().expect("a code")), 2),
        ] {
            let history = catalogue.revisions(&key, &ALL).await.expect("readable");
            assert_eq!(history.total, states, "{}: {key:?}", database.name);
        }
        catalogue.close().await.expect("closed");
    }
}

#[tokio::test]
async fn a_task_that_was_answered_in_the_old_form_stands_as_work() {
    for database in databases().await {
        let catalogue = migrated(&database).await;
        let work = catalogue.work(&WorkFilter::default(), &ALL).await.expect("readable").items;
        let kinds: BTreeMap<&str, (WorkKind, bool)> =
            work.iter().map(|work| (work.number.as_str(), (work.kind, work.answer.is_some()))).collect();
        let wanted = [
            ("2025-07-01-1.0000001", (WorkKind::SuccessorUnknown, true)),
            ("2025-07-01-1.0000002", (WorkKind::OnlyParts, false)),
        ];
        assert_eq!(kinds, wanted.into(), "{}", database.name);
        let answer = work.iter().find_map(|work| work.answer.as_ref()).expect("one is answered");
        assert_eq!(answer.answered_by, "Sở Nội vụ tỉnh Thử Nghiệm");
        assert_eq!(answer.text, "Nghị quyết thử 3/2025 nói rõ: về Xã Thử Chung");
        let logged = entries(&catalogue).await;
        let logged = logged.iter().filter(|change| change.entity == EntityKind::Work).count();
        assert_eq!(logged, 3, "two tasks and an answer");
        catalogue.close().await.expect("closed");
    }
}

/// The records as the log has them after an entry, by kind and key; a withdrawn one is not there.
fn records(entries: &[Change], last: u64) -> BTreeMap<(EntityKind, String), serde_json::Value> {
    let mut records = BTreeMap::new();
    for change in entries.iter().filter(|change| change.sequence <= last) {
        let key = (change.entity, change.key.clone());
        match &change.after {
            Some(record) => records.insert(key, record.clone()),
            None => records.remove(&key),
        };
    }
    records
}

#[tokio::test]
async fn a_reorganisation_of_the_former_release_can_be_undone() {
    for database in databases().await {
        let catalogue = migrated(&database).await;
        let runs = catalogue.runs(10).await.expect("readable");
        assert_eq!(runs.len(), 1, "the former release remembered no other runs");
        let run = &runs[0];
        assert_eq!(
            (run.name.as_str(), run.kind, run.is_undone),
            ("2025-07-01-1", RunKind::Reorganise, false)
        );
        assert_eq!((run.first_sequence, run.last_sequence), (37, 68));

        let permit = Permit::program("test");
        let reason = Reason::none();
        let undone =
            catalogue.undo_run(&permit, &reason, &run.name, &mut |_| true).await.expect("it can be undone");
        // Its task that was answered since is left alone and named.
        let left: Vec<(EntityKind, &str)> =
            undone.left.iter().map(|left| (left.kind, left.key.as_str())).collect();
        assert_eq!(left, [(EntityKind::Work, "2025-07-01-1.0000001")], "{}", database.name);

        let entries = entries(&catalogue).await;
        let (mut before, mut after) = (records(&entries, 36), records(&entries, u64::MAX));
        // What was written apart from the run stays.
        let later = [EntityKind::Work, EntityKind::Site, EntityKind::Event, EntityKind::Decision];
        for records in [&mut before, &mut after] {
            records.retain(|(kind, _), _| !later.contains(kind));
        }
        assert_eq!(after, before, "{}: not as before", database.name);
        let work = catalogue.work(&WorkFilter::default(), &ALL).await.expect("readable").items;
        assert_eq!(work.len(), 1, "the open task went with its run");
        let check = catalogue.verify_log(&mut |_| true).await.expect("readable");
        assert!(check.broken.is_none(), "{check:?}");

        let twice = catalogue.undo_run(&permit, &reason, &run.name, &mut |_| true).await;
        assert!(matches!(twice, Err(UndoError::UndoneAlready(_))), "{twice:?}");
        // And what undid it can be undone in turn: the order of 2025 is back.
        let back = catalogue
            .undo_run(&permit, &reason, undone.by.as_deref().expect("written"), &mut |_| true)
            .await
            .expect("undone");
        assert_eq!(back.left, [], "{}", database.name);
        let unit = RevisionKey::Unit("98011".parse().expect("a code"));
        let states = catalogue.revisions(&unit, &ALL).await.expect("readable").items;
        assert!(states.first().is_some_and(|state| state.record.is_some()), "{states:?}");
        catalogue.close().await.expect("closed");
    }
}
