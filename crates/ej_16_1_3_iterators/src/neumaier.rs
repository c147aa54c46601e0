//! Compensated summation: what each addition rounds away is kept apart and added at the end.

use crate::BLOQUE;
use rayon::prelude::*;

/// A running sum and what its additions have rounded away.
///
/// ```
/// use ej_16_1_3_iterators::Neumaier;
/// let suma: Neumaier = [1.0, 1e100, 1.0, -1e100].into_iter().collect();
/// assert_eq!(suma.total(), 2.0); // the plain sum gives 0
/// ```
///
/// # Source
/// Neumaier, *Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen*, ZAMM 54, 1974. The bound is that of
/// Sum2 in Ogita, Rump and Oishi, *Accurate sum and dot product*, SIAM J. Sci. Comput. 26(6), 2005.
#[derive(Clone, Copy, Debug)]
pub struct Neumaier {
    suma: f64,
    compensacion: f64,
}

impl Neumaier {
    /// The sum of nothing: `-0.0`, as everywhere in this crate.
    pub const VACIA: Self = Self {
        suma: -0.0,
        compensacion: 0.0,
    };

    /// The sum with `x` added.
    #[must_use]
    pub fn con(self, x: f64) -> Self {
        let suma = self.suma + x;
        // Exact where the larger operand comes first, and neither overflows: the difference is what `suma` lacks.
        let resto = if self.suma.abs() >= x.abs() {
            (self.suma - suma) + x
        } else {
            (x - suma) + self.suma
        };
        Self {
            suma,
            compensacion: self.compensacion + resto,
        }
    }

    /// Both sums together.
    #[must_use]
    pub fn unida(self, otra: Self) -> Self {
        let mut junta = self.con(otra.suma);
        junta.compensacion += otra.compensacion;
        junta
    }

    /// The value: within u|Σ| + (n u)² Σ|x| of the exact sum of the n values, u = 2⁻⁵³.
    ///
    /// An infinite or NaN sum is returned as it is: of infinities the compensation knows nothing.
    pub fn total(self) -> f64 {
        if self.compensacion == 0.0 || !self.suma.is_finite() {
            self.suma
        } else {
            self.suma + self.compensacion
        }
    }
}

impl FromIterator<f64> for Neumaier {
    fn from_iter<I: IntoIterator<Item = f64>>(valores: I) -> Self {
        valores.into_iter().fold(Self::VACIA, Self::con)
    }
}

fn parcial(datos: &[f64], umbral: f64) -> Neumaier {
    datos
        .iter()
        .filter(|&&x| x > umbral)
        .map(|&x| x * 2.0)
        .collect()
}

/// The sum of `x × 2` over every `x > umbral`, compensated: in practice the exact sum rounded once.
///
/// # Special values
/// As [`crate::suma_for`].
///
/// # Cost
/// One pass, no allocation, four additions and a comparison where the plain sum has one addition.
pub fn suma_neumaier(datos: &[f64], umbral: f64) -> f64 {
    parcial(datos, umbral).total()
}

/// [`suma_neumaier`] on the threads of the current Rayon pool, the same bits with any number of them.
///
/// # Special values
/// As [`crate::suma_for`].
///
/// # Cost
/// One pass shared by the threads, and two `f64` per block of [`BLOQUE`] elements.
pub fn suma_neumaier_rayon(datos: &[f64], umbral: f64) -> f64 {
    let partes: Vec<Neumaier> = datos
        .par_chunks(BLOQUE)
        .map(|bloque| parcial(bloque, umbral))
        .collect();
    partes
        .into_iter()
        .fold(Neumaier::VACIA, Neumaier::unida)
        .total()
}
