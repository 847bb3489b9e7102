//! Citizens' reports of wrong facts, with their public answers.

use crate::ddl::{migration, never_deleted, run};

migration!("m0008_reports", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE report (
                id {id},
                number TEXT NOT NULL UNIQUE,
                entity TEXT NOT NULL,
                key TEXT NOT NULL,
                fact TEXT,
                message TEXT NOT NULL CHECK (message <> ''),
                reported_at {timestamp} NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'rejected')),
                answer TEXT,
                answered_at {timestamp},
                answered_by TEXT,
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK ((state = 'open') = (answered_at IS NULL)),
                CHECK ((answer IS NULL) = (answered_at IS NULL))
            )",
            "CREATE INDEX report_of_record ON report (entity, key)",
        ],
    )
    .await?;
    never_deleted(manager, &["report"]).await
});
