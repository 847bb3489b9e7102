//! The JSON forms of the catalogue's records: the contract. They change only by adding, whatever the catalogue does.
//!
//! A member is always present unless its description says otherwise. `null` means that nothing is recorded, or that a
//! period has no known bound. The word `unknown` is itself a recorded answer.

pub(crate) mod availability;
pub(crate) mod centre;
pub(crate) mod code;
pub(crate) mod figure;
pub(crate) mod filing;
pub(crate) mod level;
pub(crate) mod part;
pub(crate) mod place;
pub(crate) mod procedure;
pub(crate) mod reading;
pub(crate) mod record;
pub(crate) mod revision;
pub(crate) mod search;
pub(crate) mod unit;
