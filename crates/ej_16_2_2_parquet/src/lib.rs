#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod condition;
pub mod encodings;
mod error;
mod excluding;
mod partitions;
mod pruning;
mod read;
mod write;

pub use condition::Condition;
pub use error::ParquetFileError;
pub use excluding::{row_groups_by_bloom_filter, row_groups_by_statistics, rows_by_page_index};
pub use partitions::{Part, Partitioned, PartitionedBatches};
pub use pruning::{Answer, Pruning, query};
pub use read::{FILAS_POR_LOTE, Lectura, leer_parquet, leer_por_lotes};
pub use write::{Escrito, escribir_flujo, escribir_parquet, propiedades_de_la_guia};
