//! TPC-H: eight tables made by a generator, twenty-two queries, and what they must answer.

mod answer;
mod data;
mod generate;
mod queries;
mod table;

pub use answer::{Answer, Difference};
pub use data::{Dataset, TableFile};
pub use generate::{GREATEST_SCALE, LEAST_SCALE, Progress, generate};
pub use queries::{QUERIES, query};
pub use table::Table;
