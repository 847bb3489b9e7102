//! Administrative units with dated codes, kinds, names and parents, and their successions.

use crate::ddl::{migration, never_deleted, no_overlap, run};

migration!("m0003_units", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE unit (
                id {id},
                tier TEXT NOT NULL CHECK (tier IN ('province', 'district', 'commune'))
            )",
            "CREATE TABLE unit_period (
                id {id},
                unit_id {number} NOT NULL REFERENCES unit (id),
                code TEXT NOT NULL,
                valid_from {date} NOT NULL,
                valid_to {date} NOT NULL,
                kind TEXT NOT NULL,
                name TEXT NOT NULL CHECK (name <> ''),
                full_name TEXT NOT NULL CHECK (full_name <> ''),
                sort_key {sort_key} NOT NULL,
                parent_unit_id {number} REFERENCES unit (id),
                parent_code TEXT,
                province_code TEXT NOT NULL,
                continues BOOLEAN NOT NULL,
                lat {float} CHECK (lat BETWEEN -90 AND 90),
                lon {float} CHECK (lon BETWEEN -180 AND 180),
                extra TEXT,
                source_id {number} NOT NULL REFERENCES source (id),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK (valid_from < valid_to),
                UNIQUE (code, valid_from)
            )",
            "CREATE INDEX unit_period_of_unit ON unit_period (unit_id, valid_from)",
            "CREATE INDEX unit_period_of_parent ON unit_period (parent_unit_id, sort_key)",
            "CREATE TABLE unit_succession (
                id {id},
                predecessor_unit_id {number} NOT NULL REFERENCES unit (id),
                predecessor_code TEXT NOT NULL,
                successor_unit_id {number} REFERENCES unit (id),
                successor_code TEXT,
                effective_on {date} NOT NULL,
                extent TEXT NOT NULL CHECK (extent IN ('whole', 'part', 'unknown')),
                is_default BOOLEAN NOT NULL,
                extra TEXT,
                source_id {number} NOT NULL REFERENCES source (id),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK ((successor_unit_id IS NULL) = (extent = 'unknown'))
            )",
            "CREATE UNIQUE INDEX unit_succession_key
                ON unit_succession (predecessor_unit_id, effective_on, coalesce(successor_unit_id, 0))",
            "CREATE INDEX unit_succession_to ON unit_succession (successor_unit_id)",
        ],
    )
    .await?;
    no_overlap(manager, "unit_period", &["code"]).await?;
    never_deleted(manager, &["unit", "unit_period", "unit_succession"]).await
});
