//! How a time grows with the rows: a fixed part and a part per row, and the exponent.

/// What fits the times of several sizes best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Seconds that do not depend on the rows, never negative.
    pub fixed_s: f64,
    /// Seconds per row.
    pub per_row_s: f64,
    /// Slope between the logarithms of rows and seconds: 1 is as many times longer as there are more rows.
    pub exponent: f64,
    /// The largest part by which a time differs from the straight line.
    pub off: f64,
}

impl Fit {
    /// The line that makes relative errors least; `None` with fewer than two sizes or a time that is none.
    ///
    /// Squares of relative errors and not of seconds: the largest size would otherwise be the only one that counts.
    ///
    /// ```
    /// use benches::closing::Fit;
    /// let fit = Fit::of(&[(1_000, 0.6), (10_000, 1.5), (100_000, 10.5)]).unwrap();
    /// assert!((fit.fixed_s - 0.5).abs() < 1e-9 && (fit.per_row_s - 1e-4).abs() < 1e-12 && fit.off < 1e-9);
    /// assert!((fit.at(1e6) - 100.5).abs() < 1e-6);
    /// assert_eq!(Fit::of(&[(1_000, 0.6)]), None);
    /// ```
    pub fn of(times: &[(u64, f64)]) -> Option<Self> {
        let usable = times
            .iter()
            .all(|(rows, s)| *rows > 0 && s.is_finite() && *s > 0.0);
        if times.len() < 2 || !usable {
            return None;
        }
        let (mut xx, mut xy, mut yy, mut x, mut y) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (rows, seconds) in times {
            let (one, row) = (1.0 / seconds, *rows as f64 / seconds);
            xx += one * one;
            xy += one * row;
            yy += row * row;
            x += one;
            y += row;
        }
        let determinant = xx * yy - xy * xy;
        if determinant <= f64::EPSILON * xx * yy {
            return None; // all of one size
        }
        let mut fixed_s = (x * yy - y * xy) / determinant;
        let mut per_row_s = (y * xx - x * xy) / determinant;
        if fixed_s < 0.0 {
            (fixed_s, per_row_s) = (0.0, y / yy);
        }
        let line = |rows: u64| fixed_s + per_row_s * rows as f64;
        let off = times.iter().map(|(rows, s)| (line(*rows) / s - 1.0).abs());
        Some(Self {
            fixed_s,
            per_row_s,
            exponent: slope(times),
            off: off.fold(0.0, f64::max),
        })
    }

    /// Seconds that the line gives for so many rows.
    pub fn at(&self, rows: f64) -> f64 {
        self.fixed_s + self.per_row_s * rows
    }
}

/// Least squares between the logarithms.
fn slope(times: &[(u64, f64)]) -> f64 {
    let points: Vec<_> = times
        .iter()
        .map(|(rows, seconds)| ((*rows as f64).ln(), seconds.ln()))
        .collect();
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (mx, my) = (mean(|p| p.0), mean(|p| p.1));
    let above: f64 = points.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    let below: f64 = points.iter().map(|(x, _)| (x - mx).powi(2)).sum();
    above / below
}
