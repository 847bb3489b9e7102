//! Rows and records: how each kind is found, read back and written. One file per kind; what is the same for all of them
//! is in `keep.rs` beside this folder.

pub(crate) mod availability;
pub(crate) mod centre;
pub(crate) mod centre_figure;
pub(crate) mod decision;
pub(crate) mod listings;
pub(crate) mod listings_by_key;
pub(crate) mod listings_written;
pub(crate) mod lists;
pub(crate) mod procedure;
pub(crate) mod site;
pub(crate) mod succession;
pub(crate) mod unit;
pub(crate) mod work;
