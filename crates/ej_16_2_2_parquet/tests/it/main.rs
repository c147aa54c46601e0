//! Files written, read, pruned, exchanged and damaged.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod artesania;
mod azar;
mod bases;
mod bombas;
mod celdas;
mod ceros;
mod codificaciones;
mod condiciones;
mod danado;
mod escritura;
mod intercambio;
mod lectura;
mod mutador;
mod nivel_corpus;
mod panicos;
mod particiones;
mod poda;
mod programa;

use ecommerce_testkit::alloc::CountingAllocator;

/// Peaks of memory are measured per thread.
#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();
