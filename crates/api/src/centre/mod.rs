//! Operations on centres.

pub(crate) mod figures;
pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod procedures;
pub(crate) mod revisions;
