//! Proactive levels, and the duty to say why a service is only partly online, whatever words the level is given in.

use crate::ddl::{migration, refuse_rows, run};

migration!("m0010_levels", |manager| {
    // Not "level": how far online is one thing, how much is done unasked another (NĐ 224/2026/NĐ-CP Art. 16).
    run(
        manager,
        &["ALTER TABLE availability ADD COLUMN proactive {number} CHECK (proactive BETWEEN 1 AND 4)"],
    )
    .await?;
    refuse_rows(
        manager,
        "availability",
        "availability_partial_reason",
        "NEW.level = 'partial' AND NEW.valid_from >= '2026-07-01' AND NEW.partial_kind IS NULL",
        "mot phan needs a published reason from 1 July 2026 on",
    )
    .await?;
    refuse_rows(
        manager,
        "availability",
        "availability_reason_in_words",
        "NEW.partial_kind IS NOT NULL AND (trim(NEW.partial_clause) = '' OR trim(NEW.partial_text) = '')",
        "a reason needs its clause and its words",
    )
    .await?;
    refuse_rows(
        manager,
        "availability",
        "availability_proactive_in_place",
        "NEW.proactive IS NOT NULL AND (NEW.offered <> 'yes' OR NEW.valid_from < '2026-07-01')",
        "a proactive level needs an offer from 1 July 2026 on",
    )
    .await
});
