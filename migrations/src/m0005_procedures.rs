//! Procedures: identity, dated text, fields and agencies.

use crate::ddl::{migration, never_deleted, no_overlap, run};

migration!("m0005_procedures", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE procedure (
                id {id},
                code TEXT NOT NULL UNIQUE,
                base_code TEXT NOT NULL
            )",
            "CREATE INDEX procedure_by_base ON procedure (base_code)",
            // The parts of a procedure are read and replaced as one whole, so they stand in one typed document.
            "CREATE TABLE procedure_period (
                id {id},
                procedure_id {number} NOT NULL REFERENCES procedure (id),
                valid_from {date} NOT NULL,
                valid_to {date} NOT NULL,
                name TEXT NOT NULL CHECK (name <> ''),
                sort_key {sort_key} NOT NULL,
                scope TEXT NOT NULL CHECK (scope IN ('national', 'local', 'internal', 'unknown')),
                tiers TEXT NOT NULL,
                tiers_inferred BOOLEAN NOT NULL,
                applicants TEXT NOT NULL,
                details TEXT NOT NULL,
                source_id {number} NOT NULL REFERENCES source (id),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK (valid_from < valid_to),
                UNIQUE (procedure_id, valid_from)
            )",
            "CREATE TABLE procedure_field (
                procedure_period_id {number} NOT NULL REFERENCES procedure_period (id),
                position {number} NOT NULL,
                field_id {number} NOT NULL REFERENCES field (id),
                PRIMARY KEY (procedure_period_id, position),
                UNIQUE (procedure_period_id, field_id)
            )",
            "CREATE INDEX procedure_field_by_field ON procedure_field (field_id)",
            "CREATE TABLE procedure_agency (
                procedure_period_id {number} NOT NULL REFERENCES procedure_period (id),
                position {number} NOT NULL,
                role TEXT NOT NULL
                    CHECK (role IN ('promulgating', 'implementing', 'deciding', 'coordinating', 'delegated')),
                agency_id {number} NOT NULL REFERENCES agency (id),
                PRIMARY KEY (procedure_period_id, position)
            )",
            "CREATE INDEX procedure_agency_by_agency ON procedure_agency (agency_id)",
        ],
    )
    .await?;
    no_overlap(manager, "procedure_period", &["procedure_id"]).await?;
    never_deleted(manager, &["procedure", "procedure_period"]).await
});
