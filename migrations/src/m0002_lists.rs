//! Coded lists: sources, fields, agencies, events.

use crate::ddl::{migration, never_deleted, run};

migration!("m0002_lists", |manager| {
    run(
        manager,
        &[
            "CREATE TABLE source (
                id {id},
                kind TEXT NOT NULL CHECK (kind IN ('decision', 'dataset', 'staff', 'sample')),
                citation TEXT NOT NULL CHECK (citation <> ''),
                retrieved_on {date},
                hash TEXT NOT NULL UNIQUE
            )",
            "CREATE TABLE field (
                id {id},
                slug TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL CHECK (name <> ''),
                sort_key {sort_key} NOT NULL,
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL
            )",
            "CREATE TABLE agency (
                id {id},
                slug TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL CHECK (name <> ''),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL
            )",
            "CREATE TABLE event (
                id {id},
                slug TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL CHECK (name <> ''),
                kind TEXT NOT NULL CHECK (kind IN ('life', 'business')),
                version {number} NOT NULL,
                changed_at {timestamp} NOT NULL
            )",
        ],
    )
    .await?;
    never_deleted(manager, &["source", "field", "agency", "event"]).await
});
