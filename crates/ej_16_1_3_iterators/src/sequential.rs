//! The same sum three times on one thread: a loop, a chain, and a chain cut into stages.

/// The sum of `x × 2` over every `x > umbral`, by a `for` loop in the order of the slice.
///
/// ```
/// use ej_16_1_3_iterators::suma_for;
/// assert_eq!(suma_for(&[1.0, 5.0, 7.0], 4.0), 24.0);
/// ```
///
/// # Special values
/// | input | result |
/// |---|---|
/// | nothing passes the filter | `-0.0`, the neutral element of float addition, as [`Iterator::sum`] gives |
/// | NaN | left out: `NaN > umbral` is false. If `umbral` is NaN nothing passes |
/// | `+∞` | `+∞` |
/// | `-∞` | left out, whatever the threshold |
/// | a product or a partial sum beyond `f64::MAX` | `±∞`; NaN if both infinities arise |
///
/// # Cost
/// One pass, no allocation. Each addition waits for the one before it: the order is part of the result, so the compiler
/// may not split the sum over vector lanes.
///
/// # Source
/// Guide, exercise 16.1.3; the loop that its question 1 asks about.
pub fn suma_for(datos: &[f64], umbral: f64) -> f64 {
    // Not 0.0: `0.0 + -0.0` is `0.0`, so only −0.0 leaves every sum as it is.
    let mut total = -0.0;
    for &x in datos {
        if x > umbral {
            total += x * 2.0;
        }
    }
    total
}

/// The same sum by the guide's chain `iter → filter → map → sum`; equal to [`suma_for`] to the last bit.
///
/// ```
/// use ej_16_1_3_iterators::suma_iter;
/// assert_eq!(suma_iter(&[1.0, 5.0, 7.0], 4.0), 24.0);
/// assert!(suma_iter(&[], 0.0).is_sign_negative()); // −0.0: it prints a sign nobody expects
/// ```
///
/// # Special values
/// As [`suma_for`].
///
/// # Cost
/// One pass, no allocation: the chain is one value on the stack that asks for one element at a time.
pub fn suma_iter(datos: &[f64], umbral: f64) -> f64 {
    datos
        .iter()
        .filter(|&&x| x > umbral)
        .map(|&x| x * 2.0)
        .sum()
}

/// The same sum with every stage stored before the next begins: what the chain saves.
///
/// # Special values
/// As [`suma_for`].
///
/// # Cost
/// Three passes and two vectors with one element per row that passes the filter.
pub fn suma_por_etapas(datos: &[f64], umbral: f64) -> f64 {
    let filtrados: Vec<f64> = datos.iter().copied().filter(|&x| x > umbral).collect();
    // By reference on purpose: `into_iter().map().collect()` would reuse the first vector's memory.
    let doblados: Vec<f64> = filtrados.iter().map(|x| x * 2.0).collect();
    doblados.iter().sum()
}
