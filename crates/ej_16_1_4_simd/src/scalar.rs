//! One element after another: what the others are measured against.

/// Returns the sum from left to right, from +0.0 on.
///
/// Each addition waits for the one before: the loop takes as long as that many additions *one after the other*, whatever the
/// processor could do at once. The compiler may not change the order, because the result would not be the same.
///
/// # Source
/// The guide's function.
#[inline(never)]
pub fn suma_escalar(datos: &[f64]) -> f64 {
    let mut suma = 0.0;
    for &x in datos {
        suma += x;
    }
    suma
}

/// Returns the sum and the count of the elements above zero, with an `if` for each.
#[inline(never)]
pub fn suma_y_cuenta_positivos_escalar(datos: &[f64]) -> (f64, u64) {
    let mut suma = 0.0;
    let mut cuenta = 0_u64;
    for &x in datos {
        if x > 0.0 {
            suma += x;
            cuenta += 1;
        }
    }
    (suma, cuenta)
}
