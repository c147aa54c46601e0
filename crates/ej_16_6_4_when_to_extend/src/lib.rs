#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod fingerprint;
mod mayor;
mod rolling;
mod sharing;

pub use fingerprint::{Algorithm, Fingerprint, FingerprintError, Key};
pub use mayor::{
    Batch, Closing, Extract, Field, FormatError, Generator, Header, MayorError, Movement,
    Movements, NO_DATE, Notes, Reason, TextColumn, Totals, Writer, read_extract, totals,
};
pub use rolling::{Interpolation, LARGE_WINDOW, Method, RollingPercentile, RollingPercentileError};
pub use sharing::Execution;
