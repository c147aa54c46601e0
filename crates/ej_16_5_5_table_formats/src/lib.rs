#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod conflict;
mod content;
pub mod delta;
mod error;
mod events;
pub mod matrix;
mod other_formats;
mod place;

pub use content::{Content, write_parquet};
pub use error::{Format, FormatError, Problem};
pub use events::{Day, events};
pub use other_formats::{
    Committed, Locked, OtherFormats, Race, ReadRows, locked, transaction_actions,
};
pub use place::{Place, StoreOptions};
