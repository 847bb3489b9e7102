//! Operations on centres.

pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod procedures;
pub(crate) mod revisions;
