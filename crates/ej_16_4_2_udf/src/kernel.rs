//! The distance over columns of numbers: no branch on a row and no call, but polynomials.
//!
//! Only `+ − × ÷ √`, which IEEE 754 rounds in one way: the bits do not depend on the C library, on the processor, on where in a
//! column a row stands or on how many rows there are. They are also what a compiler can do to two, four or eight rows at a time.

use ecommerce_model::RADIO_TIERRA_KM;
use std::f64::consts::FRAC_PI_2;

/// Rows of a block: what a constant argument is written out to, once, and five columns that the first cache holds.
pub const BLOQUE: usize = 512;

/// One of the four arguments.
#[derive(Clone, Copy, Debug)]
pub enum Columna<'a> {
    /// A number for each row.
    Filas(&'a [f64]),
    /// The same for all.
    Una(f64),
}

impl Columna<'_> {
    /// Its numbers for some rows; `repeated` holds the one of [`Columna::Una`].
    fn at<'b>(&'b self, start: usize, rows: usize, repeated: &'b [f64; BLOQUE]) -> &'b [f64] {
        match self {
            Self::Filas(values) => {
                let from = values.get(start..).unwrap_or_default();
                from.get(..rows).unwrap_or(from)
            }
            Self::Una(_) => repeated.get(..rows).unwrap_or_default(),
        }
    }
}

/// Writes the distance in km of each row's two points: `[lat1, lon1, lat2, lon2]`.
///
/// # Shape
/// As many rows as `km` has. A column that is shorter ends the work there: what is left of `km` is NaN.
///
/// # Units
/// Degrees in, km out, as [`kilometros`].
///
/// # Cost
/// One pass; 16 KiB of the stack, where constants are written out.
pub fn distancias_en_bloques(puntos: [Columna<'_>; 4], km: &mut [f64]) {
    let repeated = puntos.map(|column| match column {
        Columna::Una(value) => [value; BLOQUE],
        Columna::Filas(_) => [0.0; BLOQUE],
    });
    for (number, km) in km.chunks_mut(BLOQUE).enumerate() {
        let (start, rows) = (number * BLOQUE, km.len());
        let [lat1, lon1, lat2, lon2] =
            std::array::from_fn(|i| puntos[i].at(start, rows, &repeated[i]));
        km.fill(f64::NAN);
        block(lat1, lon1, lat2, lon2, km);
    }
}

/// A function of its own, with slices alone for arguments, so that the compiler knows that `km` is none of them. Everything below is
/// inlined into it whatever its size: one call left would keep it to a row at a time.
#[inline(never)]
fn block(lat1: &[f64], lon1: &[f64], lat2: &[f64], lon2: &[f64], km: &mut [f64]) {
    let points = lat1.iter().zip(lon1).zip(lat2.iter().zip(lon2));
    for (km, ((lat1, lon1), (lat2, lon2))) in km.iter_mut().zip(points) {
        *km = kilometros(*lat1, *lon1, *lat2, *lon2);
    }
}

/// Returns the great-circle distance in km between two points in degrees, on a sphere of 6371 km.
///
/// The formula is that of [`haversine_km`](ecommerce_model::haversine_km). Two things differ: differences and periods are taken in
/// degrees, where they are exact, and not in radians; and sine, cosine and arcsine are polynomials.
///
/// # Units
/// Degrees in, km out. NaN or an infinity gives NaN, never one with a sign. A latitude beyond ±90 is the point over the pole, as there.
/// From 10¹⁵ degrees on the period has no digits left: the result is a number from 0 to half a turn, or NaN.
#[must_use]
#[inline(always)]
pub fn kilometros(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let a = square(half_sine(within_a_turn(lat2 - lat1)))
        + cosine(lat1) * cosine(lat2) * square(half_sine(within_a_turn(lon2 - lon1)));
    // Not `min`, which would turn NaN into 1.
    let a = if a > 1.0 { 1.0 } else { a };
    // The sign is of interest in a NaN alone: processors make negative ones, which the engine, ordering all doubles, takes for less than any number.
    (2.0 * RADIO_TIERRA_KM * arcsine_of_root(a)).abs()
}

#[inline(always)]
fn square(x: f64) -> f64 {
    x * x
}

/// Returns the angle in degrees less whole turns: −180 to 180, exact.
#[inline(always)]
fn within_a_turn(degrees: f64) -> f64 {
    /// Added and taken away again, it leaves the nearest whole number; a call to round would stop the vectors.
    const WHOLE: f64 = 1.5 * (1u64 << 52) as f64;
    let turns = (degrees * (1.0 / 360.0) + WHOLE) - WHOLE;
    degrees - 360.0 * turns
}

/// Returns sin(x/2) of an angle in degrees from −180 to 180.
#[inline(always)]
fn half_sine(degrees: f64) -> f64 {
    /// sin(πx/360)/x in x², by Remez: it differs by 1.4·10⁻¹⁶ of its value at most.
    const C: [f64; 8] = [
        0.008726646259971646,
        -1.1076201946265759e-07,
        4.2175050723561153e-13,
        -7.647175666182958e-19,
        8.088412101691804e-25,
        -5.599654810442374e-31,
        2.731697112655192e-37,
        -9.55470003024939e-44,
    ];
    degrees * horner(&C, degrees * degrees)
}

/// Returns the cosine of an angle in degrees: the sine of what is missing to 90, so that it is exact to the last digits near the poles.
#[inline(always)]
fn cosine(degrees: f64) -> f64 {
    half_sine(180.0 - 2.0 * within_a_turn(degrees).abs())
}

/// Returns asin(√a) for a from 0 to 1.
#[inline(always)]
fn arcsine_of_root(a: f64) -> f64 {
    /// (asin(√z)/√z − 1)/z for z up to a half, as a quotient of two polynomials: the arcsine differs by 6·10⁻¹⁷ of its value at most.
    const P: [f64; 6] = [
        0.16666666666666666,
        -0.4545933314388237,
        0.45434240036790136,
        -0.20096797506400801,
        0.03693249306807895,
        -0.0019519728768088514,
    ];
    const Q: [f64; 7] = [
        1.0,
        -3.1775599886329484,
        3.8880992542356734,
        -2.286612041664757,
        0.6541249718457333,
        -0.07993412405292168,
        0.0027252372060543963,
    ];
    let upper = a > 0.5;
    let z = if upper { 1.0 - a } else { a };
    let ratio = horner(&P, z) / horner(&Q, z);
    let w = z.sqrt();
    let angle = w + w * (z * ratio);
    if upper { FRAC_PI_2 - angle } else { angle }
}

#[inline(always)]
fn horner<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let mut sum = coefficients[N - 1];
    for c in coefficients[..N - 1].iter().rev() {
        sum = sum * x + c;
    }
    sum
}
