//! Pairwise summation: halves, halves of halves … so that no partial sum grows long before it meets another of its size.

use crate::suma_iter;

/// Up to here the plain sum: splitting further would cost more than it saves.
const HOJA: usize = 128;

/// From here up the halves may go to different threads.
const TAREA: usize = 65_536;

/// The sum of `x × 2` over every `x > umbral`, added in a tree that only the length decides.
///
/// # Error
/// With n elements, u = 2⁻⁵³ and Σ|2x| over what passes, at most about (128 + log₂ n) u Σ|2x|; the plain sum's bound is n u Σ|2x|.
///
/// # Special values
/// As [`crate::suma_for`].
///
/// # Cost
/// As [`suma_iter`]: the additions are the same, in other brackets.
///
/// # Source
/// Higham, *The accuracy of floating point summation*, SIAM J. Sci. Comput. 14(4), 1993. numpy and Polars sum this way.
pub fn suma_por_pares(datos: &[f64], umbral: f64) -> f64 {
    if datos.len() <= HOJA {
        return suma_iter(datos, umbral);
    }
    let (izquierda, derecha) = datos.split_at(datos.len() / 2);
    suma_por_pares(izquierda, umbral) + suma_por_pares(derecha, umbral)
}

/// [`suma_por_pares`] on the threads of the current Rayon pool: the same tree, so the same bits with any number of threads.
///
/// # Special values
/// As [`crate::suma_for`].
///
/// # Cost
/// One pass shared by the threads, no allocation.
pub fn suma_por_pares_rayon(datos: &[f64], umbral: f64) -> f64 {
    if datos.len() <= TAREA {
        return suma_por_pares(datos, umbral);
    }
    let (izquierda, derecha) = datos.split_at(datos.len() / 2);
    let (a, b) = rayon::join(
        || suma_por_pares_rayon(izquierda, umbral),
        || suma_por_pares_rayon(derecha, umbral),
    );
    a + b
}
