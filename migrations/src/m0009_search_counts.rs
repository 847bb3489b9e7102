//! How often a text was searched, found nothing and led to a page, by day. These are counts and no records: they are not
//! logged, and they are deleted when they are old.

use crate::ddl::{migration, run};

migration!("m0009_search_counts", |manager| {
    run(
        manager,
        &["CREATE TABLE search_count (
                day {date} NOT NULL,
                text TEXT NOT NULL CHECK (text <> ''),
                searches {number} NOT NULL,
                empty {number} NOT NULL,
                clicks {number} NOT NULL,
                PRIMARY KEY (day, text)
            )"],
    )
    .await
});
