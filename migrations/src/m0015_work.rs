//! One table for the work that is left for people: tasks, reports and reviews. And every kind of record can be
//! withdrawn as a mistake.

use crate::ddl::{deleted_when_withdrawn, migration, run};

migration!("m0015_work", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE work (
                id {id},
                number TEXT NOT NULL UNIQUE,
                kind TEXT NOT NULL CHECK (kind <> ''),
                centre_id {number} REFERENCES centre (id),
                unit_id {number} REFERENCES unit (id),
                procedure_id {number} REFERENCES procedure (id),
                state TEXT NOT NULL CHECK (state IN ('open', 'done')),
                due_on {date},
                details TEXT NOT NULL,
                answer TEXT,
                answered_at {timestamp},
                answered_by TEXT,
                accepted {number},
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK ((state = 'open') = (answered_at IS NULL)),
                CHECK ((answer IS NULL) = (answered_at IS NULL))
            )",
            "CREATE INDEX work_of_centre ON work (centre_id, id)",
            "CREATE INDEX work_of_unit ON work (unit_id)",
            "CREATE INDEX work_of_procedure ON work (procedure_id)",
            "INSERT INTO work (id, number, kind, centre_id, unit_id, procedure_id, state, details, answer, \
             answered_at, answered_by, version, changed_at) SELECT id, number, kind, centre_id, unit_id, \
             procedure_id, state, details, answer, answered_at, answered_by, version, changed_at FROM task",
            // Ids of withdrawn rows are not given again.
            "INSERT INTO withdrawal (table_name, row_id, sequence) \
             SELECT 'work', row_id, sequence FROM withdrawal WHERE table_name = 'task'",
            "DROP TABLE task",
            // Nothing ever wrote a report.
            "DROP TABLE report",
            // Facts about the site are records like the others: with a row and a version.
            "ALTER TABLE site ADD COLUMN id {number} NOT NULL DEFAULT 0",
            "ALTER TABLE site ADD COLUMN version {number} NOT NULL DEFAULT 1",
            "UPDATE site SET id = (SELECT count(*) FROM site other WHERE other.key <= site.key)",
        ],
    )
    .await?;
    let tables =
        ["work", "field", "agency", "event", "procedure", "procedure_period", "decision", "centre_figure"];
    deleted_when_withdrawn(manager, &tables).await
});
