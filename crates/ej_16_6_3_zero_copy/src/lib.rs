#![doc = include_str!("../README.md")]

pub mod addresses;
pub mod c_data;
mod column;
mod error;
mod output;
mod pool;
mod process;
mod rows;

pub use column::Column;
pub use error::ZeroCopyError;
pub use process::{PARALLEL_FROM, procesar_arrow};
pub use rows::{ROWS_PARALLEL_FROM, map_rows};
