//! Announcing decisions.

use crate::ddl::{migration, never_deleted, run};

migration!("m0006_decisions", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE decision (
                id {id},
                number TEXT NOT NULL CHECK (number <> ''),
                issuer TEXT NOT NULL CHECK (issuer <> ''),
                signed_on {date},
                effective_on {date},
                source_id {number} NOT NULL REFERENCES source (id),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                UNIQUE (issuer, number)
            )",
            "CREATE TABLE decision_effect (
                decision_id {number} NOT NULL REFERENCES decision (id),
                position {number} NOT NULL,
                procedure_code TEXT NOT NULL,
                action TEXT NOT NULL CHECK (action IN ('adds', 'changes', 'abolishes')),
                PRIMARY KEY (decision_id, position)
            )",
            "CREATE INDEX decision_effect_on ON decision_effect (procedure_code)",
        ],
    )
    .await?;
    never_deleted(manager, &["decision"]).await
});
