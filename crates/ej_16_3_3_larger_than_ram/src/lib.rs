#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod beside;
mod chunked_sort;
mod error;
pub mod fallbacks;
mod generate;
mod input;
mod memory;
mod operation;
mod process;

pub use beside::{Beside, publish};
pub use chunked_sort::ordenar_por_tramos;
pub use error::RunError;
pub use generate::{Generation, escribir_clientes, generar};
pub use input::{Input, is_same_file};
pub use memory::{Peak, limit_data};
pub use operation::Operation;
pub use process::{Engine, procesar_grande, to_parquet};
