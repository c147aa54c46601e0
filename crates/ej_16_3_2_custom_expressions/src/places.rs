//! Points on the sphere: which are ones, and pairs of them to compute with.

use polars::prelude::*;

/// The columns of a frame of pairs, in the order that the distance takes them.
pub const COLUMNAS: [&str; 4] = ["lat_origen", "lon_origen", "lat_destino", "lon_destino"];

/// Returns whether a latitude and a longitude are those of a place: finite, within ±90 and ±180. Null counts as not.
///
/// The distance itself takes any number; a filter by this goes before it where the data may be wrong.
pub fn coordenada_valida(lat: Expr, lon: Expr) -> Expr {
    // Comparing is enough: NaN, which Polars ranks above everything, is not below 90.
    let within = |degrees: Expr, bound: f64| {
        degrees
            .clone()
            .gt_eq(lit(-bound))
            .and(degrees.lt_eq(lit(bound)))
    };
    within(lat, 90.0)
        .and(within(lon, 180.0))
        .fill_null(lit(false))
}

/// Returns pairs of points spread evenly over the sphere, always the same for a seed.
///
/// # Shape
/// `filas` rows of [`COLUMNAS`], Float64 without nulls.
///
/// # Errors
/// None of Polars' for any number of rows.
pub fn pares_al_azar(semilla: u64, filas: usize) -> PolarsResult<DataFrame> {
    let mut random = Random(semilla);
    let mut pairs = Pairs::with_capacity(filas);
    for _ in 0..filas {
        let (origen, destino) = (random.point(), random.point());
        pairs.push(origen, destino);
    }
    pairs.into_frame()
}

/// Returns pairs whose second point is at most so many metres from the first's antipode, where formulas run out of digits.
///
/// # Shape
/// As [`pares_al_azar`].
///
/// # Errors
/// None of Polars' for any number of rows.
pub fn pares_casi_antipodas(semilla: u64, filas: usize, metros: f64) -> PolarsResult<DataFrame> {
    /// A metre of a great circle, in degrees.
    const METRO: f64 = 1.0 / 111_194.9;
    let mut random = Random(semilla);
    let mut pairs = Pairs::with_capacity(filas);
    for _ in 0..filas {
        let (lat, lon) = random.point();
        // The corner of this square is as far off as may be; towards the poles its degrees of longitude shrink.
        let side = metros * METRO * std::f64::consts::FRAC_1_SQRT_2;
        let (north, east) = (2.0 * random.unit() - 1.0, 2.0 * random.unit() - 1.0);
        let opposite = if lon > 0.0 { lon - 180.0 } else { lon + 180.0 };
        let destino = (
            (-lat + side * north).clamp(-90.0, 90.0),
            opposite + side * east,
        );
        pairs.push((lat, lon), destino);
    }
    pairs.into_frame()
}

struct Pairs([Vec<f64>; 4]);

impl Pairs {
    fn with_capacity(rows: usize) -> Self {
        Self(std::array::from_fn(|_| Vec::with_capacity(rows)))
    }

    fn push(&mut self, origen: (f64, f64), destino: (f64, f64)) {
        let values = [origen.0, origen.1, destino.0, destino.1];
        for (column, value) in self.0.iter_mut().zip(values) {
            column.push(value);
        }
    }

    fn into_frame(self) -> PolarsResult<DataFrame> {
        let rows = self.0[0].len();
        let columns = COLUMNAS.iter().zip(self.0);
        let columns = columns.map(|(name, values)| Column::new((*name).into(), values));
        DataFrame::new(rows, columns.collect())
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    /// A number in [0, 1).
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A point, each part of the sphere as likely as any other of its size.
    fn point(&mut self) -> (f64, f64) {
        let lat = (2.0 * self.unit() - 1.0).asin().to_degrees();
        (lat, 360.0 * self.unit() - 180.0)
    }
}
