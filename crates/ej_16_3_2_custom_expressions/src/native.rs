//! The distance as an expression of Polars' own functions: the optimizer sees every step.

use ecommerce_model::RADIO_TIERRA_KM;
use polars::prelude::*;

/// Returns the great-circle distance in km between two points in degrees, as the column `distancia_km`.
///
/// The steps are those of [`haversine_km`](ecommerce_model::haversine_km), in their order, so that the values are the same
/// to the last bit.
///
/// # Shape
/// Float64, as long as the longest of the four; a literal is as long as it has to be. Null where any of them is null.
///
/// # Units
/// Degrees in, km out, on a sphere of 6371 km. NaN or an infinity gives NaN. A latitude beyond ±90 is the point that lies so far
/// along its meridian, over the pole, and the distance between two such names of one place may be NaN;
/// [`coordenada_valida`](crate::coordenada_valida) is for those who do not want it.
///
/// # Errors
/// When the query runs: Polars' `InvalidOperation` for a column that cannot become Float64 without losing something.
///
/// # Cost
/// Four sines and cosines, a root and an arcsine a row, each a pass over the column with a column of results.
///
/// # Source
/// Guide 16.3.2, `distancia_haversine`, whole.
pub fn distancia_haversine(lat1: Expr, lon1: Expr, lat2: Expr, lon2: Expr) -> Expr {
    // Not `when(a.gt(1.0))`: Polars ranks NaN above everything, and NaN would become half the way around the Earth.
    let a = semiverseno(lat1, lon1, lat2, lon2).clip_max(lit(1.0));
    arco(a)
}

/// Returns the same by the other textbook formula, `2R·atan2(√a, √(1 − a))`, and without bounding `a` to 1: near antipodes rounding
/// pushes it above, `1 − a` is negative, and the distance is NaN.
pub fn distancia_con_arctan2(lat1: Expr, lon1: Expr, lat2: Expr, lon2: Expr) -> Expr {
    let a = semiverseno(lat1, lon1, lat2, lon2);
    let angle = a.clone().sqrt().arctan2((lit(1.0) - a).sqrt());
    (lit(2.0 * RADIO_TIERRA_KM) * angle).alias("distancia_km")
}

/// Returns the same as [`distancia_haversine`] without bounding the argument of the arcsine.
pub fn distancia_sin_acotar(lat1: Expr, lon1: Expr, lat2: Expr, lon2: Expr) -> Expr {
    arco(semiverseno(lat1, lon1, lat2, lon2))
}

/// Returns the haversine of the angle between the points, `a`: 0 where they meet, 1 at antipodes, and for rounding's sake a little
/// more near them.
pub fn semiverseno(lat1: Expr, lon1: Expr, lat2: Expr, lon2: Expr) -> Expr {
    // Float32 would be computed in Float32, and the difference of unsigned longitudes would wrap around.
    let [lat1, lon1, lat2, lon2] =
        [lat1, lon1, lat2, lon2].map(|degrees| degrees.strict_cast(DataType::Float64));
    let (phi1, phi2) = (lat1.radians(), lat2.radians());
    // `/` is Polars' floor division where both sides are whole numbers; this one never is.
    let half_dphi = (phi2.clone() - phi1.clone()).true_div(lit(2.0));
    let half_dlambda = (lon2 - lon1).radians().true_div(lit(2.0));
    half_dphi.sin().pow(lit(2.0)) + phi1.cos() * phi2.cos() * half_dlambda.sin().pow(lit(2.0))
}

/// The distance that belongs to a haversine.
fn arco(a: Expr) -> Expr {
    (lit(2.0 * RADIO_TIERRA_KM) * a.sqrt().arcsin()).alias("distancia_km")
}
