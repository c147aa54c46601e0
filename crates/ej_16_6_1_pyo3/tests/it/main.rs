//! What exercise 16.6.1 claims, checked without Python; what Python sees is tested with the wheel, in 16.6.2.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod errores;
mod guia;
mod memoria;
mod metodos;
mod seleccion;

use ecommerce_testkit::alloc::CountingAllocator;

#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();

/// The numbers of the guide's example.
const GUIDE_DATA: [f64; 7] = [1.0, 5.0, 3.0, 8.0, 2.0, 9.0, 4.0];

/// Values in disorder between 0 and 1, a fixed sequence.
fn shuffled(n: u64) -> Vec<f64> {
    (0..n)
        .map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11) as f64 / (1_u64 << 53) as f64)
        .collect()
}
