//! The thirteen ways in which `numpy.percentile` reads a percentile between two values.
//!
//! Written after numpy 2.4 (`numpy/lib/_function_base_impl.py`), operation by operation and in its order: each rounds, and another order gives another last
//! bit.

use std::fmt;
use std::str::FromStr;

/// A method of `numpy.percentile`, by its name.
///
/// The first nine are those of Hyndman and Fan (1996), in their order; the last four are older than the paper in numpy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metodo {
    /// `inverted_cdf` (H&F 1): the smallest value at which the empirical distribution reaches the percentile.
    InvertedCdf,
    /// `averaged_inverted_cdf` (H&F 2): the same, averaged with the next value where it reaches it exactly.
    AveragedInvertedCdf,
    /// `closest_observation` (H&F 3): the value with the nearest rank, the even one of two.
    ClosestObservation,
    /// `interpolated_inverted_cdf` (H&F 4).
    InterpolatedInvertedCdf,
    /// `hazen` (H&F 5).
    Hazen,
    /// `weibull` (H&F 6).
    Weibull,
    /// `linear` (H&F 7): numpy's default, and Pandas' and Polars' interpolation of that name.
    Linear,
    /// `median_unbiased` (H&F 8).
    MedianUnbiased,
    /// `normal_unbiased` (H&F 9).
    NormalUnbiased,
    /// `lower`: the value below; the guide's code.
    Lower,
    /// `higher`: the value above.
    Higher,
    /// `midpoint`: halfway between both.
    Midpoint,
    /// `nearest`: the nearer of both, the one with the even rank halfway.
    Nearest,
}

/// No method has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no method '{nombre}'")]
pub struct MetodoDesconocido {
    /// What was asked for.
    pub nombre: String,
}

impl Metodo {
    /// All of them.
    pub const TODOS: [Self; 13] = [
        Self::InvertedCdf,
        Self::AveragedInvertedCdf,
        Self::ClosestObservation,
        Self::InterpolatedInvertedCdf,
        Self::Hazen,
        Self::Weibull,
        Self::Linear,
        Self::MedianUnbiased,
        Self::NormalUnbiased,
        Self::Lower,
        Self::Higher,
        Self::Midpoint,
        Self::Nearest,
    ];

    /// Returns the name it has in numpy.
    pub fn nombre(self) -> &'static str {
        match self {
            Self::InvertedCdf => "inverted_cdf",
            Self::AveragedInvertedCdf => "averaged_inverted_cdf",
            Self::ClosestObservation => "closest_observation",
            Self::InterpolatedInvertedCdf => "interpolated_inverted_cdf",
            Self::Hazen => "hazen",
            Self::Weibull => "weibull",
            Self::Linear => "linear",
            Self::MedianUnbiased => "median_unbiased",
            Self::NormalUnbiased => "normal_unbiased",
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Midpoint => "midpoint",
            Self::Nearest => "nearest",
        }
    }

    /// Returns where the quantile `q` (0 to 1) of `n` ≥ 1 sorted values is.
    pub(crate) fn lugar(self, n: usize, q: f64) -> Lugar {
        let cuantos = n as f64;
        let pasos = (n - 1) as f64;
        // Hyndman and Fan's family: alpha and beta say where the first and the last value stand.
        let familia =
            |alpha: f64, beta: f64| cuantos * q + (alpha + q * (1.0 - alpha - beta)) - 1.0;
        match self {
            Self::InvertedCdf => discreto(n, cuantos * q - 1.0, |gamma, _| gamma == 0.0),
            Self::ClosestObservation => discreto(n, cuantos * q - 1.0 - 0.5, |gamma, suelo| {
                gamma == 0.0 && suelo.rem_euclid(2.0) == 1.0
            }),
            Self::AveragedInvertedCdf => {
                entre(
                    n,
                    cuantos * q - 1.0,
                    |gamma, _| {
                        if gamma == 0.0 { 0.5 } else { 1.0 }
                    },
                )
            }
            Self::InterpolatedInvertedCdf => entre(n, familia(0.0, 1.0), |gamma, _| gamma),
            Self::Hazen => entre(n, familia(0.5, 0.5), |gamma, _| gamma),
            Self::Weibull => entre(n, familia(0.0, 0.0), |gamma, _| gamma),
            Self::Linear => entre(n, pasos * q, |gamma, _| gamma),
            Self::MedianUnbiased => entre(n, familia(1.0 / 3.0, 1.0 / 3.0), |gamma, _| gamma),
            Self::NormalUnbiased => entre(n, familia(3.0 / 8.0, 3.0 / 8.0), |gamma, _| gamma),
            Self::Midpoint => {
                let punto = pasos * q;
                entre(n, 0.5 * (punto.floor() + punto.ceil()), |_, indice| {
                    if indice % 1.0 == 0.0 { 0.0 } else { 0.5 }
                })
            }
            Self::Lower => Lugar::Rango(rango(n, (pasos * q).floor())),
            Self::Higher => Lugar::Rango(rango(n, (pasos * q).ceil())),
            Self::Nearest => Lugar::Rango(rango(n, (pasos * q).round_ties_even())),
        }
    }
}

