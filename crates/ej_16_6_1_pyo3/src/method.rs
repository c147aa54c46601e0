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
pub enum Method {
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
#[error("there is no method '{name}'")]
pub struct UnknownMethod {
    /// What was asked for.
    pub name: String,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 13] = [
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
    pub fn name(self) -> &'static str {
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
    pub(crate) fn place(self, n: usize, q: f64) -> Place {
        let count = n as f64;
        let steps = (n - 1) as f64;
        // Hyndman and Fan's family: alpha and beta say where the first and the last value stand.
        let family = |alpha: f64, beta: f64| count * q + (alpha + q * (1.0 - alpha - beta)) - 1.0;
        match self {
            Self::InvertedCdf => discrete(n, count * q - 1.0, |gamma, _| gamma == 0.0),
            Self::ClosestObservation => discrete(n, count * q - 1.0 - 0.5, |gamma, floor| {
                gamma == 0.0 && floor.rem_euclid(2.0) == 1.0
            }),
            Self::AveragedInvertedCdf => {
                between(
                    n,
                    count * q - 1.0,
                    |gamma, _| {
                        if gamma == 0.0 { 0.5 } else { 1.0 }
                    },
                )
            }
            Self::InterpolatedInvertedCdf => between(n, family(0.0, 1.0), |gamma, _| gamma),
            Self::Hazen => between(n, family(0.5, 0.5), |gamma, _| gamma),
            Self::Weibull => between(n, family(0.0, 0.0), |gamma, _| gamma),
            Self::Linear => between(n, steps * q, |gamma, _| gamma),
            Self::MedianUnbiased => between(n, family(1.0 / 3.0, 1.0 / 3.0), |gamma, _| gamma),
            Self::NormalUnbiased => between(n, family(3.0 / 8.0, 3.0 / 8.0), |gamma, _| gamma),
            Self::Midpoint => {
                let point = steps * q;
                between(n, 0.5 * (point.floor() + point.ceil()), |_, index| {
                    if index % 1.0 == 0.0 { 0.0 } else { 0.5 }
                })
            }
            Self::Lower => Place::Rank(rank(n, (steps * q).floor())),
            Self::Higher => Place::Rank(rank(n, (steps * q).ceil())),
            Self::Nearest => Place::Rank(rank(n, (steps * q).round_ties_even())),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == name)
            .ok_or_else(|| UnknownMethod {
                name: name.to_owned(),
            })
    }
}

/// Where a percentile is among sorted values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// It is the value of this rank, counted from 0.
    Rank(usize),
    /// It is on the way from one value to another.
    Between {
        previous: usize,
        next: usize,
        gamma: f64,
    },
}

impl Place {
    /// Returns the ranks whose values it needs.
    pub(crate) fn ranks(self) -> [usize; 2] {
        match self {
            Self::Rank(rank) => [rank, rank],
            Self::Between { previous, next, .. } => [previous, next],
        }
    }

    /// Returns the percentile, given its values.
    pub(crate) fn value(self, of_rank: impl Fn(usize) -> f64) -> f64 {
        match self {
            Self::Rank(rank) => of_rank(rank),
            Self::Between {
                previous,
                next,
                gamma,
            } => interpolated(of_rank(previous), of_rank(next), gamma),
        }
    }
}

/// Returns the point at `t` of the way from `a` to `b`, computed from the nearer end, so that both ends are met exactly.
///
/// Between two infinities, also equal ones, it is NaN, as in numpy.
fn interpolated(a: f64, b: f64, t: f64) -> f64 {
    let way = b - a;
    if t >= 0.5 {
        b - way * (1.0 - t)
    } else {
        a + way * t
    }
}

fn rank(n: usize, index: f64) -> usize {
    // The conversion saturates: below 0 is 0.
    (index as usize).min(n - 1)
}

fn discrete(n: usize, index: f64, is_previous: impl Fn(f64, f64) -> bool) -> Place {
    let floor = index.floor();
    let chosen = if is_previous(index - floor, floor) {
        floor
    } else {
        floor + 1.0
    };
    Place::Rank(rank(n, chosen))
}

/// Returns the place of a virtual index; `weight` makes of its fraction, and of itself, the weight of the next value.
fn between(n: usize, index: f64, weight: impl Fn(f64, f64) -> f64) -> Place {
    // Past an end numpy takes the end twice, and the fraction from the index it then has: -1 for the last.
    let (previous, next, base) = if index >= (n - 1) as f64 {
        (n - 1, n - 1, -1.0)
    } else if index < 0.0 {
        (0, 0, 0.0)
    } else {
        let floor = index.floor();
        (rank(n, floor), rank(n, floor + 1.0), floor)
    };
    Place::Between {
        previous,
        next,
        gamma: weight(index - base, index),
    }
}
