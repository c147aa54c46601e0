//! Inputs: which files they are, what is wrong with them before an engine sees them, and the lazy frame over them.

mod csv_lines;
mod dialect;
mod files;
mod patterns;
mod peek;
mod scan;
mod watch;

pub use csv_lines::{CsvFault, check_lines};
pub use dialect::Dialect;
pub(crate) use dialect::one_byte;
pub(crate) use files::{Location, locate};
pub(crate) use patterns::would_match;
pub(crate) use scan::{Source, declared_columns_exist, format, open};
pub(crate) use watch::{Watch, find_fault};
