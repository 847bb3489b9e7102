//! Change sets and runs. Nothing public reads these tables: a draft is a change that has not been made.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::ddl::{append_only, migration, run};

migration!("m0016_change_sets", |manager| {
    run(
        manager,
        &[
            // What was written together: by whom, why, and where it stands in the log.
            "CREATE TABLE run (
                number {id},
                name TEXT NOT NULL UNIQUE CHECK (name <> ''),
                kind TEXT NOT NULL CHECK (kind <> ''),
                actor_kind TEXT NOT NULL,
                actor TEXT NOT NULL,
                staff TEXT,
                reason TEXT,
                note TEXT,
                decision TEXT,
                at {timestamp} NOT NULL,
                first_sequence {number} NOT NULL,
                last_sequence {number} NOT NULL,
                last_hash {bytes},
                counts TEXT NOT NULL,
                details TEXT,
                undoes {number} REFERENCES run (number),
                undone_by {number} REFERENCES run (number),
                CHECK (last_sequence >= first_sequence - 1)
            )",
            "CREATE INDEX run_of_sequence ON run (first_sequence)",
            "CREATE TABLE change_set (
                id {id},
                kind TEXT NOT NULL CHECK (kind <> ''),
                title TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN
                    ('draft', 'in_review', 'approved', 'published', 'returned', 'withdrawn')),
                actor_kind TEXT NOT NULL,
                actor TEXT NOT NULL,
                staff TEXT,
                reason TEXT,
                note TEXT,
                decision TEXT,
                effective_on {date},
                base_log TEXT NOT NULL,
                base_sequence {number} NOT NULL,
                base_hash {bytes} NOT NULL,
                run_number {number} REFERENCES run (number),
                version {number} NOT NULL,
                created_at {timestamp} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK ((state = 'published') = (run_number IS NOT NULL))
            )",
            "CREATE INDEX change_set_in_state ON change_set (state, effective_on)",
            "CREATE TABLE change_set_item (
                change_set_id {number} NOT NULL REFERENCES change_set (id),
                position {number} NOT NULL,
                entity TEXT NOT NULL,
                key TEXT NOT NULL,
                base_version {number} NOT NULL,
                form {number} NOT NULL,
                before TEXT,
                after TEXT,
                outcome TEXT NOT NULL CHECK (outcome IN ('open', 'changed', 'same', 'skipped', 'refused', 'conflict')),
                refusal TEXT,
                left_out {number} NOT NULL DEFAULT 0,
                PRIMARY KEY (change_set_id, position)
            )",
            "CREATE TABLE change_set_event (
                change_set_id {number} NOT NULL REFERENCES change_set (id),
                position {number} NOT NULL,
                from_state TEXT,
                to_state TEXT NOT NULL,
                actor_kind TEXT NOT NULL,
                actor TEXT NOT NULL,
                staff TEXT,
                note TEXT,
                at {timestamp} NOT NULL,
                PRIMARY KEY (change_set_id, position)
            )",
        ],
    )
    .await?;
    append_only(manager, "change_set_event").await?;
    // Reorganisations kept what undoing them needs among the facts about the site.
    let part = |name: &str| match manager.get_database_backend() {
        DbBackend::Sqlite => format!("json_extract(value, '$.{name}')"),
        _ => format!("(value::jsonb ->> '{name}')"),
    };
    let counts = match manager.get_database_backend() {
        DbBackend::Sqlite => "json_extract(value, '$.counts')",
        _ => "(value::jsonb -> 'counts')::text",
    };
    let cast = |expression: String| format!("CAST({expression} AS BIGINT)");
    let (first, last) = (cast(part("first_sequence")), cast(part("last_sequence")));
    let sql = format!(
        "INSERT INTO run (number, name, kind, actor_kind, actor, reason, at, first_sequence, last_sequence, counts, \
         details) SELECT row_number() OVER (ORDER BY {first}), {name}, 'reorganise', 'program', \
         coalesce((SELECT actor FROM change c WHERE c.sequence = {first}), 'reorganise'), \
         (SELECT reason FROM change c WHERE c.sequence = {first}), \
         coalesce((SELECT at FROM change c WHERE c.sequence = {first}), CURRENT_TIMESTAMP), \
         {first}, {last}, {counts}, value FROM site WHERE key LIKE 'reorganise:%'",
        name = part("run"),
    );
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
});
