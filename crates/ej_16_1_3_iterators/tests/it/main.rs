//! What exercise 16.1.3 claims, checked: fusion, laziness, order and precision, threads, and what must not compile.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod bordes;
mod fusion;
mod hilos;
mod legibilidad;
mod no_compila;
mod precision;

use ecommerce_testkit::alloc::CountingAllocator;

#[global_allocator]
static CONTADO: CountingAllocator = CountingAllocator::system();

/// A Rayon pool with this many threads.
fn con_hilos(hilos: usize) -> rayon::ThreadPool {
    ej_16_1_3_iterators::grupo_de_hilos(hilos).unwrap()
}

/// Whole amounts in disorder, a fixed sequence: their sums are exact in any order.
fn enteros(filas: u64) -> Vec<f64> {
    (0..filas)
        .map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as f64)
        .collect()
}
