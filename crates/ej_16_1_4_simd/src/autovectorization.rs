//! What the compiler vectorizes by itself, given leave to: the same loops with and without an order that matters.
//!
//! Each function has AVX2 enabled for itself, which is what `-C target-cpu=native` does for a whole crate on a machine that has
//! it. The tests read what became of them.

/// Multiplies every element: each result stands for itself, so four are computed at once.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub unsafe fn escala_con_avx2(datos: &mut [f64], factor: f64) {
    for x in datos {
        *x *= factor;
    }
}

/// Returns the sum of integers, wrapping: in any order it is the same, so the compiler takes the order that suits it.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub unsafe fn suma_enteros_con_avx2(datos: &[i64]) -> i64 {
    datos.iter().fold(0, |suma, x| suma.wrapping_add(*x))
}

/// Returns [`suma_escalar`](crate::suma_escalar): in another order it would be another number, so it stays one at a time.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub unsafe fn suma_escalar_con_avx2(datos: &[f64]) -> f64 {
    let mut suma = 0.0;
    for &x in datos {
        suma += x;
    }
    suma
}

/// Returns where the first element above a limit is: how far the loop goes depends on what it reads, so it stays one at a time.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub unsafe fn primero_mayor_con_avx2(datos: &[f64], limite: f64) -> Option<usize> {
    datos.iter().position(|x| *x > limite)
}

/// Returns [`suma_portatil`](crate::suma_portatil): with the lanes written out the compiler takes four to a register.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub unsafe fn suma_portatil_con_avx2(datos: &[f64]) -> f64 {
    let (filas, resto) = datos.as_chunks::<16>();
    let mut carriles = [0.0; 16];
    for fila in filas {
        for (carril, x) in carriles.iter_mut().zip(fila) {
            *carril += x;
        }
    }
    carriles.iter().sum::<f64>() + resto.iter().sum::<f64>()
}
