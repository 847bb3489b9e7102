//! Every template with sample contexts, and the texts that they use.

mod figures;
mod filing;
mod keys;
mod markup;
mod pages;
pub(crate) mod samples;