impl fmt::Display for Metodo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.nombre())
    }
}

impl FromStr for Metodo {
    type Err = MetodoDesconocido;

    fn from_str(nombre: &str) -> Result<Self, Self::Err> {
        Self::TODOS
            .into_iter()
            .find(|metodo| metodo.nombre() == nombre)
            .ok_or_else(|| MetodoDesconocido {
                nombre: nombre.to_owned(),
            })
    }
}

/// Where a percentile is among sorted values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lugar {
    /// It is the value of this rank, counted from 0.
    Rango(usize),
    /// It is on the way from one value to another.
    Entre {
        anterior: usize,
        siguiente: usize,
        gamma: f64,
    },
}

impl Lugar {
    /// Returns the ranks whose values it needs.
    pub(crate) fn rangos(self) -> [usize; 2] {
        match self {
            Self::Rango(rango) => [rango, rango],
            Self::Entre {
                anterior,
                siguiente,
                ..
            } => [anterior, siguiente],
        }
    }

    /// Returns the percentile, given its values.
    pub(crate) fn valor(self, de_rango: impl Fn(usize) -> f64) -> f64 {
        match self {
            Self::Rango(rango) => de_rango(rango),
            Self::Entre {
                anterior,
                siguiente,
                gamma,
            } => interpolado(de_rango(anterior), de_rango(siguiente), gamma),
        }
    }
}

/// Returns the point at `t` of the way from `a` to `b`, computed from the nearer end, so that both ends are met exactly.
///
/// Between two infinities, also equal ones, it is NaN, as in numpy.
fn interpolado(a: f64, b: f64, t: f64) -> f64 {
    let trecho = b - a;
    if t >= 0.5 {
        b - trecho * (1.0 - t)
    } else {
        a + trecho * t
    }
}

fn rango(n: usize, indice: f64) -> usize {
    // The conversion saturates: below 0 is 0.
    (indice as usize).min(n - 1)
}

fn discreto(n: usize, indice: f64, es_el_anterior: impl Fn(f64, f64) -> bool) -> Lugar {
    let suelo = indice.floor();
    let elegido = if es_el_anterior(indice - suelo, suelo) {
        suelo
    } else {
        suelo + 1.0
    };
    Lugar::Rango(rango(n, elegido))
}

/// Returns the place of a virtual index; `corregir` makes of its fraction, and of itself, the weight of the next value.
fn entre(n: usize, indice: f64, corregir: impl Fn(f64, f64) -> f64) -> Lugar {
    // Past an end numpy takes the end twice, and the fraction from the index it then has: -1 for the last.
    let (anterior, siguiente, base) = if indice >= (n - 1) as f64 {
        (n - 1, n - 1, -1.0)
    } else if indice < 0.0 {
        (0, 0, 0.0)
    } else {
        let suelo = indice.floor();
        (rango(n, suelo), rango(n, suelo + 1.0), suelo)
    };
    Lugar::Entre {
        anterior,
        siguiente,
        gamma: corregir(indice - base, indice),
    }
}
