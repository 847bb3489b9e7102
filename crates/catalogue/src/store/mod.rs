//! Storage: rows, transactions, and the mapping between rows and records. sea-orm stays inside.

pub(crate) mod chain;
pub(crate) mod correct;
pub(crate) mod db;
pub(crate) mod draft_counts;
pub(crate) mod drafts;
pub(crate) mod entity;
pub(crate) mod jobs;
pub(crate) mod keep;
pub(crate) mod known;
pub(crate) mod look_up;
pub(crate) mod of_list;
pub(crate) mod options;
pub(crate) mod period_columns;
pub(crate) mod put;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod runs;
pub(crate) mod snapshot;
pub(crate) mod sources;
pub(crate) mod turn;
pub(crate) mod undo;
pub(crate) mod unit_codes;
pub(crate) mod units;
pub(crate) mod whole;
pub(crate) mod writer;
