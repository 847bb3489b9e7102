//! The catalogue on its databases: rules that cannot be broken, a log that loses nothing.

mod centre_figures;
mod change_log;
mod common;
mod fold;
mod rules;
mod search_counts;
mod withdrawal;
