//! Centres' own working figures, month by month.

use crate::ddl::{migration, never_deleted, run};

migration!("m0012_centre_figures", |manager| {
    run(
        manager,
        &["CREATE TABLE centre_figure (
                id {id},
                centre_id {number} NOT NULL REFERENCES centre (id),
                month {date} NOT NULL,
                received {number} CHECK (received >= 0),
                received_online {number} CHECK (received_online >= 0),
                resolved {number} CHECK (resolved >= 0),
                on_time {number} CHECK (on_time >= 0),
                overdue {number} CHECK (overdue >= 0),
                satisfaction_permille {number} CHECK (satisfaction_permille BETWEEN 0 AND 1000),
                source_id {number} NOT NULL REFERENCES source (id),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL,
                CHECK (received_online <= received),
                CHECK (on_time <= resolved AND overdue <= resolved),
                CHECK (on_time + overdue <= resolved),
                UNIQUE (centre_id, month)
            )"],
    )
    .await?;
    never_deleted(manager, &["centre_figure"]).await
});
