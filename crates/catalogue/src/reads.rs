//! Dated reads, one file per subject.

mod availability;
mod centre_figures;
mod centres;
mod filing;
mod moved;
mod paging;
mod procedures;
mod revisions;
mod tasks;
mod units;
