//! Dated reads, one file per subject.

mod availability;
mod centre_figures;
mod centres;
mod filing;
pub(crate) mod log;
mod moved;
mod paging;
mod places;
mod procedures;
mod revisions;
mod units;
mod work;
