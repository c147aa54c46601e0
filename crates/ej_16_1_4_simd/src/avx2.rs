//! Four f64 at a time, by hand: the guide's function, what it lacks, and the same with eight sums under way.

use std::arch::x86_64::*;

/// f64 in a register.
const WIDTH: usize = 4;

/// Returns the sum in one register of four lanes.
///
/// The guide's function with the two changes that it needs: the loop borrows the iterator, whose remainder is asked for
/// afterwards; and `#[target_feature]` lets the intrinsics become instructions. It vectorizes the additions but not the
/// waiting: each still needs the register that the one before it leaves.
///
/// Both failures are on the exercise's page and in the tests: rustdoc runs no example of a function with `#[target_feature]`.
///
/// # Safety
/// The processor has AVX2.
///
/// # Source
/// The guide's function: name, signature and algorithm.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub unsafe fn suma_avx2(datos: &[f64]) -> f64 {
    let mut acumulador = _mm256_setzero_pd();
    let mut trozos = datos.chunks_exact(WIDTH);
    for trozo in &mut trozos {
        // SAFETY: the piece has four elements; `loadu` takes any address.
        let x = unsafe { _mm256_loadu_pd(trozo.as_ptr()) };
        acumulador = _mm256_add_pd(acumulador, x);
    }
    sum_of_lanes(acumulador) + trozos.remainder().iter().sum::<f64>()
}

/// Returns what [`suma_avx2`] returns, as the guide writes it: without `#[target_feature]`.
///
/// A function that may run where AVX is missing cannot contain AVX instructions, not even those of an intrinsic that it
/// calls. So each intrinsic stays a call that passes its vectors through memory, unless the whole crate is built for AVX.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
pub unsafe fn suma_avx2_sin_atributo(datos: &[f64]) -> f64 {
    // SAFETY: the caller vouches for AVX2.
    let mut acumulador = unsafe { _mm256_setzero_pd() };
    let mut trozos = datos.chunks_exact(WIDTH);
    for trozo in &mut trozos {
        // SAFETY: as above; the piece has four elements.
        acumulador = unsafe { _mm256_add_pd(acumulador, _mm256_loadu_pd(trozo.as_ptr())) };
    }
    let mut lanes = [0.0; WIDTH];
    // SAFETY: as above; the array has four elements.
    unsafe { _mm256_storeu_pd(lanes.as_mut_ptr(), acumulador) };
    lanes.iter().sum::<f64>() + trozos.remainder().iter().sum::<f64>()
}

/// Returns the sum in eight registers of four lanes.
///
/// Eight sums that do not wait for one another: while one addition is under way the processor starts the next seven.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub unsafe fn suma_avx2_x8(datos: &[f64]) -> f64 {
    let mut acumuladores = [_mm256_setzero_pd(); 8];
    let (filas, resto) = datos.as_chunks::<{ 8 * WIDTH }>();
    for fila in filas {
        for (i, acumulador) in acumuladores.iter_mut().enumerate() {
            // SAFETY: the row has eight times four elements, and i is below eight.
            let x = unsafe { _mm256_loadu_pd(fila.as_ptr().add(i * WIDTH)) };
            *acumulador = _mm256_add_pd(*acumulador, x);
        }
    }
    let (trozos, resto) = resto.as_chunks::<WIDTH>();
    for (acumulador, trozo) in acumuladores.iter_mut().zip(trozos) {
        // SAFETY: the piece has four elements.
        let x = unsafe { _mm256_loadu_pd(trozo.as_ptr()) };
        *acumulador = _mm256_add_pd(*acumulador, x);
    }
    let [a, b, c, d, e, f, g, h] = acumuladores;
    let even = _mm256_add_pd(_mm256_add_pd(a, c), _mm256_add_pd(e, g));
    let odd = _mm256_add_pd(_mm256_add_pd(b, d), _mm256_add_pd(f, h));
    sum_of_lanes(_mm256_add_pd(even, odd)) + resto.iter().sum::<f64>()
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum_of_lanes(x: __m256d) -> f64 {
    let mut lanes = [0.0; WIDTH];
    // SAFETY: the array has four elements.
    unsafe { _mm256_storeu_pd(lanes.as_mut_ptr(), x) };
    lanes.iter().sum()
}
