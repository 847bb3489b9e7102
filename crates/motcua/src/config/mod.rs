//! Configuration: one typed structure, filled from defaults, a TOML file, the environment and flags, each over the one
//! before. Every value remembers where it came from; anything unknown, impossible or contradictory is refused.
//!
//! [`key`] lists every key with its names and meaning, [`load`](load()) fills [`Config`].

mod check;
mod database_url;
mod key;
mod load;
mod problem;
mod section;
mod show;

pub(crate) use database_url::DatabaseUrl;
pub(crate) use load::{Effective, Flag, Inputs, load};
pub(crate) use section::{Config, LogFormat, LogSection, ServerSection, seconds};
pub(crate) use show::reference;
