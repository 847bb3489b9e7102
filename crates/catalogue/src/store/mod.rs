//! Storage: rows, transactions, and the mapping between rows and records. sea-orm stays inside.

pub(crate) mod db;
pub(crate) mod entity;
pub(crate) mod period_columns;
pub(crate) mod rows;
pub(crate) mod snapshot;
pub(crate) mod units;
pub(crate) mod withdraw;
pub(crate) mod writer;
