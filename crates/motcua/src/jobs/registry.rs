//! The kinds of jobs that a node does. A new one has a file beside this, and a line here.

use super::{JobKind, publish_due, search_counts};
use crate::config::Config;

/// Every kind, as configured.
pub(crate) fn kinds(config: &Config) -> Vec<JobKind> {
    vec![publish_due::kind(), search_counts::kind(config.search.keep_days)]
}
