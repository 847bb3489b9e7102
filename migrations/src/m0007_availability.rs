//! Availability: procedure (and case) × centre × period.

use crate::ddl::{migration, never_deleted, no_overlap, run};

migration!("m0007_availability", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE availability (
                id {id},
                procedure_id {number} NOT NULL REFERENCES procedure (id),
                case_code TEXT NOT NULL,
                centre_id {number} NOT NULL REFERENCES centre (id),
                valid_from {date} NOT NULL,
                valid_to {date} NOT NULL,
                offered TEXT NOT NULL CHECK (offered IN ('yes', 'no', 'unknown')),
                scheme TEXT,
                level TEXT,
                converted BOOLEAN NOT NULL,
                checklist TEXT CHECK (length(checklist) = 7),
                partial_kind TEXT CHECK (partial_kind IN
                    ('presence_required', 'on_site_verification', 'technical_fault', 'other_technical')),
                partial_clause TEXT,
                partial_text TEXT,
                boundary_free TEXT NOT NULL CHECK (boundary_free IN ('unknown', 'none', 'province', 'nation')),
                decision TEXT,
                assured_on {date},
                assured_by TEXT,
                review_due {date},
                channels TEXT,
                evidence TEXT,
                source_id {number} NOT NULL REFERENCES source (id),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK (valid_from < valid_to AND valid_from > '0001-01-01'),
                CHECK ((scheme IS NULL AND level IS NULL)
                    OR (scheme IS NOT NULL AND level IS NOT NULL
                        AND ((scheme = 'nd43-2011' AND level IN ('1', '2', '3', '4'))
                            OR (scheme IN ('nd42-2022', 'nd224-2026') AND level IN ('none', 'partial', 'full'))))),
                CHECK (offered = 'yes' OR level IS NULL),
                CHECK ((partial_kind IS NULL) = (partial_clause IS NULL)
                    AND (partial_kind IS NULL) = (partial_text IS NULL)),
                CHECK (partial_kind IS NULL OR (level IS NOT NULL AND level = 'partial')),
                CHECK (scheme IS NULL OR scheme <> 'nd224-2026' OR level <> 'partial' OR partial_kind IS NOT NULL),
                UNIQUE (centre_id, procedure_id, case_code, valid_from)
            )",
            "CREATE INDEX availability_of_procedure ON availability (procedure_id, centre_id)",
        ],
    )
    .await?;
    no_overlap(manager, "availability", &["centre_id", "procedure_id", "case_code"]).await?;
    never_deleted(manager, &["availability"]).await
});
