//! The change log under many writers: followers miss nothing, see nothing twice, and see it in order.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::common::{TestDatabase, databases, field};
use motcua_catalogue::{
    Actor, ActorKind, Catalogue, Change, Command, EntityKind, Expected, Permit, Reason, StorageOptions,
};

const WRITERS: usize = 16;
const ENTRIES: usize = 1_000;
const FOLLOWERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_writers_and_four_followers_lose_nothing() {
    for database in databases().await {
        let seen = run(&database).await;
        for (follower, changes) in seen.iter().enumerate() {
            let (mut missed, mut doubled, mut out_of_order) = (0, 0, 0);
            for (place, change) in changes.iter().enumerate() {
                let wanted = u64::try_from(place).expect("a small number") + 1;
                match change.sequence.cmp(&wanted) {
                    std::cmp::Ordering::Less => doubled += 1,
                    std::cmp::Ordering::Greater => missed += 1,
                    std::cmp::Ordering::Equal => {}
                }
            }
            // Within one writer the entries come in the order in which they were acknowledged.
            let mut last: HashMap<&str, usize> = HashMap::new();
            for change in changes {
                let number: usize =
                    change.key.rsplit_once('-').expect("a key of ours").1.parse().expect("a number");
                let previous = last.insert(change.actor.as_str(), number);
                if previous.map_or(0, |previous| previous + 1) != number {
                    out_of_order += 1;
                }
            }
            assert_eq!(
                (changes.len(), missed, doubled, out_of_order),
                (WRITERS * ENTRIES, 0, 0, 0),
                "follower {follower} on {}: entries, missed, doubled, out of order",
                database.name
            );
        }
        println!(
            "{}: {WRITERS} writers x {ENTRIES} entries, {FOLLOWERS} followers: 0 missed, 0 doubled, 0 out of order",
            database.name
        );
    }
}

/// The permit of a member of staff of an office.
fn office(name: &str) -> Permit {
    let office = name.to_owned().try_into().expect("a name");
    Permit::operator(Actor::Staff { office, staff: Some("s-17".to_owned().try_into().expect("an id")) })
}

async fn run(database: &TestDatabase) -> Vec<Vec<Change>> {
    // On PostgreSQL the writers belong to four nodes, on SQLite to the one process that may write.
    let nodes = if matches!(database.options, StorageOptions::Postgres(_)) { 4 } else { 1 };
    let mut handles = Vec::new();
    for _ in 0..nodes {
        handles.push(database.open().await);
    }
    let written = Arc::new(AtomicUsize::new(0));
    let followers: Vec<_> = (0..FOLLOWERS)
        .map(|number| {
            let catalogue = handles[number % nodes].clone();
            tokio::spawn(follow(catalogue, number, Arc::clone(&written)))
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (catalogue, written) = (handles[writer % nodes].clone(), Arc::clone(&written));
            tokio::spawn(async move {
                for entry in 0..ENTRIES {
                    let record = field(&format!("w{writer}-{entry}"), &format!("Lĩnh vực {writer}.{entry}"));
                    catalogue
                        .apply(
                            &office(&format!("writer-{writer}")),
                            &Reason::none(),
                            Expected::Absent,
                            Command::Field(record),
                        )
                        .await
                        .expect("a new record is written");
                    written.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer fails");
    }
    let mut seen = Vec::new();
    for follower in followers {
        seen.push(follower.await.expect("no follower fails"));
    }
    let last = handles[0].last_sequence().await.expect("a number");
    assert_eq!(usize::try_from(last).ok(), Some(WRITERS * ENTRIES), "one number per entry, none left out");
    seen
}

/// Reads the log as the index does: from the last number seen, in portions, until everything was written.
async fn follow(catalogue: Catalogue, number: usize, written: Arc<AtomicUsize>) -> Vec<Change> {
    let portion = [1, 7, 100, 1_000][number % 4];
    let mut seen: Vec<Change> = Vec::new();
    loop {
        let done = written.load(Ordering::SeqCst) == WRITERS * ENTRIES;
        let after = seen.last().map_or(0, |change| change.sequence);
        let changes = catalogue.changes_after(after, portion).await.expect("the log is readable");
        assert!(changes.len() <= portion as usize);
        if changes.is_empty() {
            if done {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        seen.extend(changes);
    }
}

#[tokio::test]
async fn an_entry_says_who_did_what_to_which_record() {
    for database in databases().await {
        let catalogue = database.open().await;
        let mut commits = catalogue.commits();
        commits.borrow_and_update();
        let old = field("ho-tich", "Hộ tịch");
        let new = field("ho-tich", "Hộ tịch, quốc tịch");
        for record in [&old, &new, &new] {
            catalogue
                .apply(
                    &office("Văn phòng UBND tỉnh"),
                    &Reason {
                        public: Some("đổi tên".to_owned()), note: Some("anh Nam nhắc".to_owned())
                    },
                    Expected::Any,
                    Command::Field(record.clone()),
                )
                .await
                .expect("it is written");
        }
        let changes = catalogue.changes_after(0, 10).await.expect("the log is readable");
        assert_eq!(changes.len(), 2, "writing the same again leaves no entry");
        assert_eq!(changes.iter().map(|change| change.version).collect::<Vec<_>>(), [1, 2]);
        let last = &changes[1];
        assert_eq!((last.entity, last.key.as_str()), (EntityKind::Field, "ho-tich"));
        assert_eq!((last.actor.as_str(), last.reason.as_deref()), ("Văn phòng UBND tỉnh", Some("đổi tên")));
        assert_eq!(last.before, Some(serde_json::to_value(&old).expect("it serialises")));
        assert_eq!(last.after, Some(serde_json::to_value(&new).expect("it serialises")));
        assert_eq!(last.subject_id, changes[0].subject_id);
        // The office is published; who acted for it, and what they told each other, is in the run alone.
        assert_eq!(last.actor_kind, ActorKind::Office);
        let run = catalogue.runs(1).await.expect("readable").remove(0);
        assert_eq!(run.staff.map(|staff| staff.as_str().to_owned()), Some("s-17".to_owned()));
        assert_eq!((run.reason.as_deref(), run.note.as_deref()), (Some("đổi tên"), Some("anh Nam nhắc")));
        assert_eq!((run.first_sequence, run.last_sequence), (last.sequence, last.sequence));
        let entry = format!("{changes:?}");
        assert!(!entry.contains("s-17") && !entry.contains("anh Nam"), "{entry}");
        assert!(commits.has_changed().expect("the catalogue is open"), "followers in this process are woken");
    }
}
