//! Operations on administrative units.

pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod resolve;
pub(crate) mod revisions;
