//! The database schema of Một Cửa, step by step, the same for SQLite and PostgreSQL.
//!
//! One subject a migration; `README.md` beside this crate has the rules. The SQL is written once, with placeholders
//! for the few words in which the two databases differ (`ddl.rs`).

mod ddl;
mod m0001_change_log;
mod m0002_lists;
mod m0003_units;
mod m0004_centres;
mod m0005_procedures;
mod m0006_decisions;
mod m0007_availability;
mod m0008_reports;
mod m0009_search_counts;
mod m0010_levels;
mod m0011_reorganisation;
mod m0012_centre_figures;
mod m0013_lineage;
mod m0014_jobs;
mod m0015_work;
mod m0016_change_sets;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Brings a database to the present schema.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_change_log::Migration),
            Box::new(m0002_lists::Migration),
            Box::new(m0003_units::Migration),
            Box::new(m0004_centres::Migration),
            Box::new(m0005_procedures::Migration),
            Box::new(m0006_decisions::Migration),
            Box::new(m0007_availability::Migration),
            Box::new(m0008_reports::Migration),
            Box::new(m0009_search_counts::Migration),
            Box::new(m0010_levels::Migration),
            Box::new(m0011_reorganisation::Migration),
            Box::new(m0012_centre_figures::Migration),
            Box::new(m0013_lineage::Migration),
            Box::new(m0014_jobs::Migration),
            Box::new(m0015_work::Migration),
            Box::new(m0016_change_sets::Migration),
        ]
    }
}
