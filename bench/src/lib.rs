//! What the benchmarks share.

pub mod process;
