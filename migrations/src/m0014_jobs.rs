//! Work that the site does by itself: one row a kind, with the lease of the node that is at it. Leases and times are no
//! records and are not logged.

use crate::ddl::{migration, run};

migration!("m0014_jobs", |manager| {
    run(
        manager,
        &["CREATE TABLE job (
                kind TEXT PRIMARY KEY CHECK (kind <> ''),
                run_after {timestamp} NOT NULL,
                lease_owner TEXT,
                lease_until {timestamp},
                last_run_at {timestamp},
                last_outcome TEXT,
                failures {number} NOT NULL DEFAULT 0 CHECK (failures >= 0),
                CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
            )"],
    )
    .await
});
