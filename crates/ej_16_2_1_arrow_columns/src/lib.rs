#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arithmetic;
pub mod buffers;
mod building;
mod columns;
pub mod lanes;
mod nulls;
mod selection;
mod stacking;

pub use arithmetic::{multiply_scalar, multiply_scalar_wrapping};
pub use building::{BuildError, build, guide_batch};
pub use columns::{ColumnError, TypedColumn, column, column_as};
pub use nulls::{sum_ignoring_validity, total, total_by_iteration};
pub use selection::{SelectError, rows_above, rows_at, sum_and_count_above};
pub use stacking::{StackError, stack};
