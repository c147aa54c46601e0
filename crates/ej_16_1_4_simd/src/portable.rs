//! Safe Rust that the compiler vectorizes: the order that it may not choose is written into the code.

/// Sums side by side: eight registers of SSE2, four of AVX2, two of AVX-512.
const LANES: usize = 16;

/// Returns the sum in sixteen lanes.
///
/// Lane j adds elements j, j + 16, j + 32, … . That is what a vector register does, so the compiler uses them: SSE2 unless
/// it is told of more, and wider ones with `-C target-cpu=native`.
#[inline(never)]
pub fn suma_portatil(datos: &[f64]) -> f64 {
    let (filas, resto) = datos.as_chunks::<LANES>();
    let mut carriles = [0.0; LANES];
    for fila in filas {
        for (carril, x) in carriles.iter_mut().zip(fila) {
            *carril += x;
        }
    }
    carriles.iter().sum::<f64>() + resto.iter().sum::<f64>()
}

/// Returns the sum and the count of the elements above zero, in eight lanes and without a jump.
///
/// The count is kept in f64 too: one comparison makes the mask for both, and whole numbers are exact up to 2⁵³.
#[inline(never)]
pub fn suma_y_cuenta_positivos_portatil(datos: &[f64]) -> (f64, u64) {
    let (filas, resto) = datos.as_chunks::<{ LANES / 2 }>();
    let mut sumas = [0.0; LANES / 2];
    let mut cuentas = [0.0; LANES / 2];
    for fila in filas {
        for ((suma, cuenta), &x) in sumas.iter_mut().zip(&mut cuentas).zip(fila) {
            *suma += if x > 0.0 { x } else { 0.0 };
            *cuenta += if x > 0.0 { 1.0 } else { 0.0 };
        }
    }
    let (suma, cuenta) = crate::suma_y_cuenta_positivos_escalar(resto);
    (
        sumas.iter().sum::<f64>() + suma,
        cuentas.iter().sum::<f64>() as u64 + cuenta,
    )
}
