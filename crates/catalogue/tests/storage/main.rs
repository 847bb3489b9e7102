//! The catalogue on its databases: rules that cannot be broken, a log that loses nothing.

mod centre_figures;
mod change_log;
mod change_sets;
mod common;
mod fold;
mod forms;
mod jobs;
mod lineage;
mod references;
mod rules;
mod search_counts;
mod turns;
mod withdrawal;
