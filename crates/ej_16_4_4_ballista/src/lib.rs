#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod compare;
mod functions;
mod gate;
mod joins;
mod kills;
mod measure;
mod queries;
mod raised;
mod tables;

pub use compare::difference;
pub use functions::functions;
pub use gate::{DIRECTORY, Gates, gate};
pub use joins::joins;
pub use kills::{Outcome, Phase, Strike, strike};
pub use measure::main_with as measure;
pub use queries::{Query, chapter, shapes};
pub use raised::{RaiseError, Raised, Shape};
pub use tables::{Tables, TablesError};
