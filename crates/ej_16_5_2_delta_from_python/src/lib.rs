#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod error;
mod rows;
mod table;

pub use error::SalesError;
pub use rows::{Sale, batch, sales, sales_of};
pub use table::{Cleaning, append, column_types, contents, contents_at, latest, overwrite, vacuum};
