//! The HTTP server: our own accept loop, because axum's sets no time limit on reading a request's head.
//!
//! [`listener`] accepts, caps and drains connections; [`connection`] drives one; [`timed`] ends those that stall;
//! [`entrance`] leads requests to the health answers or to the application; [`health`] knows whether it may be used;
//! [`counting`] writes down what was searched for.

mod connection;
mod counting;
mod entrance;
mod health;
mod listener;
mod timed;
mod turn;

pub(crate) use counting::write_counts;
pub(crate) use entrance::Entrance;
pub(crate) use health::{Health, Places};
pub(crate) use listener::Server;
