//! Dated reads, one file per subject.

mod availability;
mod centres;
mod paging;
mod procedures;
mod tasks;
mod units;
