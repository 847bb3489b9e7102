//! The lineage of the change log: a hash for each entry, and the ids under which the log was kept.
//!
//! The hashes stand in a table of their own, so that a log of millions of entries is chained without one of them being
//! touched: the log stays append-only through its own migration. The catalogue fills it when it is next opened.

use crate::ddl::{append_only, migration, run};

migration!("m0013_lineage", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE change_chain (
                sequence {id},
                hash {bytes} NOT NULL CHECK (length(hash) = 32)
            )",
            // The newest id is the log's; the earlier ones tell where copies that knew it by them branched off.
            "CREATE TABLE change_lineage (
                number {id},
                log_id TEXT NOT NULL UNIQUE CHECK (length(log_id) = 32),
                sequence {number} NOT NULL,
                hash {bytes} NOT NULL CHECK (length(hash) = 32),
                began_at {timestamp} NOT NULL,
                occasion TEXT NOT NULL CHECK (occasion IN ('created', 'chained', 'restored'))
            )",
            // Empty until the catalogue has chained what is there.
            "ALTER TABLE change_head ADD COLUMN log_id TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE change_head ADD COLUMN hash {bytes}",
            // The form in which the records of an entry are written; the entries so far are in the first.
            "ALTER TABLE change ADD COLUMN form {number} NOT NULL DEFAULT 1",
            // A program or an office; entries so far were made by programs.
            "ALTER TABLE change ADD COLUMN actor_kind TEXT NOT NULL DEFAULT 'program'",
            "ALTER TABLE change RENAME COLUMN row_id TO subject_id",
        ],
    )
    .await?;
    append_only(manager, "change_chain").await?;
    append_only(manager, "change_lineage").await
});
