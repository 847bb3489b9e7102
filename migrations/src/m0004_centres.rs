//! Service centres with their sites.

use crate::ddl::{migration, never_deleted, run};

migration!("m0004_centres", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE centre (
                id {id},
                slug TEXT NOT NULL UNIQUE,
                valid_from {date} NOT NULL,
                valid_to {date} NOT NULL,
                name TEXT NOT NULL CHECK (name <> ''),
                sort_key {sort_key} NOT NULL,
                tier TEXT NOT NULL CHECK (tier IN ('province', 'district', 'commune')),
                unit_id {number} NOT NULL REFERENCES unit (id),
                unit_code TEXT NOT NULL,
                sites TEXT NOT NULL,
                portal TEXT,
                note TEXT,
                extra TEXT,
                source_id {number} NOT NULL REFERENCES source (id),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK (valid_from < valid_to)
            )",
            "CREATE INDEX centre_of_unit ON centre (unit_id)",
            "CREATE INDEX centre_in_order ON centre (sort_key, id)",
        ],
    )
    .await?;
    never_deleted(manager, &["centre"]).await
});
