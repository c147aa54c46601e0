//! The crate from outside: round trips, damage, maps, other processes and other languages.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod danos;
mod datos;
mod diccionarios;
mod formatos;
mod guia;
mod largo;
mod limites;
mod mapa;
mod muertes;
mod mutador;
mod nivel_corpus;
mod nivel_python;
mod procesos;
mod residencia;
mod sin_copiar;
mod tamanos;

use ecommerce_testkit::alloc::CountingAllocator;

#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();

/// The program of this crate.
const PROGRAMA: &str = env!("CARGO_BIN_EXE_ej_16_2_3_arrow_ipc");
