//! Dated reads, one file per subject.

mod availability;
mod centres;
mod moved;
mod paging;
mod procedures;
mod units;
