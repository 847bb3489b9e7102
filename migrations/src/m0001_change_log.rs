//! The change log, its head and facts about the site.

use crate::ddl::{append_only, migration, run};

migration!("m0001_change_log", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE change (
                sequence {id},
                entity TEXT NOT NULL,
                key TEXT NOT NULL,
                row_id {number} NOT NULL,
                version {number} NOT NULL CHECK (version >= 1),
                actor TEXT NOT NULL CHECK (actor <> ''),
                reason TEXT,
                at {timestamp} NOT NULL,
                before TEXT,
                after TEXT,
                CHECK (before IS NOT NULL OR after IS NOT NULL)
            )",
            "CREATE INDEX change_of_record ON change (entity, row_id, sequence)",
            // One row, locked by every writing transaction until it commits: numbers follow the order of commits.
            "CREATE TABLE change_head (id {id} CHECK (id = 1), sequence {number} NOT NULL)",
            "INSERT INTO change_head (id, sequence) VALUES (1, 0)",
            "CREATE TABLE site (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        ],
    )
    .await?;
    append_only(manager, "change").await
});
