//! Two f64 at a time, on ARM.

use std::arch::aarch64::*;

/// f64 in a register.
const WIDTH: usize = 2;

/// Returns the sum in eight registers of two lanes.
///
/// # Safety
/// The processor has NEON, which every 64-bit ARM with a floating-point unit does.
#[inline(never)]
#[target_feature(enable = "neon")]
pub unsafe fn suma_neon_x8(datos: &[f64]) -> f64 {
    let mut acumuladores = [vdupq_n_f64(0.0); 8];
    let (filas, resto) = datos.as_chunks::<{ 8 * WIDTH }>();
    for fila in filas {
        for (i, acumulador) in acumuladores.iter_mut().enumerate() {
            // SAFETY: the row has eight times two elements, and i is below eight.
            let x = unsafe { vld1q_f64(fila.as_ptr().add(i * WIDTH)) };
            *acumulador = vaddq_f64(*acumulador, x);
        }
    }
    let [a, b, c, d, e, f, g, h] = acumuladores;
    let even = vaddq_f64(vaddq_f64(a, c), vaddq_f64(e, g));
    let odd = vaddq_f64(vaddq_f64(b, d), vaddq_f64(f, h));
    vaddvq_f64(vaddq_f64(even, odd)) + resto.iter().sum::<f64>()
}
