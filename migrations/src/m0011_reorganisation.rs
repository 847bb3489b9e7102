//! Reorganisations of units: the tasks that they open, and the withdrawal of records that an undone one made.

use crate::ddl::{append_only, deleted_when_withdrawn, migration, run};

migration!("m0011_reorganisation", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE task (
                id {id},
                number TEXT NOT NULL UNIQUE,
                kind TEXT NOT NULL CHECK (kind IN
                    ('level_differs', 'only_parts', 'reason_differs', 'successor_unknown')),
                centre_id {number} REFERENCES centre (id),
                unit_id {number} REFERENCES unit (id),
                procedure_id {number} REFERENCES procedure (id),
                state TEXT NOT NULL CHECK (state IN ('open', 'done')),
                details TEXT NOT NULL,
                answer TEXT,
                answered_at {timestamp},
                answered_by TEXT,
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK ((state = 'open') = (answered_at IS NULL)),
                CHECK ((answer IS NULL) = (answered_at IS NULL))
            )",
            "CREATE INDEX task_of_centre ON task (centre_id, id)",
            "CREATE INDEX task_of_unit ON task (unit_id)",
            // Which rows were taken back, and the entry of the log that says so.
            "CREATE TABLE withdrawal (
                table_name TEXT NOT NULL,
                row_id {number} NOT NULL,
                sequence {number} NOT NULL REFERENCES change (sequence),
                PRIMARY KEY (table_name, row_id)
            )",
        ],
    )
    .await?;
    append_only(manager, "withdrawal").await?;
    let tables = ["unit", "unit_period", "unit_succession", "centre", "availability", "task"];
    deleted_when_withdrawn(manager, &tables).await
});
