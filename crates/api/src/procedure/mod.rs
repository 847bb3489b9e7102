//! Operations on procedures.

pub(crate) mod availability;
pub(crate) mod find;
pub(crate) mod search;
