//! Dated reads, one file per subject.

mod availability;
mod centres;
mod filing;
mod paging;
mod procedures;
mod units;
