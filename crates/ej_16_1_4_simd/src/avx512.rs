//! Eight f64 at a time, and no loop for the remainder: a mask says which lanes exist.

use std::arch::x86_64::*;

/// f64 in a register.
const WIDTH: usize = 8;

/// Returns the sum in eight registers of eight lanes.
///
/// # Safety
/// The processor has AVX-512F.
#[inline(never)]
#[target_feature(enable = "avx512f")]
pub unsafe fn suma_avx512_x8(datos: &[f64]) -> f64 {
    let mut acumuladores = [_mm512_setzero_pd(); 8];
    let (filas, resto) = datos.as_chunks::<{ 8 * WIDTH }>();
    for fila in filas {
        for (i, acumulador) in acumuladores.iter_mut().enumerate() {
            // SAFETY: the row has eight times eight elements, and i is below eight.
            let x = unsafe { _mm512_loadu_pd(fila.as_ptr().add(i * WIDTH)) };
            *acumulador = _mm512_add_pd(*acumulador, x);
        }
    }
    for (acumulador, trozo) in acumuladores.iter_mut().zip(resto.chunks(WIDTH)) {
        let present = 0xff >> (WIDTH - trozo.len());
        // SAFETY: the mask lets through as many elements as the piece has, from one to eight.
        let x = unsafe { _mm512_maskz_loadu_pd(present, trozo.as_ptr()) };
        *acumulador = _mm512_add_pd(*acumulador, x);
    }
    let [a, b, c, d, e, f, g, h] = acumuladores;
    let even = _mm512_add_pd(_mm512_add_pd(a, c), _mm512_add_pd(e, g));
    let odd = _mm512_add_pd(_mm512_add_pd(b, d), _mm512_add_pd(f, h));
    _mm512_reduce_add_pd(_mm512_add_pd(even, odd))
}
