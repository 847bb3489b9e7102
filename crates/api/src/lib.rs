//! The JSON API of Một Cửa and its contract.
//!
//! Public, keyless and read-only under `/api/v1`; the contract is written from the code (`openapi.rs`) and shown at
//! `/api/docs/`. This crate knows neither SQL nor the index: it asks the catalogue and the search engine, and turns
//! their answers into its own views. One operation is one file; start with `procedure/search.rs`, then `view/`.

// The example of a whole procedure is one `json!` of many members.
#![recursion_limit = "256"]

mod after;
mod centre;
mod cors;
mod csv;
mod field;
mod openapi;
mod parameter;
mod place;
mod procedure;
mod reference;
mod router;
mod scheme;
mod statistics;
mod suggest;
mod unit;
mod view;

pub use openapi::{openapi, openapi_yaml};
pub use router::router;
