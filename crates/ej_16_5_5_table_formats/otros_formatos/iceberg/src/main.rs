//! Iceberg from Rust: `formato-iceberg crear|agregar|leer|competir|probar …`.
#![forbid(unsafe_code)]

mod orders;
#[path = "../../rows.rs"]
mod rows;
mod table;
mod trials;

use std::process::ExitCode;

fn main() -> ExitCode {
    linea::program(table::NAME, orders::done)
}
