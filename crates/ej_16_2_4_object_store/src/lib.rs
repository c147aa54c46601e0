#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod beside_polars;
mod columns;
mod copy;
mod create;
mod error;
mod fetched;
pub mod guide;
mod heard;
mod objects;
mod open;
mod options;
mod place;
mod stream;
mod upload;

pub use beside_polars::{RevenueError, off_the_runtime, revenue_by_region, sum_by_region};
pub use columns::{ColumnsError, Limits, ParquetObject};
pub use copy::copy;
pub use create::Created;
pub use error::{Operation, StoreError};
pub use heard::Said;
pub use objects::{Head, Listed, Object};
pub use open::Stores;
pub use options::{Patience, StoreOptions};
pub use place::{Place, PlaceError, Scheme};
pub use upload::{Parts, Uploaded};
