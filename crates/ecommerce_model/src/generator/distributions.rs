//! The shapes of the shop: who comes, what they buy, when, and for how much.
//!
//! Logarithms and powers come from `libm`, not from the platform, so that every machine makes the same bytes.

/// Ranks with Zipf's popularity: rank r is drawn about r^-s as often as rank 0.
///
/// The inverse of the continuous power law on [1, n + 1): one power per draw, no table, any n.
pub(super) struct Zipf {
    n: f64,
    span: f64,
    exponent: f64,
}

impl Zipf {
    /// `n` ranks with exponent `s`, which must not be 1.
    pub(super) fn new(n: u64, s: f64) -> Self {
        let n = n as f64;
        Self {
            n,
            span: libm::pow(n + 1.0, 1.0 - s) - 1.0,
            exponent: 1.0 / (1.0 - s),
        }
    }

    /// The rank for a uniform draw, in 0..n.
    pub(super) fn rank(&self, u: f64) -> u64 {
        let x = libm::pow(1.0 + u * self.span, self.exponent);
        (x - 1.0).clamp(0.0, self.n - 1.0) as u64
    }
}

/// A lognormal amount from two uniform draws (Box and Muller).
pub(super) fn lognormal(mu: f64, sigma: f64, u1: f64, u2: f64) -> f64 {
    let normal = libm::sqrt(-2.0 * libm::log(1.0 - u1)) * libm::cos(core::f64::consts::TAU * u2);
    libm::exp(mu + sigma * normal)
}

/// Share of the week's events per weekday, Monday first.
pub(super) const WEEK: [f64; 7] = [0.92, 0.88, 0.90, 0.96, 1.08, 1.22, 1.04];

/// Relative traffic per hour of the day: a quiet night, a lunch hump, an evening peak.
const HOURS: [f64; 24] = [
    1.2, 0.7, 0.5, 0.4, 0.4, 0.6, 1.2, 2.2, 3.4, 4.4, 5.0, 5.4, 5.8, 5.6, 5.2, 5.0, 5.2, 5.6, 6.4,
    7.4, 8.2, 7.8, 5.6, 2.8,
];

/// Position in the day by position in the day's traffic.
pub(super) struct DailyRhythm {
    cumulative: [f64; 25],
}

impl DailyRhythm {
    pub(super) fn new() -> Self {
        let total: f64 = HOURS.iter().sum();
        let mut cumulative = [0.0; 25];
        for (i, weight) in HOURS.iter().enumerate() {
            cumulative[i + 1] = cumulative[i] + weight / total;
        }
        cumulative[24] = 1.0;
        Self { cumulative }
    }

    /// The fraction of the day that has passed when the fraction `share` of its events has.
    pub(super) fn time_at(&self, share: f64) -> f64 {
        let hour = self.cumulative[1..24].partition_point(|c| *c <= share);
        let (low, high) = (self.cumulative[hour], self.cumulative[hour + 1]);
        (hour as f64 + (share - low) / (high - low)).clamp(0.0, 24.0) / 24.0
    }
}
