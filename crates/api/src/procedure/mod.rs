//! Operations on procedures.

pub(crate) mod availability;
pub(crate) mod availability_revisions;
pub(crate) mod find;
pub(crate) mod map;
pub(crate) mod revisions;
pub(crate) mod search;
pub(crate) mod ways;
