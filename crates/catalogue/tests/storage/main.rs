//! The catalogue on its databases: rules that cannot be broken, a log that loses nothing.

mod change_log;
mod common;
mod rules;
mod search_counts;
mod withdrawal;
