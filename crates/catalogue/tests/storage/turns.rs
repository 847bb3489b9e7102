//! Writers wait for each other, not for ever, and are told who holds them up; readers never wait.

use std::time::{Duration, Instant};

use chrono::Utc;
use motcua_catalogue::{
    Catalogue, Command, CommandError, Expected, Permit, PostgresOptions, Reason, StorageError, StorageOptions,
};
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::common::{databases, field, put};

async fn write(catalogue: &Catalogue, slug: &str) -> Result<(), CommandError> {
    let command = Command::Field(field(slug, "Lĩnh vực"));
    catalogue.apply(&Permit::program("test"), &Reason::none(), Expected::Any, command).await.map(|_| ())
}

#[tokio::test]
async fn a_writer_that_waits_for_long_is_told_who_writes() {
    for database in databases().await {
        let first = database.open().await.called("motcua import");
        let second = database.open().await;
        let began = first.batch(&Permit::program("test"), &Reason::none()).await.expect("the first to write");
        let started = Instant::now();
        let refused = write(&second, "second").await.expect_err("the first is still at it");
        let waited = started.elapsed();
        assert!(waited >= Duration::from_secs(9) && waited < Duration::from_secs(20), "{waited:?}");
        let CommandError::Storage(StorageError::Busy { who, since, retry_after }) = refused else {
            panic!("{}: {refused:?}", database.name);
        };
        assert!(who.starts_with("motcua import"), "{}: {who}", database.name);
        #[expect(clippy::disallowed_methods, reason = "compared with what the catalogue's clock said")]
        let ago = (Utc::now() - since).num_seconds();
        assert!((8..30).contains(&ago), "{}: since {since}", database.name);
        assert!(retry_after >= Duration::from_secs(10), "{retry_after:?}");
        // Readers see what was there before, at once.
        assert_eq!(second.last_sequence().await.expect("readable"), 0);
        began.rollback().await.expect("given up");
        write(&second, "second").await.expect("nobody writes any more");
    }
}

#[tokio::test]
async fn a_lock_that_is_none_of_ours_is_told_as_another_program() {
    for database in databases().await {
        let catalogue = database.open().await;
        put(&catalogue, Command::Field(field("a", "A"))).await;
        let foreign = database.behind_the_back().await;
        #[expect(clippy::disallowed_methods, reason = "it stands for a program that is none of ours")]
        let transaction = foreign.begin().await.expect("begun");
        // A row lock on PostgreSQL, the write lock on SQLite.
        transaction.execute_unprepared("UPDATE change_head SET sequence = sequence").await.expect("locked");
        let refused = write(&catalogue, "b").await.expect_err("it is locked");
        let CommandError::Storage(StorageError::Busy { who, .. }) = refused else {
            panic!("{}: {refused:?}", database.name);
        };
        assert_eq!(who, "another program", "{}", database.name);
        transaction.rollback().await.expect("given up");
        write(&catalogue, "b").await.expect("free again");
    }
}

#[tokio::test]
async fn waiting_writers_leave_connections_for_readers() {
    for database in databases().await {
        let StorageOptions::Postgres(usual) = &database.options else { continue };
        let options = PostgresOptions { writer_connections: 2, reader_connections: 2, ..usual.clone() };
        let catalogue = Catalogue::open(&StorageOptions::Postgres(options)).await.expect("opens");
        let batch =
            catalogue.batch(&Permit::program("test"), &Reason::none()).await.expect("the first to write");
        let waiting: Vec<_> = (0..6)
            .map(|number| {
                let catalogue = catalogue.clone();
                tokio::spawn(async move { write(&catalogue, &format!("w{number}")).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let started = Instant::now();
        for _ in 0..10 {
            catalogue.fields().await.expect("readable");
        }
        assert!(started.elapsed() < Duration::from_secs(1), "readers waited {:?}", started.elapsed());
        batch.rollback().await.expect("given up");
        for write in waiting {
            write.await.expect("no task fails").expect("each got its turn");
        }
    }
}

#[tokio::test]
async fn a_closed_sqlite_file_holds_everything_by_itself() {
    for database in databases().await {
        let StorageOptions::Sqlite(path) = &database.options else { continue };
        let catalogue = database.open().await;
        put(&catalogue, Command::Field(field("ho-tich", "Hộ tịch"))).await;
        catalogue.close().await.expect("closes");
        let copy = path.with_file_name("copy.sqlite");
        std::fs::copy(path, &copy).expect("copied");
        let copied = Catalogue::open(&StorageOptions::Sqlite(copy)).await.expect("opens");
        assert_eq!(copied.fields().await.expect("readable").len(), 1);
    }
}

#[tokio::test]
async fn reads_may_go_to_another_address() {
    for database in databases().await {
        let StorageOptions::Postgres(usual) = &database.options else { continue };
        // The same server by another pool: what a standby shows once it has caught up.
        let options = PostgresOptions { reader_url: Some(usual.url.clone()), ..usual.clone() };
        let catalogue = Catalogue::open(&StorageOptions::Postgres(options)).await.expect("opens");
        put(&catalogue, Command::Field(field("ho-tich", "Hộ tịch"))).await;
        catalogue.reads_catch_up(Duration::from_secs(5)).await.expect("nothing is behind");
        assert_eq!(catalogue.head().await.expect("read"), catalogue.written_head().await.expect("read"));
        // A database that never gets what is written is refused at the start instead of serving an empty site.
        let other = databases().await.pop().expect("PostgreSQL");
        let StorageOptions::Postgres(empty) = &other.options else { continue };
        let options = PostgresOptions { reader_url: Some(empty.url.clone()), ..usual.clone() };
        let options = StorageOptions::Postgres(options);
        let opening = Catalogue::open(&options);
        assert!(
            tokio::time::timeout(Duration::from_secs(3), opening).await.is_err(),
            "it waits for the reader"
        );
    }
}
