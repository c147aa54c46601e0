//! From left to right: what slices below [`crate::order::SHORT`] get, and the yardstick of the others.

/// Returns the sum, from +0.0 on.
#[inline]
pub(crate) fn suma(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for &x in x {
        sum += x;
    }
    sum
}

/// Returns the sum, from +0.0 on, and the count of the elements above zero.
#[inline]
pub(crate) fn suma_y_cuenta_positivos(x: &[f64]) -> (f64, u64) {
    let (mut sum, mut count) = (0.0, 0);
    for &x in x {
        if x > 0.0 {
            sum += x;
            count += 1;
        }
    }
    (sum, count)
}
