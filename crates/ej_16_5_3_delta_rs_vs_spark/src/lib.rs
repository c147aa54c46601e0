#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod content;
pub mod engine;
mod error;
pub mod feature;
mod log;
mod matrix;
pub mod memory;
mod page;
mod parse;
mod run;

pub use content::Content;
pub use engine::{Action, Answer, ChildEngine, Engine, RustEngine, Who};
pub use error::{ParseError, RunError};
pub use feature::{Feature, catalogue};
pub use log::Log;
pub use matrix::{Cell, Matrix, Outcome, PAIRS, Row};
pub use run::{run, run_rust_alone};
