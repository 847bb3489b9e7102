//! Support for the black-box tests: the built binary, a place for it to work in, and what it answers.
//!
//! The tests in `tests/` see Một Cửa as its users do: they start the program, call it over HTTP and read its exit
//! codes. Nothing here or there may use the crates behind it. Start with [`Site`].

mod cluster;
mod data;
mod database;
pub mod fixtures;
mod forwarder;
mod lock;
mod outcome;
mod program;
mod reply;
pub mod schema;
mod server;
mod shared;
mod site;
pub mod walk;

pub use cluster::{PostgresPrograms, PostgresServer};
pub use data::{full_data, repository};
pub use database::{Database, databases};
pub use forwarder::Forwarder;
pub use lock::Lock;
pub use outcome::Outcome;
pub use program::program;
pub use reply::Reply;
pub use server::{Server, ServerOptions};
pub use shared::{Shared, sample};
pub use site::Site;
