//! What the page says of columns, buffers and kernels, asserted.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod columnas;
mod construir;
mod kernels;
mod memoria;
mod nivel_python;
mod nulos;
mod seleccion;
mod simd_propio;

use arrow::array::Float64Array;
use ecommerce_testkit::alloc::CountingAllocator;

/// Copies are found by what they allocate.
#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();

/// `rows` amounts with a null in every `nulls`-th row (0: none), the same on every run.
fn montos(rows: usize, nulls: usize) -> Float64Array {
    (0..rows)
        .map(|i| (nulls == 0 || i % nulls != nulls - 1).then_some((i % 977) as f64 * 0.37 + 0.01))
        .collect()
}

/// Whether the call panics: what the guide's `unwrap`, and some kernels, do with bad input.
fn entra_en_panico<T>(llamada: impl FnOnce() -> T) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(llamada)).is_err()
}
